"""Matches as pages: found again, and taken back by whom they may be."""

import re
from datetime import timedelta

import httpx
import pytest

from api.pages.routes import abbinate
from tests.api.test_reconciliation import bank_says, paid_soon
from tests.api.test_statements import account
from tests.api.world import World
from tests.pages.test_bank import certain, get, line_of, lines_of, post


def found(world: World, **form: str) -> httpx.Response:
    """The matched lines that a form asks for."""
    return post(world, "/riconciliazione/abbinate", data=form)


def everything(world: World) -> str:
    """All matched lines."""
    return get(world, "/riconciliazione/abbinate").text


def test_any_match_is_found_and_taken_back_from_its_line(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    account(world)
    first, second = paid_soon(world, 1_610, 1_620)
    bank_says(world, (-16_10, f"DOTE {first}"), (-16_20, f"DOTE {second}"))
    line = line_of(world, f"DOTE {first}")
    assert post(world, "/riconciliazione/certi", data=certain(world)).status_code == 303
    world.settle()
    number = first.rsplit("-", 1)[0]
    list_of_it = found(world, numero=number)
    assert lines_of(list_of_it.text) == [line]
    assert first in list_of_it.text
    assert second not in list_of_it.text
    # Also as the bank's sheet has it, and by the last figures of the dote.
    for wanted in ("16,10", "-16,10", "−16,10"):
        assert lines_of(found(world, importo=wanted, conto="CONTO").text) == [line]
    signed = found(world, importo="-16,10").text
    assert 'value="-16,10"' in signed
    assert lines_of(found(world, numero=first.split("-")[2]).text) == [line]
    monkeypatch.setattr(abbinate, "LISTED", 1)
    page = found(world, conto="CONTO").text
    [before] = re.findall(r'name="prima" value="([0-9]+)"', page)
    rest = found(world, conto="CONTO", prima=before).text
    assert len(lines_of(page)) == len(lines_of(rest)) == 1
    assert lines_of(rest) != lines_of(page)
    link = re.search(r'href="(/riconciliazione/abbinate\?prima=[0-9]+)"', everything(world))
    assert link is not None
    assert lines_of(get(world, link[1]).text) == lines_of(rest)
    monkeypatch.undo()
    today = world.services.engine.today().strftime("%d/%m/%Y")
    assert line in found(world, dal=today, al=today).text
    assert line not in found(world, al="01/01/2020").text
    odd = found(world, importo="tanto", numero="CI")
    assert odd.status_code == 422
    assert 'value="tanto"' in odd.text
    page = get(world, f"/riconciliazione/righe/{line}").text
    assert "A che cosa è abbinata" in page
    assert first in page
    assert "/annulla/" not in get(world, f"/riconciliazione/righe/{line}", "auditor").text
    [undo] = re.findall(r'action="(/riconciliazione/annulla/[0-9a-f-]+)"', page)
    done = post(world, undo, data={"riga": line})
    assert (done.status_code, done.headers["location"]) == (303, f"/riconciliazione/righe/{line}")
    world.settle()
    assert lines_of(found(world, numero=first).text) == []
    again = post(world, undo, data={"riga": line})
    assert again.status_code == 409
    assert "Questo abbinamento è già stato annullato" in again.text


def test_where_a_match_cannot_be_taken_back_its_line_says_why(world: World) -> None:
    account(world)
    [name] = paid_soon(world, 1_710)
    bank_says(world, (-17_10, f"DOTE {name}"))
    line = line_of(world, f"DOTE {name}")
    body = {"line_ids": [line], "payment_ids": [name]}
    world.done("/reconciliation/matches", body, "finance")
    world.settle()
    dote = world.get(f"/doti?q={name.rsplit('-', 1)[0]}").json()["items"][0]["id"]
    refund = {
        "amount_cents": 100,
        "value_date": world.services.engine.today().isoformat(),
        "source": "Ditta Inventata",
    }
    world.done(f"/doti/{dote}/refunds", refund, "finance")
    page = get(world, f"/riconciliazione/righe/{line}").text
    assert "Ora non si può annullare:" in page
    assert "/annulla/" not in page


def test_only_who_matched_takes_it_back_where_it_is_named_and_only_for_a_while(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    account(world)
    bank_says(world, (18_100, "VERSATO DA UN ENTE"))
    line = f"/riconciliazione/righe/{line_of(world, 'VERSATO DA UN ENTE')}"
    told = post(world, line, data={"kind": "funding"}).headers["location"]
    world.settle()
    assert "/annulla/" in get(world, told).text
    assert "/annulla/" not in get(world, told, "coordinator").text
    monkeypatch.setattr("api.pages.just_matched.LASTS", timedelta(0))
    assert "/annulla/" not in get(world, told).text
    assert get(world, "/riconciliazione?abbinata=00000000-0000-0000-0000-000000000007").text
