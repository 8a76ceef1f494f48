"""The sentences of a rendiconto, in English; the catalogue has the Italian."""

from collections.abc import Mapping

from domain.funding_rules import ColumnName
from domain.rendiconto_content import Reason, RowKind

COLUMNS: Mapping[ColumnName, str] = {
    "receipt_no": "No.",
    "dote": "Dote",
    "household": "Household (code)",
    "partner": "Partner",
    "category": "Category",
    "item": "Item",
    "paid_on": "Paid on",
    "method": "Paid by",
    "receipt_kind": "Kind of receipt",
    "receipt_number": "Receipt number",
    "receipt_date": "Receipt date",
    "accepted_on": "Accepted on",
    "documented": "Documented",
    "admitted": "Admitted",
    "not_admitted": "Why not admitted",
    "cup": "CUP",
    "log_index": "Position in the log",
}
"""How the columns are called where a funder does not call them otherwise."""

KINDS: Mapping[RowKind, str] = {
    "paid": "Payment",
    "returned": "Payment returned by the bank",
    "refunded": "Money given back",
    "documented": "Receipt accepted",
    "disallowed": "Receipt not admitted",
    "corrected": "Correction",
}

REASONS: Mapping[Reason, str] = {
    "category": "category not admitted",
    "item": "item not admitted",
    "paper": "kind of receipt not admitted",
    "paid_too_early": "paid too early",
    "paid_too_late": "paid too late",
    "receipt_too_late": "receipt too late",
    "elsewhere": "accounted for to another funder",
}

LABELS: Mapping[str, str] = {
    "title": "Account of expenses",
    "summary": "In short",
    "line": "Budget line",
    "subtitle": "{number}, from {first} to {last}",
    "expenses": "Expenses",
    "by_line": "By budget line",
    "movements": "All movements",
    "tie": "Tie to the ledger",
    "total": "Total",
    "funder": "Funder",
    "nobody": "None in particular",
    "everybody": "All partners",
    "partner": "Partner",
    "wording": "Wording",
    "frozen": "Frozen on",
    "fingerprint": "Fingerprint (SHA-256)",
    "log": "Log",
    "log_place": "{size} events, root {root}",
    "withdrawn": "Withdrawn account",
    "withdrawn_on": "On {day}: this account is not valid.",
    "state": "Months",
    "provisional": "Months of these days are not closed yet: something may still be added.",
    "final": "The months of these days are closed.",
    "earlier": "Accounts before this one",
    "only_new": "What these told already is not told again.",
    "rules": "Rules of the funder",
    "rules_version": "version {version}",
    "no_rules": "none",
    "paid": "Paid",
    "returned": "Come back",
    "documented": "Documented",
    "admitted": "Admitted",
    "not_admitted": "Not admitted",
    "disallowed": "Disallowed",
    "kind": "Movement",
    "day": "Day",
    "refers_to": "Refers to position",
    "of_account": "Told in",
    "late": "Late",
    "yes": "yes",
    "here": "This account",
    "told_before": "Earlier accounts",
    "outside": "Other days",
    "ledger": "Ledger",
    "difference": "Difference",
    "what": "Amount",
    "households": "Households bear a code; the register alone knows whose it is.",
    "signature": "For {programme}",
    "link": "Movement in the register",
    "file_sha256": "SHA-256 of the file",
    "file_type": "Type of the file",
    "file_size": "Size of the file (bytes)",
    "pages": "Pages in this archive",
    "pages_sha256": "SHA-256 of the pages",
    "not_here": "Why they are not here",
    "not_redacted": "Not blacked out yet",
    "erased": "Erased with the household",
    "lost": "The file is lost",
}


def sentences() -> list[str]:
    """All of them."""
    return [*COLUMNS.values(), *KINDS.values(), *REASONS.values(), *LABELS.values()]
