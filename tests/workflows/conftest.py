"""Dossiers for each module of tests, and a folder of files for each test."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.register import TestRegister, fresh_register
from tests.workflows.audit import NOW, export_to, fill, members, notary, signed, stream_id
from tests.workflows.dossiers import SIZE, Dossiers
from tests.workflows.filing import Vault
from workflows.files import FolderStore


@pytest.fixture(scope="module")
def made(
    postgres_url: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Dossiers, TestRegister]]:
    folder = tmp_path_factory.mktemp("dossiers")
    with fresh_register(postgres_url) as register:
        signed(register, 10, 300)
        keys = members(export_to(folder / "early.zip", register))["keys.json"]
        assert notary(register).rotate_key(NOW) is not None
        fill(register, 200, 300)
        assert notary(register).checkpoint(NOW)
        earlier = export_to(folder / "earlier.zip", register)
        fill(register, SIZE - 500, 500)
        assert notary(register).checkpoint(NOW)
        log = export_to(folder / "log.zip", register)
        dossiers = Dossiers(
            earlier,
            log,
            export_to(folder / "dote.zip", register, stream_id(3)),
            json.loads(keys)["keys"][0]["key"],
            json.loads(members(log)["keys.json"])["keys"][1]["key"],
        )
        yield dossiers, register


@pytest.fixture
def dossiers(made: tuple[Dossiers, TestRegister]) -> Dossiers:
    return made[0]


@pytest.fixture
def vault() -> Vault:
    return Vault()


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "var" / "files"


@pytest.fixture
def store(root: Path, vault: Vault) -> FolderStore:
    return FolderStore(root, vault)


@pytest.fixture
def town(programme: TestRegister) -> TestRegister:
    """A programme with plenty of money on its lines."""
    programme.allocate(10_000_000)
    return programme
