"""Doti of a small town in memory: commands decided by the domain alone, and their events."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid5

from domain import deciding, paying
from domain.actors import Actor, Grant, Role, Signature
from domain.case import Case, Help
from domain.dote import Dote
from domain.dote_history import evolve
from domain.dote_parts import File
from domain.errors import DomainError
from domain.events.base import Event, Stamp
from domain.events.dote import DoteEvent
from domain.events.dote_values import LinePosition
from domain.ledger import exposure_change
from domain.lifecycle import Action
from domain.permissions import sign, signed
from domain.policy import Policy, Rules
from domain.privacy import Private
from domain.request import request

_SPACE = UUID("0c5b1f0e-6b1f-4a53-9a4f-2f6f0a1d9a10")
BEGIN = datetime(2026, 1, 7, 9, tzinfo=UTC)
PLENTY = LinePosition(
    available_cents=10**9,
    committed_cents=0,
    disbursed_cents=0,
    documented_cents=0,
    disallowed_cents=0,
)


def numbered(kind: str, n: int) -> UUID:
    """Always the same id for the same number."""
    return uuid5(_SPACE, f"{kind} {n}")


def person(n: int, role: Role, works_for: str | None = None) -> Actor:
    """Somebody with one role in the whole programme."""
    return Actor(numbered("person", n), (Grant(role),), works_for)


OPERATOR = person(0, Role.OPERATOR)
ASSESSOR = person(1, Role.ASSESSOR)
VOTERS = (
    person(2, Role.APPROVER, "ROCCA"),
    person(3, Role.APPROVER, "ROCCA"),
    person(4, Role.APPROVER, "SSALV"),
    person(5, Role.COORDINATOR),
)
COORDINATOR = VOTERS[-1]
FINANCE = person(6, Role.FINANCE)


class Town:
    """What happened so far. Each step returns the dote, or raises why it is refused."""

    def __init__(self, rules: Rules) -> None:
        self.policies: dict[int, Policy] = {}
        self.events: list[Event] = []
        self.doti: dict[UUID, Dote] = {}
        self.helps: dict[UUID, dict[UUID, Help]] = {}
        self.now = BEGIN
        self.adopt(rules)

    def adopt(self, rules: Rules) -> None:
        """Other rules for what is requested from now on."""
        version = len(self.policies) + 1
        self.policies[version] = Policy.of(rules, version, self.now.date())

    def wait(self, days: float) -> None:
        """Time passes."""
        self.now += timedelta(days=days)

    def request(
        self, cents: int, *, household: int = 1, item: str = "AFFITTO", urgent: bool = False
    ) -> Dote:
        """Refused for an item that the rules do not name."""
        policy = self.policies[len(self.policies)]
        if policy.item(item) is None:
            raise DomainError
        n = len(self.doti) + 1
        return self._take(
            request(
                self._stamp(sign(Action.REQUEST, OPERATOR, "ROCCA")),
                dote_id=numbered("dote", n),
                number=f"CI-2026-{n:05}",
                partner="ROCCA",
                desk="Sportello",
                category="EMERGENZA" if item == "AFFITTO" else "SCUOLA",
                item=item,
                household_id=numbered("household", household),
                amount_cents=cents,
                need="bisogno di prova",
                urgent=urgent,
                policy_version=policy.version,
            )
        )

    def assess(self, dote: Dote, by: Actor = ASSESSOR, *, favourable: bool = True) -> Dote:
        """As much as is possible."""
        case = self.case(dote)
        stamp = self._signed(case, Action.ASSESS, by)
        return self._take(
            deciding.assess(case, stamp, favourable=favourable, proposed_cents=None, note=None)
        )

    def attach(self, dote: Dote, kind: str) -> Dote:
        """A paper."""
        stamp = self._signed(self.case(dote), Action.ATTACH_DOCUMENT, OPERATOR)
        file = File(f"{len(self.events):064}", "application/pdf", 10, "carta.pdf")
        return self._take(dote.attach_document(stamp, kind, file, None))

    def vote(self, dote: Dote, by: Actor = VOTERS[0], cents: int | None = None) -> Dote:
        """For the proposed amount, if no other is named."""
        case = replace(self.case(dote), position=PLENTY)
        amount = case.amount_cents if cents is None else cents
        stamp = self._signed(case, Action.APPROVE, by, amount)
        payee = Private(dote.household_id, "{}")
        return self._take(
            deciding.approve(case, stamp, amount, payee, same_payee=True, tranches=(), note=None)
        )

    def override(self, dote: Dote, cents: int) -> Dote:
        """The coordinator lets it go over the caps."""
        case = self.case(dote)
        stamp = self._signed(case, Action.OVERRIDE_CAP, COORDINATOR)
        return self._take(deciding.override_cap(case, stamp, cents, "motivo"))

    def reject(self, dote: Dote, by: Actor = VOTERS[0]) -> Dote:
        """Refused."""
        return self._take(dote.reject(self._signed(self.case(dote), Action.REJECT, by), "no", None))

    def appeal(self, dote: Dote) -> Dote:
        """Lodged, and accepted by the coordinator."""
        stamp = self._signed(self.case(dote), Action.LODGE_APPEAL, OPERATOR)
        dote = self._take(dote.lodge_appeal(stamp, "motivo"))
        stamp = self._signed(self.case(dote), Action.DECIDE_APPEAL, COORDINATOR)
        return self._take(dote.decide_appeal(stamp, accepted=True, reason="motivo"))

    def withdraw(self, dote: Dote) -> Dote:
        """The household gives up."""
        stamp = self._signed(self.case(dote), Action.WITHDRAW, OPERATOR)
        return self._take(dote.withdraw(stamp, "motivo", None))

    def pay_and_take_back(self, dote: Dote, cents: int) -> Dote:
        """All of it is paid, and some of it comes back."""
        stamp = self._signed(self.case(dote), Action.DISBURSE, FINANCE)
        day = self.now.date()
        dote = self._take(
            paying.disburse(dote, stamp, dote.committed_cents, day, "bank_transfer", None)
        )
        stamp = self._signed(self.case(dote), Action.RECORD_REFUND, FINANCE)
        return self._take(dote.record_refund(stamp, cents, day, "reso"))

    def approved(self, cents: int, *, household: int = 1, by: Actor = VOTERS[0]) -> Dote:
        """Requested, assessed and approved by one vote."""
        return self.vote(self.assess(self.request(cents, household=household)), by)

    def case(self, dote: Dote) -> Case:
        """What is decided on."""
        helps = tuple(self.helps.get(dote.household_id, {}).values())
        return Case(dote, self.policies[dote.policy_version], self.now, helps)

    def _signed(self, case: Case, action: Action, by: Actor, cents: int | None = None) -> Stamp:
        return self._stamp(signed(case, action, by, cents))

    def _stamp(self, by: Signature) -> Stamp:
        return Stamp(self.now, by, "town", numbered("event", len(self.events)))

    def _take(self, event: DoteEvent) -> Dote:
        self.events.append(event)
        dote = self.doti[event.originator_id] = evolve(self.doti.get(event.originator_id), event)
        change = exposure_change(event)
        if change is not None:
            helps = self.helps.setdefault(change.household_id, {})
            known = helps.get(change.dote_id, Help(change.category, event.at, 0))
            helps[change.dote_id] = replace(known, cents=known.cents + change.cents)
        return dote
