"""Erasing households: asked, confirmed, declined, held; the list of it; times of retention."""

from datetime import date
from uuid import UUID

from fastapi import APIRouter, Depends, Response
from pydantic import TypeAdapter

from api.erasing import Erasing
from api.languages import refusal_text
from api.security.rights import ERASURE_LIST
from api.v1 import PREFIX, cursors
from api.v1 import erasure_answers as answers
from api.v1.bodies import EraseBody, HoldErasureBody, RefuseErasureBody, RetentionBody
from api.v1.commands import Call, TheCall, TheView, etag
from api.v1.dependencies import (
    Cursor,
    HouseholdId,
    Limit,
    SignedIn,
    TheServices,
    json_only,
)
from api.v1.describing import ALWAYS, READING, command, refusals, versioned
from api.v1.views import View
from api.v1.waiting import READ
from domain import erasure
from domain.errors import DomainError, NotFound
from domain.household import Household
from domain.programme import Programme
from projections.retention.queries import Entry, PageQuery, page
from workflows import erasure as workflows
from workflows.engine import can_see
from workflows.eventstore.belongings import Belongings

router = APIRouter(prefix=PREFIX, tags=["erasures"])

_PLACE = TypeAdapter(tuple[date | None, UUID])
_HOUSEHOLD = "/households/{household_id}/erasure"
_JSON = [Depends(json_only)]


@router.post(_HOUSEHOLD, dependencies=_JSON, **command(200, on_dote=False))
def erase(household_id: HouseholdId, command: EraseBody, call: TheCall) -> answers.Erasure:
    """Asks for a household to be erased or, as a second person, confirms it: then it is gone.

    One of the two is a coordinator. Households that it was merged with go with it.
    """
    outcome = call.run(lambda work: workflows.ask_or_confirm(work, household_id, command), command)
    shown = _at(call, household_id, outcome.version)
    if shown.state == "erased":
        Erasing(call.services).remove_files()
    return shown


@router.post(f"{_HOUSEHOLD}/refusal", dependencies=_JSON, **command(200, on_dote=False))
def refuse(household_id: HouseholdId, command: RefuseErasureBody, call: TheCall) -> answers.Erasure:
    """Declines an erasure that somebody asked for, or takes one's own request back."""
    outcome = call.run(lambda work: workflows.decline(work, household_id, command), command)
    return _at(call, household_id, outcome.version)


@router.post(f"{_HOUSEHOLD}/hold", dependencies=_JSON, **command(200, on_dote=False))
def hold(household_id: HouseholdId, command: HoldErasureBody, call: TheCall) -> answers.Erasure:
    """The coordinator keeps a household until a day, whatever its time and whoever asks."""
    outcome = call.run(lambda work: workflows.hold(work, household_id, command), command)
    return _at(call, household_id, outcome.version)


@router.get(
    _HOUSEHOLD,
    dependencies=READ,
    responses=versioned(200, replayed=False) | refusals(*READING),
)
def household_erasure(
    household_id: HouseholdId,
    response: Response,
    view: TheView,
) -> answers.Erasure:
    """Where the erasure of a household stands, and what is against it now."""
    shown, version = standing(view, household_id)
    response.headers["ETag"] = etag(version)
    return shown


def standing(view: View, household_id: UUID) -> tuple[answers.Erasure, int]:
    """Where the erasure of a household stands, what is against it now, and the household's
    version. Raises NotFound."""
    services = view.services
    with services.database.transaction():
        found = workflows.find(services.register, Belongings(services.database), household_id)
        first = found.group.households[0]
        if not can_see(view.actor, first.partner):
            raise NotFound
        retention = services.register.programme().retention
        shown = _shown(view, first)
        if first.erased is not None:
            return shown, first.version
        today = services.engine.today()
        against = erasure.against(found.group, retention, today)
        more = {
            "against": [_obstacle(view, each) for each in against],
            "held_until": found.group.held_until,
            "notes_until": found.group.until("notes", retention),
            "kept_until": found.group.until("household", retention),
        }
        return shown.model_copy(update=more), first.version


@router.get("/erasures", dependencies=READ, responses=refusals(*ALWAYS))
def erasures(
    services: TheServices, actor: SignedIn, *, cursor: Cursor = None, limit: Limit = 50
) -> answers.ErasurePage:
    """What somebody asked to be erased, and what time will erase within the days of notice."""
    programme = services.register.programme()
    query = PageQuery(
        today=services.engine.today(),
        retention=programme.retention,
        adopted_on=programme.retention_since,
        scope=actor.scope(ERASURE_LIST),
        after=cursors.read("erasures", _PLACE, cursor),
        limit=limit,
    )
    with services.database.transaction() as tx:
        found = page(tx, query)
    return answers.ErasurePage(
        items=[_item(entry) for entry in found.items],
        next_cursor=cursors.write("erasures", _PLACE, found.next_after),
    )


@router.get(
    "/retention",
    dependencies=READ,
    responses=versioned(200, replayed=False) | refusals(*READING),
)
def retention(response: Response, services: TheServices, _: SignedIn) -> answers.RetentionTimes:
    """How long what is kept of persons is kept."""
    known = services.register.programme()
    response.headers["ETag"] = etag(known.version)
    return _times(known)


@router.post("/retention", dependencies=_JSON, **command(201, on_dote=False))
def adopt_retention(command: RetentionBody, call: TheCall) -> answers.RetentionTimes:
    """The coordinator adopts other times; what is left out stays as it is."""
    call.run(lambda work: workflows.adopt_retention(work, command), command)
    return _times(call.services.register.programme())


def _at(call: Call, household_id: UUID, version: int) -> answers.Erasure:
    """As the command left it; the same whenever it is told again."""
    return _shown(call.view, call.services.register.household(household_id, version))


def _shown(view: View, household: Household) -> answers.Erasure:
    asked, gone = household.asked, household.erased
    reason = None
    if asked is not None:
        reason = view.opened(asked, "reason", household.partner, health_data=False)
    by = asked.by if asked is not None else gone.asked_by if gone is not None else None
    confirmed = gone is not None and gone.because == "request"
    return answers.Erasure(
        household_id=household.id,
        state="erased" if gone else "asked" if asked else "none",
        asked_by=None if by is None else by.account_id,
        asked_at=None if asked is None else asked.at,
        reason=reason,
        confirmed_by=gone.by.account_id if gone is not None and confirmed else None,
        erased_at=None if gone is None else gone.at,
        because=None if gone is None else gone.because,
        held_until=household.held_until,
        notes_erased=household.notes_erased_on is not None,
        against=None,
        notes_until=None,
        kept_until=None,
    )


def _obstacle(view: View, refused: DomainError) -> answers.Obstacle:
    facts = refused.facts
    return answers.Obstacle(
        code=refused.code,
        detail=refusal_text(refused, view.language),
        until=date.fromisoformat(str(facts["until"])) if "until" in facts else None,
        open=int(str(facts["open"])) if "open" in facts else None,
    )


def _item(entry: Entry) -> answers.ErasureItem:
    return answers.ErasureItem(
        household_id=entry.household_id,
        number=entry.number,
        partner=entry.partner,
        what=entry.what,
        why="retention" if entry.asked_at is None else "asked",
        asked_by=entry.asked_by,
        asked_at=entry.asked_at,
        due_on=entry.due_on,
        listed_on=entry.listed_on,
        on=entry.on_day,
        held_until=entry.held_until,
    )


def _times(known: Programme) -> answers.RetentionTimes:
    adopted = known.retention_adopted
    return answers.RetentionTimes(
        **known.retention.model_dump(),
        adopted_at=None if adopted is None else adopted.at,
        adopted_by=None if adopted is None else adopted.by,
    )
