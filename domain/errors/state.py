"""Refusals that look at what happened to the dote before."""

from dataclasses import dataclass

from domain.errors.base import DomainError


@dataclass(eq=False)
class WrongState(DomainError):
    """The dote is {state}: {action} is possible only when it is {possible}."""

    code = "wrong_state"
    action: str
    state: str
    possible: str


class UnfavourableAssessment(DomainError):
    """The assessment was unfavourable: the dote can be rejected or withdrawn, not approved."""

    code = "wrong_state"


@dataclass(eq=False)
class PapersMissing(DomainError):
    """Papers are missing or out of date: {kinds}."""

    code = "wrong_state"
    kinds: str


class CapNotReached(DomainError):
    """This dote stays within what the household may be granted: there is nothing to override."""

    code = "wrong_state"


class NothingToRatify(DomainError):
    """There is nothing to ratify here."""

    code = "wrong_state"


class RatificationRefused(DomainError):
    """What was approved in urgency was not ratified: the dote can be revoked, not paid."""

    code = "wrong_state"


class NotRatified(DomainError):
    """What was approved in urgency is not ratified yet."""

    code = "wrong_state"


class AppealedBefore(DomainError):
    """A rejection is looked at again once, and this one was."""

    code = "wrong_state"


@dataclass(eq=False)
class AppealTooLate(DomainError):
    """An appeal can be lodged within {days} days of the rejection."""

    code = "wrong_state"
    days: int


class NoAppeal(DomainError):
    """There is no appeal to decide."""

    code = "wrong_state"


class NothingDue(DomainError):
    """No deadline has passed that somebody would have to be told of."""

    code = "wrong_state"


@dataclass(eq=False)
class MoneyIsOut(DomainError):
    """{disbursed_cents} are already paid: the dote can be revoked, not withdrawn."""

    code = "wrong_state"
    disbursed_cents: int


@dataclass(eq=False)
class ReceiptAlreadyDecided(DomainError):
    """Receipt {n} is already {state}."""

    code = "wrong_state"
    n: int
    state: str


@dataclass(eq=False)
class DisbursementAlreadyReturned(DomainError):
    """Disbursement {n} was already returned."""

    code = "wrong_state"
    n: int


@dataclass(eq=False)
class NotFullyDocumented(DomainError):
    """{missing_cents} paid are not yet documented, refunded or disallowed."""

    code = "wrong_state"
    missing_cents: int


class NothingPaid(DomainError):
    """Nothing was paid on this dote: there is nothing to document."""

    code = "wrong_state"


class HouseholdIsErased(DomainError):
    """This household was erased: nothing can be written about it any more."""

    code = "household_erased"


@dataclass(eq=False)
class StaleVersion(DomainError):
    """Somebody was quicker: you decided on version {expected}, it is now version {actual}."""

    code = "stale_version"
    expected: int
    actual: int
