"""Who is paid: their account, and another IBAN, which a second person confirms."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Response

from api.security.visibility import MASK, Kind, reading_role
from api.v1 import PREFIX
from api.v1 import payment_schemas as schemas
from api.v1.bodies import ChangeIbanBody, NothingBody
from api.v1.commands import TheCallOnDote, etag
from api.v1.dependencies import SignedIn, TheLanguage, TheServices, json_only
from api.v1.describing import READING, command, refusals, versioned
from api.v1.views import View
from api.v1.waiting import READ
from domain.errors import NotFound
from domain.privacy import read_record
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


def account(view: View, payee_id: UUID) -> schemas.PayeeAccount:
    """A payee's account as one reader sees it. Raises NotFound."""
    services = view.services
    known = workflows.load(services.register, payee_id)
    if known is None or known.erased:
        raise NotFound
    now = workflows.Recipients(services.register, services.vault, view.keys).told(known)
    waiting = {}
    if known.waiting is not None:
        text = services.vault.open_field(known.waiting, "payee", view.keys)
        waiting = read_record(text) if text is not None else {}
    clear = reading_role(view.actor, Kind.PAYEE, None) is not None

    def shown(text: str | None) -> str | None:
        return text if clear or text is None else MASK

    return schemas.PayeeAccount(
        id=known.id,
        version=known.version,
        name=shown(now.name),
        iban=shown(now.iban),
        bic=shown(now.bic),
        frozen=known.is_frozen,
        waiting_name=shown(waiting.get("name")),
        waiting_iban=shown(waiting.get("iban")),
        waiting_bic=shown(waiting.get("bic")),
        changed_by=None if known.waiting is None else known.waiting.by.account_id,
    )
