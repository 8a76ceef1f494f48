"""What a draft of the rules must not say: each fault is refused with its place and the reason."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from itertools import pairwise
from typing import Protocol

from domain.errors import (
    BandNeedsLess,
    BandsGap,
    BandsOverlap,
    CapBelowCeiling,
    DateInThePast,
    DomainError,
    LastBandOpen,
    NamedTwice,
    SeparationOfDutiesOff,
    UnknownCode,
)
from domain.lifecycle import Stage
from domain.policy import Band, Rules


class Lists(Protocol):
    """The categories of a programme, each with its items."""

    @property
    def categories(self) -> Mapping[str, "HasItems"]:
        """By code."""


class HasItems(Protocol):
    """A category's items."""

    @property
    def items(self) -> Mapping[str, str]:
        """Code → name."""


def check(rules: Rules, programme: Lists, today: date) -> None:
    """Raises the first fault of rules that are to be adopted today."""
    for fault in faults(rules, programme, today):
        raise fault


def faults(rules: Rules, programme: Lists, today: date) -> Iterator[DomainError]:
    """Every fault of rules that are to be adopted today, in the order of the document."""
    if rules.effective_from is not None and rules.effective_from < today:
        yield DateInThePast("effective_from", rules.effective_from.isoformat())
    if not rules.separation_of_duties:
        yield SeparationOfDutiesOff("separation_of_duties")
    yield from _of_items(rules, programme)
    yield from _of_bands(rules.bands)
    yield from _of_caps(rules, programme)
    yield from _twice("deadlines", "stage", (deadline.stage for deadline in rules.deadlines))
    for n, deadline in enumerate(rules.deadlines):
        if deadline.stage is Stage.RATIFICATION:
            yield UnknownCode(f"deadlines.{n}.stage", deadline.stage)
    yield from _of_urgent(rules)


def _twice(part: str, name: str, values: Iterable[str]) -> Iterator[DomainError]:
    seen: set[str] = set()
    for n, value in enumerate(values):
        if value in seen:
            yield NamedTwice(f"{part}.{n}.{name}", value)
        seen.add(value)


def _of_items(rules: Rules, programme: Lists) -> Iterator[DomainError]:
    known = {item for category in programme.categories.values() for item in category.items}
    for n, rule in enumerate(rules.items):
        if rule.item not in known:
            yield UnknownCode(f"items.{n}.item", rule.item)
        yield from _twice(f"items.{n}.papers", "kind", (paper.kind for paper in rule.papers))
    yield from _twice("items", "item", (rule.item for rule in rules.items))


def _of_bands(bands: tuple[Band, ...]) -> Iterator[DomainError]:
    """From nothing to any amount, and never fewer people for more money."""
    if bands[0].over_cents:
        yield BandsGap("bands.0.over_cents", 0, bands[0].over_cents)
    for n, (lower, band) in enumerate(pairwise(bands), start=1):
        yield from _of_neighbours(n, lower, band)
    for n, band in enumerate(bands):
        if band.to_cents is not None and band.to_cents <= band.over_cents:
            yield BandsOverlap(f"bands.{n}.to_cents", band.to_cents)
    last = len(bands) - 1
    if bands[last].to_cents is not None:
        yield LastBandOpen(f"bands.{last}.to_cents")
    if bands[last].household_to_cents is not None:
        yield LastBandOpen(f"bands.{last}.household_to_cents")


def _of_neighbours(n: int, lower: Band, band: Band) -> Iterator[DomainError]:
    if lower.to_cents is None or band.over_cents < lower.to_cents:
        yield BandsOverlap(f"bands.{n}.over_cents", band.over_cents)
    elif band.over_cents > lower.to_cents:
        yield BandsGap(f"bands.{n}.over_cents", lower.to_cents, band.over_cents)
    if band.approvers < lower.approvers or (lower.coordinator and not band.coordinator):
        yield BandNeedsLess(f"bands.{n}.approvers")
    if lower.different_partners and not band.different_partners:
        yield BandNeedsLess(f"bands.{n}.different_partners")


def _of_caps(rules: Rules, programme: Lists) -> Iterator[DomainError]:
    for n, cap in enumerate(rules.caps):
        if cap.category is not None and cap.category not in programme.categories:
            yield UnknownCode(f"caps.{n}.category", cap.category)
        covered = {
            item
            for code, category in programme.categories.items()
            if cap.category in (None, code)
            for item in category.items
        }
        for rule in rules.items:
            if rule.item in covered and cap.cents < (rule.ceiling_cents or 0):
                yield CapBelowCeiling(f"caps.{n}.cents", rule.item, rule.ceiling_cents or 0)
    yield from _twice("caps", "days", (f"{cap.category or '-'} {cap.days}" for cap in rules.caps))


def _of_urgent(rules: Rules) -> Iterator[DomainError]:
    """One person may request and assess small amounts only: those that one approver decides on."""
    urgent = rules.urgent
    if urgent is None or not urgent.requester_may_assess:
        return
    small = rules.bands[0].to_cents
    if rules.bands[0].votes > 1 or (small is not None and urgent.to_cents > small) or small is None:
        yield SeparationOfDutiesOff("urgent.requester_may_assess")
