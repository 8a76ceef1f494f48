"""A small network at work: commands chosen by numbers, beside a ledger of plain dicts.

The model follows the commands by the tables of the rules and knows no event: it moves what each
command must move, and so it can disagree with the postings.
"""

from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

from domain import dote_history, programme
from domain.actors import PEOPLE, Actor
from domain.case import Case, Help
from domain.dote import Dote
from domain.errors import DomainError
from domain.events import dote as d
from domain.events.base import Event
from domain.events.dote_values import LinePosition, Tranches
from domain.events.programme import BudgetLine, ProgrammeEvent
from domain.ledger import LINE_ACCOUNTS, Account, after, exposure_change, postings
from domain.lifecycle import TRANSITIONS, Action, State
from domain.permissions import refusal
from domain.programme import Programme
from domain.request import request
from domain.turns import turns
from tests.domain import facts, facts_around
from tests.domain.every_command import COMMANDS
from tests.domain.network import CAST, HOUSEHOLDS, LINES, RULES, WEIGHTS, is_urgent, votes_needed
from tests.domain.tally import FIGURES, Tally, goes_on, is_alive
from tests.spec import (
    COORDINATOR,
    NOW,
    OPERATOR,
    OPERATOR_SSALV,
    ROCCA,
    SSALV,
    About,
    a_case,
    a_file,
    actor,
    ident,
    in_order,
    stamp,
)

Step = tuple[int, int, int, int]
"""Which dote, which action, whose turn, how much: numbers, folded into what is possible."""

BY = stamp(COORDINATOR)

BY_HAND = [action for action in COMMANDS if TRANSITIONS[action].roles <= PEOPLE]

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
        first: list[ProgrammeEvent] = [
            facts_around.opened(),
            facts_around.joined(ROCCA),
            facts_around.joined(SSALV),
        ]
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
        alive = [dote for dote in self.doti if is_alive(dote)]
        if not alive or (kind == 0 and len(alive) < 5):
            self._request(who, cents)
        elif kind == 1:
            self._move_budget(which, who, cents)
        else:
            self._act(alive[which % len(alive)], which, what // 12, who, cents)
        self.check()

    def _request(self, who: int, cents: int) -> None:
        line = LINES[who % len(LINES)]
        operator = OPERATOR if line.partner == ROCCA else OPERATOR_SSALV
        dote_id = ident(0xE000 + len(self.doti))
        household_id = HOUSEHOLDS[who // 3 % 2]
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
            urgent=cents % 2 == 0,
            policy_version=1,
        )
        self.states[dote_id] = []
        self.of_dote[dote_id] = Counter()
        self.tallies[dote_id] = Tally(line, household_id, is_urgent(asked))
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

    def _act(self, dote: Dote, which: int, what: int, who: int, cents: int) -> None:
        case = self._case(dote)
        possible = [
            (action, allowed)
            for action in Action
            if (allowed := [known for known in CAST if refusal(case, action, known) is None])
            for _ in range(WEIGHTS.get(action, 2))
        ]
        first = CAST[who % len(CAST)]
        if what % 4 == 0:
            anyone = self.doti[which % len(self.doti)] if cents % 4 == 0 else dote
            self._try_anything(anyone, who, cents)
        elif possible:
            action, allowed = possible[what % len(possible)]
            if first not in allowed:
                self._try(lambda: self._give(dote, action, first, cents))
            if dote in self.doti:  # what is refused for one amount may be right for another
                by = allowed[who % len(allowed)]
                self._try(lambda: self._give(dote, action, by, cents))

    def _try_anything(self, dote: Dote, who: int, cents: int) -> None:
        """Whatever comes to somebody's mind who has the role for it."""
        here = [action for action in BY_HAND if dote.state in TRANSITIONS[action].sources]
        action = (here or BY_HAND)[who % len(here or BY_HAND)]
        fitting = [known for known in CAST if known.has_any(TRANSITIONS[action].roles)]
        self._try(lambda: self._give(dote, action, fitting[cents % len(fitting)], cents))

    def _case(self, dote: Dote) -> Case:
        """The dote as the rules see it: what other doti grant, and what is on its line."""
        tally = self.tallies[dote.id]
        helps = tuple(
            Help(other.line.category, NOW - timedelta(days=1), other.granted)
            for dote_id, other in self.tallies.items()
            if dote_id != dote.id and other.household_id == tally.household_id and other.granted
        )
        return a_case(dote, RULES, helps=helps, position=self.position(tally.line))

    def _try(self, command: Callable[[], None]) -> None:
        before = (len(self.log), self.balances.copy(), self.exposure.copy(), list(self.doti))
        try:
            command()
        except DomainError as refused:
            self.refused[type(refused)] += 1
            assert before == (len(self.log), self.balances, self.exposure, self.doti)

    def _give(self, dote: Dote, action: Action, by: Actor, cents: int) -> None:
        tally, case = self.tallies[dote.id], self._case(dote)
        words = self._words(dote, action, cents)
        about = About(policy=case.policy, helps=case.helps, position=case.position)
        event = COMMANDS[action](**words, by=by, **about)(dote)
        assert isinstance(event, d.DoteEvent)
        state = dote_history.evolve(dote, event)
        self._check_transition(dote, action, event, state)
        self.doti[self.doti.index(dote)] = state
        self.states[dote.id].append((event, state))
        self._record(event)
        self._follow(tally, action, words)
        self._check_turns(state)
        if isinstance(event, d.DoteApproved):
            assert event.before == case.position
            assert event.after == self.position(tally.line)
            granted = self.exposure[tally.household_id]
            assert event.household_after_cents == granted
            assert event.household_before_cents == granted - event.amount_cents

    def _words(self, dote: Dote, action: Action, cents: int) -> dict[str, Any]:
        """What the command says: now and then a cent too much, now and then all that is left."""
        tally, left, asked = self.tallies[dote.id], dote.undocumented_cents, dote.requested_cents
        part = left if cents % 3 == 0 and left else 1 + cents % (left + 1)
        match action:
            case Action.ATTACH_DOCUMENT:
                kind = "contract" if cents % 2 else "payslip"
                return {"kind": kind, "file": a_file(cents % 7)}
            case Action.ASSESS:
                proposed = asked if cents % 4 else 1 + cents % (asked + 1)
                return {"proposed_cents": proposed, "favourable": cents % 9 > 0}
            case Action.OVERRIDE_CAP:
                return {"amount_cents": 1 + cents % (asked + 1)}
            case Action.APPROVE:
                return self._vote(dote, cents)
            case Action.RATIFY:
                return {"ratified": cents % 3 == 0}
            case Action.DECIDE_APPEAL:
                return {"accepted": cents % 4 > 0}
            case Action.DISBURSE:
                whole = dote.committed_cents
                if tally.bounced and cents % 3 == 0:
                    return {"undo": 1 + cents % len(tally.tranches)}
                return {"amount_cents": whole if cents % 2 else 1 + cents % (whole + 1)}
            case Action.RETURN_DISBURSEMENT:
                n = 1 + cents % (len(tally.tranches) + (cents % 7 == 0) or 1)
                return {"n": n, "undo": cents % 3 == 0}
            case Action.RECORD_REFUND:
                if tally.refunded and cents % 3 == 1:
                    return {"amount_cents": 1 + cents % (tally.refunded + 1), "undo": True}
                return {"amount_cents": part}
            case Action.SUBMIT_RECEIPT:
                file = a_file(cents % 11)
                return {"amount_cents": part, "number": f"R{cents % 11}", "file": file}
            case Action.ACCEPT_RECEIPT | Action.DISALLOW_RECEIPT:
                return {"n": 1 + cents % (len(tally.receipts) + (cents % 7 == 0) or 1)}
        return {}

    def _vote(self, dote: Dote, cents: int) -> dict[str, Any]:
        asked = dote.requested_cents
        amount = asked if cents % 4 else 1 + cents % (asked + 1)
        planned: Tranches = ()
        if cents % 13 == 0 and amount > 1:
            planned = (facts.tranche(1), facts.tranche(amount - 1, days=30))
        if dote.votes and cents % 5:
            amount, planned = dote.votes[0].amount_cents, dote.tranches
        return {"amount_cents": amount, "tranches": planned}

    # The model

    def _follow(self, tally: Tally, action: Action, words: dict[str, Any]) -> None:
        cents, n = words.get("amount_cents", 0), words.get("n", 0)
        match action:
            case Action.APPROVE:
                tally.votes += 1
                if tally.votes == votes_needed(cents, urgent=tally.urgent):
                    tally.approved = cents
                    self._move(tally, Account.AVAILABLE, Account.COMMITTED, cents)
            case Action.DECIDE_APPEAL:
                tally.votes = 0
            case Action.WITHDRAW | Action.REVOKE:
                left = tally.committed
                self._move(tally, Account.COMMITTED, Account.AVAILABLE, left)
                tally.released += left
                tally.revoked = action is Action.REVOKE
            case Action.DISBURSE if "undo" in words:
                again = words["undo"]
                tally.bounced.remove(again)
                cents = tally.tranches[again - 1]
                self._move(tally, Account.COMMITTED, Account.DISBURSED, cents)
            case Action.DISBURSE:
                tally.tranches.append(cents)
                self._move(tally, Account.COMMITTED, Account.DISBURSED, cents)
            case Action.RETURN_DISBURSEMENT:
                back = tally.tranches[n - 1]
                tally.bounced.add(n)
                tally.made_available += back if tally.revoked else 0
                target = Account.AVAILABLE if tally.revoked else Account.COMMITTED
                self._move(tally, Account.DISBURSED, target, back)
            case Action.RECORD_REFUND if "undo" in words:
                tally.refunded -= cents
                self._move(tally, Account.AVAILABLE, Account.DISBURSED, cents)
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

    def _check_transition(
        self, before: Dote, action: Action, event: d.DoteEvent, after: Dote
    ) -> None:
        """The table tells what comes of a step, and where it leads."""
        rule = TRANSITIONS[action]
        assert type(event).__name__ in rule.events
        assert event.by.role in rule.roles
        assert before.state in rule.sources
        assert after.state in {before.state, *rule.leads_to(before.state)}

    def _check_turns(self, dote: Dote) -> None:
        """As long as it goes on it is somebody's turn, and somebody new can take the step."""
        case = self._case(dote)
        found = turns(case)
        assert bool(found) is goes_on(dote)
        for turn in found:
            for role in turn.roles:
                new = actor(0xAFF, role, works_for="NEWCOMER")
                assert refusal(case, turn.action, new) is None, turn

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

    def position(self, line: BudgetLine) -> LinePosition:
        """What the ledger says of a line."""
        return LinePosition.model_validate(
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
