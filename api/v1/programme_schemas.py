"""What the API answers of the programme, its rules and its budget. Amounts are cents."""

from datetime import date, datetime
from uuid import UUID

from pydantic import ConfigDict, Field

from api.v1.answer import Answer
from domain.lifecycle import Action
from domain.policy import Rules
from domain.policy_simulation import Kind


class Partner(Answer):
    """An organisation of the network."""

    code: str
    name: str
    role: str
    activity: str | None


class Desk(Answer):
    """Where requests start."""

    partner: str
    name: str


class Paper(Answer):
    """A paper that must be in the file before an approval of more than `over_cents`."""

    kind: str
    over_cents: int


class Item(Answer):
    """Something that a dote can pay for, under the rules in force: whether it can be asked for, up
    to how much (null: any amount), and with which papers."""

    code: str
    name: str
    can_be_requested: bool
    ceiling_cents: int | None
    papers: list[Paper]


class Category(Answer):
    """A category with its items; `provider`: the only partner that serves it."""

    code: str
    name: str
    provider: str | None
    health_data: bool
    items: list[Item]


class Band(Answer):
    """Who decides on more than `over_cents` and up to `to_cents` (null: any amount).

    `household_to_cents`: only while the household was granted no more than that in all (null:
    whatever it was granted). `votes`: those of `approvers` and of the coordinator together.
    """

    over_cents: int
    to_cents: int | None
    household_to_cents: int | None
    approvers: int
    votes: int
    different_partners: bool
    coordinator: bool
    in_order: bool


class PolicyInForce(Answer):
    """The rules in force."""

    version: int
    title: str | None
    effective_from: date
    bands: list[Band]


class Person(Answer):
    """Somebody. `name` is null for an account of another register."""

    account_id: UUID
    name: str | None


class Policy(Answer):
    """A version of the rules. `document` can be changed and adopted as the next one."""

    version: int
    title: str | None
    effective_from: date
    adopted_at: datetime
    adopted_by: Person
    in_force: bool
    document: Rules


class PolicyPage(Answer):
    """Versions of the rules, the newest first."""

    items: list[Policy]
    next_cursor: str | None


class Difference(Answer):
    """A decision that would have differed. `by`: who took it; `amount_cents`: what it was about;
    `reasons`: why, in words. Kinds about votes move no money."""

    dote_id: UUID
    number: str
    partner: str
    category: str
    item: str
    decision: Action
    at: datetime
    by: Person
    amount_cents: int
    kind: Kind
    reasons: list[str]


class Counted(Answer):
    """So many differences, and the granted money that they are about."""

    count: int
    cents: int


class OfKind(Counted):
    """The differences of a kind."""

    kind: Kind


class OfPerson(Counted):
    """The differences in what somebody decided."""

    account_id: UUID
    name: str | None


class OfPartner(Counted):
    """The differences on a partner's doti."""

    partner: str


class OfCategory(Counted):
    """The differences in a category."""

    category: str


class SimulationTotals(Answer):
    """All differences together. `refused_cents` was granted and would not have been,
    `allowed_cents` the other way round."""

    count: int
    refused_cents: int
    allowed_cents: int
    by_kind: list[OfKind]
    by_person: list[OfPerson]
    by_partner: list[OfPartner]
    by_category: list[OfCategory]


class Simulation(Answer):
    """What a draft of the rules would have changed in `looked_at` decisions, up to an index of the
    log. `left_out`: so many more differences are counted in the totals and not listed."""

    log_index: int
    looked_at: int
    differences: list[Difference]
    left_out: int
    totals: SimulationTotals


class Totals(Answer):
    """The programme's money."""

    funded_cents: int
    unallocated_cents: int
    allocated_cents: int
    available_cents: int
    committed_cents: int
    disbursed_cents: int
    documented_cents: int
    disallowed_cents: int


class Programme(Answer):
    """The programme: who takes part, what can be asked for, under which rules, with which money."""

    code: str
    name: str
    subtitle: str | None
    city: str
    currency: str
    version: int
    partners: list[Partner]
    desks: list[Desk]
    categories: list[Category]
    policy: PolicyInForce | None
    totals: Totals


class BudgetLine(Answer):
    """A budget line, partner × category."""

    partner: str
    category: str
    allocated_cents: int
    available_cents: int
    committed_cents: int
    disbursed_cents: int
    documented_cents: int
    disallowed_cents: int


class Transferred(Answer):
    """Both lines of a transfer, after it."""

    model_config = ConfigDict(serialize_by_alias=True, populate_by_name=True)

    source: BudgetLine = Field(alias="from")
    target: BudgetLine = Field(alias="to")
