"""Payments: what is due and where it is, the batches that it goes in, and their files."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Query, Request, Response
from pydantic import TypeAdapter

from api import payment_export
from api.v1 import PREFIX, cursors
from api.v1 import payment_schemas as schemas
from api.v1.bodies import CancelBatchBody, ExecutePaymentBody, NothingBody, PrepareBatchBody
from api.v1.commands import TheCall, TheCallOnDote, etag
from api.v1.dependencies import (
    Cursor,
    Limit,
    SignedIn,
    TheLanguage,
    TheServices,
    json_only,
)
from api.v1.describing import ALWAYS, READING, Responses, command, refusals, versioned
from api.v1.payment_view import PaymentView, summary
from api.v1.spreadsheet import CSV
from api.v1.views import View
from api.v1.waiting import READ
from domain.payment_states import PaymentState, StateOfBatch
from projections.payments import queries
from workflows import payments as workflows

router = APIRouter(prefix=PREFIX, tags=["payments"])

_BATCH = "/payment-batches/{batch_id}"
_JSON = [Depends(json_only)]
_PLACE = TypeAdapter(tuple[datetime, UUID])
_ID = TypeAdapter(str)
XML = "application/xml"

BatchId = Annotated[UUID, Path(description="The batch's id.")]
PaymentId = Annotated[
    str,
    Path(
        min_length=1,
        max_length=220,
        description="The payment's id: the dote's number and its own.",
        examples=["CI-2026-00012-1"],
    ),
]
States = Annotated[
    list[PaymentState],
    Query(alias="state", description="In one of these states.", max_length=6),
]


def _file(media_type: str, status: tuple[int, ...] = (409,)) -> Responses:
    content = {media_type.partition(";")[0]: {"schema": {"type": "string"}}}
    return {200: {"description": "The file", "content": content}, **refusals(*READING, *status)}


@router.get("/payments", dependencies=READ, responses=refusals(*ALWAYS))
def payments(
    services: TheServices,
    actor: SignedIn,
    language: TheLanguage,
    *,
    state: States = [PaymentState.DUE],  # noqa: B006  FastAPI copies it
    cursor: Cursor = None,
    limit: Limit = 50,
) -> schemas.PaymentPage:
    """Payments in some states, in the order of their ids: what is due if none is named."""
    after = cursors.read("payments", _ID, cursor)
    with services.database.transaction() as tx:
        found = queries.payments(tx, state, after, limit + 1)
        view = PaymentView(View(services, actor, language))
        items = view.payments(found[:limit])
    last = items[-1].id if len(found) > limit else None
    return schemas.PaymentPage(items=items, next_cursor=cursors.write("payments", _ID, last))


@router.get("/payment-batches", dependencies=READ, responses=refusals(*ALWAYS))
def batches(
    services: TheServices,
    _: SignedIn,
    *,
    state: StateOfBatch | None = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> schemas.BatchPage:
    """Batches, the newest first."""
    after = cursors.read("batches", _PLACE, cursor)
    with services.database.transaction() as tx:
        found = queries.batches(tx, state, after, limit + 1)
    shown = found[:limit]
    last = (shown[-1].prepared_at, shown[-1].id) if len(found) > limit else None
    return schemas.BatchPage(
        items=[summary(row) for row in shown], next_cursor=cursors.write("batches", _PLACE, last)
    )


@router.post("/payment-batches", dependencies=_JSON, **command(201, on_dote=False))
def prepare(command: PrepareBatchBody, call: TheCall) -> schemas.Batch:
    """Puts payments of approved doti into a batch: from now on they are in no other one."""
    outcome = call.run(lambda work: workflows.prepare(work, command), command)
    return PaymentView(call.view).batch(outcome.stream_id, outcome.version)


# Before the batch itself, whose address would take it for an id.
@router.get(f"{_BATCH}.csv", dependencies=READ, response_class=Response, responses=_file(CSV))
def table(
    batch_id: BatchId,
    request: Request,
    services: TheServices,
    actor: SignedIn,
    language: TheLanguage,
) -> Response:
    """An authorised batch as a table, for the till or whoever buys. No cell is a formula."""
    name, content = payment_export.table(
        services, actor, request.state.correlation_id, batch_id, language
    )
    return _handed_out(content, CSV, name)


@router.get(
    _BATCH, dependencies=READ, responses=versioned(200, replayed=False) | refusals(*READING)
)
def batch(
    batch_id: BatchId,
    response: Response,
    services: TheServices,
    actor: SignedIn,
    language: TheLanguage,
) -> schemas.Batch:
    """A batch with its payments as they are now."""
    shown = PaymentView(View(services, actor, language)).batch(batch_id)
    response.headers["ETag"] = etag(shown.version)
    return shown


@router.post(f"{_BATCH}/authorisation", dependencies=_JSON, **command(200))
def authorise(batch_id: BatchId, call: TheCallOnDote, command: NothingBody = None) -> schemas.Batch:
    """A second person lets the batch go out: neither who prepared it, nor who requested, assessed
    or approved one of its doti."""
    outcome = call.run(lambda work: workflows.authorise(work, batch_id), command)
    return PaymentView(call.view).batch(batch_id, outcome.version)


@router.post(f"{_BATCH}/cancellation", dependencies=_JSON, **command(200))
def cancel(batch_id: BatchId, command: CancelBatchBody, call: TheCallOnDote) -> schemas.Batch:
    """What of the batch has not gone out is free to be ordered anew."""
    outcome = call.run(lambda work: workflows.cancel(work, batch_id, command), command)
    return PaymentView(call.view).batch(batch_id, outcome.version)


@router.post(
    f"{_BATCH}/payments/{{payment_id}}/execution",
    dependencies=_JSON,
    **command(201, on_dote=False),
)
def execute(
    batch_id: BatchId, payment_id: PaymentId, command: ExecutePaymentBody, call: TheCall
) -> schemas.Batch:
    """A payment of an authorised batch went out, as a person says, with its proof. Transfers are
    better told by the bank: a line of its statement that is matched does the same."""
    call.run(lambda work: workflows.execute(work, batch_id, payment_id, command), command)
    return PaymentView(call.view).batch(batch_id)


@router.get(
    f"{_BATCH}/pain.001.xml", dependencies=READ, response_class=Response, responses=_file(XML)
)
def pain_001(
    batch_id: BatchId,
    request: Request,
    services: TheServices,
    actor: SignedIn,
    *,
    version: Annotated[
        payment_export.Form,
        Query(description="Of pain.001.001; or cbi: CBI's form, where a CUC is set."),
    ] = "09",
) -> Response:
    """The message for the bank, of an authorised batch of transfers. Each `EndToEndId` is the
    payment's id. The log tells the SHA-256 of the file."""
    name, content = payment_export.bank_file(
        services, actor, request.state.correlation_id, batch_id, version
    )
    return _handed_out(content, XML, name)


def _handed_out(content: bytes, media_type: str, name: str) -> Response:
    headers = {
        "Content-Disposition": f'attachment; filename="{name}"',
        "Cache-Control": "private, no-store",
    }
    return Response(content, media_type=media_type, headers=headers)
