"""Erasing over HTTP: two people, what stands against it, the list, and what time does."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from api.erasing import Erasing, Round
from domain.days import day_here
from tests.api.world import Json, World, opened_world, paper
from workflows.files import StoreUnavailable

WHY = {"reason": "lo chiede la persona"}
PER_WORKER = 4


@pytest.fixture
def world(postgres_url: str, tmp_path: Path) -> Iterator[World]:
    """A world of its own: its clock is moved and its times are changed."""
    with opened_world(postgres_url, tmp_path / "home") as opened:
        yield opened


def path(household_id: str) -> str:
    return f"/households/{household_id}/erasure"


def erase(world: World, household_id: str) -> Json:
    world.done(path(household_id), WHY, "operator")
    return world.done(path(household_id), WHY, "coordinator")


def hold(world: World, household_id: str, until: date) -> Json:
    body = {**WHY, "until": until.isoformat()}
    return world.done(f"{path(household_id)}/hold", body, "coordinator")


def go_on(world: World, days: int) -> date:
    """Time passes."""
    now: datetime = world.services.engine.clock() + timedelta(days=days)
    world.services.engine.clock = lambda: now
    return day_here(now)


def withdrawn(world: World) -> Json:
    """A dote that was given up, with a paper in its file."""
    dote = world.requested()
    upload = {"file": ("busta paga.pdf", paper(), "application/pdf")}
    form = {"kind": "payslip"}
    answer = world.call("POST", f"/doti/{dote['id']}/documents", data=form, files=upload)
    assert answer.status_code == 201
    return world.done(f"/doti/{dote['id']}/withdrawal", {"reason": "rinuncia"}, "operator")


# Two people


def test_one_asks_and_another_confirms(world: World) -> None:
    household_id = world.household()
    asked = world.done(path(household_id), WHY, "operator")
    assert asked["household_id"] == household_id
    assert asked["state"] == "asked"
    assert asked["reason"] == WHY["reason"]
    assert asked["against"] is None
    shown = world.get(path(household_id)).json()
    assert (shown["state"], shown["against"]) == ("asked", [])
    gone = world.done(path(household_id), WHY, "coordinator")
    assert gone["state"] == "erased"
    assert gone["because"] == "request"
    assert gone["asked_by"] == asked["asked_by"] != gone["confirmed_by"]
    assert gone["reason"] is None
    assert world.get(path(household_id)).json()["state"] == "erased"


def test_who_asks_twice_is_told_to_find_somebody_else(world: World) -> None:
    household_id = world.household()
    world.done(path(household_id), WHY, "coordinator")
    refused = world.post(path(household_id), WHY, "coordinator")
    assert refused.status_code == 403
    assert refused.json()["code"] == "segregation_of_duties"
    assert "somebody else must confirm" in refused.json()["detail"]


def test_two_without_a_coordinator_are_refused(world: World) -> None:
    household_id = world.household()
    world.done(path(household_id), WHY, "operator")
    refused = world.post(path(household_id), WHY, "finance")
    assert (refused.status_code, refused.json()["code"]) == (403, "segregation_of_duties")


@pytest.mark.parametrize("who", ["assessor", "approver", "auditor", "admin"])
def test_others_do_not_erase(world: World, who: str) -> None:
    household_id = world.household()
    for step in ("", "/refusal"):
        refused = world.post(path(household_id) + step, WHY, who)
        assert (refused.status_code, refused.json()["code"]) == (403, "forbidden")
    hold = {**WHY, "until": "2999-12-31"}
    for other in (who, "operator", "finance"):
        assert world.post(f"{path(household_id)}/hold", hold, other).status_code == 403


def test_an_operator_of_another_partner_finds_nothing(world: World) -> None:
    household_id = world.household()
    for step in ("", "/refusal"):
        assert world.post(path(household_id) + step, WHY, "operator_ssalv").status_code == 404
    assert world.get(path(household_id), "operator_ssalv").status_code == 404
    assert world.post(path(str(uuid4())), WHY, "coordinator").status_code == 404


def test_the_same_key_tells_the_same_again(world: World) -> None:
    household_id = world.household()
    asked = world.post(path(household_id), WHY, "operator", key="one")
    again = world.post(path(household_id), WHY, "operator", key="one")
    assert again.headers["Idempotent-Replayed"] == "true"
    assert again.json() == asked.json()
    gone = world.post(path(household_id), WHY, "coordinator", key="two")
    again = world.post(path(household_id), WHY, "coordinator", key="two")
    assert again.headers["Idempotent-Replayed"] == "true"
    assert again.json() == gone.json()


def test_it_is_declined_and_held(world: World) -> None:
    household_id = world.household()
    assert world.post(f"{path(household_id)}/refusal", WHY, "finance").status_code == 409
    world.done(path(household_id), WHY, "operator")
    assert world.done(f"{path(household_id)}/refusal", WHY, "finance")["state"] == "none"
    until = go_on(world, 0) + timedelta(days=10)
    held = world.done(
        f"{path(household_id)}/hold", {**WHY, "until": until.isoformat()}, "coordinator"
    )
    assert held["held_until"] == until.isoformat()
    refused = world.post(path(household_id), WHY, "operator")
    assert (refused.status_code, refused.json()["code"]) == (409, "wrong_state")
    (obstacle,) = world.get(path(household_id)).json()["against"]
    assert obstacle["until"] == until.isoformat()
    go_on(world, 11)
    assert erase(world, household_id)["state"] == "erased"
    yesterday = {**WHY, "until": "2020-01-01"}
    other = world.household()
    assert world.post(f"{path(other)}/hold", yesterday, "coordinator").status_code == 422


# What stands against it


def test_open_doti_are_counted(world: World) -> None:
    dote = world.requested()
    body = world.request_body(dote["household_id"], 1_000)
    world.done("/doti", body, "operator")
    refused = world.post(path(dote["household_id"]), WHY, "coordinator")
    assert (refused.status_code, refused.json()["code"]) == (409, "wrong_state")
    assert refused.json()["open"] == 2
    (obstacle,) = world.get(path(dote["household_id"])).json()["against"]
    assert (obstacle["code"], obstacle["open"]) == ("wrong_state", 2)
    assert "2" in obstacle["detail"]


def test_papers_of_money_are_kept_for_their_time(world: World) -> None:
    dote = world.accounted_for()
    year = world.services.engine.today().year + 10
    refused = world.post(path(dote["household_id"]), WHY, "coordinator")
    assert (refused.status_code, refused.json()["code"]) == (409, "retention_running")
    assert refused.json()["until"] == f"{year}-12-31"
    shown = world.get(path(dote["household_id"])).json()
    assert shown["kept_until"] == f"{year}-12-31"
    assert shown["against"][0]["code"] == "retention_running"


# What is left to see


def test_what_was_erased_is_shown_as_that(world: World) -> None:
    dote = withdrawn(world)
    household_id = dote["household_id"]
    assert world.get("/doti?q=Inventata").json()["items"] == []  # not numbered yet
    world.settle()
    assert world.get("/doti?q=Inventata").json()["items"]
    erase(world, household_id)
    assert world.get("/doti?q=Inventata").json()["items"] == []
    world.settle()
    for who in ("coordinator", "operator", "auditor", "finance"):
        shown = world.get(f"/households/{household_id}", who).json()
        assert (shown["members"], shown["address"], shown["hardships"]) == (None, None, None)
        assert shown["erased"]["because"] == "request"
        assert shown["district"] == "Mirafiori"
        private = world.get(f"/doti/{dote['id']}", who).json()
        assert (private["need"], private["decision_reason"]) == (None, None)
        assert private["documents"][0]["file_name"] is None
        items = world.get(f"/doti/{dote['id']}/history", who).json()["items"]
        assert items[0]["data"]["need"] is None
        assert (items[0]["data"]["amount_cents"], items[0]["actor"]["role"]) == (10_000, "operator")


def test_its_papers_are_gone_for_good(world: World) -> None:
    dote = withdrawn(world)
    file = f"/doti/{dote['id']}/documents/1/file"
    assert world.get(file, "operator").content == paper()
    erase(world, dote["household_id"])
    refused = world.get(file, "operator")
    assert (refused.status_code, refused.json()["code"]) == (410, "gone")
    assert "erased" in refused.json()["detail"]
    folder = world.services.settings.home / "files" / dote["household_id"]
    assert not folder.exists()


def test_nothing_is_asked_for_it_any_more(world: World) -> None:
    household_id = world.household()
    erase(world, household_id)
    refused = world.post("/doti", world.request_body(household_id, 1_000), "operator")
    assert (refused.status_code, refused.json()["code"]) == (409, "household_erased")


def test_files_that_could_not_be_removed_are_removed_later(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    dote = withdrawn(world)
    household_id = dote["household_id"]
    files = world.services.files

    def fails(subject_id: UUID) -> None:
        raise StoreUnavailable

    with monkeypatch.context() as broken:
        broken.setattr(type(files), "forget", lambda _, subject_id: fails(subject_id))
        assert erase(world, household_id)["state"] == "erased"
        assert Erasing(world.services).round().files == 0
    folder = world.services.settings.home / "files" / household_id
    assert folder.exists()
    assert world.get(f"/doti/{dote['id']}/documents/1/file", "operator").status_code == 410
    assert Erasing(world.services).round().files == 1
    assert not folder.exists()
    assert Erasing(world.services).round().files == 0


# Times, and what they do


def test_a_coordinator_adopts_times(world: World) -> None:
    usual = world.get("/retention", "admin").json()
    assert usual == {
        "accounting_years": 10,
        "notes_months": 24,
        "notice_days": 30,
        "small_cell": 5,
        "adopted_at": None,
        "adopted_by": None,
    }
    assert world.post("/retention", {"notes_months": 12}, "operator").status_code == 403
    assert world.post("/retention", {"notes_months": -1}, "coordinator").status_code == 422
    adopted = world.post("/retention", {"notes_months": 12}, "coordinator")
    assert adopted.status_code == 201
    shown = world.get("/retention", "operator").json()
    assert shown == adopted.json()
    assert (shown["notes_months"], shown["accounting_years"]) == (12, 10)
    assert shown["adopted_by"] is not None


def listed(world: World, who: str = "coordinator") -> list[Json]:
    world.settle()
    items: list[Json] = world.get("/erasures", who).json()["items"]
    return items


def test_the_list_says_what_when_and_why(world: World) -> None:
    asked, timed, held, open_ = (world.household() for _ in range(4))
    world.done("/doti", world.request_body(open_, 1_000), "operator")
    paid = world.accounted_for()["household_id"]
    assert listed(world) == []
    world.done(path(asked), WHY, "operator")
    until = world.services.engine.today() + timedelta(days=1_000)
    hold(world, held, until)
    today = go_on(world, 720)
    items = {item["household_id"]: item for item in listed(world)}
    assert set(items) == {asked, timed, held, paid}
    assert items[asked]["why"] == "asked"
    assert (items[timed]["why"], items[timed]["what"]) == ("retention", "household")
    assert items[timed]["listed_on"] is None
    assert items[timed]["on"] == (today + timedelta(days=30)).isoformat()
    assert items[held]["held_until"] == until.isoformat()
    assert items[held]["on"] == (until + timedelta(days=1)).isoformat()
    assert items[paid]["what"] == "notes"
    Erasing(world.services).round()
    assert {item["listed_on"] for item in listed(world)} == {None, today.isoformat()}
    assert listed(world, "operator_ssalv") == []
    assert len(listed(world, "operator")) == len(listed(world, "auditor")) == len(items)
    assert world.get("/erasures", "assessor").status_code == 403


def test_the_list_is_turned_page_by_page(world: World) -> None:
    households = {world.household() for _ in range(5)}
    go_on(world, 720)
    world.settle()
    for n, household_id in enumerate(sorted(households)):
        if n % 2:
            world.done(path(household_id), WHY, "operator")
    world.settle()
    seen: list[str] = []
    cursor = ""
    while True:
        found = world.get(f"/erasures?limit=2{cursor}").json()
        seen += [item["household_id"] for item in found["items"]]
        if found["next_cursor"] is None:
            break
        cursor = f"&cursor={found['next_cursor']}"
    assert len(seen) == len(set(seen)) == 5
    assert set(seen) == households


def rounds(world: World) -> Callable[[int], Round]:
    def one(_: int) -> Round:
        world.settle()
        return Erasing(world.services).round()

    return one


def test_time_erases_what_stood_in_the_list(world: World) -> None:
    one, held = world.household(), world.household()
    paid = world.accounted_for()["household_id"]
    run = rounds(world)
    assert run(0) == Round()
    go_on(world, 720)
    assert run(0).listed == 3
    until = world.services.engine.today() + timedelta(days=40)
    hold(world, held, until)
    go_on(world, 29)
    assert run(0) == Round()
    go_on(world, 1)
    assert run(0) == Round(households=1, notes=1, files=1)
    assert world.get(path(one)).json()["because"] == "retention"
    shown = world.get(f"/households/{paid}", "operator").json()
    assert (shown["hardships"], shown["erased"]) == ([], None)
    assert shown["members"]
    assert world.get(path(paid)).json()["notes_erased"] is True
    assert world.get(path(held)).json()["state"] == "none"
    go_on(world, 20)
    assert run(0).households == 1
    assert world.get(path(held)).json()["because"] == "retention"
    go_on(world, 366 * 12)
    assert run(0).listed == 1
    go_on(world, 30)
    assert run(0).households == 1
    assert world.get(path(paid)).json()["because"] == "retention"


def test_contact_in_between_lets_it_stay(world: World) -> None:
    household_id = world.household()
    run = rounds(world)
    go_on(world, 720)
    assert run(0).listed == 1
    go_on(world, 20)
    dote = world.done("/doti", world.request_body(household_id, 1_000), "operator")
    world.done(f"/doti/{dote['id']}/withdrawal", {"reason": "rinuncia"}, "operator")
    go_on(world, 20)
    assert run(0) == Round()
    assert listed(world) == []
    go_on(world, 700)
    # What stood in the list for the earlier time does not count for this one.
    assert run(0).listed == 1
    go_on(world, 29)
    assert run(0) == Round()
    go_on(world, 1)
    assert run(0).households == 1


def test_any_number_of_workers_erase_once(world: World) -> None:
    households = [world.household() for _ in range(6)]
    go_on(world, 720)
    rounds(world)(0)
    go_on(world, 31)
    world.settle()
    with ThreadPoolExecutor(PER_WORKER) as pool:
        done = list(pool.map(lambda _: Erasing(world.services).round(), range(PER_WORKER)))
    assert sum(each.households for each in done) == len(households)
    for household_id in households:
        history = world.services.register.history(UUID(household_id))
        assert [type(event).__name__ for event in history] == [
            "HouseholdRegistered",
            "HouseholdErased",
        ]
