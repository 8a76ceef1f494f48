"""Sums of what moved: those that are kept are those that are added up."""

from dataclasses import replace
from functools import partial

import pytest

from domain.events.programme import BudgetLine
from projections.ledger import movements
from projections.ledger.movements import MovementsQuery
from tests.register import LINE, TestRegister
from workflows.commands import Line, Transfer
from workflows.programme import transfer

OTHER = BudgetLine(partner="SSALV", category=LINE.category)


@pytest.fixture
def moved(programme: TestRegister) -> TestRegister:
    """Two lives, a part of one documented, and money moved between two lines."""
    programme.allocate(90_000)
    programme.allocate(5_000, OTHER)
    command = Transfer(
        source=Line(partner=LINE.partner, category=LINE.category),
        target=Line(partner=OTHER.partner, category=OTHER.category),
        amount_cents=7_000,
        reason="Serve a San Salvario",
    )
    programme.run(programme.people.coordinator, partial(transfer, command=command))
    programme.walk_spine(10_000)
    dote_id = programme.assessed(12_000)
    programme.approve(dote_id, 12_000)
    programme.disburse(dote_id, 4_000)
    programme.disburse(dote_id, 5_000)
    programme.settle()
    return programme


@pytest.mark.parametrize("partner", [None, LINE.partner, OTHER.partner])
@pytest.mark.parametrize(
    "kind", ["BudgetAllocated", "BudgetTransferred", "DoteApproved", "DoteDisbursed", "NoSuch"]
)
def test_kept_sums_are_those_of_the_postings(
    moved: TestRegister, kind: str, partner: str | None
) -> None:
    query = MovementsQuery(None, partner=partner, event_type=kind)
    until_now = replace(query, upto=moved.log.end())
    with moved.database.transaction() as tx:
        assert movements.sums(tx, query) == movements.sums(tx, until_now)
        found = movements.movements(tx, replace(query, limit=100))
        for account, total in movements.sums(tx, query).items():
            theirs = [
                [posting.cents for posting in each.postings if posting.account == account]
                for each in found
            ]
            assert total.events == sum(map(bool, theirs))
            assert total.added_cents == sum(c for each in theirs for c in each if c > 0)
            assert total.taken_cents == sum(c for each in theirs for c in each if c < 0)
