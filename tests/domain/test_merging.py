"""Two households count as one, and are taken apart again."""

from collections.abc import Callable
from dataclasses import replace
from uuid import UUID

import pytest
from hypothesis import given as for_all
from hypothesis import strategies as st

from domain.actors import Actor, Role
from domain.errors import (
    ConflictOfInterest,
    DomainError,
    Forbidden,
    HouseholdIsErased,
    IntoMerged,
    MergedHousehold,
    MergedWithItself,
    NotMerged,
    OthersMergedInto,
    OutsideOwnPartner,
)
from domain.events.household import HouseholdMerged, HouseholdUnmerged
from domain.household import Household, evolve
from domain.merging import Groups, merge, sign_for, unmerge
from domain.privacy import Private, notes_of
from tests.domain.facts_around import erased, merged, registered, unmerged
from tests.spec import (
    APPROVER,
    ASSESSOR,
    COORDINATOR,
    HOUSEHOLD,
    OPERATOR,
    OPERATOR_SSALV,
    OTHER_HOUSEHOLD,
    ROCCA,
    SSALV,
    actor,
    given,
    ident,
    stamp,
)

OTHER = replace(evolve(None, registered()), id=OTHER_HOUSEHOLD)
THIRD = ident(0x4003)


def into(other: Household = OTHER, *others: UUID) -> Callable[[Household], HouseholdMerged]:
    return lambda household: merge(household, stamp(COORDINATOR), other, others, "same tax code")


def apart(household: Household) -> HouseholdUnmerged:
    return unmerge(household, stamp(COORDINATOR), "a cousin")


def test_two_are_one() -> None:
    reason = Private(notes_of(HOUSEHOLD), "same tax code")
    after: Household = (
        given(registered()).when(into()).then(HouseholdMerged, into=OTHER_HOUSEHOLD, reason=reason)
    )
    assert after.merged_into == OTHER_HOUSEHOLD


def test_and_two_again() -> None:
    after: Household = (
        given(registered(), merged()).when(apart).then(HouseholdUnmerged, into=OTHER_HOUSEHOLD)
    )
    assert after == replace(given(registered()).state, version=3)
    given(registered(), merged(), unmerged()).when(into()).then(HouseholdMerged)


def test_not_with_itself() -> None:
    itself = evolve(None, registered())
    given(registered()).when(into(itself)).then_refused(MergedWithItself, field="into")


def test_it_is_one_step_deep() -> None:
    given(registered(), merged()).when(into()).then_refused(
        MergedHousehold, into=str(OTHER_HOUSEHOLD)
    )
    given(registered()).when(into(replace(OTHER, merged_into=THIRD))).then_refused(
        IntoMerged, into=str(THIRD)
    )
    given(registered()).when(into(OTHER, THIRD)).then_refused(OthersMergedInto, count=1)


def test_not_with_one_that_was_erased() -> None:
    gone = replace(OTHER, erased=erased())
    given(registered()).when(into(gone)).then_refused(HouseholdIsErased)
    given(registered(), erased()).when(into()).then_refused(HouseholdIsErased)
    given(registered(), merged(), erased()).when(apart).then_refused(HouseholdIsErased)


def test_what_is_not_merged_cannot_be_taken_apart() -> None:
    given(registered()).when(apart).then_refused(NotMerged)
    given(registered(), merged(), unmerged()).when(apart).then_refused(NotMerged)


OURS = evolve(None, registered(ROCCA))
THEIRS = replace(OTHER, partner=SSALV)


@pytest.mark.parametrize("who", [COORDINATOR, OPERATOR])
def test_two_of_ones_own_partner(who: Actor) -> None:
    assert sign_for(who, "merge", OURS, OTHER).account_id == who.account_id


def test_two_of_different_partners_are_the_coordinators() -> None:
    assert sign_for(COORDINATOR, "merge", OURS, THEIRS).role is Role.COORDINATOR
    both = actor(9, Role.OPERATOR, partner=ROCCA)
    both = replace(both, grants=(*both.grants, *OPERATOR_SSALV.grants))
    refused: list[tuple[Actor, type[DomainError]]] = [
        (OPERATOR, OutsideOwnPartner),
        (OPERATOR_SSALV, OutsideOwnPartner),
        (both, OutsideOwnPartner),
        (ASSESSOR, Forbidden),
        (APPROVER, Forbidden),
    ]
    for who, error in refused:
        with pytest.raises(error):
            sign_for(who, "merge", OURS, THEIRS)


def test_not_of_somebody_whom_one_is_too_near_to() -> None:
    for near in (HOUSEHOLD, OTHER_HOUSEHOLD):
        with pytest.raises(ConflictOfInterest):
            sign_for(replace(COORDINATOR, conflicts=frozenset({near})), "merge", OURS, THEIRS)


@for_all(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5))))
def test_groups_are_what_the_pairs_make(steps: list[tuple[int, int]]) -> None:
    """Against a list of pairs that is looked through each time."""
    groups, pairs = Groups(), list[tuple[int, int]]()
    for one, other in steps:
        known = [pair for pair in pairs if pair[0] == one]
        if known:
            pairs.remove(known[0])
            groups.unmerged(ident(one))
        elif one != other and not any(one == to or other == of for of, to in pairs):
            pairs.append((one, other))
            groups.merged(ident(one), ident(other))
        for each in range(6):
            goes_on = next((to for of, to in pairs if of == each), each)
            wanted = {goes_on, *(of for of, to in pairs if to == goes_on)}
            assert groups.of(ident(each)) == {ident(n) for n in wanted}
