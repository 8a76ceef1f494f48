"""Doti taken out of the register, without who they are for."""

from fastapi import APIRouter, Response

from api.security.rights import COUNTERS
from api.v1 import PREFIX
from api.v1.counting import TheChosen
from api.v1.dependencies import SignedIn, TheLanguage, TheServices
from api.v1.describing import ALWAYS, Responses, refusals
from api.v1.pseudonyms import as_csv, as_lines, pseudonymised
from api.v1.reads import Reads, TheReads
from api.v1.spreadsheet import CSV
from api.v1.waiting import READ
from api.wiring import Services
from domain.actors import Actor
from projections.figures import queries
from projections.figures.queries import Chosen
from workflows.eventstore.access_log import Access

router = APIRouter(prefix=f"{PREFIX}/exports", tags=["exports"])

LINES = "application/x-ndjson"


def _answer(media_type: str) -> Responses:
    content = {media_type.partition(";")[0]: {"schema": {"type": "string"}}}
    return {200: {"description": "One row a dote", "content": content}, **refusals(*ALWAYS)}


@router.get("/doti.csv", dependencies=READ, response_class=Response, responses=_answer(CSV))
def doti_csv(
    services: TheServices,
    actor: SignedIn,
    language: TheLanguage,
    chosen: TheChosen,
    reads: TheReads,
) -> Response:
    """Doti as a table: with codes that are new in each export, months for days, and nobody's
    number. Columns are parted by semicolons in Italian, as spreadsheets there expect it."""
    return file_of(as_csv(taken_out(services, actor, chosen, reads, "csv"), language), CSV)


@router.get("/doti.jsonl", dependencies=READ, response_class=Response, responses=_answer(LINES))
def doti_jsonl(
    services: TheServices, actor: SignedIn, chosen: TheChosen, reads: TheReads
) -> Response:
    """The same doti, one JSON object a line."""
    return file_of(as_lines(taken_out(services, actor, chosen, reads, "jsonl")), LINES)


def taken_out(
    services: Services, actor: Actor, chosen: Chosen, reads: Reads, form: str
) -> list[dict[str, object]]:
    """The rows of an export; who took it, and in which form, is written down."""
    programme = services.register.programme()
    health = {code for code, known in programme.categories.items() if known.health_data}
    with services.database.transaction() as tx:
        found = queries.doti(tx, chosen)
    rows = pseudonymised(found, health, programme.retention.small_cell)
    reads.add(Access.EXPORTED, actor.role_for_any(COUNTERS), rows=len(rows), format=form)
    return rows


def file_of(content: bytes, media_type: str) -> Response:
    """An export as an answer."""
    name = "doti.csv" if media_type == CSV else "doti.jsonl"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(content, media_type=media_type, headers=headers)
