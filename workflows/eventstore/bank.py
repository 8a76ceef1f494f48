"""Bank statements, lines and matches by what they are found: rows that are written with their
events and are looked at by the next import or match."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from domain.events.bank import BankLineImported
from domain.privacy import Private, read_record
from domain.references import is_payment
from domain.same_lines import Day, Told
from domain.text import folded
from workflows.eventstore.blind_index import BlindIndex
from workflows.eventstore.database import Database, Row
from workflows.eventstore.statements import statements

_SQL = statements("workflows.eventstore.sql", "bank")
_CLEAR = {"statement_id", "account", "booked_on", "amount_cents"}


@dataclass(frozen=True, slots=True)
class KnownStatement:
    """A statement that came in before."""

    id: UUID
    format: str
    sha256: str
    nth: int
    from_on: date | None
    to_on: date | None
    opening_cents: int | None
    closing_cents: int | None


class Bank:
    """What is known of the bank's side, now."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def statements_of(self, account: str) -> list[KnownStatement]:
        """The statements of an account, in the order of their last days."""
        rows = self._ask("statements_of", {"account": account})
        return [KnownStatement(**row) for row in rows]

    def lines_of(self, account: str, days: Iterable[date]) -> list[Row]:
        """The lines of some days of an account: by what each of them is known again."""
        return self._ask("lines_of_days", {"account": account, "days": list(days)})

    def lines_named(self, account: str, days: tuple[date, date], told: Sequence[Told]) -> list[Row]:
        """The lines between two days that come to as much as one of the told ones, and are named as
        one of them is."""
        first, last = days
        marks = [each.marks for each in told]
        values = {
            "account": account,
            "from_on": first,
            "to_on": last,
            "cents": list({each.amount_cents for each in told}),
            "numbers": list({each.number for each in marks if each.number is not None}),
            "references": list({each.reference for each in marks if each.reference is not None}),
        }
        return self._ask("lines_named", values)

    def days_told(self, account: str, days: Iterable[date]) -> dict[UUID, dict[date, Day]]:
        """What the statements of an account told of some days."""
        found: dict[UUID, dict[date, Day]] = defaultdict(dict)
        for row in self._ask("days_told", {"account": account, "days": list(days)}):
            told = Day(row["opening_cents"], row["closing_cents"], tuple(row["amounts"]))
            found[row["statement_id"]][row["day"]] = told
        return found

    def lines_of_match(self, match_id: UUID) -> list[UUID]:
        """The lines that a match was made of, in the order of their locks."""
        rows = self._ask("lines_of_match", {"match_id": match_id})
        return [row["line_id"] for row in rows]

    def shown(self, dote_ids: Iterable[UUID]) -> frozenset[tuple[UUID, int, str]]:
        """Which disbursements of these doti a line has shown, and as what."""
        rows = self._ask("shown_by", {"dote_ids": list(dote_ids)})
        return frozenset((row["dote_id"], row["n"], row["kind"]) for row in rows)

    def refunds_of(self, dote_id: UUID) -> list[UUID]:
        """The lines that have shown refunds of a dote."""
        rows = self._ask("refunds_of", {"dote_id": dote_id})
        return [row["line_id"] for row in rows]

    def _ask(self, name: str, values: Mapping[str, object]) -> list[Row]:
        return self._database.statement(self._database.qualified(_SQL[name]), values)


def put(database: Database, row: Mapping[str, object]) -> None:
    """Writes by what a line is found, in the place of what was there."""
    database.statement(database.qualified(_SQL["put_line_tokens"]), row)


def words(details: Mapping[str, Any]) -> str:
    """What tells a line from others of its day and amount, however it is spaced or spelt."""
    texts = (details.get(name) or "" for name in ("bank_reference", "end_to_end", "remittance"))
    return "\x1e".join(folded(text) for text in texts)


def identity(
    index: BlindIndex, account: str, booked_on: date, amount_cents: int, said: str, occurrence: int
) -> bytes:
    """By what a line is known again, in another file too. `said`: its `words`; `occurrence`: the
    how-manyth it is of its day, amount and words."""
    parts = (account, booked_on.isoformat(), str(amount_cents), said, str(occurrence))
    return index.mark("bank line", "\x1f".join(parts))


def tokens(index: BlindIndex, details: Mapping[str, Any]) -> dict[str, bytes | None]:
    """By what the same movement is found in another file, where this one tells it."""
    found_by = dict(index.of_payee({"name": details["name"], "iban": details["iban"]}))
    text = "".join(sign for sign in folded(details["remittance"] or "") if sign.isalnum())
    said = {"reference": details["bank_reference"], "end_to_end": details["end_to_end"]}
    marked = {**{name: folded(value or "") for name, value in said.items()}, "text": text}
    return {
        **{
            f"{name}_token": index.mark(f"bank {name}", value) if value else None
            for name, value in marked.items()
        },
        "name_token": found_by.get("name"),
        "iban_token": found_by.get("iban"),
    }


def number_of(end_to_end: str | None, references: Iterable[str]) -> str | None:
    """The payment of ours that a line names: as it travelled with it, or first in its text."""
    return end_to_end or next((each for each in references if is_payment(each)), None)


def row_of(event: BankLineImported, index: BlindIndex) -> dict[str, object]:
    """The row of a line. The event is not sealed yet, or was opened: tokens are of clear text."""
    if not isinstance(event.details, Private):
        raise TypeError("rows are made of what is not sealed yet")
    details = read_record(event.details.text)
    return {
        **event.model_dump(include=_CLEAR),
        **tokens(index, details),
        "id": event.originator_id,
        "number": number_of(event.end_to_end, event.references),
        "identity": identity(
            index,
            event.account,
            event.booked_on,
            event.amount_cents,
            words(details),
            event.occurrence,
        ),
    }
