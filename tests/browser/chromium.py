"""The browser of the tests: found, or installed. `python -m tests.browser.chromium` does it.

Debian's Chromium, where there is apt; elsewhere the one that Playwright brings. A machine where
neither can be had is told the one line that helps: tests are never left out in silence.
"""

import os
import shutil
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests import debian

NAMES = (
    "chromium-headless-shell",
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
)
"""The one without windows first: the same engine, in three quarters of the time."""
ARGUMENTS = (
    "--no-sandbox",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--disable-gpu",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
)
"""As root there is no sandbox; nothing is asked for anywhere but on this machine."""

HELP = (
    "The browser tests need Chromium: run `apt-get install chromium-headless-shell` (as root), or "
    "`.venv/bin/playwright install chromium`, or set DOTI_CHROMIUM to one."
)


class NoBrowser(Exception):
    """There is no browser here; the message says how to get one."""


def path() -> str:
    """Where the browser is. Raises NoBrowser."""
    chosen = os.environ.get("DOTI_CHROMIUM")
    if chosen:
        return chosen
    for name in NAMES:
        found = shutil.which(name)
        if found is not None:
            return found
    with sync_playwright() as playwright:
        own = playwright.chromium.executable_path
    if Path(own).exists():
        return own
    raise NoBrowser(HELP)


def install() -> str:
    """Where the browser is, after it was installed if it was not there. Raises NoBrowser."""
    try:
        return path()
    except NoBrowser:
        sys.stderr.write("Installing Chromium for the browser tests\n")
        if not (debian.install("chromium-headless-shell") or debian.install("chromium")):
            debian.runs([sys.executable, "-m", "playwright", "install", "chromium"])
        return path()


if __name__ == "__main__":
    try:
        install()
    except NoBrowser as error:
        sys.exit(str(error))
