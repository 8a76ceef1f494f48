"""Statements and reconciliation as pages: brought in, confirmed, taken back, without a script."""

import re

import httpx

from tests.api.test_reconciliation import bank_says, paid_soon
from tests.api.test_statements import account, camt, entry
from tests.api.world import World


def get(world: World, path: str, who: str = "finance") -> httpx.Response:
    """A page, in Italian."""
    headers = {"Authorization": f"Bearer {world.tokens[who]}", "Accept-Language": "it"}
    answer: httpx.Response = world.client.get(path, headers=headers)
    return answer


def post(world: World, path: str, who: str = "finance", **more: object) -> httpx.Response:
    """A form, sent."""
    headers = {"Authorization": f"Bearer {world.tokens[who]}", "Accept-Language": "it"}
    answer: httpx.Response = world.client.post(
        path,
        headers=headers,
        follow_redirects=False,
        **more,
    )
    return answer


def waiting(world: World, answer: httpx.Response) -> httpx.Response:
    """The page of the file that an answer leads to."""
    assert answer.status_code == 303, answer.text
    assert answer.headers["location"].startswith("/estratti-conto/file/")
    page = get(world, answer.headers["location"])
    assert page.status_code == 200
    return page


def test_a_statement_is_looked_at_and_brought_in(world: World) -> None:
    account(world)
    content = camt(entry(-33_00, "PAGAMENTO IGNOTO", "P1"), total=-33_00)
    form = {"account": "CONTO", "look": "yes"}
    files = {"file": ("estratto.xml", content)}
    looked = waiting(world, post(world, "/estratti-conto", data=form, files=files))
    assert "1 nuova" in looked.text
    assert "Nulla è stato registrato" in looked.text
    assert looked.url.path in get(world, "/estratti-conto").text
    done = post(world, "/estratti-conto", data={"account": "CONTO"}, files=files)
    assert (done.status_code, done.headers["location"]) == (303, "/estratti-conto")
    world.settle()
    assert "967,00" in get(world, "/estratti-conto", "auditor").text
    wrong = camt(entry(-1_00, "ALTRO", "P2"), opening=5_00, total=-2_00)
    files = {"file": ("b", wrong)}
    told = waiting(world, post(world, "/estratti-conto", data={"account": "CONTO"}, files=files))
    assert "Da decidere" in told.text
    assert 'name="despite"' in told.text
    # Pressed without saying so, nothing comes in and nothing is lost.
    again = waiting(world, post(world, told.url.path, data={"in": "yes"}))
    assert again.url == told.url
    # Another statement told all of this day: whether the line is new has to be said, too.
    decided = {"in": "yes", "despite": "yes", "line_1_1": "new"}
    done = post(world, told.url.path, data=decided)
    assert (done.status_code, done.headers["location"]) == (303, "/estratti-conto")
    assert get(world, told.url.path).status_code == 404
    nothing = post(world, "/estratti-conto", data={"account": "CONTO"}, files={"x": ("b", b"")})
    assert nothing.status_code == 422
    odd = post(world, "/estratti-conto", data={"account": "CONTO"}, files={"file": ("b", b"%PDF")})
    assert odd.status_code == 415


def test_lines_are_confirmed_taken_back_and_set_aside(world: World) -> None:
    account(world)
    one, two = paid_soon(world, 6_000, 7_000)
    bank_says(world, (-60_00, f"DOTE {one}"), (-70_00, f"DOTE {two}"), (-2_00, "COMMISSIONI X"))
    shown = get(world, "/riconciliazione")
    assert shown.status_code == 200
    assert "numero nella causale, importo" in shown.text
    assert "registra come spesa bancaria" in shown.text
    line = re.search(rf'value="([0-9a-f-]{{36}})"><input[^>]*value="{one}"', shown.text)
    assert line is not None
    form = {"line_ids": line[1], "payment_ids": one, "kind": "payment", "rest": "refuse"}
    assert post(world, "/riconciliazione/conferma", data=form).status_code == 303
    again = post(world, "/riconciliazione/conferma", data=form)
    assert again.status_code == 409
    world.settle()
    page = get(world, "/riconciliazione").text
    undo = re.search(r'action="(/riconciliazione/annulla/[0-9a-f-]+)"', page)
    assert undo is not None
    assert post(world, undo[1]).status_code == 303
    world.settle()
    whole = page + get(world, "/riconciliazione").text
    certain = re.findall(r'name="line_ids" value="([0-9a-f-]+)"', whole)
    sent = {"line_ids": certain}
    assert post(world, "/riconciliazione/certi", data=sent).status_code == 303
    world.settle()
    page = get(world, "/riconciliazione").text
    assert one not in page
    assert two not in page
    [fee] = re.findall(r'href="(/riconciliazione/righe/[0-9a-f-]+)"[^>]*data-main[^>]*2,00', page)
    assert "COMMISSIONI X" in get(world, fee).text
    assert post(world, f"{fee}/da-parte", data={"reason": ""}).status_code == 422
    assert post(world, f"{fee}/da-parte", data={"reason": "da chiedere"}).status_code == 303
    wrong = {"kind": "fee", "payment_ids": "CI-2026-99999-1"}
    assert post(world, fee, data=wrong).status_code == 422
    assert post(world, fee, data={"kind": "fee"}).status_code == 303


def test_payments_of_a_line_are_found_chosen_and_counted(world: World) -> None:
    account(world)
    one, two, far = paid_soon(world, 41_00, 42_50, 9_000_00)
    bank_says(world, (-83_50, "DUE INSIEME"))
    page = get(world, "/riconciliazione").text
    [line] = re.findall(r'href="(/riconciliazione/righe/[0-9a-f-]+)"[^>]*data-main[^>]*83,50', page)

    def offered(text: str) -> dict[str, bool]:
        boxes = re.findall(r'name="payment_ids" value="([^"]+)"[^>]*?( checked)? aria-label', text)
        return {name: bool(checked) for name, checked in boxes}

    # What comes near its amount is there at once; what is far is found by its number.
    first = get(world, line).text
    assert "Padrone Segreto" in first
    assert {one, two} <= offered(first).keys()
    digits = far.split("-")[2]
    by_number = post(world, line, data={"cerca": "1", "numero": digits, "payment_ids": one})
    assert by_number.status_code == 200
    assert offered(by_number.text) == {one: True, far: False}
    # By who is paid, however it is spelt; and by nobody.
    by_name = post(world, line, data={"cerca": "1", "nome": "padrone  SEGRETO"})
    assert {one, two} <= offered(by_name.text).keys()
    nobody = post(world, line, data={"cerca": "1", "nome": "Nessuno Mai"})
    assert offered(nobody.text) == {}
    # Counted against what the line comes to, refused with what was chosen, and matched.
    both = {"payment_ids": [one, two], "kind": "payment", "rest": "refuse"}
    counted = post(world, line, data={**both, "conta": "1"})
    assert "data-sum>83,50" in counted.text
    refused = post(world, line, data={**both, "payment_ids": [one]})
    assert refused.status_code == 422
    assert offered(refused.text)[one] is True
    assert post(world, line, data=both).status_code == 303
    world.settle()
    assert "83,50" not in get(world, "/riconciliazione").text


def test_who_only_reads_has_no_buttons(world: World) -> None:
    account(world)
    page = get(world, "/riconciliazione", "auditor").text
    assert "Conferma" not in page
    assert get(world, "/riconciliazione", "operator").status_code == 403
