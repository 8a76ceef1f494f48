"""Righe abbinate: what lines of the bank were said to be, looked for and opened to be undone."""

from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import HTMLResponse

from api.pages.matched_lines import FIELDS, HERE, LISTED, Wanted, shown
from api.pages.shell import TheShell
from api.pages.who import SignedIn
from api.v1.dependencies import BIGGEST
from projections.reconciliation import queries

router = APIRouter(include_in_schema=False)

Typed = Annotated[str, Query(max_length=60)]


@router.get(HERE)
def matched(
    page: TheShell,
    actor: SignedIn,
    *,
    conto: Typed = "",
    dal: Typed = "",
    al: Typed = "",
    importo: Typed = "",
    numero: Typed = "",
    prima: Annotated[int | None, Query(ge=1, le=BIGGEST)] = None,
) -> HTMLResponse:
    """The matches that hold, the newest first."""
    texts = {"dal": dal, "al": al, "importo": importo, "numero": numero}
    wanted = Wanted(conto, texts)
    query, filled = wanted.understood(page.language)
    services = page.services
    with services.database.transaction() as tx:
        found = [] if filled.wrong else queries.matches(tx, LISTED + 1, query, prima)
        matches = shown(tx, services, actor, page.language, found[:LISTED])
    last = f"prima={found[LISTED - 1].log_index}" if len(found) > LISTED else ""
    return page.page(
        "abbinate.html",
        status=422 if filled.wrong else 200,
        here=HERE,
        wanted=wanted,
        filled=filled,
        fields=FIELDS,
        accounts=services.register.programme().bank_accounts.values(),
        matches=matches,
        more=f"{HERE}?{'&'.join(filter(None, (wanted.address, last)))}" if last else "",
    )
