"""A small network at work: commands chosen by numbers, beside a ledger of plain dicts.

The model follows the commands by the tables of the rules and knows no event: it moves what each
command must move, and so it can disagree with the postings.
"""

from collections import Counter
from collections.abc import Callable
from uuid import UUID

from domain import dote_history, programme
from domain.actors import Actor, Role
from domain.dote import Dote
from domain.errors import DomainError
from domain.events import dote as d
from domain.events.base import Event
from domain.events.programme import BudgetLine, ProgrammeEvent
from domain.ledger import LINE_ACCOUNTS, Account, after, exposure_change, postings
from domain.lifecycle import Action, State
from domain.permissions import refusal
from domain.programme import Programme
from domain.request import request
from tests.domain import commands, facts
from tests.domain.tally import Tally
from tests.spec import (
    APPROVER,
    APPROVER_2,
    ASSESSOR,
    COORDINATOR,
    FINANCE,
    FINANCE_2,
    HOUSEHOLD,
    HOUSING,
    OPERATOR,
    OPERATOR_SSALV,
    OTHER_HOUSEHOLD,
    ROCCA,
    SCHOOL,
    SSALV,
    a_file,
    a_policy,
    actor,
    ident,
    in_order,
    stamp,
)

Step = tuple[int, int, int, int]
"""Which dote, which action, whose turn, how much: numbers, folded into what is possible."""

LINES = [
    BudgetLine(partner=partner, category=category)
    for partner, category in ((ROCCA, HOUSING), (ROCCA, SCHOOL), (SSALV, HOUSING))
]
HOUSEHOLDS = [HOUSEHOLD, OTHER_HOUSEHOLD]
OF_ALL_ROLES = [actor(0xAF1, *Role), actor(0xAF2, *Role)]
CAST = [
    OPERATOR,
    OPERATOR_SSALV,
    ASSESSOR,
    APPROVER,
    APPROVER_2,
    FINANCE,
    FINANCE_2,
    COORDINATOR,
    *OF_ALL_ROLES,
]
BAND = a_policy(single_approver_cents=10_000)
BY = stamp(COORDINATOR)

WEIGHTS = {Action.ASSESS: 5, Action.APPROVE: 6, Action.DISBURSE: 4, Action.ACCEPT_RECEIPT: 3}
"""How often a step is tried, so that a dote gets somewhere before it is given up."""

ENDS = {State.REJECTED, State.WITHDRAWN, State.ACCOUNTED_FOR}

Key = tuple[BudgetLine | None, Account]


class Simulation:
    """The network: its log, its doti, and the model beside them."""

    def __init__(self) -> None:
        self.log: list[Event] = []
        self.refused: Counter[type[DomainError]] = Counter()
        self.doti: list[Dote] = []
        self.states: dict[UUID, list[tuple[d.DoteEvent, Dote]]] = {}
        self.balances: Counter[Key] = Counter()
        self.of_dote: dict[UUID, Counter[Account]] = {}
        self.exposure: Counter[UUID] = Counter()
        self.model: Counter[Key] = Counter()
        self.tallies: dict[UUID, Tally] = {}
        self.allocated: Counter[BudgetLine] = Counter()
        self.funded = 0
        first: list[ProgrammeEvent] = [facts.opened(), facts.joined(ROCCA), facts.joined(SSALV)]
        state: Programme | None = None
        for event in in_order(first):
            self.log.append(event)
            state = programme.evolve(state, event)
        assert state is not None
        self.programme: Programme = state
        self._fund(120_000)
        for line in LINES:
            self._allocate(line, 35_000)

    # Steps

    def step(self, step: Step) -> None:
        """One command, or a refusal that leaves everything as it was."""
        which, what, who, cents = step
        kind = what % 12
        alive = [dote for dote in self.doti if dote.state not in ENDS]
        if kind == 0 or not alive:
            self._request(who, cents)
        elif kind == 1:
            self._move_budget(which, who, cents)
        else:
            self._act(alive[which % len(alive)], what // 12, who, cents)
        self.check()

    def _request(self, who: int, cents: int) -> None:
        line = LINES[who % len(LINES)]
        operator = OPERATOR if line.partner == ROCCA else OPERATOR_SSALV
        dote_id = ident(0xE000 + len(self.doti))
        household_id = HOUSEHOLDS[cents % 2]
        asked = request(
            stamp(operator),
            dote_id=dote_id,
            number=f"DEMO-{len(self.doti)}",
            partner=line.partner,
            desk="Sportello",
            category=line.category,
            item="ITEM",
            household_id=household_id,
            amount_cents=1 + cents % 40_000,
            need="a need",
            urgent=False,
            policy_version=1,
        )
        self.states[dote_id] = []
        self.of_dote[dote_id] = Counter()
        self.tallies[dote_id] = Tally(line, household_id)
        self.doti.append(dote_history.evolve(None, asked))
        self._record(asked)
        self.states[dote_id].append((asked, self.doti[-1]))

    def _move_budget(self, which: int, who: int, cents: int) -> None:
        line, other = LINES[which % len(LINES)], LINES[who % len(LINES)]
        available = self.model[line, Account.AVAILABLE]
        match cents % 3:
            case 0:
                self._fund(1 + cents % 20_000)
            case 1:
                self._try(lambda: self._allocate(line, 1 + cents % 20_000))
            case _ if available:
                # What the source has is checked by who asks: the programme does not know it.
                self._try(lambda: self._transfer(line, other, 1 + cents % available))

    def _act(self, dote: Dote, what: int, who: int, cents: int) -> None:
        possible = [
            (action, allowed)
            for action in Action
            if (allowed := [known for known in CAST if refusal(dote, action, known) is None])
            for _ in range(WEIGHTS.get(action, 1))
        ]
        if not possible:
            return
        action, allowed = possible[what % len(possible)]
        first = CAST[who % len(CAST)]
        if first not in allowed:
            self._try(lambda: self._give(dote, action, first, cents))
        self._try(lambda: self._give(dote, action, allowed[who % len(allowed)], cents))

    def _try(self, command: Callable[[], None]) -> None:
        before = (len(self.log), self.balances.copy(), self.exposure.copy(), list(self.doti))
        try:
            command()
        except DomainError as refused:
            self.refused[type(refused)] += 1
            assert before == (len(self.log), self.balances, self.exposure, self.doti)

    def _give(self, dote: Dote, action: Action, by: Actor, cents: int) -> None:
        tally = self.tallies[dote.id]
        left = dote.undocumented_cents
        # Now and then a cent too much, now and then all that is left.
        part = left if cents % 3 == 0 and left else 1 + cents % (left + 1)
        parts = tally.tranches if action is Action.RETURN_DISBURSEMENT else tally.receipts
        n = 1 + cents % (len(parts) + (cents % 7 == 0) or 1)
        before = self.position(tally.line)
        amount = dote.votes[0].amount_cents if dote.votes and cents % 5 else 0
        amount = amount or 1 + cents % (dote.requested_cents + 1)
        tranche = dote.committed_cents if cents % 2 else 1 + cents % (dote.committed_cents + 1)
        command = {
            Action.ATTACH_DOCUMENT: commands.attach(file=a_file(cents % 7), by=by),
            Action.ASSESS: commands.assess(
                1 + cents % (dote.requested_cents + 1), favourable=cents % 9 > 0, by=by
            ),
            Action.APPROVE: commands.approve(
                amount,
                policy=BAND,
                line=before,
                exposure_cents=self.exposure[tally.household_id],
                by=by,
            ),
            Action.REJECT: commands.reject(by=by),
            Action.WITHDRAW: commands.withdraw(by=by),
            Action.REVOKE: commands.revoke(by=by),
            Action.DISBURSE: commands.disburse(tranche, by=by),
            Action.RETURN_DISBURSEMENT: commands.take_back(n, by=by),
            Action.RECORD_REFUND: commands.refund(part, by=by),
            Action.SUBMIT_RECEIPT: commands.submit(
                part, number=f"R{cents % 11}", file=a_file(cents % 11), by=by
            ),
            Action.ACCEPT_RECEIPT: commands.accept(n, by=by),
            Action.DISALLOW_RECEIPT: commands.disallow(n, by=by),
            Action.ACCOUNT_FOR: commands.account_for(by=by),
        }[action]
        event = command(dote)
        assert isinstance(event, d.DoteEvent)
        state = dote_history.evolve(dote, event)
        self.doti[self.doti.index(dote)] = state
        self.states[dote.id].append((event, state))
        self._record(event)
        amounts = {
            Action.APPROVE: amount,
            Action.DISBURSE: tranche,
            Action.RECORD_REFUND: part,
            Action.SUBMIT_RECEIPT: part,
        }
        self._follow(tally, action, amounts.get(action, 0), n)
        if isinstance(event, d.DoteApproved):
            assert event.before == before
            assert event.after == self.position(tally.line)
            granted = self.exposure[tally.household_id]
            assert event.household_after_cents == granted
            assert event.household_before_cents == granted - amount

    # The model

    def _follow(self, tally: Tally, action: Action, cents: int, n: int) -> None:
        match action:
            case Action.APPROVE:
                tally.votes += 1
                if cents <= BAND.single_approver_cents or tally.votes == 2:
                    tally.approved = cents
                    self._move(tally, Account.AVAILABLE, Account.COMMITTED, cents)
            case Action.WITHDRAW | Action.REVOKE:
                left = tally.committed
                self._move(tally, Account.COMMITTED, Account.AVAILABLE, left)
                tally.released += left
                tally.revoked = action is Action.REVOKE
            case Action.DISBURSE:
                tally.tranches.append(cents)
                self._move(tally, Account.COMMITTED, Account.DISBURSED, cents)
            case Action.RETURN_DISBURSEMENT:
                back = tally.tranches[n - 1]
                tally.bounced.add(n)
                tally.made_available += back if tally.revoked else 0
                target = Account.AVAILABLE if tally.revoked else Account.COMMITTED
                self._move(tally, Account.DISBURSED, target, back)
            case Action.RECORD_REFUND:
                tally.refunded += cents
                self._move(tally, Account.DISBURSED, Account.AVAILABLE, cents)
            case Action.SUBMIT_RECEIPT:
                tally.receipts.append(cents)
            case Action.ACCEPT_RECEIPT:
                tally.documented += tally.receipts[n - 1]
                self._move(tally, Account.DISBURSED, Account.DOCUMENTED, tally.receipts[n - 1])
            case Action.DISALLOW_RECEIPT:
                tally.disallowed += tally.receipts[n - 1]
                self._move(tally, Account.DISBURSED, Account.DISALLOWED, tally.receipts[n - 1])
            case _:
                pass

    def _move(self, tally: Tally, source: Account, target: Account, cents: int) -> None:
        self.model[tally.line, source] -= cents
        self.model[tally.line, target] += cents

    def _fund(self, cents: int) -> None:
        self._programme_event(self.programme.grant_funding(BY, "Demo foundation", cents))
        self.funded += cents
        self.model[None, Account.FUNDING] -= cents
        self.model[None, Account.UNALLOCATED] += cents

    def _allocate(self, line: BudgetLine, cents: int) -> None:
        self._programme_event(self.programme.allocate(BY, line, cents, "need"))
        self.allocated[line] += cents
        self.model[None, Account.UNALLOCATED] -= cents
        self.model[line, Account.AVAILABLE] += cents

    def _transfer(self, source: BudgetLine, target: BudgetLine, cents: int) -> None:
        self._programme_event(self.programme.transfer(BY, source, target, cents, "need"))
        self.allocated.subtract({source: cents})
        self.allocated[target] += cents
        self.model[source, Account.AVAILABLE] -= cents
        self.model[target, Account.AVAILABLE] += cents

    # What is under test

    def _programme_event(self, event: ProgrammeEvent) -> None:
        self.programme = programme.evolve(self.programme, event)
        self._record(event)

    def _record(self, event: Event) -> None:
        self.log.append(event)
        followed = {line: after(self.position(line), line, event) for line in LINES}
        moved = postings(event)
        assert sum(posting.cents for posting in moved) == 0
        for posting in moved:
            self.balances[posting.line, posting.account] += posting.cents
            if event.originator_id in self.of_dote:
                self.of_dote[event.originator_id][posting.account] += posting.cents
        assert followed == {line: self.position(line) for line in LINES}
        change = exposure_change(event)
        if change is not None:
            assert change.dote_id == event.originator_id
            self.exposure[change.household_id] += change.cents

    def position(self, line: BudgetLine) -> d.LinePosition:
        """What the ledger says of a line."""
        return d.LinePosition.model_validate(
            {f"{account}_cents": self.balances[line, account] for account in LINE_ACCOUNTS}
        )

    def check(self) -> None:
        """Everything that must hold at every position of the log."""
        assert self.balances == self.model
        assert self.balances.total() == 0
        assert self.balances[None, Account.FUNDING] == -self.funded == -self.programme.funded_cents
        unallocated = self.balances[None, Account.UNALLOCATED]
        assert unallocated == self.programme.unallocated_cents >= 0
        for line in LINES:
            on_line = {account: self.balances[line, account] for account in LINE_ACCOUNTS}
            assert min(on_line.values()) >= 0
            assert sum(on_line.values()) == self.allocated[line]
            doti = [dote for dote in self.doti if dote.line == line]
            for account, figure in FIGURES.items():
                assert on_line[account] == sum(figure(dote) for dote in doti)
        for household_id in HOUSEHOLDS:
            granted = [t.granted for t in self.tallies.values() if t.household_id == household_id]
            assert self.exposure[household_id] == sum(granted)
            assert min(granted, default=0) >= 0
        for dote in self.doti:
            self._check_dote(dote)

    def _check_dote(self, dote: Dote) -> None:
        tally = self.tallies[dote.id]
        assert dote.disbursed_cents == tally.paid
        assert dote.committed_cents == tally.committed
        assert (dote.documented_cents, dote.refunded_cents, dote.disallowed_cents) == (
            tally.documented,
            tally.refunded,
            tally.disallowed,
        )
        in_ledger = self.of_dote[dote.id]
        for account, figure in FIGURES.items():
            assert in_ledger[account] == figure(dote) >= 0
        assert in_ledger[Account.AVAILABLE] == -tally.granted
        if dote.state is State.ACCOUNTED_FOR:
            assert in_ledger[Account.DISBURSED] == 0
            assert (
                dote.documented_cents + dote.refunded_cents + dote.disallowed_cents
                == dote.disbursed_cents
                > 0
            )


FIGURES: dict[Account, Callable[[Dote], int]] = {
    Account.COMMITTED: lambda dote: dote.committed_cents,
    Account.DISBURSED: lambda dote: dote.undocumented_cents,
    Account.DOCUMENTED: lambda dote: dote.documented_cents,
    Account.DISALLOWED: lambda dote: dote.disallowed_cents,
}
"""What a dote says of itself and the ledger says of its line."""
