"""Who was helped already, at any desk; and nothing of the other desk's file."""

from datetime import datetime
from itertools import count
from typing import Any

import pytest

from api.languages import day, money
from domain.days import day_here
from tests.api.world import IBAN, Json, World

_numbers = count(1)


@pytest.fixture
def person() -> Json:
    """Somebody whom no other test knows."""
    return {
        "given_name": f"Berenice{next(_numbers)}",
        "family_name": "Inesistente",
        "born": "1991-03-04",
    }


def household(world: World, who: str, *members: Json) -> str:
    return str(world.done("/households", {"members": list(members)}, who)["id"])


def dote(world: World, household_id: str, partner: str = "ROCCA", **other: Any) -> Json:  # noqa: ANN401  what is sent
    who = "operator" if partner == "ROCCA" else "operator_ssalv"
    body = world.request_body(household_id, partner=partner, **other)
    return world.done("/doti", body, who)


def grant(world: World, wanted: Json, payee: Json | None = None) -> Json:
    path, cents = f"/doti/{wanted['id']}", wanted["requested_cents"]
    world.done(f"{path}/assessment", {"outcome": "favourable"}, "assessor")
    return world.done(f"{path}/approval", {"amount_cents": cents, "payee": payee}, "approver")


def helped(world: World, path: str, who: str = "operator", language: str = "en") -> list[Json]:
    world.settle()
    answer = world.get(path, who, headers={"Accept-Language": language})
    assert answer.status_code == 200, answer.text
    found: list[Json] = answer.json()["double_help"]
    return found


def strings(value: Any) -> set[str]:  # noqa: ANN401  any JSON
    """Every text in an answer, keys among them."""
    if isinstance(value, dict):
        return set(value) | set().union(*map(strings, value.values()))
    if isinstance(value, list):
        return set().union(*map(strings, value))
    return {value} if isinstance(value, str) else set()


def test_another_desk_helped_the_same_person(world: World, person: Json) -> None:
    there = household(world, "operator_ssalv", person)
    other = grant(world, dote(world, there, "SSALV", amount_cents=15_000))
    here = household(world, "operator", {**person, "given_name": person["given_name"].upper()})
    mine = dote(world, here)
    (found,) = helped(world, f"/doti/{mine['id']}")
    today = day("it", day_here(datetime.fromisoformat(other["changed_at"])))
    assert found == {
        "by": "person",
        "same_need": True,
        "category": "EMERGENZA",
        "item": "AFFITTO",
        "at": other["changed_at"],
        "amount_cents": 15_000,
        "state": "approved",
        "own": False,
        "dote_id": None,
        "number": None,
        "sentence": (
            f"Another desk helped this household for affitto on {today}, {money('it', 15_000)}."
        ),
    }
    (italian,) = helped(world, f"/doti/{mine['id']}", language="it")
    assert italian["sentence"] == (
        f"Un altro sportello ha aiutato questo nucleo per affitto il {today}, "
        f"{money('it', 15_000)}."
    )
    assert "150,00" in italian["sentence"]


def test_nothing_of_the_other_file_is_told(world: World, person: Json) -> None:
    relative = {"given_name": "Clotilde", "family_name": "Segretissima", "born": "1960-01-01"}
    there = household(world, "operator_ssalv", person, relative)
    payee = {"name": "Padrone Riservato", "iban": IBAN}
    other = grant(world, dote(world, there, "SSALV", need="bisogno altrui"), payee)
    here = household(world, "operator", person)
    mine = dote(world, here)
    world.settle()
    secrets = {there, other["id"], other["number"], "Clotilde", "Segretissima", IBAN}
    secrets |= {"Padrone Riservato", "bisogno altrui", "SSALV", "Sportello SSALV"}
    vote = {"amount_cents": 10_000, "payee": payee}
    answers = [
        world.get(f"/doti/{mine['id']}", "operator"),
        world.get(f"/households/{here}", "operator"),
        world.post(f"/doti/{mine['id']}/approval/preview", vote, "operator"),
    ]
    for answer in answers:
        shown = answer.json()
        assert [each["own"] for each in shown["double_help"]].count(False) == 1, answer.text
        for text in strings({**shown, "household_id": None}):
            assert not [secret for secret in secrets if secret in text], text
    assert world.get(f"/doti/{other['id']}", "operator").status_code == 404


def test_what_one_may_open_is_named(world: World, person: Json) -> None:
    other = grant(world, dote(world, household(world, "operator_ssalv", person), "SSALV"))
    mine = dote(world, household(world, "operator", person))
    (found,) = helped(world, f"/doti/{mine['id']}", "assessor")
    assert (found["own"], found["dote_id"], found["number"]) == (
        True,
        other["id"],
        other["number"],
    )
    assert found["sentence"].startswith("Another desk helped")


def test_by_an_identifier_alone(world: World, person: Json) -> None:
    known = {"id_type": "document", "id_value": "AB 123-XY"}
    dote(world, household(world, "operator_ssalv", {**person, **known}), "SSALV")
    spelt = {"given_name": "B.", "family_name": "I.", **known, "id_value": "ab123xy"}
    mine = dote(world, household(world, "operator", spelt))
    (found,) = helped(world, f"/doti/{mine['id']}")
    assert found["by"] == "person"
    assert found["state"] == "requested"
    assert found["sentence"].startswith("Another desk asked for affitto for this household on ")


def test_the_same_household(world: World, person: Json) -> None:
    here = household(world, "operator", person)
    first = dote(world, here, item="UTENZE", amount_cents=5_000)
    second = grant(world, dote(world, here))
    mine = dote(world, here)
    found = helped(world, f"/doti/{mine['id']}")
    told = [(each["by"], each["same_need"], each["dote_id"]) for each in found]
    assert told == [("household", True, second["id"]), ("household", False, first["id"])]
    assert found[0]["sentence"].startswith("This desk helped this household for affitto")
    assert {each["dote_id"] for each in helped(world, f"/households/{here}")} == {
        first["id"],
        second["id"],
        mine["id"],
    }


def test_the_same_payee(world: World, person: Json) -> None:
    name = f"Casa {person['given_name']} S.r.l."
    payee = {"name": name}
    other = grant(world, dote(world, household(world, "operator_ssalv", person), "SSALV"), payee)
    assert other["state"] == "approved"
    stranger = {"given_name": "Un", "family_name": "Altro"}
    mine = grant(
        world,
        dote(world, household(world, "operator", stranger)),
        {"name": name.upper().replace(".", "")},
    )
    (found,) = helped(world, f"/doti/{mine['id']}")
    assert (found["by"], found["own"]) == ("payee", False)
    assert found["sentence"].startswith("Another desk granted affitto to the same payee on ")
    assert helped(world, f"/households/{mine['household_id']}") != []


@pytest.mark.parametrize("step", ["withdrawal", "revocation", "rejection"])
def test_what_was_given_up_is_no_help(world: World, person: Json, step: str) -> None:
    wanted = dote(world, household(world, "operator_ssalv", person), "SSALV")
    mine = dote(world, household(world, "operator", person))
    if step == "revocation":
        grant(world, wanted)
    assert len(helped(world, f"/doti/{mine['id']}")) == 1
    who = "operator_ssalv" if step == "withdrawal" else "approver"
    world.done(f"/doti/{wanted['id']}/{step}", {"reason": "prova"}, who)
    assert helped(world, f"/doti/{mine['id']}") == []


def test_health_is_told_only_where_it_is_the_same_need(world: World, person: Json) -> None:
    there = household(world, "operator_ssalv", person)
    dote(world, there, "SSALV", category="OCULISTICA", item="OCCHIALI")
    here = household(world, "operator", person)
    other = dote(world, here)
    same = dote(world, here, category="OCULISTICA", item="OCCHIALI")
    for path in (f"/doti/{other['id']}", f"/households/{here}"):
        (found,) = [each for each in helped(world, path) if not each["own"]]
        assert (found["category"], found["item"]) == (None, None)
        assert "another need" in found["sentence"]
        assert "Occhiali" not in found["sentence"]
    (found,) = [each for each in helped(world, f"/doti/{same['id']}") if not each["own"]]
    assert (found["item"], found["same_need"]) == ("OCCHIALI", True)


def test_only_who_works_on_it_is_told(world: World, person: Json) -> None:
    dote(world, household(world, "operator_ssalv", person), "SSALV")
    here = household(world, "operator", person)
    mine = dote(world, here)
    for who, many in (
        ("operator", 1),
        ("assessor", 1),
        ("approver", 1),
        ("coordinator", 1),
        ("finance", 0),
        ("auditor", 0),
    ):
        assert len(helped(world, f"/doti/{mine['id']}", who)) == many, who
        assert len(helped(world, f"/households/{here}", who)) == 2 * many, who


def test_long_ago_is_no_double_help(world: World, person: Json) -> None:
    dote(world, household(world, "operator_ssalv", person), "SSALV")
    here = household(world, "operator", person)
    mine = dote(world, here)
    world.settle()
    assert len(helped(world, f"/doti/{mine['id']}")) == 1
    with world.services.keeper.transaction() as tx:
        tx.execute(
            "UPDATE doti SET created_at = created_at - interval '366 days' WHERE partner = 'SSALV'"
        )
    assert helped(world, f"/doti/{mine['id']}") == []


def test_who_was_erased_is_unknown_and_no_error(world: World, person: Json) -> None:
    there = household(world, "operator_ssalv", person)
    dote(world, there, "SSALV")
    mine = dote(world, household(world, "operator", person))
    with world.services.keeper.transaction() as tx:
        for table, column in (("identities", "household_id"), ("subject_keys", "subject_id")):
            tx.execute(f"DELETE FROM {table} WHERE {column} = %s".encode(), (there,))
    assert helped(world, f"/doti/{mine['id']}") == []
    assert helped(world, f"/households/{there}", "operator_ssalv") != []


def test_commands_and_the_past_tell_nothing_of_it(world: World, person: Json) -> None:
    here = household(world, "operator", person)
    mine = dote(world, here)
    assert mine["double_help"] is mine["waiting"] is None
    before = world.settle()
    world.done(f"/doti/{mine['id']}/assessment", {"outcome": "favourable"}, "assessor")
    world.settle()
    then = world.get(f"/doti/{mine['id']}", "operator", params={"at": before}).json()
    assert then["double_help"] is then["waiting"] is None
    key = f"again-{here}"
    body = world.request_body(here)
    first, again = (world.post("/doti", body, "operator", key=key) for _ in range(2))
    assert first.json() == again.json()
