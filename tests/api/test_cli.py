"""The command line: what it answers, where, with which exit code; and its processes."""

from __future__ import annotations

import json
import re
import signal
import socket
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import psycopg
import pytest
from psycopg import sql
from typer.testing import CliRunner

from api.cli import app
from api.cli import register as register_commands
from api.settings import Settings
from api.wiring import Services, build
from projections.catalogue import PROJECTIONS
from tests.faults.doti_process import Doti, demo_tokens, environment
from workflows.eventstore.database import Database

Env = dict[str, str]


class Result:
    """What a command answered."""

    def __init__(self, code: int, out: str, err: str) -> None:
        self.code, self.out, self.err = code, out, err

    def json(self) -> Any:  # noqa: ANN401  any JSON
        """Its answer, which is all that is on standard output."""
        assert self.code in (0, 1), self.err
        return json.loads(self.out)


@pytest.fixture
def env(postgres_url: str, tmp_path: Path) -> Iterator[Env]:
    """The environment of a register that is not there yet."""
    schema = f"cli_{uuid4().hex[:12]}"
    yield environment(tmp_path / "home", DATABASE_URL=postgres_url, DOTI_SCHEMA=schema)
    with psycopg.connect(postgres_url) as connection:
        for name in (schema, f"{schema}_keys"):
            drop = sql.SQL("DROP SCHEMA IF EXISTS {} CASCADE").format(sql.Identifier(name))
            connection.execute(drop)


@pytest.fixture
def doti(env: Env, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    """Runs a command in this process."""
    for name, value in env.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("COLUMNS", "200")

    def invoke(*words: str, **more: str) -> Result:
        result = CliRunner().invoke(app, [*words], env={**more})
        known = (SystemExit, type(None))
        assert isinstance(result.exception, known), result.exception
        return Result(result.exit_code, result.stdout, result.stderr)

    return invoke


def services(env: Mapping[str, str]) -> Services:
    """The same register, from the inside."""
    chosen = Settings(home=Path(env["DOTI_HOME"]), db_schema=env["DOTI_SCHEMA"])
    return build(chosen, env["DATABASE_URL"])


Run = Callable[..., Result]


# Help and misuse


COMMANDS = [
    ["serve"],
    ["worker"],
    ["migrate"],
    ["demo"],
    ["token", "create"],
    ["token", "list"],
    ["token", "revoke"],
    *(
        ["account", word]
        for word in (
            *("open", "invite", "list", "show", "email", "grant", "revoke", "close", "reopen"),
            "works-for",
        )
    ),
    ["status"],
    ["rebuild"],
    ["version"],
    *(["policy", word] for word in ("list", "show", "diff", "check", "simulate", "adopt")),
]


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_every_command_explains_itself_with_an_example(doti: Run, words: list[str]) -> None:
    helped = doti(*words, "--help")
    assert helped.code == 0
    assert "Example" in helped.out
    assert f"doti {' '.join(words)}" in helped.out


def test_the_help_lists_all_commands_and_the_exit_codes(doti: Run) -> None:
    helped = doti("-h")
    assert helped.code == 0
    for words in COMMANDS:
        assert re.search(rf"\b{words[0]}\b", helped.out)
    assert "Exit codes: 0 done; 1 refused" in " ".join(helped.out.split())


def test_version(doti: Run) -> None:
    assert re.fullmatch(r"doti \d+\.\d+\.\d+\n", doti("version").out)


@pytest.mark.parametrize(
    "words",
    [
        ["nothing"],
        ["serve", "--workers", "0"],
        ["demo", "--doti", "0"],
        ["demo", "--seed", "x"],
        ["token", "create", "--role", "boss", "--name", "X"],
        ["token", "create", "--role", "finance"],
        ["rebuild", "nothing"],
        ["status", "--yaml"],
    ],
    ids=" ".join,
)
def test_misspelt_commands_exit_with_2(doti: Run, words: list[str]) -> None:
    wrong = doti(*words)
    assert wrong.code == 2
    assert wrong.out == ""
    assert "Traceback" not in wrong.err


# One clear line


def told(result: Result, *words: str) -> None:
    """Refused, in one line that says so much."""
    assert result.code == 1
    assert result.out == ""
    lines = result.err.strip().splitlines()
    assert len(lines) == 1, result.err
    for word in words:
        assert word in lines[0]


def test_a_register_without_tables_says_what_to_do(doti: Run) -> None:
    told(doti("status"), "run doti migrate")
    told(doti("rebuild"), "run doti migrate")
    told(doti("token", "list"), "run doti migrate")
    told(doti("serve"), "run doti migrate")


def test_wrong_settings_are_named(doti: Run) -> None:
    told(doti("status", PORT="eighty"), "PORT should be a valid integer")


def test_a_database_that_does_not_answer_is_named(doti: Run) -> None:
    told(doti("status", DATABASE_URL="postgresql://u@127.0.0.1:1/doti"), "refused", "DATABASE_URL")


def test_a_register_of_a_newer_version_is_named(doti: Run, env: Env) -> None:
    assert doti("migrate").code == 0
    with psycopg.connect(env["DATABASE_URL"]) as connection:
        table = sql.Identifier(env["DOTI_SCHEMA"], "migrations")
        insert = sql.SQL("INSERT INTO {} VALUES ('register/9999_future.sql')").format(table)
        connection.execute(insert)
    told(doti("migrate"), "newer version", "register/9999_future.sql")
    told(doti("status"), "newer version")


def test_a_lost_master_key_is_named(doti: Run, env: Env) -> None:
    doti("demo", "--no-serve", "--doti", "1")
    (Path(env["DOTI_HOME"]) / "keys" / "master.key").unlink()
    told(doti("status"), "master.key is missing")


def test_a_port_in_use_is_named_before_anything_is_done(doti: Run) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        for words in (["serve"], ["demo"]):
            told(doti(*words, PORT=port), f"Port {port} on 127.0.0.1 is in use", "PORT")
    told(doti("status"), "run doti migrate")


def test_a_host_that_is_not_ours_is_named(doti: Run) -> None:
    told(doti("serve", HOST="192.0.2.1"), "192.0.2.1")


# migrate, token, status, rebuild


def test_migrate_says_what_it_did_and_does_it_once(doti: Run, env: Env) -> None:
    first = doti("migrate", "--json").json()
    assert first["schema"] == env["DOTI_SCHEMA"]
    assert "register/0001_events.sql" in first["applied"]
    assert doti("migrate", "--json").json()["applied"] == []
    again = doti("migrate")
    assert (again.code, again.out) == (0, "")
    assert "nothing to do" in again.err


def test_a_token_is_printed_alone_and_lets_in(doti: Run, env: Env) -> None:
    doti("demo", "--no-serve", "--doti", "1")
    made = doti("token", "create", "--role", "operator", "--partner", "SSALV", "--name", "Eva P")
    assert made.code == 0
    assert re.fullmatch(r"doti_\S+\n", made.out)
    assert made.err == ""
    token = made.out.strip()
    with services(env) as opened:
        actor = opened.accounts.actor_for(token)
        assert actor is not None
        assert [(g.role, g.partner) for g in actor.grants] == [("operator", "SSALV")]

        finance = doti(*("token", "create", "--role", "finance", "--name", "Eva P", "--json"))
        answer = finance.json()
        assert (answer["name"], answer["role"], answer["partner"]) == ("Eva P", "finance", None)
        same = opened.accounts.actor_for(answer["token"])
        assert same is not None
        assert same.account_id == actor.account_id

        rows = [row for row in doti("token", "list", "--json").json() if row["name"] == "Eva P"]
        assert [(row["role"], row["partner"]) for row in rows] == [
            ("operator", "SSALV"),
            ("finance", None),
        ]
        listed = doti("token", "list").out
        assert "Eva P" in listed
        assert token not in listed
        assert doti("token", "revoke", rows[0]["id"]).code == 0
        assert doti("token", "revoke", answer["token"]).code == 0
        assert opened.accounts.actor_for(token) is None
        assert opened.accounts.actor_for(answer["token"]) is None
    told(doti("token", "revoke", rows[0]["id"]), "no such token")
    told(doti("token", "revoke", "doti_x"), "no such token")


def test_a_token_that_cannot_be_is_refused(doti: Run) -> None:
    doti("demo", "--no-serve", "--doti", "1")
    told(doti("token", "create", "--role", "operator", "--name", "X"), "acts for one partner")
    told(doti("token", "create", "--role", "operator", "--name", "X", "--partner", "NOPE"), "NOPE")
    told(
        doti("token", "create", "--role", "finance", "--name", "X", "--partner", "ROCCA"),
        "whole programme",
    )
    assert doti("token", "create", "--role", "finance", "--name", "\u202e").code == 2


def test_status_tells_how_far_everything_is(doti: Run) -> None:
    doti("demo", "--no-serve", "--doti", "3")
    found = doti("status", "--json")
    status = found.json()
    assert found.code == 0
    end = status["log"]["end"]
    assert status["log"] == {
        "end": end,
        "signed": end,
        "waiting_events": 0,
        "waiting_since": None,
        "held_by": None,
    }
    assert [row["name"] for row in status["projections"]] == sorted(PROJECTIONS)
    assert all(
        (row["position"], row["lag"], row["error"]) == (end, 0, None)
        for row in status["projections"]
    )
    assert status["stuck"] == []
    assert status["row_security"] is True
    shown = doti("status")
    assert f"Log: {end} events, {end} of them signed; 0 wait" in shown.out
    for name in PROJECTIONS:
        assert name in shown.out
    assert "Row security" not in shown.out


def test_status_says_when_rows_are_not_held_back(doti: Run, env: Env) -> None:
    doti("migrate")
    with psycopg.connect(env["DATABASE_URL"], autocommit=True) as connection:
        schema = env["DOTI_SCHEMA"]
        connection.execute(f'DROP OWNED BY "{schema}_wide"'.encode())
        connection.execute(f'DROP ROLE "{schema}_wide"'.encode())
        connection.execute(
            f'ALTER TABLE "{schema}".budget_lines DISABLE ROW LEVEL SECURITY'.encode()
        )
    assert doti("status", "--json").json()["row_security"] is False
    assert "Row security is not in force" in doti("status").out
    with psycopg.connect(env["DATABASE_URL"], autocommit=True) as connection:
        connection.execute(f'CREATE ROLE "{schema}_wide"'.encode())


def test_status_says_what_is_stuck(doti: Run, env: Env, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(register_commands, "_LOOK_AGAIN_S", 0.2)
    doti("demo", "--no-serve", "--doti", "1")
    with Database(env["DATABASE_URL"], env["DOTI_SCHEMA"]) as database:
        with database.transaction() as tx:
            tx.execute("UPDATE projections SET log_index = 5 WHERE name = 'ledger'")
        behind = doti("status", "--json")
        assert behind.code == 1
        assert re.fullmatch(r"ledger is \d+ events behind", behind.json()["stuck"][0])
        with database.transaction() as tx:
            tx.execute("UPDATE projections SET error = 'boom', failed_index = 6")
        stopped = doti("status")
        assert stopped.code == 1
        assert "ledger was stopped by event 6" in stopped.err
        assert "boom" in stopped.out


def test_status_says_when_nobody_numbers(
    doti: Run, env: Env, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(register_commands, "_LOOK_AGAIN_S", 0.2)
    monkeypatch.setattr("api.cli.demo.catch_up", lambda _: None)
    doti("demo", "--no-serve", "--doti", "1")
    stuck = doti("status", "--json")
    assert stuck.code == 1
    assert re.search(r"\d+ events wait for their number", stuck.json()["stuck"][0])


def test_rebuild_makes_the_same_again(doti: Run, env: Env) -> None:
    doti("demo", "--no-serve", "--doti", "8")
    with Database(env["DATABASE_URL"], env["DOTI_SCHEMA"]) as database:

        def balances() -> list[Any]:
            with database.transaction() as tx:
                return tx.execute("SELECT * FROM ledger_balances ORDER BY 1, 2, 3").fetchall()

        before = balances()
        with database.transaction() as tx:
            tx.execute("UPDATE ledger_balances SET balance_cents = balance_cents + 1")
        assert balances() != before
        one = doti("rebuild", "ledger")
        assert one.code == 0
        assert "ledger" in one.err
        assert balances() == before
        every = doti("rebuild")
        assert every.code == 0
        assert all(name in every.err for name in PROJECTIONS)
        assert balances() == before
    assert doti("status").code == 0


# The demo


def test_the_demo_prints_its_sign_ins(doti: Run, env: Env) -> None:
    made = doti("demo", "--no-serve", "--doti", "1", "--seed", "0")
    assert made.code == 0
    for name, token in demo_tokens(Path(env["DOTI_HOME"])).items():
        assert re.search(rf"^  {name} +{token}$", made.out, re.MULTILINE)
    assert doti("demo", "--no-serve").out == made.out
    told_lines = doti("demo", "--no-serve", "--seed", "1")
    assert told_lines.code == 1
    assert "made with --seed 0 --doti 1" in told_lines.err
    afresh = doti("demo", "--no-serve", "--reset", "--doti", "2", "--seed", "1")
    assert afresh.code == 0
    assert afresh.out != made.out


def test_the_demo_does_not_touch_a_register_of_somebody(doti: Run) -> None:
    doti("migrate")
    doti("token", "create", "--role", "coordinator", "--name", "Somebody Real")
    refused = doti("demo", "--no-serve")
    assert refused.code == 1
    assert "nothing was touched" in refused.err
    assert [row["name"] for row in doti("token", "list", "--json").json()] == ["Somebody Real"]


# Processes


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_serve_answers_until_it_is_told_to_stop(doti: Run, env: Env, number: int) -> None:
    doti("demo", "--no-serve", "--doti", "1")
    with Doti("serve", env=env) as server:
        address = server.address()
        assert httpx.get(f"{address}/healthz", timeout=5).status_code == 200
        told(doti("serve", PORT=address.rsplit(":", 1)[1]), "in use")
        assert server.stop(signal.Signals(number)) == 0
        assert "Traceback" not in server.output()
