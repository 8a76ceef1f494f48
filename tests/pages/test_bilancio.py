"""The ledger's pages over HTTP: they say what the ledger says, of any day, down to each event."""

import re
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime
from html import unescape
from pathlib import Path
from typing import Any

import httpx
import pytest

from api.languages import money
from api.pages.ledger_moves import KINDS
from domain.events.base import EVENT_TYPES
from domain.ledger import NO_POSTINGS
from tests.api.world import Json, World, opened_world
from tests.pages.books import Clock, keep_books, small_lines
from tests.pages.looking import table, title

SPRING = datetime(2026, 5, 31, 22, tzinfo=UTC)
"""The midnight at the end of May, here."""


@pytest.fixture(scope="module")
def world(postgres_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """A year's books."""
    clock, home = Clock(), Path(tmp_path_factory.mktemp("home"))
    with small_lines(), opened_world(postgres_url, home, clock) as opened:
        keep_books(opened, clock)
        yield opened


def look(world: World, path: str, as_: str = "coordinator", language: str = "it") -> httpx.Response:
    """A page, as somebody."""
    headers = {"Accept-Language": language, "Authorization": f"Bearer {world.tokens[as_]}"}
    answer: httpx.Response = world.client.get(path, headers=headers, follow_redirects=False)
    return answer


def text(page: httpx.Response) -> str:
    """What is read on a page, in one line."""
    plain = re.sub(r"<[^>]+>", " ", unescape(page.text.partition("<main")[2]))
    return re.sub(r"\s+", " ", plain)


def euro(cents: int) -> str:
    """An amount as pages show it."""
    return money("it", cents).replace("\u00a0", " ")


def ledger(world: World, as_: str = "coordinator", **query: Any) -> Json:  # noqa: ANN401
    """The ledger by line, as the API has it."""
    shown: Json = world.get("/ledger", as_, params={"group": "line", **query}).json()
    return shown


def row(found: Json, partner: str, category: str) -> Json:
    """One line of it."""
    return next(
        each for each in found["rows"] if (each["partner"], each["category"]) == (partner, category)
    )


def cents(amount: str) -> int:
    """An amount of such a file."""
    assert re.fullmatch(r"-?\d+,\d\d", amount)
    return int(amount.replace(",", ""))


# The matrix


def test_the_matrix_says_what_the_ledger_says(world: World) -> None:
    page = look(world, "/bilancio")
    assert title(page) == "Bilancio"
    shown, found = text(page), ledger(world)
    assert f"posizione {found['log_index']} del registro" in shown
    for each in found["rows"]:
        assert f"disp. {euro(each['available_cents'])}" in shown
        assert f'href="/bilancio/voci/{each["partner"]}/{each["category"]}"' in page.text
    assert euro(found["total"]["available_cents"]) in shown
    assert "Più SpazioQuattro" in shown
    assert "Non ammesso" in shown


def test_the_matrix_of_a_past_day_and_of_its_position_are_the_same(world: World) -> None:
    then = ledger(world, as_of=SPRING.isoformat())
    page = look(world, "/bilancio?il=31/05/2026")
    shown = text(page)
    assert f"com'era il 31/05/2026, alla posizione {then['log_index']} del registro" in shown
    for each in then["rows"]:
        assert f"disp. {euro(each['available_cents'])}" in shown
    by_position = look(world, f"/bilancio?il={then['log_index']}")
    whole = re.compile(r"<table.*?</table>", re.DOTALL)
    strip = re.compile(r"\?il=[^\"]+")
    tables = [
        [strip.sub("", part) for part in whole.findall(each.text)[:1]]
        for each in (page, by_position)
    ]
    assert tables[0] == tables[1] != []
    assert 'value="31/05/2026"' in page.text
    by_slider = look(world, f"/bilancio?giorno={(date(2026, 5, 31) - date(2026, 1, 2)).days}")
    assert f"alla posizione {then['log_index']} del registro" in text(by_slider)


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("31/13/2026", "Non è una data né una posizione"),
        ("ieri", "Non è una data né una posizione"),
        ("23/11/2026", "Questo giorno deve ancora arrivare."),
        ("999.999", "Il registro non arriva ancora a questa posizione."),
        ("1.5", "Non è una data né una posizione"),
    ],
)
@pytest.mark.parametrize("field", ["il", "con"])
def test_what_cannot_be_read_comes_back(world: World, field: str, typed: str, said: str) -> None:
    page = look(world, f"/bilancio?{field}={typed}")
    assert page.status_code == 422
    assert said in unescape(page.text)
    assert f'value="{typed}"' in page.text
    assert f'href="#as-of-{field}"' in page.text
    assert "disp." in page.text


def test_before_the_first_day_there_is_nothing(world: World) -> None:
    assert "Scegli una data successiva" in text(look(world, "/bilancio?il=31/12/2025"))
    assert "Scegli una data successiva" in text(look(world, "/bilancio?il=0"))


def test_the_difference_between_two_dates(world: World) -> None:
    then, now = ledger(world, as_of=SPRING.isoformat()), ledger(world)
    shown = text(look(world, "/bilancio?con=31/05/2026"))
    assert f"tra il 31/05/2026 (posizione {then['log_index']}) e il 22/11/2026" in shown
    more = now["total"]["documented_cents"] - then["total"]["documented_cents"]
    assert more > 0
    assert f"Rendicontato + {euro(more)}" in shown.replace("+", "+ ")
    less = then["total"]["available_cents"] - now["total"]["available_cents"]
    assert f"Disponibile −{euro(less)}" in shown
    # Whichever is named first, time goes forward.
    swapped = text(look(world, f"/bilancio?il=31/05/2026&con={now['log_index']}"))
    assert f"tra il 31/05/2026 (posizione {then['log_index']}) e il" in swapped
    assert "nessuna variazione" in text(look(world, "/bilancio?con=22/11/2026"))


def test_the_same_in_figures(world: World) -> None:
    shown = text(look(world, "/bilancio?vista=cifre"))
    found = row(ledger(world), "ROCCA", "EMERGENZA")
    amounts = ("allocated", "available", "committed", "disbursed")
    assert " ".join(euro(found[f"{each}_cents"]) for each in amounts) in shown


def test_in_english(world: World) -> None:
    page = look(world, "/bilancio?con=31/05/2026", language="en")
    assert title(page) == "Budget"
    assert "what changed between 31/05/2026" in text(page)


# Who sees it


def test_everybody_sees_their_own_lines_and_no_others(world: World) -> None:
    page = look(world, "/bilancio", "operator_ssalv")
    assert "Sportello SSALV" in page.text
    assert "Sportello ROCCA" not in page.text
    assert "Barrito" not in text(page)
    assert look(world, "/bilancio/voci/ROCCA/EMERGENZA", "operator_ssalv").status_code == 404
    assert look(world, "/bilancio/voci/SSALV/EMERGENZA", "operator_ssalv").status_code == 200
    other = text(look(world, "/bilancio/movimenti?partner=ROCCA", "operator_ssalv"))
    assert "Qui non c'è nessun movimento." in other
    mine = {
        each["Codice partner"]
        for each in table(look(world, "/bilancio/movimenti.csv", "operator_ssalv"))
    }
    assert mine == {"SSALV"}
    of_rocca = world.get("/ledger/entries", params={"partner": "ROCCA"}).json()["items"]
    path = f"/bilancio/movimenti/{of_rocca[0]['log_index']}"
    assert look(world, path, "operator_ssalv").status_code == 404
    assert look(world, path, "operator").status_code == 200


def test_who_may_not_is_refused_and_not_led_there(world: World) -> None:
    for path in ("/bilancio", "/bilancio.csv", "/bilancio/movimenti", "/bilancio/movimenti/9"):
        assert look(world, path, "admin").status_code == 403
    assert 'href="/bilancio"' not in look(world, "/", "admin").text
    for as_ in ("coordinator", "finance", "auditor", "operator"):
        assert 'href="/bilancio"' in look(world, "/", as_).text


@pytest.mark.parametrize("path", ["/bilancio/voci/NOBODY/EMERGENZA", "/bilancio/movimenti/999999"])
def test_what_is_not_there(world: World, path: str) -> None:
    assert look(world, path).status_code == 404


# A line and its movements


def test_a_line_shows_what_stands_on_it(world: World) -> None:
    found = row(ledger(world, as_of=SPRING.isoformat()), "ROCCA", "EMERGENZA")
    page = look(world, "/bilancio/voci/ROCCA/EMERGENZA?il=31/05/2026&con=31/03/2026")
    assert title(page) == "Emergenza · Sportello ROCCA"
    assert (
        f"{euro(found['available_cents'])} disponibili di {euro(found['allocated_cents'])}"
        in text(page)
    )
    assert "tra il 31/03/2026" in text(page)


@pytest.mark.parametrize("until", ["", "31/05/2026"])
@pytest.mark.parametrize("as_", ["auditor", "operator"])
def test_the_postings_of_a_cell_come_to_what_it_says(world: World, until: str, as_: str) -> None:
    query = f"partner=ROCCA&categoria=EMERGENZA&al={until}"
    sums: Counter[str] = Counter()
    for each in table(look(world, f"/bilancio/movimenti.csv?{query}", as_)):
        sums[each["Conto"]] += cents(each["Importo"])
    found = ledger(world, as_, **({"as_of": SPRING.isoformat()} if until else {}))
    line = row(found, "ROCCA", "EMERGENZA")
    names = {
        "Disponibile": "available",
        "Impegnato": "committed",
        "Erogato": "disbursed",
        "Rendicontato": "documented",
        "Non ammesso": "disallowed",
    }
    assert {names[name]: total for name, total in sums.items() if total} == {
        each: line[f"{each}_cents"] for each in names.values() if line[f"{each}_cents"]
    }
    shown = text(look(world, f"/bilancio/movimenti?{query}", as_))
    assert euro(line["available_cents"]) in shown.partition("Quanto fanno in tutto")[2]


def test_movements_come_in_pages_and_none_is_lost(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("api.pages.routes.movimenti.LISTED", 10)
    seen, path = [], "/bilancio/movimenti?partner=ROCCA"
    while True:
        page = look(world, path)
        seen += re.findall(r'<th scope="row"><a href="/bilancio/movimenti/(\d+)"', page.text)
        following = re.search(r'href="(/bilancio/movimenti\?[^"]*prima=\d+)"', page.text)
        if following is None:
            break
        path = unescape(following[1])
    every = {
        each["Posizione"] for each in table(look(world, "/bilancio/movimenti.csv?partner=ROCCA"))
    }
    assert len(seen) == len(set(seen)) > 10
    assert set(seen) == every
    assert seen == sorted(seen, key=int, reverse=True)


def test_movements_by_kind_dote_and_day(world: World) -> None:
    paid = text(look(world, "/bilancio/movimenti?tipo=DoteDisbursed&dal=01/03/2026&al=30/04/2026"))
    assert "Erogazione" in paid
    assert "Stanziamento" not in paid.partition("Quanto fanno in tutto")[2].replace("Stanziato", "")
    for day in re.findall(r"(\d\d)/(\d\d)/2026 posizione", paid):
        assert day[1] in ("03", "04")
    dote = world.get("/doti?state=disbursed").json()["items"][0]
    page = look(world, f"/bilancio/movimenti?numero={dote['number'].lower()}")
    assert set(re.findall(r"CI-2026-\d{5}", page.text)) == {dote["number"]}
    assert f'href="/doti/{dote["id"]}"' in page.text
    wrong = look(world, "/bilancio/movimenti?numero=CI-2026-99999&dal=32/01/2026")
    assert wrong.status_code == 422
    assert "Non c'è nessuna dote con questo numero." in unescape(wrong.text)
    assert 'value="32/01/2026"' in wrong.text
    back = look(world, "/bilancio/movimenti?dal=02/03/2026&al=01/03/2026")
    assert "viene prima di quella iniziale" in back.text
    assert look(world, "/bilancio/movimenti?dal=01/12/2026").status_code == 200
    assert look(world, "/bilancio/movimenti?tipo=nothing").status_code == 200


def test_the_event_behind_a_posting(world: World) -> None:
    entries = world.get("/ledger/entries", params={"partner": "CPARCO", "limit": 200}).json()[
        "items"
    ]
    vote = next(each for each in entries if each["event_type"] == "DoteApproved")
    page = look(world, f"/bilancio/movimenti/{vote['log_index']}", "auditor")
    shown = text(page)
    assert title(page).startswith("Impegno, ")
    assert f'href="/doti/{vote["dote_id"]}"' in page.text
    assert "approvatore" in shown
    after = vote["balance_cents"]
    before = after - vote["cents"]
    assert f"{euro(before)} −{euro(-vote['cents'])} {euro(after)}" in re.sub(r"− ", "−", shown)
    assert "Movimento precedente di questa voce" in shown


def test_a_transfer_is_of_two_lines_and_says_why(world: World) -> None:
    found = look(world, "/bilancio/movimenti?tipo=BudgetTransferred")
    index = re.search(r'<th scope="row"><a href="/bilancio/movimenti/(\d+)"', found.text)
    assert index
    page = look(world, f"/bilancio/movimenti/{index[1]}")
    shown = text(page)
    assert "Rimodulazione, 500,00" in shown
    assert "Più richieste che altrove" in shown
    assert "Emergenza · Barrito" in shown
    assert "Emergenza · Vallette" in shown
    assert "Emergenza · Barrito → Emergenza · Vallette" in text(look(world, "/bilancio"))
    alone = text(look(world, f"/bilancio/movimenti/{index[1]}", "BARRITO"))
    assert "Vallette" not in alone


# Files


def test_the_matrix_as_a_file(world: World) -> None:
    answer = look(world, "/bilancio.csv?il=31/05/2026", "finance")
    assert answer.content.startswith("\ufeffPartner;Categoria;Stanziato;".encode())
    assert "attachment" in answer.headers["Content-Disposition"]
    found, rows = ledger(world, as_of=SPRING.isoformat()), table(answer)
    of_all = next(each for each in rows if each["Partner"] == each["Categoria"] == "Totale")
    assert cents(of_all["Disponibile"]) == found["total"]["available_cents"]
    lines = [each for each in rows if "Totale" not in (each["Partner"], each["Categoria"])]
    assert sum(cents(each["Stanziato"]) for each in lines) == found["total"]["allocated_cents"]
    english = look(world, "/bilancio.csv", language="en")
    first = table(english, ",")[0]
    assert re.fullmatch(r"\d+\.\d\d", first["Available"])


def test_two_moments_as_a_file(world: World) -> None:
    page = look(world, "/bilancio?il=31/05/2026&con=31/03/2026")
    path = unescape(page.text.partition('href="/bilancio.csv')[2].partition('"')[0])
    rows = table(look(world, f"/bilancio.csv{path}"))
    before = table(look(world, "/bilancio.csv?il=31/03/2026"))
    earlier = {(each["Partner"], each["Categoria"]): each for each in before}
    assert len(rows) >= len(before)
    for each in rows:
        was = earlier.get((each["Partner"], each["Categoria"]))
        for name in ("Stanziato", "Disponibile", "Impegnato", "Erogato", "Rendicontato"):
            change = cents(each[name]) - (cents(was[name]) if was else 0)
            assert cents(each[f"{name}, variazione"]) == change
    assert any(cents(each["Erogato, variazione"]) for each in rows)


def test_files_name_nobody_and_are_noted(world: World) -> None:
    answer = look(world, "/bilancio/movimenti.csv", "auditor")
    content = answer.content.decode()
    assert not re.search(r"CI-\d{4}-\d{5}|[Ss]egret|Ada|Inventata", content)
    noted = world.get("/audit/accesses", "auditor", params={"limit": 200}).json()["items"]
    exports = [each["details"] for each in noted if each["what"] == "exported"]
    assert {"rows": len(table(answer)), "format": "csv", "table": "postings"} in exports


def test_too_much_for_one_file_is_told(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("api.pages.routes.movimenti.MOST_EVENTS", 3)
    answer = look(world, "/bilancio/movimenti.csv?partner=ROCCA")
    assert answer.status_code == 422
    assert "scegli un periodo più breve" in answer.text
    assert look(world, "/bilancio/movimenti.csv?dal=x").status_code == 422


# The words and the curve


def test_whatever_moves_money_has_a_name() -> None:
    assert KINDS.keys() == set(EVENT_TYPES.values()) - NO_POSTINGS


def test_the_year_comes_to_what_the_ledger_says(world: World) -> None:
    total = ledger(world)["total"]
    out = sum(total[f"{each}_cents"] for each in ("disbursed", "documented", "disallowed"))
    shown = text(look(world, "/bilancio")).partition("I numeri del grafico")[2]
    november = shown.partition("nov ")[2].partition("dic ")[0]
    assert euro(out) in november
    assert euro(out + total["committed_cents"]) in november
    assert f"Il piano: {euro(total['allocated_cents'])} da spendere nel 2026" in text(
        look(world, "/bilancio")
    )
    assert look(world, "/bilancio?anno=1999").status_code == 200
