"""One module for each page."""

from api.pages.routes import assets, desk, dote, doti

PAGES = (assets, desk, dote, doti)
"""Whose routes the application answers."""
