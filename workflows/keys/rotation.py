"""Wraps every key anew under another master key, while people work."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from workflows.eventstore.database import Database, Row
from workflows.eventstore.masters import NAME_BYTES
from workflows.eventstore.statements import statements
from workflows.eventstore.vault import INDEX_PLACE, CannotOpen, Vault, signing_place

_SQL = statements("workflows.keys", "statements")
BATCH = 500
"""So many keys are wrapped in one transaction."""


@dataclass(frozen=True, slots=True)
class Rewrapped:
    """What was done: how many keys, and how many are damaged: no master key opens them."""

    keys: int
    damaged: int


_PLACES: Mapping[str, tuple[object, Callable[[Any], bytes]]] = {
    "subject_keys": (UUID(int=0), lambda subject_id: subject_id.bytes),
    "signing_keys": (0, signing_place),
    "index_key": (0, lambda _: INDEX_PLACE),
}
"""The tables, what is before their first key, and what a key is wrapped for."""


def rewrap(database: Database, vault: Vault, tell: Callable[[int], None]) -> Rewrapped:
    """Wraps under the present master key what is not yet, and has new keys wrapped under it.

    `database`: as the register's owner. `tell` is told how many are done. Can be killed at any
    moment and done again. Raises `MasterUnknown`.
    """
    own = Vault(database, vault.masters)
    current = own.masters.current
    own.masters.wrap_under(current)
    with database.transaction() as tx:
        # Once nobody is putting a key, whoever comes next is told the new one.
        tx.execute(_SQL["wait_for_puts"])
        tx.execute(_SQL["declare_master"], {"name": current})
    done = damaged = 0
    for table, (after, place) in _PLACES.items():
        while True:
            with database.transaction() as tx:
                values = {"after": after, "limit": BATCH}
                rows = tx.execute(_SQL[table], values).fetchall()
                fresh = _fresh(own, rows, place)
                damaged += sum(row["id"] not in fresh for row in rows if _is_due(row, current))
                if fresh:
                    before = {row["id"]: row["wrapped"] for row in rows}
                    tx.execute(
                        _SQL[f"rewrap_{table}"],
                        {
                            "ids": list(fresh),
                            "before": [before[id_] for id_ in fresh],
                            "after": list(fresh.values()),
                        },
                    )
            if not rows:
                break
            after = rows[-1]["id"]
            done += len(fresh)
            tell(done)
    return Rewrapped(done, damaged)


def _is_due(row: Row, current: bytes) -> bool:
    return bool(row["wrapped"][:NAME_BYTES] != current)


def _fresh(vault: Vault, rows: list[Row], place: Callable[[Any], bytes]) -> dict[Any, bytes]:
    """The keys that are to be wrapped anew and can be, by their id."""
    fresh = {}
    for row in rows:
        if _is_due(row, vault.masters.current):
            try:
                key = vault.unwrap(row["wrapped"], place(row["id"]))
            except CannotOpen:
                continue
            fresh[row["id"]] = vault.wrap(key, place(row["id"]))
    return fresh
