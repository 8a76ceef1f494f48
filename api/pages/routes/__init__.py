"""One module for each page."""

from api.pages.routes import (
    assets,
    bilancio,
    campione,
    consultazioni,
    desk,
    dote,
    doti,
    movimenti,
    registro,
    verifiche,
)

PAGES = (
    assets,
    desk,
    dote,
    doti,
    bilancio,
    movimenti,
    registro,
    verifiche,
    campione,
    consultazioni,
)
"""Whose routes the application answers."""
