"""The trial balance of a closing as its page shows it: the programme's own accounts, and a row for
each budget line. All of it together is 0."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from api.pages.ledger_view import CASH_NAMES, NAMES, category_name, partner_name
from api.v1.period_answers import Balance
from domain.ledger import LINE_ACCOUNTS
from domain.programme import Programme

Cents = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Trial:
    """`own`: the accounts that are no line's, by name. `lines`: of each line, by its category and
    its partner, what stands on each account of `columns`, and what was allocated to it, last;
    `together` the same of all lines."""

    own: Sequence[tuple[str, int]]
    columns: Sequence[str]
    lines: Sequence[tuple[str, str, Cents]]
    together: Cents


def trial(balances: Sequence[Balance], known: Programme) -> Trial:
    """The balances that a month was closed on."""
    own = [
        (NAMES.get(each.account) or CASH_NAMES[each.account], each.cents)
        for each in balances
        if each.partner is None
    ]
    found: dict[tuple[str, str], dict[str, int]] = defaultdict(dict)
    for each in balances:
        if each.partner is not None and each.category is not None:
            names = category_name(known, each.category), partner_name(known, each.partner)
            found[names][each.account] = each.cents
    lines = [(*names, _row(of_line)) for names, of_line in sorted(found.items())]
    return Trial(
        own,
        [NAMES[account] for account in LINE_ACCOUNTS],
        lines,
        tuple(map(sum, zip(*(row for *_, row in lines), strict=True))),
    )


def _row(of_line: dict[str, int]) -> Cents:
    cents = [of_line.get(account, 0) for account in LINE_ACCOUNTS]
    return (*cents, sum(cents))
