"""Doti are found by numbers, by the programme's names, and by persons for who may read them."""

from uuid import UUID

import pytest

from api.v1.searching import split
from domain.actors import Role
from tests.api.test_refusals import problem
from tests.api.world import Json, World


@pytest.fixture(scope="module")
def doti(world: World) -> dict[str, Json]:
    """Two doti of ROCCA and one of SSALV, with who they are of in the blind index."""
    mine = world.requested()
    books = world.requested(category="SCUOLA", item="LIBRI")
    home = world.household("operator_ssalv")
    theirs = world.done("/doti", world.request_body(home, partner="SSALV"), "operator_ssalv")
    known(world, mine, "Zoë D'Inventis", "XYZ 001")
    known(world, theirs, "Zoe Provetti", None)
    world.settle()
    return {"mine": mine, "books": books, "theirs": theirs}


def known(world: World, dote: Json, name: str, identifier: str | None) -> None:
    """Adds a person to the index, as the registration of a household does."""
    index = world.services.engine.index
    tokens = [index.word(word) for word in name.replace("'", " ").split()]
    if identifier:
        tokens.append(index.identifier(identifier))
    with world.services.keeper.transaction() as tx:
        tx.cursor().executemany(
            "INSERT INTO identities (household_id, member, kind, token) VALUES (%s, 1, %s, %s)",
            [(UUID(dote["household_id"]), kind, token) for kind, token in tokens],
        )


def found(world: World, q: str, who: str = "assessor") -> set[str]:
    answer = world.get("/doti", who, params={"q": q, "limit": 200})
    assert answer.status_code == 200, answer.text
    return {dote["id"] for dote in answer.json()["items"]}


def household_number(world: World, dote: Json) -> str:
    return str(world.get(f"/households/{dote['household_id']}").json()["number"])


def test_by_the_number_of_the_dote(world: World, doti: dict[str, Json]) -> None:
    mine = doti["mine"]
    for q in (mine["number"], mine["number"].lower(), mine["number"][-5:], mine["number"][:9]):
        assert mine["id"] in found(world, q)
    assert found(world, mine["number"]) == {mine["id"]}


def test_by_the_number_of_the_household(world: World, doti: dict[str, Json]) -> None:
    mine = doti["mine"]
    number = household_number(world, mine)
    assert found(world, number) == found(world, number.lower()) == {mine["id"]}
    assert mine["id"] in found(world, number[-4:])
    assert mine["id"] in found(world, number[:4])
    theirs = household_number(world, doti["theirs"])
    assert found(world, theirs) == {doti["theirs"]["id"]}
    assert found(world, theirs, "operator") == set()


def test_by_the_names_of_the_programme(world: World, doti: dict[str, Json]) -> None:
    mine, books, theirs = (doti[name]["id"] for name in ("mine", "books", "theirs"))
    assert found(world, "affitto") >= {mine, theirs}
    assert found(world, "AFFÌTTO") >= {mine, theirs}
    assert books in found(world, "libr")
    assert books not in found(world, "affitto")
    assert books in found(world, "scuola")
    assert theirs in found(world, "sportello ssalv")
    assert mine not in found(world, "sportello ssalv")
    assert books in found(world, "casa rocca libri")
    assert found(world, "casa ssalv libri") == set()


def test_by_a_person(world: World, doti: dict[str, Json]) -> None:
    mine, theirs = doti["mine"]["id"], doti["theirs"]["id"]
    assert found(world, "zoe") == {mine, theirs}
    for q in ("ZOË d'inventis", "inventis", "inventis affitto", "xyz001", "XYZ 001", "xyz-001"):
        assert found(world, q) == {mine}, q
    for q in ("inventi", "zoe libri", "xyz00", "xyz 00", "zoe nessuno"):
        assert found(world, q) == set(), q


def test_persons_are_found_by_who_may_read_them(world: World, doti: dict[str, Json]) -> None:
    mine, theirs = doti["mine"]["id"], doti["theirs"]["id"]
    for who in ("assessor", "approver", "coordinator"):
        assert found(world, "zoe", who) == {mine, theirs}
    assert found(world, "zoe", "operator") == {mine}
    assert found(world, "zoe", "operator_ssalv") == {theirs}
    for who in ("finance", "auditor"):
        assert found(world, "zoe", who) == found(world, "xyz001", who) == set()


def test_a_reader_of_one_partner_finds_no_persons_of_another(
    world: World, doti: dict[str, Json]
) -> None:
    accounts = world.services.accounts
    world.tokens["assessor_rocca"] = accounts.create_token("A. Rocca", Role.ASSESSOR, "ROCCA")
    assert found(world, "zoe", "assessor_rocca") == {doti["mine"]["id"]}
    assert found(world, "provetti", "assessor_rocca") == set()


@pytest.mark.parametrize("q", ["%", "_", "%%", "C%0", "%1", "_0001", "\\", "N-_0001", "%_"])
def test_patterns_are_only_text(world: World, doti: dict[str, Json], q: str) -> None:
    assert doti["mine"]["id"] not in found(world, q)


@pytest.mark.parametrize("q", ["a b c d e f g h i j k l m n o p", "' OR 1=1 --", "😀", "{0} %s"])
def test_odd_words_find_nothing_and_harm_nothing(world: World, q: str) -> None:
    assert found(world, q) == set()


@pytest.mark.parametrize("q", ["", " ", "%00", "x" * 61])
def test_no_words_and_too_many(world: World, q: str) -> None:
    problem(world.get(f"/doti?q={q}"), 422, "validation")


def test_words_are_split_at_marks_unless_they_hold_a_digit() -> None:
    assert list(split("N-00012 D'Angelo  CÀ %")) == ["N-00012", "d", "angelo", "ca", "%"]
