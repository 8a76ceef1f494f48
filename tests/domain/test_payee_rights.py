"""Who tells and confirms where a payee is paid had no part in what is paid to them, and is not too
near to them."""

from uuid import UUID

import pytest

from domain import payee
from domain.actors import Actor, Role
from domain.dote import Dote
from domain.errors import (
    ConfirmedByAnother,
    ConflictOfInterest,
    DomainError,
    Forbidden,
    IbanToldByParty,
    NothingToConfirm,
    PartInPaidDote,
)
from domain.events.dote import DoteEvent
from domain.lifecycle import Duty
from domain.payee import Payee
from domain.payee_rights import PayeeAction, Ties, is_told_by_party, refusal, signed
from tests.domain.facts import approved, assessed, disbursed, rejected, requested, returned, voted
from tests.domain.facts_paid import iban_changed, iban_confirmed, payee_registered
from tests.spec import (
    APPROVER,
    APPROVER_2,
    ASSESSOR,
    AUDITOR,
    COORDINATOR,
    DOTE,
    FINANCE,
    FINANCE_2,
    HOUSEHOLD,
    OPERATOR,
    OTHER_DOTE,
    OTHER_HOUSEHOLD,
    actor,
    delegate,
    given,
    ident,
)

ACTIONS: tuple[PayeeAction, ...] = ("change_iban", "confirm_iban", "dismiss_iban")
APPROVED: tuple[DoteEvent, ...] = (requested(), assessed(), approved())


def a_dote(*events: DoteEvent) -> Dote:
    first, *more = events
    return given(first, *more).state


def tied(*events: DoteEvent, near: tuple[Actor, ...] = ()) -> Ties:
    """A payee who is paid on one dote."""
    people = frozenset(who.account_id for who in near)
    return Ties([a_dote(*(events or APPROVED))], frozenset({HOUSEHOLD}), people)


def known(*, changed_by: Actor | None = None) -> Payee:
    changes = [] if changed_by is None else [iban_changed(by=changed_by)]
    found = payee.project(None, [payee_registered(), *changes])
    assert found is not None
    return found


def refused(
    action: PayeeAction, who: Actor, ties: Ties, changed_by: Actor = FINANCE
) -> DomainError | None:
    return refusal(known(changed_by=changed_by), action, who, ties)


def also_pays(who: Actor) -> Actor:
    """The same person, who holds the role of finance too."""
    return actor(who.account_id.int, *(grant.role for grant in who.grants), Role.FINANCE)


@pytest.mark.parametrize("action", ACTIONS)
def test_finance_tells_and_confirms(action: PayeeAction) -> None:
    assert refused(action, FINANCE_2, tied()) is None
    waiting = known(changed_by=FINANCE)
    assert signed(waiting, action, FINANCE_2, tied()).account_id == FINANCE_2.account_id
    assert isinstance(refused(action, AUDITOR, tied()), Forbidden)
    allowed = refused(action, COORDINATOR, tied()) is None
    assert allowed == (action != "change_iban")


def test_who_told_it_does_not_confirm_it_and_may_dismiss_it() -> None:
    for who in (FINANCE, delegate(0xB02, FINANCE, Role.FINANCE)):
        assert isinstance(refused("confirm_iban", who, tied()), ConfirmedByAnother)
        assert refused("dismiss_iban", who, tied()) is None


def test_there_is_nothing_to_confirm_or_to_dismiss_before() -> None:
    assert refusal(known(), "change_iban", FINANCE, tied()) is None
    for action in ACTIONS[1:]:
        assert isinstance(refusal(known(), action, FINANCE, tied()), NothingToConfirm)


@pytest.mark.parametrize("action", ["change_iban", "confirm_iban"])
@pytest.mark.parametrize(
    ("who", "done"),
    [(OPERATOR, Duty.REQUEST), (ASSESSOR, Duty.ASSESS), (APPROVER, Duty.APPROVE)],
)
def test_who_had_a_part_in_an_unpaid_dote_does_not(
    action: PayeeAction, who: Actor, done: Duty
) -> None:
    both = also_pays(who)
    for somebody in (
        both,
        delegate(0xB01, both, Role.FINANCE),
        delegate(who.account_id.int, FINANCE, Role.FINANCE),
    ):
        found = refused(action, somebody, tied(), FINANCE_2)
        assert isinstance(found, PartInPaidDote)
        assert found.facts == {"number": "2026-0001", "action": action, "done": done}


def test_a_vote_that_is_not_the_last_one_counts_too() -> None:
    ties = tied(requested(), assessed(), voted(by=APPROVER_2))
    assert isinstance(refused("change_iban", also_pays(APPROVER_2), ties), PartInPaidDote)


@pytest.mark.parametrize(
    "over",
    [
        (*APPROVED, disbursed(last=True)),
        (requested(), assessed(), voted(), rejected()),
    ],
    ids=["paid", "rejected"],
)
def test_what_is_paid_or_given_up_is_over(over: tuple[DoteEvent, ...]) -> None:
    for who in (OPERATOR, ASSESSOR, APPROVER):
        assert refused("change_iban", also_pays(who), tied(*over)) is None


def test_what_came_back_is_to_be_paid_again() -> None:
    ties = tied(*APPROVED, disbursed(last=True), returned())
    assert isinstance(refused("confirm_iban", also_pays(OPERATOR), ties), PartInPaidDote)


def test_what_somebody_told_who_has_a_part_is_not_confirmed() -> None:
    """They told it before, and requested then."""
    found = refused("confirm_iban", FINANCE_2, tied(), changed_by=also_pays(OPERATOR))
    assert isinstance(found, IbanToldByParty)
    assert found.facts == {"number": "2026-0001"}


def test_but_a_change_is_taken_back_by_whoever_finds_it_wrong() -> None:
    for who in (OPERATOR, APPROVER):
        both = also_pays(who)
        assert refused("dismiss_iban", both, tied(), changed_by=both) is None


@pytest.mark.parametrize("action", ACTIONS)
@pytest.mark.parametrize("about", [HOUSEHOLD, DOTE], ids=["household", "dote"])
def test_a_conflict_with_whom_it_is_paid_for_blocks(action: PayeeAction, about: UUID) -> None:
    cousin = actor(0xF01, Role.FINANCE, conflicts=[about])
    for who in (cousin, delegate(0xF02, cousin, Role.FINANCE)):
        found = refused(action, who, tied(*APPROVED, disbursed(last=True)))
        assert isinstance(found, ConflictOfInterest)
        assert found.facts == {"action": action}
    stranger = actor(0xF01, Role.FINANCE, conflicts=[OTHER_HOUSEHOLD, OTHER_DOTE])
    assert refused(action, stranger, tied()) is None


@pytest.mark.parametrize("action", ACTIONS)
def test_a_conflict_with_the_payee_blocks(action: PayeeAction) -> None:
    for who in (FINANCE_2, delegate(0xF02, FINANCE_2, Role.FINANCE)):
        assert isinstance(refused(action, who, tied(near=(FINANCE_2,))), ConflictOfInterest)
    assert refused(action, actor(0xF03, Role.FINANCE), tied(near=(FINANCE_2,))) is None


def test_one_s_own_role_is_used_where_what_was_delegated_is_barred() -> None:
    both = delegate(0xF02, also_pays(OPERATOR), Role.FINANCE, own=[Role.FINANCE])
    by = signed(known(changed_by=FINANCE), "confirm_iban", both, tied())
    assert (by.account_id, by.on_behalf_of) == (ident(0xF02), None)


def test_who_answers_for_an_account_is_remembered() -> None:
    registered = payee.project(None, [payee_registered()])
    confirmed = payee.project(None, [payee_registered(), iban_changed(), iban_confirmed()])
    assert registered is not None
    assert confirmed is not None
    assert registered.told_by == frozenset()
    assert confirmed.told_by == {FINANCE.account_id, FINANCE_2.account_id}
    dote = a_dote(*APPROVED)
    assert not is_told_by_party(dote, confirmed.told_by)
    assert is_told_by_party(dote, confirmed.told_by | {APPROVER.account_id})
