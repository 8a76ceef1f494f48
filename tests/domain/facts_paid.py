"""Events of orders to pay, of batches and of payees as they stand in the log."""

from uuid import UUID

from domain.actors import Actor
from domain.events import dote as d
from domain.events import payee as y
from domain.events import payment_batch as b
from domain.privacy import Private
from tests.domain.facts import fact
from tests.spec import (
    APPROVER,
    BATCH,
    COORDINATOR,
    DOTE,
    FINANCE,
    FINANCE_2,
    HOUSEHOLD,
    LINE,
    START,
    TODAY,
    ident,
    sha256,
    stamp,
)

PAYEE = ident(0x9A1)


# What happened to a dote


def ordered(
    amount_cents: int = 30_000, *, n: int = 1, by: Actor = FINANCE, batch_id: UUID = BATCH
) -> d.PaymentOrdered:
    """Payment `n` was put into a batch."""
    return fact(
        d.PaymentOrdered,
        by,
        line=LINE,
        n=n,
        amount_cents=amount_cents,
        batch_id=batch_id,
        payee_id=HOUSEHOLD,
    )


def let_go(*, n: int = 1, by: Actor = FINANCE_2, batch_id: UUID = BATCH) -> d.PaymentAuthorised:
    """Payment `n` was authorised."""
    return fact(d.PaymentAuthorised, by, n=n, batch_id=batch_id)


def kept_back(
    amount_cents: int = 30_000, *, n: int = 1, batch_id: UUID = BATCH
) -> d.PaymentCancelled:
    """Payment `n` was cancelled."""
    return fact(
        d.PaymentCancelled, FINANCE, line=LINE, n=n, amount_cents=amount_cents, batch_id=batch_id
    )


# What happened to a batch


def batch_prepared(*cents: int, by: Actor = FINANCE) -> b.BatchPrepared:
    """Payments of one dote were put together."""
    amounts = cents or (30_000,)
    return b.BatchPrepared.stamped(
        stamp(by, START),
        BATCH,
        1,
        number="D-2026-001",
        method=b.Method.BANK_TRANSFER,
        execution_date=TODAY,
        payments=tuple(
            b.BatchPayment(dote_id=DOTE, n=n, amount_cents=each)
            for n, each in enumerate(amounts, 1)
        ),
        total_cents=sum(amounts),
    )


def batch_authorised(version: int = 2, *, by: Actor = FINANCE_2) -> b.BatchAuthorised:
    """A second person let it go out."""
    return b.BatchAuthorised.stamped(stamp(by, START), BATCH, version)


def batch_exported(version: int = 3) -> b.BatchExported:
    """The file for the bank was made."""
    return b.BatchExported.stamped(
        stamp(FINANCE, START), BATCH, version, format="pain.001.001.09", sha256=sha256(1)
    )


def batch_cancelled(version: int = 4) -> b.BatchCancelled:
    """It was kept back."""
    return b.BatchCancelled.stamped(
        stamp(FINANCE, START),
        BATCH,
        version,
        reason=Private(FINANCE.account_id, "the landlord wrote"),
    )


# What happened to a payee


def payee_registered() -> y.PayeeRegistered:
    """Somebody was paid for the first time."""
    payee = Private.record(PAYEE, {"name": "the landlord", "iban": None})
    return y.PayeeRegistered.stamped(stamp(APPROVER, START), PAYEE, 1, payee=payee)


def iban_changed(version: int = 2, *, by: Actor = FINANCE) -> y.PayeeIbanChanged:
    """They told another IBAN."""
    told = {"name": "the landlord", "iban": "IT60X0542811101000000123456", "bic": None}
    payee = Private.record(PAYEE, told)
    return y.PayeeIbanChanged.stamped(stamp(by, START), PAYEE, version, payee=payee)


def iban_confirmed(version: int = 3, *, by: Actor = FINANCE_2) -> y.PayeeIbanConfirmed:
    """A second person confirmed it."""
    return y.PayeeIbanConfirmed.stamped(stamp(by, START), PAYEE, version)


def iban_dismissed(version: int = 3) -> y.PayeeIbanDismissed:
    """It was wrong."""
    return y.PayeeIbanDismissed.stamped(stamp(FINANCE, START), PAYEE, version)


def payee_erased() -> y.PayeeErased:
    """A payee is not known any more."""
    return y.PayeeErased.stamped(stamp(COORDINATOR, START), PAYEE, 2)
