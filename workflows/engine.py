"""Runs any command: one transaction, one answer, once per Idempotency-Key."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from types import MappingProxyType
from typing import Any
from uuid import UUID, uuid4

import psycopg
from eventsourcing.persistence import RecordConflictError

from domain.account import Account
from domain.actors import Actor, Role, Signature
from domain.case import EXPOSURE_PERIOD, Case
from domain.days import day_here
from domain.errors import DomainError, NotFound, StaleVersion
from domain.events.base import Event, Stamp
from domain.events.programme import BudgetLine
from domain.household import Household
from domain.lifecycle import READERS, Action
from domain.permissions import signed
from domain.policy import Policy
from domain.programme import PROGRAMME_ID, Programme
from workflows.eventstore.access_log import Access, Entry
from workflows.eventstore.blind_index import BlindIndex
from workflows.eventstore.database import Shared, connection_lost
from workflows.eventstore.reach import reaching
from workflows.eventstore.register import Register
from workflows.eventstore.unit_of_work import UnitOfWork, look
from workflows.eventstore.vault import Vault

_SEEING = READERS | {Role.SYSTEM}
PERIODS = ("periods",)
"""The lock that whoever closes a month, or opens one again, holds alone."""
DATED = Shared(PERIODS)
"""The same lock, as all hold it who write something with a day of its own: it comes first."""
ATTEMPTS = 5
"""How often a command decides again where others were quicker, or the connection was lost."""


@dataclass(frozen=True, slots=True)
class Request:
    """Who asks, from which request, and under which conditions.

    `fingerprint` identifies the command under `idempotency_key`; it is kept under a key only.
    `expected_version`: the version that the person decided on (If-Match); None decides on the
    newest.
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
        self,
        store: UnitOfWork,
        register: Register,
        vault: Vault,
        index: BlindIndex,
        request: Request,
        now: datetime,
    ) -> None:
        self.store = store
        self.vault = vault
        self.index = index
        self.actor = request.actor
        self.now = now
        self.register = register
        self._request = request
        self._causation_id = uuid4()

    @property
    def today(self) -> date:
        """Which day it is here."""
        return day_here(self.now)

    def stamp(self, by: Signature) -> Stamp:
        """The circumstances that every event of this command carries."""
        return Stamp(self.now, by, self._request.correlation_id, self._causation_id)

    def sign(self, case: Case, action: Action, amount_cents: int | None = None) -> Stamp:
        """The stamp of who may do this to the dote now, or the refusal."""
        return self.stamp(signed(case, action, self.actor, amount_cents))

    def programme(self) -> Programme:
        """The programme as it is now."""
        return self.register.programme()

    def locked_account(self, account_id: UUID, *before: tuple[object, ...]) -> Account:
        """An account as it is now, held until the end; it has a key then. `before`: what else is
        held, and waited for first."""
        self.store.begin(*before, ("stream", account_id))
        account = self.register.account(account_id)
        self.vault.ensure(account_id)
        return account

    def case(self, dote_id: UUID) -> Case:
        """The dote and its rules, for a decision on it alone; refused if it is not the actor's to
        see."""
        dote = self.register.dote(dote_id)
        if not can_see(self.actor, dote.partner):
            raise NotFound
        self.check_version(dote.version)
        return Case(dote, self.register.policy(dote.policy_version), self.now)

    def locked_case(self, dote_id: UUID, dated: date | None = None) -> Case:
        """The dote, its rules, what its household was granted and its budget line, held until the
        end.

        For every decision that moves money or looks at it. What the locks are named after never
        changes in a dote, so it may be read before they are held; the rest is read again. Which
        households count as one may change: then the command decides again.

        `dated`: the day that what is written will bear. Its month stays open until the end, or the
        command is refused with MonthClosed.
        """
        case = self.case(dote_id)
        dote, line = case.dote, case.dote.line
        group = self.store.group(dote.household_id)
        self.store.begin(
            *(() if dated is None else (DATED,)),
            ("stream", dote_id),
            *(("household", household_id) for household_id in group),
            ("line", line.partner, line.category),
        )
        if dated is not None:
            self.programme().check_open(dated)
        standing = self.store.standing(dote, self.now - looked_back(case.policy))
        self.check_same(group, standing.group)
        if standing.version != dote.version:
            dote = self.register.newest(dote)
            self.check_version(dote.version)
        return replace(case, dote=dote, helps=standing.helps, position=standing.position)

    def lock_programme(self, *lines: BudgetLine) -> Programme:
        """The programme and budget lines, held until the end."""
        names = sorted({("line", line.partner, line.category) for line in lines})
        self.store.begin(("stream", PROGRAMME_ID), *names)
        return self.register.programme()

    def locked_household(self, household_id: UUID, *others: UUID) -> Household:
        """A household, held until the end together with the `others`; refused if it is not the
        actor's to see."""
        locks = sorted({household_id, *others})
        self.store.begin(*(("household", each) for each in locks))
        return self.household(household_id)

    def household(self, household_id: UUID) -> Household:
        """A household, refused if it is not the actor's to see."""
        household = self.register.household(household_id)
        if not can_see(self.actor, household.partner):
            raise NotFound
        return household

    def other_household(self, household_id: UUID) -> Household:
        """A household that is not the actor's to see, perhaps: for a decision on one that is."""
        return self.register.household(household_id)

    def note(
        self,
        what: Access,
        by: Signature,
        household_id: UUID,
        dote_id: UUID | None = None,
        **details: str | int | bool | None,
    ) -> None:
        """Notes who looks at whom, to be written with the command's events."""
        self.store.note(
            Entry(
                at=self.now,
                what=what,
                account_id=by.account_id,
                role=by.role,
                household_id=household_id,
                dote_id=dote_id,
                correlation_id=self._request.correlation_id,
                details=details,
            )
        )

    def history(self, stream_id: UUID) -> list[Any]:
        """The events of a stream, for what its present state does not tell."""
        return self.register.history(stream_id)

    def check_same(self, before: object, now: object) -> None:
        """Decides again where what the locks were named after is not so under them."""
        if before != now:
            raise RecordConflictError("changed meanwhile")

    def check_version(self, version: int) -> None:
        """Refuses where the person decided on another version of what is changed."""
        expected = self._request.expected_version
        if expected is not None and expected != version:
            raise StaleVersion(expected, version)


def in_view(register: Register, case: Case) -> Case:
    """The case with what its household was granted and its budget line, unlocked: to be shown."""
    helps, position = look(register.database, case.dote, case.now - looked_back(case.policy))
    return replace(case, helps=helps, position=position)


def looked_back(policy: Policy) -> timedelta:
    """How far back the rules look at what a household was granted."""
    return max([EXPOSURE_PERIOD, *(timedelta(days=cap.days) for cap in policy.caps)])


def can_see(actor: Actor, partner: str) -> bool:
    """Whether what belongs to `partner` is within the actor's scope."""
    return actor.role_for(_SEEING, partner) is not None


Decide = Callable[[Work], Outcome]


class Engine:
    """The register's one way to change: `run` a workflow function as one transaction."""

    def __init__(
        self,
        register: Register,
        vault: Vault,
        *,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self.clock = clock
        self.index = BlindIndex(register.database, vault)
        self._register = register
        self._vault = vault

    def today(self) -> date:
        """Which day it is here."""
        return day_here(self.clock())

    def run(self, request: Request, decide: Decide) -> Outcome:
        """Runs the command, or tells again what it did under the same Idempotency-Key.

        Of guarded tables it sees what its actor reaches. Where somebody else was quicker it
        decides again on what is there now. Where the connection was lost it looks whether the
        command was written before it tries again.
        """
        request = self._keyed(request)
        with reaching(request.actor.scope(_SEEING)):
            return self._run(request, decide)

    def _run(self, request: Request, decide: Decide) -> Outcome:
        lost: tuple[list[Event], Outcome] | None = None
        for attempt in range(ATTEMPTS):
            if lost is not None and self._register.is_stored(lost[0]):
                return lost[1]
            store = UnitOfWork(self._register, self._vault, self.index)
            outcome = None
            try:
                with store:
                    work = self._work(store, request)
                    outcome = decide(work)
                    store.write(_kept(request, outcome))
                return outcome
            except RecordConflictError:
                done = self._done(request)
                if done is not None:
                    return done
                if attempt == ATTEMPTS - 1:
                    raise
            except DomainError:
                done = self._done(request)
                if done is not None:
                    return done
                raise
            except psycopg.OperationalError as error:
                if attempt == ATTEMPTS - 1 or not connection_lost(error):
                    raise
                lost = (store.appended, outcome) if outcome is not None else None
        raise AssertionError("unreachable: the last attempt returns or raises")

    def _work(self, store: UnitOfWork, request: Request) -> Work:
        return Work(store, self._register, self._vault, self.index, request, self.clock())

    def once(self, request: Request, do: Callable[[], Outcome]) -> Outcome:
        """Does what is several commands, or tells again what they came to under the request's
        Idempotency-Key. Each of them needs a key of its own: after an interruption the same
        request goes on, and what is done is not done again.
        """
        if request.idempotency_key is None:
            return do()
        self.claim(request)
        whole = replace(request, idempotency_key=f"{request.idempotency_key}:whole")
        done = self._done(self._keyed(whole))
        if done is not None:
            return done
        outcome = do()
        self.claim(whole, outcome.to_json())
        return outcome

    def claim(self, request: Request, came_to: Mapping[str, object] = MappingProxyType({})) -> None:
        """Takes the Idempotency-Key of a request that is done as several commands."""
        if request.idempotency_key is not None:
            UnitOfWork(self._register, self._vault, self.index).claim(
                request.actor.account_id,
                request.idempotency_key,
                self.index.fingerprint(request.fingerprint),
                dict(came_to),
            )

    def _keyed(self, request: Request) -> Request:
        """The request with its fingerprint under the register's key: what is kept of a body tells
        nobody what was in it, and nobody can try."""
        if request.idempotency_key is None:
            return request
        return replace(request, fingerprint=self.index.fingerprint(request.fingerprint))

    def _done(self, request: Request) -> Outcome | None:
        if request.idempotency_key is None:
            return None
        store = UnitOfWork(self._register, self._vault, self.index)
        done = store.done_before(
            request.actor.account_id, request.idempotency_key, request.fingerprint
        )
        return None if done is None else Outcome.from_json(done)


def _kept(request: Request, outcome: Outcome) -> dict[str, object] | None:
    if request.idempotency_key is None:
        return None
    return {
        "account_id": request.actor.account_id,
        "key": request.idempotency_key,
        "fingerprint": request.fingerprint,
        "outcome": outcome.to_json(),
    }
