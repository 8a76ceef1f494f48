"""The pictures of the manual and of README: `python -m tests.browser.pictures [NAME…]`.

Everything in them is invented: the demonstration, in a register of its own that is gone at the
end, as it is on one and the same morning. Made anew, they show what the pages look like now.
"""

import base64
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, sync_playwright

from api.demo.load import load
from api.demo.passwords import entries
from api.demo.people import sign_ins
from api.embedded_postgres import EmbeddedPostgres
from api.settings import Settings
from api.wiring import Services, build
from api.worker import Background, catch_up
from tests.browser.chromium import ARGUMENTS, path
from tests.browser.site import served
from tests.browser.takes import ALL, Desk, Picture
from tests.quiet import quiet
from workflows.eventstore.database import Database
from workflows.eventstore.migrate import migrate

PICTURES = Path(__file__).parents[2] / "docs" / "pictures"
LIMIT_BYTES = 150_000
NOW = datetime(2026, 3, 23, 8, 30, tzinfo=UTC)
"""A Monday morning."""
WIDTH = 1100
PHONE = (360, 740)
_QUALITY = 82
_MARGIN = 12


def main(wanted: list[str]) -> None:
    """Takes those, or all of them."""
    quiet()
    PICTURES.mkdir(parents=True, exist_ok=True)
    with (
        _demonstration() as desk,
        sync_playwright() as playwright,
        playwright.chromium.launch(executable_path=path(), args=list(ARGUMENTS)) as browser,
    ):
        kept: dict[str, Any] = {}
        for one in ALL:
            if not wanted or one.name in wanted:
                data = _taken(browser, desk, one, kept)
                if len(data) > LIMIT_BYTES:
                    sys.exit(f"{one.name} has {len(data)} bytes: cut out less of the page.")
                (PICTURES / f"{one.name}.webp").write_bytes(data)
                sys.stdout.write(f"{one.name}.webp {len(data) // 1000} kB\n")


@contextmanager
def _demonstration() -> Iterator[Desk]:
    with (
        tempfile.TemporaryDirectory(prefix="doti-pictures-") as folder,
        EmbeddedPostgres(Path(folder) / "pg") as server,
    ):
        settings = Settings(
            home=Path(folder) / "home",
            second_factor="optional",
            rate_per_minute=1_000_000,
            rate_per_minute_address=1_000_000,
        )
        migrate(Database(server.url, settings.db_schema))
        with build(settings, server.url, clock=lambda: NOW) as services:
            sys.stdout.write("Making the demonstration\n")
            load(services, lambda *_: None, now=lambda: NOW)
            tokens = sign_ins(settings.home, services.accounts)
            ways_in = entries(services)
            catch_up(services)
            with Background(services, lambda: None), served(services) as address:
                _settled(services)
                yield Desk(address, tokens, ways_in)


def _settled(services: Services) -> None:
    """Who is late has been reminded, and the lists know it."""
    for _ in range(2):
        catch_up(services)


def _taken(browser: Browser, desk: Desk, one: Picture, kept: dict[str, Any]) -> bytes:
    width, height = PHONE if one.phone else (WIDTH, one.height)
    if one.who and one.who not in kept:
        kept[one.who] = _signed_in(browser, desk, one.who)
    context = browser.new_context(
        base_url=desk.address,
        viewport={"width": width, "height": height},
        locale="it",
        timezone_id="Europe/Rome",
        reduced_motion="reduce",
        storage_state=kept.get(one.who),
    )
    with context:
        page = context.new_page()
        page.evaluate("who => { window.name = who }", one.who)
        cut = one.take(page, desk)
        page.evaluate("document.fonts.ready.then(() => document.activeElement.blur())")
        clip: dict[str, float] = {"x": 0, "y": 0, "width": width, "height": height}
        if cut is not None:
            box = cut.bounding_box()
            assert box is not None, one.name
            top = page.evaluate("window.scrollY")
            clip = {
                "x": max(0, box["x"] - _MARGIN),
                "y": max(0, box["y"] + top - _MARGIN),
                "width": box["width"] + 2 * _MARGIN,
                "height": min(box["height"] + 2 * _MARGIN, 1200),
            }
        shot = context.new_cdp_session(page).send(
            "Page.captureScreenshot",
            {
                "format": "webp",
                "quality": _QUALITY,
                "captureBeyondViewport": True,
                "clip": clip | {"scale": 1},
            },
        )
        return base64.b64decode(shot["data"])


def _signed_in(browser: Browser, desk: Desk, who: str) -> Any:  # noqa: ANN401
    """The cookies of somebody who signed in as people do."""
    with browser.new_context(base_url=desk.address, locale="it") as context:
        page = context.new_page()
        page.goto("/accedi")
        page.get_by_label("E-mail").fill(desk.email(who))
        page.get_by_label("Password", exact=True).fill(desk.ways_in.password)
        page.get_by_role("button", name="Accedi").click()
        page.get_by_role("heading", name="Aspettano te").wait_for()
        return context.storage_state()


if __name__ == "__main__":
    main(sys.argv[1:])
