"""Every read of a person's file is in the access log before it is answered."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import psycopg
import pytest

from tests.api.test_refusals import problem
from tests.api.test_reveals import logged, unwritable_log
from tests.api.world import World, paper
from workflows.eventstore.access_log import Access


def with_papers(world: World) -> dict[str, Any]:
    """A dote with a document and a receipt."""
    dote = world.requested()
    files = {"file": ("certificato segreto.pdf", paper(77), "application/pdf")}
    form = {"kind": "certificate"}
    path = f"/doti/{dote['id']}"
    assert world.call("POST", f"{path}/documents", data=form, files=files).status_code == 201
    world.done(f"{path}/assessment", {"outcome": "favourable", "note": "nota"}, "assessor")
    payee = {"name": "Padrone Segreto"}
    world.done(f"{path}/approval", {"amount_cents": 10_000, "payee": payee}, "approver")
    dote = world.done(f"{path}/disbursements", world.payment(10_000), "finance")
    assert world.receipt(dote["id"], 10_000).status_code == 201
    world.settle()
    return dote


def told(world: World, dote: dict[str, Any]) -> list[tuple[Any, ...]]:
    lines = logged(world, household=dote["household_id"])
    return [(line["who"]["name"], line["what"], line["dote_id"], line["details"]) for line in lines]


def test_reads_in_clear_are_written_down(world: World) -> None:
    dote = with_papers(world)
    assert told(world, dote) == []  # what commands answer is told by their events
    path, home = f"/doti/{dote['id']}", f"/households/{dote['household_id']}"
    for at, who in (
        (home, "operator"),
        (path, "assessor"),
        (path, "finance"),
        (f"{path}/history", "coordinator"),
        (f"{path}/documents/1/file", "approver"),
        (f"{path}/receipts/1/file", "finance"),
    ):
        assert world.get(at, who).status_code == 200
    one = dote["id"]
    assert told(world, dote)[::-1] == [
        ("operator", "household_read", None, {"kinds": "persons"}),
        ("assessor", "dote_read", one, {"kinds": "case"}),
        ("finance", "dote_read", one, {"kinds": "payee proof"}),
        ("coordinator", "history_read", one, {"kinds": "case payee proof"}),
        ("approver", "paper_read", one, {"kinds": "case", "paper": "DocumentAttached", "n": 1}),
        ("finance", "paper_read", one, {"kinds": "proof", "paper": "ReceiptSubmitted", "n": 1}),
    ]
    line = logged(world, household=dote["household_id"])[0]
    assert line["role"] == "finance"
    assert line["correlation_id"]


def test_what_is_masked_is_no_read_but_an_auditors_is_told(world: World) -> None:
    dote = world.requested()
    path, home = f"/doti/{dote['id']}", f"/households/{dote['household_id']}"
    world.settle()
    for at in (path, home, f"{path}/history"):
        world.get(at, "finance")
        world.get(at, "auditor")
    assert [(who, what, details) for who, what, _, details in told(world, dote)][::-1] == [
        ("auditor", "dote_read", {"masked": True}),
        ("auditor", "household_read", {"masked": True}),
        ("auditor", "history_read", {"masked": True}),
    ]


def test_refused_reads_are_no_reads(world: World) -> None:
    dote = with_papers(world)
    path = f"/doti/{dote['id']}"
    problem(world.get(path, "operator_ssalv"), 404, "not_found")
    problem(world.get(f"{path}/receipts/1/file", "assessor"), 403, "forbidden")
    assert told(world, dote) == []


def test_searching_for_persons_is_written_down_without_the_words(world: World) -> None:
    world.household(given_name="Fiammetta")
    world.settle()
    world.get("/doti", "operator", params={"q": "fiammetta"})
    line = logged(world, what="searched")[0]
    assert (line["who"]["name"], line["details"]) == ("operator", {"households": 1})
    count = len(logged(world, what="searched", limit=200))
    world.get("/doti", "finance", params={"q": "fiammetta"})
    world.get("/doti", "operator")
    assert len(logged(world, what="searched", limit=200)) == count


def test_dossiers_are_written_down(world: World) -> None:
    dote = world.requested()
    world.settle()
    assert world.get(f"/audit/export?dote={dote['id']}", "auditor").status_code == 200
    assert told(world, dote) == [("auditor", "exported", dote["id"], {"dossier": "dote"})]
    assert world.get("/audit/export", "coordinator").status_code == 200
    line = logged(world, what="exported")[0]
    assert (line["role"], line["details"]) == ("coordinator", {"dossier": "log"})


@pytest.mark.parametrize(
    "path",
    [
        lambda dote: f"/doti/{dote['id']}",
        lambda dote: f"/doti/{dote['id']}/history",
        lambda dote: f"/households/{dote['household_id']}",
        lambda dote: f"/doti/{dote['id']}/documents/1/file",
        lambda dote: f"/doti/{dote['id']}/receipts/1/file",
        lambda _: "/doti?q=inventata",
        lambda dote: f"/audit/export?dote={dote['id']}",
    ],
)
def test_what_cannot_be_written_down_is_not_answered(
    world: World, path: Callable[[dict[str, Any]], str]
) -> None:
    dote = with_papers(world)
    at = path(dote)
    with unwritable_log(world):
        answer = world.get(at, "coordinator")
        assert answer.json()["code"] == "internal"
        assert "segret" not in answer.text.lower()
    assert world.get(at, "coordinator").status_code == 200


def test_what_one_asks_of_the_log(world: World) -> None:
    dote = world.requested()
    home = dote["household_id"]
    begun = datetime.now(UTC)
    for who in ("operator", "assessor", "operator"):
        world.get(f"/households/{home}", who)
    operator = str(world.services.accounts.account_id("operator"))
    assert len(logged(world, household=home, account=operator)) == 2
    assert len(logged(world, household=home, what="dote_read")) == 0
    later = (begun + timedelta(hours=1)).isoformat()
    since = begun.isoformat()
    assert len(logged(world, household=home, **{"from": since, "to": later})) == 3
    assert logged(world, household=home, **{"from": later}) == []
    assert logged(world, household=home, to=since) == []
    path = f"/households/{home}/accesses"
    first = world.get(path, "coordinator", params={"limit": 2}).json()
    rest = world.get(path, "coordinator", params={"cursor": first["next_cursor"]}).json()
    assert first["items"] + rest["items"] == logged(world, household=home)
    assert rest["next_cursor"] is None
    for who in ("operator", "assessor", "approver", "finance", "admin"):
        problem(world.get(path, who), 403, "forbidden")
        problem(world.get("/audit/accesses", who), 403, "forbidden")
    problem(world.get(f"/households/{UUID(int=1)}/accesses", "auditor"), 404, "not_found")
    problem(world.get("/audit/accesses?what=nothing", "auditor"), 422, "validation")
    problem(world.get("/audit/accesses?cursor=x", "auditor"), 422, "validation")


@pytest.mark.parametrize("as_app", [True, False])
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE access_log SET account_id = NULL",
        "DELETE FROM access_log",
        "TRUNCATE access_log",
    ],
)
def test_nobody_changes_or_removes_a_line(world: World, statement: str, *, as_app: bool) -> None:
    world.get(f"/households/{world.household()}", "operator")
    database = world.services.database if as_app else world.services.keeper
    refusal = (
        psycopg.errors.InsufficientPrivilege
        if as_app
        else psycopg.errors.IntegrityConstraintViolation
    )
    with pytest.raises(refusal), database.transaction() as tx:
        tx.execute(statement.encode())


def test_every_word_of_the_log_is_one_that_the_table_takes(world: World) -> None:
    for what in Access:
        logged(world, what=what)
