"""Counts and sums: what is in them, for whom, and what is left out."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.api.test_refusals import problem
from tests.api.world import World, opened_world
from tests.pages.books import Clock


@pytest.fixture(scope="module")
def counted(postgres_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """Seven households with rent, six with bills of which one had rent too, two with glasses; and
    two of another desk, all in one district."""
    home: Path = tmp_path_factory.mktemp("counted")
    with opened_world(postgres_url, home) as world:
        rent = [world.requested()["household_id"] for _ in range(7)]
        for household in (rent[0], *(world.household() for _ in range(5))):
            world.done("/doti", world.request_body(household, item="UTENZE"), "operator")
        for _ in range(2):
            world.requested(category="OCULISTICA", item="OCCHIALI")
        for _ in range(2):
            other = world.household("operator_ssalv")
            body = world.request_body(other, partner="SSALV")
            world.done("/doti", body, "operator_ssalv")
        world.settle()
        yield world


def ask(world: World, by: str, who: str = "coordinator", **more: str) -> dict[str, Any]:
    answer = world.get("/statistics", who, params={"by": by, **more})
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def shown(found: dict[str, Any]) -> dict[str, int | None]:
    return {row["key"]: row["households"] for row in found["rows"]}


def test_the_total_counts_a_household_once(counted: World) -> None:
    total = ask(counted, "district")["total"]
    assert total == {
        "suppressed": False,
        "households": 16,
        "doti": 17,
        "adults": 16,
        "minors": 0,
        "requested_cents": 170_000,
        "approved_cents": 0,
        "disbursed_cents": 0,
    }
    assert shown(ask(counted, "district")) == {"Mirafiori": 16}


def test_small_cells_are_left_out_with_another_one(counted: World) -> None:
    by_category = ask(counted, "category")
    assert shown(by_category) == {"EMERGENZA": None, "OCULISTICA": None}
    assert by_category["small_cell"] == 5
    for row in by_category["rows"]:
        assert row["suppressed"]
        assert {value for name, value in row.items() if name.endswith("_cents")} == {None}
    # What is in a category that is left out is left out, else it would tell it.
    assert shown(ask(counted, "item")) == {"AFFITTO": None, "UTENZE": None, "OCCHIALI": None}
    assert shown(ask(counted, "partner")) == {"ROCCA": None, "SSALV": None}


def test_an_operator_is_told_of_their_partner(counted: World) -> None:
    mine = ask(counted, "partner", "operator")
    assert shown(mine) == {"ROCCA": 14}
    theirs = ask(counted, "partner", "operator_ssalv")
    assert (theirs["total"]["suppressed"], theirs["total"]["households"]) == (True, None)
    assert shown(theirs) == {"SSALV": None}


def test_months_of_a_year(counted: World) -> None:
    found = ask(counted, "month")
    (month,) = shown(found)
    year = month[:4]
    assert ask(counted, "month", **{"from": f"{year}-01", "to": f"{year}-12"}) == found
    empty = ask(counted, "month", **{"from": "2000-01", "to": "2000-12"})
    assert (empty["rows"], empty["total"]["households"]) == ([], 0)


def test_no_span_is_told_that_could_be_subtracted_from_another(counted: World) -> None:
    """Of all from-to, and of what begins or ends nowhere: whole years alone."""
    months = ["2025-01", "2025-12", *(f"2026-{month:02}" for month in range(1, 13))]
    spans = [(since, until) for since in (None, *months) for until in (None, *months)]
    told = set()
    for path in ("/statistics", "/statistics/times"):
        for since, until in spans:
            asked = {"by": "category"} | ({"from": since} if since else {})
            asked |= {"to": until} if until else {}
            answer = counted.get(path, params=asked)
            if answer.status_code == 200:
                told.add((path, since, until))
            else:
                problem(answer, 422, "validation")
    years = [(None, None), ("2025-01", "2025-12"), ("2026-01", "2026-12")]
    assert told == {
        (path, *span) for path in ("/statistics", "/statistics/times") for span in years
    }


def test_who_may_count(counted: World) -> None:
    assert ask(counted, "category", "auditor") == ask(counted, "category", "coordinator")
    for who in ("assessor", "approver", "finance", "admin"):
        problem(counted.get("/statistics?by=category", who), 403, "forbidden")
    for query in ("", "?by=household", "?by=month&from=2026-13", "?by=month&to=2026-01-01"):
        problem(counted.get(f"/statistics{query}"), 422, "validation")


def waited(world: World, who: str = "coordinator", by: str = "category") -> dict[str, Any]:
    answer = world.get("/statistics/times", who, params={"by": by})
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def test_how_long_it_took(postgres_url: str, tmp_path: Path) -> None:
    """Six doti of as many households, paid after 1, 2, 3, 4, 5 and 11 days; one of another
    category, of which nobody is told."""
    clock = Clock()
    with opened_world(postgres_url, tmp_path, clock) as world:
        world.settle()
        assert waited(world)["total"] is None
        doti = [world.approved() for _ in range(6)]
        doti.append(world.approved(category="OCULISTICA", item="OCCHIALI"))
        began = clock.now
        for dote, days in zip(doti, (1, 2, 3, 4, 5, 11, 40), strict=True):
            clock.now = began + timedelta(days=days)
            payment = {**world.payment(10_000), "value_date": f"{clock.now:%Y-%m-%d}"}
            world.done(f"/doti/{dote['id']}/disbursements", payment, "finance")
        world.settle()
        found = waited(world)
        (rent, glasses) = found["rows"]
        assert (rent["key"], rent["median_days"], rent["ninth_days"]) == ("EMERGENZA", 3.5, 8.0)
        assert glasses == {
            "key": "OCULISTICA",
            "suppressed": True,
            "median_days": None,
            "ninth_days": None,
        }
        assert found["total"]["median_days"] == 4.0
        assert waited(world, by="partner")["rows"][0]["key"] == "ROCCA"
        assert waited(world, "operator_ssalv")["total"] is None
        for who in ("finance", "assessor", "admin"):
            problem(world.get("/statistics/times?by=month", who), 403, "forbidden")
