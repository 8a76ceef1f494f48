"""The commands about payments, who is paid, and the bank's lines."""

from dataclasses import asdict
from typing import Annotated, Literal
from uuid import UUID

from pydantic import (
    AfterValidator,
    Field,
    field_validator,
)
from pydantic_core import PydanticCustomError

from domain.bank_account import compact_bic, is_bic
from domain.bank_columns import LONGEST, MAX_COLUMNS, Mapping
from domain.days import MoneyDay
from domain.events.bank import MatchKind
from domain.events.payment_batch import MOST_PAYMENTS, Method
from domain.money import Cents
from domain.proposals import Said
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


Place = Annotated[int, Field(strict=True, ge=0, lt=MAX_COLUMNS)]
"""A column, counted from 0."""


class ChosenColumns(Command):
    """Which column of a table tells what: `domain.bank_columns.Mapping`, as JSON has it."""

    booked_on: Place
    amount: Place | None = None
    sign: Place | None = None
    debit: Place | None = None
    credit: Place | None = None
    value_on: Place | None = None
    balance: Place | None = None
    currency: Place | None = None
    end_to_end_id: Place | None = None
    counterparty_name: Place | None = None
    counterparty_iban: Place | None = None
    remittance: Annotated[tuple[Place, ...], Field(max_length=20)] = ()
    bank_reference: Place | None = None
    return_reason: Place | None = None
    batch_reference: Place | None = None
    titles: Annotated[
        tuple[Annotated[str, Field(max_length=LONGEST)], ...], Field(max_length=MAX_COLUMNS)
    ] = ()
    skip_rows: Annotated[int, Field(strict=True, ge=0, lt=MAX_COLUMNS)] = 0
    delimiter: str = ";"
    decimal_mark: str = ","
    date_format: str = "dd/mm/yyyy"
    encoding: str | None = None
    default_currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")] = "EUR"

    @classmethod
    def of(cls, mapping: Mapping) -> "ChosenColumns":
        """As JSON has it."""
        told = asdict(mapping)
        del told["account_iban"]
        return cls.model_validate(told)

    def mapping(self) -> Mapping:
        """As tables are read by it. Raises `ColumnsUnknown` where it cannot be meant."""
        return Mapping(**self.model_dump())


class SaveColumns(Command):
    """Tables of an account are read like this from now on, under a name."""

    name: Label
    columns: ChosenColumns


class RemoveColumns(Command):
    """Tables of an account are not read any more as it was saved under this name."""

    name: Label


class MatchLines(Command):
    """What lines of the bank were. `payment_ids`: of payments, returns and refunds; `rest`: what
    is done with more than the payments come to: refused, left open, or the bank's fee."""

    line_ids: Annotated[tuple[UUID, ...], Field(min_length=1, max_length=100)]
    payment_ids: Annotated[tuple[Label, ...], Field(max_length=500)] = ()
    kind: MatchKind = MatchKind.PAYMENT
    rest: Literal["refuse", "open", "fee"] = "refuse"


OurNumber = Annotated[str, Field(pattern=r"^[A-Z0-9_/-]{1,80}$")]
"""A payment's id, as the register gave it."""


class ShownProposal(Command):
    """A proposal as it was shown."""

    line_ids: Annotated[tuple[UUID, ...], Field(min_length=1, max_length=100)]
    payment_ids: Annotated[tuple[OurNumber, ...], Field(min_length=1, max_length=500)]
    kind: MatchKind

    @property
    def says(self) -> Said:
        """What is confirmed with it."""
        return frozenset(self.line_ids), frozenset(self.payment_ids), self.kind


class ConfirmCertain(Command):
    """What somebody was shown as certain is right: these proposals, and no others."""

    proposals: Annotated[tuple[ShownProposal, ...], Field(min_length=1, max_length=1_000)]


class SetAside(Command):
    """A line is left for later."""

    reason: Sentence
