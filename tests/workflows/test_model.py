"""Random commands by random people against the real store, beside a ledger of plain numbers.

The model knows the rules only as a reader of the specification would tell them; it follows what
the store accepts and must agree with it to the cent, at every place of the log.
"""

from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack
from uuid import UUID

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

from domain.actors import Actor
from domain.errors import DomainError
from domain.events.programme import BudgetLine
from projections.ledger.queries import Group
from projections.rebuild import rebuild
from tests.register import LAST_DAY, LINE, TestRegister, fresh_register
from workflows import accounting, approval, disbursement, requests
from workflows import programme as moves
from workflows.commands import (
    DisallowReceipt,
    Line,
    Motivate,
    RecordRefund,
    ReturnDisbursement,
    Transfer,
)
from workflows.engine import Work

OTHER = BudgetLine(partner="SSALV", category="EMERGENZA")
LINES = (LINE, OTHER)
CENTS = st.integers(min_value=1, max_value=20_000)
WHICH = st.integers(min_value=0, max_value=50)
SINGLE_APPROVER_CENTS = 15_000
ACCOUNTS = ("available", "committed", "disbursed", "documented", "disallowed")


class Register(RuleBasedStateMachine):
    """One register, and what must stand on its two lines."""

    postgres_url: str

    def __init__(self) -> None:
        super().__init__()
        self.closing = ExitStack()
        self.real = self.closing.enter_context(fresh_register(self.postgres_url))
        self.balances: dict[BudgetLine, Counter[str]] = {line: Counter() for line in LINES}
        self.doti: list[tuple[UUID, BudgetLine]] = []

    @initialize(first=CENTS, second=CENTS)
    def open(self, first: int, second: int) -> None:
        self.real.open_programme(SINGLE_APPROVER_CENTS)
        for line, cents in zip(LINES, (first, second), strict=True):
            self.allocate_to(line, cents)

    def allocate_to(self, line: BudgetLine, cents: int) -> None:
        self.real.allocate(cents, line)
        self.balances[line]["available"] += cents

    def attempt(self, act: Callable[[], object]) -> bool:
        """Whether the register did it; a refusal must leave everything as it was."""
        try:
            act()
        except DomainError:
            return False
        return True

    def move(self, line: BudgetLine, source: str, target: str, cents: int) -> None:
        self.balances[line][source] -= cents
        self.balances[line][target] += cents
        assert self.balances[line][source] >= 0, "the register allowed more than there is"

    def pick(self, which: int) -> tuple[UUID, BudgetLine] | None:
        return self.doti[which % len(self.doti)] if self.doti else None

    @rule(cents=CENTS, first=st.booleans())
    def allocate(self, cents: int, first: bool) -> None:
        self.allocate_to(LINES[first], cents)

    @rule(cents=CENTS, first=st.booleans())
    def transfer(self, cents: int, first: bool) -> None:
        source, target = LINES[first], LINES[not first]
        command = Transfer(
            source=Line(**source.model_dump()),
            target=Line(**target.model_dump()),
            amount_cents=cents,
            reason="prova",
        )
        chief = self.real.people.coordinator
        done = self.attempt(lambda: self.real.run(chief, lambda w: moves.transfer(w, command)))
        assert done == (self.balances[source]["available"] >= cents)
        if done:
            self.balances[source]["available"] -= cents
            self.balances[target]["available"] += cents

    @rule(cents=CENTS, first=st.booleans())
    def request(self, cents: int, first: bool) -> None:
        line = LINES[first]
        people = self.real.people
        operator = people.operator if line == LINE else people.operator_ssalv
        self.doti.append((self.real.request(self.real.household(operator), cents, line), line))

    @rule(which=WHICH)
    def assess(self, which: int) -> None:
        if found := self.pick(which):
            self.attempt(lambda: self.real.assess(found[0]))

    @rule(which=WHICH, second=st.booleans(), part=st.integers(min_value=1, max_value=3))
    def approve(self, which: int, second: bool, part: int) -> None:
        if (found := self.pick(which)) is None:
            return
        dote_id, line = found
        people = self.real.people
        who = people.approver2 if second else people.approver
        known = self.real.register.dote(dote_id)
        cents = max(1, known.requested_cents // part)
        done = self.attempt(lambda: self.real.approve(dote_id, cents, who))
        last_vote = cents <= SINGLE_APPROVER_CENTS or bool(known.votes)
        if done and last_vote:
            self.move(line, "available", "committed", cents)

    @rule(which=WHICH, how=st.sampled_from(["reject", "withdraw", "revoke"]))
    def give_up(self, which: int, how: str) -> None:
        if (found := self.pick(which)) is None:
            return
        dote_id, line = found
        people = self.real.people
        operator = people.operator if line == LINE else people.operator_ssalv
        command = Motivate(reason="prova")
        act: dict[str, tuple[Actor, Callable[[Work], object]]] = {
            "reject": (people.approver, lambda w: approval.reject(w, dote_id, command)),
            "withdraw": (operator, lambda w: requests.withdraw(w, dote_id, command)),
            "revoke": (people.coordinator, lambda w: approval.revoke(w, dote_id, command)),
        }
        who, decide = act[how]
        committed = self.real.register.dote(dote_id).committed_cents
        if self.attempt(lambda: self.real.run(who, decide)):  # type: ignore[arg-type]
            self.move(line, "committed", "available", committed)

    @rule(which=WHICH, cents=CENTS, whole=st.booleans())
    def disburse(self, which: int, cents: int, whole: bool) -> None:
        if (found := self.pick(which)) is None:
            return
        dote_id, line = found
        if whole:
            cents = self.real.register.dote(dote_id).committed_cents or cents
        if self.attempt(lambda: self.real.disburse(dote_id, cents)):
            self.move(line, "committed", "disbursed", cents)

    @rule(which=WHICH, n=st.integers(min_value=1, max_value=2))
    def bounce(self, which: int, n: int) -> None:
        if (found := self.pick(which)) is None:
            return
        dote_id, line = found
        known = self.real.register.dote(dote_id)
        command = ReturnDisbursement(reason="IBAN errato", value_date=LAST_DAY)
        finance = self.real.people.finance
        if self.attempt(
            lambda: self.real.run(
                finance, lambda w: disbursement.return_disbursement(w, dote_id, n, command)
            )
        ):
            target = "available" if known.state == "revoked" else "committed"
            self.move(line, "disbursed", target, known.disbursements[n - 1].amount_cents)

    @rule(which=WHICH, cents=CENTS)
    def refund(self, which: int, cents: int) -> None:
        if (found := self.pick(which)) is None:
            return
        dote_id, line = found
        command = RecordRefund(amount_cents=cents, value_date=LAST_DAY, source="negozio")
        finance = self.real.people.finance
        if self.attempt(
            lambda: self.real.run(
                finance, lambda w: disbursement.record_refund(w, dote_id, command)
            )
        ):
            self.move(line, "disbursed", "available", cents)

    @rule(which=WHICH, cents=CENTS, whole=st.booleans(), admitted=st.booleans())
    def document(self, which: int, cents: int, whole: bool, admitted: bool) -> None:
        if (found := self.pick(which)) is None:
            return
        dote_id, line = found
        known = self.real.register.dote(dote_id)
        if whole:
            cents = known.undocumented_cents or cents
        n = len(known.receipts) + 1
        if line != LINE or not self.attempt(lambda: self.real.receipt(dote_id, cents, str(n))):
            return
        finance = self.real.people.finance
        refuse = DisallowReceipt(reason="non ammessa")
        done = self.attempt(
            lambda: (
                self.real.accept(dote_id, n)
                if admitted
                else self.real.run(
                    finance, lambda w: accounting.disallow_receipt(w, dote_id, n, refuse)
                )
            )
        )
        if done:
            self.move(line, "disbursed", "documented" if admitted else "disallowed", cents)

    @rule(which=WHICH)
    def account_for(self, which: int) -> None:
        if found := self.pick(which):
            known = self.real.register.dote(found[0])
            if self.attempt(lambda: self.real.account_for(found[0])):
                assert known.undocumented_cents == 0

    def teardown(self) -> None:
        try:
            self.compare()
        finally:
            self.closing.close()

    def compare(self) -> None:
        """What stands on the lines, in the store, in the ledger and in the model, is the same."""
        end = self.real.settle()
        seen = {row.partner: row for row in self.real.ledger(Group.PARTNER).rows}
        for line in LINES:
            expected = [self.balances[line][account] for account in ACCOUNTS]
            assert position(self.real, line) == expected
            row = seen.get(line.partner)
            projected = [getattr(row, f"{account}_cents") if row else 0 for account in ACCOUNTS]
            assert projected == expected
        for log_index in range(0, end + 1, 7):
            for row in self.real.ledger(Group.LINE, log_index).rows:
                assert min(getattr(row, f"{account}_cents") for account in ACCOUNTS) >= 0
        before = self.real.ledger()
        rebuild(self.real.database, "ledger", lambda _done, _all: None)
        assert self.real.ledger() == before


def position(real: TestRegister, line: BudgetLine) -> list[int]:
    """What stands on a line as the commands decide on it."""
    with real.database.transaction() as tx:
        row = tx.execute(
            "SELECT * FROM budget_lines WHERE partner = %s AND category = %s",
            (line.partner, line.category),
        ).fetchone()
    return [row[f"{account}_cents"] if row else 0 for account in ACCOUNTS]


@pytest.mark.slow
def test_the_register_agrees_with_the_model(postgres_url: str) -> None:
    Register.postgres_url = postgres_url
    run_state_machine_as_test(
        Register,
        settings=settings(
            max_examples=40,
            stateful_step_count=60,
            deadline=None,
            derandomize=True,
            suppress_health_check=list(HealthCheck),
        ),
    )
