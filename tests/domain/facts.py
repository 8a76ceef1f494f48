"""Events as they stand in the log, with plain values: what a test starts from."""

from typing import Literal, TypeVar
from uuid import UUID

from domain.actors import Actor
from domain.events import dote as d
from domain.events import programme as p
from domain.events.base import Event
from domain.events.household import HouseholdRegistered
from domain.events.programme import BudgetLine, PartnerRole
from domain.policy import Policy
from domain.privacy import Private
from domain.programme import PROGRAMME_ID
from tests.spec import (
    APPROVER,
    APPROVER_2,
    ASSESSOR,
    COORDINATOR,
    DOTE,
    FINANCE,
    HOUSEHOLD,
    HOUSING,
    LINE,
    OPERATOR,
    OTHER_LINE,
    ROCCA,
    START,
    private,
    sha256,
    stamp,
)

EventT = TypeVar("EventT", bound=Event)


def _dote(kind: type[EventT], who: Actor, /, **data: object) -> EventT:
    return kind.stamped(stamp(who, START), DOTE, 1, **data)


# What happened to a dote


def requested(
    amount_cents: int = 30_000,
    *,
    by: Actor = OPERATOR,
    dote_id: UUID = DOTE,
    partner: str = ROCCA,
    category: str = HOUSING,
    household_id: UUID = HOUSEHOLD,
    policy_version: int = 1,
) -> d.DoteRequested:
    """A desk asked a dote."""
    event = _dote(
        d.DoteRequested,
        by,
        number="2026-0001",
        partner=partner,
        desk="Sportello",
        category=category,
        item="RENT",
        household_id=household_id,
        amount_cents=amount_cents,
        need=private("two months of rent", household_id),
        urgent=False,
        policy_version=policy_version,
    )
    return event.model_copy(update={"originator_id": dote_id})


def document(n: int = 1) -> d.DocumentAttached:
    """Paper `n` joined the file."""
    return _dote(
        d.DocumentAttached,
        OPERATOR,
        n=n,
        kind="contract",
        sha256=sha256(n),
        media_type="application/pdf",
        size_bytes=1000 + n,
        file=Private.record(HOUSEHOLD, {"name": f"file-{n}.pdf"}),
    )


def assessed(
    proposed_cents: int = 30_000, *, favourable: bool = True, by: Actor = ASSESSOR
) -> d.DoteAssessed:
    """An assessor judged the need."""
    return _dote(
        d.DoteAssessed,
        by,
        favourable=favourable,
        proposed_cents=proposed_cents if favourable else 0,
        note=None,
        policy_version=1,
    )


def voted(amount_cents: int = 30_000, *, by: Actor = APPROVER_2) -> d.ApprovalGiven:
    """One of several approvers voted."""
    return _dote(
        d.ApprovalGiven,
        by,
        amount_cents=amount_cents,
        payee=private("the landlord"),
        note=None,
        policy_version=1,
    )


def position(available_cents: int = 1_000_000, committed_cents: int = 0) -> d.LinePosition:
    """What stands on a budget line."""
    return d.LinePosition(
        available_cents=available_cents,
        committed_cents=committed_cents,
        disbursed_cents=0,
        documented_cents=0,
        disallowed_cents=0,
    )


def approved(
    amount_cents: int = 30_000, *, by: Actor = APPROVER, line: BudgetLine = LINE
) -> d.DoteApproved:
    """The last vote was given."""
    return _dote(
        d.DoteApproved,
        by,
        line=line,
        household_id=HOUSEHOLD,
        amount_cents=amount_cents,
        payee=private("the landlord"),
        note=None,
        approvers=(by.account_id,),
        policy_version=1,
        household_before_cents=0,
        household_after_cents=amount_cents,
        before=position(),
        after=position(1_000_000 - amount_cents, amount_cents),
    )


def rejected(*, by: Actor = APPROVER) -> d.DoteRejected:
    """The dote was refused."""
    return _dote(d.DoteRejected, by, reason=private("no need"), note=None, policy_version=1)


def withdrawn(released_cents: int = 0) -> d.DoteWithdrawn:
    """The applicant gave up."""
    return _dote(
        d.DoteWithdrawn,
        OPERATOR,
        line=LINE,
        household_id=HOUSEHOLD,
        released_cents=released_cents,
        reason=private("solved otherwise"),
        note=None,
    )


def revoked(released_cents: int = 30_000) -> d.DoteRevoked:
    """The programme took back what was not paid."""
    return _dote(
        d.DoteRevoked,
        COORDINATOR,
        line=LINE,
        household_id=HOUSEHOLD,
        released_cents=released_cents,
        reason=private("the household moved away"),
        note=None,
    )


def disbursed(
    amount_cents: int = 30_000, *, n: int = 1, last: bool = True, by: Actor = FINANCE
) -> d.DoteDisbursed:
    """Tranche `n` went out."""
    return _dote(
        d.DoteDisbursed,
        by,
        line=LINE,
        n=n,
        amount_cents=amount_cents,
        value_date=START.date(),
        method="bank transfer",
        reference=None,
        last=last,
    )


def returned(
    amount_cents: int = 30_000,
    *,
    n: int = 1,
    restores: Literal["committed", "available"] = "committed",
) -> d.DisbursementReturned:
    """Tranche `n` bounced."""
    return _dote(
        d.DisbursementReturned,
        FINANCE,
        line=LINE,
        household_id=HOUSEHOLD,
        n=n,
        amount_cents=amount_cents,
        value_date=START.date(),
        restores=restores,
        reason=private("account closed"),
    )


def refunded(amount_cents: int) -> d.RefundReceived:
    """The payee gave money back."""
    return _dote(
        d.RefundReceived,
        FINANCE,
        line=LINE,
        household_id=HOUSEHOLD,
        amount_cents=amount_cents,
        value_date=START.date(),
        source=private("the landlord"),
    )


def submitted(amount_cents: int = 30_000, *, n: int = 1) -> d.ReceiptSubmitted:
    """Receipt `n` came in."""
    return _dote(
        d.ReceiptSubmitted,
        OPERATOR,
        n=n,
        kind="invoice",
        number=f"R{n}",
        date=START.date(),
        amount_cents=amount_cents,
        sha256=sha256(n),
        media_type="application/pdf",
        size_bytes=1000 + n,
        details=Private.record(HOUSEHOLD, {"issuer": "the landlord", "name": f"file-{n}.pdf"}),
    )


def accepted(amount_cents: int = 30_000, *, n: int = 1) -> d.ReceiptAccepted:
    """Receipt `n` documented its amount."""
    return _dote(d.ReceiptAccepted, FINANCE, line=LINE, n=n, amount_cents=amount_cents, reason=None)


def disallowed(amount_cents: int = 30_000, *, n: int = 1) -> d.ReceiptDisallowed:
    """The expense of receipt `n` was not admitted."""
    return _dote(
        d.ReceiptDisallowed,
        FINANCE,
        line=LINE,
        n=n,
        amount_cents=amount_cents,
        reason=private("not in the rules"),
    )


def accounted_for(
    disbursed_cents: int = 30_000,
    *,
    documented_cents: int = 30_000,
    refunded_cents: int = 0,
    disallowed_cents: int = 0,
) -> d.DoteAccountedFor:
    """The file was complete to the cent."""
    return _dote(
        d.DoteAccountedFor,
        FINANCE,
        disbursed_cents=disbursed_cents,
        documented_cents=documented_cents,
        refunded_cents=refunded_cents,
        disallowed_cents=disallowed_cents,
        note=None,
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


def a_policy(version: int = 1, single_approver_cents: int = 50_000) -> Policy:
    """A version of the rules."""
    return Policy(version=version, single_approver_cents=single_approver_cents)


def policy_adopted(version: int = 1) -> p.PolicyAdopted:
    """A version of the rules came into force."""
    return _programme(p.PolicyAdopted, policy=a_policy(version))


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
