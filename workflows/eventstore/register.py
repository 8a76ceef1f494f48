"""The register: the library's application on our tables, with our aggregates."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, cast
from uuid import UUID

from eventsourcing.application import AggregateNotFoundError, Application
from eventsourcing.persistence import ApplicationRecorder, InfrastructureFactory, Mapper
from eventsourcing.utils import Environment

from domain import account, bank_line, dote_history, household, payment_batch, programme
from domain.account import Account
from domain.bank_line import BankLine
from domain.dote import Dote
from domain.errors import NotFound, ProgrammeMissing, WrongStream
from domain.events.account import AccountEvent
from domain.events.base import Event
from domain.household import Household
from domain.payment_batch import PaymentBatch
from domain.policy import Policy
from domain.programme import PROGRAMME_ID, Category, Programme
from workflows.eventstore.database import Database
from workflows.eventstore.mapper import EventMapper
from workflows.eventstore.recorder import RegisterFactory, StreamRecorder
from workflows.eventstore.statements import statements

_SQL = statements("workflows.eventstore.sql", "events")


class Register(Application[UUID]):
    """Loads and saves the streams of one register, within the current transaction."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self._programme: Programme | None = None
        super().__init__()

    def construct_factory(self, env: Environment) -> InfrastructureFactory[Any]:
        return RegisterFactory(env, self.database)

    def construct_mapper(self) -> Mapper[UUID]:
        return EventMapper()

    def construct_recorder(self) -> ApplicationRecorder:
        return self.factory.application_recorder()

    def append(self, events: list[Event], *, command: Mapping[str, object] | None) -> None:
        """Puts events into the store, and with them the command that they answer.

        The same as `save`, less what `save` does for the library's own aggregates.
        """
        self.events.put(events, command=command)

    def dote(self, dote_id: UUID, version: int | None = None) -> Dote:
        """A dote, now or at a version."""
        return cast("Dote", self._load(dote_id, dote_history.project, version))

    def household(self, household_id: UUID, version: int | None = None) -> Household:
        """A household, now or at a version."""
        return cast("Household", self._load(household_id, household.project, version))

    def account(self, account_id: UUID, version: int | None = None) -> Account:
        """What an account delegated and declared, now or at a version; nothing if it never did."""
        told = cast("list[AccountEvent]", self.history(account_id, version))
        return account.project(account_id, told)

    def bank_line(self, line_id: UUID) -> BankLine:
        """A line of the bank, now."""
        return cast("BankLine", self._load(line_id, bank_line.project, None))

    def payment_batch(self, batch_id: UUID, version: int | None = None) -> PaymentBatch:
        """A payment batch, now or at a version."""
        return cast("PaymentBatch", self._load(batch_id, payment_batch.project, version))

    def newest(self, dote: Dote) -> Dote:
        """A dote brought up to now by its new events."""
        newer: Any = self.events.get(dote.id, gt=dote.version)
        return dote_history.project(dote, newer) or dote

    def programme(self) -> Programme:
        """The programme, now. It changes seldom: only its new events are read."""
        known = self._programme
        newer: Any = self.events.get(PROGRAMME_ID, gt=known.version if known else None)
        current = programme.project(known, newer)
        if current is None:
            raise ProgrammeMissing
        self._programme = current
        return current

    def policy(self, version: int) -> Policy:
        """A version of the rules. One that was adopted never changes, so it is read once."""
        known = self._programme
        if known is not None and version in known.policies:
            return known.policies[version]
        return self.programme().policies[version]

    def category(self, code: str) -> Category:
        """A category that is known to be there. What a dote's category is does not change."""
        known = self._programme
        if known is not None and code in known.categories:
            return known.categories[code]
        return self.programme().categories[code]

    def is_stored(self, events: list[Event]) -> bool:
        """Whether these very events are in the store."""
        recorder = cast("StreamRecorder", self.recorder)
        return all(recorder.is_stored(self.mapper.to_stored_event(event)) for event in events)

    def history(self, stream_id: UUID, upto: int | None = None) -> list[Event]:
        """The events of a stream, up to a version."""
        return cast("list[Event]", list(self.events.get(stream_id, lte=upto)))

    def event(self, stream_id: UUID, version: int) -> Event:
        """One event, that is known to be there."""
        found = self.events.get(stream_id, gt=version - 1, lte=version)
        return cast("Event", next(iter(found)))

    def _load(self, stream_id: UUID, projector: Any, version: int | None) -> object:  # noqa: ANN401
        try:
            return self.repository.get(stream_id, version=version, projector_func=projector)
        except (AggregateNotFoundError, WrongStream):
            raise NotFound from None

    def version_at(self, stream_id: UUID, log_index: int) -> int:
        """The version of a stream at an index of the log; 0 if it did not exist yet."""
        with self.database.transaction() as tx:
            row = tx.execute(
                _SQL["version_at_index"], {"stream_id": stream_id, "log_index": log_index}
            ).fetchone()
        return int(row["version"]) if row else 0

    def index_at(self, time: datetime) -> int:
        """The last index of the log that was known at a time."""
        with self.database.transaction() as tx:
            row = tx.execute(_SQL["index_at"], {"time": time}).fetchone()
        return int(row["log_index"]) if row else 0
