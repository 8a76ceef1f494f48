"""The papers behind the expenses of an account: which can be handed in, and why not the others."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from api.wiring import Services
from domain.errors import Erased
from domain.events.dote import ReceiptSubmitted
from domain.redaction import redaction_id
from domain.rendiconto_content import Content, Row
from workflows.files import FileMissing, StoredFileDamaged
from workflows.redactions import latest

Missing = Literal["not_admitted", "not_redacted", "erased", "lost"]
"""Why a paper does not go along: its expense is not admitted, nobody has blacked out on it what is
private, it went with its household, or the store has it no more."""


@dataclass(frozen=True, slots=True)
class Paper:
    """The paper of an expense. `sha256`: of its pages as others are given them; None: there are
    none, for the reason that `missing` tells."""

    row: Row
    dote_id: UUID
    n: int
    household_id: UUID
    sha256: str | None
    missing: Missing | None


@dataclass(frozen=True, slots=True)
class Readiness:
    """How many papers of the admitted expenses of an account there are, and how many of them
    somebody of finance has made fit to leave."""

    ready: int
    papers: int

    @property
    def is_complete(self) -> bool:
        """Whether none is missing."""
        return self.ready == self.papers


def readiness(services: Services, content: Content) -> Readiness:
    """The same of all papers at once, without looking into the store."""
    receipts = [
        row.receipt.log_index
        for row in content.expenses
        if row.receipt is not None and row.admitted_cents > 0
    ]
    made = [
        redaction_id(place.event.originator_id, place.event.n)
        for place in services.log.places(receipts).values()
        if isinstance(place.event, ReceiptSubmitted)
    ]
    return Readiness(ready=len(services.log.begun(made)), papers=len(receipts))


def papers_of(services: Services, content: Content) -> Iterator[Paper]:
    """The papers of an account, in the order of its expenses."""
    rows = [row for row in content.expenses if row.receipt is not None]
    places = services.log.places(row.receipt.log_index for row in rows if row.receipt is not None)
    for row in rows:
        place = places[row.receipt.log_index] if row.receipt is not None else None
        if place is None or not isinstance(place.event, ReceiptSubmitted):
            continue
        dote = services.register.dote(place.event.originator_id)
        yield _paper(services, row, dote.id, place.event.n, dote.household_id)


def _paper(services: Services, row: Row, dote_id: UUID, n: int, household_id: UUID) -> Paper:
    if row.admitted_cents <= 0:
        return Paper(row, dote_id, n, household_id, None, "not_admitted")
    made = latest(services.register, dote_id, n)
    if made is None:
        return Paper(row, dote_id, n, household_id, None, "not_redacted")
    return Paper(row, dote_id, n, household_id, made.sha256, None)


def opened(services: Services, paper: Paper) -> bytes | Missing:
    """The pages of a paper as others are given them; or why there are none."""
    if paper.sha256 is None:
        return paper.missing or "not_redacted"
    try:
        return services.files.open(paper.household_id, paper.sha256)
    except Erased:
        return "erased"
    except (FileMissing, StoredFileDamaged):
        return "lost"
