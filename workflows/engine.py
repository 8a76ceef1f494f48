"""Runs any command: one transaction, one answer, once per Idempotency-Key."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

from domain.actors import Actor, Signature
from domain.dote import Dote
from domain.errors import NotFound, StaleVersion
from domain.events.base import Stamp
from domain.lifecycle import READERS
from domain.policy import Policy
from domain.programme import Programme
from workflows.eventstore.database import Database
from workflows.eventstore.register import Register
from workflows.eventstore.unit_of_work import UnitOfWork
from workflows.eventstore.vault import Vault


@dataclass(frozen=True, slots=True)
class Request:
    """Who asks, from which request, and under which conditions.

    `fingerprint` identifies the command under `idempotency_key`. `expected_version`: the version
    that the person decided on (If-Match); None decides on the newest.
    """

    actor: Actor
    correlation_id: str
    idempotency_key: str | None = None
    fingerprint: bytes = b""
    expected_version: int | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a command did: a stream at a version, and which part of it (a receipt's number).

    It holds no personal data: it is kept under the Idempotency-Key, and the answer is made
    again from the stream. `figures`: what cannot be read again later, such as balances.
    """

    stream_id: UUID
    version: int
    created: bool = False
    part: int | None = None
    figures: dict[str, Any] = field(default_factory=dict)
    replayed: bool = False

    def to_json(self) -> dict[str, Any]:
        """As it is kept."""
        return {
            "stream_id": str(self.stream_id),
            "version": self.version,
            "created": self.created,
            "part": self.part,
            "figures": self.figures,
        }

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> "Outcome":
        """As it was kept, marked as replayed."""
        return cls(**{**data, "stream_id": UUID(data["stream_id"])}, replayed=True)


class Work:
    """What a workflow function works with: the request, the clock, and the store."""

    def __init__(
        self, store: UnitOfWork, register: Register, vault: Vault, request: Request, now: datetime
    ) -> None:
        self.store = store
        self.vault = vault
        self.actor = request.actor
        self.now = now
        self._register = register
        self._request = request
        self._causation_id = uuid4()

    def stamp(self, by: Signature) -> Stamp:
        """The circumstances that every event of this command carries."""
        return Stamp(self.now, by, self._request.correlation_id, self._causation_id)

    def programme(self) -> Programme:
        """The programme as it is now."""
        return self._register.programme(remember=not self.store.appended)

    def policy(self, dote: Dote) -> Policy:
        """The rules that the dote was requested under."""
        return self.programme().policies[dote.policy_version]

    def lock_dote(self, dote_id: UUID) -> Dote:
        """The dote, held until the end; refused if it is not the actor's to see or has moved on."""
        self.store.lock_stream(dote_id)
        dote = self._register.dote(dote_id)
        if not can_see(self.actor, dote.partner):
            raise NotFound
        expected = self._request.expected_version
        if expected is not None and expected != dote.version:
            raise StaleVersion(expected, dote.version)
        return dote

    def household_partner(self, household_id: UUID) -> str:
        """The partner that registered the household, if the actor may see it."""
        partner = self._register.household(household_id).partner
        if not can_see(self.actor, partner):
            raise NotFound
        return partner

    def history(self, stream_id: UUID) -> list[Any]:
        """The events of a stream, for what its present state does not tell."""
        return self._register.history(stream_id)


def can_see(actor: Actor, partner: str) -> bool:
    """Whether what belongs to `partner` is within the actor's scope."""
    return actor.role_for(READERS, partner) is not None


Decide = Callable[[Work], Outcome]


class Engine:
    """The register's one way to change: `run` a workflow function as one transaction."""

    def __init__(
        self,
        database: Database,
        register: Register,
        vault: Vault,
        *,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self.clock = clock
        self._database = database
        self._register = register
        self._vault = vault

    def run(self, request: Request, decide: Decide) -> Outcome:
        """Runs the command, or tells again what it did under the same Idempotency-Key."""
        with self._database.transaction() as tx:
            store = UnitOfWork(tx, self._register, self._vault)
            work = Work(store, self._register, self._vault, request, self.clock())
            if request.idempotency_key is None:
                return decide(work)
            return self._once(request, request.idempotency_key, store, lambda: decide(work))

    def _once(
        self, request: Request, key: str, store: UnitOfWork, decide: Callable[[], Outcome]
    ) -> Outcome:
        account_id = request.actor.account_id
        store.lock_command(account_id, key)
        done = store.done_before(account_id, key, request.fingerprint)
        if done is not None:
            return Outcome.from_json(done)
        outcome = decide()
        store.remember(account_id, key, request.fingerprint, outcome.to_json())
        return outcome
