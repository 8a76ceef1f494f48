"""What is proposed for lines of the bank: each reason by itself, and a whole year."""

from datetime import date
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.events.bank import LinePart, MatchKind
from domain.proposals import Candidate, Grade, OpenLine, Proposal, Reason
from domain.reconciliation import propose
from domain.references import is_batch, is_payment, references, sounds_like_fee, sounds_like_return
from tests.domain.bank_year import a_year, measure

DAY = date(2026, 3, 10)
NAME, IBAN, OTHER = b"name", b"iban", b"other"
ID, SECOND = "CI-2026-00001-1", "CI-2026-00002-1"


def line(cents: int = -300, n: int = 1, **more: Any) -> OpenLine:  # noqa: ANN401  any field
    return OpenLine(UUID(int=n), **{"booked_on": DAY, "amount_cents": cents, **more})


def payment(name: str = ID, cents: int = 300, **more: Any) -> Candidate:  # noqa: ANN401
    told: dict[str, Any] = {"is_open": True, "is_paid": False, "expected_on": DAY, **more}
    return Candidate(name, name.rsplit("-", 1)[0], cents, **told)


def in_parts(*parts: tuple[int, str | None]) -> tuple[LinePart, ...]:
    return tuple(LinePart(amount_cents=cents, reference=reference) for cents, reference in parts)


def only(lines: list[OpenLine], payments: list[Candidate]) -> Proposal:
    [proposal] = propose(lines, payments)
    return proposal


@pytest.mark.parametrize(
    ("of", "grade", "reasons"),
    [
        ({"end_to_end": ID}, Grade.CERTAIN, {Reason.PAYMENT_ID, Reason.AMOUNT}),
        ({"references": (ID,)}, Grade.CERTAIN, {Reason.NUMBER, Reason.AMOUNT}),
        ({"references": ("CI-2026-00001",)}, Grade.CERTAIN, {Reason.NUMBER, Reason.AMOUNT}),
        ({"iban_token": IBAN}, Grade.CERTAIN, {Reason.AMOUNT, Reason.IBAN, Reason.DATE}),
        ({"name_token": NAME}, Grade.PROBABLE, {Reason.AMOUNT, Reason.NAME, Reason.DATE}),
        ({}, Grade.PROBABLE, {Reason.AMOUNT, Reason.DATE}),
        ({"name_token": OTHER}, Grade.PROBABLE, {Reason.AMOUNT, Reason.OTHER_NAME, Reason.DATE}),
        (
            {"end_to_end": ID, "iban_token": OTHER},
            Grade.PROBABLE,
            {Reason.PAYMENT_ID, Reason.AMOUNT, Reason.OTHER_IBAN},
        ),
    ],
)
def test_one_line_and_one_payment(of: dict[str, Any], grade: Grade, reasons: set[Reason]) -> None:
    found = only([line(**of)], [payment(name_token=NAME, iban_token=IBAN)])
    assert (found.kind, found.payment_ids) == (MatchKind.PAYMENT, (ID,))
    assert (found.grade, set(found.reasons)) == (grade, reasons)
    assert 0 < found.score <= 100


def test_the_id_with_another_amount_is_a_fee_on_top_or_is_looked_at() -> None:
    found = only([line(-420, end_to_end=ID)], [payment()])
    assert (found.grade, found.kind) == (Grade.PROBABLE, MatchKind.PAYMENT)
    assert Reason.WITH_FEE in found.reasons
    for cents in (-299, -900):
        found = only([line(cents, end_to_end=ID)], [payment()])
        assert (found.grade, found.kind) == (Grade.SUSPENSE, None)
        assert Reason.OTHER_AMOUNT in found.reasons


def test_a_batch_booked_as_one_sum() -> None:
    of = [payment(ID, 100, batch="D-2026-017"), payment(SECOND, 200, batch="D-2026-017")]
    found = only([line(references=("D-2026-017",))], of)
    assert (found.grade, found.payment_ids) == (Grade.CERTAIN, (ID, SECOND))
    assert found.reasons == (Reason.BATCH_SUM,)
    parts = tuple(LinePart(amount_cents=-c.amount_cents, reference=c.id) for c in of)
    found = only([line(parts=parts)], of)
    assert (found.grade, found.payment_ids) == (Grade.CERTAIN, (ID, SECOND))
    assert only([line(-301, references=("D-2026-017",))], of).kind is None


def test_two_lines_that_carry_one_id_and_come_to_it() -> None:
    two = [line(-100, 1, end_to_end=ID), line(-200, 2, end_to_end=ID)]
    found = only(two, [payment()])
    assert (found.grade, len(found.line_ids)) == (Grade.CERTAIN, 2)


def test_the_same_payment_twice_at_the_bank_is_certain_for_nobody() -> None:
    two = [line(n=1, end_to_end=ID), line(n=2, end_to_end=ID)]
    first, second = propose(two, [payment()])
    assert first.grade is Grade.PROBABLE
    assert Reason.SEVERAL in first.reasons
    assert second.grade is Grade.SUSPENSE


def test_two_equal_payments_to_one_account_are_not_told_apart_by_it() -> None:
    of = [payment(ID, iban_token=IBAN), payment(SECOND, iban_token=IBAN)]
    assert only([line(iban_token=IBAN)], of).grade is Grade.PROBABLE
    # Unless the other one is known by its id.
    found = propose([line(n=1, iban_token=IBAN), line(n=2, end_to_end=ID)], of)
    assert [each.grade for each in found] == [Grade.CERTAIN, Grade.CERTAIN]
    assert found[0].payment_ids == (SECOND,)


def test_what_is_too_early_or_too_late_is_not_it() -> None:
    for day in (date(2026, 3, 8), date(2026, 3, 21)):
        assert only([line(booked_on=day)], [payment()]).kind is None


def test_a_return_by_id_by_code_and_by_account() -> None:
    out = payment(is_open=False, is_paid=True, iban_token=IBAN)
    for of in (
        {"end_to_end": ID},
        {"is_return": True, "references": (ID,)},
        {"is_return": True, "iban_token": IBAN},
        {"is_return": True, "return_reason": "AC04"},
    ):
        found = only([line(300, **of)], [out])
        assert (found.grade, found.kind) == (Grade.RETURN, MatchKind.RETURN), of
        assert found.payment_ids == (ID,)
    assert only([line(299, is_return=True, end_to_end=ID)], [out]).kind is None


def test_money_given_back_is_never_certain() -> None:
    out = payment(is_open=False, is_paid=True, iban_token=IBAN)
    for of in ({"iban_token": IBAN}, {"references": (ID,)}, {"references": (ID[:-2],)}):
        found = only([line(120, **of)], [out])
        assert (found.grade, found.kind) == (Grade.PROBABLE, MatchKind.REFUND), of
    assert only([line(301, iban_token=IBAN)], [out]).kind is None


def test_what_is_nobody_s_waits_and_fees_are_known() -> None:
    assert only([line(5_000)], []).grade is Grade.SUSPENSE
    found = only([line(-120, is_fee=True)], [payment(cents=120)])
    assert (found.grade, found.kind) == (Grade.SUSPENSE, MatchKind.FEE)


@pytest.mark.parametrize("seed", [7, 8, 9])
def test_a_year_is_reconciled(seed: int) -> None:
    year = a_year(300, seed)
    found = measure(year, propose(year.lines, year.payments))
    assert found.precision == 1.0
    assert found.recall >= 0.95


LINES = st.lists(
    st.builds(
        OpenLine,
        id=st.uuids(),
        booked_on=st.just(DAY),
        amount_cents=st.sampled_from([-600, -300, 300]),
        is_return=st.booleans(),
        is_fee=st.booleans(),
        end_to_end=st.sampled_from([None, ID, SECOND]),
        references=st.sampled_from([(), (ID,), ("D-2026-017",), ("CI-2026-00002",)]),
        name_token=st.sampled_from([None, NAME]),
        iban_token=st.sampled_from([None, IBAN, OTHER]),
    ),
    max_size=8,
    unique_by=lambda each: each.id,
)
PAYMENTS = st.lists(
    st.builds(
        Candidate,
        id=st.sampled_from([ID, SECOND, "CI-2026-00003-1"]),
        number=st.sampled_from(["CI-2026-00001", "CI-2026-00002"]),
        amount_cents=st.sampled_from([300, 600]),
        is_open=st.booleans(),
        is_paid=st.booleans(),
        expected_on=st.sampled_from([None, DAY]),
        batch=st.sampled_from([None, "D-2026-017"]),
        name_token=st.sampled_from([None, NAME]),
        iban_token=st.sampled_from([None, IBAN]),
    ),
    max_size=3,
    unique_by=lambda each: each.id,
)


@settings(max_examples=300, deadline=None)
@given(LINES, PAYMENTS)
def test_every_line_has_one_proposal_and_a_payment_is_promised_once(
    lines: list[OpenLine], payments: list[Candidate]
) -> None:
    found = propose(lines, payments)
    assert sorted(n for each in found for n in each.line_ids) == sorted(x.id for x in lines)
    by_id = {each.id: each for each in payments}
    cents = {each.id: each.amount_cents for each in lines}
    for kind in (MatchKind.PAYMENT, MatchKind.RETURN):
        promised = [name for each in found if each.kind is kind for name in each.payment_ids]
        assert len(promised) == len(set(promised))
    for each in found:
        assert 0 <= each.score <= 100
        if each.grade in (Grade.CERTAIN, Grade.RETURN):
            total = sum(by_id[name].amount_cents for name in each.payment_ids)
            assert total == abs(sum(cents[n] for n in each.line_ids))


def test_our_numbers_however_they_are_written() -> None:
    said = "Bonifico ci 2026 00042 1 e CI-2026-00043; distinta D-2026-017, XCI-2026-00044"
    assert references("CI", said, None, "CI-2026-00042-1") == (
        "CI-2026-00042-1",
        "CI-2026-00043",
        "D-2026-017",
    )
    assert references("CI", "fattura 2026 00042 1") == ()
    assert (is_payment(ID), is_payment("CI-2026-00001"), is_batch("D-2026-017")) == (
        True,
        False,
        True,
    )


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ("DOTE CI-2026-00042 02/12/2026 AFFITTO", "CI-2026-00042"),
        ("CI-2026-00042 1", "CI-2026-00042"),
        ("CI-2026-00042-02-12-2026", "CI-2026-00042"),
        ("CI 2026 00042 15,00 EUR", "CI-2026-00042"),
        ("CI 2026 00042 150,00 EUR", "CI-2026-00042"),
        ("CI-2026-00042.25", "CI-2026-00042"),
        ("CI/2026/00042/2 SALDO", "CI-2026-00042-2"),
        ("CI2026000422", "CI-2026-00042-2"),
        ("CI 2026-00042-12", "CI-2026-00042-12"),
    ],
)
def test_what_follows_a_number_is_its_payment_only_as_we_write_it(said: str, found: str) -> None:
    assert references("CI", said) == (found,)


@pytest.mark.parametrize("said", ["CI-2026-000427", "9CI-2026-00042", "ACI-2026-00042"])
def test_a_longer_number_is_none_of_ours(said: str) -> None:
    assert references("CI", said) == ()


@pytest.mark.parametrize(
    ("of", "cents"),
    [
        # The first payment of the dote went out long ago; its second is as high.
        ({"end_to_end": ID, "references": (ID, "CI-2026-00001")}, 300),
        # A cancelled payment, to the same account, for which another one was ordered.
        ({"references": (ID,), "iban_token": IBAN}, 300),
        # The id of one dote and the number of another.
        ({"end_to_end": "CI-2026-00001-2", "references": ("CI-2026-00002",)}, 300),
        # "Balance of the one and first part of the other."
        ({"references": ("CI-2026-00001", "CI-2026-00002")}, 300),
        # Another batch.
        ({"references": ("CI-2026-00001-2", "D-2026-018")}, 300),
        ({"parts": (LinePart(amount_cents=-300, reference=ID),), "iban_token": IBAN}, 300),
    ],
)
def test_what_names_another_payment_of_ours_is_looked_at(of: dict[str, Any], cents: int) -> None:
    second = payment("CI-2026-00001-2", cents, batch="D-2026-017", iban_token=IBAN)
    found = only([line(-cents, **of)], [second])
    assert (found.kind, found.grade) == (MatchKind.PAYMENT, Grade.PROBABLE)
    assert Reason.OTHER_PAYMENT in found.reasons


def test_parts_that_say_otherwise_leave_a_doubt() -> None:
    of = [payment(ID, 100, batch="D-2026-017"), payment(SECOND, 200, batch="D-2026-017")]
    parts, nameless = in_parts((-200, ID), (-100, SECOND)), in_parts((-50, None), (-250, None))
    for told in ({"parts": parts}, {"parts": nameless, "references": ("D-2026-017",)}):
        found = only([line(**told)], of)
        assert (found.grade, found.payment_ids) == (Grade.PROBABLE, (ID, SECOND))
        assert Reason.OTHER_AMOUNT in found.reasons
    right = in_parts((-200, None), (-100, None))
    assert only([line(parts=right, references=("D-2026-017",))], of).grade is Grade.CERTAIN


def test_money_that_goes_back_to_who_sent_it_is_no_payment_of_ours() -> None:
    found = only([line(is_return=True, end_to_end=ID)], [payment()])
    assert (found.kind, found.grade) == (None, Grade.SUSPENSE)


def test_a_return_by_its_id_is_of_that_payment_or_of_none() -> None:
    paid = {"is_open": False, "is_paid": True}
    of = [payment(ID, 330, **paid), payment(SECOND, 300, **paid)]
    found = only([line(300, is_return=True, end_to_end=ID)], of)
    assert (found.kind, found.grade, found.payment_ids) == (None, Grade.SUSPENSE, (ID,))
    assert Reason.OTHER_AMOUNT in found.reasons
    unknown = only([line(300, is_return=True, end_to_end="CI-2026-00009-1")], of)
    assert (unknown.kind, unknown.payment_ids) == (None, ())


def test_the_bank_s_own_words() -> None:
    assert sounds_like_fee("COMMISSIONI SU BONIFICO")
    assert not sounds_like_fee("AFFITTO E SPESE CONDOMINIALI", None)
    assert sounds_like_return("STORNO BONIFICO DEL 3/3")
    assert not sounds_like_return("BONIFICO")
