"""What an event changes beside the log: rows that are looked at by every request."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from domain.events.account import (
    ConflictDeclared,
    ConflictLifted,
    DelegationEnded,
    RoleDelegated,
)
from domain.events.base import Event
from domain.events.household import HouseholdErased, HouseholdMerged, HouseholdUnmerged
from domain.events.payee import PayeeErased, PayeeRegistered
from domain.privacy import Private, read_record
from workflows.eventstore import payees
from workflows.eventstore.blind_index import BlindIndex


@dataclass(frozen=True, slots=True)
class Change:
    """A statement of `people.sql`, `merges.sql` or `payees.sql`, and its values."""

    statement: str
    values: Mapping[str, object]


def changes(event: Event, index: BlindIndex) -> Iterator[Change]:
    """The rows that an event makes or changes. It is not sealed yet: tokens are of clear text."""
    account_id = event.originator_id
    match event:
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
        case HouseholdMerged():
            values = {"household_id": event.originator_id, "into_id": event.into}
            yield Change("insert_merge", values)
        case HouseholdUnmerged():
            yield Change("remove_merge", {"household_id": event.originator_id})
        case PayeeRegistered(payee=Private(text=text)):
            found_by = index.of_payee(read_record(text))
            yield Change("insert_payee", {"id": event.originator_id, **payees.columns(found_by)})
        case HouseholdErased():
            yield Change("remove_payees_of_household", {"id": event.originator_id})
        case PayeeErased():
            yield Change("remove_payee", {"id": event.originator_id})
        case _:
            pass  # it stands in the log alone, or moves money


_DELEGATION = {"to", "role", "partner", "since", "until", "max_cents"}


def _tokens(event: ConflictDeclared, index: BlindIndex) -> list[bytes]:
    if not isinstance(event.payee, Private):
        return []
    return [token for _, token in index.of_payee(read_record(event.payee.text))]
