"""The form of a funder's rules over HTTP: its columns, in their places, under its titles."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.api.test_rendiconti import documented, drawn
from tests.api.world import Json, World, opened_world

RULES = "/rendiconto/regole"
COLUMNS = {"place_admitted": "1", "title_admitted": "Imputato <b>", "place_receipt_no": "2"}


@pytest.fixture
def world(postgres_url: str, tmp_path: Path) -> Iterator[World]:
    """A world of its own: its funder's rules are counted."""
    now = datetime(2026, 11, 3, 10, tzinfo=UTC)
    with opened_world(postgres_url, tmp_path / "home", clock=lambda: now) as opened:
        yield opened


def headers(world: World) -> dict[str, str]:
    return {"Authorization": f"Bearer {world.tokens['coordinator']}", "Accept-Language": "it"}


def sent(world: World, form: Json, status: int) -> str:
    page = world.client.get(RULES, headers=headers(world)).text
    hidden = dict(re.findall(r'name="(csrf|key)" value="([^"]*)"', page))
    answer = world.client.post(
        f"{RULES}/1", data=hidden | form, headers=headers(world), follow_redirects=False
    )
    assert answer.status_code == status, answer.text
    text: str = answer.text
    return text


def adopted(world: World) -> Json:
    found: Json = world.get("/funder-rules", "coordinator").json()["items"][0]
    return found


def test_columns_are_adopted_in_their_places_under_their_titles(world: World) -> None:
    sent(world, COLUMNS, 303)
    assert adopted(world)["rules"]["columns"] == [
        {"name": "admitted", "title": "Imputato <b>"},
        {"name": "receipt_no", "title": None},
    ]
    page = world.client.get(RULES, headers=headers(world)).text
    assert "Imputato &lt;b&gt;, N." in page
    assert 'name="title_admitted" type="text" value="Imputato &lt;b&gt;"' in page
    # Without any place they are the usual ones again.
    sent(world, {}, 303)
    assert (adopted(world)["version"], adopted(world)["rules"]["columns"]) == (2, [])


def test_how_the_list_begins_is_shown_before_anything_is_adopted(world: World) -> None:
    empty = sent(world, COLUMNS | {"preview": "yes"}, 200)
    assert "Nessun rendiconto ha ancora una spesa" in empty
    documented(world, 5_000)
    drawn(world)
    shown = sent(world, COLUMNS | {"preview": "yes"}, 200)
    list_ = shown[shown.index("Come comincia l") :]
    assert re.findall(r'<th scope="col">([^<]*)</th>', list_)[:2] == ["Imputato &lt;b&gt;", "N."]
    assert re.findall(r"<td>([^<]*)</td>", list_)[:2] == ["50,00\xa0€", "1"]
    assert adopted(world)["version"] == 0


@pytest.mark.parametrize(
    ("form", "field", "why"),
    [
        ({"place_dote": "1", "place_item": "01"}, "place_item", "Un&#39;altra colonna"),
        ({"title_dote": "Pratica"}, "place_dote", "Dai un posto"),
        ({"place_dote": "primo"}, "place_dote", "numero"),
        ({"place_dote": "1", "title_dote": "x" * 300}, "title_dote", "caratteri"),
    ],
)
@pytest.mark.parametrize("button", [{}, {"preview": "yes"}])
def test_what_is_wrong_is_told_at_its_column(
    world: World, form: Json, field: str, why: str, button: Json
) -> None:
    page = sent(world, form | button, 422)
    place = f'id="regole-1-{field}-wrong">'
    assert why in page[page.index(place) :][:200]
    assert adopted(world)["version"] == 0
