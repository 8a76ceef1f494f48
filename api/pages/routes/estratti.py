"""Estratti conto: bank files looked at and brought in, and what came in."""

from fastapi import APIRouter, Response
from starlette.datastructures import UploadFile

from api.languages import refusal_text, translate
from api.pages.calling import calling
from api.pages.forms import NO_FILE
from api.pages.say import N_
from api.pages.shell import Shell, TheShell
from api.pages.who import OurForm, SignedIn, csrf_token
from api.problems import problem_for
from api.v1.statement_files import Looked, bring_in, look, said
from api.v1.waiting import SETTLING_S, numbered
from domain.actors import Actor, Role
from domain.errors import DomainError
from projections.reconciliation import queries
from projections.runner import wait_until

router = APIRouter(include_in_schema=False)

HERE = "/estratti-conto"
NO_ACCOUNT = N_("The programme has no bank account yet: open one first.")


@router.get(HERE)
def statements(page: TheShell, actor: SignedIn) -> Response:
    """The statements, the newest first, and where a file is brought in."""
    return _page(page, actor)


@router.post(HERE)
def upload(page: TheShell, actor: SignedIn, sent: OurForm) -> Response:
    """A file is looked at, or brought in."""
    file, account = sent.get("file"), str(sent.get("account", ""))
    if not isinstance(file, UploadFile) or not file.filename:
        return _page(page, actor, wrong=translate(page.language, NO_FILE), status=422)
    try:
        looked = look(page.services, file.file, file.filename, account)
        despite = "despite" in sent
        if "look" in sent or (looked.errors and not despite):
            return _page(page, actor, looked=looked)
        request = calling(page, actor, None).request(None)
        done = bring_in(page.services, request, looked, despite=despite)
    except DomainError as error:
        told = refusal_text(error, page.language)
        return _page(page, actor, wrong=told, status=problem_for(error).status)
    for outcome in done.outcomes:
        index = numbered(page.services, outcome.stream_id, 1, SETTLING_S)
        if index is not None:
            wait_until(page.services.database, index, SETTLING_S)
    return page.done(HERE, "statement_imported" if done.new_lines else "statement_known")


def _page(
    page: Shell,
    actor: Actor,
    looked: Looked | None = None,
    wrong: str = "",
    status: int = 200,
) -> Response:
    accounts = list(page.services.register.programme().bank_accounts.values())
    with page.services.database.transaction() as tx:
        known = queries.statement_list(tx)
    return page.page(
        "estratti.html",
        here=HERE,
        status=status,
        form_csrf=csrf_token(page.request),
        may=actor.role_for(frozenset({Role.FINANCE}), None) is not None,
        accounts=accounts,
        statements=known,
        looked=looked,
        errors=said(looked.errors, page.language) if looked else [],
        warnings=said(looked.warnings, page.language) if looked else [],
        wrong=wrong or ("" if accounts else translate(page.language, NO_ACCOUNT)),
    )
