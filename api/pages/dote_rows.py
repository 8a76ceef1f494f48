"""Doti as tables of pages list them."""

from collections.abc import Iterable
from dataclasses import dataclass

from api.v1.views import View
from domain.dote import Dote
from domain.turns import waiting_for


@dataclass(frozen=True, slots=True)
class Listed:
    """A dote in a list. `awaited`: the roles whose turn it is."""

    dote: Dote
    item: str
    category: str
    awaited: tuple[str, ...]


def rows(view: View, found: Iterable[Dote]) -> list[Listed]:
    """Doti with what they are for, and whom they wait for."""
    categories = view.services.register.programme().categories
    return [
        Listed(
            dote,
            categories[dote.category].items.get(dote.item, dote.item),
            categories[dote.category].name,
            tuple(sorted(waiting_for(view.case(dote)))),
        )
        for dote in found
    ]
