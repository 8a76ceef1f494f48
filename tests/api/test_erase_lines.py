"""What the bank wrote on a line goes when its time is over, wherever it stands."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from api.erasing import Erasing
from domain.events.bank import BankLineImported
from projections.catalogue import PROJECTIONS
from projections.rebuild import rebuild
from tests import canaries
from tests.api.canary_life import every_event
from tests.api.test_statements import account, camt, entry, send
from tests.api.world import Json, World, opened_world
from workflows.audit.live import audit
from workflows.reindexing import reindex

REMITTANCE, REASON, OTHER = "kanarisches wort", "kanarischer grund", "kanarisch bezahlt"
ALL = (REMITTANCE, REASON)


@pytest.fixture
def world(postgres_url: str, tmp_path: Path) -> Iterator[World]:
    """A world of its own: its time goes on."""
    with opened_world(postgres_url, tmp_path / "home") as opened:
        yield opened


def everything(world: World) -> canaries.Hay:
    """All that is kept, shown, or can be opened by whoever has the keys."""
    world.settle()
    services = world.services
    opened = {
        f"{type(event).__name__}.{name} {event.originator_id}": text.encode()
        for event in every_event(world)
        for name in event.secret_fields
        if (text := services.vault.open_field(event, name)) is not None
    }
    paths = ("/reconciliation/proposals", "/statements", "/audit/events?limit=200")
    shown = {path: world.get(path, "finance").content for path in paths[:2]}
    shown[paths[2]] = world.get(paths[2], "auditor").content
    return {
        **canaries.tables(services.database),
        **canaries.files(services.settings.home),
        **opened,
        **shown,
    }


def open_lines(world: World) -> list[Json]:
    found: list[Json] = world.get("/reconciliation/suspense", "finance").json()["items"]
    return found


def go_to_next_year(world: World) -> None:
    now = world.services.engine.clock()
    later = now.replace(year=now.year + 1, month=3, day=1)
    world.services.engine.clock = lambda: later


def test_an_unmatched_line_is_erased_after_its_time(world: World) -> None:
    services = world.services
    account(world)
    dote = world.approved(9_000)
    world.settle()
    content = camt(
        entry(-7_000, REMITTANCE, "R1"),
        entry(-9_000, f"{OTHER} {dote['number']}-1", "R2"),
        total=-16_000,
    )
    assert send(world, content).json()["new_lines"] == 2
    world.settle()
    line, paid = sorted(open_lines(world), key=lambda each: -each["amount_cents"])
    aside = f"/reconciliation/lines/{line['id']}/set-aside"
    world.done(aside, {"reason": REASON}, "finance")
    match = {"line_ids": [paid["id"]], "payment_ids": [f"{dote['number']}-1"]}
    world.done("/reconciliation/matches", match, "finance")
    world.done("/retention", {"accounting_years": 0, "notice_days": 30}, "coordinator")
    world.settle()
    assert {canary for canary, _ in canaries.found(everything(world), ALL)} == set(ALL)

    # Its year is not over; and then, other times were adopted too short a while ago.
    erasing = Erasing(services)
    assert erasing.round().lines == 0
    go_to_next_year(world)
    world.done("/retention", {"notice_days": 31}, "coordinator")
    assert erasing.round().lines == 0
    now = services.engine.clock() + timedelta(days=31)
    services.engine.clock = lambda: now

    with capture_logs() as logs:
        assert erasing.round().lines == 1
        assert erasing.round().lines == 0
    assert not canaries.found({**everything(world), "logs": repr(logs).encode()}, ALL)
    # The other one is about a household that is still there.
    assert canaries.found(everything(world), [OTHER])
    # Amount and day stay, and it does not come in again.
    again = send(world, content).json()
    assert (again["new_lines"], again["duplicate_lines"]) == (0, 2)
    (kept,) = open_lines(world)
    assert (kept["id"], kept["amount_cents"]) == (line["id"], -7_000)
    refused = world.post(aside, {"reason": REASON}, "finance")
    assert (refused.status_code, refused.json()["code"]) == (409, "wrong_state")

    reindex(services.register, services.vault, services.engine.index, lambda *_: None)
    for name in PROJECTIONS:
        rebuild(services.keeper, name, lambda *_: None)
    assert not canaries.found(everything(world), ALL)
    services.notary.checkpoint(services.engine.clock())
    assert audit(services.keeper, vault=services.vault).findings == ()
    imported = [each for each in every_event(world) if isinstance(each, BankLineImported)]
    assert len([each for each in imported if services.vault.is_gone(each.details)]) == 1
    # Once it is told what it was, that is all the same.
    fee = {"line_ids": [line["id"]], "kind": "fee"}
    world.done("/reconciliation/matches", fee, "finance")
