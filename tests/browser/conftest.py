"""One browser for each test process, one site for each module; a fresh person for each test."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest
from playwright.sync_api import Browser, Page, Request, sync_playwright

from tests.browser.chromium import ARGUMENTS, path
from tests.browser.site import Site, opened_site

Visit = Callable[..., Page]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """A real Chromium. Without one the tests fail, and say how to get it."""
    found = path()
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=found, args=list(ARGUMENTS))
        yield opened
        opened.close()


@pytest.fixture(scope="module")
def site(postgres_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """An opened programme with somebody for each role, served."""
    with opened_site(postgres_url, tmp_path_factory.mktemp("site")) as opened:
        yield opened


@pytest.fixture
def visit(browser: Browser, site: Site) -> Iterator[Visit]:
    """`visit(who, path, width=1280, script=True, language="it")`: a page as somebody sees it.

    At the end nothing was asked of any other machine, nothing was refused by the page's own
    policy, and no script failed.
    """
    trouble: list[str] = []
    with ExitStack() as stack:

        def opened(
            who: str,
            where: str = "/",
            *,
            width: int = 1280,
            script: bool = True,
            language: str = "it",
        ) -> Page:
            context = browser.new_context(
                base_url=site.address,
                viewport={"width": width, "height": 900},
                java_script_enabled=script,
                locale=language,
                extra_http_headers={"Authorization": f"Bearer {site.world.tokens[who]}"},
                reduced_motion="reduce",
            )
            stack.callback(context.close)
            page = context.new_page()
            page.on("request", lambda request: trouble.extend(_elsewhere(request, site)))
            page.on("pageerror", lambda error: trouble.append(str(error)))
            page.on(
                "console",
                lambda said: trouble.extend([said.text] if "Security Policy" in said.text else []),
            )
            page.goto(where)
            return page

        yield opened
    assert trouble == []


PDF_VIEWER = ("chrome-extension://mhjfbmdgcfjbbpaeojofohoefgiehjai/", "chrome://resources/")


def _elsewhere(request: Request, site: Site) -> list[str]:
    # A PDF within a page is shown by the browser's own viewer, which is within the browser.
    ours = request.url.startswith((site.address, "data:", *PDF_VIEWER))
    return [] if ours else [request.url]
