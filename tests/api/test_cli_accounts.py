"""`doti account` and `doti token`: who is let in from the command line."""

import json
import re
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from typer.testing import Result

from api.security.accounts import Accounts
from domain.actors import Role
from domain.days import day_here
from tests.api.cli import doti, environment
from tests.register import TestRegister

TOMORROW = f"{day_here(datetime.now(UTC)) + timedelta(days=1)}"
ADA = ("--name", "Ada Inventata", "--email", "Ada@Esempi.invalid")


@pytest.fixture
def env(programme: TestRegister, postgres_url: str, tmp_path: Path) -> dict[str, str]:
    """The environment of somebody with an open programme."""
    return environment(programme, postgres_url, tmp_path)


@pytest.fixture
def accounts(programme: TestRegister) -> Accounts:
    """Who may sign in to the same register."""
    return Accounts(programme.database, programme.engine)


def done(env: dict[str, str], *words: str) -> Result:
    """A command that must succeed."""
    said = doti(env, *words)
    assert said.exit_code == 0, said.output
    return said


def refused(env: dict[str, str], *words: str, code: int = 1) -> str:
    """What a command says that must not succeed."""
    said = doti(env, *words)
    assert said.exit_code == code, said.output
    assert said.stdout == ""
    assert "Traceback" not in said.stderr
    return " ".join(said.stderr.split())


def shown(env: dict[str, str], name: str = "Ada Inventata") -> Any:  # noqa: ANN401  any JSON
    """What is known of somebody."""
    return json.loads(done(env, "account", "show", name, "--json").stdout)


def test_the_first_administrator_gets_a_link(
    env: dict[str, str], programme: TestRegister, accounts: Accounts
) -> None:
    made = done(env, "account", "open", *ADA, "--role", "admin")
    assert re.fullmatch(r"/invito/\S{43}\n", made.stdout)
    assert "Good once, until" in made.stderr
    with programme.database.transaction() as tx:
        row = tx.execute("SELECT * FROM invitations").fetchone()
    assert row is not None
    secret = made.stdout.strip().rsplit("/", 1)[1]
    assert row["hash"] == sha256(secret.encode()).digest()
    known = shown(env)
    assert (known["email"], known["closed_at"]) == ("ada@esempi.invalid", None)
    assert [grant["role"] for grant in known["grants"]] == ["admin"]
    actor = accounts.actor_of(row["account_id"])
    assert actor is not None
    assert [grant.role for grant in actor.grants] == [Role.ADMIN]
    events = programme.register.history(row["account_id"])
    assert {event.by.role for event in events} == {Role.SYSTEM}


def test_a_link_begins_with_the_address_of_the_register(env: dict[str, str]) -> None:
    outside = env | {"DOTI_PUBLIC_URL": "https://doti.esempi.invalid/"}
    opened = json.loads(done(outside, "account", "open", *ADA, "--json").stdout)
    assert opened["link"].startswith("https://doti.esempi.invalid/invito/")
    again = done(outside, "account", "invite", "ada inventata").stdout
    assert again.startswith("https://doti.esempi.invalid/invito/")
    assert again.strip() != opened["link"]
    wrong = refused(env | {"DOTI_PUBLIC_URL": "doti"}, "account", "list")
    assert "DOTI_PUBLIC_URL must look like https://" in wrong


def test_roles_come_and_go(env: dict[str, str]) -> None:
    done(env, "account", "open", *ADA, "--role", "operator", "--partner", "ROCCA")
    assert shown(env)["works_for"] == "ROCCA"
    done(env, "account", "grant", "Ada Inventata", "--role", "assessor", "--until", TOMORROW)
    assert {(g["role"], g["partner"], g["until"]) for g in shown(env)["grants"]} == {
        ("operator", "ROCCA", None),
        ("assessor", None, TOMORROW),
    }
    listed = done(env, "account", "list").stdout
    assert "operator ROCCA" in listed
    assert "assessor" in done(env, "account", "show", "Ada Inventata").stdout
    ended = ("account", "revoke", "Ada Inventata", "--role", "operator")
    assert "do not have this role" in refused(env, *ended)
    done(env, *ended, "--partner", "ROCCA")
    assert [grant["role"] for grant in shown(env)["grants"]] == ["assessor"]


def test_an_account_is_closed_and_reopened(env: dict[str, str], accounts: Accounts) -> None:
    made = done(env, "token", "create", "--role", "finance", "--name", "Ada Inventata")
    token = made.stdout.strip()
    done(env, "account", "close", "Ada Inventata", "--reason", "in pensione")
    assert accounts.actor_for(token) is None
    assert "closed" in done(env, "account", "list").stdout
    for words in (
        ("account", "close", "Ada Inventata", "--reason", "ancora"),
        ("account", "grant", "Ada Inventata", "--role", "auditor"),
        ("token", "create", "--role", "finance", "--name", "Ada Inventata"),
    ):
        assert "This account is closed" in refused(env, *words)
    done(env, "account", "reopen", "Ada Inventata")
    assert accounts.actor_for(token) is not None
    assert "This account is open" in refused(env, "account", "reopen", "Ada Inventata")


def test_the_command_line_ends_the_last_administrator(env: dict[str, str]) -> None:
    done(env, "account", "open", *ADA, "--role", "admin")
    done(env, "account", "close", "Ada Inventata", "--reason", "chiavi perse")
    assert shown(env)["closed_at"] is not None


def test_an_address_is_recorded_before_somebody_is_invited(env: dict[str, str]) -> None:
    done(env, "token", "create", "--role", "finance", "--name", "Ada Inventata")
    assert "No e-mail is known" in refused(env, "account", "invite", "Ada Inventata")
    done(env, "account", "email", "Ada Inventata", "ADA@esempi.invalid")
    assert shown(env)["email"] == "ada@esempi.invalid"
    done(env, "account", "invite", "Ada Inventata")


def test_tokens_with_all_that_can_be_said_of_them(env: dict[str, str], accounts: Accounts) -> None:
    words = ("token", "create", "--role", "auditor", "--name", "Ada Inventata")
    made = done(env, *words, "--label", "Rendiconto", "--read-only", "--until", TOMORROW)
    actor = accounts.actor_for(made.stdout.strip())
    assert actor is not None
    assert (actor.read_only, f"{actor.until}") == (True, TOMORROW)
    (row,) = json.loads(done(env, "token", "list", "--json").stdout)
    assert (row["label"], row["read_only"], row["until"]) == ("Rendiconto", True, TOMORROW)
    assert row["last_used_on"] == f"{day_here(datetime.now(UTC))}"
    table = done(env, "token", "list").stdout
    assert "reads only" in " ".join(table.split())
    done(env, "token", "revoke", row["id"])
    assert "no such token" in refused(env, "token", "revoke", row["id"])
    assert "no such token" in refused(env, "token", "revoke", "x")
    # The role stays, and another token needs no grant.
    done(env, *words)
    assert len(shown(env)["grants"]) == 1


def test_what_cannot_be_is_told_in_a_line(env: dict[str, str]) -> None:
    done(env, "account", "open", *ADA, "--role", "admin")
    for words, said in (
        (("account", "open", *ADA), "Ada Inventata is already there."),
        (("account", "show", "Nessuno"), "Nobody is known here by the name Nessuno."),
        (("account", "grant", "Ada Inventata", "--role", "finance"), "takes no part in doti"),
        (("account", "grant", "Ada Inventata", "--role", "system"), "register's own"),
        (("token", "create", "--role", "system", "--name", "X"), "register's own"),
        (("account", "grant", "Ada Inventata", "--role", "admin"), "already in these days"),
        (("token", "create", "--role", "auditor", "--name", "X", "--until", "2020-01-01"), "over"),
    ):
        assert said in refused(env, *words)
    for misspelt, option in (
        (("account", "open", "--name", "X", "--email", "nobody"), "--email"),
        (("account", "email", "Ada Inventata", "nobody"), "ADDRESS"),
        (("account", "works-for", "Ada Inventata", "rocca"), "CODE"),
        (("account", "close", "Ada Inventata", "--reason", " "), "--reason"),
        (("account", "grant", "Ada Inventata", "--role", "auditor", "--until", "ieri"), "--until"),
        (("token", "create", "--role", "auditor", "--name", "X", "--label", "\u202e"), "--label"),
    ):
        assert option in refused(env, *misspelt, code=2)
