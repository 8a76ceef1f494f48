"""Runs rows and reports: one JSON object a line, and all of them in var/bench/latest.json."""

import argparse
import json
import os
import platform
import signal
import sys
import tempfile
import time
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from types import FrameType

from api.postgres import EmbeddedPostgres
from tests.bench.figures import Figure
from tests.bench.rows import ROWS
from tests.bench.stage import Stage

FOLDER = Path("var/bench")
LIMIT_S = 570
"""When the last row is broken off; what is left of ten minutes is for stopping the database."""


class TimeIsUp(Exception):
    """The ten minutes are over."""


def main() -> None:
    """Runs the rows that were named, or all of them."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("rows", nargs="*", metavar="row", help=f"any of: {', '.join(ROWS)}")
    parser.add_argument("--quick", action="store_true", help="small rounds, to see that it runs")
    chosen = parser.parse_args()
    unknown = [name for name in chosen.rows if name not in ROWS]
    if unknown:
        parser.error(f"there is no row {', '.join(unknown)}; the rows are {', '.join(ROWS)}")
    FOLDER.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory(prefix="pg-", dir=FOLDER) as folder,
        EmbeddedPostgres(Path(folder) / "data") as server,
        _limited(LIMIT_S),
    ):
        stage = Stage(server.url, FOLDER.resolve(), quick=chosen.quick)
        _write(list(_measured(stage, chosen.rows or list(ROWS))), quick=chosen.quick)


def _measured(stage: Stage, names: list[str]) -> Iterator[Figure]:
    """A row that breaks is reported like any other: measuring fails nobody's build."""
    over = False
    for name in names:
        if over:
            yield _told(Figure(name, None, "", "not measured: the ten minutes are over"))
            continue
        began = time.monotonic()
        try:
            for figure in ROWS[name](stage):
                figure.more["row_seconds"] = time.monotonic() - began
                yield _told(figure)
        except TimeIsUp:
            over = True
            yield _told(Figure(name, None, "", "broken off: the ten minutes are over"))
        except Exception as error:  # noqa: BLE001  the other rows are still wanted
            traceback.print_exc(file=sys.stderr)
            yield _told(Figure(name, None, "", f"failed: {type(error).__name__}: {error}"[:300]))


def _told(figure: Figure) -> Figure:
    print(figure.to_json(), flush=True)
    return figure


def _write(figures: list[Figure], *, quick: bool) -> None:
    report = {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "quick": quick,
        "cores": os.cpu_count(),
        "machine": platform.machine(),
        "python": platform.python_version(),
        "figures": [json.loads(figure.to_json()) for figure in figures],
    }
    text = json.dumps(report, indent=1) + "\n"
    (FOLDER / "latest.json").write_text(text, encoding="utf-8")


@contextmanager
def _limited(seconds: int) -> Iterator[None]:
    def ring(_signal: int, _frame: FrameType | None) -> None:
        raise TimeIsUp

    before = signal.signal(signal.SIGALRM, ring)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


if __name__ == "__main__":
    main()
