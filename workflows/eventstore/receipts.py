"""Receipts by what they are found again: the file, and issuer, number and amount of the paper."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from domain.events.dote import ReceiptSubmitted
from workflows.eventstore.blind_index import BlindIndex
from workflows.eventstore.database import Database
from workflows.eventstore.statements import statements

_SQL = statements("workflows.eventstore.sql", "receipts")


@dataclass(frozen=True, slots=True)
class Same:
    """A receipt that is of the same file, or paper, as one that is asked about."""

    dote_id: UUID
    n: int
    file_token: bytes
    paper_token: bytes


def columns(
    event: ReceiptSubmitted, details: Mapping[str, Any], index: BlindIndex
) -> dict[str, object]:
    """A receipt as the table has it. `details`: of the event, in clear."""
    whole = event.amount_cents if event.paper_cents is None else event.paper_cents
    return {
        "dote_id": event.originator_id,
        "n": event.n,
        "household_id": event.details.subject_id,
        "file_token": index.of_file(event.sha256),
        "paper_token": index.of_paper(details["issuer"], event.number, whole),
    }


def same(database: Database, files: Sequence[bytes], papers: Sequence[bytes]) -> list[Same]:
    """The receipts that are of one of these files or papers."""
    values = {"files": list(files), "papers": list(papers)}
    return [Same(**row) for row in database.statement(database.qualified(_SQL["same"]), values)]


def of_dote(database: Database, dote_id: UUID) -> list[Same]:
    """The receipts of a dote, by what they are found."""
    rows = database.statement(database.qualified(_SQL["of_dote"]), {"dote_id": dote_id})
    return [Same(**row) for row in rows]


def put(database: Database, values: Mapping[str, object]) -> None:
    """Writes by what a receipt is found, in the place of what was there."""
    database.statement(database.qualified(_SQL["put_receipt"]), values)
