"""Refusals of amounts: what is not there, or not allowed."""

from dataclasses import dataclass

from domain.errors.base import DomainError


@dataclass(eq=False)
class BudgetExceeded(DomainError):
    """The budget line {partner} {category} has {available_cents} available."""

    code = "budget_exceeded"
    partner: str
    category: str
    available_cents: int


@dataclass(eq=False)
class HouseholdCapExceeded(DomainError):
    """The household can be granted {left_cents} more: {cap_cents} within {days} days."""

    code = "household_cap_exceeded"
    left_cents: int
    cap_cents: int
    days: int
    category: str


@dataclass(eq=False)
class UnallocatedExceeded(DomainError):
    """The programme has {available_cents} that are not allocated yet."""

    code = "budget_exceeded"
    available_cents: int


@dataclass(eq=False)
class AmountTooHigh(DomainError):
    """At most {left_cents} are possible here."""

    field: str
    left_cents: int


@dataclass(eq=False)
class AboveCeiling(DomainError):
    """For {item} at most {ceiling_cents} can be granted."""

    field: str
    item: str
    ceiling_cents: int


@dataclass(eq=False)
class TranchesOff(DomainError):
    """The tranches come to {planned_cents}, the amount is {amount_cents}."""

    field: str
    planned_cents: int
    amount_cents: int


@dataclass(eq=False)
class TranchesNotInOrder(DomainError):
    """Tranches are named in the order in which they fall due, those without a day first."""

    field: str


@dataclass(eq=False)
class TrancheNotDue(DomainError):
    """Of the planned tranches {payable_cents} can be paid now; the next is due {due}."""

    field: str
    payable_cents: int
    due: str


@dataclass(eq=False)
class NothingProposed(DomainError):
    """A favourable judgement proposes an amount above zero."""

    field: str


@dataclass(eq=False)
class VoteDiffers(DomainError):
    """The votes so far are for {amount_cents}, to one payee: vote for the same."""

    field: str
    amount_cents: int


@dataclass(eq=False)
class SameLine(DomainError):
    """A transfer goes from one budget line to another one."""

    field: str
