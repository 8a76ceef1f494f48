"""Two records of one household: they count as one, and can be taken apart again.

One household goes on for both, and the other one's page says where it went. It is one step deep: a
household that goes on for others is not merged away itself. Nothing is moved, so that taking them
apart leaves both as if they had never been merged.
"""

from collections.abc import Iterable
from uuid import UUID

from domain.actors import Actor, Role, Signature
from domain.errors import (
    HouseholdIsErased,
    IntoMerged,
    MergedWithItself,
    NotMerged,
    OthersMergedInto,
)
from domain.events.base import Stamp
from domain.events.household import HouseholdMerged, HouseholdUnmerged
from domain.household import Household
from domain.permissions import sign_as

KEEPERS = frozenset({Role.OPERATOR, Role.COORDINATOR})
"""Who keeps what is known of households: operators for their own partner, coordinators for all."""


def sign_for(actor: Actor, action: str, *households: Household) -> Signature:
    """The signature of who may do this to all of these households, or the refusal."""
    partners = [household.partner for household in households]
    return sign_as(KEEPERS, action, actor, partners, *(household.id for household in households))


def merge(
    household: Household, stamp: Stamp, into: Household, others: Iterable[UUID], reason: str
) -> HouseholdMerged:
    """`into` goes on for both. `others`: the households that were merged into the first one."""
    if household.id == into.id:
        raise MergedWithItself("into")
    household.check_writable()
    count = len(list(others))
    if count:
        raise OthersMergedInto(count)
    if into.erased is not None:
        raise HouseholdIsErased
    if into.merged_into is not None:
        raise IntoMerged(str(into.merged_into))
    return household.then(HouseholdMerged, stamp, into=into.id, reason=household.told(reason))


def unmerge(household: Household, stamp: Stamp, reason: str) -> HouseholdUnmerged:
    """The two were not the same."""
    if household.erased is not None:
        raise HouseholdIsErased
    if household.merged_into is None:
        raise NotMerged
    return household.then(
        HouseholdUnmerged, stamp, into=household.merged_into, reason=household.told(reason)
    )


class Groups:
    """Which households count as one, followed through the events."""

    def __init__(self) -> None:
        self._into: dict[UUID, UUID] = {}
        self._others: dict[UUID, set[UUID]] = {}

    def merged(self, household_id: UUID, into: UUID) -> None:
        """A household counts with another one from now on."""
        self._into[household_id] = into
        self._others.setdefault(into, set()).add(household_id)

    def unmerged(self, household_id: UUID) -> None:
        """It counts by itself again."""
        into = self._into.pop(household_id, None)
        if into is not None:
            self._others[into].discard(household_id)

    def of(self, household_id: UUID) -> frozenset[UUID]:
        """A household and those that it counts with."""
        goes_on = self._into.get(household_id, household_id)
        return frozenset({goes_on, *self._others.get(goes_on, ())})
