"""The dote itself as its row keeps it."""

from pydantic import TypeAdapter

from domain.dote import Dote

DOTE = TypeAdapter(Dote)


def read(snapshot: str) -> Dote:
    """A dote from its row."""
    return DOTE.validate_json(snapshot)
