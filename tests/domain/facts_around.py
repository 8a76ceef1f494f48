"""Events around a dote as they stand in the log: of the programme, households and finance."""

from typing import Any, TypeVar
from uuid import UUID

from domain.actors import Actor
from domain.bank_columns import Mapping
from domain.events import household as h
from domain.events import programme as p
from domain.events.area import Area
from domain.events.base import Event
from domain.events.household import HouseholdRegistered
from domain.events.programme import BudgetLine, PartnerRole
from domain.events.redaction import PaperRedacted
from domain.events.rendiconto import RendicontoFrozen, RendicontoWithdrawn
from domain.funding_rules import Column
from domain.lifecycle import Stage
from domain.policy import Band, Cap, Deadline, ItemRule, PaperRule, Policy, UrgentPath
from domain.privacy import Private, notes_of
from domain.programme import PROGRAMME_ID
from domain.redaction import redaction_id
from domain.retention import Retention
from tests.spec import (
    COORDINATOR,
    DOTE,
    FINANCE,
    HOUSEHOLD,
    HOUSING,
    LINE,
    OPERATOR,
    OTHER_HOUSEHOLD,
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

PAYEE = ident(0x9A)


def _programme(kind: type[EventT], by: Actor = COORDINATOR, /, **data: object) -> EventT:
    return kind.stamped(stamp(by, START), PROGRAMME_ID, 1, **data)


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


def retention_adopted() -> p.RetentionAdopted:
    """How long things are kept was decided."""
    return _programme(p.RetentionAdopted, retention=Retention(notes_months=12))


def bank_account_opened() -> p.BankAccountOpened:
    """The programme has an account at a bank."""
    return _programme(
        p.BankAccountOpened, code="CONTO", name="Conto doti", iban="IT60X0542811101000000123456"
    )


def bank_columns_saved(name: str = "Estratto web") -> p.BankColumnsSaved:
    """Tables of the account are read so."""
    columns = Mapping(
        0, 2, value_on=1, remittance=(3,), titles=("Data", "Valuta", "Importo", "Note")
    )
    return _programme(p.BankColumnsSaved, account="CONTO", name=name, columns=columns)


def bank_columns_removed() -> p.BankColumnsRemoved:
    """They are not read so any more."""
    return _programme(p.BankColumnsRemoved, account="CONTO", name="Estratto web")


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


def close_asked(month: str = "2026-02", by: Actor = FINANCE) -> p.PeriodCloseAsked:
    """Somebody wants a month to be closed."""
    return _programme(p.PeriodCloseAsked, by, period=month, reason="all is reconciled")


def closed(month: str = "2026-02", by: Actor = COORDINATOR) -> p.PeriodClosed:
    """Somebody else closed it."""
    return _programme(
        p.PeriodClosed,
        by,
        period=month,
        reason="checked",
        asked_by=close_asked().by,
        trial_balance=(
            p.Balance(partner=None, category=None, account="funding", cents=-30_000),
            p.Balance(partner=ROCCA, category=HOUSING, account="available", cents=30_000),
        ),
        log_size=7,
        root="5e" * 32,
    )


def reopen_asked(month: str = "2026-02", by: Actor = FINANCE) -> p.PeriodReopenAsked:
    """Somebody wants it to be open again."""
    return _programme(p.PeriodReopenAsked, by, period=month, reason="a line was forgotten")


def reopened(month: str = "2026-02", by: Actor = COORDINATOR) -> p.PeriodReopened:
    """Somebody else opened it."""
    return _programme(
        p.PeriodReopened,
        by,
        period=month,
        reason="true",
        asked_by=reopen_asked().by,
    )


def funder_rules_adopted(**rules: Any) -> p.FunderRulesAdopted:  # noqa: ANN401  any rule
    """A funder asks for something."""
    usual: dict[str, Any] = {
        "categories": (HOUSING,),
        "items": ("ITEM",),
        "paid_from": days_after(-90),
        "paid_until": days_after(90),
        "receipts_until": days_after(120),
        "papers": ("invoice",),
        "cup": "C19J26000010001",
        "wording": "With the support of the demo foundation.",
        "columns": (Column(name="receipt_no", title="N."), Column(name="admitted")),
    }
    return _programme(
        p.FunderRulesAdopted, funder="Demo foundation", version=1, rules=usual | rules
    )


def rendiconto_frozen() -> RendicontoFrozen:
    """An account was handed in."""
    return RendicontoFrozen.stamped(
        stamp(FINANCE, START),
        ident(0x4EAD),
        1,
        number="R-2026-0002",
        first_day=days_after(-90),
        last_day=TODAY,
        partner=ROCCA,
        funder="Demo foundation",
        rules_version=1,
        log_size=40,
        root="5e" * 32,
        earlier=(ident(0x4EAC),),
        fingerprint="f1" * 32,
        rows=3,
        documented_cents=30_000,
        admitted_cents=20_000,
    )


def rendiconto_withdrawn() -> RendicontoWithdrawn:
    """It was wrong, and somebody else said so."""
    return RendicontoWithdrawn.stamped(
        stamp(COORDINATOR, START),
        ident(0x4EAD),
        2,
        reason="The wrong months.",
        last_number="R-2026-0003",
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
        notes=Private.record(notes_of(HOUSEHOLD), {"hardships": ["rent"]}),
    )


def _household(kind: type[EventT], version: int = 2, /, **data: object) -> EventT:
    return kind.stamped(stamp(OPERATOR, START), HOUSEHOLD, version, **data)


def member_added(*, is_minor: bool = False) -> h.MemberAdded:
    """One more person belongs to it."""
    member = Private.record(HOUSEHOLD, {"given_name": "Fiorella", "family_name": "Esempio"})
    return _household(h.MemberAdded, member=member, is_minor=is_minor)


def recorded() -> h.PersonalDataRecorded:
    """What is known of it was written anew."""
    return _household(
        h.PersonalDataRecorded,
        district="Other district",
        adults=2,
        minors=1,
        personal=private('{"members": []}'),
        notes=Private.record(notes_of(HOUSEHOLD), {"hardships": ["food"]}),
    )


def merged(into: UUID = OTHER_HOUSEHOLD) -> h.HouseholdMerged:
    """It is the same as another one."""
    return _household(h.HouseholdMerged, into=into, reason=private("the same tax code"))


def unmerged(into: UUID = OTHER_HOUSEHOLD) -> h.HouseholdUnmerged:
    """It is another one after all."""
    return _household(h.HouseholdUnmerged, 3, into=into, reason=private("a cousin"))


def erasure_asked(by: Actor = OPERATOR) -> h.ErasureAsked:
    """Somebody asked for the erasure."""
    return h.ErasureAsked.stamped(stamp(by, START), HOUSEHOLD, 2, reason=private("they ask for it"))


def erasure_declined() -> h.ErasureDeclined:
    """The erasure was declined."""
    return _household(h.ErasureDeclined, 3, reason=private("they changed their mind"))


def erasure_held() -> h.ErasureHeld:
    """It is kept for longer."""
    return _household(h.ErasureHeld, until=days_after(90), reason=private("a dispute"))


def notes_erased() -> h.SocialNotesErased:
    """Its notes are gone."""
    return _household(h.SocialNotesErased)


def erased() -> h.HouseholdErased:
    """It is gone."""
    return _household(
        h.HouseholdErased,
        3,
        because="request",
        asked_by=erasure_asked().by,
        payees=(PAYEE,),
        lines=(UUID(int=77),),
        files=2,
    )


def paper_redacted(*, version: int = 1, areas: int = 2) -> PaperRedacted:
    """The paper of a dote's first receipt was made fit for others."""
    return PaperRedacted.stamped(
        stamp(FINANCE, START),
        redaction_id(DOTE, 1),
        version,
        dote_id=DOTE,
        n=1,
        original_sha256="a1" * 32,
        sha256="b2" * 32,
        size_bytes=40_000,
        pages=1,
        areas=areas,
        marked=(Area(page=1, left=5, top=8, right=60, bottom=14),) * areas,
    )
