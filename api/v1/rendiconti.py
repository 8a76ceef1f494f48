"""Accounts of expenses for funders: frozen, listed, and given out as files."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Response

from api.documents.rendiconto import Frozen, Words
from api.documents.rendiconto_dossier import Given, as_zip
from api.documents.rendiconto_letter import letter
from api.documents.rendiconto_sheets import MEDIA_TYPE, as_xlsx
from api.errors import Unreadable
from api.languages import Language
from api.security.rights import FINANCE_READERS
from api.v1 import PREFIX
from api.v1 import rendiconto_answers as answers
from api.v1.bodies import DrawUpBody, FunderRulesBody, WithdrawRendicontoBody
from api.v1.commands import TheCall, etag
from api.v1.dependencies import SignedIn, TheLanguage, TheServices, json_only
from api.v1.describing import ALWAYS, READING, Responses, command, refusals, versioned
from api.v1.proofs import ZIP, sign_what_is_there
from api.v1.reads import Reads, TheReads
from api.v1.rendiconto_papers import opened, papers_of
from api.v1.waiting import READ
from api.wiring import Services
from domain.actors import Actor
from domain.days import day_here
from domain.errors import NotFound
from domain.events.rendiconto import RendicontoFrozen, RendicontoWithdrawn
from domain.funding_rules import NO_RULES
from domain.programme import Programme
from domain.rendiconto_content import Content
from workflows import rendiconto as workflows
from workflows.audit.proofs import NoSuchProof
from workflows.audit.rendiconto import proofs_of
from workflows.eventstore import rendiconti as kept
from workflows.eventstore.access_log import Access

router = APIRouter(prefix=PREFIX, tags=["rendiconti"])

PDF = "application/pdf"
_JSON = [Depends(json_only)]
TheId = Annotated[UUID, Path(description="The account's id.")]


def _file(media_type: str) -> Responses:
    return {200: {"description": "The file", "content": {media_type: {}}}, **refusals(*READING)}


@router.get("/funder-rules", dependencies=READ, responses=refusals(*READING))
def funder_rules(services: TheServices, _: SignedIn) -> answers.RulesOfFunders:
    """What each funder admits, and how it wants its accounts."""
    return rules_of_all(services.register.programme())


@router.post("/funder-rules", dependencies=_JSON, **command(201, on_dote=False))
def adopt_funder_rules(command: FunderRulesBody, call: TheCall) -> answers.RulesOfFunders:
    """Other rules of a funder, for its accounts from now on; answers those of all."""
    call.run(lambda work: workflows.adopt_funder_rules(work, command), command)
    return rules_of_all(call.services.register.programme())


def rules_of_all(known: Programme) -> answers.RulesOfFunders:
    """Every funder with its newest rules."""
    return answers.RulesOfFunders(
        items=[
            answers.RulesOfFunder(
                funder=funder, version=len(rules), rules=rules[-1] if rules else NO_RULES
            )
            for funder, rules in sorted(known.funders.items())
        ]
    )


@router.post("/rendiconti", dependencies=_JSON, **command(201, on_dote=False))
def draw_up(command: DrawUpBody, call: TheCall) -> answers.Rendiconto:
    """Freezes an account of the expenses between two days, as the log stands now.

    For a funder it tells what its earlier accounts did not tell, and what corrects them.
    """
    sequencer = call.services.sequencer
    outcome = call.run(lambda work: workflows.freeze(work, command, sequencer), command)
    return summary(call.services, outcome.stream_id, outcome.version)


@router.post(
    "/rendiconti/{rendiconto_id}/withdrawal", dependencies=_JSON, **command(200, on_dote=False)
)
def withdraw(
    rendiconto_id: TheId, command: WithdrawRendicontoBody, call: TheCall
) -> answers.Rendiconto:
    """Withdraws an account that was wrong, as another person than the one who drew it up.

    It stays as it was frozen, and what it tells is told by later ones again. Refused where a later
    one was built upon it: that one is withdrawn first.
    """
    outcome = call.run(lambda work: workflows.withdraw(work, rendiconto_id, command), command)
    return summary(call.services, rendiconto_id, outcome.version)


@router.get("/rendiconti", dependencies=READ, responses=refusals(*ALWAYS))
def rendiconti(services: TheServices, _: SignedIn) -> answers.Rendiconti:
    """All accounts, the newest first."""
    return answers.Rendiconti(items=all_of_them(services))


@router.get("/rendiconti/{rendiconto_id}.xlsx", dependencies=READ, responses=_file(MEDIA_TYPE))
def xlsx(
    rendiconto_id: TheId,
    services: TheServices,
    actor: SignedIn,
    language: TheLanguage,
    reads: TheReads,
) -> Response:
    """The account as a spreadsheet, in the funder's columns."""
    words = words_of(services, rendiconto_id, language)
    return given_out(words, as_xlsx(words), MEDIA_TYPE, "xlsx", reads, actor)


@router.get("/rendiconti/{rendiconto_id}.pdf", dependencies=READ, responses=_file(PDF))
def pdf(
    rendiconto_id: TheId,
    services: TheServices,
    actor: SignedIn,
    language: TheLanguage,
    reads: TheReads,
) -> Response:
    """The account on paper, as PDF/A."""
    words = words_of(services, rendiconto_id, language)
    made = letter(words, letterhead(services)).pdf()
    return given_out(words, made, PDF, "pdf", reads, actor)


@router.get("/rendiconti/{rendiconto_id}.zip", dependencies=READ, responses=_file(ZIP))
def dossier(
    rendiconto_id: TheId,
    services: TheServices,
    actor: SignedIn,
    language: TheLanguage,
    reads: TheReads,
) -> Response:
    """The account with its papers as others may see them, a manifest, and its proofs."""
    words = words_of(services, rendiconto_id, language)
    made = zip_of(services, rendiconto_id, words)
    return given_out(words, made, ZIP, "zip", reads, actor)


@router.get("/rendiconti/{rendiconto_id}/check", dependencies=READ, responses=refusals(*READING))
def check(rendiconto_id: TheId, services: TheServices, _: SignedIn) -> answers.Check:
    """The account made anew from the log, and whether it is the same."""
    fingerprint = _told(services, rendiconto_id).frozen.fingerprint
    content = kept.content(services.database, rendiconto_id)
    again = workflows.made_again(services.register, content).fingerprint
    return answers.Check(fingerprint=fingerprint, made_again=again, same=again == fingerprint)


@router.get(
    "/rendiconti/{rendiconto_id}",
    dependencies=READ,
    responses=versioned(200, replayed=False) | refusals(*READING),
)
def rendiconto(
    rendiconto_id: TheId, response: Response, services: TheServices, _: SignedIn
) -> answers.RendicontoWithRows:
    """An account with every row of it."""
    told = _told(services, rendiconto_id)
    response.headers["ETag"] = etag(told.version)
    content = _intact(services, told.frozen)
    shown = _summary(told, content)
    return answers.RendicontoWithRows(
        **shown.model_dump(by_alias=True),
        rules=content.rules,
        items=list(content.rows),
        lines=list(content.lines),
    )


def all_of_them(services: Services) -> list[answers.Rendiconto]:
    """All accounts, the newest first."""
    found = kept.accounts(services.database).items()
    shown = [_summary(_told(services, id_), account.content) for id_, account in found]
    return shown[::-1]


def summary(
    services: Services, rendiconto_id: UUID, version: int | None = None
) -> answers.Rendiconto:
    """An account without its rows, as it was at a version (None: as it is). Raises NotFound."""
    content = kept.content(services.database, rendiconto_id)
    return _summary(_told(services, rendiconto_id, version), content)


def words_of(services: Services, rendiconto_id: UUID, language: Language) -> Words:
    """An account in words. Raises NotFound."""
    told = _told(services, rendiconto_id)
    event, withdrawn = told.frozen, told.withdrawn
    url = services.settings.public_url
    withdrawn_on = None if withdrawn is None else day_here(withdrawn.at)
    content = _intact(services, event)
    return Words(Frozen(content, event.fingerprint, event.at, url, withdrawn_on), language)


def letterhead(services: Services) -> tuple[str, ...]:
    """Who writes: the programme, and where it is."""
    known = services.register.programme()
    return tuple(line for line in (known.name, known.subtitle, known.city) if line)


def zip_of(services: Services, rendiconto_id: UUID, words: Words) -> bytes:
    """The dossier. Raises NotFound where the account cannot be signed yet."""
    # A worker numbers it at once; who asks in the next moment need not wait for that.
    services.sequencer.number_batch()
    sign_what_is_there(services)
    frozen_at = services.log.index_of(rendiconto_id, 1)
    if frozen_at is None:
        raise NotFound
    told = [row.log_index for row in words.content.rows]
    told += [row.receipt.log_index for row in words.content.rows if row.receipt is not None]
    try:
        proofs = proofs_of(services.keeper, frozen_at, told)
    except NoSuchProof:
        raise NotFound from None
    return as_zip(words, letterhead(services), proofs, list(_given(services, words.content)))


def _given(services: Services, content: Content) -> Iterator[Given]:
    for paper in papers_of(services, content):
        found = opened(services, paper)
        if isinstance(found, bytes):
            yield Given(paper.row, found)
        else:
            yield Given(paper.row, None, found)


def given_out(
    words: Words, made: bytes, media_type: str, form: str, reads: Reads, actor: Actor
) -> Response:
    """The file; that it was taken is written down."""
    role = actor.role_for(FINANCE_READERS, None)
    reads.add(Access.EXPORTED, role, rows=len(words.content.rows), format=form)
    name = f"{words.content.number}.{form}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(made, media_type=media_type, headers=headers)


def _intact(services: Services, event: RendicontoFrozen) -> Content:
    """What was handed in; refused where it is not what its event says."""
    content = kept.content(services.database, event.originator_id)
    if content.fingerprint != event.fingerprint:
        raise Unreadable
    return content


@dataclass(frozen=True, slots=True)
class _Told:
    """What happened to an account."""

    frozen: RendicontoFrozen
    withdrawn: RendicontoWithdrawn | None

    @property
    def version(self) -> int:
        return self.frozen.originator_version + (self.withdrawn is not None)


def _told(services: Services, rendiconto_id: UUID, version: int | None = None) -> _Told:
    match services.register.history(rendiconto_id, version):
        case [RendicontoFrozen() as frozen]:
            return _Told(frozen, None)
        case [RendicontoFrozen() as frozen, RendicontoWithdrawn() as withdrawn]:
            return _Told(frozen, withdrawn)
    raise NotFound


def _summary(told: _Told, content: Content) -> answers.Rendiconto:
    event, withdrawn = told.frozen, told.withdrawn
    return answers.Rendiconto(
        id=event.originator_id,
        number=event.number,
        **{"from": event.first_day, "to": event.last_day},
        partner=event.partner,
        funder=event.funder,
        rules_version=event.rules_version,
        frozen_at=event.at,
        frozen_by=event.by.account_id,
        log_size=event.log_size,
        root=event.root,
        fingerprint=event.fingerprint,
        provisional=content.is_provisional,
        earlier=list(content.earlier),
        rows=event.rows,
        documented_cents=event.documented_cents,
        admitted_cents=event.admitted_cents,
        withdrawn=None
        if withdrawn is None
        else answers.Withdrawal(
            at=withdrawn.at, by=withdrawn.by.account_id, reason=withdrawn.reason
        ),
    )
