"""Matches as pages show them: looked for by their lines, and why one cannot be taken back."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from starlette.datastructures import FormData

from api.languages import Language, refusal_text, translate
from api.pages import forms
from api.pages.bank_view import KINDS
from api.pages.forms import Field, Filled
from api.pages.say import N_
from api.v1.bank_schemas import LineShown
from api.v1.reconciling import Lines
from api.wiring import Services
from domain.actors import Actor
from domain.events.bank import MatchKind
from projections.reconciliation import queries
from projections.reconciliation.queries import MatchQuery, MatchRow
from workflows.eventstore.database import Tx
from workflows.reconciliation import why_not_undo

HERE = "/riconciliazione/abbinate"
LISTED = 50
BACKWARDS = N_("This day is before the first one.")
FIELDS = (
    Field("dal", N_("From"), "day", required=False),
    Field("al", N_("To"), "day", required=False),
    Field("importo", N_("Amount of the line"), "cents", required=False),
    Field(
        "numero",
        N_("Number"),
        "line",
        hint=N_("Of a payment, a dote or a batch; the last figures of a dote are enough."),
        required=False,
    ),
)
"""What is typed to find a line that was matched; its account is chosen from a list."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which matches a page is asked for. It is sent as a form: amounts stand in no address."""

    account: str = ""
    texts: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, sent: FormData) -> "Wanted":
        """What was typed and chosen."""
        return cls(str(sent.get("conto", ""))[:60], dict(forms.read(sent, FIELDS).texts))

    @property
    def is_chosen(self) -> bool:
        """Whether it leaves matches out."""
        return bool(self.account or any(self.texts.values()))

    def understood(self, language: Language) -> tuple[MatchQuery, Filled]:
        """The query, and the form with what of it cannot be read."""
        # The bank's own sheets have a sign before what went out; here it makes no difference.
        plain = {
            **self.texts,
            "importo": self.texts.get("importo", "").strip().lstrip("-−+").strip(),
        }
        values, filled = forms.understood(Filled(texts=plain), FIELDS, language)
        filled = replace(filled, texts=self.texts)
        number = values.get("numero")
        query = MatchQuery(
            account=self.account or None,
            from_on=values.get("dal"),
            to_on=values.get("al"),
            cents=values.get("importo"),
            number=number.upper() if number else None,
        )
        if _backwards(query.from_on, query.to_on):
            filled = filled.but(al=translate(language, BACKWARDS))
        return query, filled


@dataclass(frozen=True, slots=True)
class Said:
    """What a match says: so much was this, of these payments."""

    what: str
    cents: int
    payments: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class MatchShown:
    """A match that holds. `why_not`: why it cannot be taken back, where that was looked at."""

    id: UUID
    at: datetime
    by: str
    lines: tuple[LineShown, ...]
    said: tuple[Said, ...]
    why_not: str = ""

    @property
    def first(self) -> LineShown:
        """The line, or the first of several."""
        return self.lines[0]

    @property
    def cents(self) -> int:
        """What it comes to."""
        return sum(each.cents for each in self.said)


def shown(
    tx: Tx, services: Services, actor: Actor, language: Language, found: Sequence[MatchRow]
) -> list[MatchShown]:
    """Matches with their lines, and who said so."""
    ids = {UUID(line["line_id"]) for each in found for line in each.lines}
    rows = queries.lines(tx, ids)
    names = services.accounts.names({each.by_account for each in found})
    lines = Lines(services, actor, language)
    lines.look(rows.values())
    known = {line_id: lines.shown(row) for line_id, row in rows.items()}
    return [
        MatchShown(
            id=each.match_id,
            at=each.at,
            by=names.get(each.by_account, ""),
            lines=tuple(
                known[line_id]
                for line_id in dict.fromkeys(UUID(line["line_id"]) for line in each.lines)
            ),
            said=_said(each.lines),
        )
        for each in found
    ]


def of_line(
    tx: Tx, services: Services, actor: Actor, language: Language, line_id: UUID
) -> list[MatchShown]:
    """The matches of a line, and of each why not where it cannot be taken back now."""
    found = queries.matches(tx, query=MatchQuery(line_id=line_id))
    now = services.engine.clock()
    told = []
    for each in shown(tx, services, actor, language, found):
        refused = why_not_undo(services.register, actor, now, each.id)
        why_not = "" if refused is None else refusal_text(refused, language)
        told.append(replace(each, why_not=why_not))
    return told


def _said(lines: Sequence[Mapping[str, Any]]) -> tuple[Said, ...]:
    cents: dict[MatchKind, int] = defaultdict(int)
    payments: dict[MatchKind, dict[str, None]] = defaultdict(dict)
    for line in lines:
        kind = MatchKind(line["kind"])
        cents[kind] += line["amount_cents"]
        payments[kind] |= {paid["payment"]: None for paid in line["payments"]}
    return tuple(Said(KINDS[kind], cents[kind], tuple(payments[kind])) for kind in cents)


def _backwards(first: date | None, last: date | None) -> bool:
    return first is not None and last is not None and last < first
