"""Verifying the register from a page: it runs beside, and can be left and come back to."""

from typing import Annotated

from fastapi import APIRouter, Path, Query, Response
from fastapi.responses import HTMLResponse

from api.pages.shell import Shell, TheShell
from api.pages.verification_view import Shown, shown
from api.pages.who import OurForm, SignedIn
from api.v1.dependencies import BIGGEST
from domain.errors import NotFound
from workflows.audit.verifications import Verification, ask, verification, verifications

router = APIRouter(include_in_schema=False)

LISTED = 25


@router.post("/registro/verifiche")
def begin(page: TheShell, actor: SignedIn, _: OurForm) -> Response:
    """Asks for a verification, or leads to the one that is under way."""
    services = page.services
    n = ask(services.database, actor.account_id, services.engine.clock())
    return page.done(f"/registro/verifiche/{n}")


@router.get("/registro/verifiche")
def listed(
    page: TheShell,
    _: SignedIn,
    prima: Annotated[int | None, Query(ge=0, le=BIGGEST)] = None,
) -> HTMLResponse:
    """What was verified, the newest first."""
    found = verifications(page.services.database, prima, LISTED + 1)
    runs = _shown(page, found[:LISTED])
    more = f"/registro/verifiche?prima={runs[-1].run.n}" if len(found) > LISTED else None
    return page.page("verifiche.html", runs=runs, more=more)


@router.get("/registro/verifiche/{n}")
def one(page: TheShell, _: SignedIn, n: Annotated[int, Path(ge=1, le=BIGGEST)]) -> HTMLResponse:
    """How far a verification is, or what came of it."""
    found = verification(page.services.database, n)
    if found is None:
        raise NotFound
    return page.page("verifica.html", last=_shown(page, [found])[0])


@router.get("/registro/cosa-prova")
def meaning(page: TheShell, _: SignedIn) -> HTMLResponse:
    """What a verification proves, and what it cannot prove."""
    return page.page("cosa_prova.html")


def _shown(page: Shell, runs: list[Verification]) -> list[Shown]:
    names = page.services.accounts.names(run.account_id for run in runs)
    return [shown(run, page.language, names.get(run.account_id)) for run in runs]
