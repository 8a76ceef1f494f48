"""Files: what comes in, what comes out, and for whom."""

from urllib.parse import unquote

import pytest

from tests.api.test_refusals import places, problem
from tests.api.world import PDF, World, paper


def attach(world: World, dote_id: str, content: bytes, name: str = "contratto.pdf") -> int:
    answer = world.call(
        "POST",
        f"/doti/{dote_id}/documents",
        data={"kind": "contract"},
        files={"file": (name, content)},
    )
    assert answer.status_code == 201, answer.text
    n: int = answer.json()["n"]
    return n


def test_a_document_and_its_file(world: World) -> None:
    dote = world.requested()
    n = attach(world, dote["id"], paper(7), "contratto d'affitto è.pdf")
    shown = world.get(f"/doti/{dote['id']}", "operator").json()["documents"]
    assert shown[0]["file_name"] == "contratto d'affitto è.pdf"
    path = f"/doti/{dote['id']}/documents/{n}/file"
    answer = world.get(path, "assessor")
    assert answer.content == paper(7)
    assert answer.headers["Content-Type"] == "application/pdf"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    disposition = answer.headers["Content-Disposition"]
    assert disposition.startswith("attachment; filename*=UTF-8''")
    assert unquote(disposition).endswith("contratto d'affitto è.pdf")
    for who in ("auditor", "finance"):
        problem(world.get(path, who), 403, "forbidden")
    problem(world.get(path, "operator_ssalv"), 404, "not_found")
    problem(world.get(f"/doti/{dote['id']}/documents/2/file", "operator"), 404, "not_found")


def test_a_receipt_and_its_file(world: World) -> None:
    dote = world.disbursed()
    world.receipt(dote["id"], 10_000)
    path = f"/doti/{dote['id']}/receipts/1/file"
    assert world.get(path, "finance").content.startswith(b"%PDF")
    for who in ("auditor", "assessor"):
        problem(world.get(path, who), 403, "forbidden")


@pytest.mark.parametrize(
    ("content", "status", "code"),
    [
        (b"", 422, "validation"),
        (b"just text", 415, "unsupported_media"),
        (b"%PDF-1.4 cut off", 415, "unsupported_media"),
        (b"PK\x03\x04 office", 415, "unsupported_media"),
        (b"<?xml version='1.0'?><!DOCTYPE a [<!ENTITY x SYSTEM 'file:///etc/passwd'>]>", 415, None),
    ],
    ids=["empty", "text", "cut", "archive", "xml"],
)
def test_odd_files(world: World, content: bytes, status: int, code: str | None) -> None:
    dote = world.disbursed()
    answer = world.call(
        "POST",
        f"/doti/{dote['id']}/receipts",
        data={
            "kind": "invoice",
            "number": "1",
            "date": "2026-01-01",
            "issuer": "x",
            "amount_cents": "1",
        },
        files={"file": ("a.pdf", content)},
    )
    problem(answer, status, code or "unsupported_media")
    assert world.get(f"/doti/{dote['id']}").json()["receipts"] == []


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"amount_cents": "1.5"}, "amount_cents"),
        ({"amount_cents": "1_000"}, "amount_cents"),
        ({"amount_cents": " 1"}, "amount_cents"),
        ({"amount_cents": "0"}, "amount_cents"),
        ({"amount_cents": "-1"}, "amount_cents"),
        ({"amount_cents": "9" * 400}, "amount_cents"),
        ({"amount_cents": "٣"}, "amount_cents"),
        ({"date": "31/03/2026"}, "date"),
        ({"date": "2999-01-01"}, "date"),
        ({"issuer": "a\0b"}, "issuer"),
        ({"issuer": "a\nb"}, "issuer"),
        ({"number": ""}, "number"),
        ({"kind": "<b>"}, "kind"),
        ({"kind": None}, "kind"),
    ],
    ids=str,
)
def test_odd_fields_of_a_receipt(world: World, change: dict[str, str | None], place: str) -> None:
    dote = world.disbursed()
    form = {
        "kind": "invoice",
        "number": "1",
        "date": "2026-01-01",
        "issuer": "x",
        "amount_cents": "1",
    }
    sent = {name: value for name, value in (form | change).items() if value is not None}
    files = {"file": ("a.pdf", PDF)}
    answer = world.call("POST", f"/doti/{dote['id']}/receipts", data=sent, files=files)
    assert places(problem(answer, 422, "validation")) == [["body", place]]


def test_odd_bodies_where_a_file_is_expected(world: World) -> None:
    path = f"/doti/{world.requested()['id']}/documents"
    boundary = {"Content-Type": "multipart/form-data; boundary=x"}
    for content in (
        b"",
        b"--x",
        b"--x\r\n\r\n",
        b"--y--",
        b"\xff" * 100,
        b"--x\r\nA: b\r\n\r\n--x--",
    ):
        answer = world.call("POST", path, content=content, headers=boundary)
        problem(answer, 422, "validation")
    bare = {"Content-Type": "multipart/form-data"}
    problem(world.call("POST", path, content=b"x", headers=bare), 422, "validation")
    problem(world.post(path, {"kind": "contract"}), 415, "unsupported_media")
    text = world.call("POST", path, data={"kind": "contract", "file": "text"})
    problem(text, 415, "unsupported_media")
    no_file = world.call("POST", path, files={"kind": (None, "contract"), "file": (None, "x")})
    assert places(problem(no_file, 422, "validation")) == [["body", "file"]]
    many = {f"f{n}": (None, "x") for n in range(1_500)}
    problem(world.call("POST", path, files=many), 422, "validation")


def test_odd_names_of_files(world: World) -> None:
    dote = world.requested()
    for n, name in enumerate(("../../etc/passwd", 'a"b\r\nX: y', "a" * 300, "‮fdp.exe", "é.PDF")):
        nth = attach(world, dote["id"], paper(100 + n), name)
        answer = world.get(f"/doti/{dote['id']}/documents/{nth}/file", "operator")
        assert answer.status_code == 200
        assert "\n" not in answer.headers["Content-Disposition"]
        assert "X" not in answer.headers


def test_too_large(world: World) -> None:
    dote = world.requested()
    limit = world.services.settings.max_upload_bytes
    slightly = PDF[:-7] + b"%" * (limit - len(PDF) + 1) + b"\n%%EOF\n"
    assert len(slightly) > limit
    answer = world.call(
        "POST",
        f"/doti/{dote['id']}/documents",
        data={"kind": "contract"},
        files={"file": ("a.pdf", slightly)},
    )
    assert problem(answer, 413, "too_large")["limit_bytes"] == limit
    much = {"file": ("a.pdf", b"x" * (4 * limit + 200_000))}
    answer = world.call("POST", f"/doti/{dote['id']}/documents", data={"kind": "x"}, files=much)
    problem(answer, 413, "too_large")


def test_the_same_file_in_two_households(world: World) -> None:
    first, second = world.requested(), world.requested()
    for dote in (first, second):
        attach(world, dote["id"], paper(500))
    answer = world.call(
        "POST",
        f"/doti/{first['id']}/documents",
        data={"kind": "contract"},
        files={"file": ("b.pdf", paper(500))},
    )
    problem(answer, 409, "duplicate")


def test_a_refused_command_stores_no_file(world: World) -> None:
    dote = world.accounted_for()
    folder = world.services.settings.home / "files" / dote["household_id"]
    before = sorted(folder.rglob("*"))
    problem(world.receipt(dote["id"], 10_000, number="77"), 409, "wrong_state")
    assert sorted(folder.rglob("*")) == before
