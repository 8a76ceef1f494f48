"""Checks who may do what, act for whom, and not decide: the rows must be what the events make.

Every request reads accounts, roles, tokens, delegations and conflicts of interest from tables that
are written together with the events. These tables are not hashed; this computes them anew from the
events. The hash of a token stands in its row alone: whose token it is, its role, its days and
whether it was revoked are compared.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import groupby
from typing import Any, cast, get_args
from uuid import UUID

from domain.account import Account, Conflict, Delegation, HeldRole, HeldToken, project
from domain.events.account import AccountEvent
from domain.events.base import Event
from domain.privacy import read_record
from domain.text import known_as
from workflows.audit import differences as f
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
_HIDDEN = ("name", "known_as", "email")
"""What is sealed in the events of an account; a finding does not tell it."""

Rows = dict[UUID, Row]
"""By the id of the account, role, token, delegation or conflict."""


def check_people(database: Database, vault: Vault | None = None) -> Iterator[Finding]:
    """What stands otherwise in the tables than the events say, all as of one moment.

    What people are called, their e-mail, and whom a payee's conflict is with can be compared with
    the `vault` only.
    """
    with database.transaction(one_snapshot=True, statement_timeout_ms=TIMEOUT_MS) as tx:
        accounts = list(_accounts(tx))
        opener = _Opener(database, vault) if vault else None
        yield from _check_accounts(tx, accounts, opener)
        for table, told, differs in (
            ("grants", _granted, f.RoleDiffers),
            ("tokens", _issued, f.TokenDiffers),
            ("delegations", _given, f.DelegationDiffers),
        ):
            made = _made(accounts, table, told)
            for part, said, should in _different(_rows(tx, table), made):
                yield differs(part, said, should)
        yield from _check_conflicts(tx, accounts, opener)


def _check_accounts(
    tx: Tx, accounts: Iterable[Account], opener: "_Opener | None"
) -> Iterator[Finding]:
    opened = {account.id: account for account in accounts if account.opened is not None}
    rows = _rows(tx, "accounts")
    made = {id_: _opened(account) for id_, account in opened.items()}
    for id_, row in rows.items():
        for name in _HIDDEN:
            right = opener is None or id_ not in opened or opener.tells(opened[id_], name, row)
            row[name] = (_SEALED if right else _ANOTHER) if row[name] is not None else None
    for part, said, should in _different(rows, made):
        yield f.AccountDiffers(part, said, should)


def _check_conflicts(
    tx: Tx, accounts: Iterable[Account], opener: "_Opener | None"
) -> Iterator[Finding]:
    declared = {id_: it for account in accounts for id_, it in account.conflicts.items()}
    rows = _rows(tx, "conflicts")
    for id_, row in rows.items():
        tokens = frozenset(row.pop("tokens"))
        right = opener is None or id_ not in declared or opener.fits(declared[id_], tokens)
        row["payee"] = (_SEALED if right else _ANOTHER) if tokens else None
    made = {id_: _declared(it) for id_, it in declared.items()}
    for part, said, should in _different(rows, made):
        yield f.ConflictDiffers(part, said, should)


class _Opener:
    """What is sealed in the events, as far as it can still be opened."""

    def __init__(self, database: Database, vault: Vault) -> None:
        self._vault = vault
        self._index = BlindIndex(database, vault)
        self._keys: Keys = {}

    def fits(self, known: Conflict, tokens: frozenset[bytes]) -> bool:
        """Whether the payee of a conflict is found by these tokens and no others."""
        text = self._text(known.declared, "payee")
        if text is None:
            return True
        found = self._index.of_payee(read_record(text))
        return tokens == frozenset(token for _, token in found)

    def tells(self, account: Account, name: str, row: Row) -> bool:
        """Whether an account's name (or what it comes to), or its e-mail, is the one of its
        events."""
        event, field = (account.email, "email") if name == "email" else (account.opened, "name")
        text = None if event is None else self._text(event, field)
        return text is None or row[name] == (known_as(text) if name == "known_as" else text)

    def _text(self, event: Event, name: str) -> str | None:
        """None where nothing can be compared: it is erased, or none at all, or the event itself
        was altered, which the log tells."""
        try:
            return self._vault.open_field(event, name, self._keys)
        except CannotOpen:
            return None


def _accounts(tx: Tx) -> Iterator[Account]:
    for account_id, events in groupby(_account_events(tx), lambda one: one.originator_id):
        yield project(account_id, cast("Iterable[AccountEvent]", events))


def _account_events(tx: Tx) -> Iterator[Event]:
    mapper = EventMapper()
    with tx.cursor(name="account_events") as cursor:
        cursor.itersize = BATCH
        for row in cursor.execute(_SQL["account_events"], {"topics": _TOPICS}):
            yield cast("Event", mapper.to_domain_event(stored(row)))


def _made(accounts: Iterable[Account], table: str, told: Callable[[Any], Row]) -> Rows:
    """The rows that the events of all accounts make of their grants, tokens or delegations, which
    an account calls as their table is called."""
    return {
        id_: told(part) for account in accounts for id_, part in getattr(account, table).items()
    }


def _opened(account: Account) -> Row:
    return {
        "name": _SEALED,
        "known_as": _SEALED,
        "email": None if account.email is None else _SEALED,
        "works_for": account.works_for,
        "closed_at": None if account.closed is None else account.closed.at,
    }


def _granted(held: HeldRole) -> Row:
    granted, revoked = held.granted, held.revoked
    return {
        "account_id": granted.originator_id,
        "role": granted.role,
        "partner": granted.partner,
        "since": granted.since,
        "until": granted.until,
        "revoked_at": None if revoked is None else revoked.at,
    }


def _issued(held: HeldToken) -> Row:
    issued = held.issued
    return {
        "account_id": issued.originator_id,
        "role": issued.role,
        "partner": issued.partner,
        "label": issued.label,
        "read_only": issued.read_only,
        "until": issued.until,
        "revoked": held.revoked is not None,
    }


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
