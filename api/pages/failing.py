"""Refusals as pages: what happened, and what one can do now."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

import psycopg
from fastapi import Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import URL

from api import problems
from api.languages import LANGUAGES, refusal_text, translate
from api.pages import late
from api.pages.say import N_
from api.pages.shell import HEADERS, Shell, language_of
from api.pages.templating import environment
from api.pages.who import SIGN_IN
from api.problems import RETRY_AFTER_S, Problem, problem_for

MACHINES = ("/api/", "/openapi.json", "/healthz", "/readyz", "/metrics")
"""Where programs ask: their refusals are problem documents."""

ADVICE: Mapping[int, str] = {
    403: N_("If you need this for your work, ask your coordinator for the right role."),
    404: N_("Check the address, or look for the dote by its number with the box above."),
    405: N_("Go back to the page and use its buttons."),
    409: N_("Go back, reload the page and look at what stands there now."),
    412: N_("Go back, reload the page and look at what stands there now."),
    413: N_("Choose a smaller file, or scan it again in black and white."),
    415: N_("Choose a PDF or a picture."),
    422: N_("Go back and correct what you typed."),
    429: N_("Wait a minute, then try again."),
    500: N_("Try again. If it happens again, tell who runs the register the number below."),
    503: N_("Nothing is lost. Wait a moment, then reload the page."),
}
"""What one can do, by status."""


async def respond(request: Request, error: Exception) -> Response:
    """The answer to a request that an exception ended: a page for people, else a document."""
    problems.mark(request, error)
    if request.url.path.startswith(MACHINES):
        return problems.respond(request, error)
    problem = problem_for(error)
    if problem.status == HTTPStatus.UNAUTHORIZED:
        if late.is_draft(request) and not await late.keep(request) and _is_piece(request):
            # The page stays as it is: it says that what is typed is not kept, and how to go on.
            return Response(status_code=problem.status, headers=dict(HEADERS))
        return _to_sign_in(request)
    return await run_in_threadpool(_page, request, problem)


def safe_next(path: str) -> str:
    """Where one goes on after signing in: a path of ours, or the desk."""
    ours = path.startswith("/") and not path.startswith(("//", "/\\"))
    plain = ours and all(" " <= sign <= "~" for sign in path) and "\\" not in path
    return path if plain else "/"


def _to_sign_in(request: Request) -> Response:
    """To the sign-in; afterwards one goes on where one was."""
    there = request.url if request.method == "GET" else _page_of_form(request)
    path = f"{there.path}?{there.query}" if there.query else there.path
    address = f"{SIGN_IN}?next={quote(safe_next(path), safe='/')}"
    if _is_piece(request):
        # A script would put the sign-in into a piece of the page.
        return Response(status_code=200, headers={**HEADERS, "HX-Redirect": address})
    return RedirectResponse(address, 303, headers=dict(HEADERS))


def _is_piece(request: Request) -> bool:
    """Whether a script asks for a piece of a page."""
    return "hx-request" in request.headers


def _page_of_form(request: Request) -> URL:
    """The page that a form was sent from, if it is one of ours."""
    page = URL(request.headers.get("referer", "/"))
    return page if page.netloc == request.url.netloc else URL("/")


def _form_left(request: Request) -> str:
    """Where the form stands that was sent; '' where none was, or it is not known."""
    there = _page_of_form(request)
    return "" if request.method == "GET" or there.path == "/" else safe_next(there.path)


def _page(request: Request, problem: Problem) -> HTMLResponse:
    language = language_of(request)
    said: dict[str, Any] = {
        "status": problem.status,
        "code": problem.error.code,
        "title": translate(language, problems.TITLES[problem.error.code]),
        "detail": refusal_text(problem.error, language),
        "advice": ADVICE.get(problem.status, ADVICE[422]),
        "back": _form_left(request),
        "request_id": request.state.request_id if problem.status >= 500 else None,
    }
    headers = dict(problem.headers)
    if problem.status in (HTTPStatus.SERVICE_UNAVAILABLE, HTTPStatus.TOO_MANY_REQUESTS):
        headers["Retry-After"] = str(RETRY_AFTER_S)
    answer = _in_frame(request, said) if problem.status < 500 else None
    if answer is None:
        # What the frame tells may be the very thing that fails: this page asks nothing.
        text = (
            environment(language)
            .get_template("failed_bare.html")
            .render(**said, languages=LANGUAGES)
        )
        answer = HTMLResponse(text, problem.status, headers=dict(HEADERS))
    answer.headers.update(headers)
    return answer


def _in_frame(request: Request, said: dict[str, Any]) -> HTMLResponse | None:
    shown = Shell(request, language_of(request))
    try:
        return shown.page("failed.html", here="/", **said)
    except psycopg.Error:
        return None
