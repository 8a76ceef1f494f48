"""What stands in a rendiconto: its rows, its sums, and how these tie to the ledger.

There is nothing private in it: households bear a code that is the same in all accounts of one
funder and leads nobody back to them.
"""

from datetime import date
from hashlib import sha256
from typing import Literal

from pydantic import BaseModel, ConfigDict

from domain.days import month_after, month_of
from domain.funding_rules import FunderRules

RowKind = Literal["paid", "returned", "refunded", "documented", "disallowed", "corrected"]
Reason = Literal[
    "category", "item", "paper", "paid_too_early", "paid_too_late", "receipt_too_late", "elsewhere"
]
"""Why an expense is not admitted. `elsewhere`: another funder pays for it already."""


FORMAT_VERSION: Literal[2] = 2
"""Of what is drawn up now. In the first one every receipt stood beside the last payment."""


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class ReceiptFacts(_Strict):
    """The paper behind an expense. `log_index`: where it was handed in."""

    n: int
    kind: str
    number: str
    date: date
    sha256: str
    media_type: str
    size_bytes: int
    log_index: int


class Row(_Strict):
    """Something that happened to money that was paid; its id is its place in the log.

    `day`: that of the bank, or of the decision on a receipt. `paid_cents`: what went out (below 0:
    came back). `refers_to`: the payment that it is about, `refers_to_account` the earlier account
    which told of that one; of a receipt, the last payment that it documents (`domain.covering`),
    whose day is `paid_on`. `admitted_cents`: what the funder admits, of several payments each by
    itself. `late`: it belongs to days that an earlier account was about.
    """

    log_index: int
    receipt_no: int | None
    kind: RowKind
    day: date
    dote: str
    household: str
    partner: str
    category: str
    item: str
    paid_cents: int
    documented_cents: int
    admitted_cents: int
    disallowed_cents: int
    not_admitted: tuple[Reason, ...]
    receipt: ReceiptFacts | None
    paid_on: date | None
    method: str | None
    refers_to: int | None
    refers_to_account: str | None
    late: bool


class Sums(_Strict):
    """What rows come to."""

    paid_cents: int = 0
    documented_cents: int = 0
    disallowed_cents: int = 0

    def plus(self, paid: int, documented: int, disallowed: int) -> "Sums":
        """With one more row."""
        return Sums(
            paid_cents=self.paid_cents + paid,
            documented_cents=self.documented_cents + documented,
            disallowed_cents=self.disallowed_cents + disallowed,
        )


class LineSums(_Strict):
    """A budget line: what this account tells of it, and the rest of the ledger beside it.

    `earlier`: told by earlier accounts of the funder; `outside`: of other days. These and `here`
    come to `ledger`, which is read from the line's accounts. The rest is of `here`.
    """

    partner: str
    category: str
    here: Sums
    earlier: Sums
    outside: Sums
    ledger: Sums
    returned_cents: int
    admitted_cents: int
    not_admitted_cents: int


_BESIDE = {"number": "", "log_size": 0, "root": "", "names": {}, "lines": ()}
"""What may differ between two accounts that say the same of their days."""


class Content(_Strict):
    """The whole of it, as its fingerprint covers it."""

    format: Literal["doti-rendiconto"] = "doti-rendiconto"
    format_version: Literal[1, 2] = FORMAT_VERSION
    number: str
    programme: str
    currency: str
    first_day: date
    last_day: date
    partner: str | None
    funder: str | None
    rules_version: int | None
    rules: FunderRules
    log_size: int
    root: str
    closed_upto: str | None
    earlier: tuple[str, ...]
    names: dict[str, str]
    rows: tuple[Row, ...]
    lines: tuple[LineSums, ...]

    def as_bytes(self) -> bytes:
        """The one spelling that is hashed."""
        return self.model_dump_json().encode()

    @property
    def fingerprint(self) -> str:
        """The SHA-256 of it, in hexadecimal."""
        return sha256(self.as_bytes()).hexdigest()

    @property
    def told(self) -> str:
        """The SHA-256 of what it says of its days: two that differ only in where in the log they
        were drawn up, or in what else is on the budget lines, have the same one."""
        return self.model_copy(update=_BESIDE).fingerprint

    @property
    def expenses(self) -> tuple[Row, ...]:
        """The documented ones, which are numbered."""
        return tuple(row for row in self.rows if row.receipt_no is not None)

    @property
    def is_provisional(self) -> bool:
        """Whether something may still be dated into its days."""
        return bool(self.open_months)

    @property
    def open_months(self) -> tuple[str, ...]:
        """The months of its days that were not closed, in their order."""
        month, last = month_of(self.first_day), month_of(self.last_day)
        if self.closed_upto is not None:
            month = max(month, month_after(self.closed_upto))
        found: list[str] = []
        while month <= last:
            found.append(month)
            month = month_after(month)
        return tuple(found)
