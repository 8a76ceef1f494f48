"""`doti retention` and `doti erasures`."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest

from domain.days import day_here
from domain.privacy import notes_of
from domain.retention import Retention
from tests.api import cli
from tests.register import TestRegister, fresh_register
from workflows.eventstore.belongings import Belongings

USUAL = Retention().model_dump()


def test_times_are_shown_and_set(
    programme: TestRegister, postgres_url: str, tmp_path: Path
) -> None:
    env = cli.environment(programme, postgres_url, tmp_path)
    assert json.loads(cli.doti(env, "retention", "show", "--json").stdout) == USUAL
    assert "notes_months 24\n" in cli.doti(env, "retention", "show").stdout
    by = ("--coordinator", "Ada Inventata")
    said = cli.doti(env, "retention", "set", "--notes-months", "18", *by)
    assert said.exit_code == 0, said.output
    shown = json.loads(cli.doti(env, "retention", "show", "--json").stdout)
    assert shown == {**USUAL, "notes_months": 18}
    assert cli.doti(env, "retention", "set", "--notes-months", "-1", *by).exit_code == 2
    assert cli.doti(env, "retention", "set", "--notice-days", "6", *by).exit_code == 2


def listed(register: TestRegister, household_id: UUID) -> None:
    """A worker put it into the list, and the days of notice are over."""
    day = day_here(datetime.now(UTC)) - timedelta(days=60)
    Belongings(register.database).list_for(household_id, "household", day, day)


@pytest.mark.parametrize("as_json", [True, False])
def test_what_is_due_is_listed_and_erased(
    postgres_url: str, tmp_path: Path, *, as_json: bool
) -> None:
    began = datetime.now(UTC) - timedelta(days=800)
    with fresh_register(postgres_url, clock=lambda: began) as register:
        register.open_programme()
        household_id = register.household()
        register.settle()
        env = cli.environment(register, postgres_url, tmp_path)
        listed(register, household_id)
        register.settle()
        flag = ["--json"] if as_json else []
        said = cli.doti(env, "erasures", "list", *flag).stdout
        if as_json:
            assert json.loads(said)["household_id"] == str(household_id)
        else:
            assert said.startswith("N-00001 ROCCA household on ")
        done = cli.doti(env, "erasures", "run", *flag).stdout
        if as_json:
            counts = {"households": 1, "notes": 0, "files": 1, "lines": 0, "listed": 0, "again": 0}
            assert json.loads(done) == counts
        else:
            assert done == "households 1\nnotes 0\nfiles 1\nlines 0\nlisted 0\nagain 0\n"
        register.settle()
        assert cli.doti(env, "erasures", "list").stdout == ""
        assert register.register.household(household_id).erased is not None


def test_what_a_backup_brought_back_goes_again(postgres_url: str, tmp_path: Path) -> None:
    began = datetime.now(UTC) - timedelta(days=800)
    with fresh_register(postgres_url, clock=lambda: began) as register:
        register.open_programme()
        household_id = register.household()
        register.settle()
        env = cli.environment(register, postgres_url, tmp_path)
        listed(register, household_id)
        assert cli.doti(env, "erasures", "run").stdout.startswith("households 1\n")
        register.settle()
        with register.database.transaction() as tx:
            for subject_id in (household_id, notes_of(household_id)):
                key = {"subject_id": subject_id, "wrapped": register.vault.wrap(bytes(32), b"")}
                tx.execute("INSERT INTO subject_keys VALUES (%(subject_id)s, %(wrapped)s)", key)
        assert cli.doti(env, "erasures", "run").stdout.endswith("again 2\n")
        assert not register.vault.has_key(household_id)
        assert not register.vault.has_key(notes_of(household_id))
        assert cli.doti(env, "erasures", "run").stdout.endswith("again 0\n")
