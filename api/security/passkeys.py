"""Passkeys (WebAuthn, level 3): a key that a phone, a computer or a stick keeps for one address.

What it signs names that address, so a page of somebody else that looks like ours gets nothing.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID, uuid4

import webauthn
from starlette.types import Scope
from webauthn.helpers import (
    parse_authentication_credential_json,
    parse_registration_credential_json,
)
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AttestationConveyancePreference,
    AuthenticatorSelectionCriteria,
    AuthenticatorTransport,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)
from webauthn.registration.verify_registration_response import VerifiedRegistration

from api.security import csrf
from api.security.refusals import FromElsewhere, PasskeyKnown, PasskeyWrong
from api.security.sessions import CHALLENGE_LIVES
from workflows.eventstore.database import Database, Row
from workflows.eventstore.statements import statements

_SQL = statements("api.security.sql", "passkeys")

Credential = Mapping[str, Any]
"""What a browser answers: `PublicKeyCredential.toJSON()`."""

_LONGEST_ID_BYTES = 1023
_ODD = (WebAuthnException, ValueError, TypeError, LookupError, AttributeError, ArithmeticError)
"""What the library raises for bytes that are not what they should be; it does not look at all."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where passkeys are good: `origin` is an address, `id` its host."""

    id: str
    origin: str


def place_of(scope: Scope, public_url: str | None) -> Place:
    """Where the register is reached. Raises `FromElsewhere` for what is no address."""
    origin = csrf.own_origin(scope, public_url)
    try:
        host = urlsplit(origin).hostname
    except ValueError:
        host = None
    if not host:
        raise FromElsewhere
    return Place(host, origin)


@dataclass(frozen=True, slots=True)
class Checked:
    """A passkey that signed the challenge. `went_back`: its counter did not go on, so that there
    are two of it, and this one may be a copy."""

    went_back: bool


class Passkeys:
    """Registers and checks them. Of each only the public key is kept."""

    def __init__(self, database: Database, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._clock = clock

    # A new one

    def creation(
        self, account_id: UUID, shown_as: str, name: str, challenge: bytes, place: Place
    ) -> dict[str, Any]:
        """The options of `navigator.credentials.create`, as JSON has them.

        `shown_as`, `name`: what the browser calls the account and the person.
        """
        options = webauthn.generate_registration_options(
            rp_id=place.id,
            rp_name="doti",
            user_id=account_id.bytes,
            user_name=shown_as,
            user_display_name=name,
            challenge=challenge,
            timeout=_timeout_ms(),
            attestation=AttestationConveyancePreference.NONE,
            authenticator_selection=AuthenticatorSelectionCriteria(
                # It comes after the password: it need not be found without knowing who it is.
                resident_key=ResidentKeyRequirement.DISCOURAGED,
                user_verification=UserVerificationRequirement.PREFERRED,
            ),
            exclude_credentials=self._known(account_id),
        )
        return _plain(options)

    def add(
        self,
        account_id: UUID,
        label: str,
        credential: Credential,
        challenge: bytes | None,
        place: Place,
    ) -> None:
        """Keeps a new one; in the current transaction.

        Raises `PasskeyWrong` for what does not answer the challenge (None: there is none), and
        `PasskeyKnown` for one that is kept already, for whomever.
        """
        if challenge is None:
            raise PasskeyWrong("credential")
        try:
            transports = parse_registration_credential_json(dict(credential)).response.transports
            made = _verified(credential, challenge, place)
        except _ODD:
            raise PasskeyWrong("credential") from None
        kept = self._run(
            "insert",
            id=uuid4(),
            account_id=account_id,
            label=label,
            credential_id=made.credential_id,
            public_key=made.credential_public_key,
            sign_count=made.sign_count,
            transports=[way.value for way in transports or []],
            now=self._clock(),
        )
        if not kept:
            raise PasskeyKnown

    # One that is there

    def request(self, account_id: UUID, challenge: bytes, place: Place) -> dict[str, Any]:
        """The options of `navigator.credentials.get`, as JSON has them."""
        options = webauthn.generate_authentication_options(
            rp_id=place.id,
            challenge=challenge,
            timeout=_timeout_ms(),
            allow_credentials=self._known(account_id),
            user_verification=UserVerificationRequirement.PREFERRED,
        )
        return _plain(options)

    def check(
        self, account_id: UUID, credential: Credential, challenge: bytes, place: Place
    ) -> Checked | None:
        """Whether one of the person's passkeys has signed the challenge; None: it has not.

        In the current transaction. One whose counter went back is not taken as used.
        """
        try:
            given = parse_authentication_credential_json(dict(credential))
            rows = self._run("by_credential", account_id=account_id, credential_id=given.raw_id)
            if not rows or given.response.user_handle not in (None, b"", account_id.bytes):
                return None
            signed = webauthn.verify_authentication_response(
                credential=given,
                expected_challenge=challenge,
                expected_rp_id=place.id,
                expected_origin=place.origin,
                credential_public_key=bytes(rows[0]["public_key"]),
                # The counter is compared below, in the database: of two at once only one goes on.
                credential_current_sign_count=0,
            )
        except _ODD:
            return None
        count, now = signed.new_sign_count, self._clock()
        return Checked(went_back=not self._run("use", id=rows[0]["id"], count=count, now=now))

    def _known(self, account_id: UUID) -> list[PublicKeyCredentialDescriptor]:
        return [
            PublicKeyCredentialDescriptor(
                id=bytes(row["credential_id"]),
                transports=[AuthenticatorTransport(way) for way in row["transports"]],
            )
            for row in self._run("known", account_id=account_id)
        ]

    def _run(self, name: str, **values: object) -> list[Row]:
        return self._database.statement(self._database.qualified(_SQL[name]), values)


def _verified(credential: Credential, challenge: bytes, place: Place) -> VerifiedRegistration:
    made = webauthn.verify_registration_response(
        credential=dict(credential),
        expected_challenge=challenge,
        expected_rp_id=place.id,
        expected_origin=place.origin,
    )
    if len(made.credential_id) > _LONGEST_ID_BYTES:
        raise ValueError("a credential id has at most 1023 bytes")
    return made


def _timeout_ms() -> int:
    return int(CHALLENGE_LIVES.total_seconds() * 1000)


def _plain(options: Any) -> dict[str, Any]:  # noqa: ANN401  either of the library's two kinds
    plain: dict[str, Any] = json.loads(webauthn.options_to_json(options))
    return plain
