"""The programme: who takes part, what can be asked for, under which rules, with which money."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import TypeVar, assert_never
from uuid import UUID, uuid5

from domain import periods
from domain.bank_columns import Mapping as Columns
from domain.days import day_here, month_of
from domain.errors import (
    Duplicate,
    ItemNotAsked,
    ItemOfAnotherCategory,
    NoDesk,
    ProgrammeMissing,
    SameLine,
    TooManyColumns,
    UnallocatedExceeded,
    UnknownCode,
    WrongStream,
)
from domain.events.base import Event, Stamp
from domain.events.programme import (
    BankAccountOpened,
    BankColumnsRemoved,
    BankColumnsSaved,
    BudgetAllocated,
    BudgetLine,
    BudgetTransferred,
    CategoryDefined,
    DeskOpened,
    FunderRulesAdopted,
    FundingGranted,
    ItemDefined,
    PartnerJoined,
    PeriodCloseAsked,
    PeriodClosed,
    PeriodReopenAsked,
    PeriodReopened,
    PolicyAdopted,
    ProgrammeEvent,
    ProgrammeOpened,
    RetentionAdopted,
)
from domain.funding_rules import FunderRules
from domain.own_account import MOST_SAVED, BankAccount
from domain.periods import Books
from domain.policy import Policy, Rules
from domain.policy_check import check
from domain.retention import Retention

AnEvent = TypeVar("AnEvent", bound=Event)

PROGRAMME_ID = uuid5(UUID("6f1f6a3e-5f1c-5d0e-9a54-0d0715c1a551"), "programme")
"""The stream of the register's programme: a register holds one."""


@dataclass(frozen=True, slots=True)
class Partner:
    """An organisation of the network; `desk` is the name of its desk, if it has one."""

    code: str
    name: str
    role: str
    activity: str | None
    desk: str | None = None

    @property
    def called(self) -> str:
        """As people call it: by its desk, if it has one."""
        return self.desk or self.name


@dataclass(frozen=True, slots=True)
class Category:
    """A category with its items (code → name, in their order)."""

    code: str
    name: str
    provider: str | None
    health_data: bool
    items: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Adoption:
    """When rules or times of retention were adopted, and by which account."""

    at: datetime
    by: UUID


@dataclass(frozen=True, slots=True)
class Programme:
    """The programme as its events tell it. `unallocated_cents` is funding not yet on a line.

    `policies` and `adoptions`: by the version of the rules. `retention_adopted`: None until the
    usual times are replaced by the network's own.
    """

    id: UUID
    version: int
    code: str
    name: str
    subtitle: str | None
    city: str
    currency: str
    partners: Mapping[str, Partner]
    categories: Mapping[str, Category]
    policies: Mapping[int, Policy]
    books: Books
    funders: Mapping[str, tuple[FunderRules, ...]] = field(default_factory=dict)
    funded_cents: int = 0
    unallocated_cents: int = 0
    adoptions: Mapping[int, Adoption] = field(default_factory=dict)
    retention: Retention = Retention()  # noqa: RUF009  frozen
    retention_adopted: Adoption | None = None
    bank_accounts: Mapping[str, BankAccount] = field(default_factory=dict)

    def in_force(self, day: date) -> Policy | None:
        """The version in force on a day: the last one adopted of those that had begun."""
        begun = [known for known in self.policies.values() if known.effective_from <= day]
        return max(begun, key=lambda policy: policy.version, default=None)

    def policy_on(self, day: date) -> Policy:
        """The version in force on a day. Without rules nothing is open yet."""
        policy = self.in_force(day)
        if policy is None:
            raise ProgrammeMissing
        return policy

    @property
    def retention_since(self) -> date | None:
        """Since which day the times of retention are these; None: from the beginning."""
        return None if self.retention_adopted is None else day_here(self.retention_adopted.at)

    def bank_account(self, code: str, field: str = "account") -> BankAccount:
        """The bank account with this code, or a refusal that names the field."""
        if code not in self.bank_accounts:
            raise UnknownCode(field, code)
        return self.bank_accounts[code]

    def partner(self, code: str, field: str = "partner") -> Partner:
        """The partner with this code, or a refusal that names the field."""
        if code not in self.partners:
            raise UnknownCode(field, code)
        return self.partners[code]

    def category(self, code: str, field: str = "category") -> Category:
        """The category with this code, or a refusal that names the field."""
        if code not in self.categories:
            raise UnknownCode(field, code)
        return self.categories[code]

    def line(self, partner: str, category: str, where: str = "") -> BudgetLine:
        """The budget line of these two codes. `where` is put before the field's name."""
        self.partner(partner, f"{where}partner")
        self.category(category, f"{where}category")
        return BudgetLine(partner=partner, category=category)

    def check_request(self, policy: Policy, partner: str, category: str, item: str) -> str:
        """The desk where such a dote is requested under these rules, or the refusal."""
        desk = self.partner(partner).desk
        if item not in self.category(category).items:
            for other in self.categories.values():
                if item in other.items:
                    raise ItemOfAnotherCategory("item", item, other.code)
            raise UnknownCode("item", item)
        if desk is None:
            raise NoDesk("partner", partner)
        if policy.item(item) is None:
            raise ItemNotAsked("item", item)
        return desk

    def join(
        self, stamp: Stamp, code: str, name: str, role: str, activity: str | None
    ) -> PartnerJoined:
        """A partner takes part."""
        if code in self.partners:
            raise Duplicate(code)
        return self._next(PartnerJoined, stamp, code=code, name=name, role=role, activity=activity)

    def open_desk(self, stamp: Stamp, partner: str, name: str) -> DeskOpened:
        """A partner opens its desk."""
        if self.partner(partner).desk is not None:
            raise Duplicate(partner)
        return self._next(DeskOpened, stamp, partner=partner, name=name)

    def define_category(
        self, stamp: Stamp, code: str, name: str, *, provider: str | None, health_data: bool
    ) -> CategoryDefined:
        """A new category; its provider must be a partner."""
        if code in self.categories:
            raise Duplicate(code)
        if provider is not None:
            self.partner(provider, "provider")
        return self._next(
            CategoryDefined,
            stamp,
            code=code,
            name=name,
            provider=provider,
            health_data=health_data,
        )

    def define_item(self, stamp: Stamp, category: str, code: str, name: str) -> ItemDefined:
        """A new item; its code is new in the whole programme."""
        self.category(category)
        if any(code in known.items for known in self.categories.values()):
            raise Duplicate(code)
        return self._next(ItemDefined, stamp, category=category, code=code, name=name)

    def adopt(self, stamp: Stamp, rules: Rules) -> PolicyAdopted:
        """The next version of the rules, in force from today or a later day on."""
        today = stamp.day
        check(rules, self, today)
        policy = Policy.of(rules, len(self.policies) + 1, rules.effective_from or today)
        return self._next(PolicyAdopted, stamp, policy=policy)

    def adopt_retention(self, stamp: Stamp, retention: Retention) -> RetentionAdopted:
        """How long what is kept of persons is kept, from now on."""
        return self._next(RetentionAdopted, stamp, retention=retention)

    def open_bank_account(self, stamp: Stamp, code: str, name: str, iban: str) -> BankAccountOpened:
        """The programme has an account at a bank; the same one is known under one code."""
        for known in self.bank_accounts.values():
            if known.code == code or known.iban == iban:
                raise Duplicate(known.code)
        return self._next(BankAccountOpened, stamp, code=code, name=name, iban=iban)

    def save_columns(
        self, stamp: Stamp, account: str, name: str, columns: Columns
    ) -> BankColumnsSaved:
        """Tables of an account are read like this from now on."""
        known = self.bank_account(account)
        if name not in known.columns and len(known.columns) >= MOST_SAVED:
            raise TooManyColumns(MOST_SAVED)
        kept = columns.to_keep()
        return self._next(BankColumnsSaved, stamp, account=account, name=name, columns=kept)

    def remove_columns(self, stamp: Stamp, account: str, name: str) -> BankColumnsRemoved:
        """They are not read like this any more."""
        if name not in self.bank_account(account).columns:
            raise UnknownCode("name", name)
        return self._next(BankColumnsRemoved, stamp, account=account, name=name)

    def grant_funding(self, stamp: Stamp, funder: str, amount_cents: int) -> FundingGranted:
        """Money comes into the programme."""
        return self._next(FundingGranted, stamp, funder=funder, amount_cents=amount_cents)

    def allocate(
        self, stamp: Stamp, line: BudgetLine, amount_cents: int, reason: str
    ) -> BudgetAllocated:
        """Money goes onto a budget line, if there is as much."""
        if amount_cents > self.unallocated_cents:
            raise UnallocatedExceeded(self.unallocated_cents)
        return self._next(
            BudgetAllocated, stamp, line=line, amount_cents=amount_cents, reason=reason
        )

    def transfer(
        self,
        stamp: Stamp,
        source: BudgetLine,
        target: BudgetLine,
        amount_cents: int,
        reason: str,
    ) -> BudgetTransferred:
        """Money goes from a line to another. What the source has is the ledger's to check."""
        if source == target:
            raise SameLine("to")
        return self._next(
            BudgetTransferred,
            stamp,
            source=source,
            target=target,
            amount_cents=amount_cents,
            reason=reason,
        )

    def open_day(self, day: date) -> date:
        """The day; or the first open one after it, where its month is closed."""
        return self.books.open_day(day)

    def check_open(self, day: date) -> None:
        """Refuses what is dated into a closed month. Raises MonthClosed."""
        self.books.check_open(day)

    def _next(self, kind: type[AnEvent], stamp: Stamp, /, **data: object) -> AnEvent:
        return kind.stamped(stamp, self.id, self.version + 1, **data)


def open_programme(
    stamp: Stamp, code: str, name: str, *, subtitle: str | None, city: str, currency: str
) -> ProgrammeOpened:
    """The first event of the register's programme."""
    return ProgrammeOpened.stamped(
        stamp,
        PROGRAMME_ID,
        1,
        code=code,
        name=name,
        subtitle=subtitle,
        city=city,
        currency=currency,
    )


def evolve(programme: Programme | None, event: ProgrammeEvent) -> Programme:
    """The programme after the event."""
    if programme is None:
        if not isinstance(event, ProgrammeOpened):
            raise WrongStream(f"a programme does not begin with {type(event).__name__}")
        return Programme(
            id=event.originator_id,
            version=event.originator_version,
            code=event.code,
            name=event.name,
            subtitle=event.subtitle,
            city=event.city,
            currency=event.currency,
            partners={},
            categories={},
            policies={},
            books=Books(month_of(day_here(event.at))),
        )
    return replace(_apply(programme, event), version=event.originator_version)


def _apply(known: Programme, event: ProgrammeEvent) -> Programme:
    match event:
        case ProgrammeOpened():
            raise ValueError("a programme opens once")
        case PartnerJoined():
            partner = Partner(event.code, event.name, event.role, event.activity)
            return replace(known, partners={**known.partners, event.code: partner})
        case DeskOpened():
            partner = replace(known.partners[event.partner], desk=event.name)
            return replace(known, partners={**known.partners, event.partner: partner})
        case CategoryDefined():
            category = Category(event.code, event.name, event.provider, event.health_data, {})
            return replace(known, categories={**known.categories, event.code: category})
        case ItemDefined():
            category = known.categories[event.category]
            category = replace(category, items={**category.items, event.code: event.name})
            return replace(known, categories={**known.categories, event.category: category})
        case PolicyAdopted():
            version = event.policy.version
            adoption = Adoption(event.at, event.by.account_id)
            return replace(
                known,
                policies={**known.policies, version: event.policy},
                adoptions={**known.adoptions, version: adoption},
            )
        case RetentionAdopted():
            adopted = Adoption(event.at, event.by.account_id)
            return replace(known, retention=event.retention, retention_adopted=adopted)
        case BankAccountOpened():
            return _with_account(known, BankAccount(event.code, event.name, event.iban))
        case BankColumnsSaved():
            account = known.bank_accounts[event.account].without(event.name)
            columns = {**account.columns, event.name: event.columns}
            return _with_account(known, replace(account, columns=columns))
        case BankColumnsRemoved():
            return _with_account(known, known.bank_accounts[event.account].without(event.name))
        case FundingGranted():
            return replace(
                known,
                funders={event.funder: (), **known.funders},
                funded_cents=known.funded_cents + event.amount_cents,
                unallocated_cents=known.unallocated_cents + event.amount_cents,
            )
        case BudgetAllocated():
            left = known.unallocated_cents - event.amount_cents
            return replace(known, unallocated_cents=left)
        case BudgetTransferred():
            return known
        case PeriodCloseAsked() | PeriodClosed() | PeriodReopenAsked() | PeriodReopened():
            return replace(known, books=periods.evolve(known.books, event))
        case FunderRulesAdopted():
            rules = (*known.funders[event.funder], event.rules)
            return replace(known, funders={**known.funders, event.funder: rules})
        case _:
            assert_never(event)


def project(programme: Programme | None, events: Iterable[ProgrammeEvent]) -> Programme | None:
    """The programme after all the events."""
    for event in events:
        programme = evolve(programme, event)
    return programme


def _with_account(known: Programme, account: BankAccount) -> Programme:
    return replace(known, bank_accounts={**known.bank_accounts, account.code: account})
