"""Events around a dote as they stand in the log: of accounts, the programme and households."""

from typing import TypeVar

from domain.actors import Actor
from domain.events import account as a
from domain.events import programme as p
from domain.events.base import Event
from domain.events.household import HouseholdRegistered
from domain.events.programme import BudgetLine, PartnerRole
from domain.lifecycle import Stage
from domain.policy import Band, Cap, Deadline, ItemRule, PaperRule, Policy, UrgentPath
from domain.privacy import Private
from domain.programme import PROGRAMME_ID
from tests.spec import (
    APPROVER,
    APPROVER_2,
    COORDINATOR,
    HOUSEHOLD,
    HOUSING,
    LINE,
    OPERATOR,
    OTHER_LINE,
    ROCCA,
    START,
    TODAY,
    a_policy,
    days_after,
    ident,
    private,
    stamp,
)

EventT = TypeVar("EventT", bound=Event)

# What happened to an account


def _account(kind: type[EventT], who: Actor, /, **data: object) -> EventT:
    return kind.stamped(stamp(who, START), who.account_id, 1, **data)


def _own(who: Actor, text: str) -> Private:
    return private(text, who.account_id)


def delegated(by: Actor = APPROVER, to: Actor = APPROVER_2) -> a.RoleDelegated:
    """Somebody let another one act in their role."""
    return _account(
        a.RoleDelegated,
        by,
        delegation_id=ident(0xDE),
        to=to.account_id,
        role=by.grants[0].role,
        partner=ROCCA,
        since=TODAY,
        until=days_after(30),
        max_cents=20_000,
        reason=_own(by, "away in August"),
    )


def delegation_ended(by: Actor = APPROVER) -> a.DelegationEnded:
    """A delegation ended before its day."""
    return _account(a.DelegationEnded, by, delegation_id=ident(0xDE))


def conflict_declared(by: Actor = APPROVER) -> a.ConflictDeclared:
    """Somebody was too near to a payee."""
    return _account(
        a.ConflictDeclared,
        by,
        conflict_id=ident(0xCF),
        household_id=HOUSEHOLD,
        member=0,
        payee=Private.record(by.account_id, {"name": "the landlord", "iban": None}),
        reason=_own(by, "a cousin"),
    )


def conflict_lifted(by: Actor = COORDINATOR) -> a.ConflictLifted:
    """The conflict was over."""
    return _account(
        a.ConflictLifted, by, conflict_id=ident(0xCF), reason=_own(by, "the flat was sold")
    )


# What happened to the programme


def _programme(kind: type[EventT], /, **data: object) -> EventT:
    return kind.stamped(stamp(COORDINATOR, START), PROGRAMME_ID, 1, **data)


def opened() -> p.ProgrammeOpened:
    """The programme began."""
    return _programme(
        p.ProgrammeOpened,
        code="DEMO",
        name="Demo programme",
        subtitle=None,
        city="Torino",
        currency="EUR",
    )


def joined(code: str = ROCCA, role: PartnerRole = "desk") -> p.PartnerJoined:
    """A partner took part."""
    return _programme(p.PartnerJoined, code=code, name=f"Partner {code}", role=role, activity=None)


def desk_opened(partner: str = ROCCA) -> p.DeskOpened:
    """A partner opened its desk."""
    return _programme(p.DeskOpened, partner=partner, name=f"Desk {partner}")


def category_defined(code: str = HOUSING) -> p.CategoryDefined:
    """A category was defined."""
    return _programme(
        p.CategoryDefined, code=code, name=f"Category {code}", provider=None, health_data=False
    )


def item_defined(category: str = HOUSING, code: str = "RENT") -> p.ItemDefined:
    """An item was defined."""
    return _programme(p.ItemDefined, category=category, code=code, name=f"Item {code}")


def policy_adopted(version: int = 1, policy: Policy | None = None) -> p.PolicyAdopted:
    """A version of the rules came into force."""
    return _programme(p.PolicyAdopted, policy=policy or a_policy(version))


def full_policy() -> Policy:
    """Rules that say something about everything."""
    return a_policy(
        title="Rules of a test",
        items=(
            ItemRule(item="RENT", ceiling_cents=60_000, papers=(PaperRule(kind="contract"),)),
            ItemRule(item="BOOKS", papers=(PaperRule(kind="list", over_cents=5_000),)),
        ),
        bands=(
            Band(to_cents=15_000, household_to_cents=60_000),
            Band(over_cents=15_000, to_cents=60_000, approvers=2, different_partners=True),
            Band(
                over_cents=60_000,
                approvers=2,
                different_partners=True,
                coordinator=True,
                in_order=True,
            ),
        ),
        caps=(Cap(cents=150_000), Cap(category=HOUSING, days=180, cents=90_000)),
        deadlines=(
            Deadline(stage=Stage.ASSESSMENT, days=10, urgent_days=3),
            Deadline(stage=Stage.PAYMENT, days=15, escalate_days=0),
        ),
        remind_days=5,
        urgent=UrgentPath(to_cents=10_000, ratify_days=4, requester_may_assess=True),
        appeal_days=20,
    )


def funded(amount_cents: int = 1_000_000) -> p.FundingGranted:
    """A funder put money in."""
    return _programme(p.FundingGranted, funder="Demo foundation", amount_cents=amount_cents)


def allocated(amount_cents: int, line: BudgetLine = LINE) -> p.BudgetAllocated:
    """Money went to a budget line."""
    return _programme(
        p.BudgetAllocated, line=line, amount_cents=amount_cents, reason="first allocation"
    )


def transferred(amount_cents: int) -> p.BudgetTransferred:
    """Money went from a budget line to another."""
    return _programme(
        p.BudgetTransferred,
        source=LINE,
        target=OTHER_LINE,
        amount_cents=amount_cents,
        reason="more need there",
    )


# What happened to a household


def registered(partner: str = ROCCA) -> HouseholdRegistered:
    """A desk registered a household."""
    return HouseholdRegistered.stamped(
        stamp(OPERATOR, START),
        HOUSEHOLD,
        1,
        number="N-0001",
        partner=partner,
        district="Demo district",
        adults=1,
        minors=0,
        personal=private('{"members": []}'),
    )
