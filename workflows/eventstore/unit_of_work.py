"""One command's transaction: lock what you decide on, load it, decide, append, commit.

All locks are advisory and taken before the first write: they assign no transaction id, and so
every event gets a later id than the events that it was decided on.
"""

from collections import defaultdict
from datetime import datetime, timedelta
from typing import Any, TypeVar
from uuid import UUID

from eventsourcing.persistence import RecordConflictError
from psycopg.errors import CheckViolation
from psycopg.types.json import Jsonb

from domain import ledger
from domain.errors import BudgetExceeded, IdempotencyConflict, StaleVersion, UnallocatedExceeded
from domain.events.base import Event
from domain.events.dote import DoteApproved, LinePosition
from domain.events.programme import BudgetLine
from domain.ledger import LINE_ACCOUNTS, Account
from workflows.eventstore.database import Tx
from workflows.eventstore.register import Register
from workflows.eventstore.statements import statements
from workflows.eventstore.vault import Vault

_SQL = statements("workflows.eventstore.sql", "decisions")
AnEvent = TypeVar("AnEvent", bound=Event)

EXPOSURE_PERIOD = timedelta(days=365)
"""What a household was granted in this time counts as its exposure."""


class UnitOfWork:
    """What a command may do with the store, inside of its transaction `tx`."""

    def __init__(self, tx: Tx, register: Register, vault: Vault) -> None:
        self._tx = tx
        self._register = register
        self._vault = vault
        self.appended: list[Event] = []

    # Locks: in the order of these classes, so that no two commands wait for each other

    def lock_command(self, account_id: UUID, key: str) -> None:
        """Holds an Idempotency-Key: the same command at the same time waits for this one."""
        self._lock(("command", account_id, key))

    def lock_stream(self, stream_id: UUID) -> None:
        """Holds a stream."""
        self._lock(("stream", stream_id))

    def lock_decision(self, household_id: UUID, line: BudgetLine) -> None:
        """Holds a household's exposure and a budget line."""
        self._lock(("household", household_id))
        self.lock_lines(line)

    def lock_lines(self, *lines: BudgetLine) -> None:
        """Holds budget lines, in their alphabetical order."""
        for partner, category in sorted({(line.partner, line.category) for line in lines}):
            self._lock(("line", partner, category))

    def _lock(self, name: tuple[object, ...]) -> None:
        if self.appended:
            raise RuntimeError("a lock was asked for after the first write")
        self._tx.execute(_SQL["lock"], {"key": self._register.database.lock_id(*name)})

    # What to decide on

    def position(self, line: BudgetLine) -> LinePosition:
        """What stands on a budget line; nothing on a line that never got money."""
        row = self._tx.execute(_SQL["position"], line.model_dump()).fetchone()
        none = dict.fromkeys(LinePosition.model_fields, 0)
        return LinePosition.model_validate(row or none)

    def exposure_cents(self, household_id: UUID, now: datetime) -> int:
        """What the household was granted over the last twelve months."""
        row = self._tx.execute(
            _SQL["exposure"], {"household_id": household_id, "since": now - EXPOSURE_PERIOD}
        ).fetchone()
        return int(row["cents"]) if row else 0

    def next_number(self, counter: str) -> int:
        """The next number of a counter (`household_number`, `dote_number_<year>`)."""
        row = self._tx.execute(_SQL["next_number"], {"counter": counter}).fetchone()
        if row is None:
            raise RuntimeError(f"the counter {counter} gave no number")
        return int(row["number"])

    # What was decided

    def append(self, event: AnEvent) -> AnEvent:
        """Stores an event and the money that it moves; returns it as stored, sealed."""
        sealed: Any = self._vault.seal_event(event)
        try:
            self._register.save(sealed)
        except RecordConflictError:
            known = sealed.originator_version
            raise StaleVersion(known - 1, known) from None
        self.appended.append(sealed)
        self._post(sealed)
        self._change_exposure(sealed)
        return sealed  # type: ignore[no-any-return]  # the same class as `event`

    def _post(self, event: Event) -> None:
        changes: dict[BudgetLine | None, dict[Account, int]] = defaultdict(lambda: defaultdict(int))
        for posting in ledger.postings(event):
            changes[posting.line][posting.account] += posting.cents
        for line, change in changes.items():
            if line is None:
                self._change_funds(change)
            else:
                self._change_line(line, change)

    def _change_line(self, line: BudgetLine, change: dict[Account, int]) -> None:
        values: dict[str, object] = {account: change[account] for account in LINE_ACCOUNTS}
        values |= line.model_dump()
        before = self.position(line) if change[Account.AVAILABLE] < 0 else None
        try:
            updated = self._tx.execute(_SQL["change_line"], values)
        except CheckViolation:
            available = before.available_cents if before else 0
            raise BudgetExceeded(line.partner, line.category, available) from None
        if updated.rowcount == 0:
            self._tx.execute(_SQL["open_line"], values)
            self._change_line(line, change)

    def _change_funds(self, change: dict[Account, int]) -> None:
        values = {"funding": change[Account.FUNDING], "unallocated": change[Account.UNALLOCATED]}
        try:
            self._tx.execute(_SQL["change_funds"], values)
        except CheckViolation:
            raise UnallocatedExceeded(0) from None

    def _change_exposure(self, event: Event) -> None:
        change = ledger.exposure_change(event)
        if change is None:
            return
        statement = "grant_exposure" if isinstance(event, DoteApproved) else "change_exposure"
        self._tx.execute(
            _SQL[statement],
            {
                "dote_id": change.dote_id,
                "household_id": change.household_id,
                "cents": change.cents,
                "at": event.at,
            },
        )

    # Commands done before

    def done_before(self, account_id: UUID, key: str, fingerprint: bytes) -> dict[str, Any] | None:
        """What the command under this key did, if it was done; another command is a conflict."""
        row = self._tx.execute(
            _SQL["done_command"], {"account_id": account_id, "key": key}
        ).fetchone()
        if row is None:
            return None
        if row["fingerprint"] != fingerprint:
            raise IdempotencyConflict
        outcome: dict[str, Any] = row["outcome"]
        return outcome

    def remember(
        self, account_id: UUID, key: str, fingerprint: bytes, outcome: dict[str, Any]
    ) -> None:
        """Keeps what the command did, in its own transaction."""
        self._tx.execute(
            _SQL["remember_command"],
            {
                "account_id": account_id,
                "key": key,
                "fingerprint": fingerprint,
                "outcome": Jsonb(outcome),
            },
        )
