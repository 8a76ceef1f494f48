"""`doti replay` and `doti ledger` on a register with one dote in it."""

import json
from pathlib import Path

import pytest

from tests.api.cli import doti, environment
from tests.register import TestRegister


@pytest.fixture
def env(programme: TestRegister, postgres_url: str, tmp_path: Path) -> dict[str, str]:
    """The environment of somebody who works with this register."""
    return environment(programme, postgres_url, tmp_path)


def test_a_life_is_shown_step_by_step(programme: TestRegister, env: dict[str, str]) -> None:
    programme.allocate(50_000)
    dote = programme.walk_spine(10_000)
    programme.settle()
    shown = doti(env, "replay", dote.number)
    assert shown.exit_code == 0, shown.output
    assert "1. DoteRequested" in shown.output
    assert "state: assessed → approved" in shown.output
    assert "approved_cents: 0.00 € → 100.00 €" in shown.output
    assert "bisogno di prova" not in shown.output
    assert doti(env, "replay", str(dote.id)).output == shown.output


def test_as_json_each_step_is_a_line(programme: TestRegister, env: dict[str, str]) -> None:
    programme.allocate(50_000)
    dote = programme.walk_spine(10_000)
    programme.settle()
    lines = doti(env, "replay", dote.number, "--json").stdout.splitlines()
    steps = [json.loads(line) for line in lines]
    assert [step["version"] for step in steps] == list(range(1, dote.version + 1))
    assert {"field": "state", "before": "requested", "after": "assessed"} in steps[1]["changes"]
    upto = steps[1]["log_index"]
    earlier = doti(env, "replay", dote.number, "--json", "--at", str(upto)).stdout
    assert earlier.splitlines() == lines[:2]


def test_the_ledger_of_any_moment(programme: TestRegister, env: dict[str, str]) -> None:
    programme.allocate(50_000)
    then = programme.settle()
    programme.walk_spine(10_000)
    programme.settle()
    now = json.loads(doti(env, "ledger", "--json").stdout)
    assert now["total"]["documented_cents"] == 10_000
    before = json.loads(doti(env, "ledger", "--json", "--at", str(then)).stdout)
    assert before["log_index"] == then
    assert before["total"]["available_cents"] == 50_000
    shown = doti(env, "ledger", "--group", "category")
    assert "EMERGENZA" in shown.output
    assert "400.00" in shown.output


def test_what_is_not_there_is_told_in_one_line(env: dict[str, str]) -> None:
    for words in (("replay", "CI-1999-00001"), ("replay", "00000000-0000-0000-0000-000000000000")):
        shown = doti(env, *words)
        assert shown.exit_code == 1
        assert len(shown.output.strip().splitlines()) == 1
    assert doti(env, "ledger", "--at", "1", "--as-of", "2026-01-01T00:00:00+0000").exit_code == 2
