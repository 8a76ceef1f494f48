"""Coverage over HTTP: for whom, by what, a page at a time, and as a table."""

import csv
import io
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.api.test_refusals import problem
from tests.api.test_same_papers import paid
from tests.api.world import World, opened_world


@pytest.fixture(scope="module")
def covered(postgres_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """Two doti of one desk, of which one is documented in part, and one of another."""
    home: Path = tmp_path_factory.mktemp("covered")
    with opened_world(postgres_url, home) as world:
        first = paid(world)
        paid(world)
        paid(world, "SSALV")
        assert world.receipt(first["id"], 4_000).status_code == 201
        world.done(f"/doti/{first['id']}/receipts/1/acceptance", {}, "finance")
        assert world.receipt(first["id"], 1_000, "2").status_code == 201
        world.settle()
        yield world


def test_by_partner_and_by_line(covered: World) -> None:
    found = covered.get("/coverage?group=partner", "finance").json()
    assert [row["partner"] for row in found["rows"]] == ["ROCCA", "SSALV"]
    rocca = found["rows"][0]
    assert (rocca["paid_cents"], rocca["documented_cents"]) == (20_000, 4_000)
    assert (rocca["waiting_cents"], rocca["missing_cents"]) == (1_000, 15_000)
    assert (rocca["doti"], rocca["doti_missing"], rocca["category"]) == (2, 2, None)
    assert rocca["missing"]["over_90_cents"] in (0, 15_000)
    assert sum(rocca["missing"].values()) == 15_000
    assert rocca["oldest"] == "2026-01-15"
    assert found["total"]["paid_cents"] == 30_000
    by_line = covered.get("/coverage", "finance").json()
    assert [row["category"] for row in by_line["rows"]] == ["EMERGENZA", "EMERGENZA"]
    assert by_line["total"] == found["total"]


def test_by_dote_a_page_at_a_time(covered: World) -> None:
    path = "/coverage?group=dote&limit=2&missing=true"
    first = covered.get(path, "finance").json()
    second = covered.get(f"{path}&cursor={first['next_cursor']}", "finance").json()
    rows = [*first["rows"], *second["rows"]]
    assert len({row["dote_id"] for row in rows}) == len(rows) == 3
    assert second["next_cursor"] is None
    assert all(row["number"] and row["item"] == "AFFITTO" for row in rows)
    assert first["total"]["doti"] == 3
    problem(covered.get(f"{path}&cursor=x", "finance"), 422, "validation")


def test_an_operator_is_told_of_their_partner(covered: World) -> None:
    for group in ("partner", "line", "dote"):
        found = covered.get(f"/coverage?group={group}", "operator_ssalv").json()
        assert {row["partner"] for row in found["rows"]} == {"SSALV"}
        assert found["total"]["paid_cents"] == 10_000
    other = covered.get("/coverage?partner=ROCCA", "operator_ssalv").json()
    assert (other["rows"], other["total"]["paid_cents"]) == ([], 0)


def test_as_a_table(covered: World) -> None:
    for group, rows in (("partner", 2), ("line", 2), ("dote", 3)):
        answer = covered.get(f"/coverage.csv?group={group}", "finance")
        assert answer.headers["Content-Type"].startswith("text/csv")
        table = list(csv.DictReader(io.StringIO(answer.text.lstrip("\ufeff"))))
        assert len(table) == rows
        assert sum(int(row["paid_cents"]) for row in table) == 30_000


def test_who_may_ask(covered: World) -> None:
    for who in ("assessor", "approver", "admin"):
        problem(covered.get("/coverage", who), 403, "forbidden")
        problem(covered.get("/coverage.csv", who), 403, "forbidden")
    for who in ("operator", "finance", "coordinator", "auditor"):
        assert covered.get("/coverage", who).status_code == 200
    problem(covered.get("/coverage?group=household", "finance"), 422, "validation")
