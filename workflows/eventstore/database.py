"""Connections and transactions of one register: one PostgreSQL schema.

A transaction sets for itself all that it needs (search path, timeouts), so that nothing is left
in the session and a pooler may stand between.
"""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from types import TracebackType
from typing import Self

from psycopg import Connection
from psycopg.rows import DictRow, dict_row
from psycopg_pool import ConnectionPool

Row = DictRow
Tx = Connection[Row]

_SETTINGS = """
SELECT set_config('search_path', %(path)s, true),
       set_config('lock_timeout', %(lock)s, true),
       set_config('statement_timeout', %(statement)s, true),
       set_config('idle_in_transaction_session_timeout', %(statement)s, true)
"""


class Database:
    """A pool of connections to one register.

    `schema`: the register's schema; the keys of its persons are in `<schema>_keys`. Timeouts are
    milliseconds; a statement that waits longer for a lock fails instead of queueing for ever.
    """

    def __init__(
        self,
        url: str,
        schema: str,
        *,
        pool_size: int = 16,
        lock_timeout_ms: int = 5_000,
        statement_timeout_ms: int = 15_000,
    ) -> None:
        self.url = url
        self.schema = schema
        self.keys_schema = f"{schema}_keys"
        self._lock_timeout_ms = lock_timeout_ms
        self._statement_timeout_ms = statement_timeout_ms
        self._current: ContextVar[Tx | None] = ContextVar("transaction", default=None)
        self._pool: ConnectionPool[Tx] = ConnectionPool(
            url,
            min_size=1,
            max_size=pool_size,
            timeout=lock_timeout_ms / 1000,
            check=ConnectionPool.check_connection,
            kwargs={"row_factory": dict_row, "application_name": f"doti {schema}"},
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

    @contextmanager
    def transaction(
        self, *search_path: str, statement_timeout_ms: int | None = None
    ) -> Iterator[Tx]:
        """One transaction; inside of another one of this register, that one.

        `search_path`: schemas to look into before the register's own.
        """
        outer = self._current.get()
        if outer is not None:
            yield outer
            return
        path = [*search_path, self.schema, self.keys_schema]
        with self._pool.connection() as connection, connection.transaction():
            connection.execute(
                _SETTINGS,
                {
                    "path": ", ".join(f'"{name}"' for name in path),
                    "lock": str(self._lock_timeout_ms),
                    "statement": str(statement_timeout_ms or self._statement_timeout_ms),
                },
            )
            token = self._current.set(connection)
            try:
                yield connection
            finally:
                self._current.reset(token)

    def lock_id(self, *name: object) -> int:
        """The advisory lock of a thing of this register, as PostgreSQL's signed 64 bits."""
        text = "\x1f".join([self.schema, *map(str, name)])
        digest = hashlib.blake2b(text.encode(), digest_size=8).digest()
        return int.from_bytes(digest, "big", signed=True)
