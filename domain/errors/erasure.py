"""Refusals of erasing a household, and of what was erased."""

from dataclasses import dataclass

from domain.errors.base import DomainError


@dataclass(eq=False)
class DotiOpen(DomainError):
    """Doti of this household that are not at an end, or whose money is not accounted for: {open}.
    It can be erased after them."""

    code = "wrong_state"
    open: int


@dataclass(eq=False)
class RetentionRunning(DomainError):
    """Money was paid for this household: the law keeps its papers until {until}, and it can be
    erased after that day."""

    code = "retention_running"
    until: str


@dataclass(eq=False)
class HeldUntil(DomainError):
    """The coordinator keeps this household until {until}."""

    code = "wrong_state"
    until: str


class ErasureByAnother(DomainError):
    """You asked for this erasure yourself, or the same person answers for both: somebody else must
    confirm it."""

    code = "segregation_of_duties"


class CoordinatorNeeded(DomainError):
    """Two people erase a household, and one of them must be a coordinator."""

    code = "segregation_of_duties"


class NothingAsked(DomainError):
    """Nobody has asked for this household to be erased."""

    code = "wrong_state"


class NotYetTime(DomainError):
    """The time of this household is not over yet, or it has not stood long enough in the list."""

    code = "wrong_state"


class Erased(DomainError):
    """This was erased together with its household: it cannot be given out any more."""

    code = "gone"
