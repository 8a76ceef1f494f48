"""The small network of the simulation: its lines, its people and its rules."""

from domain.actors import PEOPLE, Role
from domain.events.dote import DoteRequested
from domain.events.programme import BudgetLine
from domain.lifecycle import Action
from domain.policy import Band, Cap, ItemRule, PaperRule, UrgentPath
from tests.spec import (
    ASSESSOR,
    COORDINATOR,
    FINANCE,
    FINANCE_2,
    HOUSEHOLD,
    HOUSING,
    OPERATOR,
    OPERATOR_SSALV,
    OTHER_HOUSEHOLD,
    ROCCA,
    SCHOOL,
    SSALV,
    a_policy,
    actor,
    delegate,
)

LINES = [
    BudgetLine(partner=partner, category=category)
    for partner, category in ((ROCCA, HOUSING), (ROCCA, SCHOOL), (SSALV, HOUSING))
]
HOUSEHOLDS = [HOUSEHOLD, OTHER_HOUSEHOLD]

OF_ALL_ROLES = [actor(0xAF1, *sorted(PEOPLE)), actor(0xAF2, *sorted(PEOPLE))]
APPROVER_ROCCA = actor(0xAF3, Role.APPROVER, works_for=ROCCA)
APPROVER_SSALV = actor(0xAF4, Role.APPROVER, works_for=SSALV)
COUSIN = actor(0xAF5, Role.APPROVER, Role.ASSESSOR, conflicts=[HOUSEHOLD])
DEPUTY = delegate(0xAF6, APPROVER_SSALV, Role.APPROVER, max_cents=9_000, own=[Role.FINANCE])
CAST = [
    OPERATOR,
    OPERATOR_SSALV,
    ASSESSOR,
    APPROVER_ROCCA,
    APPROVER_SSALV,
    FINANCE,
    FINANCE_2,
    COORDINATOR,
    COUSIN,
    DEPUTY,
    *OF_ALL_ROLES,
]

ONE_VOTE_CENTS = 6_000
URGENT_CENTS = 25_000
CONTRACT = PaperRule(kind="contract", over_cents=28_000)
RULES = a_policy(
    items=(
        ItemRule(
            item="ITEM",
            ceiling_cents=32_000,
            papers=(CONTRACT,),
        ),
    ),
    bands=(
        Band(to_cents=ONE_VOTE_CENTS),
        Band(over_cents=ONE_VOTE_CENTS, to_cents=18_000, approvers=2, different_partners=True),
        Band(over_cents=18_000, approvers=2, different_partners=True, coordinator=True),
    ),
    caps=(Cap(cents=45_000), Cap(category=HOUSING, days=180, cents=32_000)),
    urgent=UrgentPath(to_cents=URGENT_CENTS, ratify_days=5, requester_may_assess=False),
)


WEIGHTS = {
    Action.ASSESS: 9,
    Action.APPROVE: 24,
    Action.DISBURSE: 12,
    Action.SUBMIT_RECEIPT: 8,
    Action.ACCEPT_RECEIPT: 9,
    Action.ACCOUNT_FOR: 6,
    Action.PROVIDE_DOCUMENTS: 9,
    Action.WITHDRAW: 1,
    Action.REJECT: 1,
    Action.OVERRIDE_CAP: 9,
    Action.RATIFY: 2,
}
"""How often a step is tried, so that a dote gets somewhere before it is given up."""


def votes_needed(amount_cents: int, *, urgent: bool) -> int:
    """How many votes the rules above ask for."""
    if urgent or amount_cents <= ONE_VOTE_CENTS:
        return 1
    return 2 if amount_cents <= 18_000 else 3


def is_urgent(asked: DoteRequested) -> bool:
    """Whether one vote approves it."""
    return asked.urgent and asked.amount_cents <= URGENT_CENTS
