"""The batches: prepared by one person, let go by another."""

from collections.abc import Mapping
from functools import partial
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response
from pydantic import TypeAdapter

from api import payment_export
from api.pages.calling import calling
from api.pages.forms import Filled, refused
from api.pages.payments_view import (
    AUTHORISE,
    CANCEL,
    EXECUTE,
    STATES,
    WARNINGS,
    described,
)
from api.pages.plain_forms import Again, PlainForm, Values, of, taken
from api.pages.shell import Shell, TheShell
from api.pages.who import OurForm, SignedIn
from api.v1 import cursors
from api.v1.payment_view import PaymentView, summary
from api.v1.spreadsheet import CSV
from api.v1.views import View
from domain.actors import Actor, Role
from domain.errors import DomainError
from domain.payment_states import PaymentState
from projections.payments import queries
from workflows import payments as workflows
from workflows.payment_commands import CancelBatch, ExecutePayment

router = APIRouter(include_in_schema=False)

BATCHES = "/distinte"
LISTED = 50
_PLACE = TypeAdapter(queries.Place)


@router.get(BATCHES)
def batches(
    page: TheShell, actor: SignedIn, dopo: Annotated[str | None, Query(max_length=500)] = None
) -> Response:
    """The batches, the newest first. `dopo`: those after this place."""
    after = cursors.read("batches", _PLACE, dopo)
    with page.services.database.transaction() as tx:
        rows = queries.batches(tx, after=after, limit=LISTED + 1)
    found = [summary(row) for row in rows[:LISTED]]
    more = None
    if len(rows) > LISTED:
        last = cursors.write("batches", _PLACE, (found[-1].prepared_at, found[-1].id))
        more = f"{BATCHES}?dopo={last}"
    people = {each.prepared_by for each in found} | {
        each.authorised_by for each in found if each.authorised_by is not None
    }
    return page.page(
        "distinte.html",
        batches=found,
        more=more,
        names=page.services.accounts.names(people),
        may=pays(actor),
    )


@router.get(f"{BATCHES}/{{batch_id}}")
def batch(page: TheShell, actor: SignedIn, batch_id: UUID) -> Response:
    """A batch: its payments, its files, and what can be done to it."""
    return _batch(page, actor, batch_id, {})


@router.post(f"{BATCHES}/{{batch_id}}/autorizzazione")
def authorise(page: TheShell, actor: SignedIn, sent: OurForm, batch_id: UUID) -> Response:
    """A second person lets it go out."""

    def do(_: Values, filled: Filled) -> Response:
        calling(page, actor, filled).run(lambda work: workflows.authorise(work, batch_id), None)
        return page.done(f"{BATCHES}/{batch_id}", "batch_authorised")

    return taken(page, AUTHORISE, sent, do, _again(page, actor, batch_id, AUTHORISE))


@router.post(f"{BATCHES}/{{batch_id}}/annullamento")
def cancel(page: TheShell, actor: SignedIn, sent: OurForm, batch_id: UUID) -> Response:
    """What of it has not gone out does not."""

    def do(values: Values, filled: Filled) -> Response:
        command = CancelBatch.model_validate(values)
        calling(page, actor, filled).run(
            lambda work: workflows.cancel(work, batch_id, command), command
        )
        return page.done(f"{BATCHES}/{batch_id}", "batch_cancelled")

    return taken(page, CANCEL, sent, do, _again(page, actor, batch_id, CANCEL))


@router.post(f"{BATCHES}/{{batch_id}}/esecuzione")
def execute(page: TheShell, actor: SignedIn, sent: OurForm, batch_id: UUID) -> Response:
    """A payment went out, as a person says."""

    def do(values: Values, filled: Filled) -> Response:
        payment_id = str(values.pop("payment"))
        command = ExecutePayment.model_validate(values)
        calling(page, actor, filled).run(
            lambda work: workflows.execute(work, batch_id, payment_id, command), command
        )
        return page.done(f"{BATCHES}/{batch_id}", "batch_executed")

    form = _offering(page, actor, batch_id)
    return taken(page, form, sent, do, _again(page, actor, batch_id, form))


@router.get(f"{BATCHES}/{{batch_id}}/pain.001.xml")
def bank_file(
    page: TheShell, actor: SignedIn, batch_id: UUID, versione: payment_export.Form = "09"
) -> Response:
    """The message for the bank."""
    correlation_id = page.request.state.correlation_id
    try:
        name, content = payment_export.bank_file(
            page.services, actor, correlation_id, batch_id, versione
        )
    except DomainError as error:
        return _refused(page, actor, batch_id, error)
    return _file(content, "application/xml", name)


@router.get(f"{BATCHES}/{{batch_id}}/elenco.csv")
def table(page: TheShell, actor: SignedIn, batch_id: UUID) -> Response:
    """The batch as a table."""
    correlation_id = page.request.state.correlation_id
    try:
        name, content = payment_export.table(
            page.services, actor, correlation_id, batch_id, page.language
        )
    except DomainError as error:
        return _refused(page, actor, batch_id, error)
    return _file(content, CSV, name)


def pays(actor: Actor) -> bool:
    """Whether somebody may prepare batches for the whole programme."""
    return actor.role_for(frozenset({Role.FINANCE}), None) is not None


def _offering(page: Shell, actor: Actor, batch_id: UUID) -> PlainForm:
    shown = PaymentView(View(page.services, actor, page.language)).batch(batch_id)
    left = [payment.id for payment in shown.payments if payment.state is PaymentState.AUTHORISED]
    return EXECUTE.offering(payment=tuple((each, each) for each in left))


def _batch(
    page: Shell, actor: Actor, batch_id: UUID, tried: Mapping[str, Filled], status: int = 200
) -> Response:
    shown = PaymentView(View(page.services, actor, page.language)).batch(batch_id)
    people = {shown.prepared_by} | ({shown.authorised_by} if shown.authorised_by else set())
    return page.page(
        "distinta.html",
        here=f"{BATCHES}/{batch_id}",
        status=status,
        batch=shown,
        names=page.services.accounts.names(people),
        states=STATES,
        described=partial(described, page.services.register.programme()),
        warnings=WARNINGS,
        cbi=page.services.settings.payer_cuc is not None,
        can={each.action: each for each in shown.available_actions},
        authorise=AUTHORISE,
        cancel=CANCEL,
        execute=_offering(page, actor, batch_id),
        filled={form.name: of(tried, form) for form in (AUTHORISE, CANCEL, EXECUTE)},
        wrong=tried.get("", Filled()).wrong.get("", ""),
    )


def _again(page: Shell, actor: Actor, batch_id: UUID, form: PlainForm) -> Again:
    def again(filled: Filled, status: int) -> Response:
        return _batch(page, actor, batch_id, {form.name: filled}, status)

    return again


def _refused(page: Shell, actor: Actor, batch_id: UUID, error: DomainError) -> Response:
    """The batch again, with why there is no file."""
    return _batch(page, actor, batch_id, {"": refused(Filled(), error, (), page.language)}, 409)


def _file(content: bytes, media_type: str, name: str) -> Response:
    headers = {
        "Content-Disposition": f'attachment; filename="{name}"',
        "Cache-Control": "private, no-store",
    }
    return Response(content, media_type=media_type, headers=headers)
