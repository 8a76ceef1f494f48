"""Refusals of accounts of expenses."""

from dataclasses import dataclass

from domain.errors.base import DomainError


@dataclass(eq=False)
class DaysToCome(DomainError):
    """These days have not come yet: there is nothing to account for. Choose a first day up to
    {latest}."""

    field: str
    value: str
    latest: str


@dataclass(eq=False)
class ToldAlready(DomainError):
    """There is nothing new to tell of these days: {number} tells it all already. Open that one, or
    choose other days."""

    code = "wrong_state"
    number: str


@dataclass(eq=False)
class AccountWithdrawn(DomainError):
    """{number} was withdrawn already: there is nothing left to withdraw."""

    code = "wrong_state"
    number: str


@dataclass(eq=False)
class LaterAccountStands(DomainError):
    """{newer} was drawn up after {number} and leaves out what that one tells. Withdraw {newer}
    first."""

    code = "wrong_state"
    number: str
    newer: str


class WithdrawnByAnother(DomainError):
    """You drew it up yourself, or the same person answers for both: somebody else of finance or a
    coordinator must withdraw it."""

    code = "segregation_of_duties"


class NothingToTell(DomainError):
    """Between these days nothing was paid, came back or was documented: there is nothing to account
    for. Choose other days, or another partner."""

    code = "wrong_state"


class ToldOtherwise(DomainError):
    """The register has changed since you looked at this account: look at it again as it is now, and
    freeze it then."""

    code = "wrong_state"
