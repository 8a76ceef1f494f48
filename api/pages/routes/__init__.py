"""One module for each page."""

from api.pages.routes import (
    assets,
    bilancio,
    campione,
    consultazioni,
    desk,
    dote,
    doti,
    erasures,
    household_forms,
    households,
    movimenti,
    registro,
    requests,
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
    requests,
    households,
    household_forms,
    erasures,
)
"""Whose routes the application answers."""
