"""A rendiconto: what it tells, its files and papers, and how it is withdrawn where it was wrong."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Query, Response

from api.documents.rendiconto import Words
from api.documents.rendiconto_letter import letter
from api.documents.rendiconto_sheets import MEDIA_TYPE, as_xlsx
from api.errors import NoSuchAddress
from api.pages.calling import calling
from api.pages.forms import Field, Filled
from api.pages.plain_forms import PlainForm, Values, filled_in, taken
from api.pages.routes.accounts_of_expenses import ACCOUNTS
from api.pages.say import N_
from api.pages.shell import Shell, TheShell
from api.pages.who import OurForm, SignedIn
from api.v1.proofs import ZIP
from api.v1.reads import TheReads
from api.v1.rendiconti import PDF, check, given_out, letterhead, summary, words_of, zip_of
from api.v1.rendiconto_papers import papers_of, readiness
from domain.actors import Actor
from domain.periods import CLOSERS
from workflows import rendiconto as workflows
from workflows.commands import Motive
from workflows.redactions import REDACTORS

router = APIRouter(include_in_schema=False)

TheId = Annotated[UUID, Path()]

WITHDRAW = PlainForm(
    "ritiro",
    N_("Withdraw this account"),
    (
        Field(
            "reason",
            N_("Why it is wrong"),
            "text",
            hint=N_("It stays to be seen, and what it tells is told by the next one again."),
        ),
    ),
    N_("Withdraw this account"),
    danger=True,
)


@router.get(f"{ACCOUNTS}/{{rendiconto_id}}.{{form}}")
def file(
    page: TheShell, actor: SignedIn, reads: TheReads, rendiconto_id: TheId, form: str
) -> Response:
    """The account as a spreadsheet, on paper, or with its papers and proofs."""
    services = page.services
    words = words_of(services, rendiconto_id, page.language)
    match form:
        case "xlsx":
            return given_out(words, as_xlsx(words), MEDIA_TYPE, form, reads, actor)
        case "pdf":
            made = letter(words, letterhead(services)).pdf()
            return given_out(words, made, PDF, form, reads, actor)
        case "zip":
            made = zip_of(services, rendiconto_id, words)
            return given_out(words, made, ZIP, form, reads, actor)
    raise NoSuchAddress


@router.get(f"{ACCOUNTS}/{{rendiconto_id}}")
def one(
    page: TheShell,
    actor: SignedIn,
    rendiconto_id: TheId,
    verifica: Annotated[bool, Query()] = False,
) -> Response:
    """An account with its rows, each with its way to the movement; made anew where asked for."""
    return _one(page, actor, rendiconto_id, verifica=verifica)


@router.post(f"{ACCOUNTS}/{{rendiconto_id}}/ritiro")
def withdraw(page: TheShell, actor: SignedIn, sent: OurForm, rendiconto_id: TheId) -> Response:
    """Withdraws an account that somebody else drew up."""

    def do(values: Values, filled: Filled) -> Response:
        command = Motive.model_validate(values)
        calling(page, actor, filled).run(
            lambda work: workflows.withdraw(work, rendiconto_id, command), command
        )
        return page.done(f"{ACCOUNTS}/{rendiconto_id}", "account_withdrawn")

    def again(filled: Filled, status: int) -> Response:
        return _one(page, actor, rendiconto_id, filled, status)

    return taken(page, WITHDRAW, sent, do, again)


@router.get(f"{ACCOUNTS}/{{rendiconto_id}}/documenti")
def papers(page: TheShell, actor: SignedIn, rendiconto_id: TheId) -> Response:
    """The papers behind its expenses: which go along, and what is to be done about the others."""
    words = words_of(page.services, rendiconto_id, page.language)
    return page.page(
        "rendiconto_papers.html",
        shown=summary(page.services, rendiconto_id),
        words=words,
        papers=list(papers_of(page.services, words.content)),
        redacts=actor.role_for(REDACTORS, None) is not None,
    )


def _one(
    page: Shell,
    actor: Actor,
    rendiconto_id: UUID,
    filled: Filled | None = None,
    status: int = 200,
    *,
    verifica: bool = False,
) -> Response:
    services = page.services
    words: Words = words_of(services, rendiconto_id, page.language)
    shown = summary(services, rendiconto_id)
    people = {shown.frozen_by} | ({shown.withdrawn.by} if shown.withdrawn else set())
    return page.page(
        "rendiconto.html",
        status=status,
        here=f"{ACCOUNTS}/{rendiconto_id}",
        shown=shown,
        words=words,
        content=words.content,
        names=services.accounts.names(people),
        papers=readiness(services, words.content),
        check=check(rendiconto_id, services, actor) if verifica else None,
        withdraws=shown.withdrawn is None and actor.role_for(CLOSERS, None) is not None,
        is_own=shown.frozen_by == actor.account_id,
        form=WITHDRAW,
        filled=filled or filled_in(),
    )
