"""Estratti conto: bank files brought in, those that wait, and what came in."""

from collections.abc import Sequence
from typing import Annotated
from urllib.parse import urlencode
from uuid import UUID, uuid4

from fastapi import APIRouter, Query, Response
from starlette.datastructures import UploadFile

from api.languages import refusal_text, translate
from api.pages.calling import calling
from api.pages.forms import NO_FILE
from api.pages.say import N_
from api.pages.shell import Shell, TheShell
from api.pages.who import OurForm, SignedIn, csrf_token
from api.problems import problem_for
from api.v1.statement_files import (
    Asked,
    Gap,
    Looked,
    bring_in,
    fingerprint,
    gaps_around,
    look,
    received,
)
from api.v1.waiting import SETTLING_S, numbered
from domain.actors import Actor, Role
from domain.errors import ColumnMissing, ColumnsUnknown, DomainError
from projections.reconciliation import queries
from projections.runner import wait_until
from workflows.eventstore.statement_uploads import StatementUpload, StatementUploads
from workflows.payment_commands import RemoveColumns
from workflows.statements import remove_columns

router = APIRouter(include_in_schema=False)

HERE = "/estratti-conto"
MOST_TOLD = 20
"""Of so many statements that came in together is told what is missing around them."""
Account = Annotated[str, Query(max_length=40)]
JustIn = Annotated[tuple[UUID, ...], Query(max_length=MOST_TOLD)]
NO_ACCOUNT = N_("The programme has no bank account yet: open one first.")


@router.get(HERE)
def statements(
    page: TheShell, actor: SignedIn, conto: Account = "", caricato: JustIn = ()
) -> Response:
    """The statements, the newest first, and where a file is brought in. `caricato`: those of an
    account that came in just now, of which is told what is missing around them."""
    found = gaps_around(page.services, conto, caricato) if conto and caricato else []
    return _page(page, actor, gaps=found)


@router.post(HERE)
def upload(page: TheShell, actor: SignedIn, sent: OurForm) -> Response:
    """A file comes in; or waits on a page of its own, where something is asked or only to be
    looked at."""
    file, account = sent.get("file"), str(sent.get("account", ""))
    if not isinstance(file, UploadFile) or not file.filename:
        return _page(page, actor, wrong=translate(page.language, NO_FILE), status=422)
    try:
        data = received(page.services, file.file)
        waiting = StatementUpload(uuid4(), actor.account_id, account, file.filename, data, {})
        try:
            looked = look(page.services, data, file.filename, Asked(account))
        except (ColumnMissing, ColumnsUnknown):
            # Which columns they are can be said on the file's page.
            return wait(page, waiting)
        if "look" in sent or looked.is_guessed or looked.waits(despite=False):
            return wait(page, waiting)
        return brought_in(page, actor, looked, despite=False)
    except DomainError as error:
        told = refusal_text(error, page.language)
        return _page(page, actor, wrong=told, status=problem_for(error).status)


@router.post(f"{HERE}/colonne")
def remove(page: TheShell, actor: SignedIn, sent: OurForm) -> Response:
    """Columns that were saved for an account are not used any more."""
    account, name = str(sent.get("account", "")), str(sent.get("name", ""))
    try:
        command = RemoveColumns.model_validate({"name": name})
        calling(page, actor, None).run(lambda work: remove_columns(work, account, command), command)
    except (DomainError, ValueError):
        # Removed by somebody else meanwhile: the page shows what there is.
        return page.done(HERE)
    return page.done(HERE, "columns_removed")


def wait(page: Shell, waiting: StatementUpload) -> Response:
    """The file is kept until somebody has decided on it."""
    now = page.services.engine.clock()
    StatementUploads(page.services.database, page.services.vault).keep(waiting, now)
    return page.done(f"{HERE}/file/{waiting.id}")


def brought_in(page: Shell, actor: Actor, looked: Looked, *, despite: bool) -> Response:
    """It comes in: on to the list, once that shows it."""
    request = calling(page, actor, None).request(None, **fingerprint(looked))
    done = bring_in(page.services, request, looked, despite=despite)
    for outcome in done.outcomes:
        index = numbered(page.services, outcome.stream_id, 1, SETTLING_S)
        if index is not None:
            wait_until(page.services.database, index, SETTLING_S)
    made = [outcome.stream_id for outcome in done.outcomes if outcome.created]
    code = "statement_imported" if done.new_lines else "statement_known"
    if made and not done.new_lines:
        code = "statement_without_lines"
    account = looked.asked.account
    gaps = gaps_around(page.services, account, made)
    if gaps:
        beside = list(dict.fromkeys(str(gap.statement_id) for gap in gaps))[:MOST_TOLD]
        query = [("conto", account), *(("caricato", each) for each in beside)]
        return page.done(f"{HERE}?{urlencode(query)}", code)
    return page.done(HERE, code)


def _page(
    page: Shell, actor: Actor, wrong: str = "", status: int = 200, gaps: Sequence[Gap] = ()
) -> Response:
    accounts = list(page.services.register.programme().bank_accounts.values())
    may = actor.role_for(frozenset({Role.FINANCE}), None) is not None
    uploads = StatementUploads(page.services.database, page.services.vault)
    now = page.services.engine.clock()
    with page.services.database.transaction() as tx:
        known = queries.statement_list(tx)
    return page.page(
        "estratti.html",
        here=HERE,
        status=status,
        form_csrf=csrf_token(page.request),
        may=may,
        accounts=accounts,
        statements=known,
        gaps=[(each, refusal_text(each.problem, page.language)) for each in gaps],
        waiting=uploads.all_of(actor.account_id, now) if may else [],
        wrong=wrong or ("" if accounts else translate(page.language, NO_ACCOUNT)),
    )
