"""Random commands under changing rules: caps, several approvers, delegates, papers and appeals.

Beside the ledger of `test_model` this model counts, for each dote, the rules of its request, and
for each household what it was granted, from nothing but the doti themselves.
"""

from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import replace
from typing import ClassVar
from uuid import UUID

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import initialize, rule, run_state_machine_as_test

from domain.actors import Actor, Delegation, Grant, Role
from domain.dote import Dote
from domain.errors import DomainError
from domain.events.programme import BudgetLine
from domain.lifecycle import Duty, State
from domain.policy import Band, Cap, Rules, UrgentPath
from tests.register import LINE, person
from tests.workflows.test_model import CENTS, LINES, WHICH, Register
from workflows import appeals, approval, papers
from workflows.commands import (
    DecideAppeal,
    LodgeAppeal,
    OverrideCap,
    ProvideDocuments,
    Ratify,
    RequestDocuments,
)

LOW_CENTS, HIGH_CENTS, CAP_CENTS, DELEGATED_CENTS = 6_000, 14_000, 25_000, 9_000

STRICT = Rules(
    bands=(
        Band(to_cents=LOW_CENTS, household_to_cents=12_000),
        Band(over_cents=LOW_CENTS, to_cents=HIGH_CENTS, approvers=2, different_partners=True),
        Band(
            over_cents=HIGH_CENTS,
            approvers=2,
            different_partners=True,
            coordinator=True,
            in_order=True,
        ),
    ),
    caps=(Cap(days=365, cents=CAP_CENTS), Cap(category="EMERGENZA", days=30, cents=CAP_CENTS)),
    urgent=UrgentPath(to_cents=LOW_CENTS, ratify_days=3, requester_may_assess=True),
)
LOOSE = Rules(bands=(Band(approvers=1),))
OF_VERSION = {2: STRICT, 3: LOOSE, 4: STRICT}


def votes_wanted(rules: Rules, cents: int, household_cents: int) -> int:
    """The bands once more, told from the other end."""
    if rules is LOOSE:
        return 1
    if cents > HIGH_CENTS:
        return 3
    return 1 if cents <= LOW_CENTS and household_cents <= 12_000 else 2


class Ruled(Register):
    """The register of `test_model`, with households that come back and rules that change.

    `seen`: what came up in all runs together, so that the model is not about nothing.
    """

    seen: ClassVar[Counter[str]] = Counter()

    def __init__(self) -> None:
        super().__init__()
        people = self.real.people
        self.first = replace(people.approver, works_for="ROCCA")
        self.second = replace(people.approver2, works_for="SSALV")
        for_first = Delegation(self.first.account_id, "ROCCA", DELEGATED_CENTS)
        for_second = Delegation(self.second.account_id, "SSALV", DELEGATED_CENTS)
        self.delegate = Actor(
            person(Role.AUDITOR).account_id, (Grant(Role.APPROVER, None, for_first),), "MIRAF"
        )
        # The second approver may also act for the first one, and the first's delegate for both.
        self.both = Actor(
            self.second.account_id, (*self.second.grants, Grant(Role.APPROVER, None, for_first))
        )
        self.finance_too = Actor(
            people.finance.account_id,
            (*people.finance.grants, Grant(Role.APPROVER, None, for_second)),
            "SSALV",
        )
        self.voters = (
            self.first,
            self.second,
            people.coordinator,
            self.delegate,
            self.both,
            self.finance_too,
            replace(person(Role.APPROVER), works_for="MIRAF"),
            replace(person(Role.APPROVER), works_for="ROCCA"),
        )
        self.households: dict[BudgetLine, list[UUID]] = defaultdict(list)
        self.requested_for: dict[UUID, list[UUID]] = defaultdict(list)
        self.overrides: dict[UUID, int] = {}
        self.versions = 1

    @initialize(first=CENTS, second=CENTS)
    def open(self, first: int, second: int) -> None:
        super().open(first + 60_000, second + 60_000)
        self.adopt()

    @rule(cents=CENTS, voters=st.permutations(range(8)))
    def decide(self, cents: int, voters: list[int]) -> None:
        """A whole decision at once: chance alone seldom gets that far."""
        which = self.assessed(cents)
        for voter in voters:
            self.approve(which, voter, 1)

    def assessed(self, cents: int) -> int:
        """A new dote that waits for its votes; its place."""
        self.request(cents, first=cents % 2 == 0)
        which = len(self.doti) - 1
        self.assess(which)
        return which

    @rule()
    def adopt(self) -> None:
        if self.versions < max(OF_VERSION):
            self.versions += 1
            self.real.adopt(OF_VERSION[self.versions])

    @rule(cents=CENTS, first=st.booleans())
    def request(self, cents: int, first: bool) -> None:
        line = LINES[first]
        people = self.real.people
        operator = people.operator if line == LINE else people.operator_ssalv
        known = self.households[line]
        if len(known) < 2:
            known.append(self.real.household(operator))
        household = known[cents % len(known)]
        dote_id = self.real.request(household, cents, line)
        self.doti.append((dote_id, line))
        self.requested_for[household].append(dote_id)

    @rule(which=WHICH, voter=st.integers(min_value=0, max_value=7), part=st.integers(1, 3))
    def approve(self, which: int, voter: int, part: int) -> None:
        if (found := self.pick(which)) is None:
            return
        dote_id, line = found
        known = self.real.register.dote(dote_id)
        total = self.granted(known.household_id)
        cents = known.votes[0].amount_cents if known.votes else known.requested_cents // part or 1
        who = self.voters[voter]
        if not self.attempt(lambda: self.real.approve(dote_id, cents, who)):
            return
        self.check_vote(self.real.register.dote(dote_id), cents, total)
        if self.real.register.dote(dote_id).state is State.APPROVED:
            self.move(line, "available", "committed", cents)

    def check_vote(self, dote: Dote, cents: int, household_cents: int) -> None:
        """What no vote may get past."""
        rules = OF_VERSION.get(dote.policy_version)
        people = [person for vote in dote.votes for person in vote.by.people]
        assert len(people) == len(set(people)), "somebody's vote counts twice"
        apart = [dote.people.get(duty, frozenset()) for duty in (Duty.REQUEST, Duty.ASSESS)]
        assert all(not set(people) & others for others in apart)
        if any(vote.by.on_behalf_of for vote in dote.votes):
            assert cents <= DELEGATED_CENTS
        if rules is STRICT and cents > self.overrides.get(dote.id, 0):
            assert household_cents + cents <= CAP_CENTS
        if rules is not None:
            wanted = votes_wanted(rules, cents, household_cents + cents)
            assert (dote.state is State.APPROVED) == (len(dote.votes) >= wanted)

    def attempt(self, act: Callable[[], object]) -> bool:
        try:
            act()
        except DomainError as refused:
            self.seen[type(refused).__name__] += 1
            return False
        return True

    def compare(self) -> None:
        super().compare()
        self.seen.update(type(logged.event).__name__ for logged in self.real.log.follow())

    def granted(self, household_id: UUID) -> int:
        """What a household was granted, told by its doti."""
        doti = self.requested_for[household_id]
        return sum(_granted(self.real.register.dote(dote_id)) for dote_id in doti)

    @rule(cents=CENTS, voters=st.permutations(range(8)))
    def override(self, cents: int, voters: list[int]) -> None:
        """For a household that has had much already."""
        self.decide(cents, voters)
        self.decide(cents, voters)
        which = self.assessed(cents)
        dote_id = self.doti[which][0]
        command = OverrideCap(amount_cents=cents, reason="prova")
        chief = self.real.people.coordinator
        if self.attempt(
            lambda: self.real.run(chief, lambda w: approval.override_cap(w, dote_id, command))
        ):
            self.overrides[dote_id] = cents
        for voter in voters:
            self.approve(which, voter, 1)

    @rule(cents=CENTS, answer=st.booleans())
    def ask_for_papers(self, cents: int, answer: bool) -> None:
        dote_id, line = self.doti[self.assessed(cents)]
        people = self.real.people
        operator = people.operator if line == LINE else people.operator_ssalv
        before = self.real.register.dote(dote_id)
        ask = RequestDocuments(what="manca il contratto")
        if before.state is not State.DOCUMENT_REQUESTED and not self.attempt(
            lambda: self.real.run(
                people.assessor, lambda w: papers.request_documents(w, dote_id, ask)
            )
        ):
            return
        if answer:
            give = ProvideDocuments()
            self.real.run(operator, lambda w: papers.provide_documents(w, dote_id, give))
            assert self.real.register.dote(dote_id).papers_asked is None

    @rule(cents=CENTS, accepted=st.booleans())
    def appeal(self, cents: int, accepted: bool) -> None:
        which = self.assessed(cents)
        dote_id, line = self.doti[which]
        self.give_up(which, "reject")
        people = self.real.people
        operator = people.operator if line == LINE else people.operator_ssalv
        lodge = LodgeAppeal(reason="prova")
        self.attempt(
            lambda: self.real.run(operator, lambda w: appeals.lodge_appeal(w, dote_id, lodge))
        )
        decide = DecideAppeal(accepted=accepted, reason="prova")
        done = self.attempt(
            lambda: self.real.run(
                people.coordinator, lambda w: appeals.decide_appeal(w, dote_id, decide)
            )
        )
        if done:
            state = self.real.register.dote(dote_id).state
            assert (state is State.REJECTED) == (not accepted)

    @rule(which=WHICH, ratified=st.booleans())
    def ratify(self, which: int, ratified: bool) -> None:
        if (found := self.pick(which)) is None:
            return
        dote_id = found[0]
        command = Ratify(ratified=ratified)
        before = self.real.register.dote(dote_id)
        if self.attempt(
            lambda: self.real.run(self.second, lambda w: approval.ratify(w, dote_id, command))
        ):
            assert before.needs_ratification
            assert self.second.account_id not in {vote.by.account_id for vote in before.votes}


def _granted(dote: Dote) -> int:
    given_up = dote.state in (State.REVOKED, State.WITHDRAWN)
    return (dote.disbursed_cents if given_up else dote.approved_cents) - dote.refunded_cents


@pytest.mark.slow
def test_the_register_agrees_with_the_model_under_changing_rules(postgres_url: str) -> None:
    Ruled.postgres_url = postgres_url
    run_state_machine_as_test(
        Ruled,
        settings=settings(
            max_examples=25,
            stateful_step_count=60,
            deadline=None,
            derandomize=True,
            suppress_health_check=list(HealthCheck),
        ),
    )
    assert Ruled.seen.keys() >= {
        "AppealDecided",
        "ApprovalGiven",
        "CapOverridden",
        "DocumentsProvided",
        "DoteApproved",
        "DoteDisbursed",
        "CoordinatorNotAsked",
        "DelegationTooSmall",
        "HouseholdCapExceeded",
        "PartnerVoted",
        "SegregationOfDuties",
    }, Ruled.seen
