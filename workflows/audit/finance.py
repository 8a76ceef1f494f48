"""Checks what finance's decisions are made on: the rows that are written with events of payments,
bank statements, receipts and accounts must be what these make of them.

They are not hashed; this computes them anew from the events. By what lines and receipts are found
can be compared with the master key only.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import cast
from uuid import UUID

from domain.events.bank import (
    BankLineImported,
    LineErased,
    LineMatched,
    LineUnmatched,
    MatchKind,
    StatementImported,
)
from domain.events.base import Event
from domain.events.dote import PaymentCancelled, PaymentOrdered, ReceiptSubmitted
from domain.events.household import HouseholdErased
from domain.events.rendiconto import RendicontoFrozen, RendicontoWithdrawn
from domain.privacy import Private, read_record
from workflows.audit import differences as f
from workflows.audit.findings import Finding
from workflows.audit.money import BATCH, TIMEOUT_MS
from workflows.eventstore import bank, receipts
from workflows.eventstore.blind_index import BlindIndex
from workflows.eventstore.database import Database, Row
from workflows.eventstore.mapper import EventMapper
from workflows.eventstore.recorder import stored
from workflows.eventstore.statements import statements
from workflows.eventstore.vault import CannotOpen, Vault

_SQL = statements("workflows.audit", "finance")
_KINDS = (
    PaymentOrdered,
    PaymentCancelled,
    StatementImported,
    BankLineImported,
    LineMatched,
    LineUnmatched,
    LineErased,
    ReceiptSubmitted,
    HouseholdErased,
    RendicontoFrozen,
    RendicontoWithdrawn,
)
_TOPICS = [kind.__name__ for kind in _KINDS]
_STATEMENT = (
    *("account", "sha256", "nth", "format", "from_on", "to_on", "opening_cents", "closing_cents"),
)
_LINE = ("statement_id", "account", "booked_on", "amount_cents")
_NO_ROW = "-"
_THERE = "there"
_OF_PERSONS = ("name_token", "iban_token", "end_to_end_token", "text_token")
"""What goes with whom a line names; what the bank calls it stays, as its day and amount do."""
_OF_LINES = ("identity", "reference_token", *_OF_PERSONS)
_OF_PAPERS = ("file_token", "paper_token")

Tokens = tuple[bytes | None, ...]
"""By what a row is found."""
Said = tuple[str, Tokens]
"""A row of a table as text, and what it is found by."""


def _any(_: Tokens) -> bool:
    return False


@dataclass(frozen=True, slots=True)
class _Made:
    """A row as an event makes it. `event`: the event's place, if it has one; `strange`: whether a
    row is found by what it must not be, as far as that can be said."""

    text: str
    event: int | None
    strange: Callable[[Tokens], bool] = _any


class _Finder:
    """By what lines and receipts are found, as far as they can still be opened."""

    def __init__(self, database: Database, vault: Vault) -> None:
        self._vault = vault
        self._index = BlindIndex(database, vault)

    def line(self, event: BankLineImported) -> Callable[[Tokens], bool]:
        """What a line is known again by, and its name and IBAN."""
        text = self._open(event)
        if text is None:
            return _any
        opened = event.model_copy(update={"details": Private(event.originator_id, text)})
        return _tokens(bank.row_of(opened, self._index), _OF_LINES).__ne__

    def receipt(self, event: ReceiptSubmitted) -> Callable[[Tokens], bool]:
        """File and paper of a receipt."""
        text = self._open(event)
        if text is None:
            return _any
        return _tokens(receipts.columns(event, read_record(text), self._index), _OF_PAPERS).__ne__

    def _open(self, event: BankLineImported | ReceiptSubmitted) -> str | None:
        try:
            return self._vault.open_field(event, "details")
        except CannotOpen:
            return None  # altered, which the log tells


class _Told:
    """What the events make: the rows of each table, by what they are about."""

    def __init__(self, finder: _Finder | None) -> None:
        self._finder = finder
        self._erased: set[UUID] = set()
        self._papers: dict[UUID, list[str]] = defaultdict(list)
        self._shown: dict[tuple[UUID, UUID, str], list[str]] = defaultdict(list)
        self.rows: dict[str, dict[str, _Made]] = defaultdict(dict)

    def add(self, event: Event, place: int | None) -> None:
        """One more event of its stream."""
        stream_id = event.originator_id
        match event:
            case PaymentOrdered():
                made = _Made(f"batch {event.batch_id}", place)
                self.rows["payment_orders"][_payment(stream_id, event.n)] = made
            case PaymentCancelled():
                self.rows["payment_orders"].pop(_payment(stream_id, event.n), None)
            case StatementImported():
                told = (getattr(event, name) for name in _STATEMENT)
                made = _Made(_text(told), place)
                self.rows["bank_statements"][f"statement {stream_id}"] = made
            case BankLineImported():
                strange = self._finder.line(event) if self._finder else _any
                made = _Made(_text(getattr(event, name) for name in _LINE), place, strange)
                self.rows["bank_lines"][_line(stream_id)] = made
            case LineMatched():
                self._matched(event, place)
            case LineUnmatched():
                for subject in self._shown.pop((stream_id, event.match_id, event.kind), ()):
                    self.rows["bank_shown"].pop(subject, None)
            case ReceiptSubmitted():
                strange = self._finder.receipt(event) if self._finder else _any
                household_id, subject = event.details.subject_id, _receipt(stream_id, event.n)
                made = _Made(f"household {household_id}", place, strange)
                self.rows["receipt_papers"][subject] = made
                self._papers[household_id].append(subject)
            case LineErased():
                self._erased.add(stream_id)
            case HouseholdErased():
                self._erased |= {stream_id, *event.lines}
            case RendicontoFrozen():
                made = _Made(_text((event.number, event.fingerprint, event.fingerprint)), place)
                self.rows["rendiconti"][f"account {stream_id}"] = made
            case RendicontoWithdrawn():
                made = _Made(f"last {event.last_number}", place)
                self.rows["rendiconti_withdrawn"][f"account {stream_id}"] = made

    def _matched(self, event: LineMatched, place: int | None) -> None:
        line_id, match_id = event.originator_id, event.match_id
        self.rows["bank_matches"][_match(match_id, line_id)] = _Made(_THERE, place)
        for paid in event.payments:
            subject = _shows(paid.dote_id, paid.n, event.kind, line_id, match_id)
            self.rows["bank_shown"][subject] = _Made(f"match {match_id}", place)
            self._shown[line_id, match_id, event.kind].append(subject)

    def end(self) -> None:
        """What was erased is found by nothing."""
        for subject_id in self._erased:
            for subject in self._papers.get(subject_id, ()):
                del self.rows["receipt_papers"][subject]
            line = self.rows["bank_lines"].get(_line(subject_id))
            if line is not None:
                told = replace(line, strange=lambda found: any(found[-len(_OF_PERSONS) :]))
                self.rows["bank_lines"][_line(subject_id)] = told


def check_finance(database: Database, vault: Vault | None = None) -> Iterator[Finding]:
    """What stands otherwise in the tables than the events say, all as of one moment."""
    with database.transaction(one_snapshot=True, statement_timeout_ms=TIMEOUT_MS) as tx:
        told, mapper = _Told(_Finder(database, vault) if vault else None), EventMapper()
        with tx.cursor(name="finance") as cursor:
            cursor.itersize = BATCH
            for row in cursor.execute(_SQL["events"], {"topics": _TOPICS}):
                told.add(cast("Event", mapper.to_domain_event(stored(row))), row["log_index"])
        told.end()
        for table, read in _TABLES.items():
            yield from _compare(table, dict(map(read, tx.execute(_SQL[table]))), told.rows[table])


def _compare(table: str, said: dict[str, Said], made: dict[str, _Made]) -> Iterator[Finding]:
    for subject in sorted(said.keys() | made.keys()):
        row, told = said.get(subject), made.get(subject)
        says = _NO_ROW if row is None else row[0]
        should = _NO_ROW if told is None else told.text
        if says != should:
            event = None if told is None else told.event
            yield f.RowDiffers(table, subject, says, should, event)
        elif row is not None and told is not None and told.strange(row[1]):
            yield f.FoundByDiffers(table, subject)


def _tokens(row: Mapping[str, object], names: Sequence[str]) -> Tokens:
    return tuple(cast("bytes | None", row[name]) for name in names)


def _text(values: Iterable[object]) -> str:
    return " ".join("-" if value is None else str(value) for value in values)


def _payment(dote_id: UUID, n: int) -> str:
    return f"payment {n} of dote {dote_id}"


def _receipt(dote_id: UUID, n: int) -> str:
    return f"receipt {n} of dote {dote_id}"


def _line(line_id: UUID) -> str:
    return f"line {line_id}"


def _match(match_id: UUID, line_id: UUID) -> str:
    return f"match {match_id} of line {line_id}"


def _shows(dote_id: UUID, n: int, kind: str, line_id: UUID, match_id: UUID) -> str:
    # Parts of one line can be several refunds of one payment.
    which = f" in match {match_id}" if kind == MatchKind.REFUND else ""
    return f"{kind} {n} of dote {dote_id} by line {line_id}{which}"


def _kept(row: Row) -> Said:
    """An account for a funder: what it says of itself, and what its content comes to."""
    content = sha256(row["content"]).hexdigest()
    told = _text((row["number"], row["fingerprint"].hex(), content))
    return told, ()


_TABLES: Mapping[str, Callable[[Row], tuple[str, Said]]] = {
    "payment_orders": lambda row: (
        _payment(row["dote_id"], row["n"]),
        (f"batch {row['batch_id']}", ()),
    ),
    "bank_statements": lambda row: (
        f"statement {row['id']}",
        (_text(row[name] for name in _STATEMENT), ()),
    ),
    "bank_lines": lambda row: (
        _line(row["id"]),
        (_text(row[name] for name in _LINE), _tokens(row, _OF_LINES)),
    ),
    "bank_matches": lambda row: (_match(row["match_id"], row["line_id"]), (_THERE, ())),
    "bank_shown": lambda row: (
        _shows(row["dote_id"], row["n"], row["kind"], row["line_id"], row["match_id"]),
        (f"match {row['match_id']}", ()),
    ),
    "receipt_papers": lambda row: (
        _receipt(row["dote_id"], row["n"]),
        (f"household {row['household_id']}", _tokens(row, _OF_PAPERS)),
    ),
    "rendiconti": lambda row: (f"account {row['id']}", _kept(row)),
    "rendiconti_withdrawn": lambda row: (
        f"account {row['id']}",
        (f"last {row['last_number']}", ()),
    ),
}
"""How a row of each table is read: what it is about, and what it says."""
