"""A dote with all that a decision on it looks at."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from domain.actors import Role
from domain.days import day_here
from domain.dote import Dote
from domain.events.dote_values import LinePosition
from domain.policy import Band, Cap, Policy

EXPOSURE_PERIOD = timedelta(days=365)
"""What a household was granted in this time counts as its exposure."""


@dataclass(frozen=True, slots=True)
class Help:
    """What a dote grants to the household, and since when."""

    category: str
    at: datetime
    cents: int


@dataclass(frozen=True, slots=True)
class CapLeft:
    """A cap that covers a dote, and what it leaves."""

    cap: Cap
    granted_cents: int

    @property
    def left_cents(self) -> int:
        """What can still be granted under it."""
        return max(self.cap.cents - self.granted_cents, 0)


@dataclass(frozen=True, slots=True)
class Seats:
    """Whose votes are missing: so many approvers', and the coordinator's."""

    approvers: int
    coordinator: bool = False

    @property
    def count(self) -> int:
        """How many people have to vote yet."""
        return self.approvers + self.coordinator


@dataclass(frozen=True, slots=True)
class Case:
    """A dote, the rules that it was requested under, and the moment.

    `helps`: what other doti grant to the household. `position`: what stands on the budget line.
    None: it was not looked up, and then nothing is said about it.
    """

    dote: Dote
    policy: Policy
    now: datetime
    helps: tuple[Help, ...] | None = None
    position: LinePosition | None = None

    def __post_init__(self) -> None:
        if self.policy.version != self.dote.policy_version:
            raise ValueError("a dote is decided under the policy version of its request")

    @property
    def exposure_cents(self) -> int:
        """What the household was granted within the last twelve months."""
        return self._granted_cents(EXPOSURE_PERIOD)

    @property
    def amount_cents(self) -> int:
        """The amount that is decided on: the voted one, or the proposed, or the requested one."""
        dote = self.dote
        if dote.votes:
            return dote.votes[0].amount_cents
        return dote.proposed_cents or dote.requested_cents

    def band(self, amount_cents: int) -> Band:
        """Who has to vote on an amount."""
        return self.policy.band(amount_cents, self.exposure_cents + amount_cents)

    @property
    def on_urgent_path(self) -> bool:
        """Whether one approver may decide at once on what is asked."""
        return self.dote.urgent and self.policy.is_urgent_path(self.dote.requested_cents)

    def seats(self, amount_cents: int) -> Seats:
        """Whose votes on an amount are missing; never nobody's as long as it is not approved."""
        if self.on_urgent_path:
            return Seats(approvers=1)
        band = self.band(amount_cents)
        votes = self.dote.votes
        of_coordinator = sum(vote.by.role is Role.COORDINATOR for vote in votes)
        approvers = max(band.approvers - (len(votes) - of_coordinator), 0)
        coordinator = band.coordinator and not of_coordinator
        if not approvers and not coordinator:
            # The household was granted less than at the first vote, and the band is a lower one
            # now: whoever votes next closes it.
            approvers = 1
        return Seats(approvers, coordinator)

    def missing_papers(self, amount_cents: int) -> tuple[str, ...]:
        """Which papers an approval of an amount needs and the file has not, or not any more."""
        good = {paper.kind for paper in self.dote.documents if paper.is_good(day_here(self.now))}
        needed = self.policy.papers(self.dote.item, amount_cents)
        return tuple(kind for kind in needed if kind not in good)

    def caps(self) -> tuple[CapLeft, ...]:
        """The caps that cover the dote, the one that leaves the least first."""
        if self.helps is None:
            return ()
        found = [
            CapLeft(cap, self._granted_cents(timedelta(days=cap.days), cap.category))
            for cap in self.policy.caps
            if cap.category in (None, self.dote.category)
        ]
        return tuple(sorted(found, key=lambda left: left.left_cents))

    def _granted_cents(self, period: timedelta, category: str | None = None) -> int:
        since = self.now - period
        return sum(
            help_.cents
            for help_ in self.helps or ()
            if help_.at > since and category in (None, help_.category)
        )
