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
class PartInPaidDote(DomainError):
    """You took part in dote {number} ({done}), which is to be paid to this payee: {action} must be
    done by somebody else."""

    code = "segregation_of_duties"
    number: str
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


class PartnerUnknown(DomainError):
    """The rules want votes of different partners: nobody has told yet which one you work for."""

    code = "segregation_of_duties"


@dataclass(eq=False)
class PartnerVoted(DomainError):
    """Somebody of the same partner ({partner}) voted already: this vote is another partner's."""

    code = "segregation_of_duties"
    partner: str


@dataclass(eq=False)
class PartnerMissing(DomainError):
    """You act for several partners: say for which one."""

    field: str


@dataclass(eq=False)
class NotDelegable(DomainError):
    """The role {role} cannot be delegated: only those that take steps on doti can."""

    field: str
    role: str


class DelegatedOnly(DomainError):
    """You hold this role by delegation: only the person whose role it is can do this."""

    code = "forbidden"


@dataclass(eq=False)
class DelegationToOneself(DomainError):
    """Nobody delegates to themselves: name somebody else."""

    field: str


@dataclass(eq=False)
class DelegationTooLong(DomainError):
    """A delegation lasts {days_max} days at most."""

    field: str
    days_max: int


class DelegationOver(DomainError):
    """This delegation is over already."""

    code = "wrong_state"


@dataclass(eq=False)
class HouseholdOrPayee(DomainError):
    """A conflict of interest is with a household, or one member of it, or with a payee: name
    exactly one."""

    field: str


class NotByOneself(DomainError):
    """Your own conflict of interest is for another coordinator to lift."""

    code = "conflict_of_interest"


class LiftedBefore(DomainError):
    """This conflict of interest was lifted already."""

    code = "wrong_state"
