"""The cash side of the ledger: what each event moves, to the cent, and that all of it is zero."""

from collections import Counter

import pytest

from domain.cash import NO_CASH, CashAccount, cash_postings
from domain.events.bank import MatchKind
from domain.events.base import EVENT_TYPES, Event
from tests.domain import facts, facts_around, facts_bank
from tests.domain.examples import EXAMPLES, sealed

C = CashAccount

MOVES: dict[str, tuple[Event, dict[CashAccount, int]]] = {
    "first statement": (facts_bank.statement(700), {C.OPENING: -700, C.BANK: 700}),
    "statement that follows": (facts_bank.statement(0), {}),
    "line out": (facts_bank.line(-500), {C.SUSPENSE: 500, C.BANK: -500}),
    "line in": (facts_bank.line(500), {C.SUSPENSE: -500, C.BANK: 500}),
    "payment matched": (facts_bank.matched(-500), {C.IN_TRANSIT: 500, C.SUSPENSE: -500}),
    "return matched": (
        facts_bank.matched(500, MatchKind.RETURN),
        {C.IN_TRANSIT: -500, C.SUSPENSE: 500},
    ),
    "refund matched": (
        facts_bank.matched(500, MatchKind.REFUND),
        {C.IN_TRANSIT: -500, C.SUSPENSE: 500},
    ),
    "fee": (facts_bank.matched(-120, MatchKind.FEE), {C.FEES: 120, C.SUSPENSE: -120}),
    "funding": (
        facts_bank.matched(900, MatchKind.FUNDING),
        {C.RECEIVED: -900, C.SUSPENSE: 900},
    ),
    "match undone": (facts_bank.unmatched(-500), {C.IN_TRANSIT: -500, C.SUSPENSE: 500}),
    "disbursement": (facts.disbursed(500), {C.IN_TRANSIT: -500, C.OUTLAYS: 500}),
    "return": (facts.returned(500), {C.IN_TRANSIT: 500, C.OUTLAYS: -500}),
    "refund": (facts.refunded(500), {C.IN_TRANSIT: 500, C.OUTLAYS: -500}),
    "disbursement undone": (facts.undone(500), {C.IN_TRANSIT: 500, C.OUTLAYS: -500}),
    "return undone": (facts.return_undone(500), {C.IN_TRANSIT: -500, C.OUTLAYS: 500}),
    "refund undone": (facts.refund_undone(500), {C.IN_TRANSIT: -500, C.OUTLAYS: 500}),
}


@pytest.mark.parametrize("name", MOVES)
def test_what_an_event_moves(name: str) -> None:
    event, moves = MOVES[name]
    assert {posting.account: posting.cents for posting in cash_postings(event)} == moves


def test_every_event_that_moves_cash_is_in_this_table() -> None:
    moving = {type(event) for event, _ in MOVES.values()}
    assert moving | NO_CASH == set(EVENT_TYPES.values())
    assert not moving & NO_CASH


@pytest.mark.parametrize("name", EVENT_TYPES)
def test_every_event_balances(name: str) -> None:
    for event in (EXAMPLES[name], sealed(EXAMPLES[name])):
        moved = cash_postings(event)
        assert sum(posting.cents for posting in moved) == 0
        assert bool(moved) is (type(event) not in NO_CASH)


def test_an_unknown_event_is_not_skipped() -> None:
    stranger = Event.model_validate(
        facts_around.opened().model_dump(include=set(Event.model_fields))
    )
    with pytest.raises(TypeError, match="does not know Event"):
        cash_postings(stranger)


def test_a_payment_that_is_shown_by_the_bank_leaves_nothing_in_transit() -> None:
    standing: Counter[CashAccount] = Counter()
    for event in (facts_bank.line(-500), facts_bank.matched(-500), facts.disbursed(500)):
        for posting in cash_postings(event):
            standing[posting.account] += posting.cents
    assert +standing == {C.OUTLAYS: 500}
    assert standing[C.BANK] == -500
    assert standing[C.SUSPENSE] == standing[C.IN_TRANSIT] == 0
