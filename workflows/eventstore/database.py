"""Connections and transactions of one register: one PostgreSQL schema.

A transaction sets for itself all that it needs (search path, timeouts), so that nothing is left
in the session and a pooler may stand between.
"""

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from types import TracebackType
from typing import LiteralString, Self

import psycopg
from psycopg import Connection
from psycopg.pq import TransactionStatus
from psycopg.rows import DictRow, dict_row
from psycopg_pool import ConnectionPool, PoolTimeout

from workflows.eventstore.reach import EVERYBODYS, Partners, reach, reaching

Row = DictRow


@dataclass(frozen=True, slots=True)
class Shared:
    """The name of a lock that many hold at the same time, as long as nobody holds it alone."""

    name: tuple[object, ...]


LockName = tuple[object, ...] | Shared
"""What a lock is named after."""

Tx = Connection[Row]
Values = Mapping[str, object] | Sequence[object]

# Constants, numbers and codes of partners only, no text of anybody: one string, for one round trip.
_BEGIN = """
BEGIN {isolation};
SELECT set_config('search_path', '{path}', true),
       set_config('lock_timeout', '{lock}', true),
       set_config('statement_timeout', '{statement}', true),
       set_config('idle_in_transaction_session_timeout', '{statement}', true),
       set_config('doti.partners', '{partners}', true);
"""
_ACT_AS = 'SET LOCAL ROLE "{role}";'
_LOCK = "SELECT pg_advisory_xact_lock({key});"
_LOCK_SHARED = "SELECT pg_advisory_xact_lock_shared({key});"
_MAY_ACT_AS = """
SELECT rolname FROM pg_roles
WHERE rolname = %(role)s AND rolname <> session_user
  AND pg_has_role(session_user, oid, 'MEMBER')
"""
_GUARDED = """
SELECT count(*) > 0 AS there, coalesce(bool_and(row_security_active(oid)), false) AS active
FROM pg_class
WHERE relnamespace = to_regnamespace(%(schema)s) AND relkind = 'r' AND relrowsecurity
"""
_CODE = re.compile(r"[A-Z][A-Z0-9_]*", re.ASCII)
# Connection failures (08), and what a server says that goes away (57P).
_LOST = ("08", "57P")


def connection_lost(error: psycopg.Error) -> bool:
    """Whether the error says that the connection is gone, and not that the statement is wrong."""
    if isinstance(error, PoolTimeout) or not isinstance(error, psycopg.OperationalError):
        return False
    return error.sqlstate is None or error.sqlstate.startswith(_LOST)


@dataclass(frozen=True, slots=True)
class _Current:
    """The transaction that is open, and whether it sees the rows of all partners."""

    connection: Tx
    is_wide: bool


class Database:
    """A pool of connections to one register.

    `schema`: the register's schema; the keys of its persons are in `<schema>_keys`. Timeouts are
    milliseconds; a statement that waits longer for a lock fails instead of queueing for ever.
    `role`: what the connections act as from their start, where they sign in as somebody who may
    do more (`app_role`). `wide_role`: what a transaction acts as that sees the rows of all
    partners, where rows are guarded; every other one sees those of `reach` only.
    """

    def __init__(
        self,
        url: str,
        schema: str,
        *,
        pool_size: int = 16,
        lock_timeout_ms: int = 5_000,
        statement_timeout_ms: int = 15_000,
        role: str | None = None,
        wide_role: str | None = None,
    ) -> None:
        self.url = url
        self.schema = schema
        self._role = role
        self._wide_role = wide_role
        self.keys_schema = f"{schema}_keys"
        self._lock_timeout_ms = lock_timeout_ms
        self._statement_timeout_ms = statement_timeout_ms
        self._attempts = pool_size + 1
        self._current: ContextVar[_Current | None] = ContextVar("transaction", default=None)
        self._pool: ConnectionPool[Tx] = ConnectionPool(
            url,
            min_size=1,
            max_size=pool_size,
            timeout=lock_timeout_ms / 1000,
            kwargs={
                "row_factory": dict_row,
                "autocommit": True,
                "application_name": f"doti {schema}",
                **({"options": f"-c role={role}"} if role else {}),
            },
            open=False,
        )

    def open(self) -> None:
        """Opens the pool; connections are made as they are needed."""
        self._pool.open()

    def close(self) -> None:
        """Closes every connection."""
        self._pool.close()

    def __enter__(self) -> Self:
        self.open()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    @property
    def app_role(self) -> str:
        """The role that may add and read events, and change or remove none."""
        return f"{self.schema}_app"

    @property
    def all_partners_role(self) -> str:
        """The role that may do the same, and sees the rows of all partners."""
        return f"{self.schema}_wide"

    def usable(self, role: str) -> str | None:
        """The role, if it exists and the sign-in is somebody else who may act as it."""
        return role if self.statement(_MAY_ACT_AS, {"role": role}) else None

    def has_guarded_rows(self) -> bool:
        """Whether there are tables that hold back rows from those whom they do not concern."""
        return bool(self._guarded()["there"])

    def is_held_to_rows(self) -> bool:
        """Whether these connections are held to what they may see: an owner is not."""
        return bool(self._guarded()["active"])

    def _guarded(self) -> Row:
        return self.statement(_GUARDED, {"schema": f'"{self.schema}"'})[0]

    @property
    def in_transaction(self) -> bool:
        """Whether the caller is inside of `transaction`."""
        return self._current.get() is not None

    @contextmanager
    def transaction(
        self,
        *search_path: str,
        locks: Sequence[LockName] = (),
        one_snapshot: bool = False,
        statement_timeout_ms: int | None = None,
    ) -> Iterator[Tx]:
        """One transaction; inside of another one of this register, that one.

        `search_path`: schemas to look into before the register's own. `locks`: names of what the
        transaction waits for and holds from its beginning on; they take no transaction id.
        `one_snapshot`: all its statements see the same moment.
        """
        outer = self._current.get()
        if outer is not None:
            if locks or one_snapshot:
                raise RuntimeError("locks and a snapshot belong to the beginning of a transaction")
            yield outer.connection
            return
        partners = reach()
        path = [*search_path, self.schema, self.keys_schema]
        begin = _BEGIN.format(
            isolation="ISOLATION LEVEL REPEATABLE READ" if one_snapshot else "",
            path=", ".join(f'"{name}"' for name in path),
            lock=self._lock_timeout_ms,
            statement=statement_timeout_ms or self._statement_timeout_ms,
            partners=_listed(partners),
        )
        is_wide = partners is EVERYBODYS
        if is_wide and self._wide_role is not None:
            begin += _ACT_AS.format(role=self._wide_role)
        waits = "".join(map(self._wait, locks))
        with self._begun((begin + waits).encode()) as connection:
            token = self._current.set(_Current(connection, is_wide))
            try:
                yield connection
            finally:
                self._current.reset(token)

    @contextmanager
    def across_partners(self) -> Iterator[None]:
        """Sees the rows of all partners within the block, also within a transaction that is open.

        For what the register itself has to know, whoever asks: what is shown of it is the
        caller's to decide. Its users are listed in `api.security.rights`.
        """
        current = self._current.get()
        with reaching(EVERYBODYS):
            if current is None or current.is_wide or self._wide_role is None:
                yield
                return
            with _acting_as(current.connection, self._wide_role, self._role):
                token = self._current.set(_Current(current.connection, is_wide=True))
                try:
                    yield
                finally:
                    self._current.reset(token)

    @contextmanager
    def _begun(self, begin: bytes) -> Iterator[Tx]:
        # A pooled connection may have died since it was used last; that shows at the first
        # statement, when nothing is done yet and another connection can take its place.
        for attempt in range(self._attempts):
            with self._pool.connection() as connection:
                try:
                    connection.execute(begin)
                except psycopg.OperationalError as error:
                    if connection_lost(error) and attempt < self._attempts - 1:
                        continue
                    raise
                try:
                    yield connection
                except BaseException:
                    _roll_back(connection)
                    raise
                connection.execute("COMMIT")
                return

    def statement(self, text: LiteralString, values: Values) -> list[Row]:
        """Runs one statement and returns its rows, within the current transaction if there is one.

        Outside of one the statement is a transaction by itself: `text` must name its tables with
        their schema (`qualified`), and must be safe to run twice, for it is sent again where a
        connection was lost.
        """
        current = self._current.get()
        if current is not None:
            return _rows(current.connection, text, values)
        for attempt in range(self._attempts):
            with self._pool.connection() as connection:
                try:
                    return _rows(connection, text, values)
                except psycopg.OperationalError as error:
                    if not connection_lost(error) or attempt == self._attempts - 1:
                        raise
        raise AssertionError("unreachable: the last attempt returns or raises")

    @contextmanager
    def pipeline(self) -> Iterator[None]:
        """Within a transaction: sends statements without waiting for each; errors come at the end.

        `statement` returns no rows in here.
        """
        current = self._current.get()
        if current is None:
            raise RuntimeError("a pipeline needs a transaction")
        with _pipelined(current.connection):
            yield

    def qualified(self, text: LiteralString) -> LiteralString:
        """A statement with `register.` and `keys.` made the schemas of this register."""
        named = text.replace("register.", f'"{self.schema}".')
        return named.replace("keys.", f'"{self.keys_schema}".')

    def _wait(self, lock: LockName) -> str:
        if isinstance(lock, Shared):
            return _LOCK_SHARED.format(key=self.lock_id(*lock.name))
        return _LOCK.format(key=self.lock_id(*lock))

    def lock_id(self, *name: object) -> int:
        """The advisory lock of a thing of this register, as PostgreSQL's signed 64 bits."""
        text = "\x1f".join([self.schema, *map(str, name)])
        digest = hashlib.blake2b(text.encode(), digest_size=8).digest()
        return int.from_bytes(digest, "big", signed=True)


def _listed(partners: Partners) -> str:
    """Partners as the policies take them. All: the role says it, so none is named."""
    codes = sorted(partners or ())
    if not all(_CODE.fullmatch(code) for code in codes):
        raise ValueError("the code of a partner has capitals, digits and _ only")
    return ",".join(codes)


@contextmanager
def _acting_as(connection: Tx, role: str, before: str | None) -> Iterator[None]:
    """Another role for some statements of a transaction.

    After an error the transaction takes no statement any more, and rolling back gives the role
    back as well.
    """
    connection.execute(_ACT_AS.format(role=role).encode())
    yield_back = "SET LOCAL ROLE NONE" if before is None else _ACT_AS.format(role=before)
    try:
        yield
    finally:
        if connection.info.transaction_status is TransactionStatus.INTRANS:
            connection.execute(yield_back.encode())


@contextmanager
def _pipelined(connection: Tx) -> Iterator[None]:
    try:
        with connection.pipeline():
            yield
    except psycopg.Error as error:
        # What was sent after the failed statement, the server has skipped, but the library may
        # have noted it as prepared there: such a connection would fail again and again.
        connection.close()
        # Leaving an interrupted pipeline fails in turn, which would hide what interrupted it.
        interruption = error.__context__
        if interruption is not None and not isinstance(interruption, Exception):
            raise interruption from None
        raise


def _roll_back(connection: Tx) -> None:
    """Ends a transaction that failed, without an error of its own in the place of the true one."""
    if connection.closed:
        return
    if connection.info.transaction_status in (TransactionStatus.INTRANS, TransactionStatus.INERROR):
        try:
            connection.execute("ROLLBACK")
        except psycopg.Error:
            connection.close()
    else:
        # Interrupted in the middle of a statement: nothing can be sent on it any more.
        connection.close()


def _rows(connection: Tx, text: LiteralString, values: Values) -> list[Row]:
    cursor = connection.execute(text, values)
    result = cursor.pgresult
    return cursor.fetchall() if result is not None and result.nfields else []
