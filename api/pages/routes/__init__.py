"""One module for each page."""

from api.pages.routes import assets, campione, consultazioni, desk, dote, doti, registro, verifiche

PAGES = (assets, desk, dote, doti, registro, verifiche, campione, consultazioni)
"""Whose routes the application answers."""
