"""A payee: who is paid, often not the household itself but a landlord, a school, a clinic."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from domain.errors import (
    ConfirmedByAnother,
    NothingToConfirm,
    WrongStream,
)
from domain.events.base import Event, Stamp
from domain.events.payee import (
    PayeeErased,
    PayeeEvent,
    PayeeIbanChanged,
    PayeeIbanConfirmed,
    PayeeIbanDismissed,
    PayeeRegistered,
)
from domain.privacy import Private


@dataclass(frozen=True, slots=True)
class Payee:
    """A payee as its events tell it.

    `told`: the event that tells name and IBAN as they hold. `waiting`: another IBAN that nobody
    has confirmed yet; until then the payee is frozen. `since`: when what holds was confirmed.
    `told_by`: who told and who confirmed it since they were registered; nobody if it never changed.
    """

    id: UUID
    version: int
    registered: PayeeRegistered
    told: PayeeRegistered | PayeeIbanChanged
    since: datetime
    waiting: PayeeIbanChanged | None = None
    erased: bool = False
    told_by: frozenset[UUID] = frozenset()

    @property
    def is_frozen(self) -> bool:
        """Whether nothing is paid to them now."""
        return self.waiting is not None


def register(stamp: Stamp, payee_id: UUID, who: Mapping[str, object]) -> PayeeRegistered:
    """Somebody is paid for the first time. `who`: their name and IBAN."""
    return PayeeRegistered.stamped(stamp, payee_id, 1, payee=Private.record(payee_id, who))


def change_iban(payee: Payee, stamp: Stamp, who: Mapping[str, object]) -> PayeeIbanChanged:
    """They have another IBAN. `who`: their name, IBAN and BIC; it takes the place of one that
    nobody has confirmed yet."""
    record = Private.record(payee.id, who)
    return PayeeIbanChanged.stamped(stamp, payee.id, payee.version + 1, payee=record)


def confirm_iban(payee: Payee, stamp: Stamp) -> PayeeIbanConfirmed:
    """By anybody but who changed it."""
    if payee.waiting is None:
        raise NothingToConfirm
    if not stamp.by.people.isdisjoint(payee.waiting.by.people):
        raise ConfirmedByAnother
    return PayeeIbanConfirmed.stamped(stamp, payee.id, payee.version + 1)


def dismiss_iban(payee: Payee, stamp: Stamp) -> PayeeIbanDismissed:
    """By whoever finds it wrong, who changed it too."""
    if payee.waiting is None:
        raise NothingToConfirm
    return PayeeIbanDismissed.stamped(stamp, payee.id, payee.version + 1)


def erase(payee: Payee, stamp: Stamp) -> PayeeErased:
    """No household is left that they were paid for."""
    return PayeeErased.stamped(stamp, payee.id, payee.version + 1)


def evolve(payee: Payee | None, event: Event) -> Payee:
    """The payee after the event."""
    version = event.originator_version
    match event:
        case PayeeRegistered() if payee is None:
            return Payee(event.originator_id, version, event, event, event.at)
        case PayeeIbanChanged() if payee is not None:
            return replace(payee, version=version, waiting=event)
        case PayeeIbanConfirmed() if payee is not None and payee.waiting is not None:
            told = payee.waiting
            return replace(
                payee,
                version=version,
                told=told,
                since=event.at,
                waiting=None,
                told_by=told.by.people | event.by.people,
            )
        case PayeeIbanDismissed() if payee is not None:
            return replace(payee, version=version, waiting=None)
        case PayeeErased() if payee is not None:
            return replace(payee, version=version, erased=True)
        case _:
            raise WrongStream(f"a payee does not have {type(event).__name__} now")


def project(payee: Payee | None, events: Iterable[PayeeEvent]) -> Payee | None:
    """The payee after all the events."""
    for event in events:
        payee = evolve(payee, event)
    return payee
