"""Who looks at a page, and whether a form comes from one of our pages.

The only place where pages ask about sign-in. `state.actor` is whoever signs in, by a session or
(as programs do) by a token; `state.standing` is the session, whose forms carry its token.
"""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request
from starlette.datastructures import FormData

from api.errors import Unauthenticated
from api.security import csrf
from api.security.refusals import PageTooOld
from api.security.sign_in import Standing
from domain.actors import Actor

SIGN_IN = "/accedi"
"""Where one signs in; `next` is where one goes on afterwards."""
SIGN_OUT = "/esci"
CSRF_FIELD = "csrf"


def current(request: Request) -> Actor | None:
    """Whoever is signed in."""
    actor: Actor | None = getattr(request.state, "actor", None)
    return actor


def standing_of(request: Request) -> Standing | None:
    """The session that the page is asked for in, however far its person is."""
    standing: Standing | None = getattr(request.state, "standing", None)
    return standing


def csrf_token(request: Request) -> str:
    """What the forms of this session carry; empty without a session."""
    standing = standing_of(request)
    return "" if standing is None else standing.session.csrf_token


async def signed_in(request: Request) -> Actor:
    """Whoever looks; who is not signed in is sent to do so."""
    actor = current(request)
    if actor is None:
        raise Unauthenticated
    return actor


async def sent_form(request: Request) -> FormData:
    """The fields of a form, whoever sent it: only for those who look themselves who did."""
    return await request.form()


async def our_form(request: Request) -> FormData:
    """The fields of a form that one of our pages sent. Raises PageTooOld.

    A token in a header is sent by whoever holds it and by no page of others, so that it needs no
    second proof; a cookie goes along whoever made the form.
    """
    form = await request.form()
    if "authorization" not in request.headers:
        standing, given = standing_of(request), form.get(CSRF_FIELD)
        if standing is None or not isinstance(given, str):
            raise PageTooOld
        csrf.check_token(standing.session.token, given)
    return form


SignedIn = Annotated[Actor, Depends(signed_in)]
TheForm = Annotated[FormData, Depends(sent_form)]
OurForm = Annotated[FormData, Depends(our_form)]


@dataclass(frozen=True, slots=True)
class SentDraft:
    """The fields of a draft's form. `is_fresh`: its page was made in the session that there is now;
    of another one it is kept what was typed, and nothing more is done."""

    fields: FormData
    is_fresh: bool


async def draft_form(request: Request) -> SentDraft:
    """The fields of the form of a draft, whose person may have signed in anew meanwhile.

    A browser has to say that it comes from a page of ours, where its proof is an old session's.
    Raises PageTooOld.
    """
    try:
        return SentDraft(await our_form(request), is_fresh=True)
    except PageTooOld:
        if request.headers.get("sec-fetch-site") != "same-origin":
            raise
        return SentDraft(await request.form(), is_fresh=False)


TheDraftForm = Annotated[SentDraft, Depends(draft_form)]
