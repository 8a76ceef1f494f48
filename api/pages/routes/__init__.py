"""One module for each page."""

from api.pages.routes import (
    assets,
    desk,
    dote,
    doti,
    entry,
    own_part,
    own_tokens,
    people,
    profile,
    second_factor,
)

PAGES = (
    assets,
    desk,
    dote,
    doti,
    entry,
    second_factor,
    profile,
    own_tokens,
    own_part,
    people,
)
"""Whose routes the application answers."""
