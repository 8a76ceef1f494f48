"""A random sample of doti that anybody can draw again with the same seed."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Query, Response
from fastapi.responses import HTMLResponse

from api.languages import translate
from api.pages.period import Period
from api.pages.say import N_
from api.pages.shell import Shell, TheShell
from api.pages.who import SignedIn
from api.security.rights import WHOLE_LOG
from api.v1.reads import Reads, TheReads
from api.v1.spreadsheet import CSV, as_csv
from domain.actors import Actor
from domain.lifecycle import READERS
from projections.doti.samples import Sample, SampleQuery, sample
from workflows.eventstore.access_log import Access

router = APIRouter(include_in_schema=False)

USUAL, MOST = 20, 500
SEED_DIGITS = 18
NOT_A_SEED = N_("The seed is a number of at most 18 digits, such as the roll of some dice.")
NOT_A_SIZE = N_("Draw between 1 and 500 doti.")
Text = Annotated[str, Query(max_length=60)]


@dataclass(frozen=True, slots=True)
class Asked:
    """What is to be drawn, as it was typed. `query` None: nothing yet, or something is wrong."""

    texts: Mapping[str, str]
    wrong: Mapping[str, str]
    query: SampleQuery | None

    def address(self, path: str) -> str:
        """The same draw at another address."""
        return f"{path}?{urlencode({name: text for name, text in self.texts.items() if text})}"


async def _texts(
    *,
    n: Text = "",
    seme: Text = "",
    partner: Text = "",
    categoria: Text = "",
    dal: Text = "",
    al: Text = "",
) -> Mapping[str, str]:
    given = {"n": n, "seme": seme, "partner": partner, "categoria": categoria, "dal": dal, "al": al}
    return {name: text.strip() for name, text in given.items()}


Texts = Annotated[Mapping[str, str], Depends(_texts)]


@router.get("/registro/campione")
def draw(page: TheShell, actor: SignedIn, reads: TheReads, texts: Texts) -> HTMLResponse:
    """The form; and what is drawn, if there is a number of doti."""
    asked = _asked(page, actor, texts)
    drawn = None if asked.query is None else _drawn(page, actor, reads, asked.query, "page")
    programme = page.services.register.programme()
    return page.page(
        "campione.html",
        status=422 if asked.wrong else 200,
        asked=asked,
        drawn=drawn,
        partners=sorted((code, each.called) for code, each in programme.partners.items()),
        categories=sorted((code, each.name) for code, each in programme.categories.items()),
        names={code: each.name for code, each in programme.categories.items()},
        csv=asked.address("/registro/campione.csv"),
    )


@router.get("/registro/campione.csv")
def numbers(page: TheShell, actor: SignedIn, reads: TheReads, texts: Texts) -> Response:
    """The numbers of what is drawn, for a spreadsheet."""
    asked = _asked(page, actor, texts)
    if asked.query is None:
        return page.done(asked.address("/registro/campione"))
    drawn = _drawn(page, actor, reads, asked.query, "csv")
    rows = [(nth, dote.number, dote.drawn) for nth, dote in enumerate(drawn.doti, 1)]
    table = as_csv(["n", "dote", "sha256"], rows, page.language)
    name = f"campione-{asked.query.seed}.csv"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(table, media_type=CSV, headers=headers)


def _asked(page: Shell, actor: Actor, texts: Mapping[str, str]) -> Asked:
    """What was typed; a seed is made where none is."""
    if not texts["n"]:
        return Asked({**texts, "n": str(USUAL)}, {}, None)
    period = Period.read(texts, page.language)
    wrong = dict(period.wrong)
    size = int(texts["n"]) if _is_number(texts["n"]) else 0
    if not 1 <= size <= MOST:
        wrong["n"] = translate(page.language, NOT_A_SIZE)
    seed = texts["seme"] or str(secrets.randbelow(10**12))
    if not _is_number(seed):
        wrong["seme"] = translate(page.language, NOT_A_SEED)
    if wrong:
        return Asked(texts, wrong, None)
    query = SampleQuery(
        actor.scope(READERS),
        seed=int(seed),
        size=size,
        partner=texts["partner"] or None,
        category=texts["categoria"] or None,
        since=period.since,
        until=period.until,
    )
    return Asked({**texts, "seme": str(query.seed)}, {}, query)


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) <= SEED_DIGITS


def _drawn(page: Shell, actor: Actor, reads: Reads, query: SampleQuery, form: str) -> Sample:
    """Draws; that it was done is written down, with all that it takes to draw the same again."""
    with page.services.database.transaction() as tx:
        drawn = sample(tx, query)
    reads.add(
        Access.SAMPLED,
        actor.role_for(WHOLE_LOG, None),
        seed=query.seed,
        doti=len(drawn.doti),
        out_of=drawn.out_of,
        format=form,
    )
    return drawn
