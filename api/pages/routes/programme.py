"""Programma: who takes part, what can be asked for, where the money is; and changing it."""

from collections.abc import Callable

from fastapi import APIRouter, Response
from starlette.datastructures import FormData

from api.languages import refusal_text
from api.pages.calling import calling
from api.pages.forms import Filled, command, read, refused, understood
from api.pages.programme.forms import BUDGET, FORMS, OVERVIEW, ProgrammeForm
from api.pages.programme.view import ProgrammePage
from api.pages.shell import Shell, TheShell
from api.pages.who import OurForm, SignedIn
from api.problems import problem_for
from api.security.refusals import PageTooOld
from domain.actors import Actor
from domain.errors import BudgetExceeded, DomainError, StaleVersion, UnallocatedExceeded

router = APIRouter(include_in_schema=False)

PREVIEW = "preview"
"""The button that shows what is moved and moves nothing."""


@router.get(OVERVIEW)
def overview(page: TheShell, actor: SignedIn) -> Response:
    """Who takes part, what can be asked for, and the money in sum."""
    return _page(page, ProgrammePage.of(page, actor), OVERVIEW)


@router.get(BUDGET)
def budget(page: TheShell, actor: SignedIn) -> Response:
    """The budget lines, and how they are changed."""
    return _page(page, ProgrammePage.of(page, actor), BUDGET)


def _posted(form: ProgrammeForm) -> Callable[..., Response]:
    def post(page: TheShell, actor: SignedIn, sent: OurForm) -> Response:
        return _done(page, actor, form, sent)

    return post


for _form in FORMS.values():
    router.add_api_route(
        f"{OVERVIEW}/{_form.name}", _posted(_form), methods=["POST"], name=_form.name
    )


def _done(page: Shell, actor: Actor, form: ProgrammeForm, sent: FormData) -> Response:
    """Does it and goes on to the page; or the page with the form as it was filled in."""
    fields = form.fields(page.services.register.programme())
    filled = read(sent, fields)
    if filled.version is None:
        raise PageTooOld
    if PREVIEW in sent:
        _, filled = understood(filled, fields, page.language)
        return _again(page, actor, form, filled, status=200)
    values, filled = understood(filled, fields, page.language)
    wanted, filled = command(form.model, form.shape(values), filled, fields, page.language)
    if wanted is None:
        return _again(page, actor, form, filled, status=422)
    call = calling(page, actor, filled)
    call.expected_version = filled.version
    try:
        call.run(lambda work: form.decide(work, wanted), wanted)
    except StaleVersion:
        since = filled.version
        return _again(page, actor, form, filled, status=412, changed_since=since)
    except (BudgetExceeded, UnallocatedExceeded) as error:
        told = filled.but(amount_cents=refusal_text(error, page.language))
        return _again(page, actor, form, told, status=problem_for(error).status)
    except DomainError as error:
        told = refused(filled, error, fields, page.language)
        return _again(page, actor, form, told, status=problem_for(error).status)
    return page.done(form.page, form.name)


def _again(
    page: Shell,
    actor: Actor,
    form: ProgrammeForm,
    filled: Filled,
    *,
    status: int,
    changed_since: int | None = None,
) -> Response:
    shown = ProgrammePage.of(page, actor, {form.name: filled}, changed_since)
    return _page(page, shown, form.page, status)


def _page(page: Shell, shown: ProgrammePage, place: str, status: int = 200) -> Response:
    if place == BUDGET:
        return page.page("programme_budget.html", status=status, here=place, **shown.budget())
    return page.page("programme.html", status=status, here=place, **shown.overview())
