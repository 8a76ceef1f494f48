"""A passkey in software: what a browser and an authenticator do together (WebAuthn, level 3)."""

import base64
import json
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any
from uuid import UUID

import cbor2
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256

Json = dict[str, Any]

ORIGIN = "http://testserver"
_PRESENT, _VERIFIED, _WITH_KEY = 0x01, 0x04, 0x40
_KEY = {1: 2, 3: -7, -1: 1}
"""COSE: an elliptic curve, ES256, P-256."""


def encoded(content: bytes) -> str:
    """As base64url, without padding."""
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def decoded(text: str) -> bytes:
    """The bytes of base64url without padding."""
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


@dataclass
class Authenticator:
    """One passkey. `counts`: whether it has a counter; `origin`: the page that it is used on."""

    counts: bool = True
    origin: str = ORIGIN
    rp_id: str | None = None
    id: bytes = b""
    count: int = 0
    user_handle: bytes = b""
    key: ec.EllipticCurvePrivateKey = field(
        default_factory=lambda: ec.generate_private_key(ec.SECP256R1())
    )

    def create(self, options: Json) -> Json:
        """`navigator.credentials.create`: the credential as JSON."""
        assert options["pubKeyCredParams"][0] == {"type": "public-key", "alg": -7}
        assert options["attestation"] == "none"
        self.user_handle = decoded(options["user"]["id"])
        self.id = self.id or sha256(str(self.key.private_numbers().private_value).encode()).digest()
        assert encoded(self.id) not in [each["id"] for each in options["excludeCredentials"]]
        numbers = self.key.public_key().public_numbers()
        key = {**_KEY, -2: numbers.x.to_bytes(32, "big"), -3: numbers.y.to_bytes(32, "big")}
        attested = bytes(16) + len(self.id).to_bytes(2, "big") + self.id + cbor2.dumps(key)
        data = self._data(options["rp"]["id"], _PRESENT | _VERIFIED | _WITH_KEY) + attested
        made = {"fmt": "none", "attStmt": {}, "authData": data}
        return self._credential(
            clientDataJSON=self._client_data("webauthn.create", options),
            attestationObject=cbor2.dumps(made),
            transports=["internal", "hybrid"],
        )

    def get(self, options: Json) -> Json:
        """`navigator.credentials.get`: the signed challenge as JSON."""
        self.count += self.counts
        data = self._data(options["rpId"], _PRESENT | _VERIFIED)
        client_data = self._client_data("webauthn.get", options)
        signed = data + sha256(client_data).digest()
        return self._credential(
            clientDataJSON=client_data,
            authenticatorData=data,
            signature=self.key.sign(signed, ec.ECDSA(SHA256())),
            userHandle=self.user_handle,
        )

    @property
    def account_id(self) -> UUID:
        """Whose it is."""
        return UUID(bytes=self.user_handle)

    def _data(self, rp_id: str, flags: int) -> bytes:
        named = sha256((self.rp_id or rp_id).encode()).digest()
        return named + bytes([flags]) + self.count.to_bytes(4, "big")

    def _client_data(self, kind: str, options: Json) -> bytes:
        told = {"type": kind, "challenge": options["challenge"], "origin": self.origin}
        return json.dumps({**told, "crossOrigin": False}).encode()

    def _credential(self, **response: bytes | list[str]) -> Json:
        return {
            "id": encoded(self.id),
            "rawId": encoded(self.id),
            "type": "public-key",
            "authenticatorAttachment": "platform",
            "clientExtensionResults": {},
            "response": {
                name: encoded(value) if isinstance(value, bytes) else value
                for name, value in response.items()
            },
        }
