"""Events of the programme: its partners, its lists, its rules and its money."""

from typing import Annotated, Any, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field

from domain.actors import Signature
from domain.bank_columns import Mapping
from domain.days import Month
from domain.events.base import Event
from domain.funding_rules import FunderRules
from domain.money import Cents
from domain.policy import Policy, two_bands
from domain.retention import LEAST_NOTICE_DAYS, Retention
from domain.text import Code, Label, Sentence

PartnerRole = Literal["lead", "desk", "training", "health", "community"]


class BudgetLine(BaseModel):
    """A budget line: partner x category."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    partner: Code
    category: Code


class ProgrammeOpened(Event):
    """A programme begins. `currency` is an ISO 4217 code; all its amounts are in its cents."""

    code: Annotated[str, Field(pattern=r"^[A-Z]{2,6}$")]
    name: Label
    subtitle: Label | None
    city: Label
    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")]


class PartnerJoined(Event):
    """An organisation takes part."""

    code: Code
    name: Label
    role: PartnerRole
    activity: Label | None


class DeskOpened(Event):
    """A partner opens a desk, where requests start. One desk a partner."""

    partner: Code
    name: Label


class CategoryDefined(Event):
    """A category of doti. `provider`: the only partner that serves it, if there is one.

    `health_data`: what its doti tell is about health and is shown to fewer people.
    """

    code: Code
    name: Label
    provider: Code | None
    health_data: bool


class ItemDefined(Event):
    """Something that a dote of a category can pay for."""

    category: Code
    code: Code
    name: Label


class PolicyAdopted(Event):
    """A version of the rules, in force from its day on."""

    class_version: ClassVar[int] = 2

    policy: Policy

    @staticmethod
    def upcast_v1_v2(state: dict[str, Any]) -> None:
        """The first rules were one amount: up to it one approver decided, above it two."""
        old = state["policy"]
        rules = two_bands(old["single_approver_cents"]).model_dump(mode="json")
        state["policy"] = rules | {"version": old["version"], "effective_from": state["at"][:10]}


class RetentionAdopted(Event):
    """How long what is kept of persons is kept, from now on."""

    class_version: ClassVar[int] = 2

    retention: Retention

    @staticmethod
    def upcast_v1_v2(state: dict[str, Any]) -> None:
        """A notice of less than a week could be adopted once; it never holds."""
        times = state["retention"]
        times["notice_days"] = max(times["notice_days"], LEAST_NOTICE_DAYS)


class FundingGranted(Event):
    """A funder puts money into the programme."""

    funder: Label
    amount_cents: Cents


class BudgetAllocated(Event):
    """Money that was not allocated goes to a budget line."""

    line: BudgetLine
    amount_cents: Cents
    reason: Sentence


class BudgetTransferred(Event):
    """Available money goes from one budget line to another."""

    source: BudgetLine
    target: BudgetLine
    amount_cents: Cents
    reason: Sentence


class BankAccountOpened(Event):
    """The programme has an account at a bank, whose statements are read. The IBAN is the
    network's own, and no secret."""

    code: Code
    name: Label
    iban: Annotated[str, Field(pattern=r"^[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}$")]


class BankColumnsSaved(Event):
    """Which column of an account's tables tells what, under a name; the newest one of a name holds.
    Of the titles only those that it needs are kept."""

    account: Code
    name: Label
    columns: Mapping


class BankColumnsRemoved(Event):
    """The columns of a name are not used for an account any more."""

    account: Code
    name: Label


class Balance(BaseModel):
    """What stands on an account; without partner and category on the programme's own ones."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    partner: Code | None
    category: Code | None
    account: Annotated[str, Field(pattern=r"^[a-z_]{1,40}$")]
    cents: int


class PeriodCloseAsked(Event):
    """Somebody asks for a month to be closed; another person has to confirm it."""

    period: Month
    reason: Sentence | None


class PeriodClosed(Event):
    """A month is closed: nothing is dated into it, or before it, any more.

    `trial_balance`: every account that is not at 0, as it stood after `log_size` events; its sum
    is 0. `root`: the root hash over these events, in hexadecimal.
    """

    period: Month
    reason: Sentence | None
    asked_by: Signature
    trial_balance: tuple[Balance, ...]
    log_size: Annotated[int, Field(ge=1)]
    root: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class PeriodReopenAsked(Event):
    """Somebody asks for the last closed month to be opened again."""

    period: Month
    reason: Sentence


class PeriodReopened(Event):
    """The last closed month is open again."""

    period: Month
    reason: Sentence
    asked_by: Signature


class FunderRulesAdopted(Event):
    """What a funder admits and how it wants its accounts, from now on."""

    funder: Label
    version: Annotated[int, Field(ge=1)]
    rules: FunderRules


ProgrammeEvent = (
    ProgrammeOpened
    | PartnerJoined
    | DeskOpened
    | CategoryDefined
    | ItemDefined
    | PolicyAdopted
    | RetentionAdopted
    | BankAccountOpened
    | BankColumnsSaved
    | BankColumnsRemoved
    | FundingGranted
    | BudgetAllocated
    | BudgetTransferred
    | PeriodCloseAsked
    | PeriodClosed
    | PeriodReopenAsked
    | PeriodReopened
    | FunderRulesAdopted
)
