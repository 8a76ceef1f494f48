"""What every page has to pass: nothing that shuts people out, and pictures to look at."""

import os
from pathlib import Path
from weakref import WeakSet

import pytest
from axe_playwright_python.sync_playwright import (  # type: ignore[import-untyped]  # has none
    Axe,
)
from playwright.sync_api import Page, expect

SCREENS = Path(os.environ.get("DOTI_SCREENS", "var/screens"))
WIDTHS = (360, 768, 1280)
_GRAVE = ("serious", "critical")
_KEPT: set[str] = set()
WITHOUT_SCRIPTS: "WeakSet[Page]" = WeakSet()
"""Pages that were opened with scripts off."""


def barriers(page: Page) -> list[str]:
    """What axe, a script, finds on a page that runs scripts: what is serious or critical."""
    if page in WITHOUT_SCRIPTS:
        pytest.fail("axe would wait for ever on a page that runs no scripts")
    found = Axe().run(page).response["violations"]
    return [
        f"{one['id']}: {node['html'][:160]} {node.get('failureSummary', '')[:200]}"
        for one in found
        if one["impact"] in _GRAVE
        for node in one["nodes"]
    ]


def settled(page: Page) -> None:
    """Waits until what came in listens too: htmx puts a part in first, and wires it up a moment
    later, which is sooner than people press a key."""
    busy = ".htmx-request, .htmx-swapping, .htmx-settling, .htmx-added"
    expect(page.locator(busy)).to_have_count(0)


def picture(page: Page, name: str) -> None:
    """Keeps what a page looks like at three widths, and checks that nothing sticks out.

    A page that was kept already, by the same test with a script or without, is only checked.
    """
    SCREENS.mkdir(parents=True, exist_ok=True)
    first = name not in _KEPT
    _KEPT.add(name)
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        if first:
            page.screenshot(path=SCREENS / f"{name}-{width}.jpg", full_page=True, quality=80)
        wide = page.evaluate("document.documentElement.scrollWidth")
        assert wide <= width, f"{name} is {wide} px wide at {width} px"


def tab_to(page: Page, name: str) -> None:
    """Moves on by keyboard alone until something of this name has the focus."""
    for _ in range(200):
        page.keyboard.press("Tab")
        focused = page.evaluate(
            "(() => { const e = document.activeElement;"
            " return (e.labels && e.labels[0] ? e.labels[0].innerText : e.innerText) || '' })()"
        )
        if name in focused:
            return
    pytest.fail(f"{name} is not reached by keyboard")
