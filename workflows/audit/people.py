"""Checks who may act for whom and who may not decide: the rows must be what the events make.

Every request reads delegations and conflicts of interest from tables that are written together
with the events. These tables are not hashed; this computes them anew from the events.
"""

from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby
from typing import cast, get_args
from uuid import UUID

from domain.account import Conflict, Delegation, project
from domain.events.account import AccountEvent
from domain.events.base import Event
from workflows.audit import findings as f
from workflows.audit.findings import Finding
from workflows.audit.money import BATCH, TIMEOUT_MS
from workflows.eventstore.database import Database, Row, Tx
from workflows.eventstore.mapper import EventMapper
from workflows.eventstore.recorder import stored
from workflows.eventstore.statements import statements

_SQL = statements("workflows.audit", "people")
_TOPICS = [kind.__name__ for kind in get_args(AccountEvent)]

Rows = dict[UUID, Row]
"""By the id of the delegation or conflict."""


def check_people(database: Database) -> Iterator[Finding]:
    """What stands otherwise in the tables than the events say, all as of one moment."""
    with database.transaction(one_snapshot=True, statement_timeout_ms=TIMEOUT_MS) as tx:
        delegations: Rows = {}
        conflicts: Rows = {}
        for account_id, events in groupby(_account_events(tx), lambda one: one.originator_id):
            account = project(account_id, cast("Iterable[AccountEvent]", events))
            delegations |= {known: _given(it) for known, it in account.delegations.items()}
            conflicts |= {known: _declared(it) for known, it in account.conflicts.items()}
        for part, said, made in _different(_rows(tx, "delegations"), delegations):
            yield f.DelegationDiffers(part, said, made)
        for part, said, made in _different(_rows(tx, "conflicts"), conflicts):
            yield f.ConflictDiffers(part, said, made)


def _account_events(tx: Tx) -> Iterator[Event]:
    mapper = EventMapper()
    with tx.cursor(name="account_events") as cursor:
        cursor.itersize = BATCH
        for row in cursor.execute(_SQL["account_events"], {"topics": _TOPICS}):
            yield cast("Event", mapper.to_domain_event(stored(row)))


def _given(known: Delegation) -> Row:
    given, ended = known.given, known.ended
    return {
        "account_id": given.originator_id,
        "to_account": given.to,
        "role": given.role,
        "partner": given.partner,
        "since": given.since,
        "until": given.until,
        "max_cents": given.max_cents,
        "ended_at": None if ended is None else ended.at,
    }


def _declared(known: Conflict) -> Row:
    declared, lifted = known.declared, known.lifted
    return {
        "account_id": declared.originator_id,
        "household_id": declared.household_id,
        "member": declared.member,
        "payee": declared.payee is not None,
        "lifted_at": None if lifted is None else lifted.at,
    }


def _rows(tx: Tx, table: str) -> Rows:
    return {row.pop("id"): row for row in tx.execute(_SQL[table]).fetchall()}


def _different(said: Rows, made: Rows) -> Iterator[tuple[str, str, str]]:
    """The id of each row that is not as it should be, what it says, and what it should say."""
    for part in sorted(said.keys() | made.keys()):
        says, should = said.get(part), made.get(part)
        if says != should:
            yield str(part), _told(says, should), _told(should, says)


def _told(row: Mapping[str, object] | None, other: Mapping[str, object] | None) -> str:
    """What a row says otherwise than the other one; all of it, where there is no other."""
    if row is None:
        return "nothing"
    return ", ".join(
        f"{name} {value}" for name, value in row.items() if other is None or other[name] != value
    )
