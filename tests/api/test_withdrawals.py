"""An account for a funder that was wrong is withdrawn, and what it told is told again."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.api.formulas import Book
from tests.api.test_rendiconti import FUNDER, NOW, documented, drawn, file
from tests.api.world import Json, World, opened_world

WHY = {"reason": "Il periodo era sbagliato."}
OTHER = "Altro ente"


@pytest.fixture
def world(postgres_url: str, tmp_path: Path) -> Iterator[World]:
    """A world of its own: its accounts are numbered."""
    with opened_world(postgres_url, tmp_path / "home", clock=lambda: NOW) as opened:
        yield opened


def withdrawn(world: World, shown: Json, who: str = "coordinator") -> Json:
    return world.done(f"/rendiconti/{shown['id']}/withdrawal", WHY, who)


def told(shown: Json) -> set[int]:
    return {row["log_index"] for row in shown["items"]}


def same(world: World, shown: Json) -> bool:
    """Whether an account is the same when it is made anew."""
    found: bool = world.get(f"/rendiconti/{shown['id']}/check", "auditor").json()["same"]
    return found


def test_what_it_told_is_told_again(world: World) -> None:
    documented(world, 5_000)
    wrong = drawn(world, funder=FUNDER, to="2026-10-31")
    assert wrong["withdrawn"] is None
    answer = withdrawn(world, wrong)
    assert answer["withdrawn"]["reason"] == WHY["reason"]
    assert answer["withdrawn"]["by"] != answer["frozen_by"]
    documented(world, 3_000, "2")
    right = drawn(world, funder=FUNDER)
    assert (right["number"], right["earlier"]) == ("R-2026-0002", [])
    assert right["documented_cents"] == 8_000
    assert told(wrong) < told(right)
    # It stays as it was, and each is made again as it was frozen: one that knew nothing before it,
    # and one that did not know what was withdrawn.
    shown = world.get("/rendiconti", "auditor").json()["items"]
    assert [(each["number"], each["withdrawn"] is None) for each in shown] == [
        ("R-2026-0002", True),
        ("R-2026-0001", False),
    ]
    assert world.get(f"/rendiconti/{wrong['id']}", "finance").json()["items"] == wrong["items"]
    assert same(world, wrong)
    assert same(world, right)


def test_what_came_between_knows_it_still(world: World) -> None:
    """Withdrawn in the order in which they were built upon: each is made again as it was."""
    documented(world, 5_000)
    first = drawn(world, funder=FUNDER)
    documented(world, 3_000, "2")
    second = drawn(world, funder=FUNDER)
    refused = world.post(f"/rendiconti/{first['id']}/withdrawal", WHY, "coordinator")
    assert (refused.status_code, refused.json()["code"]) == (409, "wrong_state")
    assert "Withdraw R-2026-0002 first" in refused.json()["detail"]
    withdrawn(world, second)
    withdrawn(world, first)
    third = drawn(world, funder=FUNDER)
    assert third["documented_cents"] == 8_000
    for each in (first, second, third):
        assert same(world, each)
    documented(world, 1_000, "3")
    fourth = drawn(world, funder=FUNDER)
    assert fourth["earlier"] == [third["number"]]
    assert fourth["documented_cents"] == 1_000


def test_what_another_funder_was_not_told_keeps_it(world: World) -> None:
    world.change(lambda known, stamp: known.grant_funding(stamp, OTHER, 1_000))
    documented(world, 5_000)
    first = drawn(world, funder=FUNDER)
    other = drawn(world, funder=OTHER)
    assert other["admitted_cents"] == 0
    refused = world.post(f"/rendiconti/{first['id']}/withdrawal", WHY, "coordinator")
    assert other["number"] in refused.json()["detail"]
    withdrawn(world, other)
    withdrawn(world, first)
    assert drawn(world, funder=OTHER)["admitted_cents"] == 5_000


def test_it_takes_another_person_and_is_done_once(world: World) -> None:
    documented(world, 5_000)
    shown = drawn(world)
    path = f"/rendiconti/{shown['id']}/withdrawal"
    for who in ("operator", "assessor", "approver", "admin", "auditor"):
        assert world.post(path, WHY, who).status_code == 403
    own = world.post(path, WHY, "finance")
    assert (own.status_code, own.json()["code"]) == (403, "segregation_of_duties")
    assert world.post(path, {"reason": " "}, "coordinator").status_code == 422
    nowhere = f"/rendiconti/{world.disbursed()['id']}/withdrawal"
    assert world.post(nowhere, WHY, "coordinator").status_code == 404

    def twice(_: int) -> int:
        status: int = world.post(path, WHY, "coordinator").status_code
        return status

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(twice, range(4))) == [200, 409, 409, 409]
    again = world.post(path, WHY, "coordinator").json()
    assert "R-2026-0001 was withdrawn already" in again["detail"]


def test_its_files_say_that_it_is_not_valid(world: World) -> None:
    documented(world, 5_000)
    shown = drawn(world)
    before = Book(file(world, shown, "xlsx"))
    withdrawn(world, shown)
    after = Book(file(world, shown, "xlsx"))
    said = "On 03/11/2026: this account is not valid."
    assert said not in _texts(before)
    assert said in _texts(after)
    assert file(world, shown, "pdf").startswith(b"%PDF-")
    assert file(world, shown, "zip").startswith(b"PK")


def _texts(book: Book) -> set[object]:
    return {cell for sheet in book.formulas for row in sheet.values for cell in row}
