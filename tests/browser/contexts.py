"""Contexts of a browser, lent to one test after another."""

from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, BrowserContext, Page, Request

_PDF_VIEWER = ("chrome-extension://mhjfbmdgcfjbbpaeojofohoefgiehjai/", "chrome://resources/")


class Contexts:
    """Each is lent as if it were new: without cookies, with nothing stored, for pages of its own.

    What stays is the process that shows them, with the styles, scripts and fonts that it has read:
    to begin anew costs more than most pages. One page stays open, or the process would end.
    """

    def __init__(self, browser: Browser) -> None:
        self._browser = browser
        self._all: list[BrowserContext] = []
        self._idle: dict[tuple[object, ...], list[BrowserContext]] = {}

    @contextmanager
    def lent(
        self, address: str, *, width: int, script: bool, language: str, **headers: str
    ) -> Iterator[BrowserContext]:
        """One for pages of an address; with each request it sends these headers."""
        key = (address, width, script, language)
        idle = self._idle.setdefault(key, [])
        context = idle.pop() if idle else self._new(*key)
        context.set_extra_http_headers(headers)
        yield context
        for page in context.pages[1:]:
            page.close()
        context.clear_cookies()
        assert context.storage_state()["origins"] == [], "a page keeps something in the browser"
        idle.append(context)

    def _new(self, address: str, width: int, script: bool, language: str) -> BrowserContext:
        made = self._browser.new_context(
            base_url=address,
            viewport={"width": width, "height": 900},
            java_script_enabled=script,
            locale=language,
            reduced_motion="reduce",
        )
        self._all.append(made)
        made.new_page().goto("/accedi")
        return made

    def close(self) -> None:
        """Closes all of them."""
        for context in self._all:
            context.close()


def watch(page: Page, address: str, trouble: list[str]) -> None:
    """Notes what must not be: a request to elsewhere, what the page's own policy refuses, and
    scripts that fail."""
    page.on("request", lambda request: trouble.extend(_elsewhere(request, address)))
    page.on("pageerror", lambda error: trouble.append(str(error)))
    page.on(
        "console",
        lambda said: trouble.extend([said.text] if "Security Policy" in said.text else []),
    )


def _elsewhere(request: Request, address: str) -> list[str]:
    # A PDF within a page is shown by the browser's own viewer, which is within the browser.
    ours = request.url.startswith((address, "data:", *_PDF_VIEWER))
    return [] if ours else [request.url]
