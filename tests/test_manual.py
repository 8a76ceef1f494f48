"""The documentation leads where it says: links, anchors, pictures, a page for each role; and the
manual names buttons and titles as the pages do."""

import re
from itertools import chain
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from domain.actors import PEOPLE, Role
from tests.browser.pictures import LIMIT_BYTES, PICTURES
from tests.browser.takes import ALL

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"
MANUAL = DOCS / "manuale.md"
MANUAL_PAGES = sorted((DOCS / "manuale").iterdir())
PAGES = sorted(chain(ROOT.glob("*.md"), DOCS.rglob("*.md")))
OF_ROLE = {
    Role.OPERATOR: "operatore",
    Role.ASSESSOR: "valutatore",
    Role.APPROVER: "approvatore",
    Role.FINANCE: "amministrazione",
    Role.COORDINATOR: "coordinatore",
    Role.AUDITOR: "revisore",
    Role.ADMIN: "accessi",
}
WITH_A_ROLE = {"finanza": Role.FINANCE}
"""What goes on from the page of a role."""
_LINK = re.compile(r"(!?)\[[^\]]*\]\(([^)\s]+)\)")
_FENCE = re.compile(r"^```.*?^```", re.DOTALL | re.MULTILINE)


def links(page: Path) -> list[tuple[bool, str]]:
    """Where a page leads, and whether it is a picture; not what stands in code."""
    text = re.sub(r"`[^`\n]*`", "", _FENCE.sub("", page.read_text("utf-8")))
    return [(bool(mark), target) for mark, target in _LINK.findall(text)]


def anchors(page: Path) -> set[str]:
    """The places in a page that can be led to, as GitHub names them."""
    headings = re.findall(r"^#+ +(.+)$", _FENCE.sub("", page.read_text("utf-8")), re.MULTILINE)
    plain = [re.sub(r"\[([^\]]*)\]\([^)]*\)|[`*]", r"\1", heading) for heading in headings]
    return {re.sub(r"[^\w\- ]", "", each.strip().lower()).replace(" ", "-") for each in plain}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_leads_somewhere(page: Path) -> None:
    for _, target in links(page):
        if re.match(r"[a-z]+:", target):
            continue
        name, _, anchor = target.partition("#")
        there = (page.parent / name).resolve() if name else page
        assert there.exists(), target
        assert ROOT in [there, *there.parents], target
        if anchor:
            assert anchor in anchors(there), target


def test_every_picture_is_made_here_shown_somewhere_and_light() -> None:
    shown = {
        (page.parent / target).resolve()
        for page in PAGES
        for is_picture, target in links(page)
        if is_picture and "://" not in target
    }
    kept = set(PICTURES.iterdir())
    assert shown == kept == {PICTURES / f"{one.name}.webp" for one in ALL}
    for picture in kept:
        assert picture.stat().st_size <= LIMIT_BYTES, picture.name
        assert picture.read_bytes()[8:12] == b"WEBP"


def test_every_picture_says_what_is_to_be_seen() -> None:
    for page in PAGES:
        assert "![](" not in page.read_text("utf-8"), page


def test_every_role_has_its_page() -> None:
    assert OF_ROLE.keys() == PEOPLE
    led_to = {target for _, target in links(MANUAL)}
    names = [*OF_ROLE.values(), *WITH_A_ROLE]
    assert {f"{name}.md" for name in names} == {page.name for page in MANUAL_PAGES}
    for name, role in WITH_A_ROLE.items():
        own = DOCS / "manuale" / f"{OF_ROLE[role]}.md"
        assert f"{name}.md" in {target for _, target in links(own)}
    for name in names:
        assert f"manuale/{name}.md" in led_to
        page = DOCS / "manuale" / f"{name}.md"
        begins = set() if name in WITH_A_ROLE else {"quando-entri"}
        assert begins | {"se-qualcosa-viene-rifiutato"} <= anchors(page)
        assert any(is_picture for is_picture, _ in links(page)), name


def test_what_the_manual_says_of_the_pages_stands_on_them() -> None:
    """What is bold and what is «between these» are words of the pages; … stands for what is left
    out."""
    said = "\n".join(_italian())
    for page in (MANUAL, *MANUAL_PAGES):
        text = re.sub(r"\s+", " ", page.read_text("utf-8"))
        for label in chain.from_iterable(re.findall(r"\*\*([^*]+)\*\*|«([^»]+)»", text)):
            for words in filter(None, (part.strip(" .") for part in label.split("…"))):
                assert _plain(words) in said, f"{page.name}: {label}"


def _italian() -> list[str]:
    with (ROOT / "api/locales/it/LC_MESSAGES/doti.po").open("rb") as file:
        messages = [message.string or "" for message in read_po(file, locale="it")]
    texts = chain.from_iterable([s] if isinstance(s, str) else s for s in messages)
    return [_plain(text) for text in texts]


def _plain(text: str) -> str:
    """Without the numbers that stand in it once and as {n} in the catalogue."""
    return re.sub(r"\{\w+\}|\d+", "#", text).casefold()
