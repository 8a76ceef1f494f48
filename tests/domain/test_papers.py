"""Papers: which an approval needs, and asking the desk for more of them."""

from datetime import timedelta

import pytest

from domain.days import beginning_of
from domain.deadlines import clocks
from domain.dote import Dote
from domain.errors import DateInThePast, Forbidden, OutsideOwnPartner, PapersMissing, WrongState
from domain.events.dote import (
    ApprovalGiven,
    DocumentAttached,
    DocumentsProvided,
    DocumentsRequested,
    DoteApproved,
    DoteEvent,
    DoteRejected,
    DoteWithdrawn,
)
from domain.lifecycle import Action, Stage, State
from domain.permissions import offer
from domain.policy import Deadline, ItemRule, PaperRule
from tests.domain.commands import (
    approve,
    ask_for_papers,
    assess,
    attach,
    provide_papers,
    reject,
    withdraw,
)
from tests.domain.facts import (
    assessed,
    document,
    papers_provided,
    papers_requested,
    requested,
    voted,
)
from tests.spec import (
    APPROVER,
    ASSESSOR,
    FINANCE,
    NOW,
    OPERATOR,
    OPERATOR_2,
    OPERATOR_SSALV,
    START,
    TODAY,
    a_case,
    a_policy,
    at,
    days_after,
    given,
    noted,
)

ASSESSED: tuple[DoteEvent, ...] = (requested(), assessed())
PAPERS = (PaperRule(kind="contract"), PaperRule(kind="payslip", over_cents=20_000))
RULES = a_policy(single_approver_cents=25_000, items=(ItemRule(item="RENT", papers=PAPERS),))


# What an approval needs


def test_an_approval_needs_the_papers_of_its_amount() -> None:
    given(*ASSESSED).when(approve(policy=RULES)).then_refused(
        PapersMissing, kinds="contract, payslip"
    )
    history = given(*ASSESSED, document(1, "contract"))
    history.when(approve(policy=RULES)).then_refused(PapersMissing, kinds="payslip")
    history.when(approve(20_000, policy=RULES)).then(DoteApproved)
    given(*ASSESSED, document(1, "contract"), document(2, "payslip")).when(
        approve(policy=RULES)
    ).then(ApprovalGiven)


def test_a_paper_counts_until_its_last_day() -> None:
    for valid_until, missing in ((None, False), (TODAY, False), (days_after(-1), True)):
        paper = document(1, "contract", valid_until=valid_until)
        after = given(*ASSESSED, paper).when(approve(20_000, policy=RULES))
        if missing:
            after.then_refused(PapersMissing, kinds="contract")
        else:
            after.then(DoteApproved)


def test_a_newer_paper_takes_the_place_of_one_that_is_over() -> None:
    over = document(1, "contract", valid_until=days_after(-1))
    newer = document(2, "contract", valid_until=days_after(30))
    given(*ASSESSED, over, newer).when(approve(20_000, policy=RULES)).then(DoteApproved)


def test_a_paper_tells_its_last_day() -> None:
    dote = (
        given(requested())
        .when(attach("contract", valid_until=days_after(10)))
        .then(DocumentAttached, kind="contract", valid_until=days_after(10))
    )
    assert dote.documents[0].is_good(days_after(10))
    assert not dote.documents[0].is_good(days_after(11))


def test_missing_papers_are_told_beforehand() -> None:
    refused = offer(a_case(given(*ASSESSED).state, RULES), Action.APPROVE, APPROVER)
    assert isinstance(refused, PapersMissing)


# Asking for more


@pytest.mark.parametrize(
    ("events", "resumes"),
    [((requested(),), State.REQUESTED), (ASSESSED, State.ASSESSED)],
)
def test_papers_are_asked_for_and_it_goes_on_where_it_was(
    events: tuple[DoteEvent, ...], resumes: State
) -> None:
    asked = (
        given(*events)
        .when(ask_for_papers("contract", "payslip", what="both pages, signed"))
        .then(
            DocumentsRequested,
            kinds=("contract", "payslip"),
            what=noted("both pages, signed"),
            due=days_after(14),
        )
    )
    assert asked.state is State.DOCUMENT_REQUESTED
    assert asked.papers_asked is not None
    assert asked.papers_asked.due == days_after(14)
    answered = (
        given(*events, papers_requested())
        .when(provide_papers("both are there now"))
        .then(DocumentsProvided, note=noted("both are there now"))
    )
    assert answered.state is resumes
    assert answered.papers_asked is None


def test_papers_are_asked_for_again_and_again() -> None:
    given(requested(), papers_requested(), papers_provided()).when(ask_for_papers()).then(
        DocumentsRequested
    )
    given(requested(), papers_requested()).when(ask_for_papers()).then_refused(
        WrongState, state="document_requested"
    )


def test_the_answer_is_due_today_or_later() -> None:
    given(requested()).when(ask_for_papers(due=TODAY)).then(DocumentsRequested)
    given(requested()).when(ask_for_papers(due=days_after(-1))).then_refused(
        DateInThePast, field="due_date", value=days_after(-1).isoformat()
    )


def test_who_judges_or_decides_asks_and_the_desk_answers() -> None:
    for who in (ASSESSOR, APPROVER):
        given(*ASSESSED).when(ask_for_papers(by=who)).then(DocumentsRequested)
    for stranger in (OPERATOR, FINANCE):
        given(*ASSESSED).when(ask_for_papers(by=stranger)).then_refused(
            Forbidden, roles="approver, assessor"
        )
    history = given(*ASSESSED, papers_requested())
    history.when(provide_papers(by=OPERATOR_2)).then(DocumentsProvided)
    history.when(provide_papers(by=OPERATOR_SSALV)).then_refused(OutsideOwnPartner)
    history.when(provide_papers(by=ASSESSOR)).then_refused(Forbidden, roles="operator")


def test_nothing_is_answered_that_was_not_asked() -> None:
    given(requested()).when(provide_papers()).then_refused(
        WrongState, action="provide_documents", possible="document_requested"
    )


def test_who_asks_for_papers_carries_no_duty_by_it() -> None:
    asked = papers_requested(by=APPROVER)
    dote = (
        given(requested(), asked, papers_provided(), assessed()).when(approve()).then(DoteApproved)
    )
    assert dote.state is State.APPROVED


def test_votes_stand_while_papers_are_waited_for() -> None:
    two = a_policy(single_approver_cents=1)
    given(*ASSESSED, voted(), papers_requested(), papers_provided()).when(approve(policy=two)).then(
        DoteApproved
    )


def test_while_papers_are_waited_for_nothing_is_judged_or_decided() -> None:
    history = given(requested(), papers_requested())
    history.when(assess()).then_refused(WrongState, state="document_requested")
    history.when(approve()).then_refused(WrongState, state="document_requested")
    history.when(attach()).then(DocumentAttached)
    history.when(reject()).then(DoteRejected)
    history.when(withdraw()).then(DoteWithdrawn)


# The clock stands still

SLOW = a_policy(deadlines=(Deadline(stage=Stage.ASSESSMENT, days=10),))


def _asked(day: float) -> DoteEvent:
    return at(START + timedelta(days=day), papers_requested())


def _answered(day: float) -> DoteEvent:
    return at(START + timedelta(days=day), papers_provided())


def _due_after(dote: Dote) -> timedelta:
    (clock,) = clocks(a_case(dote, SLOW))
    assert clock.due is not None
    return clock.due - dote.created_at


def test_the_deadline_is_as_much_later_as_the_papers_took() -> None:
    assert _due_after(given(requested()).state) == timedelta(days=10)
    once = given(requested(), _asked(2), _answered(7)).state
    assert _due_after(once) == timedelta(days=10 + 5)
    twice = given(requested(), _asked(2), _answered(7), _asked(8), _answered(11)).state
    assert _due_after(twice) == timedelta(days=10 + 5 + 3)
    assert twice.stage_since == twice.created_at


def test_while_they_are_waited_for_only_the_answer_has_a_deadline() -> None:
    waiting = given(requested(), _asked(2)).state
    (clock,) = clocks(a_case(waiting, SLOW))
    assert clock.stage is Stage.DOCUMENTS
    assert clock.since == START + timedelta(days=2)
    assert clock.due is not None
    # Until the end of the day that was named.
    assert clock.due == beginning_of(days_after(15))
    assert clock.due - NOW < timedelta(days=15)


def test_the_next_stage_starts_its_own_clock() -> None:
    judged = given(requested(), _asked(2), _answered(7), at(NOW, assessed())).state
    assert (judged.stage_since, judged.paused) == (NOW, timedelta())
