"""Finds the same person or payee again without keeping who they are: HMACs under a secret key.

A token is the first 16 bytes of HMAC-SHA256 over kind and normalised value. Who has the database
and not the key can neither read a value nor try one.
"""

import hmac
import os
from collections.abc import Iterable, Iterator, Mapping
from hashlib import sha256
from typing import Any

from domain.household import IdType, Member
from domain.identifiers import phone_digits
from domain.text import compact, folded
from workflows.eventstore.database import Database
from workflows.eventstore.vault import KEY_BYTES, Vault

TOKEN_BYTES = 16

Token = tuple[str, bytes]
"""A kind and a token."""


class BlindIndex:
    """Makes tokens under the register's key, which is made where there is none yet."""

    def __init__(self, database: Database, vault: Vault) -> None:
        self._database = database
        self._vault = vault
        self._known: bytes | None = None

    def of_household(self, members: Iterable[Member]) -> list[frozenset[Token]]:
        """What each of the members is found by, in their order."""
        return [frozenset(self._of_member(member)) for member in members]

    def of_payee(self, payee: Mapping[str, Any]) -> frozenset[Token]:
        """What a payee is found by, as votes keep them; nothing where the household is paid."""
        texts = [(kind, payee[kind]) for kind in ("name", "iban") if payee.get(kind)]
        return frozenset(self._token(kind, compact(text)) for kind, text in texts)

    def word(self, value: str) -> Token:
        """The token of one word of a name."""
        return self._token("word", folded(value))

    def identifier(self, value: str) -> Token:
        """The token of an identifier, however it is spaced or spelt."""
        return self._token("identifier", compact(value))

    def of_file(self, sha256: str) -> bytes:
        """By what a file is found again, at any desk."""
        return self._token("file", sha256)[1]

    def of_paper(self, issuer: str, number: str, cents: int) -> bytes:
        """By what a paper is found again, however its issuer and number are spelt."""
        told = (compact(issuer), compact(number), str(cents))
        return self._token("paper", "\x1f".join(told))[1]

    def mark(self, kind: str, value: str) -> bytes:
        """By what something is counted that must not stand in clear: 32 bytes for its kind."""
        return hmac.digest(self._key(), f"{kind}\x1f{value}".encode(), sha256)

    def fingerprint(self, digest: bytes) -> bytes:
        """What is kept of a command to know it again, from a digest of it that has no key."""
        whole = hmac.digest(self._key(), b"fingerprint\x1f" + digest, sha256)
        return whole[:TOKEN_BYTES]

    def phone(self, value: str) -> Token | None:
        """The token of a phone number, with or without its country; None of what has no digits."""
        digits = phone_digits(value)
        return self._token("phone", digits) if digits else None

    def begin(self) -> None:
        """Makes the key now, where there is none; before a transaction that needs it."""
        self._key()

    def check(self) -> None:
        """Opens the key, if there is one. Raises `CannotOpen` under a wrong master key."""
        self._vault.index_key()

    def _of_member(self, member: Member) -> Iterator[Token]:
        if member.id_type is not IdType.NONE and member.id_value:
            yield self.identifier(member.id_value)
        names = (member.given_name, member.family_name)
        if member.born is not None:
            # Given and family name are swapped as easily as they are written together.
            who = [*sorted(map(compact, names)), member.born.isoformat()]
            yield self._token("person", "\x1f".join(who))
        for word in folded(" ".join(names)).split():
            yield self.word(word)
        phone = self.phone(member.phone) if member.phone else None
        if phone is not None:
            yield phone

    def _token(self, kind: str, value: str) -> Token:
        return kind, self.mark(kind, value)[:TOKEN_BYTES]

    def _key(self) -> bytes:
        if self._known is not None:
            return self._known
        key = self._vault.index_key()
        if key is None:
            self._vault.put_index_key(os.urandom(KEY_BYTES))
            key = self._vault.index_key()  # another process may have been quicker
        if key is None:
            raise LookupError("the key of the blind index is not there although it was written")
        if not self._database.in_transaction:
            # One that was made in a transaction is gone if that is rolled back.
            self._known = key
        return key
