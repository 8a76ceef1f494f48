"""`doti programme open`: a register that is not the demo."""

from importlib.resources import files
from pathlib import Path

import pytest

from domain.errors import ProgrammeMissing
from tests.api.cli import doti, environment
from tests.register import TestRegister

OPEN = ("--coordinator", "Ada Inventata", "--funder", "Ente Inventato", "--cents", "25000000")


@pytest.fixture
def env(register: TestRegister, postgres_url: str, tmp_path: Path) -> dict[str, str]:
    """The environment of somebody with an empty register."""
    return environment(register, postgres_url, tmp_path)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """The demo's programme, as somebody's own."""
    copy = tmp_path / "programme.json"
    copy.write_bytes(files("api.demo").joinpath("programme.json").read_bytes())
    return copy


def test_a_programme_is_opened_and_again_changes_nothing(
    register: TestRegister, env: dict[str, str], file: Path
) -> None:
    opened = doti(env, "programme", "open", str(file), *OPEN)
    assert opened.exit_code == 0, opened.output
    programme = register.register.programme()
    assert len(programme.partners) == 13
    assert sum(len(category.items) for category in programme.categories.values()) == 14
    assert programme.unallocated_cents == 25_000_000
    assert programme.policies[1].title == "Regole di partenza"
    assert doti(env, "programme", "open", str(file), *OPEN).exit_code == 0
    assert register.register.programme().version == programme.version


def test_another_programme_is_refused_where_one_is_open(
    register: TestRegister, env: dict[str, str], file: Path
) -> None:
    doti(env, "programme", "open", str(file), *OPEN)
    version = register.register.programme().version
    file.write_text(file.read_text().replace("Comunità Inclusive", "Un'altra"), encoding="utf-8")
    assert doti(env, "programme", "open", str(file), *OPEN).exit_code == 1
    assert register.register.programme().version == version


def test_a_file_that_is_wrong_is_told_with_its_places(env: dict[str, str], file: Path) -> None:
    file.write_text(
        file.read_text().replace('"code": "ROCCA"', '"code": "rocca"'), encoding="utf-8"
    )
    told = doti(env, "programme", "open", str(file), *OPEN)
    assert told.exit_code == 1
    assert "partners.2.code" in told.output
    file.write_text("{", encoding="utf-8")
    assert doti(env, "programme", "open", str(file), *OPEN).exit_code == 1
    assert (
        doti(env, "programme", "open", str(file), "--coordinator", "A", "--cents", "1").exit_code
        == 2
    )


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('"policy"', '"rules"', "policy: This is needed and missing."),
        ('{"over_cents": 15000,', '{"over_cents": 14000,', "policy.bands.1.over_cents: The bands"),
        ('{"item": "BENI"', '{"item": "BENE"', "policy.items.1.item: BENE is not known here."),
    ],
)
def test_rules_that_are_wrong_leave_the_register_empty(
    register: TestRegister, env: dict[str, str], file: Path, old: str, new: str, told: str
) -> None:
    assert old in file.read_text()
    file.write_text(file.read_text().replace(old, new), encoding="utf-8")
    said = doti(env, "programme", "open", str(file), *OPEN)
    assert said.exit_code == 1
    assert f"{file}: {told}" in " ".join(said.output.split())
    with pytest.raises(ProgrammeMissing):
        register.register.programme()
