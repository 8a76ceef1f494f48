"""Events of a household."""

from typing import Annotated

from pydantic import Field

from domain.events.base import Event
from domain.privacy import Secret
from domain.text import Code, Label

Count = Annotated[int, Field(ge=0, le=50)]


class HouseholdRegistered(Event):
    """A desk registers a household.

    `personal`: its members, address and hardships, sealed together (`domain.household.Personal`).
    `district` stays readable for the statistics by neighbourhood, and the counts by age.
    """

    number: Label
    partner: Code
    district: Label | None
    adults: Count
    minors: Count
    personal: Secret


HouseholdEvent = HouseholdRegistered
