"""Draws up a rendiconto from the log: which money events it tells of, and what they come to."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from typing import get_args
from uuid import UUID

from domain.days import day_here
from domain.errors import DaysToCome, EndsBeforeItBegins, NothingToTell, ToldAlready
from domain.events import dote as d
from domain.events.base import Event
from domain.funding_rules import FunderRules
from domain.ledger import Account, postings
from domain.rendiconto_content import (
    FORMAT_VERSION,
    Content,
    LineSums,
    Reason,
    ReceiptFacts,
    Row,
    RowKind,
    Sums,
)
from domain.rendiconto_payments import PaidDote, Share

SPENT = (Account.DISBURSED, Account.DOCUMENTED, Account.DISALLOWED)
"""The accounts of a line that hold what was paid."""

_KINDS: Mapping[type[Event], RowKind] = {
    d.DoteDisbursed: "paid",
    d.DisbursementReturned: "returned",
    d.RefundReceived: "refunded",
    d.ReceiptAccepted: "documented",
    d.ReceiptDisallowed: "disallowed",
}
_REASONS: tuple[Reason, ...] = get_args(Reason)
Line = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Earlier:
    """An account that the funder, or another one, had before. `told`: the rows in it, and which of
    them it admits."""

    number: str
    funder: str | None
    partner: str | None
    first_day: date
    last_day: date
    told: frozenset[int]
    admitted: frozenset[int]

    def is_about(self, partner: str, day: date) -> bool:
        """Whether it was about this partner and day."""
        return self.partner in (None, partner) and self.first_day <= day <= self.last_day


@dataclass(frozen=True, slots=True)
class Asked:
    """What is to be accounted for. `before`: all accounts there are. `format_version`: by the rules
    of which format it is drawn up, so that what was frozen under older ones is found again."""

    first_day: date
    last_day: date
    partner: str | None
    funder: str | None
    rules: FunderRules
    before: tuple[Earlier, ...]
    format_version: int = FORMAT_VERSION

    @property
    def own(self) -> tuple[Earlier, ...]:
        """Those that the same funder had. What is asked for nobody's sake tells all each time."""
        return tuple(
            each for each in self.before if self.funder is not None and each.funder == self.funder
        )


def check_days(first_day: date, last_day: date, today: date) -> None:
    """Refuses days that are none, and those that have not begun."""
    if last_day < first_day:
        raise EndsBeforeItBegins("to", last_day.isoformat())
    if first_day > today:
        raise DaysToCome("from", first_day.isoformat(), today.isoformat())


def check_new(content: Content, before: Sequence[Content]) -> None:
    """Refuses an account that tells nothing, or what one before it tells already."""
    if content.rows:
        same = next((each for each in before if each.told == content.told), None)
        if same is not None:
            raise ToldAlready(same.number)
        return
    days = (content.first_day, content.last_day)
    own = [
        each
        for each in before
        if each.number in content.earlier
        and each.partner in (None, content.partner)
        and each.first_day <= content.last_day
        and content.first_day <= each.last_day
    ]
    if not own:
        raise NothingToTell
    same_days = [each for each in own if (each.first_day, each.last_day) == days]
    # Of several the first one: those after it told only what was new.
    raise ToldAlready((same_days or own)[0].number)


class Drawing:
    """Reads the log in its order, and draws up what is asked for."""

    def __init__(self, asked: Asked) -> None:
        self._asked = asked
        self._doti: dict[UUID, PaidDote] = {}
        self._balances: Counter[tuple[str, str, str]] = Counter()
        self._sums: dict[str, defaultdict[Line, Sums]] = {
            where: defaultdict(Sums) for where in ("here", "earlier", "outside")
        }
        self._rows: list[Row] = []
        self._told = {index: each.number for each in asked.own for index in each.told}
        self._elsewhere = {
            index
            for each in asked.before
            if None not in (asked.funder, each.funder) and each.funder != asked.funder
            for index in each.admitted
        }

    def take(self, log_index: int, event: Event) -> None:
        """The next event that has to do with money or with what was paid for."""
        if isinstance(event, d.DoteRequested):
            self._doti[event.originator_id] = PaidDote(event, self._asked.format_version)
            return
        dote = self._doti.get(event.originator_id)
        shares = () if dote is None else dote.take(log_index, event)
        change: Counter[str] = Counter()
        for posting in postings(event):
            if posting.line is not None:
                line = (posting.line.partner, posting.line.category)
                self._balances[(*line, posting.account)] += posting.cents
                change[posting.account] += posting.cents
        if dote is None or not any(change[account] for account in SPENT):
            return
        self._sort_in(log_index, event, dote, shares, change)

    def _sort_in(
        self,
        log_index: int,
        event: Event,
        dote: PaidDote,
        shares: tuple[Share, ...],
        change: Counter[str],
    ) -> None:
        line = (dote.asked.partner, dote.asked.category)
        day = getattr(event, "value_date", None) or day_here(event.at)
        late = day < self._asked.first_day
        where = "here" if self._is_asked(line[0], day, late=late) else "outside"
        if log_index in self._told:
            where = "earlier"
        moved = (
            sum(change[account] for account in SPENT),
            change[Account.DOCUMENTED],
            change[Account.DISALLOWED],
        )
        self._sums[where][line] = self._sums[where][line].plus(*moved)
        if where == "here":
            self._rows.append(self._row(log_index, event, dote, shares, day, moved, late=late))

    def _is_asked(self, partner: str, day: date, *, late: bool) -> bool:
        if day > self._asked.last_day or self._asked.partner not in (None, partner):
            return False
        return not late or any(each.is_about(partner, day) for each in self._asked.own)

    def _row(
        self,
        log_index: int,
        event: Event,
        dote: PaidDote,
        shares: tuple[Share, ...],
        day: date,
        moved: tuple[int, int, int],
        *,
        late: bool,
    ) -> Row:
        paid, documented, disallowed = moved
        receipt = None
        if isinstance(event, d.ReceiptAccepted | d.ReceiptDisallowed):
            receipt = dote.receipts.get(event.n)
        # The one by which all of it was paid.
        payment = shares[-1] if shares else None
        is_payment = isinstance(event, d.DoteDisbursed)
        refers_to = None if payment is None or is_payment else payment.log_index
        reasons: tuple[Reason, ...] = ()
        admitted = documented
        if documented > 0:
            reasons, admitted = self._admitted(log_index, dote, receipt, shares)
        return Row(
            log_index=log_index,
            receipt_no=None,
            kind=_KINDS.get(type(event), "corrected"),
            day=day,
            dote=dote.asked.number,
            household=pseudonym(self._asked.funder, dote.asked.household_id),
            partner=dote.asked.partner,
            category=dote.asked.category,
            item=dote.asked.item,
            paid_cents=paid,
            documented_cents=documented,
            admitted_cents=admitted,
            disallowed_cents=disallowed,
            not_admitted=reasons,
            receipt=receipt,
            paid_on=None if payment is None else payment.paid.value_date,
            method=None if payment is None else payment.paid.method,
            refers_to=refers_to,
            refers_to_account=None if refers_to is None else self._told.get(refers_to),
            late=late,
        )

    def _admitted(
        self,
        log_index: int,
        dote: PaidDote,
        receipt: ReceiptFacts | None,
        shares: tuple[Share, ...],
    ) -> tuple[tuple[Reason, ...], int]:
        """What stands against an expense, and how much of it the funder admits: of what was paid by
        several payments, each is looked at by itself."""
        whole = set(self._reasons(log_index, dote, receipt))
        by_share = [set(self._reasons_of(share)) for share in shares]
        found = whole.union(*by_share)
        admitted = sum(
            share.amount_cents for share, no in zip(shares, by_share, strict=True) if not no
        )
        return tuple(each for each in _REASONS if each in found), 0 if whole else admitted

    def _reasons_of(self, share: Share) -> Iterable[Reason]:
        rules, paid_on = self._asked.rules, share.paid.value_date
        if rules.paid_from and paid_on < rules.paid_from:
            yield "paid_too_early"
        if rules.paid_until and paid_on > rules.paid_until:
            yield "paid_too_late"

    def _reasons(
        self, log_index: int, dote: PaidDote, receipt: ReceiptFacts | None
    ) -> Iterable[Reason]:
        rules = self._asked.rules
        if rules.categories and dote.asked.category not in rules.categories:
            yield "category"
        if rules.items and dote.asked.item not in rules.items:
            yield "item"
        if rules.papers and (receipt is None or receipt.kind not in rules.papers):
            yield "paper"
        if rules.receipts_until and (receipt is None or receipt.date > rules.receipts_until):
            yield "receipt_too_late"
        if log_index in self._elsewhere:
            yield "elsewhere"

    @property
    def rows(self) -> tuple[Row, ...]:
        """By their day; the documented expenses are numbered from 1 on."""
        rows = sorted(self._rows, key=lambda row: (row.day, row.log_index))
        expenses = [row.log_index for row in rows if row.documented_cents > 0]
        number = {log_index: n for n, log_index in enumerate(expenses, start=1)}
        return tuple(
            row.model_copy(update={"receipt_no": number.get(row.log_index)}) for row in rows
        )

    @property
    def lines(self) -> tuple[LineSums, ...]:
        """Every line on which anything was ever paid, of the partner that was asked for."""
        spent = {
            (partner, category)
            for (partner, category, account) in self._balances
            if account in SPENT and self._asked.partner in (None, partner)
        }
        return tuple(self._line(line) for line in sorted(spent))

    def _line(self, line: Line) -> LineSums:
        rows = [row for row in self._rows if (row.partner, row.category) == line]
        held = {account: self._balances[(*line, account)] for account in SPENT}
        documented = sum(row.documented_cents for row in rows)
        admitted = sum(row.admitted_cents for row in rows)
        return LineSums(
            partner=line[0],
            category=line[1],
            here=self._sums["here"][line],
            earlier=self._sums["earlier"][line],
            outside=self._sums["outside"][line],
            ledger=Sums(
                paid_cents=sum(held.values()),
                documented_cents=held[Account.DOCUMENTED],
                disallowed_cents=held[Account.DISALLOWED],
            ),
            returned_cents=-sum(row.paid_cents for row in rows if row.paid_cents < 0),
            admitted_cents=admitted,
            not_admitted_cents=documented - admitted,
        )


def pseudonym(funder: str | None, household_id: UUID) -> str:
    """A household as a funder sees it: the same in all its accounts, and in no other one's."""
    text = f"doti-rendiconto\n{funder or ''}\n{household_id}"
    return f"N-{sha256(text.encode()).hexdigest()[:10].upper()}"
