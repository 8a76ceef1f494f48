"""Refusals that look at who asks."""

from dataclasses import dataclass

from domain.errors.base import DomainError


@dataclass(eq=False)
class Forbidden(DomainError):
    """Your role does not allow this: {action} is for {roles}."""

    code = "forbidden"
    action: str
    roles: str


@dataclass(eq=False)
class OutsideOwnPartner(DomainError):
    """You act for another partner: nothing can be done here for {partner}."""

    code = "forbidden"
    partner: str


@dataclass(eq=False)
class SegregationOfDuties(DomainError):
    """You already took part in this dote ({done}): {action} must be done by somebody else."""

    code = "segregation_of_duties"
    action: str
    done: str


@dataclass(eq=False)
class ConflictOfInterest(DomainError):
    """A conflict of interest is declared with this household or payee: {action} is for others."""

    code = "conflict_of_interest"
    action: str


@dataclass(eq=False)
class DelegationTooSmall(DomainError):
    """What was delegated to you reaches up to {max_cents}: this is more."""

    code = "forbidden"
    max_cents: int


class VotesComplete(DomainError):
    """The approvers' votes are complete: the coordinator's is missing."""

    code = "forbidden"


class CoordinatorNotAsked(DomainError):
    """For this amount the rules ask for approvers' votes only, not for the coordinator's."""

    code = "forbidden"


@dataclass(eq=False)
class VotesBefore(DomainError):
    """The coordinator votes last: {missing} votes of approvers are missing."""

    code = "wrong_state"
    missing: int


@dataclass(eq=False)
class PartnerVoted(DomainError):
    """Somebody of the same partner ({partner}) voted already: this vote is another partner's."""

    code = "segregation_of_duties"
    partner: str


@dataclass(eq=False)
class PartnerMissing(DomainError):
    """You act for several partners: say for which one."""

    field: str
