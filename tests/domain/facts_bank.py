"""Events of the bank's side as they stand in the log."""

from datetime import date

from domain.events import bank as b
from domain.events.bank import MatchKind
from domain.privacy import Private
from tests.spec import DOTE, FINANCE, START, ident, sha256, stamp

STATEMENT = ident(0xBA1)
BANK_LINE = ident(0xBA2)
MATCH = ident(0xBA3)
BOOKED = date(2026, 3, 2)


def statement(opening_change_cents: int = 100_000) -> b.StatementImported:
    """The first statement of an account."""
    return b.StatementImported.stamped(
        stamp(FINANCE, START),
        STATEMENT,
        1,
        account="CONTO",
        format="camt.053.001.08",
        sha256=sha256(5),
        nth=1,
        number="2026/3",
        from_on=date(2026, 3, 1),
        to_on=date(2026, 3, 31),
        opening_cents=100_000,
        closing_cents=70_000,
        opening_change_cents=opening_change_cents,
        lines=1,
        new_lines=1,
        decided_known=0,
        decided_new=0,
    )


def line(amount_cents: int = -30_000, *, is_return: bool = False) -> b.BankLineImported:
    """A line of it."""
    return b.BankLineImported.stamped(
        stamp(FINANCE, START),
        BANK_LINE,
        1,
        statement_id=STATEMENT,
        account="CONTO",
        booked_on=BOOKED,
        value_on=BOOKED,
        amount_cents=amount_cents,
        is_return=is_return,
        return_reason="AC04" if is_return else None,
        is_fee=False,
        occurrence=1,
        end_to_end="CI-2026-00001-1",
        references=("CI-2026-00001-1",),
        parts=(b.LinePart(amount_cents=amount_cents, reference="CI-2026-00001-1"),),
        details=Private.record(BANK_LINE, {"name": "Ditta Inventata srl"}),
    )


def matched(amount_cents: int = -30_000, kind: MatchKind = MatchKind.PAYMENT) -> b.LineMatched:
    """It is known what it was."""
    paid = b.Paid(
        dote_id=DOTE, payment="CI-2026-00001-1", n=1, amount_cents=abs(amount_cents), made=True
    )
    with_payments = kind in (MatchKind.PAYMENT, MatchKind.RETURN, MatchKind.REFUND)
    return b.LineMatched.stamped(
        stamp(FINANCE, START),
        BANK_LINE,
        2,
        match_id=MATCH,
        kind=kind,
        amount_cents=amount_cents,
        payments=(paid,) if with_payments else (),
    )


def unmatched(amount_cents: int = -30_000, kind: MatchKind = MatchKind.PAYMENT) -> b.LineUnmatched:
    """It was something else."""
    return b.LineUnmatched.stamped(
        stamp(FINANCE, START), BANK_LINE, 3, match_id=MATCH, kind=kind, amount_cents=amount_cents
    )


def erased() -> b.LineErased:
    """Its time is over."""
    return b.LineErased.stamped(stamp(FINANCE, START), BANK_LINE, 2)


def set_aside() -> b.LineSetAside:
    """Somebody left it for later."""
    return b.LineSetAside.stamped(
        stamp(FINANCE, START), BANK_LINE, 2, reason=Private(BANK_LINE, "to be asked about")
    )
