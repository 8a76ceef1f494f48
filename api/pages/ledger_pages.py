"""What the pages of the ledger are given to show."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from api.languages import Language, translate
from api.pages import ledger_when, typed
from api.pages.curve import Curve, curve
from api.pages.forms import Field, Filled
from api.pages.ledger_moves import Move, moves
from api.pages.ledger_view import PARTS, Cell, Matrix, cell, cents_of, matrix, summed
from api.pages.ledger_when import Span, When
from api.pages.say import N_
from api.wiring import Services
from domain.actors import Actor
from domain.errors import NotFound
from domain.lifecycle import READERS
from domain.programme import Programme
from projections.ledger import movements
from projections.ledger.movements import MovementsQuery
from projections.ledger.queries import Group, Ledger, ledger
from workflows.eventstore.database import Tx

LATEST = 6
"""So many movements stand beside the matrix."""

FIELDS = (
    Field(
        "il",
        N_("As it was on"),
        "line",
        hint=N_("A day like 31/12/2026, or a position of the register like 18442."),
        required=False,
    ),
    Field(
        "con",
        N_("Compared with"),
        "line",
        hint=N_("Another day or position; empty for no comparison."),
        required=False,
    ),
)


@dataclass(frozen=True, slots=True)
class Look:
    """The ledger at a moment, and at another one to compare it with. `filled`: both as typed."""

    span: Span
    when: When
    other: When | None
    filled: Filled

    @property
    def place(self) -> int:
        """Where the slider stands."""
        return self.span.place(self.when.day)

    @property
    def pair(self) -> tuple[When, When] | None:
        """The earlier and the later one, where they are compared."""
        if self.other is None:
            return None
        both = sorted((self.when, self.other), key=lambda each: each.log_index)
        return both[0], both[1]


def look(
    services: Services, language: Language, il: str, con: str, giorno: int | None = None
) -> Look:
    """What was asked for. What cannot be read is told, and the present is shown instead."""
    span = Span.of(services)
    if giorno is not None and not il:
        il = f"{span.nth(giorno):%d/%m/%Y}"
    found: dict[str, When] = {}
    wrong: dict[str, str] = {}
    for name, text in (("il", il), ("con", con)):
        try:
            found[name] = ledger_when.moment(services, span, text)
        except typed.Mistyped as mistake:
            wrong[name] = translate(language, mistake.sentence)
    when = found.get("il") or ledger_when.moment(services, span, "")
    shown = il if "il" in wrong else when.text
    return Look(
        span=span,
        when=when,
        other=found.get("con") if con.strip() else None,
        filled=Filled(texts={"il": shown, "con": con}, wrong=wrong),
    )


@dataclass(frozen=True, slots=True)
class Books:
    """The ledger as one reader sees it, within one transaction."""

    tx: Tx
    known: Programme
    scope: frozenset[str] | None
    today: date

    @classmethod
    def of(cls, tx: Tx, services: Services, actor: Actor) -> "Books":
        """Within the scope of whoever looks."""
        today = services.engine.today()
        return cls(tx, services.register.programme(), actor.scope(READERS), today)

    def matrix(self, looked: Look) -> Matrix:
        """Partners by categories."""
        earlier, later = self._both(looked)
        return matrix(self.known, later, earlier)

    def line(self, looked: Look, partner: str, category: str) -> Cell:
        """One budget line. Raises NotFound for one that nothing was ever put on."""
        earlier, later = self._both(looked, partner, category)
        if not self._begun(partner, category):
            raise NotFound
        before = None if earlier is None else summed(earlier, partner, category)
        return cell(summed(later, partner, category), before)

    def year(
        self, number: int | None, partner: str | None = None, category: str | None = None
    ) -> dict[str, Any]:
        """A year as a curve, and the years that can be chosen."""
        first, last = movements.years(self.tx, self.scope) or (self.today.year, self.today.year)
        chosen = min(max(number or self.today.year, first), max(last, self.today.year))
        return {
            "years": range(first, max(last, self.today.year) + 1),
            "curve": self._curve(chosen, partner, category),
        }

    def moves(self, query: MovementsQuery) -> list[Move]:
        """Movements, the newest first."""
        return moves(self.tx, movements.movements(self.tx, query), self.known, self.scope)

    def at(self, log_index: int, partner: str | None = None, category: str | None = None) -> Ledger:
        """The ledger by line at a place of the log, or some lines of it."""
        return ledger(self.tx, Group.LINE, log_index, self.scope, partner, category)

    def balances(self, query: MovementsQuery) -> list[tuple[str, int, int]]:
        """The accounts of the lines of a filter: what stood there before, and what stood after."""
        before, after = (
            summed(self.at(index, query.partner, query.category), query.partner, query.category)
            for index in (query.since, query.upto)
        )
        return [
            (account, cents_of(before, account), cents_of(after, account)) for account, _ in PARTS
        ]

    def _both(
        self, looked: Look, partner: str | None = None, category: str | None = None
    ) -> tuple[Ledger | None, Ledger]:
        if looked.pair is None:
            return None, self.at(looked.when.log_index, partner, category)
        earlier, later = (self.at(each.log_index, partner, category) for each in looked.pair)
        return earlier, later

    def _begun(self, partner: str, category: str) -> bool:
        query = MovementsQuery(self.scope, partner=partner, category=category, limit=1)
        return bool(movements.movements(self.tx, query))

    def _curve(self, number: int, partner: str | None, category: str | None) -> Curve:
        found = movements.year(self.tx, number, self.scope, partner, category)
        return curve(number, found, self.today)
