"""The commands about payments, who is paid, and the bank's lines."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import (
    AfterValidator,
    Field,
    field_validator,
)
from pydantic_core import PydanticCustomError

from domain.bank_account import compact_bic, is_bic
from domain.days import MoneyDay
from domain.events.bank import MatchKind
from domain.events.payment_batch import MOST_PAYMENTS, Method
from domain.money import Cents
from domain.text import Code, Label, Sentence
from workflows.commands import Command, PayeeName, checked_iban, payee_iban


class ChangeIban(Command):
    """Another IBAN of a payee. `bic`: only for banks outside of the European Economic Area;
    `name`: the account holder's as the bank knows it, if it is not as it was."""

    iban: Annotated[str, Field(max_length=42)]
    bic: Annotated[str, Field(max_length=14)] | None = None
    name: PayeeName | None = None

    @field_validator("iban")
    @classmethod
    def _iban(cls, value: str) -> str:
        return payee_iban(value)

    @field_validator("bic")
    @classmethod
    def _bic(cls, value: str | None) -> str | None:
        if value is None:
            return None
        compact = compact_bic(value)
        if not is_bic(compact):
            raise PydanticCustomError("bic", "This is not a valid BIC")
        return compact


class OrderPayment(Command):
    """What is to be paid on a dote; all that can be on the day if no amount is given."""

    dote_id: UUID
    amount_cents: Cents | None = None


class PrepareBatch(Command):
    """Payments for one batch. `execution_date`: when the bank, or the till, is to pay."""

    method: Method = Method.BANK_TRANSFER
    execution_date: MoneyDay
    payments: Annotated[tuple[OrderPayment, ...], Field(min_length=1, max_length=MOST_PAYMENTS)]


class CancelBatch(Command):
    """Why a batch does not go out."""

    reason: Sentence


class ExecutePayment(Command):
    """A payment went out. `reference`: what proves it: the bank's number of the transfer, the
    voucher's, the card's, the purchase's or the till's receipt."""

    value_date: MoneyDay
    reference: Label


class OpenBankAccount(Command):
    """The programme has an account at a bank."""

    code: Code
    name: Label
    iban: Annotated[str, Field(max_length=42), AfterValidator(checked_iban)]


class MatchLines(Command):
    """What lines of the bank were. `payment_ids`: of payments, returns and refunds; `rest`: what
    is done with more than the payments come to: refused, left open, or the bank's fee."""

    line_ids: Annotated[tuple[UUID, ...], Field(min_length=1, max_length=100)]
    payment_ids: Annotated[tuple[Label, ...], Field(max_length=500)] = ()
    kind: MatchKind = MatchKind.PAYMENT
    rest: Literal["refuse", "open", "fee"] = "refuse"


class ConfirmCertain(Command):
    """What is certain is confirmed: all of it, or only of these lines."""

    line_ids: Annotated[tuple[UUID, ...], Field(max_length=10_000)] | None = None


class SetAside(Command):
    """A line is left for later."""

    reason: Sentence
