"""What looks certain for a line of the bank and is not."""

from datetime import date
from typing import Any

import pytest

from domain.events.bank import MatchKind
from domain.proposals import Candidate, Grade
from domain.reconciliation import propose
from tests.domain.test_reconciliation import IBAN, ID, OTHER, SECOND, line, only, payment

NUMBER = "CI-2026-00001"
LATER = date(2026, 3, 25)
NUMBERED: dict[str, Any] = {"references": (NUMBER,)}
PAID_THERE: dict[str, Any] = {"iban_token": IBAN}


@pytest.mark.parametrize(
    ("of", "payments"),
    [
        (
            NUMBERED,
            [
                payment(ID, is_open=False, went_out=True),
                payment(f"{NUMBER}-2", expected_on=LATER),
            ],
        ),
        (
            PAID_THERE,
            [
                payment(ID, is_open=False, went_out=True, iban_token=IBAN),
                payment(f"{NUMBER}-2", iban_token=IBAN),
            ],
        ),
        (
            PAID_THERE,
            [
                payment(ID, expected_on=date(2026, 2, 20), iban_token=IBAN),
                payment(SECOND, iban_token=IBAN),
            ],
        ),
        (
            PAID_THERE,
            [
                payment(ID, iban_token=IBAN),
                payment(SECOND, 150, iban_token=IBAN),
                payment("CI-2026-00003-1", 150, iban_token=IBAN),
            ],
        ),
        (
            NUMBERED,
            [payment(f"{NUMBER}-1", 150), payment(f"{NUMBER}-2", 150), payment(f"{NUMBER}-3")],
        ),
        (PAID_THERE, [payment(ID, iban_token=IBAN, by_bank=False)]),
        (
            {**NUMBERED, "iban_token": OTHER},
            [payment(ID, 100, iban_token=IBAN), payment(f"{NUMBER}-2", 200, iban_token=IBAN)],
        ),
        (
            {"references": (ID, SECOND), "iban_token": OTHER},
            [payment(ID, 100, iban_token=IBAN), payment(SECOND, 200, iban_token=IBAN)],
        ),
        (
            {"references": ("D-2026-017",), "iban_token": OTHER},
            [payment(ID, batch="D-2026-017", iban_token=IBAN)],
        ),
    ],
    ids=[
        "the dote was paid before, and that came back before a line showed it",
        "the account was paid before, and that came back",
        "the account was paid long before, and no line showed it",
        "two others to the account come to the same",
        "two others of the dote come to the same",
        "it is not paid by bank transfer",
        "all of the dote, to another account",
        "two by their ids, to another account",
        "a batch, to another account",
    ],
)
def test_what_is_right_and_still_leaves_a_doubt(
    of: dict[str, Any], payments: list[Candidate]
) -> None:
    found = only([line(**of)], payments)
    assert (found.grade, found.kind) == (Grade.PROBABLE, MatchKind.PAYMENT)


def test_what_is_planned_for_later_is_not_paid_yet() -> None:
    planned = payment(f"{NUMBER}-2", expected_on=None, due_on=LATER, iban_token=IBAN)
    for of in (NUMBERED, PAID_THERE):
        assert only([line(**of)], [planned]).payment_ids == ()
        assert only([line(**of, booked_on=LATER)], [planned]).payment_ids == (planned.id,)


def test_a_part_to_another_account_leaves_a_doubt() -> None:
    halves = [
        line(-150, 1, end_to_end=ID, iban_token=IBAN),
        line(-150, 2, end_to_end=ID, iban_token=OTHER),
    ]
    [found] = propose(halves, [payment(iban_token=IBAN)])
    assert (found.grade, len(found.line_ids)) == (Grade.PROBABLE, 2)


def test_a_whole_beside_its_halves_is_not_certain() -> None:
    found = propose(
        [line(-150, 1, end_to_end=ID), line(-150, 2, end_to_end=ID), line(-300, 3, end_to_end=ID)],
        [payment()],
    )
    assert Grade.CERTAIN not in {each.grade for each in found}


def test_of_very_many_at_one_account_pairs_are_looked_at() -> None:
    others = [payment(f"CI-2026-{n:05}-1", 7 + n, iban_token=IBAN) for n in range(2, 20)]
    alone = payment(iban_token=IBAN)
    assert only([line(**PAID_THERE)], [alone, *others]).grade is Grade.CERTAIN
    more = payment("CI-2026-00099-1", 291, iban_token=IBAN)  # with the 9 of the others it is 300
    assert only([line(**PAID_THERE)], [alone, *others, more]).grade is Grade.PROBABLE


def test_what_was_given_back_already_does_not_come_back_again() -> None:
    whole = payment(ID, is_open=False, is_paid=True, iban_token=IBAN)
    gone = payment(SECOND, is_open=False, is_paid=True, iban_token=IBAN, left_cents=0)
    for more in ({"is_return": False}, {"is_return": True}):
        found = only([line(300, **PAID_THERE, **more)], [whole, gone])
        assert found.payment_ids == (ID,)
    part = payment(SECOND, is_open=False, is_paid=True, iban_token=IBAN, left_cents=100)
    assert only([line(100, **PAID_THERE)], [part]).payment_ids == (SECOND,)
    assert only([line(101, **PAID_THERE)], [part]).payment_ids == ()
