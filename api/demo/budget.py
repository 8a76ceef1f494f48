"""The money of the demo's programme."""

from collections.abc import Iterator, Mapping
from random import Random

from api.demo.data import Stories
from api.programme_file import Do, ProgrammeData, Setting, funding
from workflows.commands import Allocate, Line, Transfer
from workflows.programme import allocate, transfer

LineKey = tuple[str, str]

EURO = 100
_ROUND_CENTS = 500 * EURO
_UNALLOCATED_CENTS = 300_000 * EURO
GIFT_CENTS = 12_500 * EURO
_TRANSFER_CENTS = 600 * EURO
_DESK_CENTS = (6_000 * EURO, 4_000 * EURO, 2_500 * EURO)
_OTHER_CENTS = (2_000 * EURO, 1_500 * EURO, 1_000 * EURO)


def settings(told: Stories, allocations: Mapping[LineKey, int]) -> Iterator[Setting]:
    """What follows when the programme is open: funding, and every budget line."""
    yield funding(told.funders[0], funds(allocations), 1)
    reason = told.reasons.allocation[0]
    for (owner, code), cents in allocations.items():
        command = Allocate(partner=owner, category=code, amount_cents=cents, reason=reason)
        yield Setting(f"line:{owner}:{code}", _allocate(command))


def funds(allocations: Mapping[LineKey, int]) -> int:
    """What the first funder gives: the budget lines, and what is left for the year."""
    return sum(allocations.values()) + _UNALLOCATED_CENTS


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
        funding(told.funders[1], GIFT_CENTS, 2),
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


def _allocate(command: Allocate) -> Do:
    return lambda work: allocate(work, command)
