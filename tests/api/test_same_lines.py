"""The same movement in two files, over HTTP: once, twice, or asked."""

import json
from datetime import date
from typing import Any

from tests.api.test_refusals import problem
from tests.api.test_statements import account, send
from tests.api.world import World
from tests.bank.lines import Account, line
from tests.bank.writing import WRITERS
from workflows.bank import Line

DAY = date(2026, 9, 7)
RENT = line(-31_000, DAY, remittance="AFFITTO SETTEMBRE", bank_reference="RF1")
FEE = line(-120, DAY, remittance="COMMISSIONI")
FUNDS = line(70_000, date(2026, 9, 8), remittance="CONTRIBUTO", bank_reference="RF2")


def told(world: World, format_: str, *lines: Line, opening: int = 0, **fields: str) -> Any:  # noqa: ANN401
    data = WRITERS[format_](Account(opening_cents=opening), lines)
    answer = send(world, data, **fields)
    assert answer.status_code in (200, 201), answer.text
    return answer.json()


def table(*rows: str) -> bytes:
    """A table without balances."""
    return "\r\n".join(["Data contabile;Importo;Descrizione", *rows]).encode()


def test_one_month_in_every_format_comes_in_once(world: World) -> None:
    account(world)
    lines = (RENT, FEE, FEE, FUNDS)
    assert told(world, "camt.053.001.08", *lines)["new_lines"] == 4
    for format_ in WRITERS:
        again = told(world, format_, *lines)
        assert (again["new_lines"], again["duplicate_lines"], again["in_doubt"]) == (0, 4, []), (
            format_
        )


def test_what_is_not_certain_waits_for_a_decision(world: World) -> None:
    account(world)
    day = date(2026, 9, 21)
    first = line(-4_400, day, remittance="UNA COSA", bank_reference="RF9")
    assert told(world, "camt.053.001.08", first, opening=1)["written"]
    world.settle()
    content = table("21/09/2026;-44,00;UN ALTRA COSA", "22/09/2026;-45,00;TERZA")
    answer = send(world, content)
    assert (answer.status_code, answer.json()["written"]) == (200, False)
    [doubt] = answer.json()["in_doubt"]
    assert (doubt["key"], doubt["where"], doubt["amount_cents"]) == ("1:1", "riga 2", -4_400)
    assert [like["remittance"] for like in doubt["like"]] == ["UNA COSA"]
    assert send(world, content, despite_errors="true").json()["written"] is False
    known = send(world, content, preview="true", decided='{"1:1": "known"}').json()
    assert (known["new_lines"], known["duplicate_lines"], known["in_doubt"]) == (1, 1, [])
    done = send(world, content, decided=json.dumps({"1:1": "new"}))
    assert (done.status_code, done.json()["new_lines"]) == (201, 2)
    world.settle()
    events = world.get("/audit/events?after=0&limit=1000", "auditor").json()["items"]
    [imported] = [
        e for e in events if e["type"] == "StatementImported" and e["data"]["decided_new"]
    ]
    assert (imported["data"]["decided_new"], imported["data"]["decided_known"]) == (1, 0)
    again = send(world, content)
    assert (again.json()["new_lines"], again.json()["in_doubt"]) == (0, [])
    problem(send(world, content, decided='{"1": "new"}'), 422, "validation")
    problem(send(world, content, decided='{"1:1": "perhaps"}'), 422, "validation")


def test_two_equal_payments_of_one_day_are_two_in_every_format(world: World) -> None:
    account(world)
    for n, format_ in enumerate(WRITERS, 1):
        day = date(2026, 10, n)
        twice = (line(-900, day, remittance="BUONO"), line(-900, day, remittance="BUONO"))
        assert told(world, format_, *twice, opening=n)["new_lines"] == 2, format_
        third = line(-900, day, remittance="BUONO")
        assert told(world, format_, *twice, third, opening=n)["new_lines"] == 1, format_


def test_a_movement_by_its_day_of_value_is_asked_about(world: World) -> None:
    account(world)
    booked = line(-5_150, date(2026, 6, 10), remittance="SALDO", bank_reference="RF51")
    told(world, "camt.053.001.08", booked, opening=5)
    world.settle()
    by_value = line(-5_150, date(2026, 6, 8), remittance="SALDO", bank_reference="RF51")
    asked = told(world, "MT940", by_value, opening=5)
    assert asked["written"] is False
    [doubt] = asked["in_doubt"]
    assert [like["booked_on"] for like in doubt["like"]] == ["2026-06-10"]
    key = doubt["key"]
    known = told(world, "MT940", by_value, opening=5, decided=json.dumps({key: "known"}))
    assert (known["new_lines"], known["duplicate_lines"]) == (0, 1)
