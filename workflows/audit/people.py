"""Checks who may act for whom and who may not decide: the rows must be what the events make.

Every request reads delegations and conflicts of interest from tables that are written together
with the events. These tables are not hashed; this computes them anew from the events.
"""

from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby
from typing import cast, get_args
from uuid import UUID

from domain.account import Account, Conflict, Delegation, project
from domain.events.account import AccountEvent
from domain.events.base import Event
from domain.privacy import read_record
from workflows.audit import findings as f
from workflows.audit.findings import Finding
from workflows.audit.money import BATCH, TIMEOUT_MS
from workflows.eventstore.blind_index import BlindIndex
from workflows.eventstore.database import Database, Row, Tx
from workflows.eventstore.mapper import EventMapper
from workflows.eventstore.recorder import stored
from workflows.eventstore.statements import statements
from workflows.eventstore.vault import CannotOpen, Keys, Vault

_SQL = statements("workflows.audit", "people")
_TOPICS = [kind.__name__ for kind in get_args(AccountEvent)]

_SEALED, _ANOTHER = "sealed", "of somebody else"

Rows = dict[UUID, Row]
"""By the id of the delegation or conflict."""


def check_people(database: Database, vault: Vault | None = None) -> Iterator[Finding]:
    """What stands otherwise in the tables than the events say, all as of one moment.

    Whom a payee's conflict is with can be compared with the `vault` only.
    """
    with database.transaction(one_snapshot=True, statement_timeout_ms=TIMEOUT_MS) as tx:
        accounts = list(_accounts(tx))
        given = {id_: it for account in accounts for id_, it in account.delegations.items()}
        declared = {id_: it for account in accounts for id_, it in account.conflicts.items()}
        rows = _rows(tx, "delegations")
        for part, said, made in _different(rows, {id_: _given(it) for id_, it in given.items()}):
            yield f.DelegationDiffers(part, said, made)
        rows = _rows(tx, "conflicts")
        payees = Payees(database, vault) if vault else None
        for id_, row in rows.items():
            tokens = frozenset(row.pop("tokens"))
            right = payees is None or id_ not in declared or payees.fits(declared[id_], tokens)
            row["payee"] = (_SEALED if right else _ANOTHER) if tokens else None
        made_of = {id_: _declared(it) for id_, it in declared.items()}
        for part, said, made in _different(rows, made_of):
            yield f.ConflictDiffers(part, said, made)


class Payees:
    """Whom conflicts are with, as far as their texts can still be opened."""

    def __init__(self, database: Database, vault: Vault) -> None:
        self._vault = vault
        self._index = BlindIndex(database, vault)
        self._keys: Keys = {}

    def fits(self, known: Conflict, tokens: frozenset[bytes]) -> bool:
        """Whether the payee of a conflict is found by these tokens and no others."""
        try:
            text = self._vault.open_field(known.declared, "payee", self._keys)
        except CannotOpen:
            return True  # the event itself was altered, which the log tells
        if text is None:
            return True  # erased, or none at all
        payee = read_record(text)
        found = self._index.of_payee(payee)
        return tokens == frozenset(token for _, token in found)


def _accounts(tx: Tx) -> Iterator[Account]:
    for account_id, events in groupby(_account_events(tx), lambda one: one.originator_id):
        yield project(account_id, cast("Iterable[AccountEvent]", events))


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
        "payee": _SEALED if declared.payee is not None else None,
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
