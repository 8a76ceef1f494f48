"""Broken and hostile bank files over HTTP: a sentence with its place, and nothing by halves."""

import io
import zipfile
from typing import Any

import pytest
from openpyxl import Workbook

from tests.api.test_refusals import problem
from tests.api.test_statements import account, camt, entry, send
from tests.api.world import World

ENTITIES = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>'
LAUGHS = (
    b'<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a0 "ha">'
    + b"".join(b'<!ENTITY a%d "&a%d;&a%d;">' % (n + 1, n, n) for n in range(40))
    + b"]><Document>&a40;</Document>"
)
MT940 = (
    b":20:X\r\n:25:IT60X0542811101000000123456\r\n:28C:1/1\r\n:60F:C260301EUR100,\r\n"
    b":61:2603020302D40,00NTRFNONREF//H1\r\n:86:PAGAMENTO UNO\r\n"
    b":61:2603020302D10,00NTRFNONREF//H2\r\n:86:PAGAMENTO DUE\r\n"
    b":62F:C260302EUR50,00\r\n-\r\n"
)
WINDOWS = (
    "Data contabile;Data valuta;Importo;Descrizione\r\n"
    "07/03/2026;07/03/2026;-1.234,56;Caffè e attività\r\n"
    "31/02/2026;07/03/2026;-1,00;Giorno che non c'è\r\n"
    "08/03/2026;08/03/2026;-2,oo;Importo con due lettere\r\n"
    "09/03/2026;09/03/2026;-3,00;Città\r\n"
).encode("cp1252")


def standing(world: World) -> tuple[Any, int]:
    """What would show that something came in: the books, and how many statements there are."""
    world.settle()
    cash = world.get("/trial-balance", "auditor").json()["cash"]
    return cash, len(world.get("/statements", "finance").json()["items"])


def waits(world: World, content: bytes, **fields: str) -> list[tuple[str, str]]:
    """Nothing came in; what is told, with its places."""
    before = standing(world)
    answer = send(world, content, **fields)
    assert (answer.status_code, answer.json()["written"]) == (200, False), answer.text
    assert standing(world) == before
    return [(each["where"], each["msg"]) for each in answer.json()["errors"]]


@pytest.mark.parametrize("content", [ENTITIES, LAUGHS], ids=["entities", "a million laughs"])
def test_entities_are_refused(world: World, content: bytes) -> None:
    account(world)
    before = standing(world)
    answer = send(world, content)
    problem(answer, 415, "unsupported_media")
    assert "entities" in answer.json()["detail"]
    assert standing(world) == before


def test_a_gigantic_amount_is_told_at_its_place(world: World) -> None:
    account(world)
    huge = entry(-1_00, "ENORME", "H9").replace(">1.00<", f">{'9' * 400}<")
    [(where, msg), *_] = waits(world, camt(entry(-1_00, "NORMALE", "H8"), huge, total=-2_00))
    assert (where, "cannot be" in msg) == ("Stmt 1, Ntry 2", True)


def test_another_currency_is_told_at_its_place(world: World) -> None:
    account(world)
    told = waits(world, camt(entry(-1_00, "FRANCHI", "H7"), total=-1_00, currency="CHF"))
    assert told
    assert any("CHF" in msg for _, msg in told)
    mixed = entry(-1_00, "FRANCHI", "H6").replace('Ccy="EUR"', 'Ccy="USD"')
    told = waits(world, camt(entry(-2_00, "EURO", "H5"), mixed, total=-3_00))
    assert ("Stmt 1, Ntry 2", True) in [(where, "USD" in msg) for where, msg in told]


def test_a_statement_of_another_account_stays_out_whatever_is_asked(world: World) -> None:
    account(world)
    other = camt(entry(-1_00, "ALTRUI", "H4"), total=-1_00).replace(
        b"IT60X0542811101000000123456", b"IT43K0310412701000000820420"
    )
    [(where, msg)] = waits(world, other)
    assert (where, "another account" in msg) == ("Stmt 1", True)
    before = standing(world)
    problem(send(world, other, despite_errors="true"), 422, "validation")
    assert standing(world) == before


@pytest.mark.parametrize(
    ("end", "where"),
    [(b":62F:", "riga 8"), (b":61:2603020302D10", "riga 6")],
    ids=["before the balance", "in the middle"],
)
def test_an_mt940_that_breaks_off(world: World, end: bytes, where: str) -> None:
    account(world)
    told = waits(world, MT940[: MT940.index(end)])
    assert where in [place for place, _ in told]
    assert any("breaks off" in msg for _, msg in told)


def test_a_windows_table_names_each_bad_row_and_the_rest_waits(world: World) -> None:
    account(world)
    told = waits(world, WINDOWS)
    assert [where for where, _ in told] == ["riga 3", "riga 4"]
    assert ["date" in told[0][1], "amount" in told[1][1]] == [True, True]
    done = send(world, WINDOWS, despite_errors="true").json()
    assert (done["written"], done["new_lines"]) == (True, 2)
    world.settle()
    items = world.get("/reconciliation/suspense?limit=100", "finance").json()["items"]
    texts = {each["remittance"]: each["amount_cents"] for each in items}
    assert (texts["Caffè e attività"], texts["Città"]) == (-123_456, -300)


def workbook(*rows: list[object], merged: str | None = None) -> bytes:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for row in rows:
        sheet.append(row)
    if merged:
        sheet.merge_cells(merged)
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


def test_formulas_and_merged_cells_are_told_by_their_cell(world: World) -> None:
    account(world)
    head: list[object] = ["Data contabile", "Importo", "Descrizione"]
    formula = workbook(head, ["10/03/2026", "=1-2", "CALCOLATO"], ["10/03/2026", -5.5, "SCRITTO"])
    [(where, msg)] = waits(world, formula)
    assert (where, "B2" in msg) == ("riga 2", True)
    merged = workbook(
        head, ["11/03/2026", -1.5, "UNITA"], ["11/03/2026", -2.5, "SOTTO"], merged="A2:A3"
    )
    [(where, _)] = waits(world, merged)
    assert where == "riga 3"


def test_a_packed_bomb_is_refused(world: World) -> None:
    account(world)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b"<workbook/>")
        archive.writestr("xl/worksheets/sheet1.xml", b" " * (70 * 1024 * 1024))
    before = standing(world)
    problem(send(world, packed.getvalue()), 413, "too_large")
    assert standing(world) == before
