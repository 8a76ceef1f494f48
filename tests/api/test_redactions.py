"""Papers made fit for a funder over HTTP: blacked out by finance, and given out in the dossier."""

import csv
import io
import json
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

import pypdfium2
import pytest

from tests.api.world import Json, World, opened_world
from tests.papers import pdf, photograph

NAME = "Maria Inventata"
PAPER = pdf([(60, 100, NAME), (60, 600, "Totale 50,00")])
AREA = {"page": 1, "left": 5, "top": 8, "right": 60, "bottom": 14}
SPAN = {"from": "2026-01-01", "to": "2026-12-31"}
PAGES, NOT_HERE = "Pages in this archive", "Why they are not here"
NOW = datetime(2026, 11, 3, 10, tzinfo=UTC)


@pytest.fixture
def world(postgres_url: str, tmp_path: Path) -> Iterator[World]:
    """A world of its own: what is accounted for is counted."""
    with opened_world(postgres_url, tmp_path / "home", clock=lambda: NOW) as opened:
        yield opened


def documented(world: World, data: bytes, name: str, cents: int = 5_000) -> str:
    """A dote with an accepted receipt; where its receipt is."""
    dote = world.disbursed(cents)
    form = {
        "kind": "invoice",
        "number": name,
        "date": "2026-01-20",
        "issuer": "Negozio di Prova",
        "amount_cents": str(cents),
    }
    answer = world.client.post(
        f"/api/v1/doti/{dote['id']}/receipts",
        data=form,
        files={"file": (f"{NAME} {name}", data)},
        headers={"Authorization": f"Bearer {world.tokens['operator']}"},
    )
    assert answer.status_code == 201, answer.text
    world.done(f"/doti/{dote['id']}/receipts/1/acceptance", {}, "finance")
    return f"/doti/{dote['id']}/receipts/1"


def dossier(world: World) -> tuple[dict[str, bytes], list[dict[str, str]]]:
    """The members of the newest account's dossier, and the rows of its papers."""
    made = world.done("/rendiconti", SPAN, "finance")
    data = world.get(f"/rendiconti/{made['id']}.zip", "finance").content
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    rows = list(csv.DictReader(io.StringIO(members["papers.csv"].decode("utf-8-sig"))))
    return members, rows


def test_only_what_was_blacked_out_goes_along(world: World) -> None:
    done = documented(world, PAPER, "1")
    photo = documented(world, photograph("Totale"), "2", 6_000)
    documented(world, pdf([(60, 100, "Altro")]), "3", 7_000)
    first = world.done(f"{done}/redaction", {"areas": [AREA]}, "finance")
    assert (first["pages"], first["areas"], first["version"]) == (1, 1, 1)
    assert first["original_sha256"] == sha256(PAPER).hexdigest()
    world.done(f"{photo}/redaction", {"nothing_personal": True}, "finance")
    members, rows = dossier(world)
    assert [(row["No."], row[PAGES], row[NOT_HERE]) for row in rows] == [
        ("1", "papers/0001.pdf", ""),
        ("2", "papers/0002.pdf", ""),
        ("3", "", "Not blacked out yet"),
    ]
    assert rows[0]["SHA-256 of the pages"] == sha256(members["papers/0001.pdf"]).hexdigest()
    assert rows[0]["SHA-256 of the pages"] == first["sha256"]
    assert rows[0]["SHA-256 of the file"] == first["original_sha256"]
    manifest = json.loads(members.pop("manifest.json"))
    assert manifest["sha256"] == {
        name: sha256(data).hexdigest() for name, data in sorted(members.items())
    }
    for name, data in members.items():
        for told in (b"Inventata", b"Segreta", b"Exif"):
            assert told not in data, name
    page = pypdfium2.PdfDocument(members["papers/0001.pdf"])[0]
    assert page.get_textpage().get_text_range().strip() == ""
    black = page.render(scale=1).to_pil().convert("L").crop((40, 75, 340, 110))
    assert black.getextrema()[1] <= 12


def test_what_is_done_again_takes_the_place_of_what_was(world: World) -> None:
    path = documented(world, PAPER, "1")
    world.done(f"{path}/redaction", {"nothing_personal": True}, "finance")
    again = world.done(f"{path}/redaction", {"areas": [AREA]}, "finance")
    assert again["version"] == 2
    assert world.get(f"{path}/redaction", "auditor").json() == again
    file = world.get(f"{path}/redaction/file", "coordinator")
    assert sha256(file.content).hexdigest() == again["sha256"]
    members, _ = dossier(world)
    assert members["papers/0001.pdf"] == file.content


def test_what_was_black_is_not_seen_by_mistake(world: World) -> None:
    path = documented(world, PAPER, "1")
    world.done(f"{path}/redaction", {"areas": [AREA]}, "finance")
    answer = world.post(f"{path}/redaction", {"nothing_personal": True}, "finance")
    assert (answer.status_code, answer.json()["code"]) == (422, "validation")
    assert world.get(f"{path}/redaction", "finance").json()["areas"] == 1
    world.done(f"{path}/redaction", {"nothing_personal": True, "fewer": True}, "finance")
    assert world.get(f"{path}/redaction", "finance").json()["areas"] == 0


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({}, 422, "validation"),
        ({"areas": [AREA | {"page": 2}]}, 422, "validation"),
        ({"areas": [AREA | {"left": 60}]}, 422, "validation"),
        ({"areas": [AREA | {"left": 5.5}]}, 422, "validation"),
        ({"areas": [AREA] * 201}, 422, "validation"),
    ],
)
def test_what_is_not_possible_is_refused(world: World, body: Json, status: int, code: str) -> None:
    path = documented(world, PAPER, "1")
    answer = world.post(f"{path}/redaction", body, "finance")
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert world.get(f"{path}/redaction", "finance").status_code == 404


def test_who_may(world: World) -> None:
    path = documented(world, PAPER, "1")
    for who in ("operator", "coordinator", "auditor", "approver"):
        answer = world.post(f"{path}/redaction", {"areas": [AREA]}, who)
        assert answer.status_code == 403, who
    world.done(f"{path}/redaction", {"areas": [AREA]}, "finance")
    assert world.get(f"{path}/redaction/file", "operator_ssalv").status_code == 404
    assert world.get(f"{path}/redaction/file", "auditor").status_code == 403
    assert world.get(f"{path}/redaction/file", "operator").status_code == 200
    assert world.post(path.replace("/1", "/9") + "/redaction", {}, "finance").status_code == 404


def test_a_file_that_cannot_be_drawn_says_so(world: World) -> None:
    path = documented(world, b"%PDF-1.4\nnothing\n%%EOF\n", "1")
    answer = world.post(f"{path}/redaction", {"nothing_personal": True}, "finance")
    assert (answer.status_code, answer.json()["code"]) == (415, "unsupported_media")


def test_what_the_funder_does_not_admit_is_not_handed_over(world: World) -> None:
    rules = {"categories": ["SCUOLA"]}
    world.done("/funder-rules", {"funder": "Ente", "rules": rules}, "coordinator")
    path = documented(world, PAPER, "1")
    world.done(f"{path}/redaction", {"areas": [AREA]}, "finance")
    made = world.done("/rendiconti", SPAN | {"funder": "Ente"}, "finance")
    data = world.get(f"/rendiconti/{made['id']}.zip", "finance").content
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert not [name for name in archive.namelist() if name.startswith("papers/")]
        assert b"Not admitted" in archive.read("papers.csv")


def test_with_its_household_a_paper_is_gone(world: World) -> None:
    path = documented(world, PAPER, "1")
    world.done(f"{path}/redaction", {"areas": [AREA]}, "finance")
    dote = world.get(path.partition("/receipts")[0]).json()
    world.services.files.forget(dote["household_id"])
    members, rows = dossier(world)
    assert rows[0][NOT_HERE] == "The file is lost"
    assert "papers/0001.pdf" not in members
