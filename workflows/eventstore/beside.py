"""What an event changes beside the log: rows that are looked at by every request."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from domain.events.account import (
    AccountClosed,
    AccountOpened,
    AccountReopened,
    ConflictDeclared,
    ConflictLifted,
    DelegationEnded,
    EmailRecorded,
    RoleDelegated,
    RoleGranted,
    RoleRevoked,
    TokenIssued,
    TokenRevoked,
    WorkedFor,
)
from domain.events.bank import (
    BankLineImported,
    LineMatched,
    LineUnmatched,
    StatementImported,
)
from domain.events.base import Event
from domain.events.dote import DoteRequested, PaymentCancelled, PaymentOrdered, ReceiptSubmitted
from domain.events.household import HouseholdErased, HouseholdMerged, HouseholdUnmerged
from domain.events.payee import PayeeErased, PayeeRegistered
from domain.privacy import Private, Sealed, read_record
from domain.text import known_as
from workflows.eventstore import bank, payees, receipts
from workflows.eventstore.blind_index import BlindIndex


@dataclass(frozen=True, slots=True)
class Change:
    """A statement of one of the files that `unit_of_work` reads, and its values."""

    statement: str
    values: Mapping[str, object]


def changes(event: Event, index: BlindIndex) -> Iterator[Change]:
    """The rows that an event makes or changes. It is not sealed yet: tokens are of clear text."""
    account_id = event.originator_id
    match event:
        case AccountOpened():
            yield Change("insert_account", _opened(event))
        case EmailRecorded():
            yield Change("email", {"id": account_id, "email": _clear(event.email)})
        case WorkedFor():
            yield Change("works_for", {"id": account_id, "partner": event.partner})
        case AccountClosed():
            yield Change("close_account", {"id": account_id, "at": event.at})
        case AccountReopened():
            yield Change("reopen_account", {"id": account_id})
        case RoleGranted():
            told = event.model_dump(include=_GRANT)
            yield Change("insert_grant", {**told, "id": event.grant_id, "account_id": account_id})
        case RoleRevoked():
            yield Change("revoke_grant", {"id": event.grant_id, "at": event.at})
        case TokenRevoked():
            yield Change("revoke_token", {"id": event.token_id, "at": event.at})
        case RoleDelegated():
            told = event.model_dump(include=_DELEGATION)
            yield Change(
                "insert_delegation", {**told, "id": event.delegation_id, "account_id": account_id}
            )
        case DelegationEnded():
            yield Change("end_delegation", {"id": event.delegation_id, "at": event.at})
        case ConflictDeclared():
            yield Change(
                "insert_conflict",
                {
                    "id": event.conflict_id,
                    "account_id": account_id,
                    "household_id": event.household_id,
                    "member": event.member,
                    "tokens": _tokens(event, index),
                },
            )
        case ConflictLifted():
            yield Change("lift_conflict", {"id": event.conflict_id, "at": event.at})
        case DoteRequested():
            values = {"dote_id": event.originator_id, "household_id": event.household_id}
            yield Change("insert_household_dote", values)
        case PaymentOrdered():
            order = {"dote_id": event.originator_id, "n": event.n}
            yield Change("insert_payment_order", {**order, "batch_id": event.batch_id})
        case PaymentCancelled():
            order = {"dote_id": event.originator_id, "n": event.n}
            yield Change("remove_payment_order", order)
        case HouseholdMerged():
            values = {"household_id": event.originator_id, "into_id": event.into}
            yield Change("insert_merge", values)
        case HouseholdUnmerged():
            yield Change("remove_merge", {"household_id": event.originator_id})
        case PayeeRegistered(payee=Private(text=text)):
            found_by = index.of_payee(read_record(text))
            yield Change("insert_payee", {"id": event.originator_id, **payees.columns(found_by)})
        case ReceiptSubmitted(details=Private(text=text)):
            yield Change("put_receipt", receipts.columns(event, read_record(text), index))
        case HouseholdErased():
            yield Change("remove_payees_of_household", {"id": event.originator_id})
            yield Change("remove_receipts_of_household", {"id": event.originator_id})
        case PayeeErased():
            yield Change("remove_payee", {"id": event.originator_id})
        case StatementImported():
            told = event.model_dump(include=_STATEMENT)
            yield Change("insert_statement", {**told, "id": event.originator_id})
        case BankLineImported():
            yield Change("insert_bank_line", bank.row_of(event, index))
        case LineMatched():
            values = {"match_id": event.match_id, "line_id": event.originator_id}
            yield Change("insert_match", values)
            for paid in event.payments:
                yield Change(
                    "insert_shown",
                    {**values, "dote_id": paid.dote_id, "n": paid.n, "kind": event.kind},
                )
        case LineUnmatched():
            told = event.model_dump(include={"match_id", "kind"})
            yield Change("remove_shown", {**told, "line_id": event.originator_id})
        case _:
            pass  # it stands in the log alone, or moves money


_STATEMENT = {
    "account",
    "format",
    "sha256",
    "nth",
    "from_on",
    "to_on",
    "opening_cents",
    "closing_cents",
}
_GRANT = {"role", "partner", "since", "until"}
_TOKEN = {"role", "partner", "label", "read_only", "until"}
_DELEGATION = {"to", "role", "partner", "since", "until", "max_cents"}


def kept_token(event: TokenIssued, hash_: bytes) -> Change:
    """The row of a token. `hash_`: its SHA-256, which its event does not tell."""
    told = event.model_dump(include=_TOKEN)
    more = {"id": event.token_id, "account_id": event.originator_id, "hash": hash_, "at": event.at}
    return Change("insert_token", told | more)


def invitation(account_id: UUID, hash_: bytes, until: datetime) -> Change:
    """The row of a link, in the place of those before. `hash_`: the SHA-256 of its secret."""
    return Change("insert_invitation", {"account_id": account_id, "hash": hash_, "until": until})


def no_invitation(account_id: UUID) -> Change:
    """That links which were not used yet are worth nothing any more."""
    return Change("end_invitations", {"account_id": account_id})


def _opened(event: AccountOpened) -> Mapping[str, object]:
    name = _clear(event.name)
    return {
        "id": event.originator_id,
        "name": name,
        "known_as": known_as(name),
        "email": None if event.email is None else _clear(event.email),
        "works_for": event.works_for,
        "at": event.at,
    }


def _clear(value: Private | Sealed) -> str:
    if not isinstance(value, Private):
        raise TypeError("rows are made of what is not sealed yet")
    return value.text


def _tokens(event: ConflictDeclared, index: BlindIndex) -> list[bytes]:
    if not isinstance(event.payee, Private):
        return []
    return [token for _, token in index.of_payee(read_record(event.payee.text))]
