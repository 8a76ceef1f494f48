"""One module for each page."""

from api.pages.routes import assets, bilancio, desk, dote, doti, movimenti

PAGES = (assets, desk, dote, doti, bilancio, movimenti)
"""Whose routes the application answers."""
