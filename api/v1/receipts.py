"""The receipts of a dote, each with where else the same paper was handed in, in it or elsewhere.

As with double help, the file of another desk is not opened: who may not see it is told by what the
paper is the same, when and for how much, and no more.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from fastapi import APIRouter

from api.languages import Language, day, money, translate
from api.v1 import PREFIX, schemas
from api.v1.answer import Answer
from api.v1.commands import TheView
from api.v1.dependencies import DoteId
from api.v1.describing import READING, refusals
from api.v1.double_help import DESKS
from api.v1.reads import TheReads
from api.v1.waiting import READ
from domain.actors import Actor
from domain.days import day_here
from domain.receipts import Copy, SameBy
from workflows.accounting import copies
from workflows.engine import can_see
from workflows.eventstore import receipts
from workflows.eventstore.access_log import Access
from workflows.eventstore.register import Register

router = APIRouter(prefix=f"{PREFIX}/doti/{{dote_id}}", tags=["papers"])

SENTENCES = {
    SameBy.FILE: "{desk} handed in the same file on {day}, {amount}.",
    SameBy.PAPER: "{desk} handed in the same issuer, number and amount on {day}, {amount}.",
}
IN_THIS_DOTE = "This dote has the same paper as receipt {n}, handed in on {day}, {amount}."


class SamePaper(Answer):
    """The same paper as another receipt, of this dote or another one. `amount_cents`: what that one
    has of it. `own`: whether the caller may open that dote; else neither id nor number is told."""

    by: SameBy
    own: bool
    dote_id: UUID | None
    number: str | None
    n: int | None
    at: datetime
    amount_cents: int
    state: str
    sentence: str


class ReceiptKnown(schemas.Receipt):
    """A receipt, and where else it was handed in."""

    same_paper: list[SamePaper]


class Receipts(Answer):
    """The receipts of a dote."""

    items: list[ReceiptKnown]


@router.get("/receipts", dependencies=READ, responses=refusals(*READING))
def list_receipts(
    dote_id: DoteId,
    view: TheView,
    reads: TheReads,
) -> Receipts:
    """The receipts of a dote, and where else the same papers were handed in."""
    history, dote = view.visible(dote_id)
    shown = view.told(view.case(dote), history)
    same, of = same_papers(view.services.register, dote_id), Of(dote.id, dote.partner)
    reads.note(view, Access.DOTE_READ, dote.household_id, dote.id)
    return Receipts(
        items=[
            ReceiptKnown(
                **receipt.model_dump(),
                same_paper=told(same.get(receipt.n, ()), view.actor, of, view.language),
            )
            for receipt in shown.receipts
        ]
    )


def same_papers(register: Register, dote_id: UUID) -> dict[int, list[Copy]]:
    """By the number of a receipt: where else its paper was handed in and counts."""
    mine = receipts.of_dote(register.database, dote_id)
    if not mine:
        return {}
    files, papers = [each.file_token for each in mine], [each.paper_token for each in mine]
    found = receipts.same(register.database, files, papers)
    return {
        each.n: list(
            copies(
                register,
                [
                    other
                    for other in found
                    if (other.dote_id, other.n) != (dote_id, each.n)
                    and (
                        each.file_token == other.file_token or each.paper_token == other.paper_token
                    )
                ],
                {each.file_token},
            )
        )
        for each in mine
    }


class Of(NamedTuple):
    """The dote that copies are shown with, and whose it is."""

    dote_id: UUID
    partner: str


def told(found: Iterable[Copy], actor: Actor, of: Of, language: Language) -> list[SamePaper]:
    """What one reader is told of copies."""
    return [_one(copy, actor, of, language) for copy in found]


def _one(copy: Copy, actor: Actor, of: Of, language: Language) -> SamePaper:
    own = can_see(actor, copy.partner)
    said = IN_THIS_DOTE if copy.dote_id == of.dote_id else SENTENCES[copy.by]
    sentence = translate(language, said).format(
        n=copy.n,
        desk=translate(language, DESKS[copy.partner == of.partner]),
        day=day(language, day_here(copy.at)),
        amount=money("it", copy.amount_cents),
    )
    return SamePaper(
        by=copy.by,
        own=own,
        dote_id=copy.dote_id if own else None,
        number=copy.number if own else None,
        n=copy.n if own else None,
        at=copy.at,
        amount_cents=copy.amount_cents,
        state=copy.state,
        sentence=sentence,
    )
