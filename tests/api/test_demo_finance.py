"""The money of the demonstration: batches, statements, matches, closed months, an account."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import pairwise

import pytest

from api.demo.data import stories
from api.demo.people import actors
from api.v1.reconciling import Asked, Desk, as_shown, confirm, desk
from api.wiring import Services
from domain.cash import CashAccount
from domain.days import month_after
from domain.events.bank import BankLineImported, LineMatched, LineSetAside, MatchKind
from domain.events.payment_batch import BatchAuthorised, BatchPrepared
from domain.proposals import Grade
from projections.ledger.trial_balance import TrialBalance, trial_balance
from projections.reconciliation import queries
from projections.reconciliation.balances import newest
from tests.api.demonstration import Place, load_at_now, log_of
from tests.faults.doti_process import run
from workflows.engine import Outcome, Request
from workflows.eventstore import rendiconti
from workflows.payment_commands import ConfirmCertain
from workflows.rendiconto import made_again


@pytest.fixture
def demo(place: Place) -> Iterator[Services]:
    """One of each fate, and all that finance does with them."""
    with place.opened() as services:
        load_at_now(services)
        yield services


def looked_at(services: Services) -> tuple[Desk, TrialBalance]:
    """What is open at the bank, and what every account comes to."""
    log_of(services)
    with services.database.across_partners(), services.database.transaction() as tx:
        return desk(tx), trial_balance(tx, services.log.end())


def test_batches_are_prepared_by_one_and_authorised_by_another(demo: Services) -> None:
    events = log_of(demo)
    prepared = {e.originator_id: e for e in events if isinstance(e, BatchPrepared)}
    authorised = {e.originator_id: e for e in events if isinstance(e, BatchAuthorised)}
    assert len(prepared) > 5
    waiting = prepared.keys() - authorised.keys()
    assert [prepared[each] for each in waiting] == [list(prepared.values())[-1]]
    for batch, event in authorised.items():
        assert event.by.people.isdisjoint(prepared[batch].by.people)
    exported = {e.originator_id for e in events if type(e).__name__ == "BatchExported"}
    assert exported == authorised.keys()


def test_statements_follow_on_each_other_and_their_lines_were_matched(demo: Services) -> None:
    events = log_of(demo)
    with demo.database.transaction() as tx:
        statements = queries.statement_list(tx, 100)[::-1]
    assert Counter(each.format for each in statements)["CSV"] == 1
    assert {each.format for each in statements} == {"CSV", "camt.053.001.08"}
    for one, other in pairwise(statements):
        assert one.closing_cents == other.opening_cents
    lines = [e for e in events if isinstance(e, BankLineImported)]
    assert len(lines) == sum(each.new_lines for each in statements)
    matched = [e for e in events if isinstance(e, LineMatched)]
    assert {e.kind for e in matched} == set(MatchKind)
    assert any(len(e.payments) > 1 for e in matched)
    (aside,) = (e for e in events if isinstance(e, LineSetAside))
    # What is not matched came in with the last statement, or somebody has asked about it.
    left = {e.originator_id for e in lines} - {e.originator_id for e in matched}
    last = {e.originator_id for e in lines if e.statement_id == statements[-1].id}
    assert left == last | {aside.originator_id}


def test_what_is_open_wants_to_be_confirmed_or_looked_at(place: Place) -> None:
    with place.opened() as demo:
        load_at_now(demo, doti=150)
        confirm_what_is_certain(demo)


def confirm_what_is_certain(demo: Services) -> None:
    found, balance = looked_at(demo)
    assert all(found.counts[grade] for grade in Grade), found.counts
    assert found.counts[Grade.CERTAIN] >= 2
    assert balance.sum_cents == sum(balance.cash.values()) == 0
    who = actors(demo.accounts)["finance"]
    with demo.database.across_partners():
        sure = found.chosen(Asked(grade=Grade.CERTAIN))
        shown = ConfirmCertain(proposals=tuple(as_shown(each) for each in sure))
        done = confirm(demo, Request(who, "test"), shown)
    assert all(isinstance(each, Outcome) for each in done)
    after, balance = looked_at(demo)
    assert after.counts[Grade.CERTAIN] == 0
    assert after.counts[Grade.PROBABLE] == found.counts[Grade.PROBABLE]
    assert balance.sum_cents == sum(balance.cash.values()) == 0


def test_bank_and_register_differ_by_what_nobody_has_explained(demo: Services) -> None:
    found, balance = looked_at(demo)
    with demo.database.transaction() as tx:
        said = newest(tx)
    assert said == {stories().bank.code: balance.cash[CashAccount.BANK]}
    open_cents = sum(line.open_cents for line in found.lines.values())
    assert balance.cash[CashAccount.SUSPENSE] == -open_cents
    shown_later = [each for each in found.proposals if each.payment_ids]
    assert shown_later


def test_months_are_closed_by_two_and_what_was_frozen_is_made_again(demo: Services) -> None:
    books = demo.register.programme().books
    assert len(books.standing) > 6
    for one, other in pairwise(books.standing):
        assert other.month == month_after(one.month)
    assert books.standing[0].month == books.first
    for closing in books.standing:
        assert closing.by.people.isdisjoint(closing.asked_by.people)
        assert sum(each.cents for each in closing.trial_balance) == 0
    found, _ = looked_at(demo)
    assert not any(books.is_closed(line.booked_on) for line in found.lines.values())
    (account,) = rendiconti.accounts(demo.database).values()
    assert account.stands
    frozen = account.content
    assert frozen.funder == stories().funders[0]
    assert not frozen.is_provisional
    assert frozen.expenses
    with demo.database.across_partners():
        assert made_again(demo.register, frozen).fingerprint == frozen.fingerprint


def test_the_audit_finds_nothing(place: Place) -> None:
    with place.opened() as services:
        load_at_now(services)
        log_of(services)
    audited = run("audit", env=place.env())
    assert audited.returncode == 0, audited.stdout + audited.stderr


def test_even_the_smallest_demonstration_has_its_bank(place: Place) -> None:
    with place.opened() as services:
        load_at_now(services, doti=1)
        found, balance = looked_at(services)
        assert balance.sum_cents == 0
        assert found.counts[Grade.SUSPENSE] >= 2
        assert services.register.programme().books.standing
