"""Who may read what is private. One table: everything that opens a sealed value asks here."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from domain.actors import Actor, Role
from domain.events import account, bank, dote, household, payee, payment_batch
from domain.events.base import Event

MASK = "•••"
"""Stands where there is something that the reader may not see."""


class Kind(StrEnum):
    """Kinds of private values."""

    CASE = "case"
    """The need, and what was judged about it."""
    PAYEE = "payee"
    """Who is paid, and what was said about the money."""
    PROOF = "proof"
    """Receipts: their issuer, their file and what was said about them."""
    PERSONS = "persons"
    """Who the household is."""
    STAFF = "staff"
    """Why somebody lets others act for them, or stands back."""
    REVEAL = "reveal"
    """Why somebody looked at what is masked for them."""


@dataclass(frozen=True, slots=True)
class Private:
    """A private field: its kind, and whether it is several values sealed together."""

    kind: Kind
    is_record: bool = False


_CASE = Private(Kind.CASE)
_PAYEE = Private(Kind.PAYEE)
_PROOF = Private(Kind.PROOF)
_STAFF = Private(Kind.STAFF)
_PERSONS = Private(Kind.PERSONS, is_record=True)
_NOTES = Private(Kind.CASE, is_record=True)
_WHO_IS_PAID = Private(Kind.PAYEE, is_record=True)

FIELDS: Mapping[tuple[type[Event], str], Private] = {
    (dote.DoteRequested, "need"): _CASE,
    (dote.DocumentAttached, "file"): Private(Kind.CASE, is_record=True),
    (dote.DocumentsRequested, "what"): _CASE,
    (dote.DocumentsProvided, "note"): _CASE,
    (dote.DoteAssessed, "note"): _CASE,
    (dote.CapOverridden, "reason"): _CASE,
    (dote.ApprovalGiven, "payee"): _WHO_IS_PAID,
    (dote.ApprovalGiven, "note"): _CASE,
    (dote.DoteApproved, "payee"): _WHO_IS_PAID,
    (dote.DoteApproved, "note"): _CASE,
    (dote.RatificationRecorded, "note"): _CASE,
    (dote.DoteRejected, "reason"): _CASE,
    (dote.DoteRejected, "note"): _CASE,
    (dote.AppealLodged, "reason"): _CASE,
    (dote.AppealDecided, "reason"): _CASE,
    (dote.DoteWithdrawn, "reason"): _CASE,
    (dote.DoteWithdrawn, "note"): _CASE,
    (dote.DoteRevoked, "reason"): _CASE,
    (dote.DoteRevoked, "note"): _CASE,
    (dote.DoteDisbursed, "reference"): _PAYEE,
    (dote.DisbursementReturned, "reason"): _PAYEE,
    (dote.RefundReceived, "source"): _PAYEE,
    (dote.ReceiptSubmitted, "details"): Private(Kind.PROOF, is_record=True),
    (dote.ReceiptAccepted, "reason"): _PROOF,
    (dote.ReceiptDisallowed, "reason"): _PROOF,
    (dote.DoteAccountedFor, "note"): _PROOF,
    (bank.BankLineImported, "details"): _WHO_IS_PAID,
    (bank.LineSetAside, "reason"): _PAYEE,
    (account.AccountOpened, "name"): _STAFF,
    (account.AccountOpened, "email"): _STAFF,
    (account.EmailRecorded, "email"): _STAFF,
    (account.AccountClosed, "reason"): _STAFF,
    (account.DataRevealed, "reason"): Private(Kind.REVEAL),
    (account.RoleDelegated, "reason"): _STAFF,
    (account.ConflictDeclared, "payee"): Private(Kind.STAFF, is_record=True),
    (account.ConflictDeclared, "reason"): _STAFF,
    (account.ConflictLifted, "reason"): _STAFF,
    (household.HouseholdRegistered, "personal"): _PERSONS,
    (household.HouseholdRegistered, "notes"): _NOTES,
    (household.MemberAdded, "member"): _PERSONS,
    (household.PersonalDataRecorded, "personal"): _PERSONS,
    (household.PersonalDataRecorded, "notes"): _NOTES,
    (household.HouseholdMerged, "reason"): _CASE,
    (household.HouseholdUnmerged, "reason"): _CASE,
    (household.ErasureAsked, "reason"): _CASE,
    (household.ErasureDeclined, "reason"): _CASE,
    (household.ErasureHeld, "reason"): _CASE,
    (payee.PayeeRegistered, "payee"): _WHO_IS_PAID,
    (payee.PayeeIbanChanged, "payee"): _WHO_IS_PAID,
    (payment_batch.BatchCancelled, "reason"): _PAYEE,
}
"""Every private field of every event; a test fails on a missing one."""

_READERS: Mapping[Kind, frozenset[Role]] = {
    Kind.CASE: frozenset({Role.OPERATOR, Role.ASSESSOR, Role.APPROVER, Role.COORDINATOR}),
    Kind.PAYEE: frozenset({Role.OPERATOR, Role.APPROVER, Role.FINANCE, Role.COORDINATOR}),
    # Whoever judges has judged by then.
    Kind.PROOF: frozenset({Role.OPERATOR, Role.FINANCE, Role.COORDINATOR}),
    Kind.PERSONS: frozenset({Role.OPERATOR, Role.ASSESSOR, Role.APPROVER, Role.COORDINATOR}),
    Kind.STAFF: frozenset({Role.COORDINATOR}),
    Kind.REVEAL: frozenset({Role.COORDINATOR, Role.AUDITOR}),
}

# Eye and dental doti tell about health: whoever does not need it to do their part sees nothing.
_READERS_OF_HEALTH: Mapping[Kind, frozenset[Role]] = {
    **_READERS,
    Kind.CASE: frozenset({Role.OPERATOR, Role.ASSESSOR, Role.APPROVER}),
    Kind.PROOF: frozenset({Role.OPERATOR, Role.FINANCE}),
}


def reading_role(
    actor: Actor, kind: Kind, partner: str | None, *, health_data: bool = False
) -> Role | None:
    """The role in which the actor reads private values of a kind, on what belongs to a partner
    (None: to the programme); None if they are not for them."""
    readers = (_READERS_OF_HEALTH if health_data else _READERS)[kind]
    return actor.role_for(readers, partner)


def may_read(actor: Actor, kind: Kind, partner: str | None, *, health_data: bool = False) -> bool:
    """Whether private values of a kind are for the actor, on what belongs to a partner."""
    return reading_role(actor, kind, partner, health_data=health_data) is not None


def may_read_reason(actor: Actor, *concerned: UUID) -> bool:
    """Whether the reasons of somebody's delegations and conflicts are for the actor: those whom
    they concern, and coordinators. Whom a payee's conflict is with is for the declarer alone."""
    coordinates = actor.role_for(frozenset({Role.COORDINATOR}), None) is not None
    return coordinates or actor.account_id in concerned
