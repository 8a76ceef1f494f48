"""`doti` as a real process, with a home folder and a PostgreSQL of its own."""

from __future__ import annotations

import contextlib
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import IO

import psutil

START_TIMEOUT_S = 90
STOP_TIMEOUT_S = 30.0
STEP_S = 0.02

_RUN = [sys.executable, "-W", "ignore", "-c", "from api.loading import main; main()"]
_ADDRESS = re.compile(r"Serving on (http://\S+)")


@contextlib.contextmanager
def home_folder() -> Iterator[Path]:
    """A folder for DOTI_HOME; whatever still runs on it afterwards is ended.

    Not below pytest's own folder, which other accounts cannot reach: root's server runs as one.
    """
    with tempfile.TemporaryDirectory(prefix="doti-test-") as folder:
        home = Path(folder) / "home"
        try:
            yield home
        finally:
            kill_servers_of(home / "pg")


def servers_in(home: Path) -> list[psutil.Process]:
    """The live PostgreSQL processes of a home folder."""
    return servers_of(home / "pg")


def kill_servers_of(data_dir: Path) -> None:
    """Ends all of them; one that ends by itself meanwhile, as another is gone, is as good."""
    for process in servers_of(data_dir):
        with contextlib.suppress(psutil.NoSuchProcess):
            process.kill()


def servers_of(data_dir: Path) -> list[psutil.Process]:
    """The live PostgreSQL processes of a folder of data."""
    return [
        process
        for process in psutil.process_iter(["name", "cwd", "status"])
        if process.info["name"] == "postgres"
        and process.info["cwd"] == str(data_dir.resolve())
        and process.info["status"] != psutil.STATUS_ZOMBIE
    ]


def environment(home: Path, **more: str) -> dict[str, str]:
    """The environment of a process: nothing of ours but what is said here."""
    foreign = ("DOTI_", "DATABASE_URL", "PORT", "HOST")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(foreign)}
    return {**kept, "DOTI_HOME": str(home), "PORT": "0", "DOTI_LOG": "json", **more}


def run(
    *words: str, env: Mapping[str, str], timeout_s: float = START_TIMEOUT_S
) -> subprocess.CompletedProcess[str]:
    """Runs a command to its end."""
    return subprocess.run(
        [*_RUN, *words], env=env, capture_output=True, text=True, timeout=timeout_s, check=False
    )


class Doti:
    """A command that runs until it is stopped or killed; a context that kills what is left."""

    def __init__(self, *words: str, env: Mapping[str, str]) -> None:
        self._output: IO[str] = tempfile.TemporaryFile("w+")  # noqa: SIM115  closed with us
        # In a file, because nobody reads a pipe meanwhile.
        self.process = subprocess.Popen(
            [*_RUN, *words],
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=self._output,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def __enter__(self) -> Doti:
        return self

    def __exit__(self, *_: object) -> None:
        if self.process.poll() is None:
            self.kill()
        self._output.close()

    def output(self) -> str:
        """What it has written so far, to both of its outputs."""
        self._output.seek(0)
        return self._output.read()

    def wait_for(self, word: str) -> str:
        """Its output as soon as the word is in it."""
        self.until(lambda: word in self.output())
        return self.output()

    def until(self, true: Callable[[], bool]) -> None:
        """Returns as soon as it is true; fails with the output if the process ends before."""
        until(lambda: true() or self.process.poll() is not None, self.output)
        assert true(), self.output()

    def address(self) -> str:
        """Where it serves, as soon as it does."""
        found = _ADDRESS.search(self.wait_for("Serving on "))
        assert found is not None
        return found.group(1)

    def stop(self, number: signal.Signals = signal.SIGTERM) -> int:
        """Asks it to stop; its exit code."""
        self.process.send_signal(number)
        return self.process.wait(STOP_TIMEOUT_S)

    def kill(self) -> None:
        """Kills it: nothing of it gets a chance to clean up."""
        self.process.kill()
        self.process.wait(STOP_TIMEOUT_S)


def until(
    true: Callable[[], bool],
    why: Callable[[], object] = lambda: "it did not come true",
    timeout_s: float = START_TIMEOUT_S,
) -> None:
    """Returns as soon as it is true."""
    deadline = time.monotonic() + timeout_s
    while not true():
        assert time.monotonic() < deadline, why()
        time.sleep(STEP_S)


def demo_tokens(home: Path) -> dict[str, str]:
    """The sign-ins that the demo wrote."""
    found: dict[str, str] = json.loads((home / "demo" / "tokens.json").read_text())
    return found
