"""The bank's side as its pages show it: lines beside payments, balances, what was matched last."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from starlette.datastructures import FormData

from api.languages import Language
from api.pages.say import N_
from api.security.rights import RECEIPT_READERS
from api.v1 import payment_schemas
from api.v1.bank_schemas import Confirmed, LineShown
from api.v1.bank_words import why
from api.v1.payment_view import PaymentView
from api.v1.reconciling import Desk, Lines, command_of
from api.v1.views import View
from api.wiring import Services
from domain.actors import Actor
from domain.cash import CashAccount
from domain.days import month_of
from domain.events.bank import MatchKind
from domain.programme import Programme
from domain.proposals import Grade, Proposal
from projections.coverage import queries as coverage
from projections.ledger.trial_balance import TrialBalance
from projections.reconciliation import candidates, finding, queries
from projections.reconciliation.balances import newest
from projections.reconciliation.candidates import Named
from projections.reconciliation.finding import Sought
from workflows.eventstore import payees
from workflows.eventstore.database import Tx

YEARS = 10
"""So far back a dote is found by the last figures of its number."""

GRADES = {
    Grade.CERTAIN: (N_("certain"), "good"),
    Grade.PROBABLE: (N_("probable"), "warn"),
    Grade.RETURN: (N_("return"), "info"),
    Grade.SUSPENSE: (N_("in suspense"), "bad"),
}
KINDS = {
    MatchKind.PAYMENT: N_("a payment"),
    MatchKind.RETURN: N_("a payment that came back"),
    MatchKind.REFUND: N_("money given back by who was paid"),
    MatchKind.FEE: N_("a fee of the bank"),
    MatchKind.FUNDING: N_("money from a funder"),
}
"""What a line can turn out to be."""


@dataclass(frozen=True, slots=True)
class Row:
    """A proposal beside its line. `badge`: the word and the tone of its grade; `item`: what the
    payment is for, if it is one."""

    lines: Sequence[LineShown]
    payments: Sequence[Named]
    item: str | None
    badge: tuple[str, str]
    why: str
    kind: MatchKind | None
    rest: str

    @property
    def first(self) -> LineShown:
        """The line, or the first of several."""
        return self.lines[0]

    @property
    def cents(self) -> int:
        """What is open of them."""
        return sum(line.open_cents for line in self.lines)

    @property
    def confirmable(self) -> bool:
        """Whether one press says it all: fees are opened first."""
        return self.kind is not None and bool(self.payments)


@dataclass(frozen=True, slots=True)
class Looked:
    """What somebody looks for beside a line, and has chosen so far. `lines`: the other lines that
    belong to it."""

    name: str = ""
    number: str = ""
    ids: tuple[str, ...] = ()
    kind: str = ""
    rest: str = "refuse"
    lines: tuple[str, ...] = ()

    @classmethod
    def of(cls, sent: FormData) -> "Looked":
        """As a form tells it."""

        def text(field: str, most: int = 60) -> str:
            return str(sent.get(field, "")).strip()[:most]

        ids = tuple(dict.fromkeys(str(each) for each in sent.getlist("payment_ids")))
        return cls(
            text("nome", 200),
            text("numero"),
            ids,
            text("kind"),
            text("rest") or "refuse",
            lines_with(sent),
        )

    def sought(self, services: Services, cents: int) -> Sought:
        """For `cents` of a line."""
        by_name: list[UUID] = []
        if self.name:
            by_name = payees.found(services.database, services.engine.index, self.name)
        numbers = tuple(numbers_meant(services, self.number)) if self.number else ()
        return Sought(cents, numbers, tuple(by_name), bool(self.name or self.number))


def numbers_meant(services: Services, typed: str) -> Iterator[str]:
    """The numbers of doti and payments that somebody may mean: as it is typed, or by the last
    figures of one of these years, the newest first."""
    if not typed.isdecimal():
        number = typed.upper()
        yield number
        yield number.rpartition("-")[0]
        return
    code, year = services.register.programme().code, services.engine.today().year
    for each in range(year, year - YEARS - 1, -1):
        yield f"{code}-{each}-{typed:0>5}"


def lines_with(sent: FormData) -> tuple[str, ...]:
    """The other lines that were ticked beside one."""
    return tuple(dict.fromkeys(str(each) for each in sent.getlist("altre")))


def offered(
    tx: Tx, services: Services, actor: Actor, language: Language, cents: int, looked: Looked
) -> tuple[list[payment_schemas.Payment], list[payment_schemas.Payment]]:
    """The payments that were chosen for a line, and those that are found beside them."""
    sought = looked.sought(services, cents)
    chosen = finding.chosen(tx, sought, looked.ids[: finding.MOST_CHOSEN])
    known = {row.id for row in chosen}
    found = [row for row in finding.found(tx, sought) if row.id not in known]
    view = PaymentView(View(services, actor, language))
    return view.payments(chosen), view.payments(found)


@dataclass(frozen=True, slots=True)
class Balances:
    """What the banks say, and what the register makes of it: they differ by what is open.
    `lines_cents`: what the banks began with, and all their lines."""

    bank_cents: int | None
    lines_cents: int
    ledger_cents: int

    @property
    def difference_cents(self) -> int | None:
        """0 where everything is known; None where no statement told a balance."""
        return None if self.bank_cents is None else self.bank_cents - self.ledger_cents


@dataclass(frozen=True, slots=True)
class Undocumented:
    """Doti that are paid and of which receipts are missing, and for how many days at most."""

    doti: int
    days: int


def rows(
    tx: Tx,
    services: Services,
    actor: Actor,
    language: Language,
    desk: Desk,
    chosen: Sequence[Proposal],
) -> list[Row]:
    """Lines with what they may be."""
    known = candidates.named(tx, {name for each in chosen for name in each.payment_ids})
    lines = Lines(services, actor, language)
    lines.look(desk.lines[line_id] for each in chosen for line_id in each.line_ids)
    programme = services.register.programme()
    return [_row(each, desk, known, lines, programme, language) for each in chosen]


def _row(
    proposal: Proposal,
    desk: Desk,
    known: dict[str, Named],
    lines: Lines,
    programme: Programme,
    language: Language,
) -> Row:
    found = [desk.lines[line_id] for line_id in proposal.line_ids]
    code = found[0].return_reason if proposal.grade is Grade.RETURN else None
    command = command_of(proposal)
    payments = [known[name] for name in proposal.payment_ids if name in known]
    items = [programme.categories[each.category].items[each.item] for each in payments]
    return Row(
        lines=[lines.shown(line) for line in found],
        payments=payments,
        item=items[0] if len(items) == 1 else None,
        badge=GRADES[proposal.grade],
        why=why(proposal.reasons, code, language),
        kind=proposal.kind,
        rest="refuse" if command is None else command.rest,
    )


@dataclass(frozen=True, slots=True)
class NotConfirmed:
    """A line that was shown as certain, and why it was not confirmed."""

    line: LineShown
    payments: str
    why: str


def not_confirmed(
    tx: Tx, services: Services, actor: Actor, language: Language, done: Confirmed | None
) -> list[NotConfirmed]:
    """What of many was not confirmed, by its first line."""
    refused = [] if done is None else done.refused
    rows = queries.lines(tx, [each.line_ids[0] for each in refused])
    lines = Lines(services, actor, language)
    return [
        NotConfirmed(lines.shown(rows[each.line_ids[0]]), ", ".join(each.payment_ids), each.msg)
        for each in refused
        if each.line_ids[0] in rows
    ]


def balances(tx: Tx, trial: TrialBalance) -> Balances:
    """The newest closing balances of all accounts, and the register's."""
    said = newest(tx)
    known = (CashAccount.BANK, CashAccount.SUSPENSE, CashAccount.IN_TRANSIT)
    return Balances(
        sum(said.values()) if said else None,
        trial.cash[CashAccount.BANK],
        sum(trial.cash[account] for account in known),
    )


def undocumented(tx: Tx, actor: Actor, today: date) -> Undocumented:
    """What finance has to call about."""
    found = coverage.total(tx, coverage.Asked(actor.scope(RECEIPT_READERS), today))
    days = 0 if found.oldest is None else (today - found.oldest).days
    return Undocumented(found.doti_missing, days)


def newest_statement(tx: Tx) -> str | None:
    """The month of the statement that came in last, as 2026-03."""
    found = queries.statement_list(tx, 1)
    day = found[0].to_on if found else None
    return None if day is None else month_of(day)
