"""Approvare and Valutare: several doti decided with everything in view, one result for each."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response
from pydantic import TypeAdapter

from api.languages import refusal_text
from api.pages.calling import keyed
from api.pages.forms import Filled, refused
from api.pages.many_forms import APPROVING, ASSESSING, Button, Way
from api.pages.many_typed import Sheet, checked, sheet
from api.pages.many_view import Many
from api.pages.shell import Shell, TheShell
from api.pages.who import OurForm, SignedIn
from api.problems import problem_for
from api.security.refusals import PageTooOld
from api.v1 import cursors
from api.v1.reads import Reads, TheReads
from api.v1.views import View
from domain.actors import Actor
from domain.dote import Dote
from domain.errors import DomainError, NotFound
from projections.doti import worklists
from projections.doti.mine import Person
from projections.doti.worklists import WorklistQuery
from workflows.bulk import MOST, Result, decide_many
from workflows.engine import Outcome

router = APIRouter(include_in_schema=False)

LISTED = 15
PREVIEW = "preview"
DECIDE = "decide"
_PLACE = TypeAdapter(tuple[datetime | None, datetime, UUID, int])

After = Annotated[str | None, Query(max_length=500)]
Done = Annotated[list[UUID] | None, Query(max_length=MOST)]


@dataclass(frozen=True, slots=True)
class Said:
    """What became of one dote; `why` it was refused, if it was."""

    dote: Dote | None
    item: str
    why: str | None = None


@router.get("/approvare")
def approving(
    page: TheShell, actor: SignedIn, reads: TheReads, after: After = None, fatta: Done = None
) -> Response:
    """What waits for the reader's vote; `fatta`: what was just decided."""
    return _listed(page, actor, reads, APPROVING, after, fatta or [])


@router.post("/approvare")
def approve(page: TheShell, actor: SignedIn, reads: TheReads, sent: OurForm) -> Response:
    """Votes for or rejects what is ticked."""
    return _sent(page, actor, reads, APPROVING, sheet(sent, APPROVING), _pressed(sent))


@router.get("/valutare")
def assessing(
    page: TheShell, actor: SignedIn, reads: TheReads, after: After = None, fatta: Done = None
) -> Response:
    """What waits for the reader's assessment; `fatta`: what was just assessed."""
    return _listed(page, actor, reads, ASSESSING, after, fatta or [])


@router.post("/valutare")
def assess(page: TheShell, actor: SignedIn, reads: TheReads, sent: OurForm) -> Response:
    """Assesses what is ticked."""
    return _sent(page, actor, reads, ASSESSING, sheet(sent, ASSESSING), _pressed(sent))


def _pressed(sent: OurForm) -> str:
    """The button: to work it out again counts before all others."""
    return PREVIEW if PREVIEW in sent else str(sent.get(DECIDE, ""))


def _listed(
    page: Shell, actor: Actor, reads: Reads, way: Way, after: str | None, done: Sequence[UUID]
) -> Response:
    query = WorklistQuery(
        Person(actor, page.services.engine.clock()),
        whys=way.whys,
        after=cursors.read("worklist", _PLACE, after),
        limit=LISTED,
    )
    with page.services.database.transaction() as tx:
        found = worklists.worklist(tx, query)
    many = Many(page, actor, way)
    begun = many.begun(item.dote.id for item in found.items if item.dote.id not in done)
    following = cursors.write("worklist", _PLACE, found.next_after)
    return page.page(
        "many.html",
        said=[each for dote_id in done if (each := _said(page, actor, dote_id)).dote],
        more=f"{way.path}?after={following}" if following else None,
        **many.values(begun, reads),
    )


def _sent(
    page: Shell, actor: Actor, reads: Reads, way: Way, typed: Sheet, pressed: str
) -> Response:
    if pressed == PREVIEW:
        return _again(page, actor, reads, way, typed, 200)
    button = way.button(pressed)
    if button is None or not typed.rows or not typed.common.key:
        raise PageTooOld
    typed, items = checked(typed, way, button, page.language)
    if not items:
        return _again(page, actor, reads, way, typed, 422)
    call = keyed(page, actor, _key(typed, button))
    body = button.many.model_validate({"action": button.action, "items": items})
    results = list(decide_many(page.services.engine, call.request(body), items))
    if all(isinstance(result.outcome, Outcome) for result in results):
        done = "&".join(f"fatta={result.dote_id}" for result in results)
        return page.done(f"{way.path}?{done}")
    return _told(page, actor, reads, way, typed, results)


def _key(typed: Sheet, button: Button) -> str:
    """What makes the form count once: sent again after an interruption it goes on where it was,
    filled in anew it is another one."""
    rows = [
        (row.dote_id, sorted(row.filled.texts.items()), row.filled.version) for row in typed.chosen
    ]
    content = repr((button.name, sorted(typed.common.texts.items()), rows))
    return f"{typed.common.key}-{sha256(content.encode()).hexdigest()[:16]}"


def _told(
    page: Shell, actor: Actor, reads: Reads, way: Way, typed: Sheet, results: Sequence[Result]
) -> Response:
    """One result for each; what was refused stays filled in, and has a new key."""
    refusals = {
        result.dote_id: result.outcome
        for result in results
        if isinstance(result.outcome, DomainError)
    }
    done = {result.dote_id for result in results} - set(refusals)
    rows = tuple(
        replace(row, filled=_refused(row.filled, refusals.get(row.dote_id), way, page))
        for row in typed.rows
        if row.dote_id not in done
    )
    left = Sheet(rows, Filled(texts=typed.common.texts))
    said = [_said(page, actor, each.dote_id, refusals.get(each.dote_id)) for each in results]
    status = 200 if done else problem_for(next(iter(refusals.values()))).status
    return _again(page, actor, reads, way, left, status, said)


def _refused(filled: Filled, error: DomainError | None, way: Way, page: Shell) -> Filled:
    return filled if error is None else refused(filled, error, way.fields, page.language)


def _said(page: Shell, actor: Actor, dote_id: UUID, error: DomainError | None = None) -> Said:
    why = None if error is None else refusal_text(error, page.language)
    try:
        _, dote = View(page.services, actor, page.language).visible(dote_id)
    except NotFound:
        return Said(None, "", why)
    category = page.services.register.category(dote.category)
    return Said(dote, category.items.get(dote.item, dote.item), why)


def _again(
    page: Shell,
    actor: Actor,
    reads: Reads,
    way: Way,
    typed: Sheet,
    status: int,
    said: Sequence[Said] = (),
) -> Response:
    values = Many(page, actor, way).values(typed, reads)
    return page.page("many.html", status=status, here=way.path, said=said, more=None, **values)
