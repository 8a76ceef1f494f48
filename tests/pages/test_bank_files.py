"""Files that wait: columns chosen and saved, lines decided on; nothing that was typed is lost."""

import re

import httpx

from tests.api.test_columns import MOVED, TABLE
from tests.api.test_same_lines import told
from tests.api.test_statements import account, camt, entry
from tests.api.world import World
from tests.bank.lines import line
from tests.pages.test_bank import get, post, waiting

CHOSEN = {
    "titles": "2",
    "col_0": "booked_on",
    "col_1": "value_on",
    "col_2": "amount",
    "col_3": "remittance",
    "col_4": "counterparty_name",
    "date_format": "dd/mm/yyyy",
    "decimal_mark": ",",
    "delimiter": ";",
}


def upload(world: World, content: bytes, name: str = "movimenti.csv") -> httpx.Response:
    files = {"file": (name, content)}
    return post(world, "/estratti-conto", data={"account": "CONTO"}, files=files)


def chosen(page: httpx.Response, field: str) -> str | None:
    """What is chosen in a select."""
    select = re.search(rf'<select id="c-{field}".*?</select>', page.text, re.DOTALL)
    assert select is not None
    found = re.search(r'<option value="([^"]*)" selected', select[0])
    return found[1] if found else None


def test_columns_are_chosen_saved_and_used_at_once(world: World) -> None:
    account(world)
    page = waiting(world, upload(world, TABLE))
    here = page.url.path
    assert "movimenti.csv" in page.text
    assert "AFFITTO DI PROVA" in page.text
    wrong = waiting(world, post(world, here, data={**CHOSEN, "col_1": "booked_on", "look": "yes"}))
    assert "va scelto" in wrong.text or "scelt" in wrong.text
    assert chosen(wrong, "col_4") == "counterparty_name"
    looked = waiting(world, post(world, here, data={**CHOSEN, "look": "yes"}))
    assert "2 righe" in looked.text
    assert "Lido Finto" in looked.text
    nameless = post(world, here, data={**CHOSEN, "save": "yes"})
    assert nameless.status_code == 422
    row = post(world, here, data={**CHOSEN, "titles": "3", "name": "Riga", "save": "yes"})
    assert row.status_code == 422
    named = {**CHOSEN, "name": "Sito nuovo", "save": "yes"}
    saved = waiting(world, post(world, here, data=named))
    assert "«Sito nuovo»" in saved.text
    moved = upload(world, MOVED)
    assert (moved.status_code, moved.headers["location"]) == (303, "/estratti-conto")
    done = post(world, here, data={"in": "yes"})
    assert done.headers["location"] == "/estratti-conto"
    world.settle()
    shown = get(world, "/estratti-conto").text
    assert "Sito nuovo" in shown
    without = waiting(world, upload(world, MOVED.replace(b"Motivo", b"Altro")))
    assert "«Motivo»" in without.text
    assert post(world, without.url.path, data={"away": "yes"}).status_code == 303
    removal = {"account": "CONTO", "name": "Sito nuovo"}
    assert post(world, "/estratti-conto/colonne", data=removal).status_code == 303
    assert "Sito nuovo" not in get(world, "/estratti-conto").text
    assert post(world, "/estratti-conto/colonne", data=removal).status_code == 303


def test_lines_in_doubt_wait_for_an_answer(world: World) -> None:
    account(world)
    first = line(-7_700, remittance="UNA COSA", bank_reference="PG1")
    assert told(world, "camt.053.001.08", first, opening=3)["written"]
    world.settle()
    page = waiting(world, upload(world, b"Data;Importo;Descrizione\r\n02/03/2026;-77,00;DUE\r\n"))
    assert "Note o nuove?" in page.text
    assert "«UNA COSA»" in page.text
    here = page.url.path
    undecided = post(world, here, data={"in": "yes"})
    assert undecided.status_code == 422
    assert "Non è entrato ancora nulla" in undecided.text
    assert 'href="#line_1_1"' in undecided.text
    assert 'name="line_1_1" value="known" aria-invalid="true"' in undecided.text
    kept = waiting(world, post(world, here, data={"line_1_1": "known", "look": "yes"}))
    assert re.search(r'name="line_1_1" value="known" checked', kept.text)
    done = post(world, here, data={"line_1_1": "known", "in": "yes"})
    assert done.headers["location"] == "/estratti-conto"
    assert get(world, here).status_code == 404


def test_a_file_of_which_nothing_can_be_read_leaves_nothing_behind(world: World) -> None:
    account(world)
    world.settle()
    before = len(world.get("/statements", "finance").json()["items"])
    table = b"Data;Importo;Descrizione\r\n01/01/2999;-1,00;DOMANI\r\n"
    page = waiting(world, upload(world, table))
    told = post(world, page.url.path, data={"in": "yes", "despite": "yes"})
    assert told.status_code == 422
    assert "non si può leggere nemmeno una riga" in told.text
    world.settle()
    assert len(world.get("/statements", "finance").json()["items"]) == before
    assert get(world, page.url.path).status_code == 200
    form = {"account": "CONTO", "despite_errors": "true"}
    sent = world.call("POST", "/statements", "finance", data=form, files={"file": ("a.csv", table)})
    assert sent.status_code == 422
    assert post(world, page.url.path, data={"away": "yes"}).status_code == 303


def test_a_statement_of_which_nothing_can_be_read_is_left_out_of_its_file(world: World) -> None:
    account(world)
    world.settle()
    before = len(world.get("/statements", "finance").json()["items"])
    made = camt(entry(-3_00, "OGGI", "M1", "2019-03-02"), opening=31_00, total=-3_00).replace(
        b"<Dt>2026-03-", b"<Dt>2019-03-"
    )
    later = camt(entry(-4_00, "DOMANI", "M2", "2999-03-02"), opening=28_00, total=-4_00)
    start, end = later.index(b"<Stmt>"), later.index(b"</BkToCstmrStmt>")
    both = made.replace(b"</BkToCstmrStmt>", later[start:end] + b"</BkToCstmrStmt>")
    page = waiting(world, upload(world, both, "estratto.xml"))
    done = post(world, page.url.path, data={"in": "yes", "despite": "yes"})
    assert done.status_code == 303, done.text
    world.settle()
    known = world.get("/statements", "finance").json()["items"]
    assert len(known) == before + 1


def test_what_is_missing_between_statements_is_told_when_one_came_in(world: World) -> None:
    account(world)
    there = ""
    for month, opening in (("01", 10_00), ("02", 99_00)):
        made = camt(entry(-1_00, f"MESE {month}", f"G{month}"), opening=opening, total=-1_00)
        content = made.replace(b"2026-03-31", f"2020-{month}-28".encode())
        content = content.replace(b"2026-03-", f"2020-{month}-".encode())
        files = {"file": ("estratto.xml", content)}
        done = post(world, "/estratti-conto", data={"account": "CONTO"}, files=files)
        assert done.status_code == 303
        there = done.headers["location"]
    assert "caricato=" in there
    shown = get(world, there).text
    assert "Da sapere su ciò che è entrato" in shown
    assert "01/02/2020 – 28/02/2020</strong>" in shown
    assert "90,00" in shown
    assert "Da sapere su ciò" not in get(world, "/estratti-conto").text


def test_nobody_sees_another_ones_file(world: World) -> None:
    account(world)
    page = waiting(world, upload(world, TABLE))
    assert get(world, page.url.path, "operator").status_code == 403
    assert get(world, page.url.path, "auditor").status_code == 403
    assert post(world, page.url.path, data={"away": "yes"}).status_code == 303
    assert get(world, page.url.path).status_code == 404
