"""Households that are to be erased, and who does it."""

from datetime import date
from typing import Any
from uuid import uuid4

from domain import erasure, household
from domain.actors import SYSTEM, Actor
from domain.erasure import Group, Kept
from domain.events.base import Stamp
from domain.events.household import HouseholdEvent
from domain.retention import Retention
from tests.domain.facts_around import (
    registered,
)
from tests.spec import (
    NOW,
    TODAY,
)

RETENTION = Retention(accounting_years=10, notes_months=24, notice_days=30)


def a_group(*happened: HouseholdEvent, **known: object) -> Group:
    """A household after these events, with nothing open and no money unless it is said."""
    there = household.project(None, [registered(), *happened])
    assert there is not None
    usual: dict[str, Any] = {"open_doti": 0, "moved_on": None, "seen_on": TODAY, "files": 2}
    return Group((Kept(there, **{**usual, **known}),))


def by(who: Actor, group: Group) -> Stamp:
    return Stamp(NOW, erasure.eraser(who, group), "test", uuid4())


def on(day: date) -> Stamp:
    """The register itself, on a day."""
    at = NOW + (day - TODAY)
    return Stamp(at, SYSTEM.sign(SYSTEM.grants[0]), "test", uuid4())
