"""Conservazione: how long what is kept of persons is kept, and what other times would mean."""

from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, Response

from api.pages.calling import calling
from api.pages.forms import Field, Filled, command, read, refused, understood
from api.pages.programme.story import story
from api.pages.say import N_
from api.pages.shell import Shell, TheShell
from api.pages.who import OurForm, SignedIn
from api.problems import problem_for
from api.security.refusals import PageTooOld
from api.security.rights import COORDINATORS
from domain.actors import Actor
from domain.errors import DomainError, StaleVersion
from domain.lifecycle import READERS
from domain.programme import Programme
from domain.retention import Retention
from projections.retention.queries import Counts, PageQuery, counts
from workflows import erasure
from workflows.commands import AdoptRetention

router = APIRouter(include_in_schema=False)

RETENTION = "/programma/conservazione"
PREVIEW = "preview"

FIELDS = (
    Field(
        "notes_months",
        N_("Social notes, months"),
        "number",
        hint=N_("From the last thing that was done for the household."),
    ),
    Field(
        "accounting_years",
        N_("Papers of money, years"),
        "number",
        hint=N_("From the end of the year in which money moved last. The law asks for ten."),
    ),
    Field(
        "notice_days",
        N_("Notice beforehand, days"),
        "number",
        hint=N_("What will be erased stands in the list for so long: a week at least."),
    ),
    Field(
        "small_cell",
        N_("Smallest number in statistics"),
        "number",
        hint=N_("Statistics leave out what is of fewer households."),
    ),
)


@dataclass(frozen=True, slots=True)
class Meaning:
    """What stands in the list under some times."""

    now: Counts
    then: Counts | None


@router.get(RETENTION)
def retention(page: TheShell, actor: SignedIn) -> Response:
    """The times of now."""
    return _page(page, actor, None)


@router.post(RETENTION)
def adopt(page: TheShell, actor: SignedIn, sent: OurForm) -> Response:
    """Adopts other times; or shows what they would mean."""
    filled = read(sent, FIELDS)
    if filled.version is None:
        raise PageTooOld
    values, filled = understood(filled, FIELDS, page.language)
    wanted, filled = command(AdoptRetention, values, filled, FIELDS, page.language)
    if wanted is None:
        return _page(page, actor, filled, status=422)
    if PREVIEW in sent:
        return _page(page, actor, filled, proposed=wanted)
    return _adopted(page, actor, filled, wanted)


def _adopted(page: Shell, actor: Actor, filled: Filled, wanted: AdoptRetention) -> Response:
    call = calling(page, actor, filled)
    call.expected_version = filled.version
    try:
        call.run(lambda work: erasure.adopt_retention(work, wanted), wanted)
    except StaleVersion:
        since = filled.version
        return _page(page, actor, filled, status=412, proposed=wanted, changed_since=since)
    except DomainError as error:
        told = refused(filled, error, FIELDS, page.language)
        return _page(page, actor, told, status=problem_for(error).status)
    return page.done(RETENTION, "retention_adopted")


def _page(
    page: Shell,
    actor: Actor,
    filled: Filled | None,
    *,
    status: int = 200,
    proposed: AdoptRetention | None = None,
    changed_since: int | None = None,
) -> Response:
    services, known = page.services, page.services.register.programme()
    times = known.retention
    then = None
    if proposed is not None:
        then = Retention.model_validate(times.model_dump() | proposed.model_dump(exclude_none=True))
    adopted = known.retention_adopted
    names = services.accounts.names([adopted.by]) if adopted else {}
    texts = {name: str(value) for name, value in times.model_dump().items()}
    return page.page(
        "retention.html",
        status=status,
        here=RETENTION,
        place=RETENTION,
        known=known,
        times=times,
        adopted=adopted,
        adopted_by=names.get(adopted.by, "?") if adopted else "",
        coordinates=actor.role_for(COORDINATORS, None) is not None,
        filled=filled or Filled(texts=texts),
        came_back=filled is not None,
        fields=FIELDS,
        meaning=_meaning(page, actor, known, then),
        changes=story(services, known, page.language, after=changed_since)
        if changed_since is not None
        else None,
    )


def _meaning(page: Shell, actor: Actor, known: Programme, then: Retention | None) -> Meaning:
    query: dict[str, Any] = {
        "today": page.services.engine.today(),
        "adopted_on": known.retention_since,
        "scope": actor.scope(READERS),
    }
    with page.services.database.transaction() as tx:
        now = counts(tx, PageQuery(retention=known.retention, **query))
        later = None if then is None else counts(tx, PageQuery(retention=then, **query))
    return Meaning(now, later)
