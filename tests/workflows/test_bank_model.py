"""Random matches, undoings, returns and refunds against the real store, beside plain numbers."""

from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack
from datetime import date
from uuid import UUID

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

from domain.cash import CashAccount
from domain.errors import DomainError
from projections.ledger.queries import Group
from projections.ledger.trial_balance import trial_balance
from projections.rebuild import rebuild
from projections.reconciliation import queries
from tests.register import fresh_register
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
from workflows.audit.money import check_money
from workflows.reconciliation import Target

WHICH = st.integers(min_value=0, max_value=30)
CENTS = st.sampled_from([-10_000, -6_000, -4_000, -10_120, 10_000, 4_000])
KINDS = st.sampled_from(["payment", "return", "refund", "fee", "funding"])


class Bank(RuleBasedStateMachine):
    """One register, its lines and payments, and what must stand at the bank."""

    postgres_url: str

    def __init__(self) -> None:
        super().__init__()
        self.closing = ExitStack()
        self.real = self.closing.enter_context(fresh_register(self.postgres_url))
        self.lines: list[UUID] = []
        self.cents: dict[UUID, int] = {}
        self.open: dict[UUID, int] = {}
        self.payments: list[Target] = []
        self.matches: list[tuple[UUID, list[tuple[UUID, str, int]]]] = []
        self.matched: Counter[str] = Counter()

    @initialize()
    def begin(self) -> None:
        self.real.open_programme(50_000)
        self.real.allocate(100_000)
        with_account(self.real)
        doti = [approved(self.real, cents) for cents in (10_000, 10_000, 4_000)]
        self.payments += ordered(self.real, *doti)

    def attempt(self, act: Callable[[], UUID]) -> UUID | None:
        """What the register did; a refusal must leave everything as it was."""
        before = self.standing()
        try:
            return act()
        except DomainError:
            assert self.standing() == before
            return None

    def standing(self) -> list[object]:
        doti = [self.real.register.dote(target.dote_id) for target in self.payments]
        lines = [self.real.register.bank_line(line) for line in self.lines]
        return [*doti, *lines]

    @rule(cents=CENTS)
    def booked(self, cents: int) -> None:
        line = a_line(cents, f"riga {len(self.lines)}", booked_on=date(2026, 3, 2))
        import_one(self.real, a_statement(line, opening=None), file=len(self.lines) + 1)
        [new] = [each for each in line_ids(self.real) if each not in self.cents]
        self.lines.append(new)
        self.cents[new] = self.open[new] = cents

    @rule(
        which=WHICH, second=WHICH, payment=WHICH, kind=KINDS, two=st.booleans(), rest=st.booleans()
    )
    def match(
        self, which: int, second: int, payment: int, kind: str, two: bool, rest: bool
    ) -> None:
        if not self.lines:
            return
        lines = [self.lines[which % len(self.lines)]]
        other = self.lines[second % len(self.lines)]
        if two and other not in lines:
            lines.append(other)
        target = self.payments[payment % len(self.payments)]
        targets = [] if kind in ("fee", "funding") else [target]
        how = "fee" if rest else "refuse"
        match = self.attempt(
            lambda: matched(self.real, lines, targets, kind=kind, rest=how).stream_id
        )
        if match is None:
            return
        said = []
        for line in lines:
            known = self.real.register.bank_line(line)
            for each in known.matches:
                if each.match_id == match:
                    said.append((line, str(each.kind), each.amount_cents))
                    self.open[line] -= each.amount_cents
                    self.matched[str(each.kind)] += each.amount_cents
            assert known.open_cents == self.open[line]
            assert self.open[line] == 0 or (self.open[line] < 0) is (self.cents[line] < 0)
        assert said
        self.matches.append((match, said))

    @rule(which=WHICH)
    def undo(self, which: int) -> None:
        if not self.matches:
            return
        match, said = self.matches[which % len(self.matches)]
        if self.attempt(lambda: undone(self.real, match).stream_id) is None:
            return
        for line, kind, cents in said:
            self.open[line] += cents
            self.matched[kind] -= cents
        self.matches.remove((match, said))

    @rule(which=WHICH)
    def document(self, which: int) -> None:
        target = self.payments[which % len(self.payments)]
        dote = self.real.register.dote(target.dote_id)
        n = len(dote.receipts) + 1
        if dote.undocumented_cents:
            self.attempt(
                lambda: self.real.receipt(dote.id, dote.undocumented_cents, str(n)).stream_id
            )
            self.attempt(lambda: self.real.accept(dote.id, n).stream_id)

    @rule(which=WHICH)
    def order_again(self, which: int) -> None:
        dote_id = self.payments[which % len(self.payments)].dote_id

        def act() -> UUID:
            self.payments += ordered(self.real, dote_id)
            return dote_id

        self.attempt(act)

    def teardown(self) -> None:
        try:
            self.compare()
        finally:
            self.closing.close()

    def compare(self) -> None:
        """What stands at the bank, on the lines and in the model is the same."""
        end = self.real.settle()
        with self.real.database.transaction() as tx:
            for log_index in range(0, end, 5):
                found = trial_balance(tx, log_index)
                assert found.sum_cents == sum(found.cash.values()) == 0
            cash = trial_balance(tx, end).cash
            assert sum(cash.values()) == 0
            listed = {line.id: line.open_cents for line in queries.open_lines(tx)}
        assert cash[CashAccount.BANK] == sum(self.cents.values())
        assert cash[CashAccount.SUSPENSE] == -sum(self.open.values())
        assert cash[CashAccount.FEES] == -self.matched["fee"]
        assert cash[CashAccount.RECEIVED] == -self.matched["funding"]
        # All that is said to be paid was shown by a line: nothing is on its way.
        assert cash[CashAccount.IN_TRANSIT] == 0
        assert listed == {line: cents for line, cents in self.open.items() if cents}
        out = sum(
            dote.disbursed_cents - dote.refunded_cents
            for dote in {
                target.dote_id: self.real.register.dote(target.dote_id) for target in self.payments
            }.values()
        )
        assert cash[CashAccount.OUTLAYS] == out
        for row in self.real.ledger(Group.LINE).rows:
            assert min(row.available_cents, row.committed_cents, row.disbursed_cents) >= 0
        assert list(check_money(self.real.database)) == []
        with self.real.database.transaction() as tx:
            before = (queries.open_lines(tx), queries.matches(tx, 1_000))
        for name in ("ledger", "reconciliation"):
            rebuild(self.real.database, name, lambda _done, _all: None)
        with self.real.database.transaction() as tx:
            assert (queries.open_lines(tx), queries.matches(tx, 1_000)) == before
            assert trial_balance(tx, end).cash == cash


@pytest.mark.slow
def test_whatever_is_matched_and_taken_back_the_books_hold(postgres_url: str) -> None:
    Bank.postgres_url = postgres_url
    run_state_machine_as_test(
        Bank,
        settings=settings(
            max_examples=12,
            stateful_step_count=40,
            deadline=None,
            derandomize=True,
            suppress_health_check=list(HealthCheck),
        ),
    )
