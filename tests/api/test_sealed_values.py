"""A ciphertext opens only where it was sealed; what does not open hides nothing else."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from structlog.testing import capture_logs

from domain.events.base import Event
from domain.privacy import notes_of
from tests.api.world import Json, World, opened_world
from tests.workflows.audit import as_owner
from workflows.audit.live import audit
from workflows.eventstore.vault import KEY_BYTES, CannotOpen, Vault

SECRETS = ("bisogno segreto", "nota segreta", "Padrone Segreto", "Emittente Segreto")
NOT_READABLE = "[not readable]"

State = dict[str, Any]


@pytest.fixture
def world(postgres_url: str, tmp_path: Path) -> Iterator[World]:
    with opened_world(postgres_url, tmp_path) as opened:
        yield opened


def states(world: World, dote_id: str) -> dict[int, tuple[str, State]]:
    """The events of a stream as they are stored, by version."""
    with world.services.keeper.transaction() as tx:
        rows = tx.execute(
            "SELECT version, topic, state FROM events WHERE stream_id = %s", (dote_id,)
        ).fetchall()
    return {row["version"]: (row["topic"], json.loads(bytes(row["state"]))) for row in rows}


def write(world: World, dote_id: str, version: int, state: State) -> None:
    """By the hand that owns the table."""
    with as_owner(world.services.keeper) as hand:
        hand.execute(
            "UPDATE events SET state = %s WHERE stream_id = %s AND version = %s",
            (json.dumps(state).encode(), dote_id, version),
        )


def event(world: World, dote_id: str, version: int) -> Event:
    return world.services.register.history(UUID(dote_id))[version - 1]


def refuses(world: World, dote_id: str, version: int, name: str) -> None:
    with pytest.raises(CannotOpen) as caught:
        world.services.vault.open_field(event(world, dote_id, version), name)
    assert not any(secret in str(caught.value) for secret in SECRETS)


def two_rejections(world: World) -> tuple[Json, Json]:
    """Two doti of two households that were rejected, each with a reason and a note."""
    made = []
    for _ in range(2):
        dote = world.requested()
        body = {"reason": "nota segreta", "note": "un'altra nota segreta"}
        made.append(world.done(f"/doti/{dote['id']}/rejection", body, "approver"))
    return made[0], made[1]


def between_fields(first: dict[int, State], _: dict[int, State]) -> State:
    return {**first[2], "reason": first[2]["note"]}


def between_events(first: dict[int, State], _: dict[int, State]) -> State:
    return {**first[2], "reason": first[1]["need"]}


def between_households(first: dict[int, State], second: dict[int, State]) -> State:
    return {**first[2], "reason": second[2]["reason"]}


def under_another_name(first: dict[int, State], second: dict[int, State]) -> State:
    """The ciphertext of one household, as if it were the other's."""
    moved = {**second[2]["reason"], "subject": first[2]["reason"]["subject"]}
    return {**first[2], "reason": moved}


def bent(first: dict[int, State], _: dict[int, State]) -> State:
    token = first[2]["reason"]["sealed"]
    return {**first[2], "reason": {**first[2]["reason"], "sealed": f"AAAA{token[4:]}"}}


def cut(first: dict[int, State], _: dict[int, State]) -> State:
    return {**first[2], "reason": {**first[2]["reason"], "sealed": "AAAA"}}


def no_base64(first: dict[int, State], _: dict[int, State]) -> State:
    return {**first[2], "reason": {**first[2]["reason"], "sealed": "A"}}


@pytest.mark.parametrize(
    "swap",
    [
        between_fields,
        between_events,
        between_households,
        under_another_name,
        bent,
        cut,
        no_base64,
    ],
)
def test_a_value_that_was_moved_does_not_open(
    world: World, swap: Callable[[dict[int, State], dict[int, State]], State]
) -> None:
    first, second = two_rejections(world)
    told = [
        {version: state for version, (_, state) in states(world, dote["id"]).items()}
        for dote in (first, second)
    ]
    world.settle()
    world.services.notary.checkpoint(world.services.engine.clock())
    write(world, first["id"], 2, swap(*told))
    refuses(world, first["id"], 2, "reason")
    with capture_logs() as logs:
        shown = world.get(f"/doti/{first['id']}", "approver")
    assert shown.status_code == 200, shown.text
    assert shown.json()["decision_reason"] == NOT_READABLE
    assert shown.json()["need"] == "bisogno segreto"
    (line,) = [line for line in logs if line["event"] == "value_does_not_open"]
    assert (line["stream"], line["version"], line["field"]) == (first["id"], 2, "reason")
    assert not any(secret in str(logs) for secret in SECRETS)
    assert world.get(f"/doti/{second['id']}", "approver").json()["decision_reason"] != NOT_READABLE
    found = audit(world.services.keeper).findings
    assert [finding.code for finding in found] == ["edited"]


def test_an_older_value_in_a_newer_event_does_not_open(world: World) -> None:
    dote = world.assessed()
    path = f"/doti/{dote['id']}"
    for what in ("prima", "seconda"):
        body = {"kinds": ["lease"], "what": what}
        world.done(f"{path}/document-requests", body, "approver")
        world.done(f"{path}/document-answers", {"note": what}, "operator")
    told = states(world, dote["id"])
    first, second = [v for v, (topic, _) in sorted(told.items()) if topic == "DocumentsProvided"]
    write(world, dote["id"], second, {**told[second][1], "note": told[first][1]["note"]})
    refuses(world, dote["id"], second, "note")
    # Nor does it where the whole event stands again at another version.
    again = {**told[first][1], "originator_version": second}
    write(world, dote["id"], second, again)
    refuses(world, dote["id"], second, "note")


def test_a_whole_event_in_another_stream_does_not_open(world: World) -> None:
    first, second = two_rejections(world)
    told = states(world, second["id"])[2][1]
    write(world, first["id"], 2, {**told, "originator_id": first["id"]})
    refuses(world, first["id"], 2, "reason")


def test_a_vote_on_a_payee_that_cannot_be_read_is_refused(world: World) -> None:
    dote = world.assessed(20_000)
    path = f"/doti/{dote['id']}/approval"
    body = {"amount_cents": 20_000, "payee": {"name": "Padrone Segreto", "iban": None}}
    world.done(path, body, "approver")
    version, (_, state) = max(states(world, dote["id"]).items())
    write(world, dote["id"], version, {**state, "payee": {**state["payee"], "sealed": "AAAA"}})
    refused = world.post(path, body, "approver2")
    assert (refused.status_code, refused.json()["code"]) == (409, "unreadable")
    shown = world.get(f"/doti/{dote['id']}", "approver").json()
    assert shown["payee"]["name"] == NOT_READABLE


def test_a_household_that_cannot_be_read(world: World) -> None:
    household = world.household()
    _, state = states(world, household)[1]
    write(world, household, 1, {**state, "personal": {**state["personal"], "sealed": "AAAA"}})
    shown = world.get(f"/households/{household}", "operator")
    assert shown.status_code == 200
    assert shown.json()["members"][0]["family_name"] == NOT_READABLE
    assert shown.json()["number"].startswith("N-")


def test_what_is_kept_of_a_command_cannot_be_guessed_at(world: World) -> None:
    body = {"members": [{"given_name": "Ada", "family_name": "Inventata"}]}
    first = world.post("/households", body, key="una-chiave")
    assert first.status_code == 201
    with world.services.keeper.transaction() as tx:
        (row,) = tx.execute("SELECT fingerprint FROM commands WHERE key = 'una-chiave'").fetchall()
    assert len(row["fingerprint"]) == 16
    again = world.post("/households", body, key="una-chiave")
    assert again.headers["Idempotent-Replayed"] == "true"
    other = {"members": [{"given_name": "Ada", "family_name": "Altra"}]}
    assert world.post("/households", other, key="una-chiave").status_code == 422


def test_nothing_is_written_about_a_household_that_was_erased(world: World) -> None:
    dote = world.requested()
    for subject in (UUID(dote["household_id"]), notes_of(UUID(dote["household_id"]))):
        world.services.vault.erase(subject)
    body = {"outcome": "favourable", "note": "nota segreta"}
    headers = {"Accept-Language": "it"}
    refused = world.post(f"/doti/{dote['id']}/assessment", body, "assessor", headers=headers)
    assert (refused.status_code, refused.json()["code"]) == (409, "household_erased")
    assert refused.json()["detail"].startswith("Questo nucleo è stato cancellato")
    assert world.get(f"/doti/{dote['id']}", "assessor").json()["need"] is None


@pytest.fixture
def rewrapped(world: World) -> tuple[World, Json]:
    """A household whose key stands there wrapped by a master key that this server does not have."""
    dote = world.requested()
    subject = UUID(dote["household_id"])
    stranger = Vault(world.services.database, bytes(range(1, 33)))
    key = AESGCM.generate_key(KEY_BYTES * 8)
    with as_owner(world.services.keeper) as hand:
        hand.execute(
            f'UPDATE "{world.services.keeper.keys_schema}".subject_keys'
            " SET wrapped = %s WHERE subject_id = %s".encode(),
            (stranger.wrap(key, subject.bytes), subject),
        )
    return world, dote


def test_a_master_key_that_is_not_there_is_a_clear_503(rewrapped: tuple[World, Json]) -> None:
    world, dote = rewrapped
    body = {"given_name": "Bea", "family_name": "Inventata"}
    with capture_logs() as logs:
        answers = [
            world.get(f"/households/{dote['household_id']}", "operator"),
            world.get(f"/households/{dote['household_id']}/copy", "operator"),
            world.post(f"/households/{dote['household_id']}/members", body, "operator"),
        ]
    for answer in answers:
        assert answer.status_code == 503, answer.text
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.headers["Retry-After"]
        assert answer.json()["code"] == "unavailable"
        assert "Inventata" not in answer.text
    assert "Inventata" not in repr(logs)
    # What needs no key of theirs goes on, and nothing was written.
    assert world.get("/programme", "operator").status_code == 200
    assert len(world.services.register.history(UUID(dote["household_id"]))) == 1


def test_a_key_of_somebody_else_does_not_open(world: World) -> None:
    """The wrapped key of one household in the row of another one: it is bound to its subject."""
    one, other = world.household(), world.household()
    table = f'"{world.services.keeper.keys_schema}".subject_keys'
    with as_owner(world.services.keeper) as hand:
        hand.execute(
            f"UPDATE {table} SET wrapped = (SELECT wrapped FROM {table} WHERE subject_id = %s)"
            " WHERE subject_id = %s".encode(),
            (other, one),
        )
    with pytest.raises(CannotOpen):
        world.services.vault.open_key(UUID(one))
    refused = world.get(f"/households/{one}", "operator")
    assert (refused.status_code, refused.json()["code"]) == (409, "unreadable")
    assert "Ada" not in refused.text
    assert "Ada" in world.get(f"/households/{other}", "operator").text
