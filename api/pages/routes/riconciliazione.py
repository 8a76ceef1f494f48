"""Riconciliazione: the bank's lines beside the payments, confirmed by keyboard or by hand."""

from functools import partial
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import ValidationError
from starlette.datastructures import FormData

from api.languages import refusal_text, translate
from api.pages import bank_view
from api.pages.bank_view import Looked
from api.pages.calling import calling
from api.pages.payments_view import STATES, WARNINGS, described
from api.pages.say import N_
from api.pages.shell import Shell, TheShell
from api.pages.who import OurForm, SignedIn, csrf_token
from api.problems import problem_for
from api.v1.ledger import shown_index
from api.v1.reconciling import Lines, confirm, desk, targets
from api.v1.waiting import SETTLING_S, numbered
from domain.actors import Actor, Role
from domain.errors import DomainError, NotFound
from projections.ledger.trial_balance import trial_balance
from projections.reconciliation import queries
from projections.runner import wait_until
from workflows import reconciliation
from workflows.engine import Outcome
from workflows.payment_commands import MatchLines, SetAside

router = APIRouter(include_in_schema=False)

HERE = "/riconciliazione"
NOT_UNDERSTOOD = N_("Say what the line was, and choose its payments.")
NOT_LOOKED = Looked()
NO_REASON = N_("Say why it is left for later.")


@router.get(HERE)
def reconciliation_page(page: TheShell, actor: SignedIn) -> Response:
    """The open lines, the oldest first."""
    return _page(page, actor)


@router.post(f"{HERE}/conferma")
def confirm_one(page: TheShell, actor: SignedIn, sent: OurForm) -> Response:
    """One proposal is right."""
    return _match(page, actor, sent)


@router.post(f"{HERE}/certi")
def confirm_certain(page: TheShell, actor: SignedIn, sent: OurForm) -> Response:
    """All the certain ones that were on the page."""
    wanted = {str(each) for each in sent.getlist("line_ids")}
    with page.services.database.transaction() as tx:
        found = desk(tx).certain
    chosen = [each for each in found if wanted.issuperset(map(str, each.line_ids))]
    request = calling(page, actor, None).request(None)
    done = confirm(page.services, request, chosen)
    matched = [each for each in done if isinstance(each, Outcome)]
    if matched:
        _settle(page, chosen[-1].line_ids[0])
    refused = Lines(page.services, actor, page.language).refused(done)
    if refused:
        return _page(page, actor, wrong=refused[0].msg, status=409)
    return page.done(HERE, "lines_matched")


@router.post(f"{HERE}/annulla/{{match_id}}")
def undo(match_id: UUID, page: TheShell, actor: SignedIn, _: OurForm) -> Response:
    """A match was wrong."""
    try:
        lines = reconciliation.lines_of(page.services.register, match_id)
        calling(page, actor, None).run(lambda work: reconciliation.undo(work, match_id), None)
    except NotFound:
        raise
    except DomainError as error:
        return _refused(page, actor, error)
    _settle(page, lines[0].id)
    return page.done(HERE, "match_undone")


@router.get(f"{HERE}/righe/{{line_id}}")
def line_page(line_id: UUID, page: TheShell, actor: SignedIn) -> Response:
    """One line, and what it can be."""
    return _line(page, actor, line_id)


@router.post(f"{HERE}/righe/{{line_id}}")
def line_is(line_id: UUID, page: TheShell, actor: SignedIn, sent: OurForm) -> Response:
    """What a line was, said by a person; or they look for its payments first."""
    if sent.get("cerca") or sent.get("conta"):
        return _line(page, actor, line_id, looked=Looked.of(sent))
    return _match(page, actor, sent, line_id)


@router.post(f"{HERE}/righe/{{line_id}}/da-parte")
def set_aside(line_id: UUID, page: TheShell, actor: SignedIn, sent: OurForm) -> Response:
    """A line is left for later."""
    try:
        command = SetAside(reason=str(sent.get("reason", "")))
    except ValidationError:
        return _line(page, actor, line_id, translate(page.language, NO_REASON), 422)
    try:
        calling(page, actor, None).run(
            lambda work: reconciliation.set_aside(work, line_id, command), command
        )
    except DomainError as error:
        return _refused(page, actor, error)
    _settle(page, line_id)
    return page.done(HERE, "line_set_aside")


def _match(page: Shell, actor: Actor, sent: FormData, line_id: UUID | None = None) -> Response:
    try:
        command = MatchLines.model_validate(
            {
                "line_ids": [line_id] if line_id else sent.getlist("line_ids"),
                "payment_ids": sent.getlist("payment_ids"),
                "kind": sent.get("kind", "payment"),
                "rest": sent.get("rest", "refuse"),
            }
        )
    except ValidationError:
        told = translate(page.language, NOT_UNDERSTOOD)
        if line_id is None:
            return _page(page, actor, told, 422)
        return _line(page, actor, line_id, told, 422, Looked.of(sent))
    try:
        with page.services.database.transaction() as tx:
            named = targets(tx, command)
        calling(page, actor, None).run(
            lambda work: reconciliation.match(work, command, named), command
        )
    except NotFound:
        raise
    except DomainError as error:
        return _refused(page, actor, error, line_id, Looked.of(sent))
    _settle(page, command.line_ids[0])
    return page.done(HERE, "line_matched")


def _refused(
    page: Shell,
    actor: Actor,
    error: DomainError,
    line_id: UUID | None = None,
    looked: Looked = NOT_LOOKED,
) -> Response:
    told, status = refusal_text(error, page.language), problem_for(error).status
    if line_id is not None:
        return _line(page, actor, line_id, told, status, looked)
    return _page(page, actor, told, status)


def _page(page: Shell, actor: Actor, wrong: str = "", status: int = 200) -> Response:
    services = page.services
    with services.database.transaction() as tx:
        found = desk(tx)
        rows = bank_view.rows(tx, services, actor, page.language, found)
        values: dict[str, Any] = {
            "balances": bank_view.balances(tx, trial_balance(tx, shown_index(services))),
            "last": bank_view.last_match(tx),
            "undocumented": bank_view.undocumented(tx, actor, services.engine.clock().date()),
            "month": bank_view.newest_statement(tx),
        }
    certain = [line for row in found.certain for line in row.line_ids]
    return page.page(
        "riconciliazione.html",
        here=HERE,
        status=status,
        form_csrf=csrf_token(page.request),
        may=actor.role_for(frozenset({Role.FINANCE}), None) is not None,
        rows=rows,
        lines=len(found.lines),
        counts=found.counts,
        certain=certain,
        wrong=wrong,
        **values,
    )


def _line(
    page: Shell,
    actor: Actor,
    line_id: UUID,
    wrong: str = "",
    status: int = 200,
    looked: Looked = NOT_LOOKED,
) -> Response:
    may = actor.role_for(frozenset({Role.FINANCE}), None) is not None
    services = page.services
    with services.database.transaction() as tx:
        row = queries.lines(tx, [line_id]).get(line_id)
        if row is None:
            raise NotFound
        chosen, found = (
            bank_view.offered(tx, services, actor, page.language, row.open_cents, looked)
            if may and row.open_cents
            else ([], [])
        )
    return page.page(
        "riga.html",
        here=f"{HERE}/righe/{line_id}",
        status=status,
        form_csrf=csrf_token(page.request),
        may=may,
        line=Lines(services, actor, page.language).shown(row),
        is_erased=row.is_erased,
        looked=looked,
        chosen=chosen,
        found=found,
        described=partial(described, services.register.programme()),
        states=STATES,
        warnings=WARNINGS,
        kinds=bank_view.KINDS,
        wrong=wrong,
    )


def _settle(page: Shell, line_id: UUID) -> None:
    """The lists follow within a second: the page that comes next shows what was just done."""
    line = page.services.register.bank_line(line_id)
    index = numbered(page.services, line_id, line.version, SETTLING_S)
    if index is not None:
        wait_until(page.services.database, index, SETTLING_S)
