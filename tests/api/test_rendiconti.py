"""Accounts of expenses over HTTP: frozen, given out, made again, and never told twice."""

import io
import json
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from uuid import UUID

import pytest

from tests.api.formulas import Book
from tests.api.world import Json, World, opened_world
from workflows.audit import merkle
from workflows.audit.canonical import read_line
from workflows.audit.notes import Checkpoint

SPAN = {"from": "2026-01-01", "to": "2026-12-31"}
FUNDER = "Ente"
NOW = datetime(2026, 11, 3, 10, tzinfo=UTC)


@pytest.fixture
def world(postgres_url: str, tmp_path: Path) -> Iterator[World]:
    """A world of its own: what is accounted for is counted."""
    url = "https://doti.example.org"
    with opened_world(postgres_url, tmp_path / "home", clock=lambda: NOW, public_url=url) as opened:
        yield opened


def documented(world: World, cents: int, number: str = "1") -> Json:
    dote = world.disbursed(cents)
    assert world.receipt(dote["id"], cents, number).status_code == 201
    return world.done(f"/doti/{dote['id']}/receipts/1/acceptance", {}, "finance")


def drawn(world: World, **more: object) -> Json:
    made = world.done("/rendiconti", SPAN | more, "finance")
    shown: Json = world.get(f"/rendiconti/{made['id']}", "finance").json()
    assert {**shown, **made} == shown
    return shown


def file(world: World, shown: Json, form: str) -> bytes:
    answer = world.get(f"/rendiconti/{shown['id']}.{form}", "finance")
    assert answer.status_code == 200, answer.text
    assert f"{shown['number']}.{form}" in answer.headers["Content-Disposition"]
    return answer.content


def test_it_ties_to_the_ledger_to_the_cent(world: World) -> None:
    documented(world, 12_345)
    documented(world, 10_001, "2")
    paid = world.disbursed(9_000)
    refund = {"amount_cents": 2_500, "value_date": "2026-02-01", "source": "negozio"}
    world.done(f"/doti/{paid['id']}/refunds", refund, "finance")
    shown = drawn(world)
    world.settle()
    ledger = world.get(f"/ledger?group=line&at={shown['log_size']}", "finance").json()
    rows = {(row["partner"], row["category"]): row for row in ledger["rows"]}
    (line,) = shown["lines"]
    row = rows[line["partner"], line["category"]]
    spent = row["disbursed_cents"] + row["documented_cents"] + row["disallowed_cents"]
    assert line["here"]["paid_cents"] == line["ledger"]["paid_cents"] == spent == 28_846
    assert line["here"]["documented_cents"] == row["documented_cents"] == 22_346
    assert [one["receipt_no"] for one in shown["items"] if one["receipt_no"]] == [1, 2]
    assert shown["documented_cents"] == shown["admitted_cents"] == 22_346
    entries = world.get("/ledger/entries?limit=200", "finance").json()["items"]
    assert {one["log_index"] for one in shown["items"]} <= {one["log_index"] for one in entries}


def test_the_spreadsheet_computes_to_what_it_shows(world: World) -> None:
    documented(world, 12_345)
    documented(world, 10_001, "2")
    book = Book(file(world, drawn(world), "xlsx"))
    assert book.check() >= 10
    by_line = book.values["By budget line"]
    assert [cell.value for cell in by_line[2]][3:6] == [223.46, 223.46, 0]
    tie = book.values["Tie to the ledger"]
    assert [row[7] for row in tie.iter_rows(min_row=2, values_only=True)] == [0, 0, 0]
    movements = book.formulas["All movements"]
    assert str(movements["A2"].hyperlink.target).endswith(f"/movimenti/{movements['A2'].value}")


def test_the_funder_has_its_columns_and_text_stays_text(world: World) -> None:
    columns = [
        {"name": "receipt_no", "title": "=1+1"},
        {"name": "receipt_number", "title": "@titolo"},
        {"name": "admitted", "title": "Imputato"},
    ]
    rules = {"columns": columns, "cup": "C19J26000010001", "wording": "+con il sostegno"}
    world.done("/funder-rules", {"funder": FUNDER, "rules": rules}, "coordinator")
    dote = world.disbursed(5_000)
    assert world.receipt(dote["id"], 5_000, "7").status_code == 201
    world.done(f"/doti/{dote['id']}/receipts/1/acceptance", {}, "finance")
    book = Book(file(world, drawn(world, funder=FUNDER), "xlsx"))
    assert book.check()
    sheet = book.formulas["Expenses"]
    texts = [cell for row in sheet.iter_rows() for cell in row if cell.data_type == "s"]
    shown = {cell.value for cell in texts}
    assert {"=1+1", "@titolo", "Imputato", "+con il sostegno", "C19J26000010001"} <= shown
    head = next(row for row in sheet.iter_rows(values_only=True) if row[0] == "=1+1")
    assert head[:3] == ("=1+1", "@titolo", "Imputato")


def test_rules_say_what_is_admitted(world: World) -> None:
    rules = {"categories": ["SCUOLA"], "papers": ["receipt"]}
    answered = world.done("/funder-rules", {"funder": FUNDER, "rules": rules}, "coordinator")
    assert answered["items"][0]["version"] == 1
    documented(world, 5_000)
    shown = drawn(world, funder=FUNDER)
    assert (shown["rules_version"], shown["documented_cents"], shown["admitted_cents"]) == (
        1,
        5_000,
        0,
    )
    row = next(one for one in shown["items"] if one["receipt_no"])
    assert row["not_admitted"] == ["category", "paper"]
    unknown = {"funder": FUNDER, "rules": {"items": ["NIENTE"]}}
    assert world.post("/funder-rules", unknown, "coordinator").status_code == 422
    assert world.post("/funder-rules", unknown | {"funder": "?"}, "coordinator").status_code == 422


def test_the_second_one_tells_only_what_is_new_and_refers_back(world: World) -> None:
    dote = world.disbursed(8_000)
    first = drawn(world, funder=FUNDER)
    back = {"reason": "conto chiuso", "value_date": "2026-02-02"}
    world.done(f"/doti/{dote['id']}/disbursements/1/return", back, "finance")
    documented(world, 5_000)
    second = drawn(world, funder=FUNDER)
    assert second["earlier"] == [first["number"]]
    kinds = [one["kind"] for one in second["items"]]
    assert sorted(kinds) == ["documented", "paid", "returned"]
    returned = second["items"][kinds.index("returned")]
    assert returned["refers_to"] == first["items"][0]["log_index"]
    assert returned["refers_to_account"] == first["number"]
    third = drawn(world, funder=FUNDER)
    assert (third["rows"], third["items"]) == (0, [])
    for shown in (second, third):
        Book(file(world, shown, "xlsx")).check()
    # Drawn up for nobody in particular, it tells all.
    assert drawn(world)["rows"] == 4


def test_days_that_have_not_begun_are_not_accounted_for(world: World) -> None:
    with world.at(NOW):
        answer = world.post("/rendiconti", {"from": "2026-11-04", "to": "2026-11-30"}, "finance")
        assert answer.status_code == 422
        assert answer.json()["detail"].endswith("Choose a first day up to 03/11/2026.")
        assert answer.json()["errors"][0]["loc"] == ["body", "from"]
        assert world.get("/rendiconti").json()["items"] == []
        world.done("/rendiconti", {"from": "2026-11-03", "to": "2026-11-30"}, "finance")


def test_it_is_the_same_however_often_it_is_made(world: World) -> None:
    documented(world, 5_000)
    shown = drawn(world, funder=FUNDER)
    before = {form: file(world, shown, form) for form in ("xlsx", "pdf", "zip")}
    documented(world, 6_000)
    drawn(world, funder=FUNDER)
    assert {form: file(world, shown, form) for form in before} == before
    check = world.get(f"/rendiconti/{shown['id']}/check", "auditor").json()
    assert check["same"]
    assert check["fingerprint"] == check["made_again"] == shown["fingerprint"]


def test_what_was_changed_in_the_table_is_not_the_same(world: World) -> None:
    documented(world, 5_000)
    shown = drawn(world)
    with world.services.keeper.transaction() as tx:
        tx.execute(
            "UPDATE rendiconti SET content = replace(convert_from(content, 'UTF8'), "
            "'\"admitted_cents\":5000', '\"admitted_cents\":4000')::bytea, "
            "fingerprint = sha256(replace(convert_from(content, 'UTF8'), "
            "'\"admitted_cents\":5000', '\"admitted_cents\":4000')::bytea)"
        )
    answer = world.get(f"/rendiconti/{shown['id']}.pdf", "finance")
    assert (answer.status_code, answer.json()["code"]) == (409, "unreadable")
    assert world.get(f"/rendiconti/{shown['id']}/check", "auditor").json()["same"]


def test_the_paper_is_an_archive_file_with_the_letterhead(world: World) -> None:
    documented(world, 5_000)
    made = file(world, drawn(world), "pdf")
    assert made.startswith(b"%PDF")
    assert b"<pdfaid:part>2</pdfaid:part>" in made
    assert b"<pdfaid:conformance>B</pdfaid:conformance>" in made


def test_the_dossier_proves_itself(world: World) -> None:
    documented(world, 5_000)
    shown = drawn(world)
    data = file(world, shown, "zip")
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    manifest = json.loads(members.pop("manifest.json"))
    assert manifest["sha256"] == {
        name: sha256(content).hexdigest() for name, content in sorted(members.items())
    }
    assert sha256(members["rendiconto.json"]).hexdigest() == shown["fingerprint"]
    checkpoint = Checkpoint.parse(members["checkpoints.txt"].decode())
    proofs = [json.loads(line) for line in members["proofs.ndjson"].splitlines()]
    for proof in proofs:
        assert merkle.verify_inclusion(
            bytes.fromhex(proof["leaf"]),
            proof["log_index"] - 1,
            proof["size"],
            [bytes.fromhex(node) for node in proof["path"]],
            checkpoint.root,
        )
    assert {one["log_index"] for one in shown["items"]} < {one["log_index"] for one in proofs}
    frozen = read_line(members["log.ndjson"])
    assert UUID(frozen.stream) == UUID(shown["id"])
    assert frozen.leaf.hex() == proofs[-1]["leaf"]
    assert shown["fingerprint"] in members["log.ndjson"].decode()
    for secret in (b"Segreto", b"Inventata", b"segreta", b"IT60X"):
        assert not [name for name, content in members.items() if secret in content]


def test_the_list_of_papers_is_in_the_language_of_its_reader(world: World) -> None:
    documented(world, 5_000)
    shown = drawn(world)
    told = {}
    for language in ("it", "en"):
        answer = world.get(
            f"/rendiconti/{shown['id']}.zip", "finance", headers={"Accept-Language": language}
        )
        with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
            text = archive.read("papers.csv").decode("utf-8-sig")
        told[language] = [line.replace(";", ",").split(",")[:6] for line in text.splitlines()]
    assert told["it"][0] == [
        *("N.", "Dote", "Tipo di giustificativo", "Numero del giustificativo"),
        *("Data del giustificativo", "Rendicontato"),
    ]
    assert told["en"][0][2:5] == ["Kind of receipt", "Receipt number", "Receipt date"]
    assert (told["it"][1][2], told["en"][1][2]) == ("fattura", "invoice")


def test_a_closed_period_is_not_provisional(world: World) -> None:
    documented(world, 5_000)
    assert drawn(world)["provisional"]
    for who in ("finance", "coordinator"):
        world.done("/periods/2026-10/close", {}, who)
    assert not drawn(world, to="2026-10-31")["provisional"]


@pytest.mark.parametrize("who", ["operator", "assessor", "approver", "admin", "auditor"])
def test_who_may(world: World, who: str) -> None:
    assert world.post("/rendiconti", SPAN, who).status_code == 403
    assert world.get("/rendiconti", who).status_code == (200 if who == "auditor" else 403)


def test_what_is_asked_for_must_be_there(world: World) -> None:
    for wrong in (
        {"to": "2025-01-01"},
        {"partner": "NOBODY"},
        {"funder": "Nessuno"},
        {"from": "x"},
    ):
        assert world.post("/rendiconti", SPAN | wrong, "finance").status_code == 422
    assert world.get("/rendiconti/7d9c6b0a-0d4e-4a1c-9a53-3f1f0c8f2a11.pdf").status_code == 404
