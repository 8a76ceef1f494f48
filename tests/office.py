"""The spreadsheet program of the tests: found, or installed. `python -m tests.office` does it.

LibreOffice Calc without a screen, from Debian. A machine where it cannot be had is told the one
line that helps: tests are never left out in silence.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from tests import debian

NAMES = ("soffice", "libreoffice")
PACKAGE = "libreoffice-calc-nogui"
HELP = (
    "The tests of spreadsheets need LibreOffice Calc: run `apt-get install "
    f"--no-install-recommends {PACKAGE}` (as root), or set DOTI_SOFFICE to its soffice."
)
_TIMEOUT_S = 180


class NoOffice(Exception):
    """There is no spreadsheet program here; the message says how to get one."""


def path() -> str:
    """Where it is. Raises NoOffice."""
    chosen = os.environ.get("DOTI_SOFFICE")
    found = chosen or next(filter(None, map(shutil.which, NAMES)), None)
    if found is None:
        raise NoOffice(HELP)
    return found


def install() -> str:
    """Where it is, after it was installed if it was not there. Raises NoOffice."""
    try:
        return path()
    except NoOffice:
        sys.stderr.write("Installing LibreOffice Calc for the tests of spreadsheets\n")
        debian.install(PACKAGE)
        return path()


def recalculated(xlsx: bytes) -> bytes:
    """A workbook as the program writes it, after it has opened and computed it."""
    with tempfile.TemporaryDirectory(prefix="doti-office-") as folder:
        source, out = Path(folder) / "book.xlsx", Path(folder) / "out"
        source.write_bytes(xlsx)
        command = [
            path(),
            "--headless",
            f"-env:UserInstallation={(Path(folder) / 'profile').as_uri()}",
            "--convert-to",
            "xlsx:Calc MS Excel 2007 XML",
            "--outdir",
            str(out),
            str(source),
        ]
        said = subprocess.run(command, check=True, capture_output=True, timeout=_TIMEOUT_S)
        made = out / source.name
        assert made.exists(), said
        return made.read_bytes()


if __name__ == "__main__":
    try:
        install()
    except NoOffice as error:
        sys.exit(str(error))
