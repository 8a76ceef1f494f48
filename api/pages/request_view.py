"""The page of a request that is being written: what stands in it, and what is known by now."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from pydantic import TypeAdapter, ValidationError

from api.pages import typed
from api.pages.drafting import (
    AMOUNT,
    ITEM,
    OTHER_KIND,
    PARTNER,
    REQUEST,
    SEARCH,
    URGENT,
    Writing,
)
from api.pages.forms import Field, Filled, understood
from api.pages.household_list import Found, known_as, listed, search_words
from api.pages.member_fields import shaped
from api.pages.navigation import REQUESTERS
from api.pages.shell import Shell
from api.v1.household_answers import KnownPerson
from api.v1.household_view import HouseholdView
from api.v1.known_persons import known_persons
from api.v1.reads import Reads
from api.v1.views import View
from domain.actors import Actor
from domain.case import Case
from domain.errors import DomainError
from domain.household import Member, warnings
from domain.merging import KEEPERS
from domain.policy import ItemRule
from domain.programme import Category
from workflows.commands import RequestDote
from workflows.eventstore.access_log import Access
from workflows.requests import would_be

FOUND = 20
_NO_AMOUNT_CENTS = 1
_MEMBER = TypeAdapter(Member)


@dataclass(frozen=True, slots=True)
class Offered:
    """Something that can be asked for, with the rule of it that is in force."""

    code: str
    name: str
    rule: ItemRule


@dataclass(frozen=True, slots=True)
class Figures:
    """What an amount comes to; `amount_cents` None: none that can be read was typed yet."""

    case: Case
    amount_cents: int | None
    ceiling_cents: int | None
    papers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RequestPage:
    """A request in the making, in view of who makes it. `filled`: as its form came back."""

    page: Shell
    actor: Actor
    reads: Reads
    writing: Writing
    filled: Filled
    known: tuple[KnownPerson, ...] = ()
    view: View = field(init=False)

    def __post_init__(self) -> None:
        """Everything is seen through one view, which notes what it showed."""
        object.__setattr__(self, "view", View(self.page.services, self.actor, self.page.language))

    def values(self) -> dict[str, Any]:
        """All that the template is given."""
        writing = self.writing
        shown: dict[str, Any] = {
            "writing": writing,
            "filled": self.filled,
            "search": SEARCH,
            "found": None,
            "known": self.known,
            "household": None,
        }
        match writing.stage:
            case "finding":
                return shown | {"found": self._found()}
            case "registering":
                return shown | self._registering()
            case "asking":
                return shown | self._asking()

    def following(self) -> dict[str, Any]:
        """What follows from what was typed, without showing again who they are."""
        writing = self.writing
        shown: dict[str, Any] = {"writing": writing, "filled": self.filled}
        if writing.household_id is not None:
            household = HouseholdView(self.view).visible(writing.household_id)
            return shown | self._moving(household.id, household.partner)
        return shown | ({"warnings": self._warnings()} if writing.making else {})

    def _found(self) -> list[Found] | None:
        """The households that the words name; who is known at other desks is told as that."""
        words = search_words(self.writing.texts.get(SEARCH.name, ""))
        if words is None:
            return None
        found = listed(self.view, self.reads, words, FOUND)
        return found.households + known_as(self.view, words, found.households)

    def _registering(self) -> dict[str, Any]:
        desks = own_desks(self.page, self.actor)
        return {
            "fields": self.writing.fields,
            "partner": desk_field(desks) if len(desks) > 1 else None,
            "warnings": self._warnings(),
        }

    def _warnings(self) -> list[Any]:
        """What looks odd with who was typed, as far as it can be read yet."""
        values, _ = understood(self.filled, self.writing.fields, self.page.language)
        found = [_member(one) for one in shaped(values)["members"]]
        here = [one for one in found if one is not None]
        today = self.page.services.engine.today()
        if len(here) < len(found):
            return []  # the numbers of the persons would not be theirs
        return HouseholdView(self.view).warned(warnings(here, today))

    def _asking(self) -> dict[str, Any]:
        household_id = self.writing.household_id
        if household_id is None:
            raise ValueError("nobody asks for nobody")
        household = HouseholdView(self.view).now(household_id)
        self.reads.note(self.view, Access.HOUSEHOLD_READ, household_id)
        return {
            "household": household,
            "offered": self._offered(),
            "fields": REQUEST,
            "urgent": URGENT,
            **self._moving(household.id, household.partner),
        }

    def _moving(self, household_id: UUID, partner: str) -> dict[str, Any]:
        """What changes with the item and the amount."""
        figures = self._figures(household_id, partner)
        return {
            "category_names": {each.code: each.name for each in self._categories()},
            "figures": figures,
            "papers": figures.papers if figures else (),
            "other_kind": OTHER_KIND,
        }

    def _figures(self, household_id: UUID, partner: str) -> Figures | None:
        item = self.writing.texts.get(ITEM.name, "")
        category = category_of(self._categories(), item)
        if category is None:
            return None
        amount_cents = self._amount_cents()
        command = RequestDote(
            partner=partner,
            category=category.code,
            item=item,
            household_id=household_id,
            amount_cents=amount_cents or _NO_AMOUNT_CENTS,
            need="-",
        )
        services = self.page.services
        try:
            case = would_be(services.register, self.actor, command, services.engine.clock())
        except DomainError:
            return None  # sending it tells why
        rule = case.policy.item(item)
        papers = tuple(paper.kind for paper in rule.papers) if rule else ()
        return Figures(case, amount_cents, case.policy.ceiling_cents(item), papers)

    def _amount_cents(self) -> int | None:
        try:
            return typed.cents(self.filled.texts.get(AMOUNT.name, ""), self.page.language)
        except typed.Mistyped:
            return None

    def _categories(self) -> list[Category]:
        return list(self.page.services.register.programme().categories.values())

    def _offered(self) -> list[tuple[Category, list[Offered]]]:
        """What the rules in force let be asked for, by category."""
        services = self.page.services
        policy = services.register.programme().policy_on(services.engine.today())
        found = [
            (
                category,
                [
                    Offered(code, name, rule)
                    for code, name in category.items.items()
                    if (rule := policy.item(code)) is not None
                ],
            )
            for category in self._categories()
        ]
        return [(category, items) for category, items in found if items]


def category_of(categories: list[Category], item: str) -> Category | None:
    """The category of an item."""
    return next((each for each in categories if item in each.items), None)


def own_desks(page: Shell, actor: Actor) -> Mapping[str, str]:
    """The desks that somebody requests for."""
    scope = actor.scope(REQUESTERS)
    partners = page.services.register.programme().partners.values()
    return {
        each.code: each.desk
        for each in partners
        if each.desk is not None and (scope is None or each.code in scope)
    }


def desk_field(desks: Mapping[str, str]) -> Field:
    """The field that asks for which of them."""
    return Field(PARTNER.name, PARTNER.label, "select", choices=tuple(desks.items()))


def who_is_known(
    page: Shell, actor: Actor, reads: Reads, members: tuple[Member, ...]
) -> tuple[KnownPerson, ...]:
    """Who of these is registered already, at any desk."""
    found = known_persons(page.services, actor, page.language, members)
    reads.add(Access.SEARCHED, actor.role_for_any(KEEPERS), households=len(found))
    return tuple(found)


def _member(values: dict[str, Any]) -> Member | None:
    try:
        return _MEMBER.validate_python(values)
    except ValidationError:
        return None
