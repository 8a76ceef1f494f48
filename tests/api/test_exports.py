"""Doti taken out: nobody's number, no code twice, no formula; and written down."""

import csv
import io
import json
from typing import Any

import pytest

from api.v1.pseudonyms import COLUMNS, as_csv, pseudonymised
from tests.api.test_refusals import problem
from tests.api.test_reveals import logged, unwritable_log
from tests.api.world import World


@pytest.fixture(scope="module")
def filled(world: World) -> World:
    """Six households of one desk, one dote about health, and one dote of the other desk."""
    for _ in range(5):
        world.requested()
    world.requested(category="OCULISTICA", item="OCCHIALI")
    other = world.household("operator_ssalv")
    world.done("/doti", world.request_body(other, partner="SSALV"), "operator_ssalv")
    world.settle()
    return world


def rows(world: World, who: str = "coordinator") -> list[dict[str, Any]]:
    answer = world.get("/exports/doti.jsonl", who)
    assert answer.status_code == 200
    return [json.loads(line) for line in answer.text.splitlines()]


def test_rows_say_nothing_of_who_it_is(filled: World) -> None:
    listed = filled.get("/doti", params={"limit": 200}).json()["items"]
    text = filled.get("/exports/doti.jsonl").text + filled.get("/exports/doti.csv").text
    for dote in listed:
        for told in (dote["id"], dote["number"], dote["household_id"], dote["created_at"][:10]):
            assert told not in text
    for word in ("Inventata", "segret", "via Prova", "OCCHIALI", "N-0"):
        assert word not in text
    found = rows(filled)
    assert len(found) == len(listed)
    assert {tuple(row) for row in found} == {COLUMNS}
    health = [row for row in found if row["category"] == "OCULISTICA"]
    assert [row["item"] for row in health] == ["OCULISTICA"]


def test_no_code_is_in_two_exports(filled: World) -> None:
    first, second = rows(filled), rows(filled)
    assert len({row["household"] for row in first}) == len({row["dote"] for row in first})

    def codes(found: list[dict[str, Any]]) -> set[str]:
        return {row[name] for row in found for name in ("household", "dote")}

    assert len(codes(first)) == 2 * len(first)
    assert codes(first).isdisjoint(codes(second))


def test_an_operator_takes_out_what_is_their_partners(filled: World) -> None:
    assert {row["partner"] for row in rows(filled, "operator")} == {"ROCCA"}
    assert {row["partner"] for row in rows(filled, "operator_ssalv")} == {"SSALV"}
    for who in ("assessor", "approver", "finance", "admin"):
        for name in ("doti.csv", "doti.jsonl"):
            problem(filled.get(f"/exports/{name}", who), 403, "forbidden")


def test_a_district_of_few_is_not_told(filled: World) -> None:
    assert {row["district"] for row in rows(filled)} == {"Mirafiori"}
    assert {row["district"] for row in rows(filled, "operator_ssalv")} == {None}


def test_a_table_for_spreadsheets(filled: World) -> None:
    answers = {
        language: filled.get("/exports/doti.csv", headers={"Accept-Language": language})
        for language in ("it", "en")
    }
    for language, mark in (("it", ";"), ("en", ",")):
        answer = answers[language]
        assert answer.content.startswith(b"\xef\xbb\xbf")
        assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
        assert 'filename="doti.csv"' in answer.headers["Content-Disposition"]
        table = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig")), delimiter=mark))
        assert tuple(table[0]) == COLUMNS
        assert len(table) == len(rows(filled)) + 1


ODD = ["=1+1", "+39", "-2", "@SUM(A1)", "\tx", "\r=1", " =1", "\uff1d1", 'a;b,"c"\n=2', "plain"]


@pytest.mark.parametrize("odd", ODD)
def test_no_cell_is_a_formula(odd: str) -> None:
    dote = dict.fromkeys(COLUMNS, 0) | {"district": odd, "month": "2026-01", "household": 1}
    made = as_csv(pseudonymised([dote], (), 1), "it").decode("utf-8-sig")
    table = list(csv.reader(io.StringIO(made, newline=""), delimiter=";"))
    assert len(table) == 2
    cell = table[1][COLUMNS.index("district")]
    assert cell == (odd if odd in ("plain", 'a;b,"c"\n=2') else f"'{odd}")


def test_an_export_is_written_down_first(filled: World) -> None:
    count = len(rows(filled, "operator"))
    line = logged(filled, what="exported")[0]
    assert (line["who"]["name"], line["role"]) == ("operator", "operator")
    assert line["details"] == {"format": "jsonl", "rows": count}
    with unwritable_log(filled):
        for name in ("doti.csv", "doti.jsonl"):
            answer = filled.get(f"/exports/{name}")
            assert answer.json()["code"] == "internal"
