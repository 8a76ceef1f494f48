"""Which payments a line of the bank can be, with what they are found by."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from domain.events.bank import MatchKind
from domain.events.payment_batch import Method
from domain.fitting import EARLY, LATE
from domain.payment_states import PaymentState
from domain.proposals import Candidate, OpenLine
from domain.references import is_batch
from projections.payments.queries import PaymentRow, payment
from workflows.eventstore.database import Tx
from workflows.eventstore.statements import statements

_SQL = statements("projections.reconciliation", "candidates")
_DUE = (PaymentState.DUE, PaymentState.AUTHORISED)
_TO_TELL = 2
"""So many are looked at beyond those that others can take: whether one is the only one."""

NOT_BY_BANK = frozenset(
    {"cash", Method.CASH_DESK, Method.VOUCHER, Method.PREPAID_CARD, Method.DIRECT_PURCHASE}
)
"""Ways to pay that show no line of their own at the bank."""
LONG_BEFORE = timedelta(days=60)
"""How long before a line another payment to its account may have gone out that no line has shown:
then it may be that one."""

Shown = frozenset[tuple[UUID, int, MatchKind]]
Tokens = tuple[bytes | None, bytes | None]
_NONE: Tokens = (None, None)


@dataclass(frozen=True, slots=True)
class Named:
    """A payment by its id: of which dote, which one, what it comes to, and for what."""

    id: str
    dote_id: UUID
    amount_cents: int
    n: int
    by_hand: int | None
    category: str
    item: str


@dataclass(frozen=True, slots=True)
class ByHand:
    """A disbursement that nobody ordered; `state` executed or returned."""

    dote_id: UUID
    n: int
    amount_cents: int
    value_date: date
    state: str
    method: str | None
    number: str
    category: str
    payee_id: UUID | None

    @property
    def id(self) -> str:
        """What it is called: no order has given it a number of its own."""
        return f"{self.number}/{self.n}"


def candidates(tx: Tx, lines: Sequence[OpenLine]) -> list[Candidate]:
    """All payments that one of the lines can be, or that can have come back with one.

    Of what is found by nothing but its amount so many that more of them would change no proposal,
    however many there are.
    """
    sought = _Sought.of(lines)
    by_name = _payments(tx, "by_name", sought.values())
    amounts = Counter(row.amount_cents for row in by_name)
    rows = {row.id: row for row in by_name}
    rows |= {row.id: row for row in _payments(tx, "by_amount", sought.amounts(amounts))}
    loose = [ByHand(**row) for row in tx.execute(_SQL["by_hand"], sought.by_hand(), prepare=False)]
    return with_tokens(tx, list(rows.values()), loose)


def with_tokens(tx: Tx, ordered: Sequence[PaymentRow], loose: Sequence[ByHand]) -> list[Candidate]:
    """Payments, and disbursements by hand, with what they are found by and what lines have shown
    of them; in the order of their ids."""
    ids = {row.payee_id for row in ordered} | {row.payee_id for row in loose if row.payee_id}
    tokens = _payee_tokens(tx, ids)
    # Of what never went out no line has shown anything, and nothing comes back.
    out = {each.dote_id for each in ordered if each.disbursement_n is not None}
    doti = out | {each.dote_id for each in loose}
    shown, left = (_shown(tx, doti), _left(tx, doti)) if doti else (frozenset(), {})
    found = [
        *(_ordered(row, shown, tokens.get(row.payee_id, _NONE), left) for row in ordered),
        *(
            _by_hand(row, shown, tokens.get(row.payee_id or row.dote_id, _NONE), left)
            for row in loose
        ),
    ]
    return sorted(found, key=lambda each: each.id)


def _payments(tx: Tx, name: str, values: dict[str, object]) -> list[PaymentRow]:
    statement = _SQL[name].replace("{payment}", _SQL["payment"])
    return [payment(row) for row in tx.execute(statement, values, prepare=False)]


@dataclass(frozen=True, slots=True)
class _Sought:
    """By what the rules look for payments (domain.reconciliation): our numbers, who is told, and
    the amount in time."""

    out: Sequence[OpenLine]
    back: Sequence[OpenLine]

    @classmethod
    def of(cls, lines: Sequence[OpenLine]) -> "_Sought":
        out = [line for line in lines if line.amount_cents < 0]
        return cls(out, [line for line in lines if line.amount_cents > 0])

    def values(self) -> dict[str, object]:
        """What is named, and who is."""
        numbers = {name for line in (*self.out, *self.back) for name in line.named}
        given = [line for line in self.back if line.iban_token is not None]
        return {
            "batches": sorted(filter(is_batch, numbers)),
            "numbers": sorted(numbers | {each.partition("/")[0] for each in numbers}),
            "since": min((line.booked_on - LONG_BEFORE for line in self.out), default=None),
            "until": max((line.booked_on + EARLY for line in self.out), default=None),
            "out_cents": sorted({-line.amount_cents for line in self.out}),
            "out_ibans": sorted({line.iban_token for line in self.out if line.iban_token}),
            "out_names": sorted({line.name_token for line in self.out if line.name_token}),
            "back_cents": sorted({line.amount_cents for line in self.back}),
            "back_names": sorted({line.name_token for line in self.back if line.name_token}),
            "given_ibans": [line.iban_token for line in given],
            "given_cents": [line.amount_cents for line in given],
            "given_until": [line.booked_on + EARLY for line in given],
            "spare": self._spare,
        }

    def amounts(self, named: Mapping[int, int]) -> dict[str, object]:
        """What lines come to. `named`: how many payments of an amount are found already."""
        days: dict[int, list[date]] = defaultdict(list)
        for line in self.out:
            days[-line.amount_cents].append(line.booked_on)
        returns = {(line.amount_cents, line.booked_on) for line in self.back if line.is_return}
        return {
            "cents": list(days),
            "sinces": [min(each) - LATE for each in days.values()],
            "untils": [max(each) + EARLY for each in days.values()],
            "most": [len(each) + named.get(cents, 0) + _TO_TELL for cents, each in days.items()],
            "return_cents": [cents for cents, _ in returns],
            "return_until": [day + EARLY for _, day in returns],
            "spare": self._spare,
        }

    def by_hand(self) -> dict[str, object]:
        """All of it."""
        return self.values() | self.amounts({})

    @property
    def _spare(self) -> int:
        """As many as others can take of what came back."""
        return len(self.back) + sum(len(line.parts) for line in self.back) + _TO_TELL


def named(tx: Tx, ids: Iterable[str]) -> dict[str, Named]:
    """Payments by their ids; what is not known is left out."""
    rows = tx.execute(_SQL["named"], {"ids": list(ids)})
    return {row["id"]: Named(**row) for row in rows}


def _ordered(row: PaymentRow, shown: Shown, tokens: Tokens, left: Mapping[UUID, int]) -> Candidate:
    out = row.disbursement_n
    paid = out is not None and (row.dote_id, out, MatchKind.PAYMENT) in shown
    back = out is not None and (row.dote_id, out, MatchKind.RETURN) in shown
    return Candidate(
        row.id,
        row.number,
        row.amount_cents,
        is_open=row.state in _DUE or (row.state is PaymentState.EXECUTED and not paid),
        is_paid=row.state is PaymentState.EXECUTED
        or (row.state is PaymentState.RETURNED and not back),
        expected_on=row.executed_on or row.execution_date,
        batch=row.batch_number,
        name_token=tokens[0],
        iban_token=tokens[1],
        left_cents=left.get(row.dote_id) if row.state is PaymentState.EXECUTED else None,
        went_out=row.state is PaymentState.RETURNED and not paid,
        due_on=row.due_on,
        by_bank=row.method not in NOT_BY_BANK,
    )


def _by_hand(row: ByHand, shown: Shown, tokens: Tokens, left: Mapping[UUID, int]) -> Candidate:
    paid = (row.dote_id, row.n, MatchKind.PAYMENT) in shown
    back = (row.dote_id, row.n, MatchKind.RETURN) in shown
    return Candidate(
        row.id,
        row.number,
        row.amount_cents,
        is_open=row.state == "executed" and not paid,
        is_paid=row.state == "executed" or not back,
        expected_on=row.value_date,
        name_token=tokens[0],
        iban_token=tokens[1],
        left_cents=left.get(row.dote_id) if row.state == "executed" else None,
        went_out=row.state == "returned" and not paid,
        by_bank=row.method not in NOT_BY_BANK,
    )


def _shown(tx: Tx, doti: Collection[UUID]) -> Shown:
    """Which disbursements of some doti a line has shown, as what."""
    rows = tx.execute(_SQL["shown"], {"doti": list(doti)})
    return frozenset((row["dote_id"], row["n"], MatchKind(row["kind"])) for row in rows)


def _left(tx: Tx, doti: Collection[UUID]) -> dict[UUID, int]:
    """What of the money of some doti can still come back."""
    rows = tx.execute(_SQL["left_of"], {"doti": list(doti)})
    return {row["dote_id"]: row["cents"] for row in rows}


def _payee_tokens(tx: Tx, ids: Collection[UUID]) -> dict[UUID, Tokens]:
    """By what payees are found: tokens of name and IBAN."""
    rows = tx.execute(_SQL["payee_tokens"], {"ids": list(ids)})
    return {row["id"]: (row["name_token"], row["iban_token"]) for row in rows}
