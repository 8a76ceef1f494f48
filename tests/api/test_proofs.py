"""Checkpoints, proofs and dossiers over HTTP."""

from pathlib import Path

import pytest

from tests.api.world import World
from workflows.audit import merkle
from workflows.audit.verify import verify

NOBODY = "00000000-0000-0000-0000-00000000dead"


def unhex(nodes: list[str]) -> list[bytes]:
    return [bytes.fromhex(node) for node in nodes]


def test_what_has_just_happened_is_signed_and_proved(world: World) -> None:
    dote = world.requested()
    end = world.settle()
    signed = world.get("/audit/checkpoint", "auditor").json()
    assert signed["size"] == end
    assert signed["note"].splitlines()[1] == str(end)
    assert signed["keys"]

    asked = {"stream": dote["id"], "version": "1"}
    proof = world.get("/audit/proof", "auditor", params=asked).json()
    assert merkle.verify_inclusion(
        bytes.fromhex(proof["leaf"]),
        proof["leaf_index"],
        proof["size"],
        unhex(proof["path"]),
        bytes.fromhex(proof["root"]),
    )
    by_place = {"log_index": str(proof["log_index"])}
    assert world.get("/audit/proof", "auditor", params=by_place).json() == proof


def test_the_log_only_grows(world: World) -> None:
    world.settle()
    before = world.get("/audit/checkpoint", "auditor").json()
    world.requested()
    world.settle()
    after = world.get("/audit/checkpoint", "auditor").json()
    asked = {"from": str(before["size"])}
    proof = world.get("/audit/proof", "auditor", params=asked).json()
    assert (proof["from_root"], proof["to_root"]) == (before["root"], after["root"])
    assert merkle.verify_consistency(
        before["size"],
        after["size"],
        bytes.fromhex(before["root"]),
        bytes.fromhex(after["root"]),
        unhex(proof["path"]),
    )


def test_a_dossier_verifies_offline(world: World, tmp_path: Path) -> None:
    dote = world.requested()
    world.settle()
    whole = world.get("/audit/export", "coordinator")
    assert whole.headers["Content-Type"] == "application/zip"
    single = world.get("/audit/export", "auditor", params={"dote": dote["id"]})
    for name, answer in (("whole.zip", whole), ("single.zip", single)):
        file = tmp_path / name
        file.write_bytes(answer.content)
        result = verify(file)
        assert result.ok, result.findings
        assert b"Ada" not in answer.content
    assert verify(tmp_path / "single.zip").events == 1


@pytest.mark.parametrize("path", ["/audit/checkpoint", "/audit/proof?log_index=1", "/audit/export"])
def test_proofs_are_for_those_who_audit(world: World, path: str) -> None:
    for who in ("operator", "assessor", "approver", "finance", "admin"):
        assert world.get(path, who).status_code == 403
    assert world.get(path, None).status_code == 401


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("", 422),
        (f"stream={NOBODY}", 422),
        ("log_index=0", 422),
        ("log_index=x", 422),
        ("log_index=999999999", 404),
        (f"stream={NOBODY}&version=1", 404),
        ("from=5&to=2", 404),
        ("from=999999999", 404),
    ],
)
def test_what_cannot_be_proved(world: World, query: str, status: int) -> None:
    answer = world.get(f"/audit/proof?{query}", "auditor")
    assert answer.status_code == status
    assert answer.headers["Content-Type"] == "application/problem+json"


def test_a_dote_that_is_not_there_has_no_dossier(world: World) -> None:
    answer = world.get("/audit/export", "auditor", params={"dote": NOBODY})
    assert answer.status_code == 404
