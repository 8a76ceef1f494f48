"""Receipts, what is not admitted, and the closing of the file to the cent."""

from uuid import UUID

import pytest

from domain.actors import Role
from domain.errors import (
    AmountTooHigh,
    DateInTheFuture,
    Duplicate,
    Forbidden,
    NotFound,
    NotFullyDocumented,
    NothingPaid,
    OutsideOwnPartner,
    ReceiptAlreadyDecided,
    WrongState,
)
from domain.events.dote import (
    DoteAccountedFor,
    DoteEvent,
    ReceiptAccepted,
    ReceiptDisallowed,
    ReceiptSubmitted,
)
from domain.lifecycle import Action, Duty, State
from domain.privacy import Private
from domain.receipts import Copy, Given, SameBy, check_share
from domain.turns import waiting_for
from tests.domain.every_command import COMMANDS
from tests.domain.facts import approved, assessed, disbursed, refunded, requested, returned, revoked
from tests.domain.facts_of_receipts import accepted, accounted_for, disallowed, submitted
from tests.domain.money_commands import accept, account_for, disallow, submit
from tests.spec import (
    FINANCE,
    FINANCE_2,
    HOUSEHOLD,
    LINE,
    OPERATOR_2,
    OPERATOR_SSALV,
    ROCCA,
    START,
    TODAY,
    a_case,
    a_file,
    days_after,
    given,
    private,
    sha256,
)

UNPAID: tuple[DoteEvent, ...] = (assessed(), approved(30_000))
PAID: tuple[DoteEvent, ...] = (*UNPAID, disbursed(30_000))
REVOKED: tuple[DoteEvent, ...] = (*UNPAID, disbursed(10_000, last=False), revoked(20_000))
REVOKED_UNPAID: tuple[DoteEvent, ...] = (*UNPAID, revoked(30_000))


# Submitting


def test_a_receipt_comes_in() -> None:
    file = a_file(5)
    dote = (
        given(requested(), *PAID, submitted(1_000))
        .when(submit(20_000, kind="invoice", number="F 12/a", on=TODAY, file=file, by=OPERATOR_2))
        .then(
            ReceiptSubmitted,
            n=2,
            kind="invoice",
            number="F 12/a",
            date=TODAY,
            amount_cents=20_000,
            sha256=sha256(5),
            media_type=file.media_type,
            size_bytes=file.size_bytes,
            details=Private.record(HOUSEHOLD, {"issuer": "the landlord", "name": file.name}),
        )
    )
    assert dote.state is State.DISBURSED
    assert [receipt.state for receipt in dote.receipts] == ["submitted", "submitted"]
    assert dote.undocumented_cents == 30_000


def test_the_same_file_or_the_same_number_comes_in_once() -> None:
    given(requested(), *PAID, submitted(1_000, n=1)).when(submit(file=a_file(1))).then_refused(
        Duplicate, what="receipt 1"
    )
    same_paper = submit(1_000, number="R1", on=START.date())
    given(requested(), *PAID, submitted(1_000, n=1)).when(same_paper).then_refused(Duplicate)
    given(requested(), *PAID, submitted(1_000), accepted(1_000)).when(same_paper).then_refused(
        Duplicate, what="receipt 1"
    )


@pytest.mark.parametrize("spelt", ["r1", "R 1", "R-1", "R.1", " R1/", "Ｒ１"])
def test_a_number_is_the_same_however_it_is_spelt(spelt: str) -> None:
    given(requested(), *PAID, submitted(1_000)).when(
        submit(1_000, number=spelt, on=START.date())
    ).then_refused(Duplicate, what="receipt 1")


def test_receipts_that_differ_in_number_day_kind_or_amount_are_different() -> None:
    history = given(requested(), *PAID, submitted(1_000, n=1))
    for other in (
        submit(1_000, number="R1", on=days_after(1, START.date())),
        submit(1_000, number="R2", on=START.date()),
        submit(1_000, kind="ticket", number="R1", on=START.date()),
        submit(1_001, number="R1", on=START.date()),
    ):
        history.when(other).then(ReceiptSubmitted)


def test_a_receipt_is_for_at_most_what_is_not_documented_yet() -> None:
    history = given(requested(), *PAID, refunded(5_000))
    history.when(submit(25_001)).then_refused(
        AmountTooHigh, field="amount_cents", left_cents=25_000
    )
    history.when(submit(25_000)).then(ReceiptSubmitted)


def test_a_disallowed_paper_may_come_again() -> None:
    given(requested(), *PAID, submitted(1_000), disallowed(1_000)).when(
        submit(1_000, number="R1", on=START.date(), file=a_file(1))
    ).then(ReceiptSubmitted, n=2)


def test_a_receipt_for_more_than_is_left_is_no_dead_end() -> None:
    too_high = given(requested(), *PAID, submitted(30_001))
    for decision in (accept(1), disallow(1)):
        too_high.when(decision).then_refused(AmountTooHigh, field="amount_cents", left_cents=30_000)
    too_high.when(submit(30_000, number="R1", on=START.date(), file=a_file(1))).then(
        ReceiptSubmitted, n=2
    )
    overtaken = given(requested(), *PAID, submitted(30_000), refunded(5_000))
    overtaken.when(accept(1)).then_refused(AmountTooHigh, left_cents=25_000)
    overtaken.when(submit(25_000, file=a_file(1))).then(ReceiptSubmitted, n=2)


@pytest.mark.parametrize("amount_cents", [0, -1])
def test_a_receipt_is_of_an_amount(amount_cents: int) -> None:
    given(requested(), *PAID).when(submit(amount_cents)).then_invalid("amount_cents")


def test_a_receipt_has_a_number_of_one_line() -> None:
    given(requested(), *PAID).when(submit(number=" ")).then_invalid("number")
    given(requested(), *PAID).when(submit(number="1\n2")).then_invalid("number")


def test_a_receipt_is_not_of_the_future() -> None:
    given(requested(), *PAID).when(submit(on=days_after(0))).then(ReceiptSubmitted)
    given(requested(), *PAID).when(submit(on=days_after(1))).then_refused(
        DateInTheFuture, field="date", value=days_after(1).isoformat()
    )


def test_operators_of_the_partner_and_finance_submit() -> None:
    given(requested(), *PAID).when(submit(by=FINANCE)).then(ReceiptSubmitted)
    given(requested(), *PAID).when(submit(by=OPERATOR_SSALV)).then_refused(
        OutsideOwnPartner, partner=ROCCA
    )


# Deciding


def test_an_accepted_receipt_documents_its_amount() -> None:
    dote = (
        given(requested(), *PAID, submitted(20_000), submitted(10_000, n=2))
        .when(accept(2, "read and checked", by=FINANCE_2))
        .then(
            ReceiptAccepted,
            line=LINE,
            n=2,
            amount_cents=10_000,
            reason=private("read and checked"),
        )
    )
    assert [receipt.state for receipt in dote.receipts] == ["submitted", "accepted"]
    assert (dote.documented_cents, dote.undocumented_cents) == (10_000, 20_000)
    assert FINANCE_2.account_id in dote.people[Duty.PAY]


def test_an_acceptance_needs_no_reason() -> None:
    given(requested(), *PAID, submitted()).when(accept()).then(ReceiptAccepted, reason=None)


def test_a_disallowed_receipt_is_final() -> None:
    dote = (
        given(requested(), *PAID, submitted(20_000))
        .when(disallow(1, "not in the rules"))
        .then(
            ReceiptDisallowed,
            line=LINE,
            n=1,
            amount_cents=20_000,
            reason=private("not in the rules"),
        )
    )
    assert [receipt.state for receipt in dote.receipts] == ["disallowed"]
    assert (dote.disallowed_cents, dote.undocumented_cents) == (20_000, 10_000)


def test_a_receipt_is_decided_once() -> None:
    for decided, state in ((accepted(1_000), "accepted"), (disallowed(1_000), "disallowed")):
        history = given(requested(), *PAID, submitted(1_000), decided)
        for again in (accept(1), disallow(1)):
            history.when(again).then_refused(ReceiptAlreadyDecided, n=1, state=state)


def test_only_a_known_receipt_is_decided() -> None:
    for decision in (accept(2), disallow(2), accept(0)):
        given(requested(), *PAID, submitted()).when(decision).then_refused(NotFound)


def test_receipts_document_no_more_than_was_paid() -> None:
    history = given(requested(), *PAID, submitted(20_000), submitted(10_001, n=2), accepted(20_000))
    for decision in (accept(2), disallow(2)):
        history.when(decision).then_refused(AmountTooHigh, field="amount_cents", left_cents=10_000)


def test_finance_decides_on_receipts() -> None:
    for decision in (accept(by=OPERATOR_2), disallow(by=OPERATOR_2)):
        given(requested(), *PAID, submitted()).when(decision).then_refused(
            Forbidden, roles="finance"
        )


# Accounting


def test_the_file_is_closed_when_every_cent_is_documented() -> None:
    dote = (
        given(requested(), *PAID, submitted(), accepted())
        .when(account_for("complete"))
        .then(
            DoteAccountedFor,
            disbursed_cents=30_000,
            documented_cents=30_000,
            refunded_cents=0,
            disallowed_cents=0,
            note=private("complete"),
        )
    )
    assert dote.state is State.ACCOUNTED_FOR
    assert waiting_for(a_case(dote)) == frozenset()


def test_documented_refunded_and_disallowed_add_up_to_what_was_paid() -> None:
    given(
        requested(),
        *PAID,
        submitted(20_000),
        submitted(7_000, n=2),
        accepted(20_000),
        disallowed(7_000, n=2),
        refunded(3_000),
    ).when(account_for()).then(
        DoteAccountedFor,
        disbursed_cents=30_000,
        documented_cents=20_000,
        refunded_cents=3_000,
        disallowed_cents=7_000,
        note=None,
    )


def test_a_cent_is_missing() -> None:
    given(requested(), *PAID, submitted(29_999), accepted(29_999)).when(account_for()).then_refused(
        NotFullyDocumented, missing_cents=1
    )
    given(requested(), *PAID, submitted(30_000)).when(account_for()).then_refused(
        NotFullyDocumented, missing_cents=30_000
    )


def test_the_file_is_not_closed_before_all_is_paid() -> None:
    given(requested(), *UNPAID, disbursed(10_000, last=False)).when(account_for()).then_refused(
        WrongState, action="account_for", state="approved", possible="disbursed, revoked"
    )
    given(requested(), *PAID, returned()).when(account_for()).then_refused(
        WrongState, state="approved"
    )


@pytest.mark.parametrize("action", COMMANDS)
def test_nothing_follows_the_accounting(action: Action) -> None:
    given(requested(), *PAID, submitted(), accepted(), accounted_for()).when(
        COMMANDS[action]()
    ).then_refused(WrongState, action=action, state="accounted_for")


# A revoked dote that had tranches paid


def test_what_was_paid_before_a_revocation_is_documented_all_the_same() -> None:
    given(requested(), *REVOKED).when(submit(10_000)).then(ReceiptSubmitted)
    given(requested(), *REVOKED, submitted(10_000)).when(accept()).then(ReceiptAccepted)
    given(requested(), *REVOKED, submitted(10_000)).when(disallow()).then(ReceiptDisallowed)
    given(requested(), *REVOKED, submitted(10_000), accepted(10_000)).when(account_for()).then(
        DoteAccountedFor, disbursed_cents=10_000, documented_cents=10_000
    )


@pytest.mark.parametrize("command", [submit(), accept(), disallow(), account_for()])
def test_there_is_nothing_to_document_where_nothing_was_paid(command: object) -> None:
    assert callable(command)
    given(requested(), *REVOKED_UNPAID).when(command).then_refused(NothingPaid)


def test_the_desk_brings_the_papers_and_finance_decides_on_them() -> None:
    def waits(*events: DoteEvent) -> frozenset[Role]:
        return waiting_for(a_case(given(requested(), *PAID, *events).state))

    assert waits() == {Role.OPERATOR}
    assert waits(submitted(10_000)) == {Role.OPERATOR, Role.FINANCE}
    assert waits(submitted(30_000)) == {Role.FINANCE}
    assert waits(submitted(30_000), accepted(30_000)) == {Role.FINANCE}


# The same paper for several doti


def a_copy(by: SameBy, amount_cents: int = 10_000) -> Copy:
    return Copy(by, UUID(int=7), "SSALV", "D-2026-7", 1, START, amount_cents, "submitted")


def handed_in(amount_cents: int = 10_000, paper_cents: int | None = None) -> Given:
    return Given("invoice", "R1", TODAY, "the landlord", amount_cents, a_file(3), paper_cents)


def test_a_paper_of_another_dote_is_taken_where_nobody_speaks_of_shares() -> None:
    check_share(handed_in(), [a_copy(SameBy.PAPER), a_copy(SameBy.FILE)])


def test_shares_of_a_paper_never_exceed_it() -> None:
    others = [a_copy(SameBy.FILE, 10_000), a_copy(SameBy.FILE, 4_000)]
    check_share(handed_in(6_000, 20_000), others)
    with pytest.raises(AmountTooHigh) as much:
        check_share(handed_in(6_001, 20_000), others)
    assert much.value.left_cents == 6_000
    with pytest.raises(AmountTooHigh) as over:
        check_share(handed_in(1, 13_000), others)
    assert over.value.left_cents == 0


def test_a_share_is_at_most_the_whole() -> None:
    history = given(requested(), *PAID)
    history.when(submit(20_001, paper_cents=20_000)).then_refused(
        AmountTooHigh, field="amount_cents", left_cents=20_000
    )
    dote = history.when(submit(20_000, paper_cents=90_000)).then(
        ReceiptSubmitted, paper_cents=90_000
    )
    assert dote.receipts[0].paper_cents == 90_000
