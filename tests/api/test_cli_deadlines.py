"""`doti deadlines run`: one look, and how many were told of something."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

from domain.lifecycle import Stage
from domain.policy import Deadline, two_bands
from tests.api import cli
from tests.register import fresh_register


def test_one_look(postgres_url: str, tmp_path: Path) -> None:
    began = datetime.now(UTC) - timedelta(days=10)
    with fresh_register(postgres_url, clock=lambda: began) as register:
        register.open_programme()
        rules = two_bands(15_000)
        deadlines = (Deadline(stage=Stage.ASSESSMENT, days=8),)
        register.adopt(rules.model_copy(update={"deadlines": deadlines}))
        for _ in range(2):
            register.request(register.household(), 1_000)
        env = cli.environment(register, postgres_url, tmp_path)
        register.settle()
        assert cli.doti(env, "deadlines", "run").stdout == "2\n"
        register.settle()
        said = cli.doti(env, "deadlines", "run", "--json")
        assert json.loads(said.stdout) == {"told": 0}
