"""The payments that are looked at for lines: as good as all there are, however many that is."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID, uuid5

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from domain.events.bank import LinePart
from domain.proposals import Candidate, OpenLine
from domain.reconciliation import propose
from projections.payments.queries import payment
from projections.reconciliation.candidates import ByHand, candidates, with_tokens
from tests.register import TestRegister, fresh_register
from workflows.eventstore.database import Tx

_SPACE = UUID(int=0xCA4D)
_DAY = date(2026, 3, 10)
_DAYS = st.integers(-15, 15).map(lambda days: _DAY + timedelta(days=days))
_CENTS = st.sampled_from((5_000, 10_000))
_PAYEES = 3
_TABLES = (
    "payments",
    "payment_batches",
    "payees",
    "payment_plans",
    "paid_by_hand",
    "bank_shown",
    "coverage",
)

_PAYEE = "INSERT INTO payees (id, name_token, iban_token) VALUES (%(id)s, %(name)s, %(iban)s)"
_BATCH = """
INSERT INTO payment_batches (id, version, number, method, execution_date, state, payments,
    total_cents, prepared_at, prepared_by)
VALUES (%(batch_id)s, 1, %(batch)s, 'bank_transfer', %(day)s, 'authorised', 1, 1, %(at)s,
    %(batch_id)s)
"""
_PAYMENT = """
INSERT INTO payments (id, dote_id, number, n, state, partner, category, item, household_id,
    payee_id, amount_cents, batch_id, since, executed_on, disbursement_n)
VALUES (%(id)s, %(dote_id)s, %(number)s, 1, %(state)s, 'ROCCA', 'EMERGENZA', 'AFFITTO',
    %(dote_id)s, %(payee_id)s, %(cents)s, %(batch_id)s, %(at)s, %(executed_on)s, 1)
"""
_PLAN = """
INSERT INTO payment_plans (dote_id, number, partner, category, item, household_id, payee_id,
    approved_cents, disbursed_cents, tranches, since, is_open)
VALUES (%(dote_id)s, %(number)s, 'ROCCA', 'EMERGENZA', 'AFFITTO', %(dote_id)s, %(payee_id)s,
    %(cents)s, %(cents)s, '[]', %(at)s, false)
"""
_HAND = """
INSERT INTO paid_by_hand (dote_id, n, amount_cents, value_date, state)
VALUES (%(dote_id)s, 1, %(cents)s, %(day)s, %(state)s)
"""
_SHOWN = """
INSERT INTO bank_shown (dote_id, n, kind, match_id, line_id)
VALUES (%(dote_id)s, 1, %(kind)s, %(dote_id)s, %(dote_id)s)
"""
_COVERED = """
INSERT INTO coverage (dote_id, partner, category, paid_cents, refunded_cents)
VALUES (%(dote_id)s, 'ROCCA', 'EMERGENZA', %(cents)s, %(refunded)s)
"""
_ALL = """
SELECT p.id, p.dote_id, p.number, p.n, p.state, p.partner, p.category, p.item, p.household_id,
       p.payee_id, p.amount_cents, p.batch_id, b.number AS batch_number, b.method,
       b.execution_date, p.due_on, p.since, p.ordered_at, p.executed_on, p.disbursement_n
FROM payments p LEFT JOIN payment_batches b ON b.id = p.batch_id
"""
_ALL_BY_HAND = """
SELECT h.dote_id, h.n, h.amount_cents, h.value_date, h.state, h.method, p.number, p.category,
       p.payee_id
FROM paid_by_hand h JOIN payment_plans p USING (dote_id)
"""


@dataclass(frozen=True)
class Paid:
    """A payment. `by_hand`: nobody ordered it; `shown`: as what lines have shown it."""

    state: str
    cents: int
    day: date
    payee: int
    by_hand: bool
    shown: frozenset[str]
    refunded: int = 0


PAID = st.builds(
    Paid,
    st.sampled_from(("due", "due", "due", "due", "authorised", "executed", "returned")),
    _CENTS,
    _DAYS,
    st.integers(0, _PAYEES - 1),
    st.booleans(),
    st.sets(st.sampled_from(("payment", "return"))).map(frozenset),
    st.sampled_from((0, 0, 2_500, 5_000)),
)


def number(n: int) -> str:
    return f"CI-2026-{n:05}"


def token(kind: str, payee: int) -> bytes:
    return uuid5(_SPACE, f"{kind} {payee}").bytes


@st.composite
def lines(draw: st.DrawFn, most: int) -> OpenLine:
    """A line that names somebody, some of our numbers, or nothing but what it comes to."""
    named = draw(st.sampled_from((None, None, None, *range(most))))
    payee = draw(st.sampled_from((None, None, *range(_PAYEES))))
    cents = draw(_CENTS) * draw(st.sampled_from((1, 1, 1, 2)))
    out = draw(st.booleans())
    of = (None, "D-1") if named is None else (number(named), f"{number(named)}-1", "D-1")
    reference = draw(st.sampled_from(of))
    ids = [f"{number(n)}-1" for n in (named, draw(st.integers(0, most))) if n is not None]
    parts = draw(st.booleans()) and draw(st.booleans()) and len(ids) > 1
    return OpenLine(
        UUID(int=draw(st.integers(1, 2**64))),
        draw(_DAYS),
        -cents if out else cents,
        is_return=not out and draw(st.booleans()),
        is_fee=out and draw(st.sampled_from((True, False, False, False))),
        end_to_end=ids[0] if named is not None and draw(st.booleans()) else None,
        references=() if reference is None else (reference,),
        parts=tuple(
            LinePart(amount_cents=(-1 if out else 1) * cents // len(ids), reference=each)
            for each in ids
        )
        if parts
        else (),
        name_token=None if payee is None else token("name", payee),
        iban_token=token("iban", payee) if payee is not None and draw(st.booleans()) else None,
    )


@pytest.fixture(scope="module")
def register(postgres_url: str) -> Iterator[TestRegister]:
    with fresh_register(postgres_url) as made:
        yield made


def written(tx: Tx, payments: Sequence[Paid]) -> None:
    tx.execute("SELECT set_config('session_replication_role', 'replica', true)")
    for table in _TABLES:
        tx.execute(f"DELETE FROM {table}".encode())
    for n in range(_PAYEES):
        told = {"name": token("name", n), "iban": token("iban", n)}
        tx.execute(_PAYEE, {"id": uuid5(_SPACE, f"payee {n}"), **told})
    for n, each in enumerate(payments):
        values: dict[str, object] = {
            "id": f"{number(n)}-1",
            "number": number(n),
            "dote_id": uuid5(_SPACE, f"dote {n}"),
            "payee_id": uuid5(_SPACE, f"payee {each.payee}"),
            "batch_id": None if each.state == "due" else uuid5(_SPACE, f"batch {n}"),
            "batch": f"D-{n}",
            "day": each.day,
            "executed_on": each.day if each.state in ("executed", "returned") else None,
            "at": datetime(2026, 1, 1, tzinfo=UTC),
            "cents": each.cents,
            "refunded": each.refunded,
            "state": each.state,
        }
        if each.by_hand and each.state in ("executed", "returned"):
            tx.execute(_PLAN, values)
            tx.execute(_HAND, values)
        else:
            if values["batch_id"] is not None:
                tx.execute(_BATCH, values)
            tx.execute(_PAYMENT, values)
        if each.state in ("executed", "returned"):
            tx.execute(_COVERED, values)
            for kind in sorted(each.shown):
                tx.execute(_SHOWN, {**values, "kind": kind})


def everything(tx: Tx) -> list[Candidate]:
    ordered = [payment(row) for row in tx.execute(_ALL)]
    return with_tokens(tx, ordered, [ByHand(**row) for row in tx.execute(_ALL_BY_HAND)])


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    payments=st.lists(PAID, min_size=1, max_size=20),
    wanted=st.lists(lines(20), min_size=1, max_size=8, unique_by=lambda line: line.id),
)
def test_nothing_else_would_be_proposed_among_all(
    register: TestRegister, payments: list[Paid], wanted: list[OpenLine]
) -> None:
    with register.database.transaction() as tx:
        written(tx, payments)
        assert propose(wanted, candidates(tx, wanted)) == propose(wanted, everything(tx))


def test_of_many_that_are_alike_few_are_read(register: TestRegister) -> None:
    due = [
        Paid("due", 5_000, _DAY, n % _PAYEES, by_hand=False, shown=frozenset()) for n in range(60)
    ]
    wanted = [OpenLine(UUID(int=n), _DAY, -5_000) for n in range(3)]
    with register.database.transaction() as tx:
        written(tx, due)
        found = candidates(tx, wanted)
        assert len(found) == len(wanted) + 2
        assert propose(wanted, found) == propose(wanted, everything(tx))


@pytest.mark.parametrize("out", [True, False])
def test_somebody_is_found_behind_any_number_of_others(register: TestRegister, out: bool) -> None:
    state, day = ("due", _DAY) if out else ("executed", _DAY - timedelta(days=9))
    others = [Paid(state, 5_000, _DAY, 0, by_hand=False, shown=frozenset()) for _ in range(30)]
    theirs = Paid(state, 5_000, day, 1, by_hand=False, shown=frozenset())
    line = OpenLine(
        UUID(int=1),
        _DAY,
        -5_000 if out else 5_000,
        is_return=not out,
        name_token=token("name", 1),
    )
    with register.database.transaction() as tx:
        written(tx, [*others, theirs])
        found = candidates(tx, [line])
        assert len(found) < 8
        (proposal,) = propose([line], found)
        assert proposal.payment_ids == (f"{number(30)}-1",)


def test_what_can_come_back_is_found_behind_any_number_that_cannot(register: TestRegister) -> None:
    gone = Paid("executed", 5_000, _DAY, 0, by_hand=False, shown=frozenset(), refunded=5_000)
    shown = Paid("returned", 5_000, _DAY, 0, by_hand=False, shown=frozenset({"return"}))
    left = Paid("executed", 5_000, _DAY - timedelta(days=9), 1, by_hand=False, shown=frozenset())
    others = [each for pair in zip([gone] * 20, [shown] * 20, strict=True) for each in pair]
    loose = [replace(each, by_hand=True) for each in others]
    line = OpenLine(UUID(int=1), _DAY, 5_000, is_return=True)
    with register.database.transaction() as tx:
        written(tx, [*others, *loose, left])
        (proposal,) = propose([line], candidates(tx, [line]))
        assert proposal.payment_ids == (f"{number(80)}-1",)
        written(tx, [*others, *loose, replace(left, by_hand=True)])
        (proposal,) = propose([line], candidates(tx, [line]))
        assert proposal.payment_ids == (f"{number(80)}/1",)
