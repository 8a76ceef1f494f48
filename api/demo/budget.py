"""How the programme is set up: its lists, its rules, its money."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from random import Random

from api.demo.data import ProgrammeData, Stories
from domain.events.base import Event, Stamp
from domain.policy import Policy
from domain.programme import Programme
from workflows.commands import Allocate, Line, Transfer
from workflows.engine import Outcome, Work
from workflows.programme import allocate, change, open_register, transfer

LineKey = tuple[str, str]
Do = Callable[[Work], Outcome]

EURO = 100
_ROUND_CENTS = 500 * EURO
_UNALLOCATED_CENTS = 300_000 * EURO
_GIFT_CENTS = 12_500 * EURO
_TRANSFER_CENTS = 600 * EURO
_DESK_CENTS = (6_000 * EURO, 4_000 * EURO, 2_500 * EURO)
_OTHER_CENTS = (2_000 * EURO, 1_500 * EURO, 1_000 * EURO)


@dataclass(frozen=True, slots=True)
class Setting:
    """One step of the set-up, by the coordinator; `name` tells it from the others."""

    name: str
    do: Do


def opening(data: ProgrammeData) -> Setting:
    """The first event of the register."""
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


def settings(
    data: ProgrammeData, told: Stories, allocations: Mapping[LineKey, int]
) -> Iterator[Setting]:
    """Partners, desks, categories, items, rules, funding, and every budget line."""
    for partner in data.partners:
        yield Setting(f"partner:{partner.code}", _join(partner.code, data))
        if partner.desk is not None:
            yield Setting(f"desk:{partner.code}", _open_desk(partner.code, partner.desk))
    for category in data.categories:
        yield Setting(f"category:{category.code}", _define_category(category.code, data))
        for item in category.items:
            yield Setting(f"item:{item.code}", _define_item(category.code, item.code, item.name))
    policy = Policy(version=1, single_approver_cents=data.single_approver_cents)
    yield Setting("policy:1", _change("adopt_policy", lambda p, s: p.adopt(s, policy)))
    yield funding(told.funders[0], sum(allocations.values()) + _UNALLOCATED_CENTS, 1)
    reason = told.reasons.allocation[0]
    for (owner, code), cents in allocations.items():
        command = Allocate(partner=owner, category=code, amount_cents=cents, reason=reason)
        yield Setting(f"line:{owner}:{code}", _allocate(command))


def later(data: ProgrammeData, told: Stories) -> tuple[Setting, Setting]:
    """What moves during the year: a gift, and budget that goes where it is needed."""
    lead = next(partner.code for partner in data.partners if partner.role == "lead")
    category = data.categories[0].code
    command = Transfer(
        source=Line(partner=lead, category=category),
        target=Line(partner=data.desks[0].code, category=category),
        amount_cents=_TRANSFER_CENTS,
        reason=told.reasons.transfer[0],
    )
    return (
        funding(told.funders[1], _GIFT_CENTS, 2),
        Setting("transfer:1", lambda work: transfer(work, command)),
    )


def allocations(
    data: ProgrammeData, granted_cents: Mapping[LineKey, int], rng: Random
) -> dict[LineKey, int]:
    """What goes onto each line of the budget: more where a desk is, and always enough."""
    amounts = {}
    for partner in data.partners:
        usual = _DESK_CENTS if partner.desk else _OTHER_CENTS
        for nth, category in enumerate(data.categories):
            line = partner.code, category.code
            cents = max(
                usual[min(nth, len(usual) - 1)] * rng.randint(90, 125) // 100,
                granted_cents.get(line, 0) * 5 // 4 + 2 * _ROUND_CENTS if partner.desk else 0,
            )
            amounts[line] = -(-cents // _ROUND_CENTS) * _ROUND_CENTS
    return amounts


def funding(funder: str, cents: int, nth: int) -> Setting:
    """A funder puts money in."""
    return Setting(
        f"funding:{nth}", _change("grant_funding", lambda p, s: p.grant_funding(s, funder, cents))
    )


def _join(code: str, data: ProgrammeData) -> Do:
    who = next(partner for partner in data.partners if partner.code == code)
    return _change("join", lambda p, s: p.join(s, who.code, who.name, who.role, who.activity))


def _open_desk(code: str, name: str) -> Do:
    return _change("open_desk", lambda p, s: p.open_desk(s, code, name))


def _define_category(code: str, data: ProgrammeData) -> Do:
    what = next(category for category in data.categories if category.code == code)
    return _change(
        "define_category",
        lambda p, s: p.define_category(
            s, what.code, what.name, provider=what.provider, health_data=what.health_data
        ),
    )


def _define_item(category: str, code: str, name: str) -> Do:
    return _change("define_item", lambda p, s: p.define_item(s, category, code, name))


def _allocate(command: Allocate) -> Do:
    return lambda work: allocate(work, command)


def _change(action: str, decide: Callable[[Programme, Stamp], Event]) -> Do:
    return lambda work: change(work, action, decide)
