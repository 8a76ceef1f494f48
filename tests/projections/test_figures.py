"""What statistics count of households: their people, and merged ones as one."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

from domain.actors import Role, Signature
from domain.events.base import Event, Stamp
from domain.events.household import (
    HouseholdMerged,
    HouseholdRegistered,
    HouseholdUnmerged,
    MemberAdded,
    PersonalDataRecorded,
)
from domain.privacy import Sealed
from projections.figures import projection, queries
from projections.figures.queries import Chosen, InYear
from tests.register import TestRegister
from workflows.eventstore.log import Logged

NOW = datetime(2026, 3, 31, 22, 30, tzinfo=UTC)
STAMP = Stamp(NOW, Signature(account_id=uuid4(), role=Role.OPERATOR), "test", uuid4())
FIRST, SECOND, THIRD = (UUID(int=n) for n in (1, 2, 3))
SECRET = Sealed(FIRST, "c2VhbGVk")


def event(kind: type[Event], household: UUID, **data: Any) -> Event:  # noqa: ANN401  of the event
    return kind.stamped(STAMP, household, 1, **data)


def registered(household: UUID, adults: int, minors: int) -> Event:
    return event(
        HouseholdRegistered,
        household,
        number=f"N-{household.int}",
        partner="ROCCA",
        district="Mirafiori",
        adults=adults,
        minors=minors,
        personal=SECRET,
        notes=None,
    )


def write(register: TestRegister, *events: Event) -> None:
    with register.database.transaction() as tx:
        projection.write(tx, [Logged(n, NOW, one) for n, one in enumerate(events, 1)])


def requested(register: TestRegister, *households: UUID, at: datetime = NOW) -> None:
    with register.database.transaction() as tx:
        for household in households:
            tx.execute(
                "INSERT INTO doti (id, number, state, partner, category, item, household_id,"
                " created_at, changed_at, snapshot) VALUES (gen_random_uuid(), 'X', 'requested',"
                " 'ROCCA', 'EMERGENZA', 'AFFITTO', %s, %s, %s, %s::jsonb)",
                (household, at, at, '{"requested_cents": 100}'),
            )


def total(register: TestRegister) -> tuple[int, int, int, int]:
    with register.database.transaction() as tx:
        cell = queries.whole(tx, InYear(None, 2026), 5)
    return cell.households, cell.adults, cell.minors, cell.requested_cents


def test_people_are_counted_as_they_are_now(register: TestRegister) -> None:
    write(register, registered(FIRST, 2, 1))
    requested(register, FIRST)
    assert total(register) == (1, 2, 1, 100)
    write(register, event(MemberAdded, FIRST, member=SECRET, is_minor=True))
    assert total(register) == (1, 2, 2, 100)
    later = {"district": None, "adults": 1, "minors": 0, "personal": SECRET, "notes": None}
    write(register, event(PersonalDataRecorded, FIRST, **later))
    assert total(register) == (1, 1, 0, 100)


def test_merged_households_count_as_one_and_unmerged_ones_as_two(register: TestRegister) -> None:
    write(register, *(registered(home, n, 0) for n, home in enumerate((FIRST, SECOND, THIRD), 1)))
    requested(register, FIRST, SECOND, THIRD)
    assert total(register) == (3, 6, 0, 300)
    write(
        register,
        event(HouseholdMerged, FIRST, into=SECOND, reason=SECRET),
        event(HouseholdMerged, SECOND, into=THIRD, reason=SECRET),
    )
    assert total(register) == (1, 3, 0, 300)
    write(register, event(HouseholdUnmerged, SECOND, into=THIRD, reason=SECRET))
    assert total(register) == (2, 5, 0, 300)


def test_a_month_is_one_of_the_calendar_on_the_wall(register: TestRegister) -> None:
    write(register, registered(FIRST, 1, 0))
    requested(register, FIRST)
    with register.database.transaction() as tx:
        year = InYear(None, 2026)
        assert [cell.key for cell in queries.cells(tx, year, "month", 5)] == ["2026-04"]
        march = Chosen(None, until=datetime(2026, 4, 1, tzinfo=UTC).date())
        assert queries.doti(tx, march) == []


def test_a_year_begins_and_ends_on_the_wall(register: TestRegister) -> None:
    write(register, registered(FIRST, 1, 0))
    requested(register, FIRST, at=datetime(2026, 12, 31, 22, 59, tzinfo=UTC))
    requested(register, FIRST, at=datetime(2026, 12, 31, 23, 0, tzinfo=UTC))
    requested(register, FIRST, at=datetime(2025, 12, 31, 23, 0, tzinfo=UTC))
    with register.database.transaction() as tx:
        assert queries.years(tx, None) == [2027, 2026]
        assert queries.years(tx, frozenset({"SSALV"})) == []
        doti = {year: queries.whole(tx, InYear(None, year), 5).doti for year in range(2025, 2029)}
    assert doti == {2025: 0, 2026: 2, 2027: 1, 2028: 0}
