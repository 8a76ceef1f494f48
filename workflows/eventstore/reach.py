"""Whose rows the present request may see, for the database to hold it to.

The edge says it once for each request, and every transaction takes it from here. Where nobody has
said it, nothing is seen: what forgets to ask finds nothing, and not everything.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Final

Partners = frozenset[str] | None
"""Codes of partners; None stands for all of them, as in `Actor.scope`."""

NOBODYS: Final[Partners] = frozenset()
EVERYBODYS: Final[Partners] = None

_reach: ContextVar[Partners] = ContextVar("reach", default=NOBODYS)


def reach() -> Partners:
    """The partners whose rows are seen here and now."""
    return _reach.get()


@contextmanager
def reaching(partners: Partners) -> Iterator[None]:
    """Sees the rows of these partners, within the block and in what it calls.

    A transaction that is open already keeps what it began with; `Database.across_partners` widens
    one.
    """
    token = _reach.set(partners)
    try:
        yield
    finally:
        _reach.reset(token)
