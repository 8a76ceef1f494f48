"""Makes up lives of doti in bulk, with sets instead of commands.

What it leaves is a register as the commands, the sequencer and the projections would have left it
(tests/bench/test_bulk.py compares), a hundred times quicker.
"""

from dataclasses import asdict
from hashlib import md5
from uuid import UUID

import psycopg
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from domain.privacy import notes_of
from projections.ledger import projection as ledger
from tests.bench.stage import ITEM
from tests.bench.templates import STEPS, templates
from tests.register import TestRegister
from workflows.eventstore.database import Tx
from workflows.eventstore.statements import statements

_SQL = statements("tests.bench", "bulk")
_TIMEOUT_MS = 300_000
_UNNUMBERED = ("insert_events", "set_lines", "insert_exposure")
_NUMBERED = (
    "insert_events",
    "insert_log",
    "insert_entries",
    "set_balances",
    "add_marks",
    "add_months",
    "add_kinds",
    "ends",
    "insert_doti",
    "insert_turns",
    "insert_households",
    "insert_granted",
    "set_lines",
    "insert_exposure",
    "advance_sequencer",
    "advance_projections",
)


class Bulk:
    """Adds lives to a settled register. `spread`: how many go on at the same time."""

    def __init__(self, register: TestRegister, spread: int = 50) -> None:
        register.settle()
        self._register = register
        self._spread = spread
        self._templates = templates(register)
        self.lives = 0

    def add(
        self, lives: int, steps: int = STEPS, *, events: int | None = None, numbered: bool = True
    ) -> range:
        """The first `steps` events of so many lives, but no more events than `events`.

        Returns the numbers of the lives. `numbered`: in the log and the projections as well.
        """
        first, last = self.lives + 1, self.lives + lives
        with self._register.database.transaction(statement_timeout_ms=_TIMEOUT_MS) as tx:
            # The rows refer to each other by construction; half a million checks would say so.
            tx.execute("SELECT set_config('session_replication_role', 'replica', true)")
            tx.execute("SELECT set_config('work_mem', '256MB', true)")
            self._plan(tx, first, last, steps, events or lives * steps)
            values: dict[str, dict[str, object]] = {
                "insert_doti": {"item": ITEM},
                "add_marks": {"every": ledger.MARK_EVERY},
            }
            for name in _NUMBERED if numbered else _UNNUMBERED:
                tx.execute(_SQL[name], values.get(name))
            tx.execute("DROP VIEW planned")
            self._make_keys(tx, first, last)
        self.lives = last
        self._tidy()
        return range(first, last + 1)

    def grow_to(self, events: int) -> None:
        """Whole lives until the log has that many events; the newest of them still go on."""
        missing = events - self._register.log.end()
        self.add(missing // STEPS + STEPS * self._spread, events=missing)

    def _plan(self, tx: Tx, first: int, last: int, steps: int, events: int) -> None:
        tx.execute(_SQL["templates"])
        tx.cursor().executemany(_SQL["insert_template"], [asdict(t) for t in self._templates])
        values = {"first": first, "last": last, "steps": steps, "events": events}
        tx.execute(_SQL["plan"], {**values, "spread": self._spread})
        tx.execute(_SQL["noise"], {"first": first, "last": last})
        tx.execute(_SQL["plan_index"])
        tx.execute(_SQL["analyze_plan"])
        tx.execute(_SQL["planned"])

    def _make_keys(self, tx: Tx, first: int, last: int) -> None:
        vault = self._register.vault
        with tx.cursor().copy(_SQL["copy_keys"]) as copy:
            for life in range(first, last + 1):
                household = household_id(life)
                for subject in (household, notes_of(household)):
                    key = AESGCM.generate_key(256)
                    copy.write_row((subject, vault.wrap(key, subject.bytes)))

    def _tidy(self) -> None:
        """What autovacuum would do in the next minutes."""
        tables = (
            *("events", "log", "exposure", "ledger_entries", "ledger_balances", "ledger_months"),
            *("ledger_kinds", "ledger_marks", "doti", "turns", "households", "granted"),
        )
        with psycopg.connect(self._register.database.url, autocommit=True) as connection:
            for table in tables:
                name = f'"{self._register.database.schema}"."{table}"'
                connection.execute(f"VACUUM (ANALYZE) {name}".encode())
            connection.execute("CHECKPOINT")


def household_id(life: int) -> UUID:
    """The household of a life, as bulk.sql names it."""
    return UUID(md5(f"household {life}".encode(), usedforsecurity=False).hexdigest())


def dote_id(life: int) -> UUID:
    """The dote of a life."""
    return UUID(md5(f"dote {life}".encode(), usedforsecurity=False).hexdigest())
