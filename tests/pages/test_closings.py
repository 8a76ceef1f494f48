"""Closings as a page: what is told of the bank before a month is closed."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.api.test_statements import account, camt, entry, send
from tests.api.world import World, opened_world
from tests.pages.test_bank import get, text

MONTH = "/chiusure/2026-01"


@pytest.fixture
def world(postgres_url: str, tmp_path: Path) -> Iterator[World]:
    """A world of its own: what its account has is told by these statements alone."""
    with opened_world(postgres_url, tmp_path / "home") as opened:
        account(opened)
        yield opened


def told(world: World, opening: int, days: tuple[str, str], *lines: tuple[int, str]) -> None:
    """A statement comes in."""
    entries = [entry(cents, "RIGA", f"R{day}", day) for cents, day in lines]
    total = sum(cents for cents, _ in lines)
    answer = send(world, camt(*entries, opening=opening, total=total, days=days))
    assert answer.status_code == 201, answer.text
    world.settle()


def test_without_a_statement_there_is_no_bank_to_tell_of(world: World) -> None:
    page = text(get(world, MONTH).text)
    assert "Chiudere questo mese" in page
    assert "In banca" not in page


def test_statements_that_end_before_the_month(world: World) -> None:
    told(world, 1_000_00, ("2026-01-01", "2026-01-20"), (-45_00, "2026-01-15"))
    page = text(get(world, MONTH).text)
    assert "Gli estratti di Conto doti arrivano al 20/01/2026" in page
    assert "può mancare ciò che la banca ha fatto fino al 31/01/2026" in page
    assert "1 riga della banca fino al 31/01/2026 è aperta: -45,00 €." in page
    assert "secondo le righe" not in page
    # Who only reads is told so too, once; who closes reads it before the button.
    for who in ("finance", "auditor"):
        told_once = text(get(world, MONTH, who).text)
        assert told_once.count("1 riga della banca fino al 31/01/2026 è aperta") == 1


def test_what_is_missing_where_no_line_is_open(world: World) -> None:
    told(world, 1_000_00, ("2026-01-01", "2026-01-20"))
    page = text(get(world, MONTH).text)
    assert "Gli estratti di Conto doti arrivano al 20/01/2026" in page
    assert "Il mese si può chiudere lo stesso. Una nota" in page
    assert "Ogni riga della banca fino a questo giorno è nota." in page


def test_a_statement_that_is_missing(world: World) -> None:
    told(world, 1_000_00, ("2026-01-01", "2026-01-10"), (-45_00, "2026-01-05"))
    told(world, 900_00, ("2026-01-21", "2026-02-03"), (-5_00, "2026-01-22"))
    page = text(get(world, MONTH).text)
    assert (
        "Il 31/01/2026 su Conto doti c'erano 895,00 € secondo la banca e 950,00 € secondo le"
        " righe: manca un estratto conto da -55,00 €." in page
    )
    assert "arrivano al" not in page
    for who in ("finance", "coordinator", "auditor"):
        assert "In banca il 31/01/2026" in text(get(world, MONTH, who).text)


def test_the_trial_balance_has_a_row_for_each_line(world: World) -> None:
    world.disbursed(100_00)
    world.done("/periods/2026-01/close", {}, "finance")
    world.done("/periods/2026-01/close", {}, "coordinator")
    page = text(get(world, MONTH).text)
    own, _, lines = page.partition("Voci di budget")
    assert "Doti erogate +100,00 €" in own
    assert "Sportello ROCCA Emergenza 9.900,00 € 0,00 € 100,00 € 0,00 € 0,00 €" in lines
