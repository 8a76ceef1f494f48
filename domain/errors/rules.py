"""Refusals of a draft of the rules, and of what the rules do not foresee."""

from dataclasses import dataclass

from domain.errors.base import DomainError


@dataclass(eq=False)
class ItemNotAsked(DomainError):
    """Under the rules in force {value} cannot be asked for."""

    field: str
    value: str


@dataclass(eq=False)
class BandsOverlap(DomainError):
    """The bands overlap at {at_cents}: each one begins where the one before ends."""

    field: str
    at_cents: int


@dataclass(eq=False)
class BandsGap(DomainError):
    """Nobody decides between {from_cents} and {to_cents}."""

    field: str
    from_cents: int
    to_cents: int


@dataclass(eq=False)
class BandNeedsLess(DomainError):
    """A higher band cannot ask for fewer votes than a lower one."""

    field: str


@dataclass(eq=False)
class LastBandOpen(DomainError):
    """The last band has no end: somebody decides on every amount."""

    field: str


@dataclass(eq=False)
class CapBelowCeiling(DomainError):
    """The cap is below what the item {item} allows at once, {ceiling_cents}."""

    field: str
    item: str
    ceiling_cents: int


@dataclass(eq=False)
class NamedTwice(DomainError):
    """{value} is named twice."""

    field: str
    value: str


@dataclass(eq=False)
class SeparationOfDutiesOff(DomainError):
    """Four people request, assess, approve and pay: no rule can share that among fewer."""

    field: str


@dataclass(eq=False)
class MoreVotesAsked(DomainError):
    """The rules ask for the votes of {wanted} approvers: {given} were given."""

    wanted: int
    given: int


@dataclass(eq=False)
class FewerVotesAsked(DomainError):
    """The rules ask for {wanted} votes instead of {before}."""

    wanted: int
    before: int


class CoordinatorVoteMissing(DomainError):
    """The rules ask for the coordinator's vote too."""
