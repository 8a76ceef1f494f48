"""`doti keys`, and what is said where a master key is lost, wrong, damaged or half changed."""

import base64
import itertools
import json
import os
import re
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from pydantic import SecretStr
from typer.testing import Result

from api.security.master_file import MasterFile, RotationRuns
from api.settings import Settings
from api.wiring import Services, build
from tests.api.cli import doti
from tests.faults.doti_process import Doti, environment, run, until
from tests.schemas import lent
from workflows.eventstore.database import Database
from workflows.eventstore.vault import masters_in_use
from workflows.keys import rotation

COUNT = 12
TEXT, PLACE = b"un segreto", b"qui"


class Held:
    """A register with a master key in a file, and some people's keys."""

    def __init__(self, url: str, schema: str, home: Path) -> None:
        self.url = url
        self.settings = Settings(home=home, db_schema=schema)
        self.env = {
            "DATABASE_URL": url,
            "DOTI_SCHEMA": self.settings.db_schema,
            "DOTI_HOME": str(home),
            "DOTI_MASTER_KEY": "",
            "DOTI_PREVIOUS_MASTER_KEY": "",
        }
        self.file = MasterFile(home / "keys")
        self.sealed: dict[UUID, bytes] = {}

    def services(self) -> Services:
        return build(self.settings, self.url)

    def fill(self, services: Services, count: int = COUNT) -> None:
        for subject in (uuid4() for _ in range(count)):
            services.vault.ensure(subject)
            self.sealed[subject] = services.vault.seal_bytes(subject, TEXT, PLACE)

    def doti(self, *words: str, **env: str) -> Result:
        return doti({**self.env, **env}, *words)

    def assert_all_open(self, services: Services | None = None) -> None:
        if services is None:
            with self.services() as fresh:
                self.assert_all_open(fresh)
            return
        for subject, sealed in self.sealed.items():
            assert services.vault.open_bytes(subject, sealed, PLACE) == TEXT

    def hand(self, statement: str) -> None:
        with Database(self.url, self.settings.db_schema) as owner, owner.transaction() as tx:
            tx.execute(statement.encode())


@pytest.fixture
def held(postgres_url: str, tmp_path: Path) -> Iterator[Held]:
    with lent(postgres_url) as schema:
        made = Held(postgres_url, schema, tmp_path / "home")
        with made.services() as services:
            services.engine.index.begin()
            made.fill(services)
        yield made


def settings_key(file: Path) -> str:
    return file.read_text().strip()


# Changing the master key


def test_a_new_master_key(held: Held) -> None:
    before = settings_key(held.file.path)
    done = held.doti("keys", "rotate")
    assert done.exit_code == 0, done.output
    assert f"{COUNT + 1} keys are wrapped" in done.stderr
    assert settings_key(held.file.path) != before
    assert stat.S_IMODE(held.file.path.stat().st_mode) == 0o600
    assert [path.name for path in held.file.path.parent.iterdir()] == ["master.key"]
    held.assert_all_open()
    told = json.loads(held.doti("keys", "status", "--json").stdout)
    assert (told["rotating"], told["previous_kept"], len(told["masters"])) == (False, None, 1)
    assert "One master key wraps everything" in held.doti("keys", "status").stdout
    held.file.path.write_text(before)
    assert "is not the one of this register" in held.doti("keys", "status").stderr


def test_keys_from_before_they_had_names(held: Held) -> None:
    held.hand("UPDATE subject_keys SET wrapped = substr(wrapped, 9)")
    held.assert_all_open()
    assert "open as before" in held.doti("keys", "status").stdout
    assert held.doti("keys", "rotate").exit_code == 0
    held.assert_all_open()
    assert "One master key wraps everything" in held.doti("keys", "status").stdout


def test_a_running_process_goes_on(held: Held) -> None:
    with held.services() as running:
        assert held.doti("keys", "rotate").exit_code == 0
        held.assert_all_open(running)
        held.fill(running, 2)
        assert held.doti("keys", "rotate").exit_code == 0
        held.fill(running, 2)  # it has read nothing since: it is told when it puts a key
        held.assert_all_open(running)
    held.assert_all_open()
    told = json.loads(held.doti("keys", "status", "--json").stdout)
    assert [one["keys"] for one in told["masters"]] == [COUNT + 5]


class Killed(BaseException):
    """Stands for the end of the process."""


def rotate_until(held: Held, monkeypatch: pytest.MonkeyPatch, step: int) -> bool:
    """Rotates, and dies before a step; whether it came so far."""
    with die_at(monkeypatch, step), suppress(Killed):
        assert held.doti("keys", "rotate").exit_code == 0
        return False
    return True


@contextmanager
def die_at(monkeypatch: pytest.MonkeyPatch, step: int) -> Iterator[None]:
    """Ends what runs before its n-th step, in a file or in the database."""
    steps = itertools.count(1)

    def counted(done: Callable[..., Any]) -> Callable[..., Any]:
        def one(*args: object, **more: object) -> object:
            if next(steps) == step:
                raise Killed
            return done(*args, **more)

        return one

    with monkeypatch.context() as patched:
        for name in ("link", "fsync"):
            patched.setattr(os, name, counted(getattr(os, name)))
        for name in ("rename", "unlink"):
            patched.setattr(Path, name, counted(getattr(Path, name)))
        patched.setattr(Database, "transaction", counted(Database.transaction))
        yield


def test_killed_at_any_step_it_goes_on(held: Held, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rotation, "BATCH", 3)
    for step in itertools.count(1):
        with held.services() as running:
            died = rotate_until(held, monkeypatch, step)
            held.assert_all_open(running)
            held.fill(running, 1)
        held.assert_all_open()
        again = held.doti("keys", "rotate")
        assert again.exit_code == 0, (step, again.output)
        assert not held.file.previous.exists()
        held.assert_all_open()
        if not died:
            break
    assert step > 15


def test_a_killed_process_goes_on(held: Held) -> None:
    with held.services() as services:
        held.fill(services, 1_500)
        env = environment(held.settings.home, **held.env)
        with Doti("keys", "rotate", env=env) as process:
            until(held.file.previous.exists)
            process.kill()
        held.assert_all_open(services)
    held.assert_all_open()
    assert run("keys", "rotate", env=env).returncode == 0
    assert not held.file.previous.exists()
    held.assert_all_open()


def test_one_at_a_time(held: Held) -> None:
    with held.file.held():
        refused = held.doti("keys", "rotate")
        assert refused.exit_code == 1
        assert "Another process rotates" in refused.stderr
        with pytest.raises(RotationRuns), MasterFile(held.file.path.parent).held():
            pass
    assert held.doti("keys", "rotate").exit_code == 0


def test_master_keys_in_the_settings(held: Held) -> None:
    old = settings_key(held.file.path)
    new = base64.b64encode(b"n" * 32).decode()
    refused = held.doti("keys", "rotate", DOTI_MASTER_KEY=old)
    assert refused.exit_code == 1
    assert "set it to a new key" in refused.stderr
    both = {"DOTI_MASTER_KEY": new, "DOTI_PREVIOUS_MASTER_KEY": old}
    given = held.settings.model_copy(
        update={
            "master_key": SecretStr(new),
            "previous_master_key": SecretStr(old),
        }
    )
    with build(given, held.url) as running:  # started with both before anything was changed
        held.fill(running, 1)
        done = held.doti("keys", "rotate", **both)
        assert done.exit_code == 0, done.output
        assert "DOTI_PREVIOUS_MASTER_KEY can be taken away" in done.stderr
        held.fill(running, 1)
        held.assert_all_open(running)
    assert held.doti("keys", "status", DOTI_MASTER_KEY=new).exit_code == 0
    assert held.doti("keys", "status", DOTI_MASTER_KEY=old).exit_code == 1


def test_a_damaged_key_keeps_the_master_key_before(held: Held) -> None:
    subject = next(iter(held.sealed))
    broken = "overlay(wrapped placing '\\xff00ff'::bytea from 30)"
    where = f"WHERE subject_id = '{subject}'"
    held.hand(f"UPDATE subject_keys SET wrapped = {broken} {where}")
    refused = held.doti("keys", "rotate")
    assert refused.exit_code == 1
    assert "1 keys are damaged" in refused.stderr
    assert held.file.previous.exists()
    held.hand(f"DELETE FROM subject_keys {where}")
    del held.sealed[subject]
    assert held.doti("keys", "rotate").exit_code == 0
    held.assert_all_open()


# What is said, and that nothing was done


def lose(held: Held) -> None:
    held.file.path.unlink()


def exchange(held: Held) -> None:
    held.file.path.write_text(base64.b64encode(b"x" * 32).decode())


def damage(held: Held) -> None:
    held.file.path.write_text(held.file.path.read_text()[:20])


@pytest.mark.parametrize(
    ("harm", "sentence"),
    [
        (lose, r"master\.key is missing\. Put it back, or set DOTI_MASTER_KEY"),
        (exchange, r"is not the one of this register: .* Put the right one there"),
        (damage, r"is damaged: it does not hold 32 bytes in base64\. Put back the copy"),
    ],
)
@pytest.mark.parametrize(
    "words",
    [("serve",), ("worker",), ("keys", "rotate"), ("keys", "status"), ("reindex",)],
    ids=" ".join,
)
def test_a_master_key_of_no_use(
    held: Held, harm: Callable[[Held], None], sentence: str, words: tuple[str, ...]
) -> None:
    harm(held)
    before = {path: path.read_bytes() for path in held.file.path.parent.iterdir()}
    refused = held.doti(*words, PORT="0")
    assert refused.exit_code == 1
    assert refused.stdout == ""
    (line,) = refused.stderr.strip().splitlines()
    assert re.search(sentence, line)
    assert {path: path.read_bytes() for path in held.file.path.parent.iterdir()} == before


@pytest.mark.parametrize("words", [("serve",), ("keys", "rotate")], ids=" ".join)
def test_the_master_key_before_is_missing(
    held: Held, words: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rotation, "BATCH", 5)
    for step in itertools.count(10):  # somewhere between the first key and the last
        assert rotate_until(held, monkeypatch, step)
        with held.services() as services:
            used = masters_in_use(services.keeper)
        if len([one for one in used if one.keys]) > 1:
            break
    aside = held.file.previous.read_bytes()
    held.file.previous.unlink()
    refused = held.doti(*words, PORT="0")
    assert refused.exit_code == 1
    (line,) = refused.stderr.strip().splitlines()
    assert re.search(r"\d+ keys are still wrapped by the master key before", line)
    assert "put it back as" in line
    held.file.previous.write_bytes(aside)
    assert held.doti("keys", "rotate").exit_code == 0
    held.assert_all_open()


# Backups


def test_what_is_missing_is_put_back(held: Held, tmp_path: Path) -> None:
    file = tmp_path / "keys.jsonl"
    written = held.doti("keys", "backup", str(file))
    assert written.exit_code == 0, written.output
    assert f"{COUNT} keys of persons" in written.stderr
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    lost, erased, *kept = held.sealed
    with held.services() as services:
        services.vault.erase(erased)
    held.hand(f"DELETE FROM subject_keys WHERE subject_id = '{lost}'")
    assert held.doti("keys", "rotate").exit_code == 0  # wrapped by another master key since
    refused = held.doti("keys", "restore", str(file), "--json")
    assert refused.exit_code == 1
    assert json.loads(refused.stdout)["closed"] == COUNT  # the index key, and all but the erased
    del held.sealed[lost], held.sealed[erased]
    held.assert_all_open()
    assert list(held.sealed) == kept


def test_keys_that_were_dropped_come_back(held: Held, tmp_path: Path) -> None:
    file = tmp_path / "keys.jsonl"
    assert held.doti("keys", "backup", str(file)).exit_code == 0
    gone = next(iter(held.sealed))
    with held.services() as services:
        services.vault.erase(gone)
    held.hand("DELETE FROM subject_keys; DELETE FROM index_key")
    done = held.doti("keys", "restore", str(file), "--json")
    assert done.exit_code == 0, done.output
    assert json.loads(done.stdout) == {"put": COUNT, "there": 0, "erased": 1, "closed": 0}
    del held.sealed[gone]
    held.assert_all_open()
    again = held.doti("keys", "restore", str(file))
    assert f"0 keys were put back, {COUNT} were there, 1 are of people" in again.stderr


@pytest.mark.parametrize(
    ("harm", "sentence"),
    [
        (lambda text: text[:-200], "is damaged"),
        (lambda text: text.replace(b"subject", b"Subject", 1), "is damaged"),
        (lambda text: b"\n".join(reversed(text.splitlines())), "no backup of keys"),
        (lambda _: b"", "no backup of keys"),
        (lambda _: b"\x00\xff", "no backup of keys"),
    ],
)
def test_a_backup_that_is_not_whole(
    held: Held, tmp_path: Path, harm: Callable[[bytes], bytes], sentence: str
) -> None:
    file = tmp_path / "keys.jsonl"
    assert held.doti("keys", "backup", str(file)).exit_code == 0
    file.write_bytes(harm(file.read_bytes()))
    held.hand("DELETE FROM subject_keys")
    refused = held.doti("keys", "restore", str(file))
    assert refused.exit_code == 1
    assert sentence in refused.stderr
    with Database(held.url, held.settings.db_schema) as owner, owner.transaction() as tx:
        assert not tx.execute(b"SELECT FROM subject_keys").fetchall()


def test_a_backup_of_another_register(held: Held, tmp_path: Path) -> None:
    file = tmp_path / "keys.jsonl"
    assert held.doti("keys", "backup", str(file)).exit_code == 0
    with lent(held.url) as schema:
        refused = Held(held.url, schema, tmp_path / "other").doti("keys", "restore", str(file))
    assert refused.exit_code == 1
    assert f"is of the register {held.settings.db_schema}" in refused.stderr


def test_keys_that_came_back_are_swept(held: Held) -> None:
    gone = next(iter(held.sealed))
    with held.services() as services:
        wrapped = services.vault.wrap(b"k" * 32, gone.bytes).hex()
        services.vault.erase(gone)
    held.hand(f"INSERT INTO subject_keys VALUES ('{gone}', '\\x{wrapped}')")
    told = held.doti("keys", "status")
    assert told.exit_code == 1
    assert "1 keys of erased people are there" in told.stderr
    audited = held.doti("audit", "--json")
    assert audited.exit_code == 1
    assert "key_of_erased" in audited.stdout
    assert str(gone) in audited.stdout
    assert "1 keys of erased people were deleted" in held.doti("keys", "sweep").stderr
    assert held.doti("keys", "status").exit_code == 0
    assert "key_of_erased" not in held.doti("audit", "--json").stdout
