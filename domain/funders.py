"""What a funder of the programme asks for: versions of its rules."""

from domain.errors import UnknownCode
from domain.events.base import Stamp
from domain.events.programme import FunderRulesAdopted
from domain.funding_rules import FunderRules
from domain.programme import Programme


def rules_of(programme: Programme, funder: str) -> tuple[FunderRules, ...]:
    """All versions of a funder's rules, in their order. Raises UnknownCode."""
    if funder not in programme.funders:
        raise UnknownCode("funder", funder)
    return programme.funders[funder]


def adopt(
    programme: Programme, stamp: Stamp, funder: str, rules: FunderRules
) -> FunderRulesAdopted:
    """Other rules of a funder, from now on. Raises UnknownCode."""
    version = len(rules_of(programme, funder)) + 1
    for code in rules.categories:
        programme.category(code, "categories")
    items = {item for category in programme.categories.values() for item in category.items}
    for code in rules.items:
        if code not in items:
            raise UnknownCode("items", code)
    return FunderRulesAdopted.stamped(
        stamp,
        programme.id,
        programme.version + 1,
        funder=funder,
        version=version,
        rules=rules,
    )
