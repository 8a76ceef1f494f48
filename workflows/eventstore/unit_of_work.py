"""One command: read (and lock) what it decides on, decide, write all of it at once.

A command that decides on one stream alone takes no lock: the stream's next version can be written
once, and whoever comes second decides again. A command that moves money locks the stream, the
household and the budget line before it reads what it decides on. All locks are advisory and taken
before the first write: they assign no transaction id, and so every event gets a later id than the
events that it was decided on.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime
from types import TracebackType
from typing import Any, Self, TypeVar
from uuid import UUID

from eventsourcing.persistence import RecordConflictError
from psycopg.errors import CheckViolation, ForeignKeyViolation, UniqueViolation
from psycopg.types.json import Jsonb

from domain import ledger
from domain.case import Help
from domain.dote import Dote
from domain.errors import BudgetExceeded, IdempotencyConflict, UnallocatedExceeded
from domain.events.base import Event
from domain.events.dote import DoteApproved
from domain.events.dote_values import LinePosition
from domain.events.programme import BudgetAllocated, BudgetLine, BudgetTransferred
from domain.ledger import LINE_ACCOUNTS, Account
from domain.privacy import notes_of
from workflows.eventstore import access_log, beside, identities, payees, receipts
from workflows.eventstore.bank import Bank
from workflows.eventstore.belongings import Belongings
from workflows.eventstore.blind_index import TOKEN_BYTES, BlindIndex, Token
from workflows.eventstore.database import Database, LockName
from workflows.eventstore.people import People
from workflows.eventstore.register import Register
from workflows.eventstore.statements import statements
from workflows.eventstore.vault import Keys, Vault

_SQL = statements("workflows.eventstore.sql", "decisions")
_STREAMS = statements("workflows.eventstore.sql", "streams")
_BESIDE = {
    name: statement
    for file in ("people", "merges", "payees", "orders", "receipts", "rendiconti", "bank")
    for name, statement in statements("workflows.eventstore.sql", file).items()
}
AnEvent = TypeVar("AnEvent", bound=Event)

ERASED = b""
"""The fingerprint of a command about somebody who was erased since: any body is taken for it."""


@dataclass(frozen=True, slots=True)
class Standing:
    """What stands, under the locks: the dote's newest version, the households that count as one
    with its own, what these were granted by others in the time that its rules look at, and its
    budget line."""

    version: int
    group: tuple[UUID, ...]
    helps: tuple[Help, ...]
    position: LinePosition


class UnitOfWork:
    """What one command reads, locks and writes. A context: it ends the command's transaction."""

    def __init__(self, register: Register, vault: Vault, index: BlindIndex) -> None:
        self._register = register
        self._database = register.database
        self._vault = vault
        self._transaction = ExitStack()
        self._keys: Keys = {}
        self._beside: list[beside.Change] = []
        self.appended: list[Event] = []
        self._found_by: list[identities.Tokens] = []
        self._accesses: list[access_log.Entry] = []
        self.people = People(register.database)
        self.belongings = Belongings(register.database)
        self.bank = Bank(register.database)
        self._index = index

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> bool | None:
        return self._transaction.__exit__(kind, error, trace)

    # Locks, and the transaction that holds them

    def begin(self, *names: LockName) -> None:
        """Opens the command's transaction, for what must be written together.

        Waits for the locks of all that the command decides on, in the order given, which is the
        same for all commands.
        """
        if self._database.in_transaction and not names:
            return
        self._transaction.enter_context(self._database.transaction(locks=names))

    # What to decide on

    def group(self, household_id: UUID) -> tuple[UUID, ...]:
        """A household and those that count as one with it, in the order of their locks."""
        return self.belongings.group(household_id)

    def standing(self, dote: Dote, since: datetime) -> Standing:
        """What a decision on a dote's money looks at, in one statement."""
        values = {
            **dote.line.model_dump(),
            "stream_id": dote.id,
            "household_id": dote.household_id,
            "notes_id": notes_of(dote.household_id),
            "since": since,
        }
        row = self._database.statement(self._database.qualified(_SQL["standing"]), values)[0]
        self._vault.take_key(dote.household_id, row.pop("household_key"), self._keys)
        self._vault.take_key(notes_of(dote.household_id), row.pop("notes_key"), self._keys)
        group = tuple(sorted(row.pop("households")))
        return Standing(row.pop("version"), group, _helps(row.pop("helps")), _position(row))

    def helps(self, household_id: UUID, since: datetime) -> tuple[Help, ...]:
        """What a household, and those that count as one with it, were granted after a moment."""
        values = {"household_id": household_id, "since": since}
        rows = self._database.statement(self._database.qualified(_STREAMS["helps"]), values)
        return _helps([(row["category"], row["granted_at"], row["cents"]) for row in rows])

    def position(self, line: BudgetLine) -> LinePosition:
        """What stands on a budget line; nothing on a line that never got money."""
        rows = self._database.statement(_SQL["position"], line.model_dump())
        return _position(rows[0] if rows else {})

    def payee_id(self, found_by: Iterable[Token]) -> UUID | None:
        """The payee that is found by these tokens; None if nobody ever paid them."""
        return payees.payee_id(self._database, found_by)

    def payees_of_only(self, household_ids: Sequence[UUID]) -> tuple[UUID, ...]:
        """The payees that were voted for doti of these households and of no other one."""
        return payees.payees_of_only(self._database, household_ids)

    def same_papers(self, file: bytes, paper: bytes) -> list[receipts.Same]:
        """The receipts that are of the same file or paper."""
        return receipts.same(self._database, [file], [paper])

    def next_number(self, counter: str) -> int:
        """The next number of a counter (`household_number`, `dote_number_<year>` …)."""
        name = f'"{self._database.schema}".{counter}'
        rows = self._database.statement(_STREAMS["next_number"], {"counter": name})
        return int(rows[0]["number"])

    def begin_subjects(self, subject_ids: Sequence[UUID]) -> None:
        """Makes the keys of many new subjects at once, in the command's transaction."""
        self._vault.begin_all(subject_ids, self._keys)

    # What was decided

    def append(self, event: AnEvent) -> AnEvent:
        """Notes an event to be written, and returns it sealed, as it will be stored.

        Raises `HouseholdIsErased`.
        """
        self._beside += beside.changes(event, self._index)
        for household_id in self._vault.without_notes_key(event, self._keys):
            # Together with the event, or not at all.
            self.begin()
            self._vault.begin_notes(household_id, self._keys)
        sealed: Any = self._vault.seal_event(event, self._keys)
        self.appended.append(sealed)
        return sealed  # type: ignore[no-any-return]  # the same class as `event`

    def add_row(self, change: beside.Change) -> None:
        """Notes a row to be written with the events that they themselves do not tell: what must
        not stand in the log, such as the hash of a secret."""
        self._beside.append(change)

    def find_by(self, found: identities.Tokens) -> None:
        """Notes by what a household or a payee is found again, to be written with the events."""
        self._found_by.append(found)

    def note(self, entry: access_log.Entry) -> None:
        """Notes who looks at whom, to be written with the events."""
        self._accesses.append(entry)

    def write(self, command: Mapping[str, object] | None) -> None:
        """Writes the events, what they change beside the log, and the command that they answer."""
        kept = {**command, "outcome": Jsonb(command["outcome"])} if command else None
        moves_money = any(type(event) not in ledger.NO_POSTINGS for event in self.appended)
        more = self._beside or self._found_by or self._accesses
        if moves_money or more or len(self.appended) > 1:
            self.begin()
        if not self._database.in_transaction:
            self._register.append(self.appended, command=kept)
            return
        self._write(kept)

    def write_part(self) -> None:
        """Writes what was noted so far, in the command's transaction: of a long command not all is
        held at once. More has to follow, for what is written last tells whether all of it is there.
        """
        self._write(None)
        for noted in (self.appended, self._beside, self._accesses, self._found_by):
            noted.clear()

    def _write(self, kept: Mapping[str, object] | None) -> None:
        try:
            # All statements go out together: the locks are held for one round trip less each.
            with self._database.pipeline():
                self._register.append(self.appended, command=kept)
                for event in self.appended:
                    self._post(event)
                    self._change_exposure(event)
                for entry in self._accesses:
                    access_log.note(self._database, entry)
                for change in self._beside:
                    statement = self._database.qualified(_BESIDE[change.statement])
                    self._database.statement(statement, change.values)
                for found in self._found_by:
                    identities.add(self._database, found)
        except (UniqueViolation, ForeignKeyViolation) as error:
            raise RecordConflictError(str(error)) from error
        except CheckViolation as error:
            raise self._last_wall(error) from None

    def _post(self, event: Event) -> None:
        changes: dict[BudgetLine | None, dict[Account, int]] = defaultdict(lambda: defaultdict(int))
        for posting in ledger.postings(event):
            changes[posting.line][posting.account] += posting.cents
        for line, change in changes.items():
            if line is None:
                self._database.statement(
                    _SQL["change_funds"],
                    {account: change[account] for account in ledger.PROGRAMME_ACCOUNTS},
                )
                continue
            values: dict[str, object] = {account: change[account] for account in LINE_ACCOUNTS}
            values |= line.model_dump()
            if isinstance(event, BudgetAllocated | BudgetTransferred):
                self._database.statement(_SQL["open_line"], values)
            self._database.statement(_SQL["change_line"], values)

    def _change_exposure(self, event: Event) -> None:
        change = ledger.exposure_change(event)
        if change is None:
            return
        statement = "grant_exposure" if isinstance(event, DoteApproved) else "change_exposure"
        values = {
            "dote_id": change.dote_id,
            "household_id": change.household_id,
            "category": change.category,
            "cents": change.cents,
            "at": event.at,
        }
        self._database.statement(_SQL[statement], values)

    def _last_wall(self, error: CheckViolation) -> Exception:
        """What the database refused although the decision before it did not."""
        for event in self.appended:
            for posting in ledger.postings(event):
                if posting.cents < 0 and posting.line is not None:
                    return BudgetExceeded(posting.line.partner, posting.line.category, 0)
                if posting.account is Account.UNALLOCATED and posting.cents < 0:
                    return UnallocatedExceeded(0)
        return error

    # Commands done before

    def claim(
        self, account_id: UUID, key: str, fingerprint: bytes, came_to: Mapping[str, object]
    ) -> None:
        """Takes a key for what is done as several commands, and keeps what these came to; another
        body under it is a conflict."""
        values = {
            "account_id": account_id,
            "key": key,
            "fingerprint": fingerprint,
            "outcome": Jsonb(came_to),
        }
        self._database.statement(self._database.qualified(_STREAMS["remember"]), values)
        self.done_before(account_id, key, fingerprint)

    def done_before(self, account_id: UUID, key: str, fingerprint: bytes) -> dict[str, Any] | None:
        """What the command under this key did, if it was done; another command is a conflict."""
        statement = self._database.qualified(_STREAMS["done_command"])
        rows = self._database.statement(statement, {"account_id": account_id, "key": key})
        if not rows:
            return None
        kept = rows[0]["fingerprint"]
        if len(kept) not in (TOKEN_BYTES, len(ERASED)):  # from before fingerprints had a key
            kept = self._index.fingerprint(kept)
        if kept not in (fingerprint, ERASED):
            raise IdempotencyConflict
        outcome: dict[str, Any] = rows[0]["outcome"]
        return outcome


def look(database: Database, dote: Dote, since: datetime) -> tuple[tuple[Help, ...], LinePosition]:
    """The same of a dote's money without locks, to be shown: it may change at once."""
    values = {
        **dote.line.model_dump(),
        "dote_id": dote.id,
        "household_id": dote.household_id,
        "since": since,
    }
    # Only a transaction says whose rows it may see: outside of one the line would not be there.
    with database.transaction():
        row = database.statement(database.qualified(_STREAMS["look"]), values)[0]
    return _helps(row.pop("helps")), _position(row)


def _helps(rows: Iterable[Any]) -> tuple[Help, ...]:
    return tuple(
        Help(category, at if isinstance(at, datetime) else datetime.fromisoformat(at), cents)
        for category, at, cents in rows
    )


_NOTHING = dict.fromkeys(LinePosition.model_fields, 0)


def _position(row: Mapping[str, Any]) -> LinePosition:
    known = {name: cents for name, cents in row.items() if cents is not None}
    return LinePosition.model_validate({**_NOTHING, **known})
