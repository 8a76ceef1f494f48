"""Codes of six digits that an app makes from a secret and the time (RFC 6238)."""

import hmac
import io
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID, uuid4

import pyotp
import segno

from domain.errors import NotFound
from workflows.eventstore.database import Database, Row
from workflows.eventstore.statements import statements
from workflows.eventstore.vault import Vault

_SQL = statements("api.security.sql", "factors")

STEP_S = 30
DRIFT_STEPS = 1
"""A clock that is so many steps early or late is near enough."""

ISSUER = "doti"


@dataclass(frozen=True, slots=True)
class Begun:
    """What the person's app has to learn, until it knows it: by eye, by a link, or by a picture
    (SVG)."""

    id: UUID
    secret: str = field(repr=False)
    uri: str = field(repr=False)
    picture: str = field(repr=False)


class Totp:
    """Makes and checks them. The secrets are sealed under the keys of their accounts."""

    def __init__(self, database: Database, vault: Vault, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._vault = vault
        self._clock = clock

    def begin(self, account_id: UUID, label: str, shown_as: str) -> Begun:
        """A new secret, good for nothing until it is confirmed; in the current transaction.

        `label`: what the person calls it. `shown_as`: what their app calls the account.
        """
        factor_id, secret = uuid4(), pyotp.random_base32()
        self._vault.ensure(account_id)
        sealed = self._vault.seal_bytes(account_id, secret.encode(), _place(factor_id))
        self._run("forget_begun", account_id=account_id, kind="totp")
        self._run(
            "insert_totp",
            id=factor_id,
            account_id=account_id,
            label=label,
            sealed=sealed,
            now=self._clock(),
        )
        return _begun(factor_id, secret, shown_as)

    def begun(self, account_id: UUID, factor_id: UUID, shown_as: str) -> Begun:
        """What was begun and is not confirmed yet, once more. Raises `NotFound`."""
        rows = self._run("begun_totp", id=factor_id, account_id=account_id)
        secret = self._secret(account_id, rows[0]) if rows else None
        if secret is None:
            raise NotFound
        return _begun(factor_id, secret, shown_as)

    def confirm(self, account_id: UUID, factor_id: UUID, code: str) -> bool:
        """Whether the code is right, and the secret good from now on.

        Raises `NotFound` where nothing was begun under this id.
        """
        rows = self._run("begun_totp", id=factor_id, account_id=account_id)
        if not rows:
            raise NotFound
        step = self._step(account_id, rows[0], code)
        if step is None:
            return False
        now = self._clock()
        values = {"id": factor_id, "account_id": account_id, "step": step, "now": now}
        return bool(self._run("confirm_totp", **values))

    def prove(self, account_id: UUID, code: str) -> bool:
        """Whether the code is right, and was not used before: now it is."""
        for row in self._run("totps", account_id=account_id):
            step = self._step(account_id, row, code)
            if step is not None:
                return bool(self._run("take_step", id=row["id"], step=step, now=self._clock()))
        return False

    def _step(self, account_id: UUID, row: Row, code: str) -> int | None:
        """The step of time that a code is of, if it is a right one."""
        secret = self._secret(account_id, row)
        if secret is None:
            return None
        known = pyotp.TOTP(secret, interval=STEP_S)
        now = int(self._clock().timestamp()) // STEP_S
        for step in range(now - DRIFT_STEPS, now + DRIFT_STEPS + 1):
            if hmac.compare_digest(known.generate_otp(step).encode(), code.encode()):
                return step
        return None

    def _secret(self, account_id: UUID, row: Row) -> str | None:
        """The secret of an app; None where the key of the account is gone."""
        secret = self._vault.open_bytes(account_id, bytes(row["sealed"]), _place(row["id"]))
        return None if secret is None else secret.decode()

    def _run(self, name: str, **values: object) -> list[Row]:
        return self._database.statement(self._database.qualified(_SQL[name]), values)


def _begun(factor_id: UUID, secret: str, shown_as: str) -> Begun:
    known = pyotp.TOTP(secret, interval=STEP_S)
    uri = known.provisioning_uri(name=shown_as, issuer_name=ISSUER)
    return Begun(factor_id, secret, uri, _picture(uri))


def _place(factor_id: UUID) -> bytes:
    return f"factor:{factor_id}:totp".encode()


def _picture(uri: str) -> str:
    out = io.BytesIO()
    segno.make(uri, error="m").save(out, kind="svg", scale=5, xmldecl=False, light="#fff")
    return out.getvalue().decode()
