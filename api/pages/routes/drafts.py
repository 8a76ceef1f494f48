"""Bozze: rules that are being written, tried out on the past, and adopted."""

from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, BackgroundTasks, Path, Response
from starlette.datastructures import FormData

from api.languages import refusal_text, translate
from api.pages.calling import calling
from api.pages.forms import Field, Filled, read, understood
from api.pages.programme import draft_form as form
from api.pages.programme import simulating
from api.pages.programme.drafts import Draft, Drafts, Texts
from api.pages.programme.rules_view import DraftPage, begun, version_of
from api.pages.programme.story import story
from api.pages.routes.rules import RULES
from api.pages.say import N_
from api.pages.shell import Shell, TheShell
from api.pages.who import OurForm, SignedIn
from api.problems import problem_for
from api.security.refusals import PageTooOld
from domain.actors import Actor
from domain.days import beginning_of
from domain.errors import DomainError, StaleVersion
from domain.policy import Rules
from workflows import policies

router = APIRouter(include_in_schema=False)

DRAFTS = f"{RULES}/bozze"
DraftId = Annotated[UUID, Path()]

HIDDEN = frozenset({"csrf", "version", "key", "do"})
"""Fields that are not of the rules."""
_LONGEST = 1_000
_MOST_FIELDS = 3_000
NOT_READY = N_("There are things to look at in the draft: it cannot be adopted yet.")
SINCE = (
    Field("since", N_("Decisions from"), "day", required=False, hint=N_("Empty: all of them.")),
)
FROM = (
    Field(
        "effective_from",
        N_("In force from"),
        "day",
        required=False,
        hint=N_("Like 31/12/2026. Empty: from today."),
    ),
)


@router.post(DRAFTS)
def begin(page: TheShell, actor: SignedIn, sent: OurForm) -> Response:
    """A new draft, as a version stands."""
    try:
        draft_id, base = UUID(str(sent.get("key"))), int(str(sent.get("version")))
    except ValueError:
        raise PageTooOld from None
    policy = version_of(page.services.register.programme(), base)
    texts = form.written(begun(policy), page.language)
    now = page.services.engine.clock()
    _drafts(page).begin(draft_id, base, page.language, texts, now, actor.account_id)
    return page.done(f"{DRAFTS}/{draft_id}")


@router.get(f"{DRAFTS}/{{draft_id}}")
def draft(draft_id: DraftId, page: TheShell, _: SignedIn) -> Response:
    """The draft as a form, with what is wrong with it."""
    return _form(page, DraftPage.of(page, _drafts(page).one(draft_id)))


@router.post(f"{DRAFTS}/{{draft_id}}")
def save(draft_id: DraftId, page: TheShell, actor: SignedIn, sent: OurForm) -> Response:
    """Keeps what was typed, whatever is wrong with it; `do` is what is done besides."""
    known = _drafts(page).one(draft_id)
    texts, goes_to = _changed(_texts(sent), str(sent.get("do", "")))
    if not _kept(page, actor, known, texts, sent):
        shown = DraftPage.of(page, _drafts(page).one(draft_id), texts)
        return _form(page, shown, status=412)
    return page.done(f"{DRAFTS}/{draft_id}{goes_to}", "draft_saved")


@router.post(f"{DRAFTS}/{{draft_id}}/documento")
def paste(draft_id: DraftId, page: TheShell, actor: SignedIn, sent: OurForm) -> Response:
    """Takes a whole document in the place of what the draft says."""
    known, programme = _drafts(page).one(draft_id), page.services.register.programme()
    text = str(sent.get("document", ""))
    today = page.services.engine.today()
    rules, wrong = form.pasted(text, programme, page.language, today)
    if rules is None:
        shown = DraftPage.of(page, known)
        return _form(page, shown, status=422, document=text, document_faults=wrong)
    texts = form.written(rules, page.language)
    if not _kept(page, actor, known, texts, sent):
        shown = DraftPage.of(page, _drafts(page).one(draft_id), texts)
        return _form(page, shown, status=412)
    return page.done(f"{DRAFTS}/{draft_id}", "draft_saved")


@router.post(f"{DRAFTS}/{{draft_id}}/eliminazione")
def throw_away(draft_id: DraftId, page: TheShell, _: SignedIn, __: OurForm) -> Response:
    """The draft is not wanted any more."""
    _drafts(page).remove(draft_id)
    return page.done(RULES, "draft_removed")


@router.get(f"{DRAFTS}/{{draft_id}}/prova")
def trial(draft_id: DraftId, page: TheShell, _: SignedIn) -> Response:
    """What the draft changes: against its version, on the past; and adopting it."""
    return _trial(page, DraftPage.of(page, _drafts(page).one(draft_id)))


@router.post(f"{DRAFTS}/{{draft_id}}/simulazione")
def simulate(
    draft_id: DraftId, page: TheShell, _: SignedIn, sent: OurForm, tasks: BackgroundTasks
) -> Response:
    """Begins to run the draft over the past; the page tells how far it is."""
    shown = DraftPage.of(page, _drafts(page).one(draft_id))
    values, filled = understood(read(sent, SINCE), SINCE, page.language)
    if filled.wrong or not shown.found.adoptable or shown.found.rules is None:
        return _trial(page, shown, status=422, since=filled)
    day: date | None = values.get("since")
    since = None if day is None else beginning_of(day)
    run = simulating.begin(page.services, shown.draft, since)
    if run is not None:
        tasks.add_task(simulating.run, page.services, shown.draft, shown.found.rules, since, run)
    answer = page.done(f"{DRAFTS}/{draft_id}/prova")
    answer.background = tasks
    return answer


@router.post(f"{DRAFTS}/{{draft_id}}/adozione")
def adopt(draft_id: DraftId, page: TheShell, actor: SignedIn, sent: OurForm) -> Response:
    """The draft becomes the next version."""
    shown = DraftPage.of(page, _drafts(page).one(draft_id))
    filled = read(sent, FROM)
    if filled.version is None:
        raise PageTooOld
    values, filled = understood(filled, FROM, page.language)
    if shown.found.rules is None or shown.found.wrong:
        filled = filled.but(whole=translate(page.language, NOT_READY))
    if filled.wrong:
        return _trial(page, shown, status=422, adoption=filled)
    rules = shown.found.rules.model_copy(update=values)  # type: ignore[union-attr]  # looked above
    return _adopted(page, actor, shown, rules, filled)


def _adopted(page: Shell, actor: Actor, shown: DraftPage, rules: Rules, filled: Filled) -> Response:
    call = calling(page, actor, filled)
    call.expected_version = filled.version
    try:
        outcome = call.run(lambda work: policies.adopt(work, rules), rules)
    except StaleVersion:
        return _trial(page, shown, status=412, adoption=filled, changed_since=filled.version)
    except DomainError as error:
        told = filled.but(effective_from=refusal_text(error, page.language))
        return _trial(page, shown, status=problem_for(error).status, adoption=told)
    _drafts(page).remove(shown.draft.id)
    return page.done(f"{RULES}/{outcome.figures['version']}", "rules_adopted")


def _drafts(page: Shell) -> Drafts:
    return Drafts(page.services.database)


def _texts(sent: FormData) -> dict[str, str]:
    """What was typed; empty fields are as good as none."""
    return {
        name: text.strip()[:_LONGEST]
        for name, text in list(sent.items())[:_MOST_FIELDS]
        if isinstance(text, str) and text.strip() and name not in HIDDEN
    }


def _changed(texts: dict[str, str], do: str) -> tuple[dict[str, str], str]:
    """What a button asks for besides keeping it: a row more or less; and the place on the page."""
    match do.split(" "):
        case ["add", ("bands" | "caps") as part]:
            return form.with_row(texts, part), f"#{part}"
        case ["remove", ("bands" | "caps") as part, n] if n.isdecimal():
            return form.without_row(texts, part, int(n)), f"#{part}"
        case ["try"]:
            return texts, "/prova"
        case ["paper", code]:
            return texts, f"#item-{code}"
    return texts, ""


def _kept(page: Shell, actor: Actor, draft: Draft, texts: Texts, sent: FormData) -> bool:
    version = str(sent.get("version", ""))
    if not version.isdecimal() or len(version) > 9:
        raise PageTooOld
    now = page.services.engine.clock()
    return _drafts(page).save(draft.id, int(version), page.language, texts, now, actor.account_id)


def _form(
    page: Shell,
    shown: DraftPage,
    *,
    status: int = 200,
    document: str | None = None,
    document_faults: list[str] | None = None,
) -> Response:
    rules = shown.found.rules
    here = f"{DRAFTS}/{shown.draft.id}"
    return page.page(
        "rules_draft.html",
        status=status,
        here=here,
        place=RULES,
        path=here,
        document=document if document is not None else form.as_document(rules) if rules else "",
        document_faults=document_faults or [],
        **shown.values(),
    )


def _trial(
    page: Shell,
    shown: DraftPage,
    *,
    status: int = 200,
    since: Filled | None = None,
    adoption: Filled | None = None,
    changed_since: int | None = None,
) -> Response:
    services, known, here = page.services, shown.known, f"{DRAFTS}/{shown.draft.id}"
    stands = simulating.progress(shown.draft, services.engine.clock())
    result = stands.result if stands is not None else None
    wanted = {"effective_from": shown.draft.texts.get("effective_from", "")}
    return page.page(
        "rules_trial.html",
        status=status,
        here=f"{here}/prova",
        place=RULES,
        path=here,
        known=known,
        differences=shown.differences(),
        stands=stands,
        result=simulating.shown(services, result, page.language) if result else None,
        since=since or Filled(),
        since_fields=SINCE,
        adoption=adoption or Filled(texts=wanted),
        adoption_fields=FROM,
        changes=story(services, known, page.language, after=changed_since)
        if changed_since is not None
        else None,
        **shown.head(),
    )
