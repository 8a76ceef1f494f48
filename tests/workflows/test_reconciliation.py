"""Lines of the bank become payments, returns and refunds of doti, and are taken back."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from uuid import UUID

import pytest

from domain.actors import Role
from domain.cash import CashAccount
from domain.errors import (
    AmountsDiffer,
    DelegationTooSmall,
    DisbursementAlreadyReturned,
    DomainError,
    Forbidden,
    LineIsMatched,
    MatchIsUndone,
    MoneyIsOrdered,
    NoPaymentInIt,
    NotFound,
    NotToBeMatched,
    PaymentIsDocumented,
    PaymentNotAuthorised,
    SegregationOfDuties,
    TooMuchForAFee,
    WrongDirection,
)
from domain.events.bank import LineMatched
from domain.events.base import Event
from domain.events.dote import DisbursementUndone, DoteDisbursed, RefundUndone, ReturnUndone
from domain.lifecycle import State
from projections.ledger.trial_balance import trial_balance
from tests.register import TestRegister, fresh_register, person
from tests.spec import delegate
from tests.workflows.banking import (
    a_line,
    a_statement,
    approved,
    import_one,
    line_ids,
    matched,
    ordered,
    undone,
    with_account,
)
from workflows import disbursement, payments, reconciliation
from workflows.commands import RecordRefund, ReturnDisbursement
from workflows.payment_commands import OrderPayment, PrepareBatch, SetAside
from workflows.reconciliation import MOST_FEE_CENTS, Target


@pytest.fixture
def register(postgres_url: str) -> Iterator[TestRegister]:
    with fresh_register(postgres_url) as made:
        made.open_programme()
        made.allocate(1_000_000)
        yield with_account(made)


def today(register: TestRegister) -> date:
    return register.engine.today()


def lines(register: TestRegister, *cents: int) -> list[UUID]:
    """Lines of these amounts, each with words of its own."""
    day, before = today(register), set(line_ids(register))
    made = (a_line(each, f"riga {n}", booked_on=day) for n, each in enumerate(cents, len(before)))
    file = len(before) + 1
    import_one(register, a_statement(*made, opening=None), file=file)
    return [each for each in line_ids(register) if each not in before]


def cash(register: TestRegister) -> dict[CashAccount, int]:
    register.settle()
    with register.database.transaction() as tx:
        found = trial_balance(tx, register.log.end())
    assert found.sum_cents == sum(found.cash.values()) == 0
    return found.cash


def history(register: TestRegister, stream_id: UUID) -> list[Event]:
    return register.register.history(stream_id)


def test_a_line_becomes_the_payment_with_itself_as_proof(register: TestRegister) -> None:
    [target] = ordered(register, approved(register, 10_000))
    [line] = lines(register, -10_000)
    matched(register, [line], [target])
    dote = register.register.dote(target.dote_id)
    assert dote.state is State.DISBURSED
    last = history(register, target.dote_id)[-1]
    assert isinstance(last, DoteDisbursed)
    assert (last.payment_n, last.proof, last.value_date) == (1, line, today(register))
    found = cash(register)
    assert (found[CashAccount.BANK], found[CashAccount.OUTLAYS]) == (-10_000, 10_000)
    assert found[CashAccount.SUSPENSE] == found[CashAccount.IN_TRANSIT] == 0


def test_a_payment_that_nobody_ordered(register: TestRegister) -> None:
    dote_id = approved(register, 10_000)
    number = register.register.dote(dote_id).number
    [line] = lines(register, -10_000)
    matched(register, [line], [Target(f"{number}-1", dote_id, 10_000, 1)])
    assert register.register.dote(dote_id).disbursements[0].proof == line
    [back] = lines(register, 10_000)
    by_hand = Target(f"{number}/1", dote_id, 10_000, by_hand=1)
    matched(register, [back], [by_hand], kind="return")
    assert register.register.dote(dote_id).state is State.APPROVED


def test_one_line_pays_several_and_several_pay_one(register: TestRegister) -> None:
    targets = ordered(register, *(approved(register, cents) for cents in (9_000, 8_600, 3_800)))
    [line] = lines(register, -21_400)
    matched(register, [line], targets)
    assert all(register.register.dote(t.dote_id).state is State.DISBURSED for t in targets)
    [target] = ordered(register, approved(register, 10_000))
    two = lines(register, -4_000, -6_000)
    matched(register, two, [target])
    said = [register.register.bank_line(each).matches[0].payments[0].amount_cents for each in two]
    assert said == [4_000, 6_000]
    assert len(register.register.dote(target.dote_id).disbursements) == 1
    assert cash(register)[CashAccount.IN_TRANSIT] == 0


def test_what_is_left_of_a_line_stays_open_or_is_the_bank_s(register: TestRegister) -> None:
    first, second = ordered(register, approved(register, 10_000), approved(register, 5_000))
    one, other = lines(register, -10_120, -5_200)
    with pytest.raises(AmountsDiffer) as refused:
        matched(register, [one], [first])
    assert refused.value.facts == {
        "field": "payment_ids",
        "lines_cents": 10_120,
        "payments_cents": 10_000,
    }
    matched(register, [one], [first], rest="fee")
    matched(register, [other], [second], rest="open")
    assert register.register.bank_line(other).open_cents == -200
    found = cash(register)
    assert (found[CashAccount.FEES], found[CashAccount.SUSPENSE]) == (120, 200)
    matched(register, [other], kind="fee")
    assert cash(register)[CashAccount.SUSPENSE] == 0


def test_a_payment_that_somebody_had_recorded_by_hand_gets_its_proof(
    register: TestRegister,
) -> None:
    dote_id = approved(register, 10_000)
    register.disburse(dote_id, 10_000)
    assert cash(register)[CashAccount.IN_TRANSIT] == -10_000
    number = register.register.dote(dote_id).number
    target = Target(f"{number}/1", dote_id, 10_000, by_hand=1)
    one, other = lines(register, -10_000, -10_000)
    match = matched(register, [one], [target])
    assert cash(register)[CashAccount.IN_TRANSIT] == 0
    with pytest.raises(NotToBeMatched):
        matched(register, [other], [target])
    undone(register, match.stream_id)
    assert register.register.dote(dote_id).state is State.DISBURSED
    matched(register, [other], [target])


def test_a_return_makes_the_payment_due_again(register: TestRegister) -> None:
    [target] = ordered(register, approved(register, 10_000))
    out, back = lines(register, -10_000, 10_000)
    matched(register, [out], [target])
    match = matched(register, [back], [target], kind="return")
    dote = register.register.dote(target.dote_id)
    assert (dote.state, dote.committed_cents) == (State.APPROVED, 10_000)
    assert cash(register)[CashAccount.OUTLAYS] == 0
    undone(register, match.stream_id)
    assert isinstance(history(register, target.dote_id)[-1], ReturnUndone)
    matched(register, [back], [target], kind="return")
    [again] = ordered(register, target.dote_id)
    assert again.n == 2
    [line] = lines(register, -10_000)
    matched(register, [line], [again])
    assert register.register.dote(target.dote_id).state is State.DISBURSED


def test_a_return_is_not_taken_back_once_its_money_is_ordered_again(
    register: TestRegister,
) -> None:
    [target] = ordered(register, approved(register, 10_000))
    out, back = lines(register, -10_000, 10_000)
    matched(register, [out], [target])
    match = matched(register, [back], [target], kind="return")
    ordered(register, target.dote_id)
    end = register.settle()
    with pytest.raises(MoneyIsOrdered):
        undone(register, match.stream_id)
    assert register.settle() == end


def test_what_the_bank_may_have_taken_on_top_is_little(register: TestRegister) -> None:
    [target] = ordered(register, approved(register, 10_000))
    [line] = lines(register, -10_000 - MOST_FEE_CENTS - 1)
    with pytest.raises(TooMuchForAFee):
        matched(register, [line], [target], rest="fee")
    matched(register, [line], [target], rest="open")


def test_a_deputy_matches_up_to_their_amount(register: TestRegister) -> None:
    deputy = delegate(0xD1, register.people.finance, Role.FINANCE, max_cents=1_000)
    small, large = lines(register, -1_000, -1_001)
    matched(register, [small], kind="fee", by=deputy)
    with pytest.raises(DelegationTooSmall):
        matched(register, [large], kind="fee", by=deputy)


def test_a_refund_makes_the_budget_whole(register: TestRegister) -> None:
    [target] = ordered(register, approved(register, 10_000))
    out, back = lines(register, -10_000, 2_500)
    matched(register, [out], [target])
    before = register.ledger().total.available_cents
    match = matched(register, [back], [target], kind="refund")
    register.settle()
    assert register.ledger().total.available_cents == before + 2_500
    assert cash(register)[CashAccount.OUTLAYS] == 7_500
    undone(register, match.stream_id)
    assert isinstance(history(register, target.dote_id)[-1], RefundUndone)
    assert cash(register)[CashAccount.OUTLAYS] == 10_000


def test_a_wrong_match_is_taken_back_and_the_payment_is_ordered_again(
    register: TestRegister,
) -> None:
    [target] = ordered(register, approved(register, 10_000))
    wrong, right = lines(register, -10_000, -10_000)
    match = matched(register, [wrong], [target])
    undone(register, match.stream_id)
    assert isinstance(history(register, target.dote_id)[-1], DisbursementUndone)
    dote = register.register.dote(target.dote_id)
    assert (dote.state, dote.ordered_cents) == (State.APPROVED, 10_000)
    assert register.register.bank_line(wrong).open_cents == -10_000
    with pytest.raises(MatchIsUndone):
        undone(register, match.stream_id)
    matched(register, [right], [target])
    assert register.register.dote(target.dote_id).state is State.DISBURSED


def test_what_is_documented_is_not_taken_back(register: TestRegister) -> None:
    [target] = ordered(register, approved(register, 10_000))
    [line] = lines(register, -10_000)
    match = matched(register, [line], [target])
    register.receipt(target.dote_id, 10_000)
    register.accept(target.dote_id)
    with pytest.raises(PaymentIsDocumented):
        undone(register, match.stream_id)
    assert register.register.bank_line(line).open_cents == 0


def test_what_came_back_by_hand_is_said_where_its_match_is_taken_back(
    register: TestRegister,
) -> None:
    [target] = ordered(register, approved(register, 10_000))
    [line] = lines(register, -10_000)
    match = matched(register, [line], [target])
    command = ReturnDisbursement(reason="conto chiuso", value_date=today(register))
    register.run(
        register.people.finance,
        lambda work: disbursement.return_disbursement(work, target.dote_id, 1, command),
    )
    with pytest.raises(DisbursementAlreadyReturned):
        undone(register, match.stream_id)


def test_what_is_refused_changes_nothing(register: TestRegister) -> None:
    first, second = ordered(register, approved(register, 10_000), approved(register, 10_000))
    out, income = lines(register, -10_000, 10_000)
    dote_id = approved(register, 10_000)
    number = register.register.dote(dote_id).number
    unpaid = Target(f"{number}/1", dote_id, 10_000, by_hand=1)
    end = register.settle()
    for refusal, on, targets, kind in (
        (AmountsDiffer, [out], [first, second], "payment"),
        (AmountsDiffer, [out], [], "payment"),
        (NoPaymentInIt, [out], [first], "fee"),
        (NoPaymentInIt, [income], [first], "funding"),
        (WrongDirection, [income], [first], "payment"),
        (WrongDirection, [out], [], "funding"),
        (NotToBeMatched, [income], [first], "return"),
        (NotToBeMatched, [income], [unpaid], "refund"),
        (NotToBeMatched, [out], [unpaid], "payment"),
        (DomainError, [out, out], [first], "payment"),
        (NotFound, [first.dote_id], [first], "payment"),
    ):
        with pytest.raises(refusal):
            matched(register, on, targets, kind=kind)
    with pytest.raises(NotFound):
        undone(register, first.dote_id)
    assert register.settle() == end


def test_only_who_may_pay_matches(register: TestRegister) -> None:
    [target] = ordered(register, approved(register, 10_000))
    [line] = lines(register, -10_000)
    with pytest.raises(Forbidden):
        matched(register, [line], [target], by=register.people.operator)
    approver = register.people.approver
    both = person(Role.FINANCE)
    same_person = type(both)(approver.account_id, both.grants)
    with pytest.raises(SegregationOfDuties):
        matched(register, [line], [target], by=same_person)
    # Money that is nobody's payment is any officer's to tell.
    matched(register, [line], kind="fee", by=same_person)


def test_a_line_is_set_aside_with_the_reason_sealed(register: TestRegister) -> None:
    [line] = lines(register, -10_000)
    register.run(
        register.people.finance,
        lambda work: reconciliation.set_aside(work, line, SetAside(reason="da chiedere")),
    )
    assert register.register.bank_line(line).is_set_aside
    matched(register, [line], kind="fee")
    with pytest.raises(LineIsMatched):
        matched(register, [line], kind="fee")


def test_officers_at_once_match_a_line_and_a_payment_once(register: TestRegister) -> None:
    targets = ordered(register, *(approved(register, 10_000) for _ in range(4)))
    four = lines(register, *([-10_000] * 4))
    officers = [register.people.finance, *(person(Role.FINANCE) for _ in range(3))]

    def attempt(nth: int) -> bool:
        # Everybody wants every line for every payment, each in an order of their own.
        done = False
        for step in range(16):
            line, target = four[(nth + step) % 4], targets[(nth * step + step // 4) % 4]
            try:
                matched(register, [line], [target], by=officers[nth])
                done = True
            except DomainError:
                continue
        return done

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(attempt, range(4)))
    for each in four:
        line = register.register.bank_line(each)
        assert line.open_cents == 0
        assert len([e for e in history(register, each) if isinstance(e, LineMatched)]) == 1
    for target in targets:
        assert len(register.register.dote(target.dote_id).disbursements) == 1
    found = cash(register)
    assert (found[CashAccount.OUTLAYS], found[CashAccount.IN_TRANSIT]) == (40_000, 0)


def test_the_same_match_taken_back_by_two_is_taken_back_once(register: TestRegister) -> None:
    [target] = ordered(register, approved(register, 10_000))
    [line] = lines(register, -10_000)
    match = matched(register, [line], [target])

    def attempt(_: int) -> bool:
        try:
            undone(register, match.stream_id)
        except MatchIsUndone:
            return False
        return True

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(attempt, range(2))) == [False, True]
    assert register.register.dote(target.dote_id).disbursed_cents == 0


def test_a_payment_that_nobody_let_go_is_not_matched(register: TestRegister) -> None:
    dote_id = approved(register, 10_000)
    batch = PrepareBatch(execution_date=today(register), payments=(OrderPayment(dote_id=dote_id),))
    register.run(register.people.finance, lambda work: payments.prepare(work, batch))
    [line] = lines(register, -10_000)
    waiting = Target(f"{register.register.dote(dote_id).number}-1", dote_id, 10_000, 1)
    with pytest.raises(PaymentNotAuthorised):
        matched(register, [line], [waiting])


def refunded(register: TestRegister, dote_id: UUID, cents: int) -> None:
    """A refund that somebody records by hand."""
    command = RecordRefund(amount_cents=cents, value_date=today(register), source="contanti")
    register.run(
        register.people.finance, lambda work: disbursement.record_refund(work, dote_id, command)
    )


def test_a_refund_that_was_recorded_by_hand_gets_its_line_and_counts_once(
    register: TestRegister,
) -> None:
    [target] = ordered(register, approved(register, 10_000))
    out, first, second, third = lines(register, -10_000, 3_000, 3_000, 500)
    matched(register, [out], [target])
    refunded(register, target.dote_id, 3_000)
    register.settle()
    available = register.ledger().total.available_cents
    proof = matched(register, [first], [target], kind="refund")
    register.settle()
    assert register.ledger().total.available_cents == available
    assert register.register.dote(target.dote_id).refunded_cents == 3_000
    assert cash(register)[CashAccount.IN_TRANSIT] == 0
    # The next ones are refunds of their own.
    matched(register, [second], [target], kind="refund")
    matched(register, [third], [target], kind="refund")
    assert register.register.dote(target.dote_id).refunded_cents == 6_500
    assert cash(register)[CashAccount.IN_TRANSIT] == 0
    # Without its line the refund is still recorded, and the line waits for what it is.
    undone(register, proof.stream_id)
    assert register.register.dote(target.dote_id).refunded_cents == 6_500
    assert cash(register)[CashAccount.IN_TRANSIT] == 3_000
    matched(register, [first], [target], kind="refund")
    assert register.register.dote(target.dote_id).refunded_cents == 6_500


def test_a_refund_that_is_more_than_was_recorded_is_one_of_its_own(register: TestRegister) -> None:
    [target] = ordered(register, approved(register, 10_000))
    [out, back] = lines(register, -10_000, 2_500)
    matched(register, [out], [target])
    refunded(register, target.dote_id, 1_000)
    matched(register, [back], [target], kind="refund")
    # Less was recorded than came: what came is a refund of its own.
    assert register.register.dote(target.dote_id).refunded_cents == 3_500
