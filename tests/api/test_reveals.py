"""Looking at what is masked: who may, what is written down, and that it comes first."""

from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest

from domain.events.account import DataRevealed
from domain.privacy import notes_of
from tests.api.test_refusals import places, problem
from tests.api.world import World
from workflows.eventstore.access_log import Access

MASK = "•••"
REASON = {"reason": "controllo a campione segreto"}


def logged(world: World, **filters: Any) -> list[dict[str, Any]]:  # noqa: ANN401  as httpx takes it
    items: list[dict[str, Any]] = world.get("/audit/accesses", "auditor", params=filters).json()[
        "items"
    ]
    return items


def account_of(world: World, who: str) -> Any:  # noqa: ANN401  a UUID
    return world.services.accounts.account_id(who)


def health_dote(world: World) -> dict[str, Any]:
    return world.disbursed(category="OCULISTICA", item="OCCHIALI")


def test_an_auditor_reveals_a_household(world: World) -> None:
    home = world.household(given_name="Zaira")
    masked = world.get(f"/households/{home}", "auditor").json()
    assert masked["members"][0]["given_name"] == MASK
    before = len(world.services.register.history(account_of(world, "auditor")))
    shown = world.done(f"/households/{home}/reveal", REASON, "auditor")
    assert shown["members"][0]["given_name"] == "Zaira"
    assert shown["address"] == "via Prova 1"
    again = world.get(f"/households/{home}", "auditor").json()
    assert again["members"][0]["given_name"] == MASK
    told = world.services.register.history(account_of(world, "auditor"))[before:]
    assert [type(event) for event in told] == [DataRevealed]
    line = logged(world, household=home, what=Access.REVEALED)[0]
    assert line["who"]["name"] == "auditor"
    assert (line["role"], line["details"]) == ("auditor", {"version": before + 1})
    stored = told[0].model_dump_json()
    assert "campione" not in stored


def test_an_auditor_reveals_a_dote(world: World) -> None:
    dote = world.disbursed()
    path = f"/doti/{dote['id']}"
    assert world.get(path, "auditor").json()["need"] == MASK
    answer = world.post(f"{path}/reveal", REASON, "auditor")
    assert answer.status_code == 200
    assert answer.headers["ETag"] == f'"{dote["version"]}"'
    shown = answer.json()
    assert (shown["need"], shown["payee"]["name"]) == ("bisogno segreto", "Padrone Segreto")
    assert world.get(path, "auditor").json()["need"] == MASK


def test_a_coordinator_reveals_what_is_about_health_and_nothing_else(world: World) -> None:
    dote = health_dote(world)
    path = f"/doti/{dote['id']}"
    assert world.get(path, "coordinator").json()["need"] == MASK
    shown = world.done(f"{path}/reveal", REASON, "coordinator")
    assert shown["need"] == "bisogno segreto"
    other = world.requested()
    problem(world.post(f"/doti/{other['id']}/reveal", REASON, "coordinator"), 403, "forbidden")
    home = f"/households/{other['household_id']}/reveal"
    problem(world.post(home, REASON, "coordinator"), 403, "forbidden")


@pytest.mark.parametrize("who", ["operator", "assessor", "approver", "finance", "admin"])
def test_others_reveal_nothing(world: World, who: str) -> None:
    dote = health_dote(world)
    for path in (f"/doti/{dote['id']}", f"/households/{dote['household_id']}"):
        problem(world.post(f"{path}/reveal", REASON, who), 403, "forbidden")
    assert not logged(world, household=dote["household_id"], what=Access.REVEALED)


@pytest.mark.parametrize("reason", ["", "perché sì", "         x         ", None])
def test_a_reason_is_said(world: World, reason: str | None) -> None:
    home = world.household()
    answer = world.post(f"/households/{home}/reveal", {"reason": reason}, "auditor")
    assert places(problem(answer, 422, "validation")) == [["body", "reason"]]
    assert not logged(world, household=home, what=Access.REVEALED)


def test_what_is_not_there_is_not_revealed(world: World) -> None:
    for path in (f"/households/{uuid4()}", f"/doti/{uuid4()}"):
        problem(world.post(f"{path}/reveal", REASON, "auditor"), 404, "not_found")


def test_told_again_it_is_written_down_again(world: World) -> None:
    home = world.household(given_name="Zoe")
    path = f"/households/{home}/reveal"
    events = len(world.services.register.history(account_of(world, "auditor")))
    key = uuid4().hex
    first = world.post(path, REASON, "auditor", key=key)
    second = world.post(path, REASON, "auditor", key=key)
    assert first.json()["members"] == second.json()["members"]
    assert second.json()["members"][0]["given_name"] == "Zoe"
    assert second.headers["Idempotent-Replayed"] == "true"
    told = world.services.register.history(account_of(world, "auditor"))
    assert len(told) == events + 1
    lines = logged(world, household=home, what=Access.REVEALED)
    assert [line["details"].get("replayed", False) for line in lines] == [True, False]
    other = {"reason": "un altro motivo ancora"}
    problem(world.post(path, other, "auditor", key=key), 422, "idempotency_conflict")


def test_a_dote_of_an_erased_household_has_nothing_to_reveal(world: World) -> None:
    dote = world.disbursed()
    with psycopg.connect(world.services.keeper.url, autocommit=True) as connection:
        schema = world.services.keeper.keys_schema
        connection.execute(
            f'DELETE FROM "{schema}".subject_keys WHERE subject_id = ANY (%s)'.encode(),
            ([UUID(dote["household_id"]), notes_of(UUID(dote["household_id"]))],),
        )
    masked = world.get(f"/doti/{dote['id']}", "auditor").json()
    assert (masked["need"], masked["assessment_note"]) == (None, None)
    home = world.get(f"/households/{dote['household_id']}", "auditor").json()
    assert (home["members"], home["address"]) == (None, None)
    shown = world.done(f"/households/{dote['household_id']}/reveal", REASON, "auditor")
    assert (shown["members"], shown["adults"]) == (None, 1)


def test_who_revealed_and_why(world: World) -> None:
    dote = health_dote(world)
    world.settle()
    world.done(f"/doti/{dote['id']}/reveal", REASON, "coordinator")
    world.done(f"/households/{dote['household_id']}/reveal", REASON, "auditor")
    items: list[dict[str, Any]] = []
    for who in ("coordinator", "auditor"):
        items = world.get("/audit/reveals", who, params={"limit": 2}).json()["items"]
        assert [one["who"]["name"] for one in items] == ["auditor", "coordinator"]
        assert {one["reason"] for one in items} == {REASON["reason"]}
        assert {one["household_id"] for one in items} == {dote["household_id"]}
        assert [one["dote_number"] for one in items] == [None, dote["number"]]
    first = world.get("/audit/reveals", "auditor", params={"limit": 1}).json()
    rest = world.get(
        "/audit/reveals", "auditor", params={"limit": 1, "cursor": first["next_cursor"]}
    ).json()
    assert [first["items"][0], rest["items"][0]] == items
    for who in ("operator", "assessor", "approver", "finance", "admin"):
        problem(world.get("/audit/reveals", who), 403, "forbidden")


def test_nothing_is_shown_that_is_not_written_down(world: World) -> None:
    home = world.household(given_name="Zenobia")
    events = len(world.services.register.history(account_of(world, "auditor")))
    with unwritable_log(world):
        answer = world.post(f"/households/{home}/reveal", REASON, "auditor")
    assert answer.status_code == 500
    assert "Zenobia" not in answer.text
    # Neither stands without the other.
    assert len(world.services.register.history(account_of(world, "auditor"))) == events


class unwritable_log:  # noqa: N801  reads as what it does
    """The access log takes no line as long as this lasts."""

    def __init__(self, world: World) -> None:
        self._world = world

    def __enter__(self) -> None:
        self._run(
            "CREATE TRIGGER full_disk BEFORE INSERT ON {0}.access_log FOR EACH STATEMENT "
            "EXECUTE FUNCTION {0}.refuse_change()"
        )

    def __exit__(self, *_: object) -> None:
        self._run("DROP TRIGGER full_disk ON {0}.access_log")

    def _run(self, statement: str) -> None:
        keeper = self._world.services.keeper
        with psycopg.connect(keeper.url, autocommit=True) as connection:
            connection.execute(statement.format(f'"{keeper.schema}"').encode())
