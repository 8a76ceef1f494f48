"""Events of a dote as they stand in the log, with plain values: what a test starts from."""

from datetime import UTC, date, datetime, time
from typing import Literal, TypeVar
from uuid import UUID

from domain.actors import SYSTEM, Actor, Role
from domain.events import dote as d
from domain.events.base import Event
from domain.events.dote_values import Tranche, Tranches
from domain.events.programme import BudgetLine
from domain.lifecycle import Stage
from domain.privacy import Private
from tests.spec import (
    APPROVER,
    APPROVER_2,
    ASSESSOR,
    COORDINATOR,
    DOTE,
    FINANCE,
    HOUSEHOLD,
    HOUSING,
    IN_TWO_WEEKS,
    LINE,
    OPERATOR,
    ROCCA,
    START,
    TODAY,
    days_after,
    noted,
    position,
    private,
    sha256,
    stamp,
)

EventT = TypeVar("EventT", bound=Event)


def fact(kind: type[EventT], who: Actor, /, **data: object) -> EventT:
    """An event of the dote; `given` numbers it."""
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
    item: str = "RENT",
    urgent: bool = False,
    policy_version: int = 1,
) -> d.DoteRequested:
    """A desk asked a dote."""
    event = fact(
        d.DoteRequested,
        by,
        number="2026-0001",
        partner=partner,
        desk="Sportello",
        category=category,
        item=item,
        household_id=household_id,
        amount_cents=amount_cents,
        need=noted("two months of rent", household_id),
        urgent=urgent,
        policy_version=policy_version,
    )
    return event.model_copy(update={"originator_id": dote_id})


def document(
    n: int = 1, kind: str = "contract", *, valid_until: date | None = None
) -> d.DocumentAttached:
    """Paper `n` joined the file."""
    return fact(
        d.DocumentAttached,
        OPERATOR,
        n=n,
        kind=kind,
        sha256=sha256(n),
        media_type="application/pdf",
        size_bytes=1000 + n,
        file=Private.record(HOUSEHOLD, {"name": f"file-{n}.pdf"}),
        valid_until=valid_until,
    )


def papers_requested(
    *kinds: str, due: date = IN_TWO_WEEKS, by: Actor = ASSESSOR
) -> d.DocumentsRequested:
    """Papers were missing."""
    return fact(
        d.DocumentsRequested,
        by,
        kinds=kinds or ("contract",),
        what=noted("the signed contract"),
        due=due,
    )


def papers_provided() -> d.DocumentsProvided:
    """The desk answered."""
    return fact(d.DocumentsProvided, OPERATOR, note=None)


def assessed(
    proposed_cents: int = 30_000, *, favourable: bool = True, by: Actor = ASSESSOR
) -> d.DoteAssessed:
    """An assessor judged the need."""
    return fact(
        d.DoteAssessed,
        by,
        favourable=favourable,
        proposed_cents=proposed_cents if favourable else 0,
        note=None,
        policy_version=1,
    )


def overridden(amount_cents: int = 30_000, *, by: Actor = COORDINATOR) -> d.CapOverridden:
    """The coordinator let it go over the household's caps."""
    return fact(
        d.CapOverridden,
        by,
        household_id=HOUSEHOLD,
        amount_cents=amount_cents,
        household_cents=40_000,
        reason=noted("five small children"),
        policy_version=1,
    )


def voted(
    amount_cents: int = 30_000, *, by: Actor = APPROVER_2, tranches: Tranches = ()
) -> d.ApprovalGiven:
    """One of several approvers voted."""
    return fact(
        d.ApprovalGiven,
        by,
        amount_cents=amount_cents,
        payee=private("the landlord"),
        tranches=tranches,
        note=None,
        policy_version=1,
    )


def tranche(amount_cents: int, days: int | None = None) -> Tranche:
    """A part of the amount, to be paid so many days after the command's (None: at once)."""
    return Tranche(amount_cents=amount_cents, due=None if days is None else days_after(days))


def approved(
    amount_cents: int = 30_000,
    *,
    by: Actor = APPROVER,
    line: BudgetLine = LINE,
    tranches: Tranches = (),
    to_ratify: bool = False,
) -> d.DoteApproved:
    """The last vote was given."""
    return fact(
        d.DoteApproved,
        by,
        line=line,
        household_id=HOUSEHOLD,
        amount_cents=amount_cents,
        payee=private("the landlord"),
        tranches=tranches,
        to_ratify=to_ratify,
        note=None,
        approvers=(by.account_id,),
        policy_version=1,
        household_before_cents=0,
        household_after_cents=amount_cents,
        before=position(),
        after=position(1_000_000 - amount_cents, amount_cents),
    )


def ratification(*, ratified: bool = True, by: Actor = APPROVER_2) -> d.RatificationRecorded:
    """Somebody else looked at what was approved in urgency."""
    return fact(d.RatificationRecorded, by, ratified=ratified, note=None, policy_version=1)


def rejected(*, by: Actor = APPROVER) -> d.DoteRejected:
    """The dote was refused."""
    return fact(d.DoteRejected, by, reason=noted("no need"), note=None, policy_version=1)


def appeal_lodged() -> d.AppealLodged:
    """The household asked for a second look."""
    return fact(d.AppealLodged, OPERATOR, reason=noted("the debt has doubled"))


def appeal_decided(
    resumes: Literal["requested", "assessed"] | None = "assessed", *, by: Actor = COORDINATOR
) -> d.AppealDecided:
    """The second look was taken; with None it changed nothing."""
    return fact(
        d.AppealDecided,
        by,
        accepted=resumes is not None,
        resumes=resumes,
        reason=noted("the debt is proven"),
        policy_version=1,
    )


def withdrawn(released_cents: int = 0) -> d.DoteWithdrawn:
    """The applicant gave up."""
    return fact(
        d.DoteWithdrawn,
        OPERATOR,
        line=LINE,
        household_id=HOUSEHOLD,
        released_cents=released_cents,
        reason=noted("solved otherwise"),
        note=None,
    )


def revoked(released_cents: int = 30_000) -> d.DoteRevoked:
    """The programme took back what was not paid."""
    return fact(
        d.DoteRevoked,
        COORDINATOR,
        line=LINE,
        household_id=HOUSEHOLD,
        released_cents=released_cents,
        reason=noted("the household moved away"),
        note=None,
    )


def disbursed(
    amount_cents: int = 30_000,
    *,
    n: int = 1,
    last: bool = True,
    by: Actor = FINANCE,
    payment_n: int | None = None,
) -> d.DoteDisbursed:
    """Tranche `n` went out, in payment `payment_n` if one was ordered."""
    return fact(
        d.DoteDisbursed,
        by,
        line=LINE,
        n=n,
        amount_cents=amount_cents,
        value_date=START.date(),
        method="bank transfer",
        reference=None,
        last=last,
        payment_n=payment_n,
    )


def returned(
    amount_cents: int = 30_000,
    *,
    n: int = 1,
    restores: Literal["committed", "available"] = "committed",
) -> d.DisbursementReturned:
    """Tranche `n` bounced."""
    return fact(
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
    return fact(
        d.RefundReceived,
        FINANCE,
        line=LINE,
        household_id=HOUSEHOLD,
        amount_cents=amount_cents,
        value_date=START.date(),
        source=private("the landlord"),
    )


def undone(
    amount_cents: int = 30_000,
    *,
    n: int = 1,
    restores: Literal["committed", "available"] = "committed",
) -> d.DisbursementUndone:
    """Tranche `n` was never paid."""
    return fact(
        d.DisbursementUndone,
        FINANCE,
        line=LINE,
        household_id=HOUSEHOLD,
        n=n,
        amount_cents=amount_cents,
        restores=restores,
    )


def return_undone(amount_cents: int = 30_000, *, n: int = 1, last: bool = True) -> d.ReturnUndone:
    """Tranche `n` did not bounce."""
    return fact(d.ReturnUndone, FINANCE, line=LINE, n=n, amount_cents=amount_cents, last=last)


def refund_undone(amount_cents: int) -> d.RefundUndone:
    """What was given back is somebody else's."""
    return fact(
        d.RefundUndone, FINANCE, line=LINE, household_id=HOUSEHOLD, amount_cents=amount_cents
    )


def reminded(stage: Stage = Stage.ASSESSMENT, *, n: int = 1) -> d.DeadlineReminded:
    """A stage took too long."""
    return fact(
        d.DeadlineReminded,
        SYSTEM,
        stage=stage,
        since=START,
        due=datetime.combine(TODAY, time(9), UTC),
        n=n,
        roles=(Role.ASSESSOR,),
    )


def escalated(stage: Stage = Stage.ASSESSMENT) -> d.DeadlineEscalated:
    """A stage took far too long."""
    return fact(
        d.DeadlineEscalated,
        SYSTEM,
        stage=stage,
        since=START,
        due=datetime.combine(TODAY, time(9), UTC),
        roles=(Role.COORDINATOR,),
    )
