"""Who looks at a page, and whether a form comes from one of our pages.

The only place where pages ask about sign-in. `state.actor` is whoever signs in, by a session or
(as programs do) by a token; `state.csrf` is what every form of the session has to carry.
"""

import hmac
from typing import Annotated

from fastapi import Depends, Request
from starlette.datastructures import FormData

from api.errors import FormNotOurs, Unauthenticated
from domain.actors import Actor
from domain.errors import Forbidden
from domain.lifecycle import READERS

SIGN_IN = "/accedi"
"""Where one signs in; `next` is where one goes on afterwards."""
SIGN_OUT = "/esci"
CSRF_FIELD = "csrf"


def current(request: Request) -> Actor | None:
    """Whoever is signed in."""
    actor: Actor | None = getattr(request.state, "actor", None)
    return actor


def csrf_token(request: Request) -> str:
    """What the forms of this session carry; empty without a session."""
    token: str = getattr(request.state, "csrf", "")
    return token


async def signed_in(request: Request) -> Actor:
    """Whoever looks; who is not signed in is sent to do so."""
    actor = current(request)
    if actor is None:
        raise Unauthenticated
    return actor


async def reader(actor: Annotated[Actor, Depends(signed_in)]) -> Actor:
    """Whoever looks, if doti are their business at all."""
    if not actor.has_any(READERS):
        raise Forbidden("read", ", ".join(sorted(READERS)))
    return actor


async def our_form(request: Request, _: Annotated[Actor, Depends(signed_in)]) -> FormData:
    """The fields of a form that one of our pages sent. Raises FormNotOurs.

    A token in a header is sent by whoever holds it and by no page of others, so that it needs no
    second proof; a cookie goes along whoever made the form.
    """
    form = await request.form()
    if "authorization" not in request.headers:
        expected, given = csrf_token(request), form.get(CSRF_FIELD)
        if not expected or not isinstance(given, str) or not _same(expected, given):
            raise FormNotOurs
    return form


def _same(expected: str, given: str) -> bool:
    return hmac.compare_digest(expected.encode(), given.encode())


SignedIn = Annotated[Actor, Depends(signed_in)]
Reader = Annotated[Actor, Depends(reader)]
OurForm = Annotated[FormData, Depends(our_form)]
