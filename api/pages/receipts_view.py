"""The page of receipts: what waits for a decision, what is missing, and what a desk can hand in."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from api.languages import refusal_text
from api.pages.bars import Bar, bar
from api.pages.ledger_view import partner_name
from api.pages.say import N_
from api.pages.shell import Shell
from api.v1 import schemas
from api.v1.reads import Reads
from api.v1.receipts import Of, SamePaper, same_papers, told
from api.v1.views import View
from domain.actors import Actor
from domain.errors import NotFound
from domain.lifecycle import TRANSITIONS, Action
from domain.permissions import refusal
from domain.programme import Programme
from projections.coverage.queries import DoteRow, GroupRow, Waiting
from workflows.eventstore.access_log import Access

PICTURES = frozenset({"image/jpeg", "image/png", "image/webp"})
MASKED = "•••"
DECIDERS = TRANSITIONS[Action.ACCEPT_RECEIPT].roles
SUBMITTERS = TRANSITIONS[Action.SUBMIT_RECEIPT].roles

AGES = (
    ("to_30", N_("up to 30 days")),
    ("to_60", N_("31 to 60 days")),
    ("to_90", N_("61 to 90 days")),
    ("over_90", N_("more than 90 days")),
)
"""What is missing, by how many days ago it was paid."""
SHORTS = tuple(zip(("0-30", "31-60", "61-90", "> 90"), (label for _, label in AGES), strict=True))
"""The same above narrow columns."""
COLOURS = {"to_30": "to_7", "to_60": "to_14", "to_90": "to_30", "over_90": "over_30"}


@dataclass(frozen=True, slots=True)
class Row:
    """A receipt that waits. `shows`: picture, pdf, or nothing that a browser shows; `why_not`: why
    the reader does not decide about it."""

    dote: schemas.Dote
    item: str
    receipt: schemas.Receipt
    since: datetime
    same: list[SamePaper]
    shows: str
    why_not: str | None

    @property
    def id(self) -> str:
        """What a form calls it."""
        return f"{self.dote.id}.{self.receipt.n}"

    @property
    def address(self) -> str:
        """Where its file is."""
        return f"/doti/{self.dote.id}/giustificativi/{self.receipt.n}"


@dataclass(frozen=True, slots=True)
class PartnerRow:
    """What is missing of a partner (or of all: without a name)."""

    name: str
    row: GroupRow
    bar: Bar


@dataclass(frozen=True, slots=True)
class MissingDote:
    """A dote of which receipts are missing. `days`: since the first payment of which something is;
    `may`: whether the reader hands them in."""

    row: DoteRow
    item: str
    partner: str
    days: int
    may: bool


def waiting_rows(page: Shell, actor: Actor, found: Iterable[Waiting], reads: Reads) -> list[Row]:
    """The receipts that still wait: lists are a moment behind."""
    rows = []
    for one in found:
        row = _row(page, actor, one, reads)
        rows += [] if row is None else [row]
    return rows


def _row(page: Shell, actor: Actor, one: Waiting, reads: Reads) -> Row | None:
    view = View(page.services, actor, page.language)
    try:
        history, dote = view.visible(one.dote_id)
    except NotFound:
        return None
    case = view.case(dote)
    shown = view.told(case, history)
    receipt = next((each for each in shown.receipts if each.n == one.n), None)
    if receipt is None or receipt.state != "submitted":
        return None
    refused = refusal(case, Action.ACCEPT_RECEIPT, actor)
    category = page.services.register.category(dote.category)
    copies = same_papers(page.services.register, dote.id).get(one.n, ())
    reads.note(view, Access.DOTE_READ, dote.household_id, dote.id)
    return Row(
        dote=shown,
        item=category.items.get(dote.item, dote.item),
        receipt=receipt,
        since=one.since,
        same=told(copies, actor, Of(dote.id, dote.partner), page.language),
        shows=_shows(receipt),
        why_not=None if refused is None else refusal_text(refused, page.language),
    )


def _shows(receipt: schemas.Receipt) -> str:
    if not receipt.file_name or receipt.file_name == MASKED:
        return ""
    if receipt.media_type in PICTURES:
        return "picture"
    return "pdf" if receipt.media_type == "application/pdf" else "file"


def partner_rows(found: Iterable[GroupRow], known: Programme) -> list[PartnerRow]:
    """The partners of which something is missing, most first, on one scale."""
    rows = sorted(found, key=lambda row: -row.missing_cents)
    most = max((row.missing_cents for row in rows), default=0)
    return [
        PartnerRow(partner_name(known, row.partner or ""), row, _ages(row, most))
        for row in rows
        if row.missing_cents
    ]


def missing_doti(
    actor: Actor, found: Iterable[DoteRow], known: Programme, today: date
) -> list[MissingDote]:
    """The doti, with what the reader may do about each."""
    return [
        MissingDote(
            row=row,
            item=known.categories[row.category].items.get(row.item, row.item),
            partner=partner_name(known, row.partner or ""),
            days=0 if row.oldest is None else (today - row.oldest).days,
            may=actor.role_for(SUBMITTERS, row.partner) is not None
            and row.state in TRANSITIONS[Action.SUBMIT_RECEIPT].sources,
        )
        for row in found
    ]


def _ages(row: GroupRow, most: int) -> Bar:
    return bar(
        ((COLOURS[kind], label, getattr(row, f"{kind}_cents")) for kind, label in AGES), most
    )
