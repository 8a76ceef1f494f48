"""Passwords: argon2id, with the parameters that OWASP names.

Hashing takes 19 MiB; a process does two at a time, so that many sign-ins at once take time and not
memory.
"""

import secrets
import threading
import unicodedata

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

TIME_COST = 2
MEMORY_KIB = 19 * 1024
LANES = 1
AT_ONCE = 2

_places = threading.BoundedSemaphore(AT_ONCE)


class Passwords:
    """Hashes and compares. Passwords are compared in Unicode's form NFC: however they are typed."""

    def __init__(self) -> None:
        self._hasher = PasswordHasher(
            time_cost=TIME_COST, memory_cost=MEMORY_KIB, parallelism=LANES
        )
        self._nobodys = self.hash(secrets.token_urlsafe())

    def hash(self, password: str) -> str:
        """What is kept of a password: parameters, salt and hash."""
        with _places:
            return self._hasher.hash(_bytes(password))

    def is_right(self, kept: str | None, password: str) -> bool:
        """Whether it is the password. None: there is none, which takes as long to find out."""
        with _places:
            try:
                self._hasher.verify(kept or self._nobodys, _bytes(password))
            except (VerificationError, InvalidHashError):
                return False
        return kept is not None

    def is_outdated(self, kept: str) -> bool:
        """Whether it was hashed with other parameters than today's."""
        return self._hasher.check_needs_rehash(kept)


def _bytes(password: str) -> bytes:
    return unicodedata.normalize("NFC", password).encode()
