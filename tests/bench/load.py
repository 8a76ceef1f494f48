"""A client that sends the same request over and over, on connections that stay open.

As small as can be, because it runs on the cores that it measures.
"""

import asyncio
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import urlsplit

from tests.bench.crew import Job


@dataclass(frozen=True)
class Load:
    """A POST of `body` to `url`, `count` times on `connections` connections."""

    url: str
    headers: dict[str, str]
    body: bytes
    count: int
    connections: int

    def message(self) -> bytes:
        """The request as it goes over the wire."""
        parts = urlsplit(self.url)
        lines = [
            f"POST {parts.path} HTTP/1.1",
            f"Host: {parts.netloc}",
            "Content-Type: application/json",
            f"Content-Length: {len(self.body)}",
            *(f"{name}: {value}" for name, value in self.headers.items()),
        ]
        return "\r\n".join(lines).encode() + b"\r\n\r\n" + self.body


@dataclass(frozen=True)
class Answers:
    """How long all of it took, each request, and the statuses that came back."""

    seconds: float
    each_s: list[float]
    statuses: Counter[int]


class _Connection(asyncio.Protocol):
    """One request after the other, until the common count is reached."""

    def __init__(self, message: bytes, left: list[int], each_s: list[float]) -> None:
        self._message, self._left, self._each_s = message, left, each_s
        self.statuses: Counter[int] = Counter()
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._received = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._send()

    def _send(self) -> None:
        if self._left[0] == 0:
            self._transport.close()
            return
        self._left[0] -= 1
        self._began = time.perf_counter()
        self._transport.write(self._message)

    def data_received(self, data: bytes) -> None:
        self._received += data
        head, found, body = self._received.partition(b"\r\n\r\n")
        if not found or len(body) < _length(head):
            return
        self._each_s.append(time.perf_counter() - self._began)
        self.statuses[int(head[9:12])] += 1
        self._received = b""
        self._send()

    def connection_lost(self, exc: Exception | None) -> None:
        if not self.done.done():
            self.done.set_result(None)


def _length(head: bytes) -> int:
    for line in head.split(b"\r\n"):
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            return int(value)
    return 0


async def _run(load: Load) -> Answers:
    loop = asyncio.get_running_loop()
    parts = urlsplit(load.url)
    message, left, each_s = load.message(), [load.count], list[float]()
    began = time.perf_counter()
    opened = [
        await loop.create_connection(
            lambda: _Connection(message, left, each_s), parts.hostname or "", parts.port or 80
        )
        for _ in range(load.connections)
    ]
    await asyncio.gather(*(protocol.done for _, protocol in opened))
    statuses = sum((protocol.statuses for _, protocol in opened), Counter[int]())
    return Answers(time.perf_counter() - began, each_s, statuses)


@contextmanager
def client() -> Iterator[Job]:
    """A process that sends a Load when asked to."""
    yield lambda load: asyncio.run(_run(load))
