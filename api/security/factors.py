"""Second factors: which ones somebody has, who needs one, and the one place where one is proved.

A further kind brings its own module (as `totp` is one) and its own branch where it is proved; all
else asks here.
"""

import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Literal
from uuid import UUID

from api.security.passkeys import Checked, Credential, Passkeys, Place
from api.security.recovery import RecoveryCodes
from api.security.refusals import CodeWrong, LastFactor, NoFactor, TooManyFactors
from api.security.totp import Begun, Totp
from domain.actors import Actor, Role
from domain.errors import NotFound
from workflows.eventstore.database import Database, Row
from workflows.eventstore.statements import statements
from workflows.eventstore.vault import Vault

_SQL = statements("api.security.sql", "factors")

Wanted = Literal["by_role", "optional", "required"]
MOST = 10
_NEEDING = frozenset({Role.ADMIN, Role.COORDINATOR, Role.FINANCE})
_SIX_DIGITS = re.compile(r"\d{6}", re.ASCII)


class Kind(StrEnum):
    """By what somebody can prove, after their password, that it is really them."""

    TOTP = "totp"
    PASSKEY = "passkey"
    RECOVERY_CODE = "recovery_code"


@dataclass(frozen=True, slots=True)
class Factor:
    """A second factor that somebody has set up."""

    id: UUID
    kind: Kind
    label: str
    confirmed_at: datetime
    last_used_at: datetime | None


def is_needed(wanted: Wanted, actor: Actor) -> bool:
    """Whether somebody may do nothing before they have a second factor."""
    return wanted == "required" or (wanted == "by_role" and actor.has_any(_NEEDING))


class Factors:
    """The second factors of accounts."""

    def __init__(self, database: Database, vault: Vault, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._totp = Totp(database, vault, clock)
        self._passkeys = Passkeys(database, clock)
        self._codes = RecoveryCodes(database, clock)

    # What there is

    def of(self, account_id: UUID) -> list[Factor]:
        """Those that were confirmed, in the order in which they were."""
        rows = self._run("confirmed", account_id=account_id)
        return [Factor(**{**row, "kind": Kind(row["kind"])}) for row in rows]

    def kinds(self, account_id: UUID) -> list[Kind]:
        """What a second step can be done with."""
        kinds = sorted({factor.kind for factor in self.of(account_id)})
        return [*kinds, *([Kind.RECOVERY_CODE] if kinds and self.codes_left(account_id) else [])]

    def codes_left(self, account_id: UUID) -> int:
        """How many recovery codes are still good."""
        return self._codes.left(account_id)

    # The second step of a sign-in

    def prove(self, account_id: UUID, typed: str) -> Kind | None:
        """By what the person proves who they are with what they typed; None: by nothing.

        Whatever proves it, is used up: in the current transaction.
        """
        code = "".join(typed.split())
        if _SIX_DIGITS.fullmatch(code):
            return Kind.TOTP if self._totp.prove(account_id, code) else None
        return Kind.RECOVERY_CODE if self._codes.prove(account_id, code) else None

    def ask_passkey(self, account_id: UUID, challenge: bytes, place: Place) -> dict[str, Any]:
        """What a browser needs to let one of the person's passkeys sign the challenge."""
        return self._passkeys.request(account_id, challenge, place)

    def check_passkey(
        self, account_id: UUID, credential: Credential, challenge: bytes, place: Place
    ) -> Checked | None:
        """Whether one of them has signed it; None: it has not. In the current transaction."""
        return self._passkeys.check(account_id, credential, challenge, place)

    # Changes, within `alone`

    def alone(self, account_id: UUID) -> AbstractContextManager[object]:
        """A transaction in which nobody else changes the same person's factors."""
        return self._database.transaction(locks=(("factors", account_id),))

    def begin_totp(self, account_id: UUID, label: str, shown_as: str) -> Begun:
        """A new secret for an app, to be confirmed."""
        self._check_room(account_id)
        return self._totp.begin(account_id, label, shown_as)

    def begun_totp(self, account_id: UUID, factor_id: UUID, shown_as: str) -> Begun:
        """The same once more, as long as it is not confirmed. Raises `NotFound`."""
        return self._totp.begun(account_id, factor_id, shown_as)

    def confirm_totp(self, account_id: UUID, factor_id: UUID, code: str) -> list[str] | None:
        """The app knows the secret. With the first factor come recovery codes, shown once.

        Raises `NotFound` for what was not begun, and `CodeWrong`.
        """
        is_first = not self.of(account_id)
        if not self._totp.confirm(account_id, factor_id, "".join(code.split())):
            raise CodeWrong("code")
        return self._codes.renew(account_id) if is_first else None

    def offer_passkey(
        self, account_id: UUID, shown_as: str, name: str, challenge: bytes, place: Place
    ) -> dict[str, Any]:
        """What a browser needs to make a passkey; needs no `alone`. Raises `TooManyFactors`."""
        self._check_room(account_id)
        return self._passkeys.creation(account_id, shown_as, name, challenge, place)

    def add_passkey(
        self,
        account_id: UUID,
        label: str,
        credential: Credential,
        challenge: bytes | None,
        place: Place,
    ) -> list[str] | None:
        """Another passkey. With the first factor come recovery codes, shown once.

        Raises `TooManyFactors`, `PasskeyWrong` and `PasskeyKnown`.
        """
        self._check_room(account_id)
        is_first = not self.of(account_id)
        self._passkeys.add(account_id, label, credential, challenge, place)
        return self._codes.renew(account_id) if is_first else None

    def remove(self, account_id: UUID, factor_id: UUID, *, last_one_too: bool) -> Kind:
        """Takes one away, and with the last one the recovery codes; which kind it was.

        Raises `NotFound`, and `LastFactor` where the last one has to stay.
        """
        known = {factor.id: factor.kind for factor in self.of(account_id)}
        if factor_id not in known:
            raise NotFound
        if len(known) == 1 and not last_one_too:
            raise LastFactor
        self._run("remove", id=factor_id, account_id=account_id)
        if len(known) == 1:
            self._codes.forget(account_id)
        return known[factor_id]

    def forget(self, account_id: UUID) -> int:
        """Takes all of them away, with the recovery codes; how many it were."""
        known = self.of(account_id)
        for factor in known:
            self._run("remove", id=factor.id, account_id=account_id)
        self._codes.forget(account_id)
        return len(known)

    def renew_codes(self, account_id: UUID) -> list[str]:
        """New recovery codes, shown once. Raises `NoFactor` where there is nothing to recover."""
        if not self.of(account_id):
            raise NoFactor
        return self._codes.renew(account_id)

    def _check_room(self, account_id: UUID) -> None:
        if len(self.of(account_id)) >= MOST:
            raise TooManyFactors(MOST)

    def _run(self, name: str, **values: object) -> list[Row]:
        return self._database.statement(self._database.qualified(_SQL[name]), values)
