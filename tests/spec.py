"""Given-when-then for the domain: facts that happened, one command, what follows.

    given(requested(30_000), assessed(30_000))
        .when(approve(30_000))
        .then(DoteApproved, amount_cents=30_000)

The events to start from are written by `tests.domain.facts`, as they stand in the log, and given
in their order: `given` numbers them. Ids, people and times are fixed: every run of a test is the
same run.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any, Generic, TypedDict, TypeVar, cast, overload
from uuid import UUID

from pydantic import ValidationError

from domain import dote_history, household, permissions, programme
from domain.actors import Actor, Delegation, Grant, Role
from domain.case import Case, Help
from domain.dote import Dote
from domain.dote_parts import File
from domain.errors import DomainError
from domain.events import dote as d
from domain.events import programme as p
from domain.events.base import Event, Stamp
from domain.events.dote_values import LinePosition
from domain.events.household import HouseholdEvent, HouseholdRegistered
from domain.events.programme import BudgetLine
from domain.household import Household
from domain.lifecycle import Action
from domain.policy import Band, Policy, Rules, two_bands
from domain.privacy import Note, Private
from domain.programme import Programme

StateT = TypeVar("StateT", Dote, Programme, Household)
EventT = TypeVar("EventT", bound=Event)


# Ids, time and people


def ident(n: int) -> UUID:
    """The id number `n`."""
    return UUID(int=n)


START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
"""When the first event of a stream happened; the next ones follow hour by hour."""

NOW = datetime(2026, 3, 20, 9, 0, tzinfo=UTC)
"""When the command of a test is given."""

TODAY = NOW.date()

DOTE, OTHER_DOTE = ident(0xD01), ident(0xD02)
BATCH = ident(0xBA7C)
HOUSEHOLD, OTHER_HOUSEHOLD = ident(0x4001), ident(0x4002)

ROCCA, SSALV = "ROCCA", "SSALV"
HOUSING, SCHOOL = "HOUSING", "SCHOOL"
LINE = BudgetLine(partner=ROCCA, category=HOUSING)
OTHER_LINE = BudgetLine(partner=SSALV, category=HOUSING)


def actor(
    n: int,
    *roles: Role,
    partner: str | None = None,
    works_for: str | None = None,
    conflicts: Iterable[UUID] = (),
) -> Actor:
    """The account number `n`, with these roles for one partner or for the whole programme."""
    grants = tuple(Grant(role, partner) for role in roles)
    return Actor(ident(n), grants, works_for, frozenset(conflicts))


def delegate(
    n: int,
    principal: Actor,
    *roles: Role,
    max_cents: int = 1_000_000,
    partner: str | None = None,
    works_for: str | None = None,
    own: Iterable[Role] = (),
) -> Actor:
    """The account number `n`, to whom `principal` delegated these roles up to an amount; `own`:
    what they may do themselves."""
    given_by = Delegation(principal.account_id, principal.works_for, max_cents, principal.conflicts)
    delegated = (Grant(role, partner, given_by) for role in roles)
    return Actor(ident(n), (*delegated, *(Grant(role) for role in own)), works_for)


OPERATOR = actor(0xA01, Role.OPERATOR, partner=ROCCA)
OPERATOR_2 = actor(0xA02, Role.OPERATOR, partner=ROCCA)
OPERATOR_SSALV = actor(0xA03, Role.OPERATOR, partner=SSALV)
ASSESSOR = actor(0xA04, Role.ASSESSOR)
APPROVER = actor(0xA05, Role.APPROVER)
APPROVER_2 = actor(0xA06, Role.APPROVER)
FINANCE = actor(0xA07, Role.FINANCE)
FINANCE_2 = actor(0xA08, Role.FINANCE)
COORDINATOR = actor(0xA09, Role.COORDINATOR)
AUDITOR = actor(0xA0A, Role.AUDITOR)
ADMIN = actor(0xA0B, Role.ADMIN)


def stamp(who: Actor, at: datetime = NOW) -> Stamp:
    """The circumstances of a command given by somebody in the first of their roles."""
    return Stamp(at, who.sign(who.grants[0]), "correlation", ident(0xC0))


def signed(case: Case, action: Action, who: Actor, amount_cents: int | None = None) -> Stamp:
    """The circumstances of an action on a dote, or the refusal."""
    by = permissions.signed(case, action, who, amount_cents)
    return Stamp(case.now, by, "correlation", ident(0xC0))


def private(text: str, subject_id: UUID = HOUSEHOLD) -> Private:
    """A private text of the household."""
    return Private(subject_id, text)


def noted(text: str, household_id: UUID = HOUSEHOLD) -> Note:
    """What was written about the household's situation."""
    return Note(household_id, text)


def days_after(days: int, day: date = TODAY) -> date:
    """A day before (negative) or after the command's."""
    return day + timedelta(days=days)


IN_TWO_WEEKS = days_after(14)


def sha256(n: int) -> str:
    """The digest of the file number `n`."""
    return f"{n:064x}"


def a_file(n: int = 1) -> File:
    """The file number `n`, as the store keeps it."""
    return File(sha256(n), "application/pdf", 1000 + n, f"file-{n}.pdf")


# The rules and the money


def a_policy(version: int = 1, single_approver_cents: int = 50_000, **rules: Any) -> Policy:  # noqa: ANN401  any field of the rules
    """A version of the rules: one approver up to an amount, two above, and the given rules."""
    bands = two_bands(single_approver_cents).bands
    return Policy.of(Rules(**{"bands": bands, **rules}), version, date(2026, 1, 1))


def bands(*bands: Band) -> Policy:
    """Version 1 of rules of these bands."""
    return a_policy(bands=bands)


def position(available_cents: int = 1_000_000, committed_cents: int = 0) -> LinePosition:
    """What stands on a budget line."""
    return LinePosition(
        available_cents=available_cents,
        committed_cents=committed_cents,
        disbursed_cents=0,
        documented_cents=0,
        disallowed_cents=0,
    )


def a_help(cents: int, *, category: str = HOUSING, days_ago: int = 1) -> Help:
    """What another dote granted to the household, so many days before the command."""
    return Help(category, NOW - timedelta(days=days_ago), cents)


_PLENTY = position()


class About(TypedDict, total=False):
    """What a decision looks at beside the dote."""

    policy: Policy
    now: datetime
    helps: tuple[Help, ...] | None
    position: LinePosition | None


def a_case(
    dote: Dote,
    policy: Policy | None = None,
    now: datetime = NOW,
    helps: tuple[Help, ...] | None = (),
    position: LinePosition | None = _PLENTY,
) -> Case:
    """The dote with all that a decision on it looks at: by default under rules of two bands, for a
    household that was granted nothing, on a line with plenty of money."""
    return Case(dote, policy or a_policy(dote.policy_version), now, helps, position)


# The three words


class Outcome(Generic[StateT]):
    """What a command led to."""

    def __init__(self, before: StateT | None, result: Event | Exception) -> None:
        self._before: StateT | None = before
        self._result = result

    def then(self, kind: type[EventT], /, **fields: object) -> StateT:
        """One event of this kind with these fields follows. Returns the state after it."""
        event = self._result
        assert isinstance(event, kind), f"{kind.__name__} was expected, not {event!r}"
        found = {name: getattr(event, name) for name in fields}
        assert found == fields
        if self._before is None:
            assert event.originator_version == 1
        else:
            assert event.originator_id == self._before.id
            assert event.originator_version == self._before.version + 1
        return cast(StateT, evolved(self._before, event))

    def then_refused(self, error: type[DomainError], /, **facts: object) -> None:
        """The command is refused, with exactly this class; the facts given are among its own."""
        refusal = self._result
        assert not isinstance(refusal, Event), f"{error.__name__} was expected, not {refusal!r}"
        assert type(refusal) is error, f"{error.__name__} was expected, not {refusal!r}"
        assert isinstance(refusal, DomainError)
        assert facts.items() <= refusal.facts.items()
        assert "{" not in str(refusal)

    def then_invalid(self, field: str) -> None:
        """The command carries a value that no event may hold, in this field."""
        refusal = self._result
        assert isinstance(refusal, ValidationError), f"a refusal of {field} was expected"
        assert field in {str(place) for error in refusal.errors() for place in error["loc"]}


class Given(Generic[StateT]):
    """A state, reached by events."""

    def __init__(self, state: StateT) -> None:
        self.state: StateT = state

    def when(self, command: Callable[[StateT], Event]) -> Outcome[StateT]:
        """Give a command on the state."""
        return Outcome(self.state, _attempt(lambda: command(self.state)))


@overload
def given(first: d.DoteEvent, *more: d.DoteEvent) -> Given[Dote]: ...
@overload
def given(first: p.ProgrammeEvent, *more: p.ProgrammeEvent) -> Given[Programme]: ...
@overload
def given(first: HouseholdEvent, *more: HouseholdEvent) -> Given[Household]: ...
def given(
    first: d.DoteEvent | p.ProgrammeEvent | HouseholdEvent,
    *more: d.DoteEvent | p.ProgrammeEvent | HouseholdEvent,
) -> Given[Dote] | Given[Programme] | Given[Household]:
    """The events of one stream, in their order."""
    state: Dote | Programme | Household | None = None
    for event in in_order([first, *more]):
        state = evolved(state, event)
    match state:
        case Dote():
            return Given(state)
        case Programme():
            return Given(state)
        case Household():
            return Given(state)
    raise AssertionError("nothing was given")


def when_new(command: Callable[[], d.DoteRequested]) -> Outcome[Dote]:
    """Request a dote that is not there yet."""
    return Outcome(None, _attempt(command))


def when_opened(command: Callable[[], p.ProgrammeOpened]) -> Outcome[Programme]:
    """Open a programme that is not there yet."""
    return Outcome(None, _attempt(command))


def when_registered(command: Callable[[], HouseholdRegistered]) -> Outcome[Household]:
    """Register a household that is not there yet."""
    return Outcome(None, _attempt(command))


def _attempt(command: Callable[[], Event]) -> Event | Exception:
    try:
        return command()
    except (DomainError, ValidationError) as refusal:
        return refusal


def in_order(events: Sequence[EventT]) -> list[EventT]:
    """The events as numbers 1, 2, 3 ... of one stream, an hour apart where no time was given."""
    first = events[0]
    return [
        event.model_copy(
            update={
                "originator_id": first.originator_id,
                "originator_version": n,
                "at": START + timedelta(hours=n) if event.at == START else event.at,
            }
        )
        for n, event in enumerate(events, start=1)
    ]


def at(moment: datetime, event: EventT) -> EventT:
    """The event, at a moment of its own."""
    return event.model_copy(update={"at": moment})


def evolved(
    state: Dote | Programme | Household | None, event: Event
) -> Dote | Programme | Household:
    """The state after the event, whatever stream it is of."""
    if isinstance(event, d.DoteEvent):
        assert state is None or isinstance(state, Dote)
        return dote_history.evolve(state, event)
    if isinstance(event, p.ProgrammeEvent):
        assert state is None or isinstance(state, Programme)
        return programme.evolve(state, event)
    assert isinstance(event, HouseholdEvent)
    assert state is None or isinstance(state, Household)
    return household.evolve(state, event)
