"""Erasing a household: what stands against it, who asks and confirms, and what time does alone.

Households that were merged are one person's file: they are erased together or not at all.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal
from uuid import UUID

from domain.actors import Actor, Grant, Role, Signature
from domain.days import day_here
from domain.dote import Dote
from domain.errors import (
    ConflictOfInterest,
    CoordinatorNeeded,
    DateInThePast,
    DomainError,
    DotiOpen,
    ErasureByAnother,
    Forbidden,
    HeldUntil,
    HouseholdIsErased,
    NothingAsked,
    NotYetTime,
    OutsideOwnPartner,
    RetentionRunning,
)
from domain.events import dote as events
from domain.events.base import Event, Stamp
from domain.events.household import (
    ErasureAsked,
    ErasureDeclined,
    ErasureHeld,
    HouseholdErased,
    SocialNotesErased,
)
from domain.household import Household
from domain.lifecycle import OPEN, State
from domain.privacy import Private
from domain.retention import Retention

ERASERS = frozenset({Role.OPERATOR, Role.FINANCE, Role.COORDINATOR})
"""Who may ask for an erasure, confirm and decline it; operators for their own partner."""

_COORDINATOR = frozenset({Role.COORDINATOR})
_OF_ERASURE = (ErasureAsked, ErasureDeclined, ErasureHeld)
_MONEY = (
    events.DoteDisbursed,
    events.DisbursementReturned,
    events.RefundReceived,
    events.DisbursementUndone,
    events.ReturnUndone,
    events.RefundUndone,
    events.ReceiptAccepted,
    events.ReceiptDisallowed,
    events.DoteAccountedFor,
)

What = Literal["household", "notes"]
"""What the passing of time erases: all of a household, or its social notes before."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A household, and what of its doti decides about its erasure.

    `open_doti`: how many are not at an end, or have money open. `moved_on`: the last day on which
    money of theirs moved, None if none was ever paid. `seen_on`: when something happened last.
    `files`: how many uploads there are.
    """

    household: Household
    open_doti: int
    moved_on: date | None
    seen_on: date
    files: int

    @property
    def has_notes(self) -> bool:
        """Whether something may have been written about its situation since that was erased."""
        erased_on = self.household.notes_erased_on
        return erased_on is None or erased_on < self.seen_on


@dataclass(frozen=True, slots=True)
class Group:
    """A household and those that it was merged with; the one that was asked about first."""

    kept: tuple[Kept, ...]

    @property
    def households(self) -> tuple[Household, ...]:
        """The households of the group."""
        return tuple(each.household for each in self.kept)

    @property
    def asked(self) -> ErasureAsked | None:
        """The erasure that somebody asked for, on whichever of them."""
        return next((each.asked for each in self.households if each.asked is not None), None)

    @property
    def held_until(self) -> date | None:
        """The last day that it is held."""
        return max((h.held_until for h in self.households if h.held_until), default=None)

    @property
    def moved_on(self) -> date | None:
        """The last day on which money moved."""
        return max((each.moved_on for each in self.kept if each.moved_on), default=None)

    @property
    def seen_on(self) -> date:
        """When something happened last."""
        return max(each.seen_on for each in self.kept)

    def until(self, what: What, retention: Retention) -> date:
        """The last day that it is kept where nobody asks for anything."""
        notes_until = retention.notes_until(self.seen_on)
        if what == "notes" or self.moved_on is None:
            return notes_until
        return max(notes_until, retention.accounting_until(self.moved_on))


# What the events say


def is_open(dote: Dote) -> bool:
    """Whether a dote is not at an end: something is to be decided, paid or accounted for."""
    match dote.state:
        case State.REVOKED:
            return dote.disbursed_cents > 0
        case State.REJECTED:
            return dote.appeal is not None and dote.appeal.accepted is None
        case state:
            return state in OPEN or state is State.DISBURSED


def money_day(event: Event) -> date | None:
    """The day on which an event moved money that was paid, or None if it moved none."""
    if not isinstance(event, _MONEY):
        return None
    value_date: date = getattr(event, "value_date", day_here(event.at))
    return max(value_date, day_here(event.at))


def seen_day(event: Event) -> date | None:
    """The day on which people did something for a household; what the register does by itself, and
    talk of erasing it, is nothing of the kind."""
    if event.by.role is Role.SYSTEM or isinstance(event, _OF_ERASURE):
        return None
    return day_here(event.at)


def file_of(event: Event) -> str | None:
    """The SHA-256 of the upload that an event names, if it does."""
    if isinstance(event, events.DocumentAttached | events.ReceiptSubmitted):
        return event.sha256
    return None


def kept(household: Household, doti: Iterable[Dote], history: Iterable[Event]) -> Kept:
    """`history`: all events of the household and its doti."""
    told = list(history)
    return Kept(
        household,
        open_doti=sum(map(is_open, doti)),
        moved_on=max(filter(None, map(money_day, told)), default=None),
        seen_on=max(filter(None, map(seen_day, told)), default=day_here(household.personal.at)),
        files=len(set(filter(None, map(file_of, told)))),
    )


# What stands against it


def against(group: Group, retention: Retention, today: date) -> list[DomainError]:
    """Why the group cannot be erased today; nothing if it can."""
    found: list[DomainError] = []
    if group.held_until is not None and today <= group.held_until:
        found.append(HeldUntil(group.held_until.isoformat()))
    if open_doti := sum(each.open_doti for each in group.kept):
        found.append(DotiOpen(open_doti))
    if group.moved_on is not None:
        until = retention.accounting_until(group.moved_on)
        if today <= until:
            found.append(RetentionRunning(until.isoformat()))
    return found


def _check(group: Group, retention: Retention, today: date) -> None:
    check_there(group.households[0])
    for refused in against(group, retention, today):
        raise refused


def check_there(household: Household) -> None:
    """Refuses what would be written about a household that was erased."""
    if household.erased is not None:
        raise HouseholdIsErased


# Who may


def _grants(actor: Actor, group: Group, action: str, roles: frozenset[Role]) -> list[Grant]:
    """The grants that reach all of the group: one's own before delegated ones, and among these the
    coordinator's first."""
    if not actor.has_any(roles):
        raise Forbidden(action, ", ".join(sorted(roles)))
    partners = [each.partner for each in group.households]
    grants = list(actor.reaching(roles, partners[0]))
    for partner in partners:
        grants = [grant for grant in grants if grant.covers(partner)]
        if not grants:
            raise OutsideOwnPartner(partner)
    free = [grant for grant in grants if not _too_near(actor, grant, group)]
    if not free:
        raise ConflictOfInterest(action)
    return sorted(free, key=lambda g: (g.delegation is not None, g.role is not Role.COORDINATOR))


def _too_near(actor: Actor, grant: Grant, group: Group) -> bool:
    conflicts = actor.conflicts
    if grant.delegation is not None:
        conflicts |= grant.delegation.conflicts
    return any(each.id in conflicts for each in group.households)


def eraser(actor: Actor, group: Group) -> Signature:
    """The signature of who asks for an erasure or declines one, or the refusal."""
    return actor.sign(_grants(actor, group, "erase", ERASERS)[0])


def confirmer(actor: Actor, group: Group, asked: ErasureAsked) -> Signature:
    """The signature of who confirms what another person asked for, or the refusal."""
    signatures = [actor.sign(grant) for grant in _grants(actor, group, "erase", ERASERS)]
    others = [by for by in signatures if by.people.isdisjoint(asked.by.people)]
    if not others:
        raise ErasureByAnother
    for by in others:
        if Role.COORDINATOR in (by.role, asked.by.role):
            return by
    raise CoordinatorNeeded


def holder(actor: Actor, group: Group) -> Signature:
    """The signature of the coordinator who keeps a household longer, or the refusal."""
    return actor.sign(_grants(actor, group, "hold_erasure", _COORDINATOR)[0])


# Decisions


@dataclass(frozen=True, slots=True)
class Along:
    """Whose keys go with those of a group: the payees that were paid for it alone, and the bank's
    lines that told of its payments alone."""

    payees: tuple[UUID, ...] = ()
    lines: tuple[UUID, ...] = ()


NOTHING = Along()


def ask(group: Group, stamp: Stamp, reason: str, retention: Retention) -> ErasureAsked:
    """Somebody asks that the household be erased."""
    _check(group, retention, stamp.day)
    household = group.households[0]
    return household.then(ErasureAsked, stamp, reason=Private(household.id, reason))


def confirm(
    group: Group, stamp: Stamp, retention: Retention, along: Along = NOTHING
) -> list[HouseholdErased]:
    """A second person agrees: the whole group goes."""
    _check(group, retention, stamp.day)
    return _gone(group, stamp, "request", along)


def decline(group: Group, stamp: Stamp, reason: str) -> list[ErasureDeclined]:
    """The household stays, as another person or who asked says."""
    check_there(group.households[0])
    if group.asked is None:
        raise NothingAsked
    return [
        each.then(ErasureDeclined, stamp, reason=Private(each.id, reason))
        for each in group.households
        if each.asked is not None
    ]


def hold(group: Group, stamp: Stamp, until: date, reason: str) -> ErasureHeld:
    """The household and its notes are kept until a day, whatever their time."""
    household = group.households[0]
    check_there(household)
    if until < stamp.day:
        raise DateInThePast("until", until.isoformat())
    return household.then(ErasureHeld, stamp, until=until, reason=Private(household.id, reason))


def erase_notes(
    group: Group,
    stamp: Stamp,
    retention: Retention,
    listed_on: date | None,
    adopted_on: date | None = None,
) -> list[SocialNotesErased]:
    """The time of the social notes is over. `adopted_on`: since when the times are these."""
    _check_time("notes", group, stamp.day, retention, listed_on, adopted_on)
    notes = [each.household for each in group.kept if each.has_notes]
    if not notes:
        raise NotYetTime
    return [each.then(SocialNotesErased, stamp) for each in notes]


def erase(
    group: Group,
    stamp: Stamp,
    retention: Retention,
    listed_on: date | None,
    along: Along = NOTHING,
    adopted_on: date | None = None,
) -> list[HouseholdErased]:
    """The time of the whole group is over. `adopted_on`: since when the times are these."""
    _check_time("household", group, stamp.day, retention, listed_on, adopted_on)
    return _gone(group, stamp, "retention", along)


def _check_time(
    what: What,
    group: Group,
    today: date,
    retention: Retention,
    listed_on: date | None,
    adopted_on: date | None,
) -> None:
    """It is time, and it stood in the list for as long as people are to have to object: under the
    times of now, which count from their adoption."""
    check_there(group.households[0])
    for refused in against(group, retention, today):
        if what == "household" or not isinstance(refused, RetentionRunning):
            raise refused
    until = group.until(what, retention)
    notice = timedelta(days=retention.notice_days)
    # What was listed for an earlier time, before something happened again, was not listed for this.
    since = max(day for day in (listed_on, adopted_on, date.min) if day is not None)
    listed = listed_on is not None and until - listed_on < notice <= today - since
    if today <= until or not listed:
        raise NotYetTime


def _gone(group: Group, stamp: Stamp, because: str, along: Along) -> list[HouseholdErased]:
    asked = group.asked
    first = group.households[0]
    return [
        each.household.then(
            HouseholdErased,
            stamp,
            because=because,
            asked_by=asked.by if asked is not None and because == "request" else None,
            payees=along.payees if each.household.id == first.id else (),
            lines=along.lines if each.household.id == first.id else (),
            files=each.files,
        )
        for each in group.kept
        if each.household.erased is None
    ]
