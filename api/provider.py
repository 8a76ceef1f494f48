"""The two addresses by which a browser goes to the provider of identities and comes back."""

from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Query, Request, Response

from api.security import csrf
from api.security.elsewhere import CALLBACK, START, Page, Returned
from api.security.sign_in import State
from api.v1.dependencies import TheServices
from api.v1.session_answers import Door, MaybeStanding

router = APIRouter(include_in_schema=False)

SIGN_IN_PAGE = "/accedi"
"""Where one goes on for whom a second factor is still missing."""

_Short = Annotated[str | None, Query(max_length=500)]
_Long = Annotated[str | None, Query(max_length=4000)]


@router.get(START)
def go(
    request: Request,
    services: TheServices,
    next_: Annotated[str, Query(alias="next", max_length=2000)] = "/",
    invitation: _Short = None,
    shared_computer: bool = False,
) -> Response:
    """Sends the browser to the provider; from a page of ours only, so that nobody is made to."""
    csrf.check_origin(request.scope, services.settings.public_url)
    answer = Response(status_code=303)
    door = Door(request, answer, services)
    page = Page(door.caller, door.origin, door.before())
    answer.headers["Location"] = services.elsewhere.begin(
        page, next_, shared_computer=shared_computer, invitation=invitation
    )
    return answer


@router.get(CALLBACK)
def come_back(
    request: Request,
    services: TheServices,
    standing: MaybeStanding,
    state: _Short = None,
    code: _Long = None,
    error: _Long = None,
    iss: _Long = None,
) -> Response:
    """The browser is back: whoever it is goes on where they wanted to, or to the second step."""
    answer = Response(status_code=303)
    door = Door(request, answer, services)
    page = Page(door.caller, door.origin, door.before(), door.brought)
    returned = Returned(state or "", code, error, iss)
    ended = services.elsewhere.finish(returned, page, standing)
    whole = ended.token is None or door.enter(ended.token).state is State.SIGNED_IN
    onward = f"{SIGN_IN_PAGE}?next={quote(ended.next, safe='/')}"
    answer.headers["Location"] = ended.next if whole else onward
    return answer
