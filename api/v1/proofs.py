"""What proves the log: signed checkpoints, proofs, and the dossier to verify elsewhere."""

from typing import Annotated
from uuid import UUID

import structlog
from fastapi import APIRouter, Query
from fastapi.responses import StreamingResponse

from api.errors import invalid
from api.security.rights import WHOLE_LOG
from api.v1 import PREFIX
from api.v1.dependencies import BIGGEST, SignedIn, TheServices
from api.v1.describing import READING, Responses, refusals
from api.v1.reads import Reads, TheReads
from api.v1.waiting import READ
from api.wiring import Services
from domain.actors import Actor
from domain.errors import NotFound
from workflows.audit.export import NothingToExport, stream
from workflows.audit.notary import NOT_SIGNED
from workflows.audit.proofs import (
    CheckpointView,
    ConsistencyProof,
    InclusionProof,
    NoSuchProof,
    checkpoint_view,
    consistency_proof,
    event_proof,
    inclusion_proof,
)
from workflows.eventstore.access_log import Access

router = APIRouter(prefix=f"{PREFIX}/audit", tags=["audit"])

log = structlog.get_logger(__name__)

ZIP = "application/zip"
Index = Annotated[int | None, Query(ge=1, le=BIGGEST)]
_DOSSIER: Responses = {200: {"description": "The dossier", "content": {ZIP: {}}}}


@router.get("/checkpoint", dependencies=READ, responses=refusals(*READING))
def checkpoint(services: TheServices, _: SignedIn) -> CheckpointView:
    """The log as it stands, signed; 404 while it is empty."""
    sign_what_is_there(services)
    try:
        return checkpoint_view(services.keeper)
    except NoSuchProof:
        raise NotFound from None


@router.get("/proof", dependencies=READ, responses=refusals(*READING))
def proof(
    services: TheServices,
    _: SignedIn,
    *,
    log_index: Annotated[Index, Query(description="An event's place in the log.")] = None,
    stream_id: Annotated[UUID | None, Query(alias="stream", description="A stream …")] = None,
    version: Annotated[Index, Query(description="… and the version of its event.")] = None,
    from_size: Annotated[
        Index, Query(alias="from", description="Consistency: the size of an earlier checkpoint.")
    ] = None,
    to_size: Annotated[
        Index, Query(alias="to", description="… with a later one; the newest if left out.")
    ] = None,
) -> InclusionProof | ConsistencyProof:
    """That an event is in the signed log, or that the log only grew since an earlier size."""
    sign_what_is_there(services)
    try:
        if from_size is not None:
            return consistency_proof(services.keeper, from_size, to_size)
        if log_index is not None:
            return inclusion_proof(services.keeper, log_index)
        if stream_id is not None and version is not None:
            return event_proof(services.keeper, stream_id, version)
    except NoSuchProof:
        raise NotFound from None
    raise invalid("proof", "query")


@router.get(
    "/export",
    dependencies=READ,
    response_class=StreamingResponse,
    responses=_DOSSIER | refusals(*READING),
)
def export(
    services: TheServices,
    actor: SignedIn,
    reads: TheReads,
    dote: Annotated[UUID | None, Query(description="Of this dote only.")] = None,
) -> StreamingResponse:
    """The dossier that `doti verify` reads: the whole log, or one dote with its proofs."""
    return dossier(services, actor, reads, dote)


def dossier(services: Services, actor: Actor, reads: Reads, dote: UUID | None) -> StreamingResponse:
    """A dossier on its way; that it was taken is written down before."""
    sign_what_is_there(services)
    try:
        chunks = stream(services.keeper, services.engine.clock(), dote)
    except NothingToExport:
        raise NotFound from None
    household_id = None if dote is None else services.register.dote(dote).household_id
    what = "log" if dote is None else "dote"
    reads.add(Access.EXPORTED, actor.role_for(WHOLE_LOG, None), household_id, dote, dossier=what)
    name = f"dossier-{dote or services.settings.db_schema}.zip"
    return StreamingResponse(
        chunks,
        media_type=ZIP,
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def sign_what_is_there(services: Services) -> None:
    """Signs the log as it stands.

    The worker signs now and then; who asks wants to see what has just happened signed too. A log
    that is not what was signed before is not signed again, and can still be looked at.
    """
    try:
        services.notary.checkpoint(services.engine.clock())
    except NOT_SIGNED as error:
        log.error("checkpoint_refused", error=type(error).__name__)
