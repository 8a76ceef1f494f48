"""A bank's file that waits: what it would become, its columns, and what is to be decided."""

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Response

from api.languages import Language, refusal_text, translate
from api.pages import columns_form, upload_view
from api.pages.calling import calling
from api.pages.routes.estratti import HERE, brought_in
from api.pages.say import N_
from api.pages.shell import Shell, TheShell
from api.pages.upload_view import UploadView, decided_of
from api.pages.who import OurForm, SignedIn, csrf_token
from api.problems import problem_for
from api.v1.statement_files import Asked, Looked, look, said
from domain.actors import Actor
from domain.errors import DomainError, NotFound, NothingReadable
from workflows.eventstore.statement_uploads import StatementUpload, StatementUploads
from workflows.payment_commands import ChosenColumns, SaveColumns
from workflows.statements import save_columns

router = APIRouter(include_in_schema=False)

ADDRESS = HERE + "/file/{upload_id}"
NO_NAME = N_("Give the columns a name.")
ANSWERS = {"known": N_("It is the same: it is known"), "new": N_("It is another one: it is new")}
"""What can be said of a line in doubt."""
NOT_SAID = N_("Say whether this line is known or new.")
NOT_DESPITE = N_(
    "Something is wrong with the file: tick this to bring in what can be read, or throw it away."
)
NOTHING_MISSING: Mapping[str, str] = MappingProxyType({})
UploadId = Annotated[UUID, Path()]


@router.get(ADDRESS)
def waiting_file(upload_id: UploadId, page: TheShell, actor: SignedIn) -> Response:
    """What the file is, and what it would become."""
    return _page(page, actor, upload_view.view(page, _own(page, actor, upload_id)))


@router.post(ADDRESS)
def decide(upload_id: UploadId, page: TheShell, actor: SignedIn, sent: OurForm) -> Response:
    """What is chosen is kept; then it is looked at again, saved, brought in or thrown away."""
    uploads, now = _uploads(page), page.services.engine.clock()
    upload = _own(page, actor, upload_id)
    if "away" in sent:
        uploads.throw_away(actor.account_id, upload_id)
        return page.done(HERE, "upload_thrown_away")
    upload = replace(upload, choice=upload_view.chosen(upload, sent))
    uploads.choose(upload, now)
    seen = upload_view.view(page, upload)
    if "save" in sent:
        return _saved(page, actor, seen)
    if "in" not in sent or seen.looked is None:
        return page.done(f"{HERE}/file/{upload_id}")
    try:
        asked = Asked(upload.bank_account, seen.looked.asked.columns, decided_of(upload))
        looked = look(page.services, upload.data, upload.name, asked)
        despite = "despite" in sent
        if looked.is_unreadable:
            raise NothingReadable
        if looked.waits(despite=despite):
            return _page(page, actor, seen, missing=_missing(looked, page.language, despite))
        answer = brought_in(page, actor, looked, despite=despite)
    except DomainError as error:
        return _page(page, actor, seen, error)
    uploads.throw_away(actor.account_id, upload_id)
    return answer


def _missing(looked: Looked, language: Language, despite: bool) -> dict[str, str]:
    """What has to be said before the file comes in, by field."""
    wrong = {
        upload_view.field_of(nth, doubt.nth): translate(language, NOT_SAID)
        for nth, doubt in looked.in_doubt
    }
    if looked.errors and not despite:
        wrong["despite"] = translate(language, NOT_DESPITE)
    return wrong


def _saved(page: Shell, actor: Actor, seen: UploadView) -> Response:
    """The columns are kept for the account: then they are what the file is read by."""
    upload = seen.upload
    name = str(upload.choice.get("name", "")).strip()
    if not name:
        return _page(page, actor, seen, wrong=translate(page.language, NO_NAME), status=422)
    try:
        columns = columns_form.columns_of(seen.form, seen.rows, seen.mapping)
        command = SaveColumns(name=name, columns=ChosenColumns.of(columns))
        calling(page, actor, None).run(
            lambda work: save_columns(work, upload.bank_account, command), command
        )
    except DomainError as error:
        return _page(page, actor, seen, error)
    except ValueError:
        return _page(page, actor, seen, wrong=translate(page.language, NO_NAME), status=422)
    kept = replace(upload, choice={**upload.choice, "form": {}, "name": ""})
    _uploads(page).choose(kept, page.services.engine.clock())
    return page.done(f"{HERE}/file/{upload.id}", "columns_saved")


def _uploads(page: Shell) -> StatementUploads:
    return StatementUploads(page.services.database, page.services.vault)


def _own(page: Shell, actor: Actor, upload_id: UUID) -> StatementUpload:
    found = _uploads(page).own(actor.account_id, upload_id, page.services.engine.clock())
    if found is None:
        raise NotFound
    return found


def _page(
    page: Shell,
    actor: Actor,
    seen: UploadView,
    error: DomainError | None = None,
    *,
    wrong: str = "",
    missing: Mapping[str, str] = NOTHING_MISSING,
    status: int = 200,
) -> Response:
    problem = error or seen.wrong
    status = 422 if missing else status
    looked = seen.looked
    account = page.services.register.programme().bank_account(seen.upload.bank_account)
    return page.page(
        "estratto_file.html",
        here=f"{HERE}/file/{seen.upload.id}",
        status=problem_for(error).status if error else status,
        form_csrf=csrf_token(page.request),
        upload=seen.upload,
        account=account,
        looked=looked,
        table=seen.table,
        fields=columns_form.fields(seen.form, seen.rows),
        meanings=columns_form.MEANINGS,
        choices=columns_form.choices(),
        form=seen.form,
        used=seen.name,
        typed_name=seen.upload.choice.get("name") or seen.name or "",
        guessed=looked is not None and looked.is_guessed,
        cuts=seen.table is not None and seen.table.format == "CSV",
        answers=ANSWERS,
        missing=missing,
        doubts=upload_view.doubts(page, actor, seen),
        errors=said(looked.errors, page.language) if looked else [],
        warnings=said(looked.warnings + looked.gaps, page.language) if looked else [],
        troubles=_troubles(seen, page.language),
        wrong=wrong or (refusal_text(problem, page.language) if problem else ""),
    )


def _troubles(seen: UploadView, language: Language) -> dict[str, str]:
    """What is wrong with the rows that are shown, by their places."""
    return {} if seen.table is None else dict(said(seen.table.troubles, language))
