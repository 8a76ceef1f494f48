"""What other rules would have said of past decisions. Pure: events come in, differences come out.

Each decision is looked at twice by the same functions: under the rules that its dote is pinned to,
with what its household had really been granted, and under the draft, in whose world nothing counts
that it would have refused.
"""

from collections import defaultdict, deque
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from domain.case import EXPOSURE_PERIOD, Case, Help
from domain.dote import Dote
from domain.dote_history import evolve
from domain.errors import (
    DomainError,
    FewerVotesAsked,
)
from domain.events.base import Event
from domain.events.dote import (
    AppealDecided,
    AppealLodged,
    ApprovalGiven,
    CapOverridden,
    DisbursementReturned,
    DisbursementUndone,
    DocumentAttached,
    DocumentsProvided,
    DocumentsRequested,
    DoteApproved,
    DoteAssessed,
    DoteRejected,
    DoteRequested,
    DoteRevoked,
    DoteWithdrawn,
    RefundReceived,
    RefundUndone,
)
from domain.events.household import HouseholdMerged, HouseholdUnmerged
from domain.ledger import ExposureChange, exposure_change
from domain.lifecycle import Action, State
from domain.merging import Groups
from domain.policy import Policy, Rules
from domain.verdicts import Decision, Verdict, verdict

_BEFORE_APPROVAL = (
    DoteRequested,
    DocumentAttached,
    DocumentsRequested,
    DocumentsProvided,
    DoteAssessed,
    CapOverridden,
    ApprovalGiven,
    DoteApproved,
    DoteRejected,
    AppealLodged,
    AppealDecided,
    DoteWithdrawn,
)
LOOKED_AT: tuple[type[Event], ...] = (
    *_BEFORE_APPROVAL,
    DoteRevoked,
    RefundReceived,
    RefundUndone,
    DisbursementReturned,
    DisbursementUndone,
    HouseholdMerged,
    HouseholdUnmerged,
)
"""The events that a simulation takes; the others change nothing in it."""

_UNDECIDED = frozenset({State.REQUESTED, State.DOCUMENT_REQUESTED, State.ASSESSED})
_SLACK = timedelta(days=1)
"""The clocks of several processes are not one."""


class Kind(StrEnum):
    """How a decision would have differed."""

    REFUSED = "refused"
    ALLOWED = "allowed"
    MORE_VOTES = "more_votes"
    FEWER_VOTES = "fewer_votes"


@dataclass(frozen=True, slots=True)
class Difference:
    """A decision that the draft would not have let pass as it was. `by`: who took it (the last
    vote of several); `amount_cents`: what it was about; `reasons`: what the rules would have said.
    """

    dote_id: UUID
    number: str
    partner: str
    category: str
    item: str
    decision: Action
    at: datetime
    by: UUID
    amount_cents: int
    kind: Kind
    reasons: tuple[DomainError, ...]

    @property
    def moved_cents(self) -> int:
        """The money that goes another way: of an approval, and where it is not about votes only."""
        moves = self.kind in (Kind.REFUSED, Kind.ALLOWED)
        return self.amount_cents if moves and self.decision is Action.APPROVE else 0


@dataclass(slots=True)
class Tally:
    """So many differences, and the money that goes another way with them."""

    count: int = 0
    cents: int = 0

    def add(self, difference: Difference) -> None:
        """One more."""
        self.count += 1
        self.cents += difference.moved_cents


def _tallies() -> defaultdict[str, Tally]:
    return defaultdict(Tally)


@dataclass(slots=True)
class Totals:
    """All differences together. `refused_cents` was granted and would not have been;
    `allowed_cents`: the other way round."""

    refused_cents: int = 0
    allowed_cents: int = 0
    by_kind: defaultdict[Kind, Tally] = field(default_factory=lambda: defaultdict(Tally))
    by_person: defaultdict[UUID, Tally] = field(default_factory=lambda: defaultdict(Tally))
    by_partner: defaultdict[str, Tally] = field(default_factory=_tallies)
    by_category: defaultdict[str, Tally] = field(default_factory=_tallies)

    def add(self, difference: Difference) -> None:
        """One more."""
        if difference.kind is Kind.REFUSED:
            self.refused_cents += difference.moved_cents
        if difference.kind is Kind.ALLOWED:
            self.allowed_cents += difference.moved_cents
        self.by_kind[difference.kind].add(difference)
        self.by_person[difference.by].add(difference)
        self.by_partner[difference.partner].add(difference)
        self.by_category[difference.category].add(difference)


def compare(was: Verdict, would: Verdict) -> tuple[Kind, tuple[DomainError, ...]] | None:
    """How the second verdict differs from the first, and why; None if it does not."""
    if would.refused and not was.refused:
        return Kind.REFUSED, (would.refused,)
    if was.refused and not would.refused:
        return Kind.ALLOWED, (was.refused,)
    if was.refused or was.unmet:
        return None
    if would.unmet:
        return Kind.MORE_VOTES, would.unmet
    fewer = _fewer(was, would)
    return None if fewer is None else (Kind.FEWER_VOTES, (fewer,))


def _fewer(was: Verdict, would: Verdict) -> DomainError | None:
    return FewerVotesAsked(would.votes, was.votes) if would.votes < was.votes else None


class _World:
    """What households were granted, as far as rules look back on it."""

    def __init__(self, back: timedelta) -> None:
        self._back = back + _SLACK
        self._helps: dict[UUID, dict[UUID, Help]] = {}
        self._order: deque[tuple[datetime, UUID, UUID]] = deque()

    def __len__(self) -> int:
        return len(self._order)

    def helps(self, household_id: UUID) -> tuple[Help, ...]:
        """What one household was granted."""
        return tuple(self._helps.get(household_id, {}).values())

    def change(self, change: ExposureChange, at: datetime) -> None:
        """A dote grants something, or less than before; one that is not known grants nothing."""
        helps = self._helps.setdefault(change.household_id, {})
        known = helps.get(change.dote_id)
        if known is not None:
            helps[change.dote_id] = replace(known, cents=known.cents + change.cents)
        elif change.cents > 0:
            helps[change.dote_id] = Help(change.category, at, change.cents)
            self._order.append((at, change.household_id, change.dote_id))
        if not helps:
            del self._helps[change.household_id]

    def forget(self, now: datetime) -> None:
        """What was granted so long ago that no rule asks for it any more."""
        while self._order and self._order[0][0] < now - self._back:
            _, household_id, dote_id = self._order.popleft()
            helps = self._helps[household_id]
            del helps[dote_id]
            if not helps:
                del self._helps[household_id]


class Simulation:
    """Takes the events of the log in their order, and tells the differences.

    `policies`: all versions that doti are pinned to. Decisions before `since` stand as they are.
    What it keeps grows with the doti that can still be decided on, and with what households were
    granted within the time that the rules look back; not with the log.
    """

    def __init__(
        self, policies: Mapping[int, Policy], draft: Rules, since: datetime | None = None
    ) -> None:
        self.looked_at = 0
        self._since = since
        self._policies = policies
        # A case holds the version of its dote: so the draft stands in for each of them.
        self._drafts = {
            version: Policy.of(draft, version, policy.effective_from)
            for version, policy in policies.items()
        }
        rules: list[Rules] = [*policies.values(), draft]
        caps = [timedelta(days=cap.days) for each in rules for cap in each.caps]
        back = max([EXPOSURE_PERIOD, *caps])
        self._groups = Groups()
        self._real, self._drafted = _World(back), _World(back)
        self._doti: dict[UUID, Dote] = {}
        self._rejected: deque[tuple[datetime, UUID]] = deque()
        self._appeals = timedelta(days=max(each.appeal_days for each in rules)) + _SLACK

    def take(self, event: Event) -> Difference | None:
        """The next event; how the draft differs on it, if it is a decision and the draft does."""
        difference = self._differs(event)
        refused = difference is not None and difference.kind is Kind.REFUSED
        change = exposure_change(event)
        if change is not None:
            self._real.change(change, event.at)
            if not refused:
                self._drafted.change(change, event.at)
        if isinstance(event, HouseholdMerged):
            self._groups.merged(event.originator_id, event.into)
        if isinstance(event, HouseholdUnmerged):
            self._groups.unmerged(event.originator_id)
        self._follow(event)
        self._forget(event.at)
        return difference

    @property
    def open_doti(self) -> set[UUID]:
        """The doti that can still be decided on."""
        return set(self._doti)

    @property
    def helps_kept(self) -> int:
        """How many grants to households are remembered, in both worlds together."""
        return len(self._real) + len(self._drafted)

    def _differs(self, event: Event) -> Difference | None:
        if not isinstance(event, Decision) or (self._since and event.at < self._since):
            return None
        if isinstance(event, DoteAssessed) and not event.favourable:
            return None
        begins = isinstance(event, DoteRequested)
        dote = evolve(None, event) if begins else self._doti.get(event.originator_id)
        if dote is None:
            return None  # only where a clock went so wrong that it was forgotten too early
        self.looked_at += 1
        was = verdict(self._case(dote, event, self._policies, self._real), event)
        would = verdict(self._case(dote, event, self._drafts, self._drafted), event)
        found = compare(was, would)
        return None if found is None else _difference(dote, event, *found)

    def _case(
        self, dote: Dote, event: Event, policies: Mapping[int, Policy], world: _World
    ) -> Case:
        policy = policies[dote.policy_version]
        households = self._groups.of(dote.household_id)
        helps = tuple(help_ for each in households for help_ in world.helps(each))
        return Case(dote, policy, event.at, helps)

    def _follow(self, event: Event) -> None:
        """Keeps the doti that can still be decided on."""
        if not isinstance(event, _BEFORE_APPROVAL):
            return
        known = self._doti.pop(event.originator_id, None)
        if known is None and not isinstance(event, DoteRequested):
            return
        dote = evolve(known, event)
        if dote.state is State.REJECTED and dote.rejected_at is not None:
            self._rejected.append((dote.rejected_at, dote.id))
        if dote.state in _UNDECIDED or (dote.state is State.REJECTED and _may_return(dote)):
            self._doti[dote.id] = dote

    def _forget(self, now: datetime) -> None:
        self._real.forget(now)
        self._drafted.forget(now)
        while self._rejected and self._rejected[0][0] < now - self._appeals:
            _, dote_id = self._rejected.popleft()
            dote = self._doti.get(dote_id)
            if dote is not None and dote.state is State.REJECTED and dote.appeal is None:
                del self._doti[dote_id]


def _may_return(dote: Dote) -> bool:
    return dote.appeal is None or dote.appeal.accepted is None


def _difference(
    dote: Dote, event: Decision, kind: Kind, reasons: tuple[DomainError, ...]
) -> Difference:
    decision, cents = _about(event)
    return Difference(
        dote_id=dote.id,
        number=dote.number,
        partner=dote.partner,
        category=dote.category,
        item=dote.item,
        decision=decision,
        at=event.at,
        by=event.by.account_id,
        amount_cents=cents,
        kind=kind,
        reasons=reasons,
    )


def _about(event: Decision) -> tuple[Action, int]:
    match event:
        case DoteRequested():
            return Action.REQUEST, event.amount_cents
        case DoteAssessed():
            return Action.ASSESS, event.proposed_cents
        case DoteApproved():
            return Action.APPROVE, event.amount_cents
