"""Recovery codes: on paper, for when the second factor is lost. Each is good once.

A code has 80 random bits, so a plain hash (with the account's id before it) is enough.
"""

import secrets
from collections.abc import Callable
from datetime import datetime
from hashlib import sha256
from uuid import UUID

from workflows.eventstore.database import Database, Row
from workflows.eventstore.statements import statements

_SQL = statements("api.security.sql", "factors")

COUNT = 10
_LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_LENGTH = 16
_GROUP = 4
_MISREAD = str.maketrans("OIL", "011")


class RecoveryCodes:
    """Makes and takes them."""

    def __init__(self, database: Database, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._clock = clock

    def renew(self, account_id: UUID) -> list[str]:
        """New ones, shown once; the old ones are worth nothing. In the current transaction."""
        codes = ["".join(secrets.choice(_LETTERS) for _ in range(_LENGTH)) for _ in range(COUNT)]
        self.forget(account_id)
        hashes = [_hash(account_id, code) for code in codes]
        self._run("insert_codes", account_id=account_id, hashes=hashes)
        return [_grouped(code) for code in codes]

    def forget(self, account_id: UUID) -> None:
        """None is left."""
        self._run("forget_codes", account_id=account_id)

    def prove(self, account_id: UUID, typed: str) -> bool:
        """Whether it is one that was not used yet: now it is."""
        code = _plain(typed)
        if len(code) != _LENGTH:
            return False
        values = {"account_id": account_id, "hash": _hash(account_id, code), "now": self._clock()}
        return bool(self._run("take_code", **values))

    def left(self, account_id: UUID) -> int:
        """How many are still good."""
        return int(self._run("codes_left", account_id=account_id)[0]["left"])

    def _run(self, name: str, **values: object) -> list[Row]:
        return self._database.statement(self._database.qualified(_SQL[name]), values)


def _grouped(code: str) -> str:
    return "-".join(code[place : place + _GROUP] for place in range(0, _LENGTH, _GROUP))


def _plain(typed: str) -> str:
    """As it was made, however it is spaced, and with letters that are mistaken for digits."""
    return "".join(filter(str.isalnum, typed.upper())).translate(_MISREAD)


def _hash(account_id: UUID, code: str) -> bytes:
    return sha256(account_id.bytes + code.encode()).digest()
