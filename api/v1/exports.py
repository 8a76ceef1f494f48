"""Doti taken out of the register, without who they are for."""

from fastapi import APIRouter, Response

from api.languages import Language
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
    return csv_of(services, actor, language, chosen, reads)


def csv_of(
    services: Services, actor: Actor, language: Language, chosen: Chosen, reads: Reads
) -> Response:
    """The same for a page; who took it is written down."""
    rows = _rows(services, chosen)
    _note(reads, actor, "csv", len(rows))
    return _file(as_csv(rows, language), CSV, "doti.csv")


@router.get("/doti.jsonl", dependencies=READ, response_class=Response, responses=_answer(LINES))
def doti_jsonl(
    services: TheServices, actor: SignedIn, chosen: TheChosen, reads: TheReads
) -> Response:
    """The same doti, one JSON object a line."""
    rows = _rows(services, chosen)
    _note(reads, actor, "jsonl", len(rows))
    return _file(as_lines(rows), LINES, "doti.jsonl")


def _rows(services: Services, chosen: Chosen) -> list[dict[str, object]]:
    programme = services.register.programme()
    health = {code for code, known in programme.categories.items() if known.health_data}
    with services.database.transaction() as tx:
        found = queries.doti(tx, chosen)
    return pseudonymised(found, health, programme.retention.small_cell)


def _note(reads: Reads, actor: Actor, form: str, rows: int) -> None:
    role = actor.role_for_any(COUNTERS)
    reads.add(Access.EXPORTED, role, rows=rows, format=form)


def _file(content: bytes, media_type: str, name: str) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(content, media_type=media_type, headers=headers)
