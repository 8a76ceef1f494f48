"""Who tries too often has to wait, longer each time; counted in the database, for all processes.

An attempt is counted before it is known whether it is right, and taken back when it was: whoever
tries a thousand passwords at the same moment gets no further than whoever tries them in a row.
"""

import ipaddress
import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from api.security.refusals import TooManyAttempts
from workflows.eventstore.blind_index import BlindIndex
from workflows.eventstore.database import Database, Row
from workflows.eventstore.statements import statements

_SQL = statements("api.security.sql", "attempts")

FIRST_WAIT_S = 30
LONGEST_WAIT_S = 15 * 60
FORGOTTEN_AFTER = timedelta(days=1)
"""So long nothing may happen for an e-mail's or an account's failures to be forgotten."""

_ADDRESS_FREE = 20
_PROVIDER_FREE = 100
_ADDRESS_FORGOTTEN_AFTER = timedelta(hours=1)

_PREFIX_V6 = 64
"""Whoever has an address of version 6 has all of its network."""


@dataclass(frozen=True, slots=True)
class Aim:
    """What an attempt aims at or comes from. `free`: so many fail before anybody has to wait.

    `forgotten_after`: without any attempt for so long, it begins anew.
    """

    kind: str
    value: str
    free: int = 5
    forgotten_after: timedelta = FORGOTTEN_AFTER


def of_email(email: str) -> Aim:
    """A sign-in with this e-mail, whether anybody has it or not."""
    return Aim("email", email)


def of_second_factor(account_id: object) -> Aim:
    """The second step of a sign-in, where the first one succeeded."""
    return Aim("second factor", str(account_id))


def of_own_password(account_id: object) -> Aim:
    """The password of somebody who is signed in: who is locked out elsewhere can still give it."""
    return Aim("own password", str(account_id))


def of_address(address: str) -> Aim:
    """Whoever comes from this address of the network. A whole office may share one, so more may
    fail, and who is right there counts for the others."""
    return Aim("address", _network(address), _ADDRESS_FREE, _ADDRESS_FORGOTTEN_AFTER)


def of_provider(address: str) -> Aim:
    """Somebody at this address goes to the provider of identities. Who does not come back has
    failed; without a limit, the ways that were begun would fill the database."""
    return Aim("provider", _network(address), _PROVIDER_FREE, _ADDRESS_FORGOTTEN_AFTER)


def _network(address: str) -> str:
    try:
        known = ipaddress.ip_address(address)
    except ValueError:
        return address  # a name that whoever runs the server gave to it
    if isinstance(known, ipaddress.IPv6Address):
        if known.ipv4_mapped is not None:
            return str(known.ipv4_mapped)
        return str(ipaddress.ip_network((known, _PREFIX_V6), strict=False))
    return str(known)


class Attempts:
    """Counts attempts under keyed hashes: no e-mail and no address stands in the database."""

    def __init__(
        self, database: Database, index: BlindIndex, clock: Callable[[], datetime]
    ) -> None:
        self._database = database
        self._index = index
        self._clock = clock

    def begin(self, *aims: Aim) -> bool:
        """Counts an attempt; whether it is the last one before somebody has to wait.

        Raises `TooManyAttempts` where that is so already.
        """
        now = self._clock()
        last = False
        for nth, aim in enumerate(aims):
            rows = self._run("begin", {**self._limits(aim, now), "key": self._key(aim)})
            if not rows:
                self.take_back(*aims[:nth])
                raise TooManyAttempts(self._wait_s(aim, now))
            last = last or rows[0]["blocked_until"] is not None
        return last

    def take_back(self, *aims: Aim) -> None:
        """The attempt was right; those before it still count."""
        if aims:
            self._run("take_back", {"keys": self._keys(aims)})

    def relieve(self, aim: Aim) -> None:
        """The attempt was right, and half of those before it are forgotten."""
        self._run("relieve", {"key": self._key(aim)})

    def clear(self, *aims: Aim) -> None:
        """Nothing is held against these any more."""
        forgotten = self._clock() - FORGOTTEN_AFTER
        self._run("clear", {"keys": self._keys(aims), "forgotten": forgotten})

    def _limits(self, aim: Aim, now: datetime) -> dict[str, object]:
        return {
            "now": now,
            "forgotten": now - aim.forgotten_after,
            "free": aim.free,
            "first_s": FIRST_WAIT_S,
            "longest_s": LONGEST_WAIT_S,
        }

    def _wait_s(self, aim: Aim, now: datetime) -> int:
        rows = self._run("blocked_until", {"key": self._key(aim), "now": now})
        # It may have been taken back in this very moment.
        return math.ceil((rows[0]["blocked_until"] - now).total_seconds()) if rows else 1

    def _keys(self, aims: Iterable[Aim]) -> list[bytes]:
        return [self._key(aim) for aim in aims]

    def _key(self, aim: Aim) -> bytes:
        return self._index.mark("attempt", f"{aim.kind}\x1f{aim.value}")

    def _run(self, name: str, values: dict[str, object]) -> list[Row]:
        return self._database.statement(self._database.qualified(_SQL[name]), values)
