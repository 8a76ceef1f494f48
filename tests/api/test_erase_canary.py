"""After an erasure nothing of the household is anywhere: tables, files, logs, dossiers, answers."""

import base64
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from structlog.testing import capture_logs

from api.erasing import Erasing
from domain.events.dote import DoteRequested
from domain.policy import Cap, UrgentPath, two_bands
from domain.privacy import notes_of
from projections.catalogue import PROJECTIONS
from projections.rebuild import rebuild
from tests import canaries
from tests.api.canary_life import ALL, IBAN, NEAR, PRIVATE, C, Life, every_event
from tests.api.world import World, opened_world
from workflows.audit.live import audit
from workflows.audit.verify import verify
from workflows.reindexing import reindex

KEPT_DAYS = 800
_KEPT_WORDS = (
    "given family cf phone address payee reference bounced source issuer accepted disallowed "
    "accounting receiptfile receiptcontent paper papercontent looked"
)
KEPT = {IBAN} | {C[word] for word in _KEPT_WORDS.split()}
"""Who they are, the papers of the money, and why somebody looked."""


@pytest.fixture
def world(postgres_url: str, tmp_path: Path) -> Iterator[World]:
    with opened_world(postgres_url, tmp_path / "home") as opened:
        rules = {
            "caps": (Cap(cents=9_000),),
            "urgent": UrgentPath(to_cents=9_000, ratify_days=4, requester_may_assess=False),
        }
        opened.adopt(two_bands(500).model_copy(update=rules))
        yield opened


def everything(world: World) -> canaries.Hay:
    """All that is kept anywhere, and a dossier."""
    world.settle()
    world.services.notary.checkpoint(world.services.engine.clock())
    dossier = world.get("/audit/export", "auditor")
    assert dossier.status_code == 200
    return {
        **canaries.tables(world.services.database),
        **canaries.files(world.services.settings.home),
        **canaries.unpacked(dossier.content),
    }


def numbers(world: World, upto: int) -> dict[str, Any]:
    """What must not change: the log's leaves, the ledger."""
    with world.services.database.transaction() as tx:
        leaves = tx.execute(
            "SELECT log_index, stream_id, version, known_at, leaf FROM log"
            " WHERE log_index <= %s ORDER BY log_index",
            (upto,),
        ).fetchall()
        nodes = tx.execute("SELECT * FROM checkpoints WHERE size <= %s", (upto,)).fetchall()
        lines = tx.execute("SELECT * FROM budget_lines ORDER BY partner, category").fetchall()
        funds = tx.execute("SELECT * FROM funds").fetchall()
    ledger = {
        group: {
            key: value
            for key, value in world.get(f"/ledger?group={group}&at={upto}").json().items()
            if key != "as_of"
        }
        for group in ("partner", "category", "line")
    }
    return {"leaves": leaves, "nodes": nodes, "lines": lines, "funds": funds, "ledger": ledger}


def test_nothing_is_left(world: World, tmp_path: Path) -> None:
    services = world.services
    with capture_logs() as logs:
        life = Life(world)
        life.changes()
        life.live()
        go_on(world, KEPT_DAYS)
        world.done("/retention", {"accounting_years": 0}, "coordinator")
        life.declined()
        life.erasure("operator")
        assert life.fields() == PRIVATE
        # The search can find: all of it is in what is opened. What is kept is sealed.
        assert {canary for canary, _ in canaries.found(life.told(), ALL)} == ALL
        before = everything(world)
        assert not canaries.found(before, ALL)
        assert canaries.found(before, [life.household_id])
        upto = services.log.end()
        numbers_before = numbers(world, upto)
        assert world.get(f"/doti?q={C['family']}", "operator").json()["items"]
        erased = life.erasure("coordinator")

        # The very moment that the answer is out.
        assert erased["state"] == "erased"
        assert world.get(f"/doti?q={C['family']}", "operator").json()["items"] == []
        assert not list((services.settings.home / "files").glob(f"{life.household_id}/**/*"))
        assert not canaries.found(life.told(), ALL)
        assert not canaries.found(everything(world), ALL)
        assert numbers(world, upto) == numbers_before
        with services.database.transaction():
            services.engine.index.begin()
        reindex(services.register, services.vault, services.engine.index, lambda *_: None)
        for name in PROJECTIONS:
            rebuild(services.keeper, name, lambda *_: None)
        assert not canaries.found(everything(world), ALL)
        assert numbers(world, upto) == numbers_before
        assert world.get(f"/doti?q={C['family']}", "operator").json()["items"] == []
        assert not canaries.found(life.told(), ALL)
    assert logs
    assert not canaries.found({"logs": repr(logs).encode()}, ALL)
    _is_proved(world, tmp_path)
    # What colleagues said of themselves stays theirs, sealed.
    assert not canaries.found(everything(world), [NEAR])
    assert NEAR in world.get("/conflicts", "operator_ssalv").text


def test_notes_go_first_and_come_back_under_another_key(world: World) -> None:
    """By retention the social notes go; who they are and the papers of the money stay."""
    life = Life(world)
    life.live()
    household = UUID(life.household_id)
    go_on(world, KEPT_DAYS)
    world.settle()
    erasing = Erasing(world.services)
    assert erasing.round().listed == 1
    go_on(world, 31)
    world.settle()
    assert erasing.round().notes == 1
    opened = life.told()
    assert {canary for canary, _ in canaries.found(opened, ALL)} == KEPT
    assert not canaries.found(everything(world), ALL)

    # The household comes back, and is written about again.
    new = life.request(1_000)
    life.step(new, "document-requests", "assessor", what=C["asked"], kinds=["contract"])
    assert world.get(f"/doti/{new}").json()["need"] == C["need"]
    assert world.get(f"/doti/{life.doti[0]}").json()["need"] is None
    subjects = {
        event.need.subject_id
        for event in every_event(world)
        if isinstance(event, DoteRequested) and event.household_id == household
    }
    assert subjects == {notes_of(household), notes_of(household, 1)}
    life.step(new, "withdrawal", "operator", reason=C["withdrawal"])

    go_on(world, KEPT_DAYS)
    world.done("/retention", {"accounting_years": 0}, "coordinator")
    life.erasure("operator")
    assert life.erasure("coordinator")["state"] == "erased"
    assert not canaries.found({**life.told(), **everything(world)}, ALL)
    vault = world.services.vault
    assert all(vault.is_erased(subject_id) for subject_id in (*subjects, household))
    assert audit(world.services.keeper, vault=vault).findings == ()


def go_on(world: World, days: int) -> None:
    """Time passes."""
    now = world.services.engine.clock() + timedelta(days=days)
    world.services.engine.clock = lambda: now


def _is_proved(world: World, folder: Path) -> None:
    """The log proves as before: in the database, and in a dossier."""
    services = world.services
    assert audit(services.keeper, vault=services.vault).findings == ()
    path = folder / "log.zip"
    path.write_bytes(world.get("/audit/export", "auditor").content)
    assert verify(path).ok


def test_the_search_finds_every_form() -> None:
    for number, canary in enumerate(ALL):
        for data in (
            canary.upper().encode(),
            b"x" * number + canary.encode("utf-16-le"),
            canary.encode("utf-16-be"),
            canary.encode().hex().upper().encode(),
            *(base64.b64encode(b"x" * n + canary.encode() + b"yz") for n in range(4)),
            *(base64.urlsafe_b64encode(b"~" * n + canary.encode() + b"yz") for n in range(4)),
        ):
            assert canaries.found({"there": b"before " + data + b" after"}, [canary]), data
    assert not canaries.found({"there": b"something else"}, ALL)
