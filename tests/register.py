"""A real register on a real PostgreSQL, with a small programme and people for each role."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import partial
from hashlib import sha256
from uuid import UUID, uuid4

from domain.actors import Actor, Grant, Role
from domain.dote import Dote
from domain.dote_parts import File
from domain.events.base import Stamp
from domain.events.programme import BudgetLine, ProgrammeEvent
from domain.household import Member
from domain.policy import Rules, two_bands
from domain.programme import Programme
from projections import runner
from projections.ledger.queries import Group, Ledger, ledger
from tests.schemas import lent
from workflows import (
    accounting,
    approval,
    assessment,
    disbursement,
    households,
    programme,
    requests,
)
from workflows.commands import (
    AcceptReceipt,
    AccountFor,
    Allocate,
    Approve,
    Assess,
    Disburse,
    Payee,
    RegisterHousehold,
    RequestDote,
    SubmitReceipt,
)
from workflows.engine import Decide, Engine, Outcome, Request
from workflows.eventstore.database import Database
from workflows.eventstore.log import Log
from workflows.eventstore.register import Register
from workflows.eventstore.sequencer import Sequencer
from workflows.eventstore.vault import Vault

MASTER_KEY = bytes(range(32))
PARTNERS = ("ROCCA", "SSALV")
CATEGORIES = {"EMERGENZA": ("AFFITTO", "UTENZE"), "SOCIO_EDUCATIVA": ("LIBRI",)}
LINE = BudgetLine(partner="ROCCA", category="EMERGENZA")
FUNDS_CENTS = 100_000_000
ADA = Member(given_name="Ada", family_name="Inventata")
LAST_DAY = date(2026, 3, 1)


def person(role: Role, partner: str | None = None) -> Actor:
    """Somebody new with one role."""
    return Actor(uuid4(), (Grant(role, partner),))


@dataclass(frozen=True)
class People:
    """One person a role, and a second approver."""

    operator: Actor = field(default_factory=lambda: person(Role.OPERATOR, "ROCCA"))
    operator_ssalv: Actor = field(default_factory=lambda: person(Role.OPERATOR, "SSALV"))
    assessor: Actor = field(default_factory=lambda: person(Role.ASSESSOR))
    approver: Actor = field(default_factory=lambda: person(Role.APPROVER))
    approver2: Actor = field(default_factory=lambda: person(Role.APPROVER))
    finance: Actor = field(default_factory=lambda: person(Role.FINANCE))
    coordinator: Actor = field(default_factory=lambda: person(Role.COORDINATOR))


class TestRegister:
    """The parts of a register, and short ways to use it."""

    __test__ = False

    def __init__(
        self,
        url: str,
        schema: str,
        clock: Callable[[], datetime] | None = None,
        role: str | None = None,
        pool_size: int = 40,
    ) -> None:
        wide_role = None if role is None else f"{schema}_wide"
        self.database = Database(url, schema, pool_size=pool_size, role=role, wide_role=wide_role)
        self.register = Register(self.database)
        self.vault = Vault(self.database, MASTER_KEY)
        self.engine = Engine(self.register, self.vault, clock=clock or _utc_now)
        self.log = Log(self.database)
        self.sequencer = Sequencer(self.database)
        self.runner = runner.Runner(self.database)
        self.people = People()

    def run(
        self,
        actor: Actor,
        decide: Decide,
        *,
        key: str | None = None,
        fingerprint: bytes = b"",
        expected_version: int | None = None,
    ) -> Outcome:
        """Runs a command as the engine's callers do."""
        request = Request(actor, "test", key, fingerprint, expected_version)
        return self.engine.run(request, decide)

    # A programme

    def open_programme(self, single_approver_cents: int = 15_000) -> None:
        """Two partners with desks, two categories, one policy, and funds."""
        chief = self.people.coordinator
        self.run(
            chief,
            lambda work: programme.open_register(
                work, "CI", "Comunità di prova", subtitle=None, city="Torino", currency="EUR"
            ),
        )
        self.adopt(two_bands(single_approver_cents))
        self._change(lambda known, stamp: known.grant_funding(stamp, "Ente", FUNDS_CENTS))
        for code in PARTNERS:
            self._change(partial(_join, code))
            self._change(partial(_open_desk, code))
        for category, items in CATEGORIES.items():
            self._change(partial(_define_category, category))
            for item in items:
                self._change(partial(_define_item, category, item))

    def adopt(self, rules: Rules) -> None:
        """Rules for what is requested from now on."""
        self._change(lambda known, stamp: known.adopt(stamp, rules))

    def _change(self, decide: Callable[[Programme, Stamp], ProgrammeEvent]) -> None:
        self.run(self.people.coordinator, lambda work: programme.change(work, "change", decide))

    def allocate(self, cents: int, line: BudgetLine = LINE) -> Outcome:
        """Money on a line."""
        command = Allocate(
            partner=line.partner, category=line.category, amount_cents=cents, reason="prova"
        )
        return self.run(self.people.coordinator, lambda work: programme.allocate(work, command))

    # A dote's life

    def household(self, operator: Actor | None = None, *members: Member) -> UUID:
        """A household, of one invented person unless others are named."""
        command = RegisterHousehold(members=members or (ADA,), district="Mirafiori")
        who = operator or self.people.operator
        return self.run(who, lambda work: households.register_household(work, command)).stream_id

    def request(self, household_id: UUID, cents: int, line: BudgetLine = LINE) -> UUID:
        """A dote, requested."""
        command = RequestDote(
            partner=line.partner,
            category=line.category,
            item=CATEGORIES[line.category][0],
            household_id=household_id,
            amount_cents=cents,
            need="bisogno di prova",
        )
        own = line.partner == "ROCCA"
        who = self.people.operator if own else self.people.operator_ssalv
        return self.run(who, lambda work: requests.request_dote(work, command)).stream_id

    def assess(self, dote_id: UUID) -> Outcome:
        """Favourably, in full."""
        command = Assess(outcome="favourable")
        return self.run(self.people.assessor, lambda w: assessment.assess(w, dote_id, command))

    def approve(
        self, dote_id: UUID, cents: int, by: Actor | None = None, payee: Payee | None = None
    ) -> Outcome:
        """One approver's vote."""
        command = Approve(amount_cents=cents, payee=payee)
        who = by or self.people.approver
        return self.run(who, lambda work: approval.approve(work, dote_id, command))

    def disburse(self, dote_id: UUID, cents: int) -> Outcome:
        """Paid by bank transfer."""
        command = Disburse(amount_cents=cents, value_date=LAST_DAY, method="bank_transfer")
        return self.run(self.people.finance, lambda w: disbursement.disburse(w, dote_id, command))

    def receipt(self, dote_id: UUID, cents: int, number: str = "1") -> Outcome:
        """A receipt of a file that nobody reads."""
        command = SubmitReceipt(
            kind="invoice",
            number=number,
            date=LAST_DAY,
            issuer=f"Ente {dote_id}",
            amount_cents=cents,
        )
        content = sha256(f"{dote_id} {number}".encode()).hexdigest()
        file = File(content, "application/pdf", 10, "ricevuta.pdf")
        return self.run(
            self.people.operator, lambda w: accounting.submit_receipt(w, dote_id, command, file)
        )

    def accept(self, dote_id: UUID, n: int = 1) -> Outcome:
        """A receipt, accepted."""
        command = AcceptReceipt()
        return self.run(
            self.people.finance, lambda w: accounting.accept_receipt(w, dote_id, n, command)
        )

    def account_for(self, dote_id: UUID) -> Outcome:
        """The file, closed."""
        command = AccountFor()
        return self.run(self.people.finance, lambda w: accounting.account_for(w, dote_id, command))

    def assessed(self, cents: int, line: BudgetLine = LINE) -> UUID:
        """A dote that waits for its approver."""
        operator = self.people.operator if line.partner == "ROCCA" else self.people.operator_ssalv
        dote_id = self.request(self.household(operator), cents, line)
        self.assess(dote_id)
        return dote_id

    def walk_spine(self, cents: int = 10_000) -> Dote:
        """A dote from its request to its rendiconto."""
        dote_id = self.assessed(cents)
        self.approve(dote_id, cents)
        self.disburse(dote_id, cents)
        self.receipt(dote_id, cents)
        self.accept(dote_id)
        self.account_for(dote_id)
        return self.register.dote(dote_id)

    # What came of it

    def settle(self) -> int:
        """Numbers all events, brings the projections up to them, returns the end of the log."""
        while self.sequencer.number_batch():
            pass
        self.runner.catch_up()
        return self.log.end()

    def ledger(self, group: Group = Group.LINE, log_index: int | None = None) -> Ledger:
        """The ledger as projected."""
        with self.database.transaction() as tx:
            return ledger(tx, group, self.log.end() if log_index is None else log_index)


def _utc_now() -> datetime:
    return datetime.now(UTC)


def _join(code: str, known: Programme, stamp: Stamp) -> ProgrammeEvent:
    return known.join(stamp, code, f"Casa {code}", "desk", None)


def _open_desk(code: str, known: Programme, stamp: Stamp) -> ProgrammeEvent:
    return known.open_desk(stamp, code, f"Sportello {code}")


def _define_category(code: str, known: Programme, stamp: Stamp) -> ProgrammeEvent:
    return known.define_category(stamp, code, code.title(), provider=None, health_data=False)


def _define_item(category: str, code: str, known: Programme, stamp: Stamp) -> ProgrammeEvent:
    return known.define_item(stamp, category, code, code.title())


@contextmanager
def fresh_register(url: str, clock: Callable[[], datetime] | None = None) -> Iterator[TestRegister]:
    """An empty register in a schema that is nobody else's meanwhile."""
    with lent(url) as schema:
        made = TestRegister(url, schema, clock)
        with made.database:
            yield made
