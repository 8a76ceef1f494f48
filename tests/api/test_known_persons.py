"""Whether somebody is known already, before they are registered once more."""

from tests.api.test_households import ADA, BEA, found, registered
from tests.api.test_refusals import problem
from tests.api.world import Json, World


def matches(world: World, *members: Json, who: str = "operator") -> list[Json]:
    answer = world.post("/households/matches", {"members": list(members)}, who)
    assert answer.status_code == 200, answer.text
    items: list[Json] = answer.json()["items"]
    return items


def test_who_is_known_already(world: World) -> None:
    zoe = {"given_name": "Zoe", "family_name": "Giàvista", "born": "1991-01-01"}
    gil = {**zoe, "given_name": "Gil", "id_type": "CF", "id_value": "gvs 1", "phone": "011 222333"}
    home = registered(world, zoe, gil)
    spelt = {**zoe, "given_name": "GIAVISTA", "family_name": "zoè"}
    number = {**BEA, "given_name": "Altro", "id_type": "document", "id_value": "GVS1"}
    phone = {**BEA, "given_name": "Altra", "phone": "+39 011222333"}
    stranger = {**BEA, "given_name": "Nessuna", "family_name": "Giàvista"}
    ties = [
        (m["member"], m["by"], m["household_id"])
        for m in matches(world, spelt, number, phone, stranger)
    ]
    assert ties == [
        (0, "person", home["id"]),
        (1, "identifier", home["id"]),
        (2, "phone", home["id"]),
    ]
    (told,) = matches(world, spelt)
    assert told["number"] == home["number"]
    assert home["number"] in told["sentence"]


def test_elsewhere_only_that_there_is_one(world: World) -> None:
    ivo = {
        "given_name": "Ivo",
        "family_name": "Altrove",
        "born": "1991-01-01",
        "phone": "011 999888",
    }
    for _ in range(2):
        registered(world, ivo, who="operator_ssalv")
    nobody = {**BEA, "given_name": "Nessuno"}
    answer = world.post("/households/matches", {"members": [nobody, ivo]})
    assert answer.json() == {
        "items": [
            {
                "member": 1,
                "own": False,
                "by": None,
                "household_id": None,
                "number": None,
                "sentence": "Another desk has registered a household with the same person.",
            }
        ]
    }
    # A phone is shared by neighbours and desks: elsewhere it is no tie.
    assert matches(world, {**BEA, "given_name": "Mai", "phone": "011 999888"}) == []
    assert len(matches(world, ivo, who="coordinator")) == 2


def test_who_may_ask(world: World) -> None:
    for who in ("assessor", "approver", "finance", "auditor", "admin"):
        answer = world.post("/households/matches", {"members": [BEA]}, who)
        problem(answer, 403, "forbidden")
    problem(world.post("/households/matches", {"members": []}), 422, "validation")


def test_that_somebody_looked_is_noted_and_not_for_whom(world: World) -> None:
    home = registered(world, {**ADA, "family_name": "Nontracce"})
    world.settle()
    found(world, "nontracce")
    matches(world, {**ADA, "family_name": "Nontracce"})
    with world.services.keeper.transaction() as tx:
        rows = tx.execute("SELECT * FROM access_log ORDER BY n DESC LIMIT 2").fetchall()
    assert [(row["what"], row["role"]) for row in rows] == [("searched", "operator")] * 2
    assert rows[1]["details"] == {"households": 1}
    assert all(row["correlation_id"] for row in rows)
    assert "nontracce" not in repr(rows).casefold()
    assert home["id"] not in repr(rows)
