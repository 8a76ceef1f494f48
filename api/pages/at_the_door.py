"""What the pages of the sign-in share: the proof of their forms, cookies, and where one goes on."""

import json
from collections.abc import Mapping
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import Depends, Query, Request, Response
from starlette.datastructures import FormData

from api.pages.failing import safe_next
from api.pages.shell import Shell, TheShell
from api.pages.who import CSRF_FIELD, SIGN_IN, standing_of
from api.security import csrf
from api.security.refusals import SessionNeeded
from api.security.sign_in import Standing, State
from api.v1.session_answers import Door

FACTOR = "/secondo-fattore"
"""Where a second factor is set up."""

Next = Annotated[str, Query(alias="next", max_length=2000)]
"""Where one goes on afterwards."""


class Entrance:
    """A request at the sign-in. Its answers carry the cookies that were set on the way."""

    def __init__(self, page: Shell) -> None:
        self.page = page
        self.standing = standing_of(page.request)
        self._cookies = Response()
        self.door = Door(page.request, self._cookies, page.services)

    @property
    def csrf(self) -> str:
        """What a form carries: of the session, or of the browser before there is one."""
        if self.standing is not None:
            return self.standing.session.csrf_token
        return csrf.token_for(self.door.before())

    def check(self, sent: FormData) -> None:
        """Refuses a form that no page of ours has made for this browser."""
        given = sent.get(CSRF_FIELD)
        self.door.check_form(given if isinstance(given, str) else None)

    def show(self, template: str, *, here: str, status: int = 200, **values: object) -> Response:
        """A page with a form. `here`: the address of its GET."""
        frame = {"form_csrf": self.csrf, "half": self.is_half}
        shown = self.page.page(template, status=status, here=here, **{**frame, **values})
        return self._with_cookies(shown)

    @property
    def is_half(self) -> bool:
        """Whether somebody has begun to sign in and is not through."""
        return self.standing is not None and self.standing.state is not State.SIGNED_IN

    def enter(self, token: str, next_: str, said: str | None = None) -> Response:
        """On with the session's token from now on: to where one wanted to, or to the next step."""
        state = self.door.enter(token).state
        whole = state is State.SIGNED_IN
        return self._with_cookies(self.page.done(onward(state, next_), said if whole else None))

    def keep(self, token: str, shown: Response) -> Response:
        """A page beside the session's token from now on."""
        self.door.enter(token)
        return self._with_cookies(shown)

    def leave(self, said: str) -> Response:
        """Out, to the sign-in."""
        self.door.leave()
        return self._with_cookies(self.page.done(SIGN_IN, said))

    def _with_cookies(self, answer: Response) -> Response:
        set_ = [each for each in self._cookies.raw_headers if each[0] == b"set-cookie"]
        answer.raw_headers.extend(set_)
        return answer


def onward(state: State, next_: str) -> str:
    """Where somebody goes on who is so far."""
    if state is State.SIGNED_IN:
        return safe_next(next_)
    step = FACTOR if state is State.FACTOR_MISSING else SIGN_IN
    return with_next(step, next_)


def with_next(path: str, next_: str) -> str:
    """The address of a step that keeps where one goes on afterwards."""
    wanted = safe_next(next_)
    return path if wanted == "/" else f"{path}?next={quote(wanted, safe='/')}"


def next_of(sent: FormData) -> str:
    """The same, as a form carries it along."""
    return safe_next(str(sent.get("next", "")))


def credential(sent: FormData) -> Mapping[str, Any]:
    """What a passkey made, as the page's script put it into the form; {} if that is nothing."""
    try:
        made = json.loads(str(sent.get("credential", "")))
    except ValueError:
        return {}
    return made if isinstance(made, dict) else {}


async def entrance(page: TheShell) -> Entrance:
    """The request at the sign-in."""
    return Entrance(page)


async def own_standing(request: Request) -> Standing:
    """The session of whoever is here in person."""
    standing = standing_of(request)
    if standing is None:
        raise SessionNeeded
    return standing


TheEntrance = Annotated[Entrance, Depends(entrance)]
Own = Annotated[Standing, Depends(own_standing)]
