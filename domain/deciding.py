"""What is decided with the rules and the money in view: judging, voting, ratifying, overriding.

Who may decide is `domain.permissions`' to say. Each function returns the event that follows, or
raises the refusal.
"""

from datetime import date

from domain.case import Case
from domain.errors import (
    AboveCeiling,
    AmountTooHigh,
    BudgetExceeded,
    DomainError,
    HouseholdCapExceeded,
    NothingProposed,
    PapersMissing,
    TranchesNotInOrder,
    TranchesOff,
    VoteDiffers,
)
from domain.events import dote as events
from domain.events.base import Stamp
from domain.events.dote_values import Tranches
from domain.privacy import Private


def assess(
    case: Case, stamp: Stamp, *, favourable: bool, proposed_cents: int | None, note: str | None
) -> events.DoteAssessed:
    """A judgement on need and amount: at most what was requested, and what the item allows.

    `proposed_cents` None: as much as possible.
    """
    dote = case.dote
    ceiling = _ceiling(case)
    most = dote.requested_cents if ceiling is None else min(dote.requested_cents, ceiling)
    proposed = most if proposed_cents is None else proposed_cents
    if proposed > dote.requested_cents:
        raise AmountTooHigh("proposed_cents", dote.requested_cents)
    if favourable and proposed > most:
        raise AboveCeiling("proposed_cents", dote.item, most)
    if favourable and proposed == 0:
        raise NothingProposed("proposed_cents")
    return dote.then(
        events.DoteAssessed,
        stamp,
        favourable=favourable,
        proposed_cents=proposed if favourable else 0,
        note=dote.note(note),
        policy_version=case.policy.version,
    )


def money_refusal(case: Case, amount_cents: int) -> DomainError | None:
    """Why an amount cannot be approved now, whoever votes: papers, budget, ceiling, caps."""
    dote = case.dote
    missing = case.missing_papers(amount_cents)
    if missing:
        return PapersMissing(", ".join(missing))
    if case.position is not None:
        available = case.position.available_cents
        if amount_cents > available:
            return BudgetExceeded(dote.partner, dote.category, available)
    ceiling = _ceiling(case)
    if ceiling is not None and amount_cents > ceiling:
        return AboveCeiling("amount_cents", dote.item, ceiling)
    return cap_refusal(case, amount_cents)


def cap_refusal(case: Case, amount_cents: int) -> HouseholdCapExceeded | None:
    """The cap that an amount would go over, if nobody has overridden it."""
    if amount_cents <= case.dote.over_cap_cents:
        return None
    for left in case.caps():
        if amount_cents > left.left_cents:
            cap = left.cap
            return HouseholdCapExceeded(left.left_cents, cap.cents, cap.days, cap.category or "-")
    return None


def approve(
    case: Case,
    stamp: Stamp,
    amount_cents: int,
    payee: Private,
    *,
    same_payee: bool,
    tranches: Tranches,
    note: str | None,
) -> events.ApprovalGiven | events.DoteApproved:
    """A vote, and with the last one the approval.

    What the case tells of the money was read under the locks that this decision holds.
    `same_payee` tells whether `payee` is the one of the votes before.
    """
    dote, before = case.dote, case.position
    if before is None or case.helps is None:
        raise ValueError("an approval looks at what stands")
    if amount_cents > dote.requested_cents:
        raise AmountTooHigh("amount_cents", dote.requested_cents)
    _check_tranches(tranches, amount_cents)
    _check_votes(case, amount_cents, tranches, same_payee=same_payee)
    refused = money_refusal(case, amount_cents)
    if refused is not None:
        raise refused
    decision = {
        "amount_cents": amount_cents,
        "payee": payee,
        "tranches": tranches,
        "note": dote.note(note),
        "policy_version": case.policy.version,
    }
    if case.seats(amount_cents).count > 1:
        return dote.then(events.ApprovalGiven, stamp, **decision)
    after = before.model_copy(
        update={
            "available_cents": before.available_cents - amount_cents,
            "committed_cents": before.committed_cents + amount_cents,
        }
    )
    return dote.then(
        events.DoteApproved,
        stamp,
        line=dote.line,
        household_id=dote.household_id,
        approvers=(*(vote.by.account_id for vote in dote.votes), stamp.by.account_id),
        household_before_cents=case.exposure_cents,
        household_after_cents=case.exposure_cents + amount_cents,
        to_ratify=_is_to_ratify(case, amount_cents),
        before=before,
        after=after,
        **decision,
    )


def ratify(
    case: Case, stamp: Stamp, *, ratified: bool, note: str | None
) -> events.RatificationRecorded:
    """The second look at what went the urgent path."""
    return case.dote.then(
        events.RatificationRecorded,
        stamp,
        ratified=ratified,
        note=case.dote.note(note),
        policy_version=case.policy.version,
    )


def override_cap(case: Case, stamp: Stamp, amount_cents: int, reason: str) -> events.CapOverridden:
    """The coordinator lets the dote go over the household's caps, up to an amount."""
    dote = case.dote
    if amount_cents > dote.requested_cents:
        raise AmountTooHigh("amount_cents", dote.requested_cents)
    return dote.then(
        events.CapOverridden,
        stamp,
        household_id=dote.household_id,
        amount_cents=amount_cents,
        household_cents=case.exposure_cents,
        reason=dote.noted(reason),
        policy_version=case.policy.version,
    )


def _is_to_ratify(case: Case, amount_cents: int) -> bool:
    """Whether the urgent path left something out that somebody else must look at."""
    alone = case.on_urgent_path and case.band(amount_cents).votes > 1
    return alone or case.dote.assessed_by_requester


def _ceiling(case: Case) -> int | None:
    return case.policy.ceiling_cents(case.dote.item)


def _check_votes(case: Case, amount_cents: int, tranches: Tranches, *, same_payee: bool) -> None:
    """Everybody votes for the same."""
    if not case.dote.votes:
        return
    voted = case.dote.votes[0].amount_cents
    if voted != amount_cents:
        raise VoteDiffers("amount_cents", voted)
    if not same_payee:
        raise VoteDiffers("payee", voted)
    if tranches != case.dote.tranches:
        raise VoteDiffers("tranches", voted)


def _check_tranches(tranches: Tranches, amount_cents: int) -> None:
    if not tranches:
        return
    planned = sum(tranche.amount_cents for tranche in tranches)
    if planned != amount_cents:
        raise TranchesOff("tranches", planned, amount_cents)
    days = [tranche.due or date.min for tranche in tranches]
    if days != sorted(days):
        raise TranchesNotInOrder("tranches")
