"""Movements as people read them: which are asked for, what each was, what it changed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from urllib.parse import urlencode
from uuid import UUID

from api.languages import Language, translate
from api.pages import ledger_when, typed
from api.pages.forms import Field
from api.pages.ledger_view import NAMES, category_name, partner_name
from api.pages.ledger_when import Span
from api.pages.say import N_
from api.wiring import Services
from domain.events import dote, programme
from domain.events.base import Event
from domain.programme import Programme
from projections.doti import queries as doti
from projections.ledger.movements import LAST, Movement, MovementsQuery
from projections.ledger.queries import Entry
from workflows.eventstore.database import Tx

KINDS: Mapping[type[Event], str] = {
    programme.FundingGranted: N_("Funding"),
    programme.BudgetAllocated: N_("Allocation"),
    programme.BudgetTransferred: N_("Transfer between lines"),
    dote.DoteApproved: N_("Commitment"),
    dote.DoteWithdrawn: N_("Withdrawal: money set free"),
    dote.DoteRevoked: N_("Revocation: money set free"),
    dote.DoteDisbursed: N_("Payment"),
    dote.DisbursementReturned: N_("Payment come back"),
    dote.RefundReceived: N_("Money given back"),
    dote.DisbursementUndone: N_("Payment undone"),
    dote.ReturnUndone: N_("Return undone"),
    dote.RefundUndone: N_("Refund undone"),
    dote.ReceiptAccepted: N_("Receipt accepted"),
    dote.ReceiptDisallowed: N_("Receipt not admitted"),
}
"""What moves money, and what people call it."""
NAMED: Mapping[str, str] = {kind.__name__: name for kind, name in KINDS.items()}
NO_SUCH_DOTE = N_("There is no dote of this number.")
BACKWARDS = N_("This day is before the first one.")

FIELDS = (
    Field("dal", N_("From"), "line", required=False),
    Field("al", N_("To"), "line", required=False),
    Field("numero", N_("Number of the dote"), "line", required=False),
)
"""What is typed to choose movements; the rest is chosen from lists."""


@dataclass(frozen=True, slots=True)
class Asked:
    """Which movements somebody asks for, as it stands in the address. `wrong`: by field."""

    partner: str = ""
    category: str = ""
    kind: str = ""
    texts: Mapping[str, str] = field(default_factory=dict)
    wrong: Mapping[str, str] = field(default_factory=dict)

    @property
    def address(self) -> str:
        """The filter as a query; empty for none."""
        chosen = {"partner": self.partner, "categoria": self.category, "tipo": self.kind}
        return urlencode({name: text for name, text in {**chosen, **self.texts}.items() if text})

    @property
    def chosen_among(self) -> bool:
        """Whether it leaves out some of what happened on its lines."""
        return bool(self.kind or self.texts.get("numero"))


@dataclass(frozen=True, slots=True)
class Side:
    """An account before and after. `line`: whose it is, '' for the programme's own accounts."""

    account: str
    line: str
    cents: int
    before_cents: int
    after_cents: int


@dataclass(frozen=True, slots=True)
class Move:
    """A movement as it is shown. `what`: an English sentence."""

    log_index: int
    at: datetime
    what: str
    amount_cents: int
    sides: tuple[Side, ...]
    dote_id: UUID | None
    number: str | None

    @property
    def line(self) -> str:
        """The one line that it is about; '' if it is of two, or of none."""
        lines = {side.line for side in self.sides if side.line}
        return lines.pop() if len(lines) == 1 else ""


def understood(
    services: Services, tx: Tx, asked: Asked, scope: frozenset[str] | None, language: Language
) -> tuple[MovementsQuery, Asked]:
    """The query that was asked for; and what of it cannot be read, which is left out."""
    span, wrong = Span.of(services), dict[str, str]()
    days: dict[str, date] = {}
    for name in ("dal", "al"):
        try:
            if text := asked.texts.get(name):
                days[name] = typed.day(text)
        except typed.Mistyped as mistake:
            wrong[name] = translate(language, mistake.sentence)
    if "dal" in days and "al" in days and days["al"] < days["dal"]:
        wrong["al"] = translate(language, BACKWARDS)
    query = MovementsQuery(
        scope,
        partner=asked.partner or None,
        category=asked.category or None,
        event_type=asked.kind or None,
        since=_index(services, span, days["dal"] - timedelta(days=1)) if "dal" in days else 0,
        upto=_index(services, span, days["al"]) if "al" in days else LAST,
    )
    if number := asked.texts.get("numero"):
        dote_id = doti.numbered(tx, number.strip().upper(), scope)
        if dote_id is None:
            wrong["numero"] = translate(language, NO_SUCH_DOTE)
        query = replace(query, dote_id=dote_id)
    return query, replace(asked, wrong=wrong)


def _index(services: Services, span: Span, day: date) -> int:
    """The last place of the log on a day; of a day to come, the last that there is."""
    return LAST if day >= span.today else ledger_when.index_after(services, day)


def moves(
    tx: Tx, found: Sequence[Movement], known: Programme, scope: frozenset[str] | None
) -> list[Move]:
    """Movements with the numbers of their doti."""
    ids = {entry.dote_id for each in found for entry in each.postings if entry.dote_id}
    numbers = doti.numbers(tx, ids, scope) if ids else {}
    return [_move(each, known, numbers) for each in found]


def _move(found: Movement, known: Programme, numbers: Mapping[UUID, str]) -> Move:
    first = found.postings[0]
    return Move(
        log_index=found.log_index,
        at=first.at,
        what=NAMED[first.event_type],
        amount_cents=abs(first.cents),
        sides=tuple(_side(each, known) for each in found.postings),
        dote_id=first.dote_id,
        number=numbers.get(first.dote_id) if first.dote_id else None,
    )


def _side(entry: Entry, known: Programme) -> Side:
    return Side(
        account=NAMES[entry.account],
        line=line_name(known, entry.partner, entry.category),
        cents=entry.cents,
        before_cents=entry.balance_cents - entry.cents,
        after_cents=entry.balance_cents,
    )


def line_name(known: Programme, partner: str | None, category: str | None) -> str:
    """A budget line as people call it."""
    if partner is None or category is None:
        return ""
    return f"{category_name(known, category)} · {partner_name(known, partner)}"
