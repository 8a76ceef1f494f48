"""What happened to the receipts of a dote."""

from domain.events import dote as d
from domain.privacy import Private
from tests.domain.facts import fact
from tests.spec import (
    FINANCE,
    HOUSEHOLD,
    LINE,
    OPERATOR,
    START,
    private,
    sha256,
)


def submitted(amount_cents: int = 30_000, *, n: int = 1) -> d.ReceiptSubmitted:
    """Receipt `n` came in."""
    return fact(
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
        paper_cents=None,
    )


def accepted(amount_cents: int = 30_000, *, n: int = 1) -> d.ReceiptAccepted:
    """Receipt `n` documented its amount."""
    return fact(d.ReceiptAccepted, FINANCE, line=LINE, n=n, amount_cents=amount_cents, reason=None)


def disallowed(amount_cents: int = 30_000, *, n: int = 1) -> d.ReceiptDisallowed:
    """The expense of receipt `n` was not admitted."""
    return fact(
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
    return fact(
        d.DoteAccountedFor,
        FINANCE,
        disbursed_cents=disbursed_cents,
        documented_cents=documented_cents,
        refunded_cents=refunded_cents,
        disallowed_cents=disallowed_cents,
        note=None,
    )
