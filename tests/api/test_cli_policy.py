"""`doti policy`: the rules on the command line."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from domain.days import day_here
from tests.api.cli import doti, environment
from tests.register import TestRegister

DOCUMENT: dict[str, Any] = {
    "title": "Prova",
    "items": [{"item": "AFFITTO", "ceiling_cents": 30_000}, {"item": "LIBRI"}],
    "bands": [{"to_cents": 15_000}, {"over_cents": 15_000, "approvers": 2}],
}


@pytest.fixture
def env(programme: TestRegister, postgres_url: str, tmp_path: Path) -> dict[str, str]:
    """The environment of somebody with an open programme."""
    return environment(programme, postgres_url, tmp_path)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A document."""
    return written(tmp_path / "rules.json", DOCUMENT)


def written(path: Path, document: object) -> Path:
    path.write_text(json.dumps(document), encoding="utf-8")
    return path


def test_rules_are_checked_adopted_listed_shown_and_compared(
    programme: TestRegister, env: dict[str, str], file: Path
) -> None:
    checked = doti(env, "policy", "check", str(file))
    assert checked.exit_code == 0, checked.output
    assert "can be adopted" in checked.output
    assert len(programme.register.programme().policies) == 1

    adopted = doti(env, "policy", "adopt", str(file), "--coordinator", "Ada Inventata")
    assert adopted.exit_code == 0, adopted.output
    today = day_here(datetime.now(UTC))
    assert f"Version 2 is adopted, in force from {today} on." in adopted.output
    assert programme.register.programme().policies[2].title == "Prova"

    listed = json.loads(doti(env, "policy", "list", "--json").stdout)
    assert [(row["version"], row["in_force"], row["by"]) for row in listed] == [
        (2, True, "Ada Inventata"),
        (1, False, "?"),
    ]
    assert "in force" in doti(env, "policy", "list").stdout

    shown = json.loads(doti(env, "policy", "show").stdout)
    assert shown["bands"][0]["to_cents"] == 15_000
    assert shown["effective_from"] == f"{today}"
    assert json.loads(doti(env, "policy", "show", "2").stdout) == shown
    assert json.loads(doti(env, "policy", "show", "1").stdout)["title"] is None
    missing = doti(env, "policy", "show", "9")
    assert missing.exit_code == 1

    lines = doti(env, "policy", "diff", "1", "2").stdout.splitlines()
    assert 'title: - → "Prova"' in lines
    assert "items.AFFITTO.ceiling_cents: - → 300,00\xa0€" in lines
    assert not any(line.startswith("bands") for line in lines)
    assert doti(env, "policy", "diff", "2", "2").stdout == ""


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        (
            {"bands": [{"to_cents": 100}, {"over_cents": 50}]},
            "bands.1.over_cents: The bands overlap at",
        ),
        ({"bands": [{"approvers": 0}]}, "bands.0.approvers: This must be at least 1."),
        ({"items": [{"item": "NIENTE"}]}, "items.0.item: NIENTE is not known here."),
        ({"band": []}, "band: There is no field of this name."),
        ({"separation_of_duties": False}, "separation_of_duties: Four people"),
    ],
)
@pytest.mark.parametrize(
    "words", [("check",), ("simulate",), ("adopt", "--coordinator", "Ada Inventata")]
)
def test_a_fault_is_told_with_the_file_and_its_place(
    programme: TestRegister,
    env: dict[str, str],
    tmp_path: Path,
    changes: dict[str, Any],
    told: str,
    words: tuple[str, ...],
) -> None:
    wrong = written(tmp_path / "wrong.json", DOCUMENT | changes)
    said = doti(env, "policy", words[0], str(wrong), *words[1:])
    assert said.exit_code == 1
    assert f"{wrong}: {told}" in " ".join(said.output.split())
    assert len(programme.register.programme().policies) == 1


def test_what_is_no_json_is_told(env: dict[str, str], tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.json"
    wrong.write_bytes(b"\xff{")
    said = doti(env, "policy", "check", str(wrong))
    assert said.exit_code == 1
    assert f"{wrong}: the file: This is not valid JSON." in said.output


def test_a_simulation_is_a_table_with_totals_and_writes_nothing(
    programme: TestRegister, env: dict[str, str], file: Path
) -> None:
    programme.allocate(500_000)
    dote_id = programme.assessed(123_450)
    programme.approve(dote_id, 123_450)
    programme.approve(dote_id, 123_450, by=programme.people.approver2)
    end = programme.settle()

    told = doti(env, "policy", "simulate", str(file))
    assert told.exit_code == 0, told.output
    assert "1.234,50\xa0€" in told.stdout
    assert "would be" in told.stdout
    assert "For AFFITTO at most €300.00 can be granted." in told.stdout
    assert f"3 decisions looked at up to index {end}: 2 would differ." in told.stdout
    assert "Granted, and not under these rules: 1.234,50\xa0€" in told.stdout
    assert all(title in told.stdout for title in ("by person", "by partner", "by category"))

    found = json.loads(doti(env, "policy", "simulate", str(file), "--json").stdout)
    assert [each["decision"] for each in found["differences"]] == ["assess", "approve"]
    assert found["totals"]["refused_cents"] == 123_450
    assert found["totals"]["by_partner"] == {"ROCCA": {"count": 2, "cents": 123_450}}
    early = ("--until", "2020-01-01T00:00:00+0000", "--json")
    assert json.loads(doti(env, "policy", "simulate", str(file), *early).stdout)["looked_at"] == 0
    assert programme.settle() == end
    assert len(programme.register.programme().policies) == 1


def test_a_simulation_without_differences_says_so(env: dict[str, str], file: Path) -> None:
    told = doti(env, "policy", "simulate", str(file))
    assert told.exit_code == 0
    assert "0 would differ" in told.stdout
