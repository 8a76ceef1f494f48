"""Statements and reconciliation as pages: brought in, confirmed, taken back, without a script."""

import re
from html import unescape
from typing import Any

import httpx
import pytest

from api.pages import open_lines
from tests.api.test_reconciliation import bank_says, of_text, paid_soon, proposals
from tests.api.test_statements import account, camt, entry
from tests.api.world import World


def get(world: World, path: str, who: str = "finance") -> httpx.Response:
    """A page, in Italian."""
    headers = {"Authorization": f"Bearer {world.tokens[who]}", "Accept-Language": "it"}
    answer: httpx.Response = world.client.get(path, headers=headers)
    return answer


def text(page: str) -> str:
    """What is read on a page, in one line."""
    plain = re.sub(r"<[^>]+>", " ", unescape(page.partition("<main")[2]))
    return re.sub(r"\s+", " ", plain)


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


def certain(world: World, query: str = "", form: int = 0) -> dict[str, Any]:
    """What the button for the certain ones sends; that of all pages is the last `form`."""
    page = get(world, f"/riconciliazione{query}").text
    told = re.findall(r'action="/riconciliazione/certi.*?</form>', page, re.DOTALL)[form]
    [key] = re.findall(r'name="key" value="([0-9a-f]+)"', told)
    return {
        "key": key,
        "shown": [unescape(each) for each in re.findall(r'name="shown" value="([^"]+)"', told)],
    }


def lines_of(page: str) -> list[str]:
    """The lines that stand on a page, in their order."""
    return list(
        dict.fromkeys(re.findall(r'href="/riconciliazione/righe/([0-9a-f-]{36})[?"]', page))
    )


def line_of(world: World, text: str) -> str:
    """The line with these words."""
    [line] = of_text(world, text)["line_ids"]
    return str(line)


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
    again = post(world, told.url.path, data={"in": "yes"})
    assert again.status_code == 422
    assert 'href="#despite"' in again.text
    assert 'name="despite" value="yes" aria-invalid="true"' in again.text
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
    done = post(world, "/riconciliazione/conferma", data=form)
    assert done.status_code == 303
    again = post(world, "/riconciliazione/conferma", data=form)
    assert again.status_code == 409
    assert "È già abbinata: l&#39;ha abbinata finance" in again.text
    world.settle()
    # What was just matched is named, and only there is it taken back.
    assert "/annulla/" not in get(world, "/riconciliazione").text
    page = get(world, done.headers["location"]).text
    assert one in page
    undo = re.search(r'action="(/riconciliazione/annulla/[0-9a-f-]+)"', page)
    assert undo is not None
    undone = post(world, undo[1])
    assert undone.status_code == 303
    world.settle()
    page = get(world, undone.headers["location"]).text
    assert "annullato" in text(page)
    assert "/annulla/" not in page
    assert post(world, "/riconciliazione/certi", data=certain(world)).status_code == 303
    world.settle()
    page = get(world, "/riconciliazione").text
    assert one not in page
    assert two not in page
    [fee] = re.findall(
        r'href="(/riconciliazione/righe/[0-9a-f-]+)[^"]*"[^>]*data-main[^>]*2,00', page
    )
    assert "COMMISSIONI X" in get(world, fee).text
    assert post(world, f"{fee}/da-parte", data={"reason": ""}).status_code == 422
    assert post(world, f"{fee}/da-parte", data={"reason": "da chiedere"}).status_code == 303
    world.settle()
    for page in (fee, "/riconciliazione"):
        assert re.search(r"finance [^.]*: da chiedere", text(get(world, page).text)), page
    wrong = {"kind": "fee", "payment_ids": "CI-2026-99999-1"}
    assert post(world, fee, data=wrong).status_code == 422
    assert post(world, fee, data={"kind": "fee"}).status_code == 303


def test_payments_of_a_line_are_found_chosen_and_counted(world: World) -> None:
    account(world)
    one, two, far = paid_soon(world, 41_00, 42_50, 9_000_00)
    bank_says(world, (-83_50, "DUE INSIEME"))
    page = get(world, "/riconciliazione").text
    [line] = re.findall(
        r'href="(/riconciliazione/righe/[0-9a-f-]+)[^"]*"[^>]*data-main[^>]*83,50', page
    )

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


def test_what_is_certain_is_confirmed_as_the_page_showed_it_and_what_changed_is_told(
    world: World,
) -> None:
    account(world)
    paid, steady = paid_soon(world, 1_410, 1_420)
    bank_says(world, (-14_10, f"DOTE {paid}"), (-14_20, f"DOTE {steady}"))
    moved, kept = line_of(world, f"DOTE {paid}"), line_of(world, f"DOTE {steady}")
    sent = certain(world)
    bank_says(world, (-14_10, "PAGATA DA UN COLLEGA"))
    body = {"line_ids": [line_of(world, "PAGATA DA UN COLLEGA")], "payment_ids": [paid]}
    world.done("/reconciliation/matches", body, "finance")
    world.settle()
    told = post(world, "/riconciliazione/certi", data=sent)
    assert told.status_code == 409
    assert "1 riga non è stata confermata" in told.text
    alert = told.text.split('role="alert"')[1].split("</ul>")[0]
    assert f"/riconciliazione/righe/{moved}" in alert
    assert f"{paid}: Per questa riga non è più proposto nulla" in alert
    assert kept not in alert
    world.settle()
    assert kept not in get(world, "/riconciliazione").text
    assert moved in get(world, "/riconciliazione").text
    # The same form sent again says the same, and does nothing more.
    assert "1 riga non è stata confermata" in post(world, "/riconciliazione/certi", data=sent).text
    nothing = post(world, "/riconciliazione/certi", data={"shown": "x"})
    assert nothing.status_code == 422
    assert "Non c’è nulla di certo da confermare." in nothing.text


def test_every_open_line_is_reached_and_a_page_confirms_its_own(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    account(world)
    monkeypatch.setattr(open_lines, "MOST_ROWS", 3)
    names = paid_soon(world, 1_510, 1_520, 1_530, 1_540)
    bank_says(
        world,
        *((-(151 + n) * 10, f"DOTE {name}") for n, name in enumerate(names)),
        (15_500, "IGNOTO"),
    )
    whole = [each["line_ids"][0] for each in proposals(world, limit="200")["items"]]
    address: str | None = "/riconciliazione"
    seen: list[str] = []
    back = []
    while address is not None:
        page = get(world, address).text
        seen += lines_of(page)
        back.append(re.search(r'rel="prev" href="([^"]+)"', page))
        found = re.search(r'rel="next" href="([^"]+)"', page)
        address = unescape(found[1]) if found else None
    assert seen == whole
    assert back[0] is None
    assert back[1] is not None
    assert lines_of(get(world, unescape(back[1][1])).text) == whole[:3]
    sure = "?stato=certain"
    page = get(world, f"/riconciliazione{sure}").text
    assert "Conferma i 3 certi di questa pagina" in page
    assert f">certo ({proposals(world)['counts']['certain']})" in page
    assert "in altre pagine" in page or "in un’altra pagina" in page
    sent = certain(world, sure)
    assert len(sent["shown"]) == 3
    answer = post(world, f"/riconciliazione/certi{sure}", data=sent)
    assert (answer.status_code, answer.headers["location"]) == (303, f"/riconciliazione{sure}")
    world.settle()
    left = {each["line_ids"][0] for each in proposals(world, grade="certain")["items"]}
    assert len(left) == 1
    assert "in tutte le pagine" not in get(world, f"/riconciliazione{sure}").text
    shut = get(world, "/riconciliazione?conto=ALTRO").text
    assert "Nessuna riga aperta è così." in shut
    assert not left & set(lines_of(get(world, "/riconciliazione?giorni=7").text))


def test_what_is_certain_on_all_pages_is_confirmed_with_one_press(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    account(world)
    monkeypatch.setattr(open_lines, "MOST_ROWS", 2)
    names = paid_soon(world, *range(2_510, 2_570, 10))
    bank_says(world, *((-(251 + n) * 10, f"DOTE {name}") for n, name in enumerate(names)))
    many = proposals(world)["counts"]["certain"]
    assert many >= len(names)
    assert f"Conferma {many} certi, in tutte le pagine" in get(world, "/riconciliazione").text
    monkeypatch.setattr(open_lines, "MOST_AT_ONCE", len(names) - 1)
    sent = certain(world, form=-1)
    assert len(sent["shown"]) == len(names) - 1
    assert sent["key"] != certain(world, form=-1)["key"]
    for _ in range(2):  # pressed twice
        assert post(world, "/riconciliazione/certi", data=sent).status_code == 303
    world.settle()
    assert proposals(world)["counts"]["certain"] == many - len(names) + 1


def test_several_lines_are_matched_with_one_payment(world: World) -> None:
    account(world)
    [name] = paid_soon(world, 93_00)
    bank_says(world, (-50_00, "PRIMA PARTE"), (-43_00, "SECONDA PARTE"), (9_00, "VERSATO"))
    one, two, other = (line_of(world, t) for t in ("PRIMA PARTE", "SECONDA PARTE", "VERSATO"))
    page = f"/riconciliazione/righe/{one}"
    shown = get(world, page).text
    assert f'name="altre" value="{two}"' in shown
    assert other not in shown
    both = {"altre": two, "payment_ids": name, "kind": "payment", "rest": "refuse"}
    counted = post(world, page, data={**both, "conta": "1"})
    assert "93,00 € su 93,00 €" in text(counted.text)
    assert post(world, page, data={**both, "altre": other}).status_code == 422
    assert post(world, page, data=both).status_code == 303
    world.settle()
    for each in (one, two):
        assert "insieme a un" in text(get(world, f"/riconciliazione/righe/{each}").text)


def test_the_page_of_a_line_shows_what_is_proposed_for_it(world: World) -> None:
    account(world)
    [name] = paid_soon(world, 97_10)
    bank_says(world, (-97_10, f"DOTE {name}"))
    shown = get(world, f"/riconciliazione/righe/{line_of(world, f'DOTE {name}')}").text
    assert re.search(rf'value="{name}"[^>]* checked', shown)
    assert "Proposto: numero nella causale, importo" in text(shown)


def test_what_was_typed_on_a_line_comes_back(world: World) -> None:
    account(world)
    [name] = paid_soon(world, 1_900)
    bank_says(world, (-19_10, "NON SI SA"))
    line = f"/riconciliazione/righe/{line_of(world, 'NON SI SA')}"
    typed = {"kind": "fee", "rest": "open", "payment_ids": name}
    refused = post(world, line, data=typed)
    assert refused.status_code in (409, 422)
    assert '<option value="fee" selected>' in refused.text
    assert '<option value="open" selected>' in refused.text
    assert re.search(rf'value="{name}"[^>]* checked', refused.text)
    for reason in ("", "da chiedere " * 500):
        aside = post(world, f"{line}/da-parte", data={"reason": reason})
        assert aside.status_code == 422
        assert f'value="{reason}"' in aside.text
