"""One module for each page."""

from api.pages.routes import assets, desk, dote, doti, glossary, many

PAGES = (assets, desk, dote, doti, glossary, many)
"""Whose routes the application answers."""
