"""A network's programme as a JSON file: read, checked, and opened by the ordinary commands.

`api/demo/programme.json` is one.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from pydantic import BaseModel, ConfigDict

from domain.events.base import Event, Stamp
from domain.events.programme import PartnerRole
from domain.policy import Rules
from domain.policy_check import check
from domain.programme import Category, Programme
from domain.text import Code, Label
from workflows.engine import Outcome, Work
from workflows.policies import adopt
from workflows.programme import change, open_register

Do = Callable[[Work], Outcome]


class Data(BaseModel):
    """A part of a data file."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class PartnerData(Data):
    """An organisation; with a `desk` it also has the `district` where the desk is."""

    code: Code
    name: Label
    role: PartnerRole
    activity: Label | None = None
    desk: Label | None = None
    district: Label | None = None


class Named(Data):
    """A code and what people call it."""

    code: Code
    name: Label


class CategoryData(Named):
    """A category with its items."""

    provider: Code | None = None
    health_data: bool = False
    items: tuple[Named, ...]


class Area(Named):
    """An area of work of the programme."""

    what: Label


class ProgrammeData(Data):
    """The facts of the programme, and the rules that it begins with."""

    code: str
    name: Label
    subtitle: Label
    city: Label
    currency: str
    policy: Rules
    partners: tuple[PartnerData, ...]
    categories: tuple[CategoryData, ...]
    areas: tuple[Area, ...]
    recipients: tuple[Named, ...]
    hardships: tuple[Label, ...]

    @property
    def desks(self) -> tuple[PartnerData, ...]:
        """The partners that have a desk."""
        return tuple(partner for partner in self.partners if partner.desk)

    def check_policy(self, today: date) -> None:
        """Raises what the rules would be refused with when all the rest is there."""
        check(self.policy, _Lists({each.code: _listed(each) for each in self.categories}), today)


@dataclass(frozen=True, slots=True)
class _Lists:
    categories: Mapping[str, Category]


def _listed(category: CategoryData) -> Category:
    items = {item.code: item.name for item in category.items}
    return Category(category.code, category.name, category.provider, category.health_data, items)


@dataclass(frozen=True, slots=True)
class Setting:
    """One step of the set-up, by the coordinator; `name` tells it from the others."""

    name: str
    do: Do


def settings(data: ProgrammeData) -> Iterator[Setting]:
    """The programme itself, its partners, desks, categories and items, and its rules."""
    yield _opening(data)
    for partner in data.partners:
        yield Setting(f"partner:{partner.code}", _join(partner))
        if partner.desk is not None:
            yield Setting(f"desk:{partner.code}", _open_desk(partner.code, partner.desk))
    for category in data.categories:
        yield Setting(f"category:{category.code}", _define_category(category))
        for item in category.items:
            yield Setting(f"item:{item.code}", _define_item(category.code, item.code, item.name))
    yield Setting("policy:1", lambda work: adopt(work, data.policy))


def funding(funder: str, cents: int, nth: int) -> Setting:
    """A funder puts money in."""
    return Setting(
        f"funding:{nth}",
        changing("grant_funding", lambda p, s: p.grant_funding(s, funder, cents)),
    )


def changing(action: str, decide: Callable[[Programme, Stamp], Event]) -> Do:
    """A change of the programme as a step."""
    return lambda work: change(work, action, decide)


def _opening(data: ProgrammeData) -> Setting:
    return Setting(
        "programme",
        lambda work: open_register(
            work,
            data.code,
            data.name,
            subtitle=data.subtitle,
            city=data.city,
            currency=data.currency,
        ),
    )


def _join(who: PartnerData) -> Do:
    return changing("join", lambda p, s: p.join(s, who.code, who.name, who.role, who.activity))


def _open_desk(code: str, name: str) -> Do:
    return changing("open_desk", lambda p, s: p.open_desk(s, code, name))


def _define_category(what: CategoryData) -> Do:
    return changing(
        "define_category",
        lambda p, s: p.define_category(
            s, what.code, what.name, provider=what.provider, health_data=what.health_data
        ),
    )


def _define_item(category: str, code: str, name: str) -> Do:
    return changing("define_item", lambda p, s: p.define_item(s, category, code, name))
