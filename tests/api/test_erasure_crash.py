"""The process dies right after an erasure: nothing can be read, and the files go later."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from api.erasing import Erasing
from tests.api.world import World, opened_world, paper

pytestmark = pytest.mark.fault

ROOT = Path(__file__).parents[2]
CHILD = """
import os, sys, time
from pathlib import Path
from fastapi.testclient import TestClient
from api.app import create_app
from api.settings import Settings
from api.wiring import build

home, schema, url, token, household_id = sys.argv[1:]

def hang(subject_id):
    os.write(1, b"written, files still there\\n")
    time.sleep(60)

with build(Settings(home=Path(home), db_schema=schema), url) as services:
    services.files.forget = hang
    with TestClient(create_app(services)) as client:
        client.post(
            f"/api/v1/households/{household_id}/erasure",
            json={"reason": "lo chiede la persona"},
            headers={"Authorization": f"Bearer {token}"},
        )
"""


@pytest.fixture
def world(postgres_url: str, tmp_path: Path) -> Iterator[World]:
    with opened_world(postgres_url, tmp_path / "home") as opened:
        yield opened


def test_killed_before_the_files_are_gone(world: World) -> None:
    dote = world.requested()
    upload = {"file": ("busta paga.pdf", paper(), "application/pdf")}
    world.call("POST", f"/doti/{dote['id']}/documents", data={"kind": "payslip"}, files=upload)
    world.done(f"/doti/{dote['id']}/withdrawal", {"reason": "rinuncia"}, "operator")
    household_id = dote["household_id"]
    world.done(f"/households/{household_id}/erasure", {"reason": "lo chiede"}, "operator")

    settings = world.services.settings
    url, token = world.services.database.url, world.tokens["coordinator"]
    words = [str(settings.home), settings.db_schema, url, token, household_id]
    environment = {**os.environ, "PYTHONWARNINGS": "ignore"}
    with subprocess.Popen(
        [sys.executable, "-c", CHILD, *words],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        try:
            said = next((line for line in process.stdout if line.startswith("written")), "")
        finally:
            process.send_signal(signal.SIGKILL)
    assert said == "written, files still there\n"

    folder = settings.home / "files" / household_id
    (left,) = (file for file in folder.rglob("*") if file.is_file())
    assert paper() not in left.read_bytes()
    refused = world.get(f"/doti/{dote['id']}/documents/1/file", "operator")
    assert refused.status_code == 410
    assert world.get(f"/households/{household_id}").json()["members"] is None

    assert Erasing(world.services).round().files == 1
    assert not folder.exists()
