"""Households over HTTP: kept up to date, found, known before, and two of them as one."""

from typing import Any
from uuid import UUID, uuid4

import pytest

from api.security.visibility import MASK
from domain.events.household import HouseholdRegistered
from domain.privacy import Private
from tests.api.test_refusals import problem
from tests.api.world import Json, World

ADA: Json = {
    "given_name": "Adalgisa",
    "family_name": "Inventatissima",
    "born": "1990-01-02",
    "id_type": "document",
    "id_value": "YX 000 111",
    "phone": "+39 333 000 1111",
}
BEA: Json = {"given_name": "Beatrusca", "family_name": "Inventatissima", "born": "2015-06-01"}
CIA: Json = {"given_name": "Ciabatta", "family_name": "Inventatissima", "born": "1970-06-01"}
NAMES = [ADA["given_name"], BEA["given_name"], CIA["given_name"]]


def registered(world: World, *members: Json, who: str = "operator", **more: object) -> Json:
    body = {"members": list(members) or [ADA], "address": "via Prova 1", **more}
    return world.done("/households", body, who)


def shown(world: World, household_id: str, who: str = "operator") -> Json:
    answer = world.get(f"/households/{household_id}", who)
    assert answer.status_code == 200, answer.text
    found: Json = answer.json()
    return found


def merged(world: World, one: Json, into: Json, who: str = "coordinator") -> Json:
    body = {"into": into["id"], "reason": "Registrato due volte."}
    return world.done(f"/households/{one['id']}/merge", body, who)


# Who belongs to it


def test_one_more_member(world: World) -> None:
    home = registered(world, ADA, hardships=["lavoro"])
    assert [member["n"] for member in home["members"]] == [0]
    answer = world.post(f"/households/{home['id']}/members", BEA, headers={"If-Match": '"1"'})
    assert (answer.status_code, answer.headers["ETag"]) == (201, '"2"')
    for told in (answer.json(), shown(world, home["id"])):
        assert [(m["n"], m["given_name"]) for m in told["members"]] == [
            (0, NAMES[0]),
            (1, NAMES[1]),
        ]
        assert (told["adults"], told["minors"], told["version"]) == (1, 1, 2)
        assert (told["address"], told["hardships"]) == ("via Prova 1", ["lavoro"])
    masked = shown(world, home["id"], "auditor")
    assert [(m["n"], m["given_name"]) for m in masked["members"]] == [(0, MASK), (1, MASK)]
    assert (masked["address"], masked["hardships"], masked["warnings"]) == (MASK, [MASK], [])


def test_all_of_it_anew(world: World) -> None:
    home = registered(world, ADA, CIA)
    world.done(f"/households/{home['id']}/members", BEA, "operator")
    left = {**CIA, "left_on": "2026-03-01"}
    body = {"members": [ADA, left, BEA], "district": "Barriera", "hardships": ["casa"]}
    world.done(f"/households/{home['id']}/personal-data", body, "operator")
    told = shown(world, home["id"])
    assert [m["left_on"] for m in told["members"]] == [None, "2026-03-01", None]
    assert (told["adults"], told["minors"], told["district"]) == (1, 1, "Barriera")
    assert (told["address"], told["hardships"]) == (None, ["casa"])
    world.done(f"/households/{home['id']}/personal-data", body, "coordinator")


def test_it_is_never_shorter(world: World) -> None:
    home = registered(world, ADA, BEA)
    answer = world.post(f"/households/{home['id']}/personal-data", {"members": [ADA]})
    refused = problem(answer, 422, "validation")
    assert refused["errors"][0]["loc"] == ["body", "members"]
    assert "2 members" in refused["detail"]


def test_warnings_that_block_nothing(world: World) -> None:
    odd = {
        "given_name": "Mario",
        "family_name": "Verdi",
        "born": "1981-01-01",
        "id_type": "CF",
        "id_value": "RSSMRA80A01L219M",
        "id_valid_until": "2020-01-01",
        "phone": "12",
    }
    home = registered(world, odd, odd, {**BEA, "id_type": "STP", "id_value": "x"})
    codes = [(w["member"], w["code"]) for w in home["warnings"]]
    each = ["tax_code_names", "tax_code_birthday", "identifier_expired", "phone_shape"]
    assert codes == [
        *((0, code) for code in each),
        *((1, code) for code in [*each, "identifier_twice", "member_twice"]),
        (2, "health_code_shape"),
    ]
    assert all(w["msg"] for w in home["warnings"])
    italian = world.get(
        f"/households/{home['id']}", "operator", headers={"Accept-Language": "it"}
    ).json()
    assert italian["warnings"][3]["msg"] == "Non può essere un numero di telefono: verificalo."


def test_the_same_command_again_is_answered_the_same(world: World) -> None:
    home = registered(world, ADA)
    path = f"/households/{home['id']}/members"
    first = world.post(path, BEA, key="k-members")
    world.done(path, CIA, "operator")
    again = world.post(path, BEA, key="k-members")
    assert again.json() == first.json()
    assert (again.status_code, again.headers["Idempotent-Replayed"]) == (201, "true")
    assert len(shown(world, home["id"])["members"]) == 3
    problem(world.post(path, CIA, key="k-members"), 422, "idempotency_conflict")


def test_who_was_quicker(world: World) -> None:
    home = registered(world, ADA)
    path = f"/households/{home['id']}"
    world.done(f"{path}/members", BEA, "operator")
    stale = {"If-Match": '"1"'}
    for step, body in (
        ("members", CIA),
        ("personal-data", {"members": [ADA, BEA]}),
        ("merge", {"into": registered(world, CIA)["id"], "reason": "x"}),
        ("unmerge", {"reason": "x"}),
    ):
        problem(world.post(f"{path}/{step}", body, headers=stale), 412, "stale_version")


@pytest.mark.parametrize("step", ["members", "personal-data", "merge", "unmerge"])
def test_who_may(world: World, step: str) -> None:
    home = registered(world, ADA)
    bodies = {
        "members": BEA,
        "personal-data": {"members": [ADA]},
        "merge": {"into": home["id"], "reason": "x"},
        "unmerge": {"reason": "x"},
    }
    path = f"/households/{home['id']}/{step}"
    problem(world.post(path, bodies[step], "operator_ssalv"), 404, "not_found")
    for who in ("assessor", "approver", "finance", "auditor", "admin"):
        problem(world.post(path, bodies[step], who), 403, "forbidden")
    nothing = f"/households/{uuid4()}/{step}"
    problem(world.post(nothing, bodies[step]), 404, "not_found")


def test_an_old_household_still_shows_its_hardships(world: World) -> None:
    """Those that were registered first have them among their personal data."""
    home = registered(world, ADA)
    register, vault = world.services.register, world.services.vault
    event = register.history(UUID(home["id"]))[0]
    assert isinstance(event, HouseholdRegistered)
    text = vault.open_field(event, "personal")
    assert text is not None
    old = text.replace('"hardships":[]', '"hardships":["rent"]')
    assert old != text
    sealed = vault.seal_event(
        event.model_copy(update={"personal": Private(event.originator_id, old)})
    )
    with world.services.keeper.transaction() as tx:
        tx.execute("SET LOCAL session_replication_role = replica")
        state = register.mapper.to_stored_event(sealed).state
        tx.execute("UPDATE events SET state = %s WHERE stream_id = %s", (state, home["id"]))
    assert shown(world, home["id"])["hardships"] == ["rent"]


# Found


@pytest.fixture(scope="module")
def homes(world: World) -> dict[str, Json]:
    """Two of ROCCA, one of SSALV, with names that nobody else has."""
    mine = registered(world, {**ADA, "family_name": "Trovanza"})
    second = registered(world, {**BEA, "family_name": "Trovanza"})
    theirs = registered(world, {**CIA, "family_name": "Trovanza"}, who="operator_ssalv")
    world.settle()
    return {"mine": mine, "second": second, "theirs": theirs}


def found(world: World, q: str | None, who: str = "operator", **more: Any) -> list[str]:  # noqa: ANN401
    params = {**more, **({} if q is None else {"q": q})}
    answer = world.get("/households", who, params=params)
    assert answer.status_code == 200, answer.text
    return [item["id"] for item in answer.json()["items"]]


def test_by_names_identifier_phone_and_number(world: World, homes: dict[str, Json]) -> None:
    mine, second = homes["mine"], homes["second"]
    assert found(world, "trovanza") == [second["id"], mine["id"]]
    assert found(world, "Trovànza adalgisa") == [mine["id"]]
    assert found(world, "trovanza ciabatta") == []
    assert mine["id"] in found(world, "yx 000 111")
    assert mine["id"] in found(world, "0039 333 0001111")
    assert mine["id"] in found(world, "3330001111")
    assert found(world, mine["number"]) == [mine["id"]]
    assert found(world, f"{mine['number']} trovanza") == [mine["id"]]
    assert found(world, f"{mine['number']} beatrusca") == []


def test_within_ones_own_scope(world: World, homes: dict[str, Json]) -> None:
    theirs = homes["theirs"]
    assert found(world, "trovanza", "operator_ssalv") == [theirs["id"]]
    assert found(world, "trovanza", "coordinator")[0] == theirs["id"]
    assert found(world, theirs["number"]) == []
    # Who may not read who they are finds numbers only, and masks.
    for who in ("auditor", "finance"):
        assert found(world, "trovanza", who) == []
        (item,) = world.get("/households", who, params={"q": theirs["number"]}).json()["items"]
        assert item["members"][0]["given_name"] == MASK
    (item,) = world.get("/households", "operator", params={"q": "beatrusca trovanza"}).json()[
        "items"
    ]
    assert item["members"][0]["given_name"] == NAMES[1]
    problem(world.get("/households", "admin"), 403, "forbidden")


def test_page_by_page(world: World, homes: dict[str, Json]) -> None:
    everything = found(world, None, limit=200)
    pages: list[str] = []
    cursor: str | None = None
    while True:
        params = {"limit": 3, **({} if cursor is None else {"cursor": cursor})}
        page = world.get("/households", "operator", params=params).json()
        pages += [item["id"] for item in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert pages == everything
    assert homes["theirs"]["id"] not in everything
    problem(world.get("/households", "operator", params={"cursor": "x"}), 422, "validation")


def test_doti_are_found_by_phone(world: World) -> None:
    home = registered(world, {**ADA, "phone": "011 765 4321"})
    dote = world.done("/doti", world.request_body(home["id"]), "operator")
    world.settle()
    for q in ("0117654321", "+39 011 765 4321", "011 765 4321"):
        answer = world.get("/doti", "operator", params={"q": q})
        assert [item["id"] for item in answer.json()["items"]] == [dote["id"]]


# Two as one


def test_two_households_are_one(world: World) -> None:
    twice = {"given_name": "Doppia", "family_name": "Registrata", "born": "1980-05-06"}
    one, other = registered(world, twice), registered(world, twice)
    dote = world.done("/doti", world.request_body(one["id"]), "operator")
    world.done(f"/doti/{dote['id']}/assessment", {"outcome": "favourable"}, "assessor")
    vote = {"amount_cents": 10_000, "payee": {"name": "Padrone Segreto"}}
    world.done(f"/doti/{dote['id']}/approval", vote, "approver")
    told = merged(world, one, other, "operator")
    assert (told["merged_into"], told["version"]) == (other["id"], 2)
    assert told["exposure"] is told["merged"] is told["double_help"] is None
    for home in (one, other):
        assert shown(world, home["id"])["exposure"]["total_cents"] == 10_000
    page = shown(world, other["id"])
    assert page["merged"] == [{"id": one["id"], "number": one["number"]}]
    assert page["merged_into"] is None
    world.settle()
    # It is help for the same household, not for a person in another one.
    assert [(h["by"], h["dote_id"]) for h in shown(world, other["id"])["double_help"]] == [
        ("household", dote["id"])
    ]
    body = {"reason": "Una cugina."}
    apart = world.done(f"/households/{one['id']}/unmerge", body, "operator")
    assert apart["merged_into"] is None
    assert shown(world, other["id"])["exposure"]["total_cents"] == 0
    assert shown(world, other["id"])["merged"] == []


def test_what_is_refused_says_where_to_go(world: World) -> None:
    one, other, third = (registered(world, ADA) for _ in range(3))
    merged(world, one, other)
    for path, body in (
        ("/doti", world.request_body(one["id"])),
        (f"/households/{one['id']}/members", BEA),
        (f"/households/{one['id']}/personal-data", {"members": [ADA]}),
        (f"/households/{one['id']}/merge", {"into": third["id"], "reason": "x"}),
        (f"/households/{third['id']}/merge", {"into": one["id"], "reason": "x"}),
    ):
        refused = problem(world.post(path, body), 409, "household_merged")
        assert refused["into"] == other["id"]
    path = f"/households/{other['id']}/merge"
    refused = problem(world.post(path, {"into": third["id"], "reason": "x"}), 409, "wrong_state")
    assert "merge the other one into this one" in refused["detail"]
    refused = problem(
        world.post(f"/households/{third['id']}/unmerge", {"reason": "x"}), 409, "wrong_state"
    )
    body = {"into": third["id"], "reason": "x"}
    problem(world.post(f"/households/{third['id']}/merge", body), 422, "validation")


def test_across_partners_it_is_the_coordinators(world: World) -> None:
    one, other = registered(world, ADA), registered(world, ADA, who="operator_ssalv")
    body = {"into": other["id"], "reason": "x"}
    problem(world.post(f"/households/{one['id']}/merge", body), 404, "not_found")
    merged(world, one, other)
    assert shown(world, one["id"])["merged_into"] == other["id"]
    # What belongs to another partner is not told.
    assert shown(world, other["id"], "operator_ssalv")["merged"] == []
    assert shown(world, other["id"], "coordinator")["merged"] == [
        {"id": one["id"], "number": one["number"]}
    ]
    answer = world.post(f"/households/{one['id']}/unmerge", {"reason": "x"})
    problem(answer, 403, "forbidden")


def test_a_preview_counts_both(world: World) -> None:
    one, other = registered(world, ADA), registered(world, ADA)
    first, second = (
        world.done("/doti", world.request_body(home["id"], cents), "operator")
        for home, cents in ((one, 12_000), (other, 9_000))
    )
    for dote in (first, second):
        world.done(f"/doti/{dote['id']}/assessment", {"outcome": "favourable"}, "assessor")
    world.done(f"/doti/{first['id']}/approval", {"amount_cents": 12_000}, "approver")
    merged(world, one, other)
    vote = {"amount_cents": 9_000}
    preview = world.done(f"/doti/{second['id']}/approval/preview", vote, "approver")
    assert preview["household"] == {"before_cents": 12_000, "after_cents": 21_000}
