"""Riconciliazione: the bank's lines beside the payments, confirmed by keyboard or by hand."""

from collections.abc import Mapping
from functools import partial
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response
from pydantic import ValidationError
from starlette.datastructures import FormData

from api.languages import refusal_text, translate
from api.pages import bank_view, line_view
from api.pages.bank_view import Looked, lines_with
from api.pages.calling import calling
from api.pages.forms import Field, Filled, read
from api.pages.just_matched import just_matched
from api.pages.matched_lines import of_line
from api.pages.open_lines import AGES, ASIDE, HERE, MATCH, NEXT, Filter, part
from api.pages.open_lines import STATES as LINE_STATES
from api.pages.payments_view import STATES, WARNINGS, described
from api.pages.say import N_
from api.pages.shell import Shell, TheShell
from api.pages.who import OurForm, SignedIn, csrf_token
from api.problems import problem_for
from api.v1.bank_schemas import Confirmed, LineShown
from api.v1.ledger import shown_index
from api.v1.payment_schemas import Payment
from api.v1.reconciling import Lines, confirmed, desk, targets
from api.v1.waiting import SETTLING_S, numbered
from domain.actors import Actor, Role
from domain.errors import DomainError, LineIsMatched, NotFound
from projections.ledger.trial_balance import trial_balance
from projections.reconciliation import queries
from projections.runner import wait_until
from workflows import reconciliation
from workflows.payment_commands import ConfirmCertain, MatchLines, SetAside, ShownProposal

router = APIRouter(include_in_schema=False)

NOTHING_CERTAIN = N_("There is nothing certain to confirm.")
NOT_UNDERSTOOD = N_("Say what the line was, and choose its payments.")
NOT_LOOKED = Looked()
NO_REASON = N_("Say why it is left for later.")
EVERYTHING = Filter()
_SHOWN = (Field("shown", "", "many"),)

Typed = Annotated[str, Query(max_length=40)]


async def filter_of(
    stato: Typed = "",
    conto: Typed = "",
    giorni: Typed = "",
    dopo: Annotated[str, Query(max_length=500)] = "",
) -> Filter:
    """The filter in the address; a state or an age that there is not is none."""
    state = stato if stato in LINE_STATES else ""
    return Filter(state, conto, giorni if giorni in AGES else "", dopo)


TheFilter = Annotated[Filter, Depends(filter_of)]


@router.get(HERE)
def reconciliation_page(
    page: TheShell,
    actor: SignedIn,
    wanted: TheFilter,
    match_id: Annotated[UUID | None, Query(alias=MATCH)] = None,
) -> Response:
    """The open lines, the oldest first; and what was just matched or taken back."""
    return _page(page, actor, wanted, match_id=match_id)


@router.post(f"{HERE}/conferma")
def confirm_one(page: TheShell, actor: SignedIn, sent: OurForm, wanted: TheFilter) -> Response:
    """One proposal is right."""
    return _match(page, actor, sent, wanted=wanted)


@router.post(f"{HERE}/certi")
def confirm_certain(page: TheShell, actor: SignedIn, sent: OurForm, wanted: TheFilter) -> Response:
    """The certain ones that were on the page, as they stood there."""
    filled = read(sent, _SHOWN)
    try:
        command = ConfirmCertain(
            proposals=tuple(
                ShownProposal.model_validate_json(each) for each in filled.many[_SHOWN[0].name]
            )
        )
    except ValidationError:
        told = translate(page.language, NOTHING_CERTAIN)
        return _page(page, actor, wanted, told, 422)
    done = confirmed(calling(page, actor, filled), command)
    refused = {each.line_ids[0] for each in done.refused}
    matched = [each.line_ids[0] for each in command.proposals if each.line_ids[0] not in refused]
    if matched:
        _settle(page, matched[-1])
    if done.refused:
        return _page(page, actor, wanted, status=409, done=done)
    return page.done(wanted.address, "lines_matched")


@router.post(f"{HERE}/annulla/{{match_id}}")
def undo(
    match_id: UUID, page: TheShell, actor: SignedIn, sent: OurForm, wanted: TheFilter
) -> Response:
    """A match was wrong. Where a line's page asks for it, it leads back there."""
    lines = reconciliation.lines_of(page.services.register, match_id)
    asked_by = str(sent.get("riga", ""))
    line_id = next((line.id for line in lines if str(line.id) == asked_by), None)
    try:
        calling(page, actor, None).run(lambda work: reconciliation.undo(work, match_id), None)
    except DomainError as error:
        return _refused(page, actor, error, line_id, wanted=wanted)
    _settle(page, lines[0].id)
    if line_id is not None:
        return page.done(f"{HERE}/righe/{line_id}", "match_undone")
    return page.done(wanted.told(match_id, str(lines[0].id)))


@router.get(f"{HERE}/righe/{{line_id}}")
def line_page(line_id: UUID, page: TheShell, actor: SignedIn, wanted: TheFilter) -> Response:
    """One line, and what it can be."""
    return _line(page, actor, line_id, wanted=wanted)


@router.post(f"{HERE}/righe/{{line_id}}")
def line_is(
    line_id: UUID, page: TheShell, actor: SignedIn, sent: OurForm, wanted: TheFilter
) -> Response:
    """What a line was, said by a person; or they look for its payments first."""
    if sent.get("cerca") or sent.get("conta"):
        return _line(page, actor, line_id, looked=Looked.of(sent), wanted=wanted)
    return _match(page, actor, sent, line_id, wanted)


@router.post(f"{HERE}/righe/{{line_id}}/da-parte")
def set_aside(
    line_id: UUID, page: TheShell, actor: SignedIn, sent: OurForm, wanted: TheFilter
) -> Response:
    """A line is left for later."""
    reason = str(sent.get("reason", ""))
    try:
        command = SetAside(reason=reason)
    except ValidationError:
        told = translate(page.language, NO_REASON)
        return _line(page, actor, line_id, told, 422, reason=reason, wanted=wanted)
    try:
        calling(page, actor, None).run(
            lambda work: reconciliation.set_aside(work, line_id, command), command
        )
    except NotFound:
        raise
    except DomainError as error:
        told, status = refusal_text(error, page.language), problem_for(error).status
        return _line(page, actor, line_id, told, status, reason=reason, wanted=wanted)
    _settle(page, line_id)
    return page.done(wanted.at(next_line(sent)), "line_set_aside")


def _match(
    page: Shell,
    actor: Actor,
    sent: FormData,
    line_id: UUID | None = None,
    wanted: Filter = EVERYTHING,
) -> Response:
    try:
        command = MatchLines.model_validate(
            {
                "line_ids": [line_id, *lines_with(sent)] if line_id else sent.getlist("line_ids"),
                "payment_ids": sent.getlist("payment_ids"),
                "kind": sent.get("kind", "payment"),
                "rest": sent.get("rest", "refuse"),
            }
        )
    except ValidationError:
        told = translate(page.language, NOT_UNDERSTOOD)
        if line_id is None:
            return _page(page, actor, wanted, told, 422)
        return _line(page, actor, line_id, told, 422, Looked.of(sent), wanted=wanted)
    try:
        with page.services.database.transaction() as tx:
            named = targets(tx, command.payment_ids)
        made = calling(page, actor, None).run(
            lambda work: reconciliation.match(work, command, named), command
        )
    except NotFound:
        raise
    except DomainError as error:
        taken = _taken_by(page, command) if isinstance(error, LineIsMatched) else None
        return _refused(page, actor, error, line_id, Looked.of(sent), wanted, taken)
    _settle(page, command.line_ids[0])
    return page.done(wanted.told(made.stream_id, next_line(sent)))


def _refused(
    page: Shell,
    actor: Actor,
    error: DomainError,
    line_id: UUID | None = None,
    looked: Looked | None = None,
    wanted: Filter = EVERYTHING,
    taken: str | None = None,
) -> Response:
    told, status = taken or refusal_text(error, page.language), problem_for(error).status
    if line_id is not None:
        return _line(page, actor, line_id, told, status, looked, wanted=wanted)
    return _page(page, actor, wanted, told, status)


def _taken_by(page: Shell, command: MatchLines) -> str | None:
    """Who was quicker, where nothing is open of one of the lines."""
    found = (line_view.matched_already(page.services, i, page.language) for i in command.line_ids)
    return next((told for told in found if told is not None), None)


def next_line(sent: Mapping[str, object]) -> str:
    """The line that stood below the one that was decided on, as its form named it; '' for none."""
    try:
        return str(UUID(str(sent.get(NEXT, ""))))
    except ValueError:
        return ""


def _page(
    page: Shell,
    actor: Actor,
    wanted: Filter,
    wrong: str = "",
    status: int = 200,
    done: Confirmed | None = None,
    match_id: UUID | None = None,
) -> Response:
    services = page.services
    asked = wanted.asked(services)
    with services.database.transaction() as tx:
        found = desk(tx)
        shown = part(found, found.chosen(asked), wanted)
        rows = bank_view.rows(tx, services, actor, page.language, found, shown.proposals)
        values: dict[str, Any] = {
            "balances": bank_view.balances(tx, trial_balance(tx, shown_index(services))),
            "not_confirmed": bank_view.not_confirmed(tx, services, actor, page.language, done),
            "undocumented": bank_view.undocumented(tx, actor, services.engine.today()),
            "month": bank_view.newest_statement(tx),
        }
    set_aside = [row.first.id for row in rows if row.first.set_aside]
    return page.page(
        "riconciliazione.html",
        here=HERE,
        status=status,
        form_csrf=csrf_token(page.request),
        may=actor.role_for(frozenset({Role.FINANCE}), None) is not None,
        rows=rows,
        asides={each: line_view.aside(services, actor, each) for each in set_aside},
        lines=len(found.lines),
        counts=found.counts,
        part=shown,
        certain=shown.certain,
        confirmed=0 if done is None else done.matched,
        key=Filled().key,
        key_of_all=Filled().key,
        wanted=wanted,
        next_=NEXT,
        states=LINE_STATES,
        of_state={**found.counted(asked), ASIDE: found.aside(asked)},
        ages=AGES,
        accounts=services.register.programme().bank_accounts.values(),
        just=None if match_id is None else just_matched(services, actor, match_id),
        wrong=wrong,
        **values,
    )


def _line(
    page: Shell,
    actor: Actor,
    line_id: UUID,
    wrong: str = "",
    status: int = 200,
    looked: Looked | None = None,
    reason: str = "",
    wanted: Filter = EVERYTHING,
) -> Response:
    """`looked`: what was looked for and chosen; None: as it is proposed."""
    may = actor.role_for(frozenset({Role.FINANCE}), None) is not None
    services = page.services
    chosen: list[Payment] = []
    found: list[Payment] = []
    others: list[LineShown] = []
    proposal: line_view.Proposed | None = None
    with services.database.transaction() as tx:
        row = queries.lines(tx, [line_id]).get(line_id)
        if row is None:
            raise NotFound
        matches = of_line(tx, services, actor, page.language, line_id)
        lines = Lines(services, actor, page.language)
        if may and row.open_cents:
            known = desk(tx)
            now = line_view.proposal_of(known, line_id)
            if now is not None and now.kind is not None:
                proposal = line_view.proposed(known, now, page.language)
                looked = looked or line_view.as_proposed(now, line_id)
            looked = looked or NOT_LOOKED
            beside = line_view.others(known, row, looked.lines)
            others = line_view.shown(lines, beside)
            ticked = sum(each.open_cents for each in beside if str(each.id) in looked.lines)
            chosen, found = bank_view.offered(
                tx, services, actor, page.language, row.open_cents + ticked, looked
            )
    return page.page(
        "riga.html",
        here=f"{HERE}/righe/{line_id}",
        status=status,
        form_csrf=csrf_token(page.request),
        may=may,
        line=lines.shown(row),
        matches=matches,
        aside=line_view.aside(services, actor, line_id) if row.is_set_aside else None,
        is_erased=row.is_erased,
        looked=looked or NOT_LOOKED,
        proposal=proposal,
        others=others,
        chosen=chosen,
        found=found,
        described=partial(described, services.register.programme()),
        states=STATES,
        warnings=WARNINGS,
        kinds=bank_view.KINDS,
        reason=reason,
        wanted=wanted,
        after=next_line(page.request.query_params),
        next_=NEXT,
        wrong=wrong,
    )


def _settle(page: Shell, line_id: UUID) -> None:
    """The lists follow within a second: the page that comes next shows what was just done."""
    line = page.services.register.bank_line(line_id)
    index = numbered(page.services, line_id, line.version, SETTLING_S)
    if index is not None:
        wait_until(page.services.database, index, SETTLING_S)
