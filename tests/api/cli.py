"""The command line, called within the test's own process."""

import base64
from collections.abc import Mapping
from pathlib import Path

from typer.testing import CliRunner, Result

from api.cli import app
from tests.register import MASTER_KEY, TestRegister


def environment(register: TestRegister, url: str, home: Path) -> dict[str, str]:
    """The environment of somebody who works with this register."""
    return {
        "DATABASE_URL": url,
        "DOTI_SCHEMA": register.database.schema,
        "DOTI_HOME": str(home),
        "DOTI_MASTER_KEY": base64.b64encode(MASTER_KEY).decode(),
    }


def doti(env: Mapping[str, str], *words: str) -> Result:
    """What the command says."""
    return CliRunner().invoke(app, words, env=env)
