"""One module for each page."""

from api.pages.routes import (
    assets,
    desk,
    dote,
    doti,
    drafts,
    programme,
    retention,
    rules,
    waits,
)

PAGES = (assets, desk, dote, doti, programme, drafts, rules, retention, waits)
"""Whose routes the application answers."""
