"""A payee: who is paid, often not the household itself but a landlord, a school, a clinic."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from uuid import UUID

from domain.errors import WrongStream
from domain.events.base import Event, Stamp
from domain.events.payee import PayeeErased, PayeeEvent, PayeeRegistered
from domain.privacy import Private


@dataclass(frozen=True, slots=True)
class Payee:
    """A payee as its events tell it."""

    id: UUID
    version: int
    registered: PayeeRegistered
    erased: bool = False


def register(stamp: Stamp, payee_id: UUID, who: Mapping[str, object]) -> PayeeRegistered:
    """Somebody is paid for the first time. `who`: their name and IBAN."""
    return PayeeRegistered.stamped(stamp, payee_id, 1, payee=Private.record(payee_id, who))


def erase(payee: Payee, stamp: Stamp) -> PayeeErased:
    """No household is left that they were paid for."""
    return PayeeErased.stamped(stamp, payee.id, payee.version + 1)


def evolve(payee: Payee | None, event: Event) -> Payee:
    """The payee after the event."""
    match event:
        case PayeeRegistered() if payee is None:
            return Payee(event.originator_id, event.originator_version, event)
        case PayeeErased() if payee is not None:
            return replace(payee, version=event.originator_version, erased=True)
        case _:
            raise WrongStream(f"a payee does not have {type(event).__name__} now")


def project(payee: Payee | None, events: Iterable[PayeeEvent]) -> Payee | None:
    """The payee after all the events."""
    for event in events:
        payee = evolve(payee, event)
    return payee
