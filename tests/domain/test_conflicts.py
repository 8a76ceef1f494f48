"""A declared conflict of interest: whoever is too near to a household takes no step for it."""

from uuid import UUID

import pytest

from domain.actors import Actor, Grant, Role
from domain.errors import ConflictOfInterest
from domain.events.dote import DoteApproved
from domain.lifecycle import TRANSITIONS, Action
from domain.permissions import refusal, sign
from tests.domain.commands import approve
from tests.domain.facts import assessed, requested
from tests.domain.samples import ready_for
from tests.spec import DOTE, HOUSEHOLD, OTHER_DOTE, OTHER_HOUSEHOLD, ROCCA, actor, given, ident

STEPS = [
    (action, role)
    for action, rule in TRANSITIONS.items()
    if action is not Action.REQUEST
    for role in sorted(rule.roles)
]


@pytest.mark.parametrize("about", [HOUSEHOLD, DOTE], ids=["household", "dote"])
@pytest.mark.parametrize(("action", "role"), STEPS)
def test_a_conflict_blocks_every_step(action: Action, role: Role, about: UUID) -> None:
    case = next(ready_for(action, role))
    for conflicts, kind in (
        (frozenset({about}), ConflictOfInterest),
        (frozenset({OTHER_HOUSEHOLD, OTHER_DOTE}), type(None)),
    ):
        somebody = Actor(ident(0xFFFF), (Grant(role),), None, conflicts)
        refused = refusal(case, action, somebody)
        assert isinstance(refused, kind)
        if refused is not None:
            assert refused.facts == {"action": action}


def test_a_conflict_blocks_the_request_too() -> None:
    cousin = actor(1, Role.OPERATOR, partner=ROCCA, conflicts=[HOUSEHOLD])
    with pytest.raises(ConflictOfInterest):
        sign(Action.REQUEST, cousin, ROCCA, HOUSEHOLD)
    assert sign(Action.REQUEST, cousin, ROCCA, OTHER_HOUSEHOLD).account_id == cousin.account_id


def test_the_conflict_of_one_is_not_that_of_another() -> None:
    history = given(requested(), assessed())
    cousin = actor(1, Role.APPROVER, conflicts=[HOUSEHOLD])
    history.when(approve(by=cousin)).then_refused(ConflictOfInterest, action="approve")
    history.when(approve()).then(DoteApproved)


def test_it_says_so_before_it_says_anything_else_about_the_person() -> None:
    """Who has a conflict learns nothing about who did what."""
    cousin = actor(1, Role.OPERATOR, Role.ASSESSOR, Role.APPROVER, conflicts=[HOUSEHOLD])
    given(requested(by=cousin), assessed(by=actor(1, Role.ASSESSOR))).when(
        approve(by=cousin)
    ).then_refused(ConflictOfInterest)
