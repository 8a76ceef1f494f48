"""Who looked at whom: what was shown that is masked, and why; and the log of all looking."""

from collections.abc import Mapping
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Query
from fastapi.responses import HTMLResponse

from api.languages import translate
from api.pages import journal_view
from api.pages.period import Period
from api.pages.routes.registro import ITSELF
from api.pages.shell import Shell, TheShell
from api.pages.who import SignedIn
from api.v1.access_list import AccessQuery, lines, looked
from api.v1.dependencies import BIGGEST
from api.v1.reveal_view import RevealView
from api.v1.views import View
from workflows.eventstore.access_log import Access

router = APIRouter(include_in_schema=False)

LISTED = 50
Text = Annotated[str, Query(max_length=60)]
Before = Annotated[int | None, Query(ge=1, le=BIGGEST)]


@router.get("/registro/rivelazioni")
def reveals(page: TheShell, actor: SignedIn, prima: Before = None) -> HTMLResponse:
    """Who looked at what is masked for them, at whose data, and why."""
    query = AccessQuery(what=Access.REVEALED, before=prima, limit=LISTED)
    with page.services.database.transaction() as tx:
        found, after = lines(tx, query)
        view = View(page.services, actor, page.language)
        shown = RevealView(view).items(looked(page.services, found))
    more = None if after is None else f"/registro/rivelazioni?prima={after}"
    return page.page("rivelazioni.html", reveals=shown, more=more)


@router.get("/registro/consultazioni")
def accesses(
    page: TheShell,
    _: SignedIn,
    *,
    cosa: Text = "",
    chi: Text = "",
    numero: Text = "",
    dal: Text = "",
    al: Text = "",
    prima: Before = None,
) -> HTMLResponse:
    """The access log, the newest first."""
    given = {"cosa": cosa, "chi": chi, "numero": numero, "dal": dal, "al": al}
    texts = {name: text.strip() for name, text in given.items()}
    query, wrong = _query(page, texts, prima)
    shown, more = _found(page, texts, query)
    return page.page(
        "consultazioni.html",
        status=422 if wrong else 200,
        texts=texts,
        wrong=wrong,
        lines=shown,
        more=more,
        kinds=list(Access),
        people=journal_view.people(page.services, translate(page.language, ITSELF)),
    )


def _query(
    page: Shell, texts: Mapping[str, str], before: int | None
) -> tuple[AccessQuery | None, dict[str, str]]:
    period = Period.read(texts, page.language)
    wrong = dict(period.wrong)
    named = journal_view.number_named(page.services, texts["numero"])
    if texts["numero"] and named is None:
        wrong["numero"] = translate(page.language, journal_view.NO_SUCH_NUMBER)
    if wrong:
        return None, wrong
    query = AccessQuery(
        account_id=journal_view.uuid_of(texts["chi"]),
        household_id=named.household_id if named else None,
        what=Access(texts["cosa"]) if texts["cosa"] in set(Access) else None,
        since=period.since,
        until=period.until,
        before=before,
        limit=LISTED,
    )
    return query, {}


def _found(
    page: Shell, texts: Mapping[str, str], query: AccessQuery | None
) -> tuple[list[dict[str, Any]], str | None]:
    if query is None:
        return [], None
    with page.services.database.transaction() as tx:
        found, after = lines(tx, query)
        shown = looked(page.services, found)
    kept = {name: text for name, text in texts.items() if text}
    following = urlencode({**kept, "prima": after})
    return shown, None if after is None else f"/registro/consultazioni?{following}"
