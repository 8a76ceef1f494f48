"""`doti export`, `doti verify`, `doti audit` and `doti rotate-key`."""

import json
import zipfile
from pathlib import Path

import pytest

from tests.api.cli import doti, environment
from tests.register import TestRegister


@pytest.fixture
def env(programme: TestRegister, postgres_url: str, tmp_path: Path) -> dict[str, str]:
    """Of somebody who works with a register in which a dote has walked its life."""
    programme.allocate(50_000)
    programme.walk_spine()
    programme.settle()
    return environment(programme, postgres_url, tmp_path)


def altered(source: Path, target: Path) -> None:
    """A dossier with one cent more in one event."""
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w") as new:
        for member in old.infolist():
            data = old.read(member)
            if member.filename == "log.ndjson":
                assert data.count(b"10000") > 0
                data = data.replace(b"10000", b"10001", 1)
            new.writestr(member.filename, data)


def test_a_dossier_is_written_and_verified(env: dict[str, str], tmp_path: Path) -> None:
    file = tmp_path / "dossier.zip"
    written = doti(env, "export", str(file))
    assert written.exit_code == 0, written.output
    assert not list(tmp_path.glob("*.part"))
    shown = doti({}, "verify", str(file))
    assert shown.exit_code == 0
    assert "Nothing was altered." in shown.output
    told = json.loads(doti({}, "verify", str(file), "--json").stdout)
    assert told["ok"]
    assert told["events"] == told["size"]


def test_an_altered_dossier_is_found_out(env: dict[str, str], tmp_path: Path) -> None:
    good, bad = tmp_path / "good.zip", tmp_path / "bad.zip"
    doti(env, "export", str(good))
    altered(good, bad)
    shown = doti({}, "verify", str(bad))
    assert shown.exit_code == 1
    assert "was edited" in shown.output
    told = json.loads(doti({}, "verify", str(bad), "--json").stdout)
    assert [finding["code"] for finding in told["findings"]] == ["edited"]
    assert doti({}, "verify", __file__).exit_code == 3


def test_a_dote_by_its_number(programme: TestRegister, env: dict[str, str], tmp_path: Path) -> None:
    number = programme.walk_spine().number
    programme.settle()
    file = tmp_path / "dote.zip"
    assert doti(env, "export", "--dote", number, str(file)).exit_code == 0
    assert doti({}, "verify", str(file)).exit_code == 0
    missing = doti(env, "export", "--dote", "CI-1999-00001", str(tmp_path / "none.zip"))
    assert missing.exit_code == 1
    assert not (tmp_path / "none.zip").exists()


def test_the_live_log_is_audited_against_what_was_kept(
    programme: TestRegister, env: dict[str, str], tmp_path: Path
) -> None:
    kept = tmp_path / "kept.zip"
    doti(env, "export", str(kept))
    programme.walk_spine()
    programme.settle()
    assert doti(env, "audit").exit_code == 0
    assert doti(env, "audit", "--against", str(kept)).exit_code == 0
    with programme.database.transaction() as tx:
        tx.execute("ALTER TABLE events DISABLE TRIGGER events_append_only")
        tx.execute("UPDATE events SET topic = 'BudgetAllocate' WHERE topic = 'BudgetAllocated'")
    shown = doti(env, "audit", "--json")
    assert shown.exit_code == 1
    assert not json.loads(shown.stdout)["ok"]
    assert doti(env, "audit", "--against", __file__).exit_code == 1


def test_the_key_is_changed_and_all_still_verifies(env: dict[str, str], tmp_path: Path) -> None:
    before, after = tmp_path / "before.zip", tmp_path / "after.zip"
    doti(env, "export", str(before))
    old_key = json.loads(doti({}, "verify", str(before), "--json").stdout)["key"]
    new_key = doti(env, "rotate-key").stdout.strip()
    assert new_key
    assert new_key != old_key
    doti(env, "export", str(after))
    for key in (old_key, new_key):
        told = json.loads(doti({}, "verify", str(after), "--key", key, "--json").stdout)
        assert told["ok"]
        assert told["trusted"]
    assert doti({}, "verify", str(after), "--against", str(before)).exit_code == 0
