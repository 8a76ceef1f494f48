"""Rendiconto: accounts of expenses for funders, and what each funder admits."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Path, Response

from api.documents.rendiconto import USUAL, Cell, Frozen, Words, title_of
from api.errors import NoSuchAddress
from api.languages import Language, day, money, refusal_text, translate
from api.pages import funder_forms
from api.pages.calling import calling
from api.pages.forms import DATA, Field, Filled
from api.pages.plain_forms import PlainForm, Values, filled_in, taken
from api.pages.say import N_
from api.pages.shell import Shell, TheShell
from api.pages.who import OurForm, SignedIn
from api.problems import problem_for
from api.security.rights import COORDINATORS
from api.v1.rendiconti import (
    all_of_them,
    rules_of_all,
    words_of,
)
from api.v1.rendiconto_papers import readiness
from domain.actors import Actor
from domain.errors import ToldOtherwise
from domain.funding_rules import AMOUNTS, COLUMN_NAMES, Column
from domain.periods import CLOSERS
from domain.programme import Programme
from workflows import rendiconto as workflows
from workflows.closing_commands import AdoptFunderRules, DrawUp

router = APIRouter(include_in_schema=False)

ACCOUNTS = "/rendiconto"
RULES = f"{ACCOUNTS}/regole"
Nth = Annotated[int, Path(ge=1, le=1_000)]

_NOBODY = N_("nobody in particular")
_EVERYBODY = N_("all partners together")

PREVIEW = "preview"
"""The button that shows the columns and adopts nothing."""
_PREVIEWED = 3
SEEN = "seen"
"""The hidden field with the digest of what somebody was shown that an account would tell."""
_DIGEST = 64

DRAW_UP = PlainForm(
    "rendiconto",
    N_("See what it would tell"),
    (
        Field("from", N_("From"), "day"),
        Field("to", N_("To"), "day"),
        Field(
            "funder",
            N_("Funder"),
            "select",
            required=False,
            context=DATA,
            hint=N_("What its earlier accounts told already is not told again."),
        ),
        Field("partner", N_("Partner"), "select", required=False, context=DATA),
    ),
)


@router.get(ACCOUNTS)
def listed(page: TheShell, actor: SignedIn) -> Response:
    """All accounts, and a form for one more."""
    return _list(page, actor, None)


@router.post(ACCOUNTS)
def draw_up(page: TheShell, actor: SignedIn, sent: OurForm) -> Response:
    """Shows what an account would tell; and freezes it where that was seen and is so still."""
    form = _offered(page.services.register.programme(), page.language)
    sequencer = page.services.sequencer
    seen = str(sent.get(SEEN, ""))[:_DIGEST]

    def do(values: Values, filled: Filled) -> Response:
        command = DrawUp.model_validate(values)
        if not seen:
            return _preview(page, actor, command, filled)
        try:
            outcome = calling(page, actor, filled).run(
                lambda work: workflows.freeze(work, command, sequencer, seen), command
            )
        except ToldOtherwise as error:
            return _preview(page, actor, command, filled, error)
        return page.done(f"{ACCOUNTS}/{outcome.stream_id}", "drawn_up")

    return taken(page, form, sent, do, lambda filled, status: _list(page, actor, filled, status))


@router.get(RULES)
def rules(page: TheShell, actor: SignedIn) -> Response:
    """What each funder admits."""
    return _rules(page, actor, None, None)


@router.post(f"{RULES}/{{n}}")
def adopt(page: TheShell, actor: SignedIn, sent: OurForm, n: Nth) -> Response:
    """Other rules of the n-th funder, in the order in which they stand on the page."""
    known = page.services.register.programme()
    funder = _funder(known, n)

    def again(filled: Filled, status: int) -> Response:
        return _rules(page, actor, n, filled, status)

    form = funder_forms.offered(known)
    if PREVIEW in sent:
        _, filled = form.read(sent, page.language)
        return _rules(page, actor, n, filled, 422 if filled.wrong else 200, preview=True)

    def do(values: Values, filled: Filled) -> Response:
        wrong = funder_forms.wrong_columns(filled, page.language)
        if wrong:
            return again(filled.but(**wrong), 422)
        whole = funder_forms.with_columns(values, filled)
        command = AdoptFunderRules.model_validate({**whole, "funder": funder})
        calling(page, actor, filled).run(
            lambda work: workflows.adopt_funder_rules(work, command), command
        )
        return page.done(RULES, "funder_rules_adopted")

    return taken(page, form, sent, do, again)


def _preview(
    page: Shell,
    actor: Actor,
    command: DrawUp,
    filled: Filled,
    changed: ToldOtherwise | None = None,
) -> Response:
    """What an account would tell that is frozen now, with the button that freezes this one."""
    services = page.services
    workflows.number_all(services.sequencer)
    today = services.engine.today()
    content = workflows.would_tell(services.register, actor, today, command)
    asked = filled_in(**filled.texts)
    return page.page(
        "rendiconto_preview.html",
        status=200 if changed is None else problem_for(changed).status,
        here=ACCOUNTS,
        content=content,
        is_over=content.last_day < today,
        words=Words(Frozen(content, "", services.engine.clock(), ""), page.language),
        papers=readiness(services, content),
        changed="" if changed is None else refusal_text(changed, page.language),
        filled=asked,
        seen=SEEN,
        form=_offered(services.register.programme(), page.language),
    )


def _list(page: Shell, actor: Actor, filled: Filled | None, status: int = 200) -> Response:
    known = page.services.register.programme()
    return page.page(
        "rendiconti.html",
        status=status,
        here=ACCOUNTS,
        accounts=all_of_them(page.services),
        partners={code: each.called for code, each in known.partners.items()},
        closed_upto=known.books.closed_upto,
        draws=actor.role_for(CLOSERS, None) is not None,
        form=_offered(known, page.language),
        filled=filled or filled_in(),
    )


def _rules(
    page: Shell,
    actor: Actor,
    n: int | None,
    filled: Filled | None,
    status: int = 200,
    *,
    preview: bool = False,
) -> Response:
    if filled is not None and preview:
        wrong = funder_forms.wrong_columns(filled, page.language)
        filled, status = filled.but(**wrong), 422 if wrong else status
    known = page.services.register.programme()
    funders = rules_of_all(known).items
    begins = [
        filled if filled is not None and place == n else funder_forms.as_filled(each.rules)
        for place, each in enumerate(funders, start=1)
    ]
    items = {code: name for each in known.categories.values() for code, name in each.items.items()}
    return page.page(
        "funder_rules.html",
        status=status,
        here=RULES,
        funders=list(zip(funders, begins, strict=True)),
        form=funder_forms.offered(known),
        categories={code: each.name for code, each in known.categories.items()},
        items=items,
        columns=[(name, title_of(Column(name=name), page.language)) for name in COLUMN_NAMES],
        title_of=lambda column: title_of(column, page.language),
        column_fields=funder_forms.COLUMN_FIELDS,
        preview=_columns(page, filled) if preview and filled and not filled.wrong else None,
        previewed=n,
        adopts=actor.role_for(COORDINATORS, None) is not None,
    )


def _columns(page: Shell, filled: Filled) -> tuple[list[str], list[list[str]]]:
    """The titles of the list as it was filled in, and the first expenses of the newest account."""
    chosen = tuple(Column.model_validate(each) for each in funder_forms.columns_of(filled))
    columns = chosen or USUAL
    titles = [title_of(column, page.language) for column in columns]
    newest = next(iter(all_of_them(page.services)), None)
    if newest is None:
        return titles, []
    words = words_of(page.services, newest.id, page.language).in_columns(columns)
    rows = words.content.expenses[:_PREVIEWED]
    return titles, [
        [
            _told(cell, column, page.language)
            for column, cell in zip(columns, words.cells(row), strict=True)
        ]
        for row in rows
    ]


def _told(cell: Cell, column: Column, language: Language) -> str:
    if isinstance(cell, int) and column.name in AMOUNTS:
        return money(language, cell)
    if isinstance(cell, date):
        return day(language, cell)
    return "" if cell is None else str(cell)


def _offered(known: Programme, language: Language) -> PlainForm:
    nobody, everybody = (translate(language, said) for said in (_NOBODY, _EVERYBODY))
    return DRAW_UP.offering(
        funder=(("", nobody), *((funder, funder) for funder in sorted(known.funders))),
        partner=(("", everybody), *((code, each.called) for code, each in known.partners.items())),
    )


def _funder(known: Programme, n: int) -> str:
    funders = sorted(known.funders)
    if n > len(funders):
        raise NoSuchAddress
    return funders[n - 1]
