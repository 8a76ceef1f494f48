"""The small network of the simulation: its lines, its people and its rules."""

from domain.actors import PEOPLE, Role
from domain.events.programme import BudgetLine
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

ONE_VOTE_CENTS = 10_000
URGENT_CENTS = 16_000
RULES = a_policy(
    items=(
        ItemRule(
            item="ITEM",
            ceiling_cents=32_000,
            papers=(PaperRule(kind="contract", over_cents=28_000),),
        ),
    ),
    bands=(
        Band(to_cents=ONE_VOTE_CENTS),
        Band(over_cents=ONE_VOTE_CENTS, to_cents=25_000, approvers=2, different_partners=True),
        Band(over_cents=25_000, approvers=2, different_partners=True, coordinator=True),
    ),
    caps=(Cap(cents=60_000), Cap(category=HOUSING, days=180, cents=45_000)),
    urgent=UrgentPath(to_cents=URGENT_CENTS, ratify_days=5, requester_may_assess=False),
)


def votes_needed(amount_cents: int, *, urgent: bool) -> int:
    """How many votes the rules above ask for."""
    if urgent or amount_cents <= ONE_VOTE_CENTS:
        return 1
    return 2 if amount_cents <= 25_000 else 3
