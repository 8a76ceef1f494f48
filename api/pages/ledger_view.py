"""The ledger as people look at it: partner by category, then or now, and what changed between."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from api.pages.bars import LINE_PARTS, Bar, bar
from api.pages.say import N_
from domain.cash import CashAccount
from domain.ledger import LINE_ACCOUNTS, Account
from domain.programme import Programme
from projections.ledger.queries import Ledger, LedgerRow

DISALLOWED = ("disallowed", N_("Not admitted"))
PARTS = (LINE_PARTS[0], DISALLOWED, *LINE_PARTS[1:])
"""All that can stand on a line, from what is done to what is left."""
NAMES: Mapping[str, str] = {
    **dict(PARTS),
    "funding": N_("Funding received"),
    "unallocated": N_("Not allocated yet"),
}
"""What each account is called."""
CASH_NAMES: Mapping[str, str] = {
    CashAccount.BANK: N_("At the bank"),
    CashAccount.OPENING: N_("Opening balance of the account"),
    CashAccount.SUSPENSE: N_("Lines of the bank in suspense"),
    CashAccount.IN_TRANSIT: N_("Paid and not shown by the bank yet"),
    CashAccount.OUTLAYS: N_("Doti paid"),
    CashAccount.FEES: N_("Fees of the bank"),
    CashAccount.RECEIVED: N_("Sent by funders"),
}
"""The same of those of the cash side."""

Key = tuple[str | None, str | None]
"""Partner and category; None: all of them."""


@dataclass(frozen=True, slots=True)
class Change:
    """By how much more stands on an account than at the earlier date. `label`: its English name."""

    label: str
    cents: int


@dataclass(frozen=True, slots=True)
class Cell:
    """What stands on a line, or on several. `changes`: those that are not nothing; None: nothing
    is compared."""

    row: LedgerRow
    bar: Bar
    changes: tuple[Change, ...] | None = None


@dataclass(frozen=True, slots=True)
class MatrixRow:
    """A partner's lines, one for each column; None: it has no such line. `code` None: all."""

    code: str | None
    name: str
    cells: tuple[Cell | None, ...]
    total: Cell


@dataclass(frozen=True, slots=True)
class Matrix:
    """Partners by categories. `columns`: (code, name)."""

    columns: tuple[tuple[str, str], ...]
    rows: tuple[MatrixRow, ...]
    total: MatrixRow

    @property
    def every(self) -> tuple[MatrixRow, ...]:
        """All rows, the last of them for all partners."""
        return (*self.rows, self.total)

    @property
    def parts(self) -> tuple[tuple[str, str], ...]:
        """What the legend has to explain: what was not admitted only where there is any."""
        return PARTS if self.total.total.row.disallowed_cents else LINE_PARTS


def matrix(programme: Programme, shown: Ledger, before: Ledger | None = None) -> Matrix:
    """The ledger by line as a matrix; with what changed since `before`, if it is given."""
    now = _sums(shown)
    then = None if before is None else _sums(before)
    known = now.keys() | (then or {}).keys()
    partners = _ordered(programme.partners, {partner for partner, _ in known})
    categories = _ordered(programme.categories, {category for _, category in known})

    def at(partner: str | None, category: str | None) -> Cell:
        key = (partner, category)
        return cell(_row(key, now), None if then is None else _row(key, then))

    def across(partner: str | None, name: str) -> MatrixRow:
        cells = (at(partner, each) if (partner, each) in known else None for each in categories)
        return MatrixRow(partner, name, tuple(cells), at(partner, None))

    return Matrix(
        columns=tuple((each, category_name(programme, each)) for each in categories),
        rows=tuple(across(each, partner_name(programme, each)) for each in partners),
        total=across(None, ""),
    )


def cell(row: LedgerRow, before: LedgerRow | None = None) -> Cell:
    """A row of the ledger with its bar; with what changed since it stood as in `before`."""
    pieces = [(kind, label, cents_of(row, kind)) for kind, label in PARTS]
    changes = None if before is None else tuple(_changes(row, before))
    return Cell(row, bar(pieces, row.allocated_cents), changes)


def summed(found: Ledger, partner: str | None, category: str | None) -> LedgerRow:
    """What stands on a line, or on all lines of a partner or a category (None: any)."""
    return _row((partner, category), _sums(found))


def cents_of(row: LedgerRow, account: str) -> int:
    """What stands on one account of it."""
    cents: int = getattr(row, f"{account}_cents")
    return cents


def partner_name(programme: Programme, code: str) -> str:
    """A partner as people call it: by its desk, if it has one."""
    known = programme.partners.get(code)
    return code if known is None else known.called


def category_name(programme: Programme, code: str) -> str:
    """A category as people call it."""
    known = programme.categories.get(code)
    return code if known is None else known.name


def _changes(row: LedgerRow, before: LedgerRow) -> Iterable[Change]:
    allocated = row.allocated_cents - before.allocated_cents
    if allocated:
        yield Change(N_("Allocated"), allocated)
    for account, label in reversed(PARTS):
        cents = cents_of(row, account) - cents_of(before, account)
        if cents:
            yield Change(label, cents)


def _sums(found: Ledger) -> dict[Key, dict[Account, int]]:
    """What stands on each line, each partner, each category and all, by account."""
    sums: dict[Key, dict[Account, int]] = defaultdict(lambda: dict.fromkeys(LINE_ACCOUNTS, 0))
    for row in found.rows:
        keys = (
            (row.partner, row.category),
            (row.partner, None),
            (None, row.category),
            (None, None),
        )
        for account in LINE_ACCOUNTS:
            cents = cents_of(row, account)
            for key in keys:
                sums[key][account] += cents
    return dict(sums)


def _row(key: Key, sums: Mapping[Key, Mapping[Account, int]]) -> LedgerRow:
    there = sums.get(key, {})
    return LedgerRow(*key, *(there.get(account, 0) for account in LINE_ACCOUNTS))


def _ordered(known: Mapping[str, object], wanted: set[str | None]) -> list[str]:
    """Codes in the order of the programme."""
    return [code for code in known if code in wanted]
