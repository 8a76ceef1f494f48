"""`doti token create --works-for` and `doti account`."""

import json
from pathlib import Path

import pytest

from tests.api.cli import doti, environment
from tests.register import TestRegister


@pytest.fixture
def env(programme: TestRegister, postgres_url: str, tmp_path: Path) -> dict[str, str]:
    """The environment of somebody with an open programme."""
    return environment(programme, postgres_url, tmp_path)


def create(env: dict[str, str], role: str, *more: str) -> None:
    """A token of Eva's."""
    made = doti(env, "token", "create", "--role", role, "--name", "Eva Inventata", *more)
    assert made.exit_code == 0, made.output


def works_for(env: dict[str, str]) -> object:
    """Whom Eva works for."""
    rows = json.loads(doti(env, "token", "list", "--json").stdout)
    (found,) = {row["works_for"] for row in rows}
    return found


def test_a_person_works_for_one_partner_whatever_they_may_do(env: dict[str, str]) -> None:
    create(env, "finance")
    assert works_for(env) is None
    create(env, "operator", "--partner", "ROCCA")
    create(env, "approver", "--partner", "SSALV")
    assert works_for(env) == "ROCCA"
    create(env, "approver", "--partner", "ROCCA", "--works-for", "SSALV")
    assert works_for(env) == "SSALV"
    assert doti(env, "account", "works-for", "eva  inventata", "ROCCA").exit_code == 0
    assert works_for(env) == "ROCCA"
    assert "ROCCA" in doti(env, "token", "list").stdout


def test_somebody_unknown_is_refused_in_one_line(env: dict[str, str]) -> None:
    create(env, "finance")
    for words, said in (
        (("account", "works-for", "Nessuno", "ROCCA"), "Nobody is known here by the name Nessuno."),
        (("account", "works-for", "Eva Inventata", "NOPE"), "NOPE is not known here."),
        (
            ("token", "create", "--role", "finance", "--name", "X", "--works-for", "NOPE"),
            "NOPE is not known here.",
        ),
    ):
        told = doti(env, *words)
        assert told.exit_code == 1
        assert said in told.output
    assert works_for(env) is None
