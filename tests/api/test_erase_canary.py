"""After an erasure nothing of the household is anywhere: tables, files, logs, dossiers, answers."""

import base64
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from structlog.testing import capture_logs

from domain.events.dote import DoteEvent
from domain.policy import Cap, UrgentPath, two_bands
from projections.catalogue import PROJECTIONS
from projections.rebuild import rebuild
from tests import canaries
from tests.api.world import PDF, Json, World, opened_world
from workflows.audit.live import audit
from workflows.audit.verify import verify
from workflows.reindexing import reindex

IBAN = "GB33BUKB20201555555555"
_WORDS = (
    "given family cf phone address hardship need asked answer note override vote payee ratify "
    "rejection appeal second withdrawal revocation reference bounced source issuer "
    "accepted disallowed accounting paper receiptfile papercontent receiptcontent why"
)
C = {word: f"Canarino{word.title()}Zqx" for word in _WORDS.split()}
ALL = {*C.values(), IBAN}
PRIVATE = {(kind.__name__, name) for kind in DoteEvent.__args__ for name in kind.secret_fields}
KEPT_DAYS = 800


def pdf(text: str) -> bytes:
    return PDF.replace(b"startxref", b"%% " + text.encode() + b"\nstartxref")


@pytest.fixture
def world(postgres_url: str, tmp_path: Path) -> Iterator[World]:
    with opened_world(postgres_url, tmp_path / "home") as opened:
        rules = {
            "caps": (Cap(cents=9_000),),
            "urgent": UrgentPath(to_cents=9_000, ratify_days=4, requester_may_assess=False),
        }
        opened.adopt(two_bands(500).model_copy(update=rules))
        yield opened


class Life:
    """A household that everything happens to."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.doti: list[str] = []
        self.household_id = self._register()

    def _register(self) -> str:
        member = {
            "given_name": C["given"],
            "family_name": C["family"],
            "born": "1990-01-02",
            "id_type": "document",
            "id_value": C["cf"],
            "phone": C["phone"],
        }
        body = {
            "members": [member],
            "address": C["address"],
            "district": "Mirafiori",
            "hardships": [C["hardship"]],
        }
        return str(self.world.done("/households", body, "operator")["id"])

    def request(self, cents: int, **more: object) -> str:
        body = self.world.request_body(self.household_id, cents, need=C["need"], **more)
        dote_id = str(self.world.done("/doti", body, "operator")["id"])
        self.doti.append(dote_id)
        return dote_id

    def step(self, dote_id: str, step: str, who: str, **body: object) -> None:
        self.world.done(f"/doti/{dote_id}/{step}", body, who)

    def upload(self, dote_id: str, step: str, name: str, content: str, **form: str) -> None:
        file = {"file": (f"{name}.pdf", pdf(content), "application/pdf")}
        who = "operator"
        answer = self.world.call("POST", f"/doti/{dote_id}/{step}", who, data=form, files=file)
        assert answer.status_code == 201, answer.text

    def receipt(self, dote_id: str, number: str, cents: int) -> None:
        self.upload(
            dote_id,
            "receipts",
            C["receiptfile"],
            C["receiptcontent"] + number,
            kind="invoice",
            number=number,
            date="2026-01-16",
            issuer=C["issuer"],
            amount_cents=str(cents),
        )

    def live(self) -> None:
        """Every state, and every private field of a dote."""
        self._accounted_for()
        self._rejected()
        step = self.step
        withdrawn = self.request(1_000)
        step(withdrawn, "withdrawal", "operator", reason=C["withdrawal"], note=C["note"])
        revoked = self.request(1_000, urgent=True)
        step(revoked, "assessment", "assessor", outcome="favourable")
        step(revoked, "cap-overrides", "coordinator", amount_cents=1_000, reason=C["override"])
        step(revoked, "approval", "approver", amount_cents=1_000)
        step(revoked, "ratification", "approver2", ratified=False, note=C["ratify"])
        step(revoked, "revocation", "approver", reason=C["revocation"], note=C["note"])

    def _accounted_for(self) -> None:
        step, dote_id = self.step, self.request(20_000)
        self.upload(dote_id, "documents", C["paper"], C["papercontent"], kind="contract")
        step(dote_id, "document-requests", "assessor", what=C["asked"], kinds=["contract"])
        step(dote_id, "document-answers", "operator", note=C["answer"])
        step(dote_id, "assessment", "assessor", outcome="favourable", note=C["note"])
        step(dote_id, "cap-overrides", "coordinator", amount_cents=20_000, reason=C["override"])
        vote = {"amount_cents": 20_000, "payee": {"name": C["payee"], "iban": IBAN}}
        for voter in ("approver", "approver2"):
            step(dote_id, "approval", voter, **vote, note=C["vote"])
        pay = {"amount_cents": 20_000, "value_date": "2026-01-15", "method": "bank_transfer"}
        step(dote_id, "disbursements", "finance", **pay, reference=C["reference"])
        back = {"reason": C["bounced"], "value_date": "2026-01-15"}
        step(dote_id, "disbursements/1/return", "finance", **back)
        step(dote_id, "disbursements", "finance", **pay, reference=C["reference"])
        refund = {"amount_cents": 5_000, "value_date": "2026-01-16", "source": C["source"]}
        step(dote_id, "refunds", "finance", **refund)
        self.receipt(dote_id, "1", 10_000)
        self.receipt(dote_id, "2", 5_000)
        step(dote_id, "receipts/1/acceptance", "finance", reason=C["accepted"])
        step(dote_id, "receipts/2/disallowance", "finance", reason=C["disallowed"])
        step(dote_id, "accounting", "finance", note=C["accounting"])

    def _rejected(self) -> None:
        step, dote_id = self.step, self.request(1_000)
        step(dote_id, "rejection", "approver", reason=C["rejection"], note=C["note"])
        step(dote_id, "appeal", "operator", reason=C["appeal"])
        step(dote_id, "appeal/decision", "coordinator", accepted=False, reason=C["second"])

    def shown(self) -> canaries.Hay:
        """All that those who may read everything are shown of it."""
        self.world.settle()
        paths = [f"/households/{self.household_id}", f"/households/{self.household_id}/erasure"]
        for dote_id in self.doti:
            paths += [f"/doti/{dote_id}", f"/doti/{dote_id}/history"]
        paths += [f"/doti/{self.doti[0]}/{kind}/file" for kind in ("documents/1", "receipts/1")]
        return {path: self.world.get(path).content for path in paths}

    def fields(self) -> set[tuple[str, str]]:
        """The private fields of its doti that something was written into."""
        register = self.world.services.register
        return {
            (type(event).__name__, name)
            for dote_id in self.doti
            for event in register.history(UUID(dote_id))
            for name in event.secret_fields
            if getattr(event, name) is not None
        }

    def erasure(self, who: str) -> Json:
        """One person asks, or the next one confirms."""
        path = f"/households/{self.household_id}/erasure"
        return self.world.done(path, {"reason": C["why"]}, who)


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
        life.live()
        assert life.fields() == PRIVATE
        now = services.engine.clock()
        services.engine.clock = lambda: now + timedelta(days=KEPT_DAYS)
        world.done("/retention", {"accounting_years": 0}, "coordinator")
        life.erasure("operator")
        # The search can find: all of it is in what is opened. What is kept is sealed.
        assert {canary for canary, _ in canaries.found(life.shown(), ALL)} == ALL
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
        assert not canaries.found(life.shown(), ALL)

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
        assert not canaries.found(life.shown(), ALL)
    assert logs
    assert not canaries.found({"logs": repr(logs).encode()}, ALL)
    _is_proved(world, tmp_path)


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
