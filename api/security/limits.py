"""How often somebody may ask: a bucket of tokens for each account, or for each address without one.

It is soft state of one process: with several, or after a restart, somebody may ask more often. It
keeps a server answering; attempts to sign in are counted in the database.
"""

import math
import time
from collections import OrderedDict
from collections.abc import Callable
from ipaddress import IPv6Address, ip_address
from threading import Lock

from starlette.types import Scope

from api.errors import RateLimited
from domain.actors import Actor

MOST_KEYS = 10_000
"""So many are remembered; then whoever asked least recently is forgotten, and begins afresh."""

EXEMPT = frozenset({"/healthz", "/readyz", "/metrics"})
"""What machines look at all the time, from one address."""

_IPV6_NETWORK_BITS = 64
"""Whoever has one address there has all that begin like it."""


class Buckets:
    """A bucket for each key: it holds a minute's worth, and fills by as much in a minute.

    `clock`: seconds that never go back. Safe in several threads; holds `most_keys` at the most.
    """

    def __init__(
        self,
        per_minute: int,
        *,
        clock: Callable[[], float] = time.monotonic,
        most_keys: int = MOST_KEYS,
    ) -> None:
        self._per_minute = per_minute
        self._clock = clock
        self._most_keys = most_keys
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()
        self._lock = Lock()

    def __len__(self) -> int:
        return len(self._left)

    def take(self, key: str) -> None:
        """Takes a token out of the key's bucket. Raises RateLimited where there is none."""
        per_second = self._per_minute / 60
        with self._lock:
            now = self._clock()
            left, at = self._left.pop(key, (float(self._per_minute), now))
            left = min(self._per_minute, left + (now - at) * per_second)
            refused = left < 1
            self._left[key] = (left if refused else left - 1, now)
            if len(self._left) > self._most_keys:
                self._left.popitem(last=False)
        if refused:
            raise RateLimited(math.ceil((1 - left) / per_second))


class Limits:
    """The limits of one process, per minute: for accounts, and for addresses without one."""

    def __init__(
        self,
        account_per_minute: int,
        address_per_minute: int,
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._accounts = Buckets(account_per_minute, clock=clock)
        self._addresses = Buckets(address_per_minute, clock=clock)

    def check(self, scope: Scope, actor: Actor | None) -> None:
        """Counts a request. Raises RateLimited for one too many."""
        if scope["path"] in EXEMPT:
            return
        if actor is not None:
            self._accounts.take(str(actor.account_id))
        else:
            self._addresses.take(address_of(scope))


def address_of(scope: Scope) -> str:
    """Where a request came from, as far as it counts: of IPv6 only the network."""
    client = scope.get("client")
    host = str(client[0]) if client else ""
    try:
        address = ip_address(host)
    except ValueError:  # a socket of this machine
        return host
    if isinstance(address, IPv6Address):
        return str(int(address) >> (128 - _IPV6_NETWORK_BITS))
    return host
