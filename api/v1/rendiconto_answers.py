"""What the API answers about accounts of expenses and the rules of funders."""

from datetime import date, datetime
from uuid import UUID

from pydantic import Field

from api.v1.answer import Answer
from domain.funding_rules import FunderRules
from domain.rendiconto_content import LineSums, Row


class Withdrawal(Answer):
    """That an account was wrong: who withdrew it, when and why."""

    at: datetime
    by: UUID
    reason: str


class Rendiconto(Answer):
    """An account of expenses, frozen as it was handed in.

    `fingerprint`: the SHA-256 of its content (`rendiconto.json` in its dossier). `log_size`,
    `root`: the log that it was drawn up from.
    """

    id: UUID
    number: str
    first_day: date = Field(alias="from")
    last_day: date = Field(alias="to")
    partner: str | None
    funder: str | None
    rules_version: int | None
    frozen_at: datetime
    frozen_by: UUID
    log_size: int
    root: str
    fingerprint: str
    provisional: bool = Field(description="Whether a month of its days was not closed yet.")
    earlier: list[str] = Field(description="The numbers of the funder's accounts before it.")
    rows: int
    documented_cents: int
    admitted_cents: int
    withdrawn: Withdrawal | None = Field(
        description="Where it was wrong: what it tells is told by later ones again."
    )


class RendicontoWithRows(Rendiconto):
    """The account with all that it tells. A row's `log_index` is its place in the log: its postings
    are at /bilancio/movimenti/{log_index} and in /api/v1/ledger/entries."""

    rules: FunderRules
    items: list[Row]
    lines: list[LineSums]


class Rendiconti(Answer):
    """All of them, the newest first."""

    items: list[Rendiconto]


class Check(Answer):
    """The account made anew from the log. `same`: whether it has the fingerprint that it had."""

    fingerprint: str
    made_again: str
    same: bool


class RulesOfFunder(Answer):
    """A funder and what it asks for now. `version` 0: it never asked for anything."""

    funder: str
    version: int
    rules: FunderRules


class RulesOfFunders(Answer):
    """Every funder of the programme."""

    items: list[RulesOfFunder]
