"""Delegating a role and ending that; declaring a conflict of interest and lifting it."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from domain import account, standing_in
from domain.account import Account
from domain.actors import Actor, Delegation, Grant, Role
from domain.errors import (
    DateInThePast,
    DelegatedOnly,
    DelegationOver,
    DelegationTooLong,
    DelegationToOneself,
    DomainError,
    EndsBeforeItBegins,
    Forbidden,
    HouseholdOrPayee,
    LiftedBefore,
    NotByOneself,
    NotDelegable,
    NotFound,
    OutsideOwnPartner,
    WrongStream,
)
from domain.events.account import (
    AccountEvent,
    ConflictDeclared,
    ConflictLifted,
    DelegationEnded,
    RoleDelegated,
)
from domain.events.household import HouseholdRegistered
from domain.privacy import Private, read_record
from tests.spec import (
    APPROVER,
    APPROVER_2,
    ASSESSOR,
    AUDITOR,
    COORDINATOR,
    HOUSEHOLD,
    OPERATOR,
    ROCCA,
    SSALV,
    TODAY,
    actor,
    days_after,
    ident,
    stamp,
)
from tests.spec import private as private_of

NEXT_MONTH = days_after(30)
GIVEN, DECLARED = ident(0xDE1), ident(0xC01)
COORDINATOR_2 = actor(0xA19, Role.COORDINATOR)
STAND_IN = Actor(
    ident(0xA1A),
    (Grant(Role.ASSESSOR), Grant(Role.APPROVER, None, Delegation(APPROVER.account_id, None, 100))),
)


def given(*events: AccountEvent) -> Account:
    """The approver's account after these events."""
    return account.project(APPROVER.account_id, events)


def delegated(until: date = NEXT_MONTH, to: Actor = ASSESSOR) -> RoleDelegated:
    """The approver lets somebody act for them."""
    return RoleDelegated.stamped(
        stamp(APPROVER),
        APPROVER.account_id,
        1,
        delegation_id=GIVEN,
        to=to.account_id,
        role=Role.APPROVER,
        partner=None,
        since=days_after(-30),
        until=until,
        max_cents=30_000,
        reason=private_of("ferie", APPROVER.account_id),
    )


def declared(whose: Actor = APPROVER) -> ConflictDeclared:
    """Somebody is too near to a household."""
    return ConflictDeclared.stamped(
        stamp(whose),
        whose.account_id,
        1,
        conflict_id=DECLARED,
        household_id=HOUSEHOLD,
        member=None,
        payee=None,
        reason=private_of("cugini", whose.account_id),
    )


def delegate(known: Account, **other: object) -> RoleDelegated:
    """The approver delegates until next month, with some of it otherwise."""
    asked: dict[str, Any] = {
        "to": ASSESSOR.account_id,
        "role": Role.APPROVER,
        "partner": None,
        "since": TODAY,
        "until": days_after(30),
        "max_cents": 30_000,
        "reason": "ferie",
        **other,
    }
    return standing_in.delegate(known, stamp(APPROVER), GIVEN, **asked)


def declare(known: Account, **other: object) -> ConflictDeclared:
    """The approver declares a conflict with nobody yet."""
    asked: dict[str, Any] = {
        "household_id": None,
        "member": None,
        "payee": None,
        "reason": "cugini",
        **other,
    }
    return standing_in.declare(known, stamp(APPROVER), DECLARED, **asked)


def registered() -> HouseholdRegistered:
    """An event of another stream."""
    return HouseholdRegistered.stamped(
        stamp(OPERATOR),
        HOUSEHOLD,
        1,
        number="N-1",
        partner=ROCCA,
        district=None,
        adults=1,
        minors=0,
        personal=private_of("{}"),
        notes=None,
    )


def refused(kind: type[DomainError], decide: Callable[[], object], **facts: object) -> None:
    """The decision is refused with exactly this class; the facts given are among its own."""
    with pytest.raises(DomainError) as raised:
        decide()
    assert type(raised.value) is kind
    assert facts.items() <= raised.value.facts.items()
    assert "{" not in str(raised.value)


# Delegating


def test_a_role_is_delegated_from_a_day_to_a_day_up_to_an_amount() -> None:
    event = delegate(given(), partner=ROCCA, until=days_after(365))
    assert (event.originator_id, event.originator_version) == (APPROVER.account_id, 1)
    assert (event.to, event.role, event.partner) == (ASSESSOR.account_id, Role.APPROVER, ROCCA)
    assert (event.since, event.until) == (TODAY, days_after(365))
    assert event.max_cents == 30_000
    assert event.reason == Private(APPROVER.account_id, "ferie")
    after = given(event)
    assert (after.version, after.delegation(GIVEN).ended) == (1, None)


def test_it_may_begin_in_the_past_and_last_one_day() -> None:
    assert delegate(given(), since=days_after(-3), until=TODAY).until == TODAY


def test_what_a_delegation_cannot_be() -> None:
    refused(DelegationToOneself, lambda: delegate(given(), to=APPROVER.account_id), field="to")
    refused(
        EndsBeforeItBegins,
        lambda: delegate(given(), since=days_after(2), until=days_after(1)),
        field="until",
    )
    refused(
        DateInThePast,
        lambda: delegate(given(), since=days_after(-9), until=days_after(-1)),
        field="until",
    )
    refused(DelegationTooLong, lambda: delegate(given(), until=days_after(366)), days_max=366)
    with pytest.raises(ValueError, match="max_cents"):
        delegate(given(), max_cents=0)


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.ADMIN, Role.SYSTEM])
def test_only_roles_that_take_steps_are_delegated(role: Role) -> None:
    who = actor(0xB01, role)
    refused(NotDelegable, lambda: standing_in.delegator(who, role, None), role=role)


def test_it_is_signed_with_the_role_that_is_delegated() -> None:
    both = Actor(ident(0xB02), (Grant(Role.ASSESSOR), Grant(Role.OPERATOR, ROCCA)), ROCCA)
    by = standing_in.delegator(both, Role.OPERATOR, None)
    assert (by.role, by.partner, by.works_for) == (Role.OPERATOR, ROCCA, ROCCA)
    assert standing_in.delegator(APPROVER, Role.APPROVER, SSALV).role is Role.APPROVER


def test_nobody_delegates_what_is_not_theirs() -> None:
    refused(
        Forbidden, lambda: standing_in.delegator(ASSESSOR, Role.APPROVER, None), roles="approver"
    )
    refused(
        OutsideOwnPartner,
        lambda: standing_in.delegator(OPERATOR, Role.OPERATOR, SSALV),
        partner=SSALV,
    )
    refused(DelegatedOnly, lambda: standing_in.delegator(STAND_IN, Role.APPROVER, None))
    only_delegated = Actor(ident(1), STAND_IN.grants[1:])
    refused(DelegatedOnly, lambda: account.own_signature(only_delegated))


# Ending


def test_a_delegation_ends_once() -> None:
    known = given(delegated())
    event = standing_in.end(known, stamp(APPROVER), GIVEN)
    assert isinstance(event, DelegationEnded)
    assert event.originator_version == 2
    after = account.evolve(known, event)
    assert after.delegation(GIVEN).ended == event
    refused(DelegationOver, lambda: standing_in.end(after, stamp(APPROVER), GIVEN))


def test_a_delegation_whose_days_are_over_does_not_end_again() -> None:
    known = given(delegated(until=days_after(-1)))
    refused(DelegationOver, lambda: standing_in.end(known, stamp(APPROVER), GIVEN))
    refused(NotFound, lambda: standing_in.end(known, stamp(APPROVER), DECLARED))


@pytest.mark.parametrize("who", [APPROVER, ASSESSOR, COORDINATOR])
def test_both_people_and_coordinators_end_it(who: Actor) -> None:
    assert standing_in.ender(who, delegated()).account_id == who.account_id


def test_others_do_not_end_it() -> None:
    refused(NotFound, lambda: standing_in.ender(APPROVER_2, delegated()))
    refused(Forbidden, lambda: standing_in.ender(AUDITOR, delegated()), action="end_delegation")


# Declaring


def test_a_conflict_is_with_a_household_or_its_member_or_a_payee() -> None:
    whole = declare(given(), household_id=HOUSEHOLD)
    assert (whole.household_id, whole.member, whole.payee) == (HOUSEHOLD, None, None)
    assert whole.reason == Private(APPROVER.account_id, "cugini")
    assert declare(given(), household_id=HOUSEHOLD, member=1).member == 1
    paid = declare(given(), payee={"name": "Ditta Inventata", "iban": None})
    assert isinstance(paid.payee, Private)
    assert read_record(paid.payee.text) == {"name": "Ditta Inventata", "iban": None}
    assert paid.payee.subject_id == APPROVER.account_id
    assert given(paid).conflict(DECLARED).lifted is None


def test_a_conflict_is_with_exactly_one() -> None:
    payee = {"name": "Ditta Inventata", "iban": None}
    refused(HouseholdOrPayee, lambda: declare(given()), field="household_id")
    refused(
        HouseholdOrPayee,
        lambda: declare(given(), household_id=HOUSEHOLD, payee=payee),
        field="household_id",
    )
    refused(HouseholdOrPayee, lambda: declare(given(), payee=payee, member=0), field="member")


# Lifting


def test_a_conflict_is_lifted_once() -> None:
    known = given(declared())
    event = standing_in.lift(known, stamp(COORDINATOR), DECLARED, "trasloco")
    assert isinstance(event, ConflictLifted)
    assert event.reason == Private(APPROVER.account_id, "trasloco")
    after = account.evolve(known, event)
    assert after.conflict(DECLARED).lifted == event
    refused(LiftedBefore, lambda: standing_in.lift(after, stamp(COORDINATOR), DECLARED, "ancora"))
    refused(NotFound, lambda: standing_in.lift(known, stamp(COORDINATOR), GIVEN, "trasloco"))


def test_only_a_coordinator_lifts_it() -> None:
    assert standing_in.lifter(COORDINATOR, declared()).role is Role.COORDINATOR
    refused(Forbidden, lambda: standing_in.lifter(APPROVER, declared()), action="lift_conflict")
    refused(Forbidden, lambda: standing_in.lifter(AUDITOR, declared()), roles="coordinator")
    refused(NotFound, lambda: standing_in.lifter(APPROVER_2, declared()))


def test_nobody_lifts_their_own_nor_lets_somebody_do_it_for_them() -> None:
    own = declared(COORDINATOR)
    refused(NotByOneself, lambda: standing_in.lifter(COORDINATOR, own))
    assert standing_in.lifter(COORDINATOR_2, own).account_id == COORDINATOR_2.account_id
    lent = Grant(Role.COORDINATOR, None, Delegation(COORDINATOR.account_id, None, 100))
    refused(NotByOneself, lambda: standing_in.lifter(Actor(ident(2), (lent,)), own))
    own_too = Actor(COORDINATOR_2.account_id, (lent, Grant(Role.COORDINATOR)))
    assert standing_in.lifter(own_too, own).on_behalf_of is None


# What happened


def test_an_account_has_its_own_events_only() -> None:
    assert given() == Account(APPROVER.account_id)
    with pytest.raises(WrongStream):
        account.evolve(given(), registered())
