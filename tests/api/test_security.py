"""The master key, accounts and tokens."""

import base64
import stat
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from pydantic import ValidationError

from api.security.accounts import hash_of
from api.security.visibility import FIELDS, Kind, may_read
from api.settings import Settings
from api.wiring import MasterKeyMissing, MasterKeyWrong, NotMigrated, build
from domain.actors import Actor, Grant, Role
from domain.errors import PartnerNeeded, PartnerNotPossible, UnknownCode
from domain.events.base import EVENT_TYPES
from tests.api.world import World
from tests.schemas import lent
from workflows.eventstore.database import Database

Register = Callable[..., Settings]


@pytest.fixture
def register(postgres_url: str, tmp_path: Path) -> Iterator[Register]:
    """Settings for a migrated register, empty at first; each call may change some."""
    with lent(postgres_url) as schema:

        def settings(**changes: object) -> Settings:
            return Settings(**{"home": tmp_path / "home", "db_schema": schema, **changes})  # type: ignore[arg-type]  # any setting

        yield settings


def key_file(settings: Settings) -> Path:
    return settings.home / "keys" / "master.key"


def test_the_key_is_made_once_and_for_its_owner(register: Register, postgres_url: str) -> None:
    settings = register()
    with build(settings, postgres_url):
        made = key_file(settings).read_text()
    assert len(base64.b64decode(made)) == 32
    assert stat.S_IMODE(key_file(settings).stat().st_mode) == 0o600
    with build(settings, postgres_url) as services:
        services.vault.begin(uuid4())
    with build(settings, postgres_url):
        assert key_file(settings).read_text() == made
    assert [path.name for path in key_file(settings).parent.iterdir()] == ["master.key"]


def test_several_processes_make_one_key(register: Register, postgres_url: str) -> None:
    settings = register()
    failures: list[Exception] = []

    def start() -> None:
        try:
            with build(settings, postgres_url) as services:
                services.vault.begin(uuid4())
        except Exception as error:  # noqa: BLE001  whatever it is, the test shows it
            failures.append(error)

    threads = [threading.Thread(target=start) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures
    with build(settings, postgres_url):
        pass


def test_a_lost_key(register: Register, postgres_url: str) -> None:
    settings = register()
    with build(settings, postgres_url) as services:
        services.vault.begin(uuid4())
    key_file(settings).unlink()
    with pytest.raises(MasterKeyMissing, match=r"master\.key is missing"):
        build(settings, postgres_url)
    assert not key_file(settings).exists()


def test_a_wrong_key(register: Register, postgres_url: str) -> None:
    with build(register(), postgres_url) as services:
        services.vault.begin(uuid4())
    other = base64.b64encode(b"x" * 32).decode()
    with pytest.raises(MasterKeyWrong, match="not the one of this register"):
        build(register(master_key=other), postgres_url)
    key_file(register()).write_text("not base64!")
    with pytest.raises(MasterKeyWrong, match="32 bytes"):
        build(register(), postgres_url)


def test_the_key_of_the_settings_comes_first(register: Register, postgres_url: str) -> None:
    settings = register(master_key=base64.b64encode(b"k" * 32).decode())
    with build(settings, postgres_url):
        assert not key_file(settings).exists()


def test_a_register_that_is_not_migrated(postgres_url: str, tmp_path: Path) -> None:
    with pytest.raises(NotMigrated, match="doti migrate"):
        build(Settings(home=tmp_path, db_schema=f"test_{uuid4().hex[:12]}"), postgres_url)


def test_what_an_older_version_left_signs_in_once_the_register_is_opened(
    register: Register, postgres_url: str
) -> None:
    settings, token = register(), "doti_" + "x" * 43
    with Database(postgres_url, settings.db_schema) as database, database.transaction() as tx:
        tx.execute(
            "WITH a AS (INSERT INTO accounts (id, name, known_as)"
            " VALUES (gen_random_uuid(), 'Anna Vecchia', 'anna vecchia') RETURNING id)"
            " INSERT INTO tokens (hash, account_id, role) SELECT %s, id, 'auditor' FROM a",
            (hash_of(token),),
        )
    for _ in range(2):
        with build(settings, postgres_url) as services:
            actor = services.accounts.actor_for(token)
            assert actor is not None
            assert actor.grants == (Grant(Role.AUDITOR),)
            assert len(services.register.history(actor.account_id)) == 3


def test_tokens(world: World) -> None:
    accounts = world.services.accounts
    token = accounts.create_token("  Carla   Conti ", Role.ASSESSOR)
    assert token.startswith("doti_")
    actor = accounts.actor_for(token)
    assert actor is not None
    assert actor.grants == (Grant(Role.ASSESSOR),)
    same = accounts.actor_for(accounts.create_token("Carla Conti", Role.FINANCE))
    assert same is not None
    assert same.account_id == actor.account_id == accounts.account_id("Carla Conti")
    for spelt in ("carla conti", "CARLA CONTI", "Carla\u200b Conti", "Ｃarla Conti"):
        assert accounts.account_id(spelt) == actor.account_id
    assert accounts.names([actor.account_id, uuid4()]) == {actor.account_id: "Carla Conti"}
    for odd in (
        "",
        "doti_",
        token[:-1],
        token + "x",
        token.upper(),
        "doti_\xff",
        "doti_" + "x" * 999,
    ):
        assert accounts.actor_for(odd) is None
    with world.services.database.transaction() as tx:
        stored = str(tx.execute("SELECT * FROM tokens").fetchall())
    assert token not in stored


def test_tokens_that_are_not_given(world: World) -> None:
    create = world.services.accounts.create_token
    with pytest.raises(PartnerNeeded):
        create("x", Role.OPERATOR)
    with pytest.raises(UnknownCode):
        create("x", Role.OPERATOR, "NOBODY")
    for role in (Role.ADMIN, Role.AUDITOR, Role.COORDINATOR, Role.FINANCE):
        with pytest.raises(PartnerNotPossible):
            create("x", role, "ROCCA")
    for name in ("", " ", "x" * 101, "a\0b"):
        with pytest.raises(ValidationError):
            create(name, Role.AUDITOR)


def test_every_private_field_has_its_readers() -> None:
    private = {(kind, name) for kind in EVENT_TYPES.values() for name in kind.secret_fields}
    assert FIELDS.keys() == private


def test_readers() -> None:
    rocca = Actor(uuid4(), (Grant(Role.OPERATOR, "ROCCA"),))
    assert may_read(rocca, Kind.CASE, "ROCCA", health_data=True)
    assert not may_read(rocca, Kind.CASE, "SSALV")
    for role in (Role.AUDITOR, Role.ADMIN):
        nobody = Actor(uuid4(), (Grant(role),))
        readable = {kind for kind in Kind if may_read(nobody, kind, "ROCCA")}
        assert readable == ({Kind.REVEAL} if role is Role.AUDITOR else set())
    for role in Role:
        somebody = Actor(uuid4(), (Grant(role),))
        assert may_read(somebody, Kind.STAFF, "ROCCA") is (role is Role.COORDINATOR)
