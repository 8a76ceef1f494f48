"""Emmett, installed under var/ and run by the Node that is there."""

import json
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

from psycopg.conninfo import conninfo_to_dict

PACKAGES = ("@event-driven-io/emmett", "@event-driven-io/emmett-postgresql")
_INSTALL_S = 120


class NotToBeHad(Exception):
    """A peer cannot be measured here; the message says why."""


class Emmett:
    """A process that loads and appends, `at_once` at a time, when asked to."""

    def __init__(
        self,
        folder: Path,
        database: str,
        *,
        streams: int,
        at_once: int,
        events: Mapping[str, object],
    ) -> None:
        node, npm = shutil.which("node"), shutil.which("npm")
        if node is None or npm is None:
            raise NotToBeHad("there is no Node with npm")
        home = folder / "emmett"
        _install(npm, home)
        self.version = _version(home)
        words = conninfo_to_dict(database)
        task = {
            "folder": str(home),
            "connection": f"postgresql://{words['user']}@localhost:{words['port']}"
            f"/{words['dbname']}?host={words['host']}",
            "streams": streams,
            "at_once": at_once,
            **events,
        }
        script = Path(__file__).with_name("emmett.mjs")
        self._process = subprocess.Popen(
            [node, script, json.dumps(task)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def __enter__(self) -> Self:
        self._answer()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._process.kill()
        self._process.communicate()

    def rate(self, count: int) -> float:
        """Loads and appends a second."""
        assert self._process.stdin is not None
        self._process.stdin.write(f"{count}\n")
        self._process.stdin.flush()
        return count / self._answer()["seconds"]

    def _answer(self) -> dict[str, float]:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            assert self._process.stderr is not None
            words = self._process.stderr.read().strip().splitlines()
            reason = next((line for line in words if "rror" in line), "it ended without a word")
            raise NotToBeHad(reason.strip()[:200])
        answer: dict[str, float] = json.loads(line)
        return answer


def _install(npm: str, home: Path) -> None:
    if all((home / "node_modules" / name).exists() for name in PACKAGES):
        return
    home.mkdir(parents=True, exist_ok=True)
    command = [npm, "install", "--no-audit", "--no-fund", "--ignore-scripts", *PACKAGES]
    try:
        subprocess.run(
            command, cwd=home, check=True, capture_output=True, text=True, timeout=_INSTALL_S
        )
    except subprocess.CalledProcessError as error:
        lines = [line for line in error.stderr.splitlines() if "code" in line]
        raise NotToBeHad(f"npm cannot install it ({' '.join(lines)[:100]})") from None
    except subprocess.TimeoutExpired:
        raise NotToBeHad("npm takes too long to install it") from None


def _version(home: Path) -> str:
    package = home / "node_modules" / PACKAGES[1] / "package.json"
    return str(json.loads(package.read_text(encoding="utf-8"))["version"])
