"""What every page stands in: the language, who looks, where one can go, what was just done."""

from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import version
from typing import Annotated
from urllib.parse import urlencode

from fastapi import Depends, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from api.languages import LANGUAGES, Language, negotiate, size
from api.middleware import FILES_AT_ONCE
from api.pages.messages import MESSAGES
from api.pages.navigation import places
from api.pages.templating import environment
from api.pages.who import SIGN_OUT, csrf_token, current
from api.wiring import Services
from domain.actors import Actor
from domain.errors import ProgrammeMissing
from projections.runner import positions

LANGUAGE_COOKIE = "lang"
DONE_COOKIE = "done"
_YEAR_S = 365 * 24 * 3_600
_DONE_S = 60
_VERSION = version("doti")

HEADERS: Mapping[str, str] = {
    # A form may tell from which page of ours it comes; other servers are told nothing.
    "Referrer-Policy": "same-origin",
    "Vary": "Accept-Language, Cookie",
}


def language_of(request: Request) -> Language:
    """The language of a page: as just chosen, as chosen before, or as the browser prefers."""
    for chosen in (request.query_params.get("lang"), request.cookies.get(LANGUAGE_COOKIE)):
        for language in LANGUAGES:
            if chosen == language:
                return language
    return negotiate(request.headers.get("accept-language"))


@dataclass(frozen=True, slots=True)
class Shell:
    """One request for a page."""

    request: Request
    language: Language

    @property
    def services(self) -> Services:
        """Everything that the application works with."""
        found: Services = self.request.app.state.services
        return found

    @property
    def actor(self) -> Actor | None:
        """Whoever looks."""
        return current(self.request)

    def page(
        self, template: str, *, status: int = 200, here: str | None = None, **values: object
    ) -> HTMLResponse:
        """A page. `here`: the address of its GET, where it answers a form."""
        done = self.request.cookies.get(DONE_COOKIE)
        text = self.render(
            template,
            shell=self._frame(here or self.request.url.path),
            done=MESSAGES.get(done or ""),
            status=status,
            **values,
        )
        headers = {**HEADERS, "Content-Language": self.language}
        answer = HTMLResponse(text, status, headers=headers)
        if self.request.query_params.get("lang") in LANGUAGES:
            self._keep(answer, LANGUAGE_COOKIE, self.language, _YEAR_S)
        if done is not None:
            answer.delete_cookie(DONE_COOKIE)
        return answer

    def part(self, template: str, **values: object) -> HTMLResponse:
        """A piece of a page, for a script that puts it in."""
        headers = {**HEADERS, "Content-Language": self.language}
        return HTMLResponse(self.render(template, **values), headers=headers)

    def done(self, path: str, code: str | None = None) -> Response:
        """On to a page after a form, which says what was done (a key of MESSAGES)."""
        answer = RedirectResponse(path, 303, headers=dict(HEADERS))
        if code is not None:
            self._keep(answer, DONE_COOKIE, code, _DONE_S)
        return answer

    def render(self, template: str, **values: object) -> str:
        """A template in the language of the request."""
        return environment(self.language).get_template(template).render(**values)

    def _keep(self, answer: Response, name: str, value: str, seconds: int) -> None:
        secure = self.request.url.scheme == "https"
        answer.set_cookie(
            name, value, max_age=seconds, httponly=True, samesite="lax", secure=secure
        )

    def _frame(self, here: str) -> dict[str, object]:
        actor = self.actor
        largest = self.services.settings.max_upload_bytes
        return {
            "programme": self._programme(),
            "places": places(actor) if actor else [],
            "person": self._person(actor) if actor else None,
            "csrf": csrf_token(self.request),
            "here": here,
            "sign_out": SIGN_OUT,
            "largest_bytes": largest,
            "largest_file": size(self.language, largest),
            "files_at_once": FILES_AT_ONCE,
            "largest_form": size(self.language, FILES_AT_ONCE * largest),
            "languages": [(each, self._switched(here, each)) for each in LANGUAGES],
            "version": _VERSION,
            "lists_stand_still": actor is not None and self._lists_stand_still(),
        }

    def _lists_stand_still(self) -> bool:
        """Whether an event stopped some list: what it shows is no longer what is so."""
        return any(each.error is not None for each in positions(self.services.database))

    def _switched(self, here: str, language: Language) -> str:
        query = [(name, value) for name, value in self._query() if name != "lang"]
        return f"{here}?{urlencode([*query, ('lang', language)])}"

    def _query(self) -> list[tuple[str, str]]:
        return list(self.request.query_params.multi_items()) if self._reads() else []

    def _reads(self) -> bool:
        return self.request.method in ("GET", "HEAD")

    def _programme(self) -> str:
        try:
            return self.services.register.programme().name
        except ProgrammeMissing:
            return ""

    def _person(self, actor: Actor) -> dict[str, object]:
        names = self.services.accounts.names([actor.account_id])
        roles = {(grant.role, grant.partner) for grant in actor.grants if not grant.delegation}
        return {"name": names.get(actor.account_id, ""), "roles": sorted(roles, key=str)}


async def shell(request: Request) -> Shell:
    """What the page of this request stands in."""
    return Shell(request, language_of(request))


TheShell = Annotated[Shell, Depends(shell)]
