"""The demonstration's plan, its invented people and their papers."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime
from itertools import pairwise
from random import Random

import pytest
from stdnum import iban
from stdnum.it import codicefiscale

from api.demo.data import programme_data, stories
from api.demo.fates import shares
from api.demo.papers import paper
from api.demo.persons import Persons, bank_account, tax_code
from api.demo.plan import Wanted, make_plan
from api.demo.working_time import WorkingTime, is_working_day
from domain.lifecycle import State
from tests.api.demonstration import DOTI, NOW

# The plan


def test_the_same_seed_and_end_give_the_same_plan_and_another_seed_another() -> None:
    def outline(seed: int) -> list[tuple[str, datetime, str]]:
        return [(step.key, step.at, step.by) for step in make_plan(Wanted(seed, 40, NOW))]

    assert outline(1) == outline(1)
    assert outline(1) != outline(2)


@pytest.mark.parametrize("doti", [1, 8, DOTI, 300])
def test_every_step_is_later_than_the_one_before_and_in_working_hours(doti: int) -> None:
    steps = make_plan(Wanted(3, doti, NOW))
    assert all(one.at < other.at for one, other in pairwise(steps))
    assert len({step.key for step in steps}) == len(steps)
    assert steps[-1].at < NOW
    assert (NOW - steps[0].at).days in range(360, 366)
    for step in steps:
        # Between 9 and 18 in Italy, in winter or in summer.
        assert 7 <= step.at.hour < 17
        assert is_working_day(step.at.date())


@pytest.mark.parametrize("doti", [9, DOTI, 100, 300])
def test_as_many_doti_as_wanted_in_every_state(doti: int) -> None:
    states = Counter(fate.state for fate in shares(doti))
    assert states.total() == doti
    assert states.keys() == set(State)


def test_most_of_three_hundred_doti_are_at_their_end() -> None:
    states = Counter(fate.state for fate in shares(300))
    assert 150 <= states[State.ACCOUNTED_FOR] <= 180
    assert all(count >= 6 for count in states.values())


def test_working_time_is_the_desks() -> None:
    axis = WorkingTime(datetime(2026, 4, 1, tzinfo=UTC), datetime(2026, 4, 8, tzinfo=UTC))
    # Wednesday to Tuesday, without the weekend and Easter Monday: four days of eight hours.
    assert axis.length_s == 4 * 8 * 3600
    assert axis.moment(0) == datetime(2026, 4, 1, 7, 0, tzinfo=UTC)
    assert axis.moment(4 * 3600) == datetime(2026, 4, 1, 12, 0, tzinfo=UTC)
    assert axis.moment(8 * 3600) == datetime(2026, 4, 2, 7, 0, tzinfo=UTC)
    assert not is_working_day(date(2027, 3, 29))
    winter = WorkingTime(datetime(2026, 1, 8, tzinfo=UTC), datetime(2026, 1, 9, tzinfo=UTC))
    assert winter.moment(0) == datetime(2026, 1, 8, 8, 0, tzinfo=UTC)


# The invented people


def test_tax_codes_are_made_by_the_rules() -> None:
    born = date(1980, 1, 1)
    assert tax_code("Rossi", "Mario", born, "H501", female=False) == "RSSMRA80A01H501U"
    # Four consonants skip the second; women's days begin at 41; short names end in X.
    assert tax_code("Fo", "Caterina", born, "L219", female=True)[:11] == "FOXCRN80A41"


def test_people_and_their_accounts_are_valid_in_form() -> None:
    persons = Persons(Random(5), programme_data(), stories())
    members = [
        member
        for _ in range(50)
        for member in persons.household(NOW.date(), "Aurora", (0, 1), minors=True).members
    ]
    assert all(member.warnings(NOW.date()) == [] for member in members)
    assert any(member.is_minor(NOW.date()) for member in members)
    codes = [member.id_value or "" for member in members if member.id_type == "CF"]
    assert codes
    assert all(codicefiscale.is_valid(code) for code in codes)
    names = {name for item in stories().items.values() for name in item.payees if name}
    accounts = {bank_account(name) for name in names}
    assert len(accounts) == len(names)
    assert all(iban.is_valid(account) and account[5:10] == "99999" for account in accounts)
    assert bank_account("Bottega") == bank_account("Bottega")


def test_papers_are_accepted_as_what_they_are() -> None:
    upload = paper("invoice", "12/1", "Bottega (di prova) \\ città", date(2026, 1, 2), 12_345)
    assert upload.media_type == "application/pdf"
    assert upload.name == "invoice-12-1.pdf"
    assert b"Importo: 123,45 EUR" in upload.data
    table = int(upload.data.rsplit(b"startxref\n", 1)[1].split()[0])
    assert upload.data[table:].startswith(b"xref\n0 6\n")
    assert upload.data[int(upload.data[table:].split(b"\n")[3][:10]) :].startswith(b"1 0 obj")
