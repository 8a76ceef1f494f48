"""What a funder admits, as data: which expenses, paid and documented by when, on which papers."""

from typing import Annotated, Literal, Self, get_args

from pydantic import BaseModel, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from domain.days import MoneyDay
from domain.text import Code, Label, Sentence, Word

ColumnName = Literal[
    "receipt_no",
    "dote",
    "household",
    "partner",
    "category",
    "item",
    "paid_on",
    "method",
    "receipt_kind",
    "receipt_number",
    "receipt_date",
    "accepted_on",
    "documented",
    "admitted",
    "not_admitted",
    "cup",
    "log_index",
]
"""What can be told of a documented expense."""

COLUMN_NAMES: tuple[ColumnName, ...] = get_args(ColumnName)
AMOUNTS: frozenset[str] = frozenset({"documented", "admitted"})
"""The columns that are amounts, and have a sum below them."""


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Column(_Strict):
    """A column of the list of expenses. `title`: as the funder calls it; None: as usual."""

    name: ColumnName
    title: Label | None = None


class FunderRules(_Strict):
    """The rules of a funder; what is left out or empty is not restricted.

    `categories`, `items`: what an expense can be for. `paid_from`, `paid_until`: the days on which
    it was paid. `receipts_until`: the last day that a receipt may bear. `papers`: which kinds of
    receipts count. `cup`: the code of the project, `wording`: what each account says beside it.
    `columns`: the list of expenses as the funder wants it.
    """

    categories: Annotated[tuple[Code, ...], Field(max_length=100)] = ()
    items: Annotated[tuple[Code, ...], Field(max_length=200)] = ()
    paid_from: MoneyDay | None = None
    paid_until: MoneyDay | None = None
    receipts_until: MoneyDay | None = None
    papers: Annotated[tuple[Word, ...], Field(max_length=20)] = ()
    cup: Annotated[str, Field(pattern=r"^[A-Z][A-Z0-9]{14}$")] | None = None
    wording: Sentence | None = None
    columns: Annotated[tuple[Column, ...], Field(max_length=len(COLUMN_NAMES))] = ()

    @model_validator(mode="after")
    def _each_once(self) -> Self:
        names = [column.name for column in self.columns]
        if len(set(names)) != len(names):
            raise PydanticCustomError("column_twice", "A column stands once")
        return self


NO_RULES = FunderRules()
"""Of a funder that asks for nothing in particular."""
