"""Giustificativi: what waits for a decision, what is missing, and handing in at the desk."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Annotated
from uuid import UUID, uuid4

from fastapi import APIRouter, Query, Response
from pydantic import TypeAdapter
from starlette.datastructures import FormData

from api.languages import refusal_text, translate
from api.middleware import PAGE_POLICY
from api.pages.calling import calling, keyed
from api.pages.coverage_file import coverage_file
from api.pages.dote_forms import FORMS
from api.pages.forms import NEEDED, Filled, command, read, refused, understood, uploaded
from api.pages.receipts_view import (
    AGES,
    COLOURS,
    DECIDERS,
    SHORTS,
    missing_doti,
    partner_rows,
    waiting_rows,
)
from api.pages.say import N_
from api.pages.shell import Shell, TheShell
from api.pages.who import OurForm, SignedIn
from api.problems import mark, problem_for
from api.security.refusals import PageTooOld
from api.v1 import cursors
from api.v1.coverage import asked_by
from api.v1.dependencies import DoteId
from api.v1.papers import kept, received
from api.v1.reads import Reads, TheReads
from api.v1.spreadsheet import CSV
from api.v1.views import View
from domain.actors import Actor
from domain.errors import DomainError, NotFound, StaleVersion
from domain.lifecycle import Action
from domain.permissions import refusal
from projections.coverage import queries
from workflows import accounting
from workflows.commands import AcceptReceipt, DisallowReceipt, SubmitReceipt
from workflows.eventstore.access_log import Access
from workflows.redactions import REDACTORS

router = APIRouter(include_in_schema=False)

PATH = "/giustificativi"
LISTED = 10
MISSING = 25
MOST = 50
"""So many are decided at once."""
ACCEPT, DISALLOW = "accept", "disallow"
NOTHING = "chosen"
"""The place of what is wrong where nothing is ticked."""
NONE_CHOSEN = N_("Tick at least one receipt.")
_WAITS = TypeAdapter(tuple[datetime, UUID, int])
_LACKS = TypeAdapter(tuple[date | None, UUID])
_FORM = FORMS[Action.SUBMIT_RECEIPT]
# The papers stand beside: those of this server, and of no other.
_POLICY = f"{PAGE_POLICY}; frame-src 'self'"

Cursor = Annotated[str | None, Query(max_length=500)]


@dataclass(frozen=True, slots=True)
class Said:
    """What became of a receipt; `why` it was refused, if it was."""

    number: str
    n: int
    dote_id: UUID
    accepted: bool
    why: str | None = None


@dataclass(frozen=True, slots=True)
class Sent:
    """The form as it came back: what is ticked, why, and what is wrong. `one`: the receipt whose
    own button was pressed; `wrong`: sentences by receipt, '' is about all that are ticked."""

    chosen: frozenset[str] = frozenset()
    reasons: Mapping[str, str] = field(default_factory=dict)
    reason: str = ""
    one: str | None = None
    wrong: Mapping[str, str] = field(default_factory=dict)
    key: str = field(default_factory=lambda: uuid4().hex)

    @property
    def wanted(self) -> list[str]:
        """What is to be decided."""
        return [self.one] if self.one else sorted(self.chosen)

    def why(self, each: str) -> str | None:
        """Why one of them is decided as it is: its own reason, or the one of all that are ticked,
        which is not meant for a receipt with a button of its own."""
        common = "" if self.one else self.reason
        return self.reasons.get(each, "").strip() or common.strip() or None

    def left(self, decided: frozenset[str]) -> "Sent":
        """What still stands in the form when some of it is decided."""
        over = self.one is None and self.chosen <= decided
        return Sent(
            chosen=self.chosen - decided,
            reasons={each: why for each, why in self.reasons.items() if each not in decided},
            reason="" if over else self.reason,
        )


@router.get(PATH)
def receipts(
    page: TheShell,
    actor: SignedIn,
    reads: TheReads,
    dopo: Cursor = None,
    mancanti: Cursor = None,
) -> Response:
    """`dopo`: the receipts after those; `mancanti`: the doti after those."""
    return _page(page, actor, reads, Sent(), dopo=dopo, missing_after=mancanti)


@router.get(f"{PATH}/copertura.csv")
def coverage(page: TheShell, actor: SignedIn) -> Response:
    """What is documented, by dote, for a spreadsheet."""
    content = coverage_file(page.services, asked_by(page.services, actor), page.language)
    headers = {"Content-Disposition": 'attachment; filename="copertura.csv"'}
    return Response(content, media_type=CSV, headers=headers)


@router.post(PATH)
def decide(
    page: TheShell, actor: SignedIn, reads: TheReads, form: OurForm, dopo: Cursor = None
) -> Response:
    """Decides on one receipt, or on all that are ticked; one refusal stops no other. The page comes
    back with what is ticked and typed for the others, and tells what became of each."""
    one, decision = _pressed(form)
    sent = _sent(form, one)
    if decision not in (ACCEPT, DISALLOW) or not sent.key:
        raise PageTooOld
    wrong = _wrong(page, sent, decision)
    if wrong:
        again = replace(sent, wrong=wrong, key=uuid4().hex)
        return _page(page, actor, reads, again, status=422, dopo=dopo)
    said = [_decided(page, actor, sent, each, decision) for each in _ids(sent.wanted)]
    decided = frozenset(f"{each.dote_id}.{each.n}" for each in said if each.why is None)
    status = 200 if decided else 409
    return _page(page, actor, reads, sent.left(decided), said=said, status=status, dopo=dopo)


def _pressed(form: FormData) -> tuple[str | None, str]:
    """The button: of one receipt (`accept.<id>`), or of all that are ticked."""
    for name in (ACCEPT, DISALLOW):
        if one := str(form.get(f"{name}_one", "")):
            return one, name
    return None, str(form.get("decide", ""))


def _sent(form: FormData, one: str | None) -> Sent:
    ids = [str(each) for each in form.getlist("row")][:MOST]
    return Sent(
        chosen=frozenset(map(str, form.getlist("chosen"))) & set(ids),
        reasons={each: str(form.get(f"reason.{each}", ""))[:5000] for each in ids},
        reason=str(form.get("reason", ""))[:5000],
        one=one,
        key=str(form.get("key", ""))[:64],
    )


def _wrong(page: Shell, sent: Sent, decision: str) -> dict[str, str]:
    if not sent.wanted:
        return {NOTHING: translate(page.language, NONE_CHOSEN)}
    if decision == DISALLOW and any(sent.why(each) is None for each in sent.wanted):
        return {sent.one or "": translate(page.language, NEEDED)}
    return {}


def _ids(wanted: list[str]) -> Iterator[tuple[str, UUID, int]]:
    for each in wanted[:MOST]:
        dote_id, _, n = each.partition(".")
        try:
            yield each, UUID(dote_id), int(n)
        except ValueError:
            raise PageTooOld from None


def _decided(
    page: Shell, actor: Actor, sent: Sent, which: tuple[str, UUID, int], decision: str
) -> Said:
    """Runs the command as the API does. A receipt never changes, so its dote may have."""
    each, dote_id, n = which
    why = sent.why(each)
    key = f"{sent.key}-{each}-{decision}"
    call = keyed(page, actor, key)
    number = ""
    try:
        number = call.view.visible(dote_id)[1].number
        if decision == ACCEPT:
            accept = AcceptReceipt(reason=why)
            call.run(
                lambda work: accounting.accept_receipt(work, dote_id, n, accept), accept, n=each
            )
        else:
            refuse = DisallowReceipt(reason=why or "")
            call.run(
                lambda work: accounting.disallow_receipt(work, dote_id, n, refuse), refuse, n=each
            )
    except DomainError as error:
        mark(page.request, error)
        return Said(number, n, dote_id, decision == ACCEPT, refusal_text(error, page.language))
    return Said(number, n, dote_id, decision == ACCEPT)


def _page(
    page: Shell,
    actor: Actor,
    reads: Reads,
    sent: Sent,
    *,
    said: list[Said] | None = None,
    status: int = 200,
    dopo: str | None = None,
    missing_after: str | None = None,
) -> Response:
    services = page.services
    asked, decides = asked_by(services, actor), actor.has_any(DECIDERS)
    after = cursors.read("receipts", _WAITS, dopo)
    lacking = cursors.read("coverage", _LACKS, missing_after)
    with services.database.transaction(one_snapshot=True) as tx:
        found = list(queries.waiting(tx, asked.scope, LISTED + 1, after=after)) if decides else []
        if after is not None and not found and said:
            # All that stood here is decided: on from the first.
            dopo = None
            found = list(queries.waiting(tx, asked.scope, LISTED + 1))
        by_partner = queries.groups(tx, asked, "partner")
        doti = queries.doti(tx, asked, MISSING + 1, after=lacking, missing=True)
    known = services.register.programme()
    more = found[LISTED - 1].place if len(found) > LISTED else None
    more_doti = doti[MISSING - 1].place if len(doti) > MISSING else None
    answer = page.page(
        "receipts.html",
        status=status,
        here=PATH,
        decides=decides,
        redacts=actor.has_any(REDACTORS),
        rows=waiting_rows(page, actor, found[:LISTED], reads),
        more=_following("dopo", cursors.write("receipts", _WAITS, more)),
        partners=partner_rows(by_partner, known),
        total=queries.together(by_partner),
        doti=missing_doti(actor, doti[:MISSING], known, asked.today),
        more_doti=_following("mancanti", cursors.write("coverage", _LACKS, more_doti)),
        sent=sent,
        dopo=dopo,
        said=said or [],
        ages=[(COLOURS[kind], label) for kind, label in AGES],
        shorts=SHORTS,
        now=services.engine.clock(),
    )
    answer.headers["Content-Security-Policy"] = _POLICY
    return answer


def _following(name: str, cursor: str | None) -> str | None:
    return f"{PATH}?{name}={cursor}" if cursor else None


# Handing in


@router.get(f"{PATH}/{{dote_id}}")
def hand_in_form(dote_id: DoteId, page: TheShell, actor: SignedIn, reads: TheReads) -> Response:
    """One dote: what of it is missing, and the form to hand a receipt in."""
    return _one(page, actor, reads, dote_id, Filled())


@router.post(f"{PATH}/{{dote_id}}")
def hand_in(
    dote_id: DoteId, page: TheShell, actor: SignedIn, form: OurForm, reads: TheReads
) -> Response:
    """Hands a receipt in; comes back as it was filled in where that is not possible."""
    filled = read(form, _FORM.fields)
    values, filled = understood(filled, _FORM.fields, page.language)
    wanted, filled = command(SubmitReceipt, values, filled, _FORM.fields, page.language)
    file, filled = uploaded(form, filled, _FORM.fields, page.language)
    if wanted is None or file is None or filled.wrong:
        return _one(page, actor, reads, dote_id, filled, 422)
    call = calling(page, actor, filled)
    try:
        upload = received(call, file)
        call.run(
            lambda work: accounting.submit_receipt(
                work, dote_id, wanted, kept(call, work, dote_id, Action.SUBMIT_RECEIPT, upload)
            ),
            wanted,
            sha256=upload.sha256,
        )
    except (NotFound, StaleVersion):
        raise
    except DomainError as error:
        mark(page.request, error)
        told = refused(filled, error, _FORM.fields, page.language)
        return _one(page, actor, reads, dote_id, told, problem_for(error).status)
    return page.done(PATH, Action.SUBMIT_RECEIPT)


def _one(
    page: Shell, actor: Actor, reads: Reads, dote_id: UUID, filled: Filled, status: int = 200
) -> Response:
    view = View(page.services, actor, page.language)
    history, dote = view.visible(dote_id)
    case = view.case(dote)
    not_possible = refusal(case, Action.SUBMIT_RECEIPT, actor)
    category = page.services.register.category(dote.category)
    reads.note(view, Access.DOTE_READ, dote.household_id, dote.id)
    return page.page(
        "receipt_new.html",
        status=status,
        here=f"{PATH}/{dote_id}",
        dote=view.told(case, history),
        item=category.items.get(dote.item, dote.item),
        left_cents=dote.undocumented_cents,
        why_not=None if not_possible is None else refusal_text(not_possible, page.language),
        form=_FORM,
        filled=filled,
        back=PATH,
    )
