"""One browser for each test process, one site and its contexts for each module; a fresh person for
each test."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser.chromium import ARGUMENTS, path
from tests.browser.contexts import Contexts, watch
from tests.browser.looking import WITHOUT_SCRIPTS
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


@pytest.fixture(scope="module")
def contexts(browser: Browser) -> Iterator[Contexts]:
    """The contexts in which the pages of a module are opened."""
    lent = Contexts(browser)
    yield lent
    lent.close()


@pytest.fixture
def visit(contexts: Contexts, site: Site) -> Iterator[Visit]:
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
            context = stack.enter_context(
                contexts.lent(
                    site.address,
                    width=width,
                    script=script,
                    language=language,
                    Authorization=f"Bearer {site.world.tokens[who]}",
                )
            )
            page = context.new_page()
            if not script:
                WITHOUT_SCRIPTS.add(page)
            watch(page, site.address, trouble)
            page.goto(where)
            return page

        yield opened
    assert trouble == []
