"""Checks what belongs to a household: whose dote is which, who was paid, by what they are found.

An erasure looks into these tables for what has to go, and a desk for who was helped already. They
are written together with the events and not hashed; this computes them anew from the events.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, cast
from uuid import UUID

from domain.events.base import Event
from domain.events.dote import ApprovalGiven, DoteApproved, DoteRequested
from domain.events.household import (
    HouseholdErased,
    HouseholdRegistered,
    MemberAdded,
    PersonalDataRecorded,
)
from domain.events.payee import (
    PayeeErased,
    PayeeIbanChanged,
    PayeeIbanConfirmed,
    PayeeRegistered,
)
from domain.household import Household, evolve
from domain.privacy import read_record
from workflows.audit import differences as f
from workflows.audit.findings import Finding
from workflows.audit.money import BATCH, TIMEOUT_MS
from workflows.eventstore import payees
from workflows.eventstore.blind_index import BlindIndex
from workflows.eventstore.database import Database, Tx
from workflows.eventstore.mapper import EventMapper
from workflows.eventstore.recorder import stored
from workflows.eventstore.statements import statements
from workflows.eventstore.vault import CannotOpen, Vault
from workflows.persons import members

_SQL = statements("workflows.audit", "belongings")
_VOTES = (ApprovalGiven, DoteApproved)
_PERSONAL = (HouseholdRegistered, MemberAdded, PersonalDataRecorded, HouseholdErased)
_OF_PAYEES = (PayeeRegistered, PayeeIbanChanged, PayeeIbanConfirmed, PayeeErased)
_TOPICS = [kind.__name__ for kind in (DoteRequested, *_VOTES, *_PERSONAL, *_OF_PAYEES)]
_NOTHING = "nothing"

FoundBy = frozenset[str]
"""What somebody is found by, each token as the table writes it."""


@dataclass
class _Told:
    """What the events tell. `votes`: who was voted as payee of a dote, and the newest vote."""

    doti: dict[UUID, UUID] = field(default_factory=dict)
    households: dict[UUID, Household] = field(default_factory=dict)
    payees: dict[UUID, PayeeRegistered | PayeeIbanChanged] = field(default_factory=dict)
    waiting: dict[UUID, PayeeIbanChanged] = field(default_factory=dict)
    gone: set[UUID] = field(default_factory=set)
    voted: dict[UUID, set[UUID]] = field(default_factory=lambda: defaultdict(set))
    newest: dict[UUID, ApprovalGiven | DoteApproved] = field(default_factory=dict)

    def add(self, event: Event) -> None:
        """One more event."""
        stream_id = event.originator_id
        match event:
            case DoteRequested():
                self.doti[stream_id] = event.household_id
            case ApprovalGiven() | DoteApproved():
                self.voted[stream_id].add(event.payee.subject_id)
                self.newest[stream_id] = event
            case PayeeRegistered():
                self.payees[stream_id] = event
            case PayeeIbanChanged():
                self.waiting[stream_id] = event
            case PayeeIbanConfirmed():
                self.payees[stream_id] = self.waiting[stream_id]
            case PayeeErased():
                self.gone.add(stream_id)
            case _:
                known = evolve(self.households.get(stream_id), cast("Any", event))
                self.households[stream_id] = known

    def is_erased(self, household_id: UUID | None) -> bool:
        """Whether a household's keys are gone."""
        known = self.households.get(household_id) if household_id else None
        return known is not None and known.erased is not None

    def paid(self) -> dict[tuple[UUID, UUID], UUID]:
        """The household of each payee and dote. Payees from before they had a key of their own
        have none, and who was erased paid nobody."""
        return {
            (payee_id, dote_id): self.doti[dote_id]
            for dote_id, voted in self.voted.items()
            for payee_id in voted & self.payees.keys()
            if not self.is_erased(self.doti[dote_id])
        }


def check_belongings(database: Database, vault: Vault | None = None) -> Iterator[Finding]:
    """What stands otherwise in the tables than the events say, all as of one moment.

    By what people are found can be compared with the `vault` only; without it only that nobody is
    found who was erased or never was.
    """
    with database.transaction(one_snapshot=True, statement_timeout_ms=TIMEOUT_MS) as tx:
        told = _told(tx)
        yield from _check_doti(tx, told)
        yield from _check_paid(tx, told)
        for row in tx.execute(_SQL["files_to_remove"]).fetchall():
            if not told.is_erased(row["household_id"]):
                yield f.FilesMarked(str(row["household_id"]))
        yield from _check_found_by(tx, told, _Finder(database, vault) if vault else None)


def _told(tx: Tx) -> _Told:
    told, mapper = _Told(), EventMapper()
    with tx.cursor(name="belongings") as cursor:
        cursor.itersize = BATCH
        for row in cursor.execute(_SQL["events"], {"topics": _TOPICS}):
            told.add(cast("Event", mapper.to_domain_event(stored(row))))
    return told


def _check_doti(tx: Tx, told: _Told) -> Iterator[Finding]:
    said = {row["dote_id"]: row["household_id"] for row in tx.execute(_SQL["household_doti"])}
    for dote_id in sorted(said.keys() | told.doti.keys()):
        says, should = said.get(dote_id), told.doti.get(dote_id)
        if says != should:
            yield f.DoteOfDiffers(str(dote_id), str(says or _NOTHING), str(should or _NOTHING))


def _check_paid(tx: Tx, told: _Told) -> Iterator[Finding]:
    rows = tx.execute(_SQL["payee_doti"]).fetchall()
    said = {(row["payee_id"], row["dote_id"]): row["household_id"] for row in rows}
    made = told.paid()
    for pair in sorted(said.keys() | made.keys()):
        says, should = said.get(pair), made.get(pair)
        if says != should:
            payee_id, dote_id = map(str, pair)
            texts = [str(each or _NOTHING) for each in (says, should)]
            yield f.PaidDiffers(payee_id, dote_id, *texts)


class _Finder:
    """By what people are found, as far as they can still be opened."""

    def __init__(self, database: Database, vault: Vault) -> None:
        self._vault = vault
        self._index = BlindIndex(database, vault)

    def household(self, known: Household) -> FoundBy | None:
        """The tokens of a household's members; None where nothing can be compared."""
        try:
            tokens = self._index.of_household(members(self._vault, known))
        except CannotOpen:
            return None  # altered, which the log tells
        return frozenset(
            f"({n},{kind},{token.hex()})" for n, found in enumerate(tokens) for kind, token in found
        )

    def dote(self, vote: ApprovalGiven | DoteApproved) -> FoundBy | None:
        """The tokens of the payee of a vote."""
        columns = self._payee(vote)
        if columns is None:
            return None
        return frozenset(
            f"({name.removesuffix('_token')},{token.hex()})"
            for name, token in columns.items()
            if token is not None
        )

    def payee(self, event: PayeeRegistered | PayeeIbanChanged) -> tuple[bytes | None, ...] | None:
        """The tokens of a payee, as their row has them."""
        columns = self._payee(event)
        return None if columns is None else tuple(columns.values())

    def _payee(self, event: Event) -> dict[str, bytes | None] | None:
        try:
            text = self._vault.open_field(event, "payee")
        except CannotOpen:
            return None
        return payees.columns(self._index.of_payee(read_record(text)) if text else ())


def _check_found_by(tx: Tx, told: _Told, finder: _Finder | None) -> Iterator[Finding]:
    yield from _check_households(tx, told, finder)
    yield from _check_votes(tx, told, finder)
    yield from _check_payees(tx, told, finder)


def _check_households(tx: Tx, told: _Told, finder: _Finder | None) -> Iterator[Finding]:
    rows = tx.execute(_SQL["identities"]).fetchall()
    said: dict[UUID, FoundBy] = {row["household_id"]: frozenset(row["found_by"]) for row in rows}
    for household_id in sorted(said.keys() | told.households.keys()):
        known = told.households.get(household_id)
        says = said.get(household_id, frozenset())
        made: FoundBy | None = frozenset()
        if known is not None and known.erased is None:
            made = finder.household(known) if finder else None
        if made is not None and says != made:
            yield f.FoundByDiffers("identities", f"household {household_id}")


def _check_votes(tx: Tx, told: _Told, finder: _Finder | None) -> Iterator[Finding]:
    rows = tx.execute(_SQL["payee_identities"]).fetchall()
    said: dict[UUID, FoundBy] = {row["dote_id"]: frozenset(row["found_by"]) for row in rows}
    for dote_id in sorted(said.keys() | told.newest.keys()):
        vote = told.newest.get(dote_id)
        made: FoundBy | None = frozenset()
        if vote is not None and not told.is_erased(told.doti.get(dote_id)):
            made = finder.dote(vote) if finder else None
        if made is not None and said.get(dote_id, frozenset()) != made:
            yield f.FoundByDiffers("payee_identities", f"the payee of dote {dote_id}")


def _check_payees(tx: Tx, told: _Told, finder: _Finder | None) -> Iterator[Finding]:
    rows = tx.execute(_SQL["payees"]).fetchall()
    said = {row["id"]: (row["name_token"], row["iban_token"]) for row in rows}
    found = set(said.values())
    for payee_id in sorted(said.keys() | told.payees.keys()):
        event, says = told.payees.get(payee_id), said.get(payee_id)
        if event is None or payee_id in told.gone:
            wrong = says is not None
        else:
            made = finder.payee(event) if finder else None
            # Where two have become one for who looks, one of them is found.
            wrong = made is not None and says != made and not (says is None and made in found)
        if wrong:
            yield f.FoundByDiffers("payees", f"payee {payee_id}")
