"""What the benchmark makes up is what the commands' own machinery would have made."""

from pathlib import Path

import pytest

from projections.ledger import projection as ledger
from projections.rebuild import rebuild
from tests.bench.bulk import Bulk, dote_id
from tests.bench.stage import SINGLE_APPROVER_CENTS, Stage
from tests.register import TestRegister
from workflows.eventstore.database import Row

_TABLES = {
    "ledger_entries": "log_index, nth",
    "ledger_balances": "partner, category, account",
    "ledger_marks": "log_index, partner, category, account",
    "ledger_months": "month, partner, category, account",
    "ledger_kinds": "event_type, partner, category, account",
    "doti": "id",
    "turns": "dote_id, nth",
    "households": "id",
    "granted": "dote_id",
    "policies": "version",
}


def _rows(register: TestRegister) -> dict[str, list[Row]]:
    with register.database.transaction() as tx:
        return {
            table: tx.execute(f"SELECT * FROM {table} ORDER BY {order}".encode()).fetchall()
            for table, order in _TABLES.items()
        }


def test_the_made_up_log_projects_into_the_made_up_tables(
    postgres_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ledger, "MARK_EVERY", 90)
    stage = Stage(postgres_url, tmp_path, quick=True)
    with stage.register(partners=2, categories=2) as register:
        bulk = Bulk(register, spread=20)
        bulk.grow_to(600)
        bulk.grow_to(1_000)
        assert register.log.end() == 1_000
        made_up = _rows(register)
        for name in ("ledger", "doti"):
            rebuild(register.database, name, lambda *_: None)
        assert _rows(register) == made_up
        assert len(made_up["ledger_entries"]) > 500
        assert len({row["log_index"] for row in made_up["ledger_marks"]}) == 10
        assert {turn["why"] for turn in made_up["turns"]} >= {"to_assess", "vote", "to_pay"}


def test_commands_go_on_from_what_was_made_up(postgres_url: str, tmp_path: Path) -> None:
    stage = Stage(postgres_url, tmp_path, quick=True)
    with stage.register(partners=2, categories=2) as register:
        lives = Bulk(register).add(5, steps=3, numbered=False)
        for life in lives:
            register.approve(dote_id(life), 5_000)
        end = register.settle()
        assert end == register.log.end()
        committed = register.ledger().total.committed_cents
        assert committed == 5 * 5_000 < 5 * SINGLE_APPROVER_CENTS
