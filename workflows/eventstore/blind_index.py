"""Finds the same person or payee again without keeping who they are: HMACs under a secret key.

A token is the first 16 bytes of HMAC-SHA256 over kind and normalised value. Who has the database
and not the key can neither read a value nor try one.
"""

import hmac
import os
import unicodedata
from collections.abc import Iterator
from hashlib import sha256

from domain.household import IdType, Member
from workflows.eventstore.database import Database
from workflows.eventstore.statements import statements
from workflows.eventstore.vault import KEY_BYTES, Vault

_SQL = statements("workflows.eventstore.sql", "streams")
_PLACE = b"blind index"
TOKEN_BYTES = 16

Token = tuple[str, bytes]
"""A kind and a token."""


class BlindIndex:
    """Makes tokens under the register's key, which is made where there is none yet."""

    def __init__(self, database: Database, vault: Vault) -> None:
        self._database = database
        self._vault = vault
        self._known: bytes | None = None

    def of_member(self, member: Member) -> Iterator[Token]:
        """What a person is found by."""
        if member.id_type is not IdType.NONE and member.id_value:
            yield self.identifier(member.id_value)
        if member.born is not None:
            who = f"{member.given_name} {member.family_name} {member.born.isoformat()}"
            yield "person", self._token("person", _folded(who))
        for word in _words(f"{member.given_name} {member.family_name}"):
            yield self.word(word)

    def of_payee(self, name: str, iban: str | None) -> Iterator[Token]:
        """What a payee is found by."""
        yield "name", self._token("name", _folded(name))
        if iban is not None:
            yield "iban", self._token("iban", _compact(iban))

    def identifier(self, value: str) -> Token:
        """The token of an identifier, however it is spaced or spelt."""
        return "identifier", self._token("identifier", _compact(value))

    def word(self, value: str) -> Token:
        """The token of a word of a name."""
        return "word", self._token("word", _folded(value))

    def _token(self, kind: str, value: str) -> bytes:
        whole = hmac.digest(self._key(), f"{kind}\x1f{value}".encode(), sha256)
        return whole[:TOKEN_BYTES]

    def _key(self) -> bytes:
        if self._known is None:
            fresh = self._vault.wrap(os.urandom(KEY_BYTES), _PLACE)
            insert = self._database.qualified(_SQL["insert_index_key"])
            self._database.statement(insert, {"wrapped": fresh})
            rows = self._database.statement(self._database.qualified(_SQL["index_key"]), {})
            self._known = self._vault.unwrap(rows[0]["wrapped"], _PLACE)
        return self._known


def _folded(text: str) -> str:
    """Without case, accents, doubled spaces and marks: as people mean it."""
    plain = unicodedata.normalize("NFKD", text).casefold()
    kept = (c if c.isalnum() else " " for c in plain if not unicodedata.combining(c))
    return " ".join("".join(kept).split())


def _words(text: str) -> Iterator[str]:
    yield from dict.fromkeys(_folded(text).split())


def _compact(text: str) -> str:
    return _folded(text).replace(" ", "")
