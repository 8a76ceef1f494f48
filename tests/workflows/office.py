"""People who sign in to a register, delegate, and declare conflicts of interest."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from api.security.accounts import Accounts
from domain.actors import Actor, Role
from domain.days import day_here
from tests.register import TestRegister, fresh_register
from workflows import people
from workflows.commands import (
    DeclareConflict,
    Delegate,
    LiftConflict,
    Payee,
)
from workflows.engine import Outcome
from workflows.eventstore.blind_index import BlindIndex

PAYEE = Payee(name="Ditta Inventata srl", iban="IT60X0542811101000000123456")


class Clock:
    """A day that can be changed."""

    def __init__(self) -> None:
        self.now = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    @property
    def today(self) -> date:
        return day_here(self.now)


class Office:
    """A register whose people sign in with tokens."""

    def __init__(self, register: TestRegister, clock: Clock) -> None:
        self.register = register
        self.clock = clock
        self.accounts = Accounts(register.database, register.engine)
        self.index = BlindIndex(register.database, register.vault)
        self.tokens: dict[str, str] = {}
        for name, role, partner, works_for in (
            ("approver", Role.APPROVER, None, "SSALV"),
            ("stand-in", Role.ASSESSOR, None, "ROCCA"),
            ("operator", Role.OPERATOR, "ROCCA", None),
            ("desk", Role.OPERATOR, "SSALV", None),
            ("coordinator", Role.COORDINATOR, None, None),
            ("admin", Role.ADMIN, None, None),
        ):
            self.tokens[name] = self.accounts.create_token(name, role, partner, works_for)

    def actor(self, name: str) -> Actor:
        """Who signs in now."""
        actor = self.accounts.actor_for(self.tokens[name])
        assert actor is not None
        return actor

    def delegate(self, to: str | UUID = "stand-in", by: str = "approver", **other: object) -> UUID:
        """A delegation for a week from today, with some of it otherwise; its id."""
        asked = {
            "to": self.actor(to).account_id if isinstance(to, str) else to,
            "role": self.actor(by).grants[0].role,
            "since": self.clock.today,
            "until": self.clock.today + timedelta(days=7),
            "max_cents": 12_000,
            "reason": "ferie",
            **other,
        }
        command = Delegate.model_validate(asked)
        return _id(self.register.run(self.actor(by), lambda work: people.delegate(work, command)))

    def declare(self, by: str, **what: object) -> UUID:
        """A conflict; its id."""
        command = DeclareConflict.model_validate({"reason": "parenti", **what})
        return _id(
            self.register.run(self.actor(by), lambda work: people.declare_conflict(work, command))
        )

    def lift(self, conflict_id: UUID, by: str = "coordinator") -> None:
        """The conflict is over."""
        command = LiftConflict(reason="trasloco")
        self.register.run(
            self.actor(by), lambda work: people.lift_conflict(work, conflict_id, command)
        )


@contextmanager
def open_office(url: str) -> Iterator[Office]:
    """A register with an open programme, money, and people who sign in."""
    clock = Clock()
    with fresh_register(url, clock) as register:
        register.open_programme()
        register.allocate(1_000_000)
        yield Office(register, clock)


def _id(outcome: Outcome) -> UUID:
    return UUID(outcome.figures["id"])
