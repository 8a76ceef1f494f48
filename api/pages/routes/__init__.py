"""One module for each page."""

from api.pages.routes import (
    assets,
    desk,
    dote,
    doti,
    erasures,
    household_forms,
    households,
    requests,
)

PAGES = (assets, desk, dote, doti, requests, households, household_forms, erasures)
"""Whose routes the application answers."""
