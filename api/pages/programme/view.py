"""The programme's own pages: who takes part, what can be asked for, and where the money is."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from api.pages import typed
from api.pages.bars import Bar, bar
from api.pages.forms import Field, Filled
from api.pages.programme.forms import BUDGET, FORMS, OVERVIEW, ProgrammeForm, line_of
from api.pages.programme.story import line_name, story
from api.pages.say import N_
from api.pages.shell import Shell
from api.security.rights import COORDINATORS
from api.v1.ledger import shown_index
from api.v1.programme import of_now
from domain.actors import Actor
from domain.events.programme import BudgetLine
from domain.lifecycle import READERS
from domain.programme import Programme
from projections.ledger import queries
from projections.ledger.queries import Group, LedgerRow

TOLD = 12
"""So many of the last changes are shown."""

PARTS = (
    ("documented", N_("Accounted for")),
    ("disbursed", N_("Paid")),
    ("committed", N_("Committed")),
    ("available", N_("Available")),
)


@dataclass(frozen=True, slots=True)
class Shown:
    """A form on the page, as somebody left it or as it begins."""

    form: ProgrammeForm
    fields: tuple[Field, ...]
    filled: Filled
    came_back: bool
    moves: tuple["Move", ...] = ()


@dataclass(frozen=True, slots=True)
class Move:
    """What a form would move on a line. `name`: None for what is not allocated."""

    name: str | None
    before_cents: int
    cents: int

    @property
    def after_cents(self) -> int:
        """What is there afterwards; below zero: there is not enough."""
        return self.before_cents + self.cents


@dataclass(frozen=True, slots=True)
class Line:
    """A budget line with what is on it."""

    row: LedgerRow
    bar: Bar


@dataclass(frozen=True, slots=True)
class ProgrammePage:
    """The programme in view of one reader. `tried`: the forms that came back, by their name."""

    page: Shell
    actor: Actor
    known: Programme
    tried: Mapping[str, Filled]
    changed_since: int | None = None

    @classmethod
    def of(
        cls,
        page: Shell,
        actor: Actor,
        tried: Mapping[str, Filled] | None = None,
        changed_since: int | None = None,
    ) -> "ProgrammePage":
        """As it is now. Raises ProgrammeMissing."""
        known = page.services.register.programme()
        return cls(page, actor, known, tried or {}, changed_since)

    @property
    def everywhere(self) -> bool:
        """Whether the reader sees all partners."""
        return self.actor.scope(READERS) is None

    def overview(self) -> dict[str, Any]:
        """All that the template of the overview is given."""
        shown = of_now(self.page.services)
        desks = {desk.partner: desk.name for desk in shown.desks}
        return {
            **self._frame(OVERVIEW),
            "now": shown,
            "desks": desks,
            "shares": _bar_of(shown.totals),
            "entries": self._story(TOLD) if self.everywhere else [],
        }

    def budget(self) -> dict[str, Any]:
        """All that the template of the budget is given."""
        rows = self._lines()
        return {
            **self._frame(BUDGET),
            "now": of_now(self.page.services),
            "partners": self.known.partners,
            "categories": self.known.categories,
            "lines": [Line(row, _bar_of(row)) for row in rows.values()],
            "everywhere": self.everywhere,
        }

    def _frame(self, place: str) -> dict[str, Any]:
        return {
            "place": place,
            "known": self.known,
            "forms": [*self._forms(place)] if self.coordinates else [],
            "coordinates": self.coordinates,
            "changes": self._story(None, self.changed_since) if self.changed_since else None,
        }

    @property
    def coordinates(self) -> bool:
        """Whether the reader may change it."""
        return self.actor.role_for(COORDINATORS, None) is not None

    def _story(self, most: int | None, after: int | None = None) -> list[Any]:
        services, language = self.page.services, self.page.language
        return story(services, self.known, language, after=after or 0, most=most)

    def _forms(self, place: str) -> Iterator[Shown]:
        for form in FORMS.values():
            if form.page == place:
                filled = self.tried.get(form.name)
                yield Shown(
                    form,
                    form.fields(self.known),
                    filled or Filled(),
                    filled is not None,
                    tuple(self._moves(form, filled)) if filled is not None else (),
                )

    def _lines(self) -> dict[tuple[str | None, str | None], LedgerRow]:
        services = self.page.services
        with services.database.transaction() as tx:
            found = queries.ledger(tx, Group.LINE, shown_index(services), self.actor.scope(READERS))
        return {(row.partner, row.category): row for row in found.rows}

    def _moves(self, form: ProgrammeForm, filled: Filled) -> Iterator[Move]:
        """What the form would move, as far as it can be read."""
        if not form.moves:
            return
        try:
            cents = typed.cents(filled.texts.get("amount_cents", ""), self.page.language)
        except typed.Mistyped:
            return
        rows = self._lines()
        for name, sign in (("from", -1), ("line", 1), ("to", 1)):
            codes = line_of(filled.texts.get(name, ""))
            if (
                codes["partner"] in self.known.partners
                and codes["category"] in self.known.categories
            ):
                line = BudgetLine(**codes)
                row = rows.get((line.partner, line.category))
                before = row.available_cents if row is not None else 0
                if name == "line":
                    yield Move(None, self.known.unallocated_cents, -cents)
                yield Move(line_name(line, self.known), before, sign * cents)


def _bar_of(row: Any) -> Bar:  # noqa: ANN401  totals and rows have the same names
    pieces = [(kind, label, getattr(row, f"{kind}_cents")) for kind, label in PARTS]
    return bar(pieces, row.allocated_cents - row.disallowed_cents)
