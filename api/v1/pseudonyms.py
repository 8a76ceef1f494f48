"""Makes rows that say nothing of who they are about.

Codes are drawn anew for each export, so that two exports cannot be put side by side by them, and
rows stand in the order of their codes, which is none. What one row tells (amounts, months, item)
may still be recognised by who knows the case: an export is not anonymous.
"""

import json
import secrets
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from api.languages import Language
from api.v1 import spreadsheet

CODE_BYTES = 9
COLUMNS = (
    "household",
    "dote",
    "partner",
    "category",
    "item",
    "district",
    "state",
    "urgent",
    "requested_month",
    "changed_month",
    "requested_cents",
    "approved_cents",
    "disbursed_cents",
    "documented_cents",
    "refunded_cents",
    "disallowed_cents",
)
_SAME = (*COLUMNS[10:], "partner", "category", "state", "urgent", "changed_month")


def pseudonymised(
    doti: Sequence[Mapping[str, Any]], health: Collection[str], small: int
) -> list[dict[str, object]]:
    """The rows of an export. `health`: categories whose items are not told. A district is told if
    at least `small` households of the export are in it."""
    codes: dict[object, str] = defaultdict(lambda: secrets.token_hex(CODE_BYTES))
    known = _districts(doti, small)
    rows = [
        {
            **{name: dote[name] for name in _SAME},
            "household": codes["household", dote["household"]],
            "dote": codes["dote", dote["dote"]],
            "item": dote["category"] if dote["category"] in health else dote["item"],
            "district": dote["district"] if dote["district"] in known else None,
            "requested_month": dote["month"],
        }
        for dote in doti
    ]
    rows.sort(key=lambda row: str(row["dote"]))
    return [{name: row[name] for name in COLUMNS} for row in rows]


def _districts(doti: Sequence[Mapping[str, Any]], small: int) -> set[str]:
    households: dict[str, set[object]] = defaultdict(set)
    for dote in doti:
        if dote["district"] is not None:
            households[dote["district"]].add(dote["household"])
    return {name for name, there in households.items() if len(there) >= small}


def as_csv(rows: Sequence[Mapping[str, object]], language: Language) -> bytes:
    """A table that opens in a spreadsheet."""
    return spreadsheet.as_csv(COLUMNS, ([row[name] for name in COLUMNS] for row in rows), language)


def as_lines(rows: Sequence[Mapping[str, object]]) -> bytes:
    """One JSON object a line."""
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows).encode()
