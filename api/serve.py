"""Serves HTTP: one process by itself, or several that share one socket."""

import errno
import multiprocessing
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnProcess

import structlog
import uvicorn

from api import logging
from api.loading import loading
from api.postgres import database
from api.settings import Settings
from api.stopping import Stopped, stopped_by_signals
from api.wiring import Services, build

log = structlog.get_logger(__name__)

_GRACE_S = 10
_START_TIMEOUT_S = 60.0
_SHORTEST_LIFE_S = 5.0
_LOOK_S = 1.0
_BACKLOG = 2048


class CannotListen(Exception):
    """The address cannot be listened on; the message says why, and the way out."""


class ServerFailed(Exception):
    """The server ended by itself."""


def bind(host: str, port: int) -> socket.socket:
    """A socket on the address, reserved and not yet listening. Raises CannotListen."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except socket.gaierror:
        raise CannotListen(f"HOST {host!r} is not an address of this machine.") from None
    family, _, _, _, address = found[0]
    sock = socket.socket(family, socket.SOCK_STREAM)
    try:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        sock.bind(address)
        # Only who listens really has the port; nobody is answered before the server runs, but
        # who comes early waits instead of being refused.
        sock.listen(_BACKLOG)
    except OSError as error:
        sock.close()
        raise _cannot_listen(host, port, error) from None
    sock.set_inheritable(True)
    return sock


def address_of(sock: socket.socket) -> str:
    """The address as a browser takes it."""
    host, port = sock.getsockname()[:2]
    shown = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, f"[{host}]" if ":" in host else host)  # noqa: S104
    return f"http://{shown}:{port}"


class Server(uvicorn.Server):
    """Answers on one socket until told to stop."""

    def __init__(
        self, services: Services, sock: socket.socket, announce: Callable[[], None]
    ) -> None:
        # All routes are made as it is loaded: commands that serve nothing need not wait for that.
        with loading():
            from api.app import create_app

            app = create_app(services)
        trusted = services.settings.trusted_proxies
        super().__init__(
            uvicorn.Config(
                app,
                log_config=None,
                access_log=False,
                server_header=False,
                lifespan="off",
                timeout_graceful_shutdown=_GRACE_S,
                # Without trusted proxies nobody else says where a request comes from.
                proxy_headers=trusted is not None,
                forwarded_allow_ips=trusted or "",
            )
        )
        self._socket = sock
        self._announce = announce
        self.failed = False

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """The library's signals, and the hang-up of a terminal that is closed."""
        with super().capture_signals():
            hang_up = getattr(signal, "SIGHUP", None)
            known = signal.getsignal(hang_up) if hang_up else signal.SIG_IGN
            if hang_up is None or known is signal.SIG_IGN:
                yield
                return
            signal.signal(hang_up, self.handle_exit)
            try:
                yield
            finally:
                signal.signal(hang_up, known)

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._announce()

    def fail(self) -> None:
        """Ends it because something that it cannot do without has ended."""
        self.failed = True
        self.should_exit = True

    def serve_until_stopped(self) -> None:
        """Runs. Raises Stopped on a signal, and ServerFailed if it ended otherwise."""
        # uvicorn takes the signals while it serves, and gives them to our handler afterwards.
        self.run(sockets=[self._socket])
        raise ServerFailed("The server ended by itself; its log tells why.")


# Several processes


def serve_in_processes(
    settings: Settings,
    sock: socket.socket,
    count: int,
    announce: Callable[[], None],
    failed: threading.Event,
) -> None:
    """Serves with `count` child processes until Stopped; one that dies is replaced.

    `failed`: set where something ended that this process cannot do without.
    """
    context = multiprocessing.get_context("spawn")
    children = [_Child(context, settings, sock) for _ in range(count)]
    try:
        for child in children:
            child.wait_until_it_answers()
        announce()
        while not failed.is_set():
            wait([child.process.sentinel for child in children], timeout=_LOOK_S)
            for nth, child in enumerate(children):
                if not child.process.is_alive():
                    children[nth] = child.successor()
        raise ServerFailed("The server ended by itself; its log tells why.")
    finally:
        for child in children:
            child.end()
        for child in children:
            child.join()


class _Child:
    """A process that serves. It ends when this one does, even if this one is killed."""

    def __init__(
        self,
        context: multiprocessing.context.SpawnContext,
        settings: Settings,
        sock: socket.socket,
    ) -> None:
        self._context, self._settings, self._socket = context, settings, sock
        self._ours, theirs = context.Pipe()
        self.process: SpawnProcess = context.Process(
            target=_serve_as_child, args=(settings, sock, theirs), name="doti serve"
        )
        self._born_s = time.monotonic()
        self.process.start()
        theirs.close()

    def wait_until_it_answers(self) -> None:
        """Returns when it serves; raises ServerFailed with its words if it cannot."""
        if not self._ours.poll(_START_TIMEOUT_S):
            raise ServerFailed("A server process does not get ready.")
        try:
            word = self._ours.recv()
        except EOFError:
            word = "A server process ended before it answered; its log tells why."
        if word is not None:
            raise ServerFailed(str(word))

    def successor(self) -> "_Child":
        """Another one for this one, which died. Raises ServerFailed if it did so at once."""
        log.error("server_process_died", exit_code=self.process.exitcode)
        if time.monotonic() - self._born_s < _SHORTEST_LIFE_S:
            raise ServerFailed("A server process ended at once; its log tells why.")
        self._ours.close()
        return _Child(self._context, self._settings, self._socket)

    def end(self) -> None:
        """Tells it to stop."""
        self.process.terminate()
        self._ours.close()

    def join(self) -> None:
        """Returns when it has stopped; kills it if it does not."""
        self.process.join(_GRACE_S + 5)
        if self.process.is_alive():
            self.process.kill()
            self.process.join()


def _serve_as_child(settings: Settings, sock: socket.socket, parent: Connection) -> None:
    logging.configure(settings.log_format)
    try:
        with (
            stopped_by_signals(),
            database(settings) as url,
            build(settings, url) as services,
        ):
            server = Server(services, sock, lambda: parent.send(None))
            threading.Thread(target=_end_with, args=(parent, server), daemon=True).start()
            server.serve_until_stopped()
    except Stopped:
        pass
    except ServerFailed:
        sys.exit(1)  # the parent sees it and tells, or there is no parent any more


def _end_with(parent: Connection, server: Server) -> None:
    with suppress(EOFError, OSError):
        parent.recv()  # nothing is ever sent: it ends when the parent does
    server.should_exit = True


def _cannot_listen(host: str, port: int, error: OSError) -> CannotListen:
    if error.errno == errno.EADDRINUSE:
        return CannotListen(
            f"Port {port} on {host} is in use: stop what runs there, or set PORT to another."
        )
    if error.errno == errno.EACCES:
        return CannotListen(f"Port {port} is not for this account: set PORT to 1024 or more.")
    return CannotListen(f"Cannot listen on {host}, port {port}: {error.strerror}.")
