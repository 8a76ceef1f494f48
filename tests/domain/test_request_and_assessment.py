"""Asking for a dote, its papers, and the judgement on it."""

import pytest

from domain.actors import Actor, Grant, Role, Signature
from domain.errors import (
    AmountTooHigh,
    Duplicate,
    Forbidden,
    NothingProposed,
    OutsideOwnPartner,
    WrongState,
)
from domain.events.dote import DocumentAttached, DoteAssessed, DoteRequested
from domain.lifecycle import Action, Duty, State
from domain.permissions import refusal, sign
from domain.privacy import Private
from domain.request import request
from domain.turns import waiting_for
from tests.domain.commands import assess, attach
from tests.domain.facts import (
    approved,
    assessed,
    disbursed,
    document,
    rejected,
    requested,
    withdrawn,
)
from tests.domain.facts_of_receipts import accounted_for
from tests.spec import (
    ASSESSOR,
    AUDITOR,
    DOTE,
    HOUSEHOLD,
    HOUSING,
    NOW,
    OPERATOR,
    OPERATOR_2,
    OPERATOR_SSALV,
    ROCCA,
    SSALV,
    a_case,
    a_file,
    given,
    ident,
    noted,
    sha256,
    stamp,
    when_new,
)


def ask(
    amount_cents: int = 30_000, *, urgent: bool = False, number: str = "2026-0007"
) -> DoteRequested:
    return request(
        stamp(OPERATOR),
        dote_id=DOTE,
        number=number,
        partner=ROCCA,
        desk="Sportello",
        category=HOUSING,
        item="RENT",
        household_id=HOUSEHOLD,
        amount_cents=amount_cents,
        need="two months of rent",
        urgent=urgent,
        policy_version=3,
    )


def test_a_request_begins_the_dote() -> None:
    dote = when_new(lambda: ask(urgent=True)).then(
        DoteRequested,
        originator_id=DOTE,
        at=NOW,
        by=stamp(OPERATOR).by,
        number="2026-0007",
        partner=ROCCA,
        category=HOUSING,
        item="RENT",
        household_id=HOUSEHOLD,
        amount_cents=30_000,
        need=noted("two months of rent"),
        urgent=True,
        policy_version=3,
    )
    assert dote.state is State.REQUESTED
    assert dote.version == 1
    assert dote.requested_cents == 30_000
    assert dote.approved_cents == dote.committed_cents == dote.undocumented_cents == 0
    assert dote.people == {Duty.REQUEST: {OPERATOR.account_id}}
    assert dote.created_at == dote.changed_at == NOW
    assert waiting_for(a_case(dote)) == {Role.ASSESSOR}


@pytest.mark.parametrize("amount_cents", [0, -1, 10**12 + 1, 2**63])
def test_a_request_is_for_an_amount(amount_cents: int) -> None:
    when_new(lambda: ask(amount_cents)).then_invalid("amount_cents")


def test_a_request_has_a_number() -> None:
    when_new(lambda: ask(number="  ")).then_invalid("number")


def test_only_operators_of_the_partner_request() -> None:
    signature = sign(Action.REQUEST, OPERATOR, ROCCA)
    assert signature == Signature(account_id=OPERATOR.account_id, role=Role.OPERATOR, partner=ROCCA)
    with pytest.raises(OutsideOwnPartner) as outside:
        sign(Action.REQUEST, OPERATOR_SSALV, ROCCA)
    assert outside.value.facts == {"partner": ROCCA}
    with pytest.raises(Forbidden) as forbidden:
        sign(Action.REQUEST, AUDITOR, ROCCA)
    assert forbidden.value.facts == {"action": "request", "roles": "operator"}


def test_a_signature_names_the_grant_that_reaches_the_dote() -> None:
    of_two_desks = Actor(ident(1), (Grant(Role.OPERATOR, SSALV), Grant(Role.OPERATOR, ROCCA)))
    assert sign(Action.REQUEST, of_two_desks, ROCCA).partner == ROCCA
    assert sign(Action.REQUEST, of_two_desks, SSALV).partner == SSALV


def test_a_dote_is_requested_once() -> None:
    dote = given(requested()).state
    assert isinstance(refusal(a_case(dote), Action.REQUEST, OPERATOR), WrongState)


# Papers


def test_a_paper_joins_the_file() -> None:
    file = a_file(7)
    dote = (
        given(requested(), document(1))
        .when(attach("payslip", file=file, by=OPERATOR_2))
        .then(
            DocumentAttached,
            n=2,
            kind="payslip",
            sha256=sha256(7),
            media_type=file.media_type,
            size_bytes=file.size_bytes,
            file=Private.record(HOUSEHOLD, {"name": file.name}),
        )
    )
    assert [paper.n for paper in dote.documents] == [1, 2]
    assert dote.state is State.REQUESTED


def test_a_paper_joins_as_long_as_the_dote_is_open() -> None:
    given(requested(), assessed()).when(attach()).then(DocumentAttached, n=1)
    given(requested(), assessed(), approved()).when(attach()).then(DocumentAttached, n=1)


def test_the_same_paper_joins_once() -> None:
    given(requested(), document(1)).when(attach(file=a_file(1))).then_refused(
        Duplicate, what=f"document {sha256(1)[:12]}"
    )


def test_no_paper_joins_a_file_that_is_paid_or_over() -> None:
    for history in (
        given(requested(), rejected()),
        given(requested(), withdrawn()),
        given(requested(), assessed(), approved(), disbursed()),
        given(requested(), assessed(), approved(), disbursed(), accounted_for()),
    ):
        history.when(attach()).then_refused(
            WrongState, action="attach_document", state=history.state.state
        )


def test_papers_come_from_operators_of_the_partner() -> None:
    given(requested()).when(attach(by=OPERATOR_SSALV)).then_refused(
        OutsideOwnPartner, partner=ROCCA
    )
    given(requested()).when(attach(by=ASSESSOR)).then_refused(Forbidden, roles="operator")


def test_a_paper_has_a_plain_kind() -> None:
    given(requested()).when(attach("<script>")).then_invalid("kind")


# Assessment


def test_a_favourable_assessment_proposes_an_amount() -> None:
    dote = (
        given(requested(30_000, policy_version=3))
        .when(assess(25_000, note="rent is overdue"))
        .then(
            DoteAssessed,
            favourable=True,
            proposed_cents=25_000,
            note=noted("rent is overdue"),
            policy_version=3,
        )
    )
    assert dote.state is State.ASSESSED
    assert dote.favourable is True
    assert dote.proposed_cents == 25_000
    assert dote.people[Duty.ASSESS] == {ASSESSOR.account_id}
    assert waiting_for(a_case(dote)) == {Role.APPROVER}


def test_an_unfavourable_assessment_proposes_nothing() -> None:
    dote = (
        given(requested(30_000))
        .when(assess(10_000, favourable=False))
        .then(DoteAssessed, favourable=False, proposed_cents=0, note=None)
    )
    assert dote.favourable is False


def test_at_most_what_was_requested_is_proposed() -> None:
    given(requested(30_000)).when(assess(30_000)).then(DoteAssessed, proposed_cents=30_000)
    given(requested(30_000)).when(assess(30_001)).then_refused(
        AmountTooHigh, field="proposed_cents", left_cents=30_000
    )


def test_a_proposal_is_not_below_zero() -> None:
    given(requested()).when(assess(-1)).then_invalid("proposed_cents")


def test_a_dote_is_assessed_once() -> None:
    given(requested(), assessed()).when(assess()).then_refused(
        WrongState, action="assess", state="assessed", possible="requested"
    )


def test_assessors_assess() -> None:
    given(requested()).when(assess(by=OPERATOR)).then_refused(
        Forbidden, action="assess", roles="assessor"
    )


def test_a_favourable_judgement_proposes_something() -> None:
    given(requested(30_000)).when(assess(0)).then_refused(NothingProposed, field="proposed_cents")
    given(requested(30_000)).when(assess(0, favourable=False)).then(DoteAssessed, proposed_cents=0)
