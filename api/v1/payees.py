"""Who is paid: their account, and another IBAN, which a second person confirms."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Response

from api.v1 import PREFIX
from api.v1 import payment_schemas as schemas
from api.v1.bodies import ChangeIbanBody, NothingBody
from api.v1.commands import TheCallOnDote, etag
from api.v1.dependencies import SignedIn, TheLanguage, TheServices, json_only
from api.v1.describing import READING, command, refusals, versioned
from api.v1.payee_view import account
from api.v1.views import View
from api.v1.waiting import READ
from workflows import payees as workflows

router = APIRouter(prefix=f"{PREFIX}/payees/{{payee_id}}", tags=["payments"])

_JSON = [Depends(json_only)]
PayeeId = Annotated[UUID, Path(description="The payee's id.")]


@router.get("", dependencies=READ, responses=versioned(200, replayed=False) | refusals(*READING))
def payee(
    payee_id: PayeeId,
    response: Response,
    services: TheServices,
    actor: SignedIn,
    language: TheLanguage,
) -> schemas.PayeeAccount:
    """A payee's account as it holds, and one that waits to be confirmed."""
    shown = account(View(services, actor, language), payee_id)
    response.headers["ETag"] = etag(shown.version)
    return shown


@router.post("/iban", dependencies=_JSON, **command(200))
def change_iban(
    payee_id: PayeeId, command: ChangeIbanBody, call: TheCallOnDote
) -> schemas.PayeeAccount:
    """They told another IBAN: nothing is paid to them until somebody else confirms it."""
    call.run(lambda work: workflows.change_iban(work, payee_id, command), command)
    return account(call.view, payee_id)


@router.post("/iban/confirmation", dependencies=_JSON, **command(200))
def confirm_iban(
    payee_id: PayeeId, call: TheCallOnDote, command: NothingBody = None
) -> schemas.PayeeAccount:
    """A second person has seen that it is right: it holds from now on."""
    call.run(lambda work: workflows.confirm_iban(work, payee_id), command)
    return account(call.view, payee_id)


@router.post("/iban/dismissal", dependencies=_JSON, **command(200))
def dismiss_iban(
    payee_id: PayeeId, call: TheCallOnDote, command: NothingBody = None
) -> schemas.PayeeAccount:
    """It was wrong: the one from before holds."""
    call.run(lambda work: workflows.dismiss_iban(work, payee_id), command)
    return account(call.view, payee_id)
