"""Refusals that look at a household: erased, merged, or given with fewer members than it has."""

from dataclasses import dataclass

from domain.errors.base import DomainError


@dataclass(eq=False)
class MergedHousehold(DomainError):
    """This household was merged with another one, which goes on for both: use that one."""

    code = "household_merged"
    into: str


@dataclass(eq=False)
class IntoMerged(DomainError):
    """The other household was itself merged with another one, which goes on for both: name that
    one."""

    code = "household_merged"
    into: str


@dataclass(eq=False)
class OthersMergedInto(DomainError):
    """Other households ({count}) were merged into this one: merge the other one into this one, or
    undo those merges first."""

    code = "wrong_state"
    count: int


class NotMerged(DomainError):
    """This household is not merged with another one."""

    code = "wrong_state"


@dataclass(eq=False)
class MergedWithItself(DomainError):
    """A household is merged with another one, not with itself."""

    field: str


@dataclass(eq=False)
class MembersMissing(DomainError):
    """The household has {count} members: who left it stays in the list, with the day."""

    field: str
    count: int


@dataclass(eq=False)
class TooManyMembers(DomainError):
    """A household has {most} members at most."""

    code = "wrong_state"
    most: int


@dataclass(eq=False)
class LeftBefore(DomainError):
    """Who left the household already is not added to it."""

    field: str
