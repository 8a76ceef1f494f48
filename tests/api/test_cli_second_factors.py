"""`doti account forget-factors`."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from domain.actors import Role
from tests.api.cli import doti
from tests.api.entrance import PASSWORD, Entrance, opened_entrance


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """The folder of the register."""
    return tmp_path / "home"


@pytest.fixture
def entrance(postgres_url: str, home: Path) -> Iterator[Entrance]:
    """A register with people."""
    with opened_entrance(postgres_url, home, 1) as opened:
        yield opened


def test_who_lost_all_begins_anew_with_the_password(
    entrance: Entrance, postgres_url: str, home: Path
) -> None:
    env = {
        **os.environ,
        "DATABASE_URL": postgres_url,
        "DOTI_SCHEMA": entrance.services.database.schema,
        "DOTI_HOME": str(home),
    }
    account_id, email = entrance.person(Role.ADMIN)
    lost = entrance.browser()
    lost.sign_in(email)
    entrance.with_totp(lost)
    unknown = doti(env, "account", "forget-factors", "nessuno@example.org")
    assert unknown.exit_code == 1
    assert "Nobody is known here by the name nessuno@example.org." in unknown.output
    told = doti(env, "account", "forget-factors", email.upper())
    assert told.exit_code == 0, told.output
    assert "taken away: 1" in told.output
    assert lost.get("/session").json()["state"] == "signed_out"
    browser = entrance.browser()
    assert browser.sign_in(email, PASSWORD).json()["state"] == "factor_missing"
    assert ("factor_removed", {"by": "operator", "all": 1}) in entrance.log(account_id)
    assert entrance.run("SELECT * FROM recovery_codes WHERE account_id = %s", account_id) == []
