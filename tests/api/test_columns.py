"""Tables of an account: previewed, read by what was saved for it, and told what is missing."""

import json
from typing import Any

from tests.api.test_refusals import problem
from tests.api.test_statements import account, send
from tests.api.world import World

TABLE = (
    "Estratto conto;;;;\r\n"
    "Registrata;Decorrenza;Cifra;Motivo;Chi\r\n"
    "02/03/2026;02/03/2026;-12,50;AFFITTO DI PROVA;Lido Finto\r\n"
    "03/03/2026;03/03/2026;1.000,00;CONTRIBUTO;Ente Inventato\r\n"
).encode("cp1252")
MOVED = (
    b"Cifra;Motivo;Registrata;Chi;Saldo;Decorrenza\r\n"
    b"-7,00;SCUOLA;04/03/2026;Lido Finto;;04/03/2026\r\n"
)
COLUMNS = {
    "titles": ["Registrata", "Decorrenza", "Cifra", "Motivo", "Chi"],
    "booked_on": 0,
    "value_on": 1,
    "amount": 2,
    "remittance": [3],
    "counterparty_name": 4,
}


def preview(world: World, content: bytes, who: str = "finance", **fields: str) -> Any:  # noqa: ANN401
    return world.call(
        "POST",
        "/statements/preview",
        who,
        data={"account": "CONTO", **fields},
        files={"file": ("estratto.csv", content)},
    )


def save(world: World, name: str, columns: object, who: str = "finance") -> Any:  # noqa: ANN401
    body = {"name": name, "columns": columns}
    return world.post("/bank-accounts/CONTO/columns", body, who)


def remove(world: World, name: str) -> Any:  # noqa: ANN401
    return world.post("/bank-accounts/CONTO/columns/removal", {"name": name}, "finance")


def test_a_table_is_previewed_corrected_saved_and_read_by_it(world: World) -> None:
    account(world)
    looked = preview(world, TABLE).json()
    assert looked["used"] is None
    assert looked["errors"][0]["msg"]
    assert looked["rows"][1]["cells"][0] == "Registrata"
    chosen = preview(world, TABLE, columns=json.dumps(COLUMNS)).json()
    assert [(line["where"], line["amount_cents"]) for line in chosen["lines"]] == [
        ("riga 3", -1_250),
        ("riga 4", 100_000),
    ]
    assert chosen["used"]["guessed"] is False
    assert send(world, TABLE).status_code == 422
    saved = save(world, "Sito della banca", COLUMNS)
    assert saved.status_code == 201, saved.text
    [conto] = [each for each in saved.json()["items"] if each["code"] == "CONTO"]
    assert [each["name"] for each in conto["columns"]] == ["Sito della banca"]
    told = send(world, TABLE, preview="true").json()
    assert told["columns_used"]["name"] == "Sito della banca"
    assert (told["new_lines"], told["errors"]) == (2, [])
    assert save(world, "Sito della banca", COLUMNS).status_code == 200
    world.settle()
    page = world.get("/audit/events?after=0&limit=1000", "auditor").json()
    assert [each["type"] for each in page["items"]].count("BankColumnsSaved") == 1
    moved = send(world, MOVED, preview="true").json()
    assert moved["columns_used"]["name"] == "Sito della banca"
    assert moved["lines"] == 1
    assert remove(world, "Sito della banca").status_code == 200
    problem(remove(world, "Sito della banca"), 422, "validation")


def test_a_missing_column_is_told_with_its_title_and_nothing_is_read(world: World) -> None:
    account(world)
    assert save(world, "Uno", COLUMNS).status_code == 201
    assert save(world, "Due", {**COLUMNS, "titles": [*COLUMNS["titles"][:4], "Nome"]})  # type: ignore[index]
    without = MOVED.replace(b"Motivo", b"Altro")
    problem(send(world, without), 422, "validation")
    assert "«Motivo»" in send(world, without).json()["detail"]
    told = preview(world, without).json()
    assert (told["lines"], "«Motivo»" in told["errors"][0]["msg"]) == ([], True)
    # A table that fits the older of two is read by the older one.
    assert send(world, MOVED, preview="true").json()["columns_used"]["name"] == "Uno"
    for name in ("Uno", "Due"):
        assert remove(world, name).status_code == 200


def test_columns_that_cannot_be_meant_are_refused(world: World) -> None:
    account(world)
    problem(save(world, "Niente", {"booked_on": 0}), 422, "validation")
    problem(save(world, "Troppo", {"booked_on": 0, "amount": 500}), 422, "validation")
    problem(save(world, "Altro", {"booked_on": 0, "amount": 1, "what": 3}), 422, "validation")
    row = {"booked_on": 0, "amount": 1, "titles": ["02/03/2026", "-12,50"]}
    problem(save(world, "Una riga", row), 422, "validation")
    problem(preview(world, TABLE, columns="{"), 422, "validation")
    problem(preview(world, TABLE, columns='{"booked_on": 0}'), 422, "validation")
    problem(preview(world, b":20:X\r\n:25:IT\r\n:60F:C260301EUR0,"), 422, "validation")


def test_only_who_keeps_the_money_says_how_tables_are_read(world: World) -> None:
    account(world)
    for who in ("operator", "coordinator", "auditor"):
        problem(save(world, "Mio", COLUMNS, who), 403, "forbidden")
        problem(preview(world, TABLE, who), 403, "forbidden")


def test_the_same_file_may_tell_more_when_other_columns_are_chosen(world: World) -> None:
    account(world)
    content = b"Giorno;Uno;Due\r\n21/11/2026;-1,00;-2,00\r\n"
    columns = {"titles": ["Giorno", "Uno", "Due"], "booked_on": 0, "amount": 1}
    assert send(world, content, columns=json.dumps(columns)).json()["new_lines"] == 1
    assert send(world, content, columns=json.dumps(columns)).json()["new_lines"] == 0
    other = {**columns, "amount": 2}
    again = send(world, content, columns=json.dumps(other))
    assert (again.status_code, again.json()["new_lines"]) == (201, 1), again.text
