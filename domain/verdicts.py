"""What rules say of a decision that was taken, with what they wanted and what there was."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from domain.actors import Role
from domain.case import Case
from domain.deciding import money_refusal
from domain.dote_parts import Vote
from domain.errors import (
    AboveCeiling,
    CoordinatorVoteMissing,
    DomainError,
    ItemNotAsked,
    MoreVotesAsked,
    PartnerUnknown,
    PartnerVoted,
    SegregationOfDuties,
    VotesBefore,
)
from domain.events.dote import DoteApproved, DoteAssessed, DoteRequested
from domain.lifecycle import Action, Duty
from domain.permissions import barred
from domain.policy import Band

Decision = DoteRequested | DoteAssessed | DoteApproved
"""What rules are asked about; an assessment only if it is favourable."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What rules say of a decision: refused altogether, or what is missing in its votes, and how
    many it needed."""

    refused: DomainError | None
    unmet: tuple[DomainError, ...] = ()
    votes: int = 0


def verdict(case: Case, event: Decision) -> Verdict:
    """What the rules of a case say of a decision on it. The budget is not looked at: it is the
    same under all rules."""
    match event:
        case DoteRequested():
            return Verdict(_not_asked(case))
        case DoteAssessed():
            return Verdict(_not_to_assess(case, event))
        case DoteApproved():
            return _on_approval(case, event)


def _not_asked(case: Case) -> DomainError | None:
    item = case.dote.item
    return ItemNotAsked("item", item) if case.policy.item(item) is None else None


def _not_to_assess(case: Case, event: DoteAssessed) -> DomainError | None:
    if not event.by.people.isdisjoint(barred(case, Action.ASSESS)):
        return SegregationOfDuties(Action.ASSESS, Duty.REQUEST)
    rule = case.policy.item(case.dote.item)
    ceiling = None if rule is None else rule.ceiling_cents
    if ceiling is not None and event.proposed_cents > ceiling:
        return AboveCeiling("proposed_cents", case.dote.item, ceiling)
    return None


def _on_approval(case: Case, event: DoteApproved) -> Verdict:
    refused = _not_asked(case) or money_refusal(case, event.amount_cents)
    if case.on_urgent_path:
        return Verdict(refused, votes=1)
    band = case.band(event.amount_cents)
    votes = (*case.dote.votes, Vote(event.by, event.amount_cents))
    return Verdict(refused, _unmet(band, votes), band.votes)


def _unmet(band: Band, votes: Sequence[Vote]) -> tuple[DomainError, ...]:
    """What a band asks for and the votes, in the order in which they were given, do not have."""
    approvers = [vote for vote in votes if vote.by.role is Role.APPROVER]
    found = (
        _too_few(band, approvers),
        _of_one_partner(approvers) if band.different_partners else None,
        _coordinator_missing(band, votes),
    )
    return tuple(why for why in found if why is not None)


def _too_few(band: Band, approvers: Sequence[Vote]) -> DomainError | None:
    if len(approvers) < band.approvers:
        return MoreVotesAsked(band.approvers, len(approvers))
    return None


def _of_one_partner(approvers: Iterable[Vote]) -> DomainError | None:
    seen: set[str | None] = set()
    for vote in approvers:
        for partner in seen & vote.by.partners:
            return PartnerUnknown() if partner is None else PartnerVoted(partner)
        seen |= vote.by.partners
    return None


def _coordinator_missing(band: Band, votes: Sequence[Vote]) -> DomainError | None:
    """No vote of the coordinator, or one that came before it was its turn."""
    if not band.coordinator:
        return None
    roles = [vote.by.role for vote in votes]
    if Role.COORDINATOR not in roles:
        return CoordinatorVoteMissing()
    left = band.approvers - roles.index(Role.COORDINATOR)
    return VotesBefore(left) if band.in_order and left > 0 else None
