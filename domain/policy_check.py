"""What a draft of the rules must not say: each fault is refused with its place and the reason."""

from collections.abc import Iterable, Mapping
from datetime import date
from itertools import pairwise
from typing import Protocol

from domain.errors import (
    BandNeedsLess,
    BandsGap,
    BandsOverlap,
    CapBelowCeiling,
    DateInThePast,
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
    if rules.effective_from is not None and rules.effective_from < today:
        raise DateInThePast("effective_from", rules.effective_from.isoformat())
    if not rules.separation_of_duties:
        raise SeparationOfDutiesOff("separation_of_duties")
    _check_items(rules, programme)
    _check_bands(rules.bands)
    _check_caps(rules, programme)
    _once("deadlines", "stage", (deadline.stage for deadline in rules.deadlines))
    for n, deadline in enumerate(rules.deadlines):
        if deadline.stage is Stage.RATIFICATION:
            raise UnknownCode(f"deadlines.{n}.stage", deadline.stage)
    _check_urgent(rules)


def _once(part: str, name: str, values: Iterable[str]) -> None:
    seen: set[str] = set()
    for n, value in enumerate(values):
        if value in seen:
            raise NamedTwice(f"{part}.{n}.{name}", value)
        seen.add(value)


def _check_items(rules: Rules, programme: Lists) -> None:
    known = {item for category in programme.categories.values() for item in category.items}
    for n, rule in enumerate(rules.items):
        if rule.item not in known:
            raise UnknownCode(f"items.{n}.item", rule.item)
        _once(f"items.{n}.papers", "kind", (paper.kind for paper in rule.papers))
    _once("items", "item", (rule.item for rule in rules.items))


def _check_bands(bands: tuple[Band, ...]) -> None:
    """From nothing to any amount, and never fewer people for more money."""
    if bands[0].over_cents:
        raise BandsGap("bands.0.over_cents", 0, bands[0].over_cents)
    for n, (lower, band) in enumerate(pairwise(bands), start=1):
        if lower.to_cents is None or band.over_cents < lower.to_cents:
            raise BandsOverlap(f"bands.{n}.over_cents", band.over_cents)
        if band.over_cents > lower.to_cents:
            raise BandsGap(f"bands.{n}.over_cents", lower.to_cents, band.over_cents)
        if band.approvers < lower.approvers or (lower.coordinator and not band.coordinator):
            raise BandNeedsLess(f"bands.{n}.approvers")
        if lower.different_partners and not band.different_partners:
            raise BandNeedsLess(f"bands.{n}.different_partners")
    for n, band in enumerate(bands):
        if band.to_cents is not None and band.to_cents <= band.over_cents:
            raise BandsOverlap(f"bands.{n}.to_cents", band.to_cents)
    last = len(bands) - 1
    if bands[last].to_cents is not None:
        raise LastBandOpen(f"bands.{last}.to_cents")
    if bands[last].household_to_cents is not None:
        raise LastBandOpen(f"bands.{last}.household_to_cents")


def _check_caps(rules: Rules, programme: Lists) -> None:
    for n, cap in enumerate(rules.caps):
        if cap.category is not None and cap.category not in programme.categories:
            raise UnknownCode(f"caps.{n}.category", cap.category)
        covered = {
            item
            for code, category in programme.categories.items()
            if cap.category in (None, code)
            for item in category.items
        }
        for rule in rules.items:
            if rule.item in covered and cap.cents < (rule.ceiling_cents or 0):
                raise CapBelowCeiling(f"caps.{n}.cents", rule.item, rule.ceiling_cents or 0)
    _once("caps", "days", (f"{cap.category or '-'} {cap.days}" for cap in rules.caps))


def _check_urgent(rules: Rules) -> None:
    """One person may request and assess small amounts only: those that one approver decides on."""
    urgent = rules.urgent
    if urgent is None or not urgent.requester_may_assess:
        return
    small = rules.bands[0].to_cents
    if rules.bands[0].votes > 1 or (small is not None and urgent.to_cents > small) or small is None:
        raise SeparationOfDutiesOff("urgent.requester_may_assess")
