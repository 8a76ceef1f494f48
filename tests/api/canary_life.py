"""A household that everything happens to, told in words that can be looked for everywhere."""

from datetime import timedelta

from domain.events.account import ConflictDeclared, DataRevealed
from domain.events.base import Event
from domain.events.dote import DoteEvent
from domain.events.household import HouseholdEvent
from domain.events.payee import PayeeRegistered
from tests import canaries
from tests.api.world import PDF, Json, World
from workflows.eventstore.vault import Keys

IBAN = "GB33BUKB20201555555555"
_WORDS = (
    "given family cf phone address hardship need asked answer note override vote payee ratify "
    "rejection appeal second withdrawal revocation reference bounced source issuer "
    "accepted disallowed accounting paper receiptfile papercontent receiptcontent why "
    "child recorded later merged apart declined held looked"
)
C = {word: f"Canarino{word.title()}Zqx" for word in _WORDS.split()}
ALL = {*C.values(), IBAN}
NEAR = "CanarinoVicinoZqx"
"""What a colleague says of themselves: theirs, and none of the household's."""

PRIVATE = {
    (kind.__name__, name)
    for kind in (*DoteEvent.__args__, *HouseholdEvent.__args__, PayeeRegistered, DataRevealed)
    for name in kind.secret_fields
}
"""Every private field of what is told about a household."""


def pdf(text: str) -> bytes:
    """A PDF that holds a text."""
    return PDF.replace(b"startxref", b"%% " + text.encode() + b"\nstartxref")


def every_event(world: World) -> list[Event]:
    """All that stands in the register, whoever it is of."""
    with world.services.keeper.transaction() as tx:
        rows = tx.execute("SELECT DISTINCT stream_id FROM events").fetchall()
    return [event for row in rows for event in world.services.register.history(row["stream_id"])]


class Life:
    """The household, and what happens to it."""

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
        self.member = member
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

        self._looked_at()

    def changes(self) -> None:
        """More is learnt of it, it is merged and taken apart, asked to be erased and kept."""
        done, path = self.world.done, f"/households/{self.household_id}"
        child = {"given_name": C["child"], "family_name": C["family"], "born": "2015-01-02"}
        done(f"{path}/members", child, "operator")
        members = [{**self.member, "phone": C["recorded"]}, child]
        data = {"members": members, "address": C["address"], "hardships": [C["later"]]}
        done(f"{path}/personal-data", data, "operator")
        other = self.world.household()
        done(f"{path}/merge", {"into": other, "reason": C["merged"]}, "operator")
        done(f"{path}/unmerge", {"reason": C["apart"]}, "coordinator")
        until = self.world.services.engine.today() + timedelta(days=10)
        held = {"reason": C["held"], "until": until.isoformat()}
        done(f"{path}/erasure/hold", held, "coordinator")

    def declined(self) -> None:
        """Somebody asks for the erasure, and takes it back."""
        self.erasure("operator")
        path = f"/households/{self.household_id}/erasure/refusal"
        self.world.done(path, {"reason": C["declined"]}, "coordinator")

    def _looked_at(self) -> None:
        """Searched, revealed, exported; somebody stands back from the payee, and a stranger tries
        these words at the door and as keys."""
        world = self.world
        looked = {"reason": f"{C['looked']} a campione"}
        for path in (f"/households/{self.household_id}", f"/doti/{self.doti[0]}"):
            world.done(f"{path}/reveal", looked, "auditor")
        near = {"payee": {"name": C["payee"], "iban": IBAN}, "reason": NEAR}
        world.done("/conflicts", near, "operator_ssalv")
        world.done("/households/matches", {"members": [self.member]}, "operator")
        world.settle()
        for word in (C["family"], C["cf"], C["phone"], C["recorded"]):
            assert world.get("/households", "operator", params={"q": word}).status_code == 200
            assert world.get("/doti", "operator", params={"q": word}).status_code == 200
        stranger = {"email": f"{C['family']}@example.org", "password": C["given"]}
        assert world.post("/session", stranger, None).status_code == 401
        wrong = {**near, "payee": C["payee"]}
        assert world.post("/conflicts", wrong, "operator", key="wrong").status_code == 422

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
        """All that those who may read everything are shown of it, or of anything."""
        self.world.settle()
        household = f"/households/{self.household_id}"
        paths = [household, f"{household}/erasure", f"{household}/accesses", f"{household}/copy"]
        paths += ["/exports/doti.csv", "/exports/doti.jsonl", "/statistics?by=item", "/erasures"]
        paths += ["/doti", "/households", "/worklist", "/audit/accesses", "/audit/reveals"]
        paths += ["/audit/events?limit=200", "/ledger/entries", "/accounts"]
        for dote_id in self.doti:
            paths += [f"/doti/{dote_id}", f"/doti/{dote_id}/history"]
        paths += [f"/doti/{self.doti[0]}/{kind}/file" for kind in ("documents/1", "receipts/1")]
        return {path: self.world.get(path).content for path in paths}

    def opened(self) -> canaries.Hay:
        """All sealed values of the register that can be opened, but what colleagues say of
        themselves."""
        keys: Keys = {}
        return {
            f"{type(event).__name__}.{name} {event.originator_id} {event.originator_version}": (
                text.encode()
            )
            for event in every_event(self.world)
            if not isinstance(event, ConflictDeclared)
            for name in event.secret_fields
            if (text := self.world.services.vault.open_field(event, name, keys)) is not None
        }

    def told(self) -> canaries.Hay:
        """All that is shown, or can be opened by whoever has the keys."""
        return {**self.opened(), **self.shown()}

    def fields(self) -> set[tuple[str, str]]:
        """The private fields that something of it was written into."""
        return {
            (where.split(".")[0], where.split(".")[1].split(" ")[0])
            for _, where in canaries.found(self.opened(), ALL)
        }

    def erasure(self, who: str) -> Json:
        """One person asks, or the next one confirms."""
        path = f"/households/{self.household_id}/erasure"
        return self.world.done(path, {"reason": C["why"]}, who)
