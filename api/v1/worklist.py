"""Whose turn it is: what waits for whoever asks, for others, and for how long."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import TypeAdapter

from api.languages import Language, translate
from api.v1 import PREFIX, cursors
from api.v1 import waiting_schemas as schemas
from api.v1.commands import TheView
from api.v1.dependencies import Cursor, Limit, SignedIn, TheLanguage, TheServices
from api.v1.describing import ALWAYS, refusals
from api.v1.turns import SENTENCES
from api.v1.waiting import READ
from domain.lifecycle import READERS, Stage
from domain.text import Code
from domain.turns import Why
from projections.doti import worklists
from projections.doti.mine import Person
from projections.doti.worklists import Waiting, WorklistQuery

router = APIRouter(prefix=PREFIX, tags=["worklist"])

_PLACE = TypeAdapter(tuple[datetime | None, datetime, UUID, int])
_ELSEWHERE = 20

VOTES = "Votes are missing."
"""The same of many doti at once, where it is about votes."""


@router.get("/worklist", dependencies=READ, responses=refusals(*ALWAYS))
def worklist(
    view: TheView,
    *,
    stage: Stage | None = None,
    partner: Annotated[Code | None, Query(examples=["ROCCA"])] = None,
    category: Annotated[Code | None, Query(examples=["EMERGENZA"])] = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> schemas.WorklistPage:
    """What waits for whoever asks, overdue first. A dote that waits for several things of theirs
    comes several times."""
    now = view.services.engine.clock()
    query = WorklistQuery(
        person=Person(view.actor, now),
        stage=stage,
        partner=partner,
        category=category,
        after=cursors.read("worklist", _PLACE, cursor),
        limit=limit,
    )
    with view.services.database.transaction() as tx:
        page = worklists.worklist(tx, query)
        return schemas.WorklistPage(
            items=[
                schemas.WorklistItem(
                    action=item.action,
                    dote=view.summary(item.dote),
                    **_waiting(item.waiting, now, view.language),
                )
                for item in page.items
            ],
            next_cursor=cursors.write("worklist", _PLACE, page.next_after),
        )


@router.get("/worklist/summary", dependencies=READ, responses=refusals(*ALWAYS))
def summary(
    services: TheServices, actor: SignedIn, language: TheLanguage
) -> schemas.WorklistSummary:
    """How much waits for whoever asks and why, and what waits for others on doti that they had a
    part in."""
    person = Person(actor, services.engine.clock())
    with services.database.transaction() as tx:
        counts = worklists.overview(tx, person).by_why
        elsewhere = worklists.elsewhere(tx, person, _ELSEWHERE)
    return schemas.WorklistSummary(
        mine=sum(count.waiting for count in counts),
        overdue=sum(count.overdue for count in counts),
        by_why=[
            schemas.WaitingByReason(
                why=count.why,
                sentence=translate(
                    language, VOTES if count.why is Why.VOTE else SENTENCES[count.why]
                ),
                waiting=count.waiting,
                overdue=count.overdue,
            )
            for count in counts
        ],
        elsewhere=[
            schemas.WaitingElsewhere(
                dote_id=found.dote.id,
                number=found.dote.number,
                roles=list(found.roles),
                **_waiting(found.waiting, person.now, language),
            )
            for found in elsewhere
        ],
    )


@router.get("/ageing", dependencies=READ, responses=refusals(*ALWAYS))
def ageing(services: TheServices, actor: SignedIn) -> schemas.Ageing:
    """How long doti have been waiting, by stage and partner, within the scope of whoever asks."""
    now = services.engine.clock()
    with services.database.transaction() as tx:
        rows = worklists.ageing(tx, actor.scope(READERS), now)
    return schemas.Ageing(
        at=now,
        rows=[
            schemas.AgeingRow(
                stage=row.stage,
                partner=row.partner,
                waiting=row.waiting,
                overdue=row.overdue,
                oldest_since=row.oldest_since,
                buckets=schemas.AgeingBuckets(
                    to_7=row.to_7, to_14=row.to_14, to_30=row.to_30, over_30=row.over_30
                ),
            )
            for row in rows
        ],
    )


def _waiting(waiting: Waiting, now: datetime, language: Language) -> dict[str, Any]:
    due = waiting.due
    overdue = due is not None and due <= now
    sentence = translate(language, SENTENCES[waiting.why])
    return {
        "stage": waiting.stage,
        "why": waiting.why,
        "sentence": sentence.format(given=waiting.given, wanted=waiting.wanted),
        "since": waiting.since,
        "due": due,
        "overdue": overdue,
        "days_late": (now - due).days if due is not None and overdue else 0,
        "given": waiting.given,
        "wanted": waiting.wanted,
    }
