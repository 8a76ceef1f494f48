"""The ledger: what each event moves, to the cent."""

import pytest

from domain.events.base import EVENT_TYPES, Event
from domain.ledger import (
    LINE_ACCOUNTS,
    NO_POSTINGS,
    PROGRAMME_ACCOUNTS,
    Account,
    ExposureChange,
    after,
    exposure_change,
    postings,
)
from tests.domain import facts, facts_around, facts_of_receipts
from tests.domain.examples import EXAMPLES, sealed
from tests.spec import DOTE, HOUSEHOLD, HOUSING, LINE, OTHER_LINE, position

Moves = dict[tuple[object, Account], int]

MOVES: dict[str, tuple[Event, Moves]] = {
    "funding": (
        facts_around.funded(500),
        {(None, Account.FUNDING): -500, (None, Account.UNALLOCATED): 500},
    ),
    "allocation": (
        facts_around.allocated(500, LINE),
        {(None, Account.UNALLOCATED): -500, (LINE, Account.AVAILABLE): 500},
    ),
    "transfer": (
        facts_around.transferred(500),
        {(LINE, Account.AVAILABLE): -500, (OTHER_LINE, Account.AVAILABLE): 500},
    ),
    "approval": (
        facts.approved(500),
        {(LINE, Account.AVAILABLE): -500, (LINE, Account.COMMITTED): 500},
    ),
    "withdrawal": (
        facts.withdrawn(500),
        {(LINE, Account.COMMITTED): -500, (LINE, Account.AVAILABLE): 500},
    ),
    "withdrawal of a request": (facts.withdrawn(0), {}),
    "revocation": (
        facts.revoked(500),
        {(LINE, Account.COMMITTED): -500, (LINE, Account.AVAILABLE): 500},
    ),
    "disbursement": (
        facts.disbursed(500),
        {(LINE, Account.COMMITTED): -500, (LINE, Account.DISBURSED): 500},
    ),
    "return": (
        facts.returned(500),
        {(LINE, Account.DISBURSED): -500, (LINE, Account.COMMITTED): 500},
    ),
    "return on a revoked dote": (
        facts.returned(500, restores="available"),
        {(LINE, Account.DISBURSED): -500, (LINE, Account.AVAILABLE): 500},
    ),
    "refund": (
        facts.refunded(500),
        {(LINE, Account.DISBURSED): -500, (LINE, Account.AVAILABLE): 500},
    ),
    "payment undone": (
        facts.undone(500),
        {(LINE, Account.DISBURSED): -500, (LINE, Account.COMMITTED): 500},
    ),
    "payment undone on a revoked dote": (
        facts.undone(500, restores="available"),
        {(LINE, Account.DISBURSED): -500, (LINE, Account.AVAILABLE): 500},
    ),
    "return undone": (
        facts.return_undone(500),
        {(LINE, Account.COMMITTED): -500, (LINE, Account.DISBURSED): 500},
    ),
    "refund undone": (
        facts.refund_undone(500),
        {(LINE, Account.AVAILABLE): -500, (LINE, Account.DISBURSED): 500},
    ),
    "receipt accepted": (
        facts_of_receipts.accepted(500),
        {(LINE, Account.DISBURSED): -500, (LINE, Account.DOCUMENTED): 500},
    ),
    "receipt disallowed": (
        facts_of_receipts.disallowed(500),
        {(LINE, Account.DISBURSED): -500, (LINE, Account.DISALLOWED): 500},
    ),
}

EXPOSURES: dict[str, tuple[Event, int]] = {
    "approval": (facts.approved(500), 500),
    "withdrawal": (facts.withdrawn(500), -500),
    "revocation": (facts.revoked(500), -500),
    "refund": (facts.refunded(500), -500),
    "return on a revoked dote": (facts.returned(500, restores="available"), -500),
    "payment undone on a revoked dote": (facts.undone(500, restores="available"), -500),
    "refund undone": (facts.refund_undone(500), 500),
}


@pytest.mark.parametrize("name", MOVES)
def test_what_an_event_moves(name: str) -> None:
    event, moves = MOVES[name]
    found = {(posting.line, posting.account): posting.cents for posting in postings(event)}
    assert found == moves
    assert len(postings(event)) == len(moves)


def test_every_event_that_moves_money_is_in_this_table() -> None:
    moving = {type(event) for event, _ in MOVES.values()}
    assert moving | NO_POSTINGS == set(EVENT_TYPES.values())
    assert not moving & NO_POSTINGS


@pytest.mark.parametrize("name", EVENT_TYPES)
def test_every_event_is_known_to_the_ledger_and_balances(name: str) -> None:
    for event in (EXAMPLES[name], sealed(EXAMPLES[name])):
        moved = postings(event)
        assert sum(posting.cents for posting in moved) == 0
        assert bool(moved) is (type(event) not in NO_POSTINGS)
        assert all(posting.cents for posting in moved)
        for posting in moved:
            on_a_line = posting.line is not None
            assert on_a_line is (posting.account in LINE_ACCOUNTS)


def test_an_unknown_event_is_not_skipped() -> None:
    with pytest.raises(TypeError, match="does not know Event"):
        postings(Event.model_validate(_bare()))


def _bare() -> dict[str, object]:
    return facts_around.opened().model_dump(
        include={
            "originator_id",
            "originator_version",
            "at",
            "by",
            "correlation_id",
            "causation_id",
        }
    )


def test_the_accounts() -> None:
    assert set(PROGRAMME_ACCOUNTS) == {Account.FUNDING, Account.UNALLOCATED}
    assert set(LINE_ACCOUNTS) == set(Account) - set(PROGRAMME_ACCOUNTS)


def test_a_line_after_an_event() -> None:
    before = position(available_cents=900, committed_cents=100)
    assert after(before, LINE, facts.approved(500)) == position(400, 600)
    assert after(before, LINE, facts_around.transferred(500)) == position(400, 100)
    assert after(before, OTHER_LINE, facts_around.transferred(500)) == position(1_400, 100)
    assert after(before, OTHER_LINE, facts.approved(500)) == before
    assert after(before, LINE, facts_around.funded(500)) == before


@pytest.mark.parametrize("name", EXPOSURES)
def test_what_an_event_changes_for_the_household(name: str) -> None:
    event, cents = EXPOSURES[name]
    assert exposure_change(event) == ExposureChange(HOUSEHOLD, DOTE, LINE.partner, HOUSING, cents)


def test_nothing_else_changes_what_a_household_was_granted() -> None:
    changing = {type(event) for event, _ in EXPOSURES.values()}
    for event in EXAMPLES.values():
        if type(event) not in changing:
            assert exposure_change(event) is None
    assert exposure_change(facts.returned(500)) is None
    assert exposure_change(facts.withdrawn(0)) is None
