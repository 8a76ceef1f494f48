"""Papers as pictures of their pages, and such pictures with areas blacked out.

What is drawn anew has nothing but its pixels: no text below them, no words about the file, no place
where a photograph was taken. An area is painted over before the page is compressed.

Sources: PDFium by pypdfium2 draws PDFs, Pillow reads and writes pictures. PDFium is not made for
several threads: one page is drawn at a time.
"""

import io
import time
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from math import ceil
from threading import Lock

import pypdfium2
from PIL import Image, ImageDraw, ImageOps

from domain.errors import CannotBeDrawn, TooManyPages
from domain.events.area import MOST_PAGES, WHOLE, Area

Page = Image.Image
PDF = "application/pdf"

_PICTURES = {
    "image/jpeg": "JPEG",
    "image/png": "PNG",
    "image/webp": "WEBP",
    "image/tiff": "TIFF",
}
DRAWN = frozenset({PDF, *_PICTURES})
"""The media types whose pages can be drawn."""
_PER_INCH = 150
_POINTS = 72
_LONGEST_SIDE = 2_400
"""In pixels: a page of A3 at 150 in an inch."""
_MOST_PIXELS = 60_000_000
"""Of a picture before it is made smaller: of a camera, not of a bomb."""
_QUALITY = 82
_NO_TIME = time.gmtime(0)
_ONE_AT_A_TIME = Lock()
_DAMAGED = (pypdfium2.PdfiumError, OSError, SyntaxError, ValueError, EOFError)
"""What the libraries raise where a file is not what it should be."""


def pages(data: bytes, media_type: str, wanted: Collection[int] | None = None) -> list[Page]:
    """The pages of a paper, or those of them that are wanted, by their numbers from 1 on.

    Raises CannotBeDrawn, TooManyPages.
    """
    with _paper(data, media_type) as paper:
        numbers = range(1, paper.count + 1)
        return [paper.draw(n) for n in numbers if wanted is None or n in wanted]


def count(data: bytes, media_type: str) -> int:
    """How many pages a paper has. Raises CannotBeDrawn, TooManyPages."""
    with _paper(data, media_type) as paper:
        return paper.count


def blacked_out(drawn: Sequence[Page], areas: Sequence[Area]) -> list[Page]:
    """The same pages, with the areas painted over."""
    made = [page.copy() for page in drawn]
    for area in areas:
        page = made[area.page - 1]
        width, height = page.size
        corners = (
            area.left * width // WHOLE,
            area.top * height // WHOLE,
            ceil(area.right * width / WHOLE),
            ceil(area.bottom * height / WHOLE),
        )
        ImageDraw.Draw(page).rectangle(corners, fill="black")
    return made


def as_pdf(drawn: Sequence[Page]) -> bytes:
    """Pages as a PDF of pictures; the same pages make the same bytes."""
    out = io.BytesIO()
    first, *rest = drawn
    first.save(
        out,
        "PDF",
        save_all=True,
        append_images=rest,
        resolution=_PER_INCH,
        quality=_QUALITY,
        creationDate=_NO_TIME,
        modDate=_NO_TIME,
    )
    return out.getvalue()


def as_png(page: Page) -> bytes:
    """A page to be looked at."""
    out = io.BytesIO()
    page.save(out, "PNG")
    return out.getvalue()


@dataclass(frozen=True, slots=True)
class _Paper:
    """A paper that is open: how many pages it has, and what draws one of them."""

    count: int
    draw: Callable[[int], Page]


@contextmanager
def _paper(data: bytes, media_type: str) -> Iterator[_Paper]:
    try:
        if media_type == PDF:
            with _ONE_AT_A_TIME, _pdf(data) as paper:
                yield _checked(paper)
        elif media_type in _PICTURES:
            with _picture(data, _PICTURES[media_type]) as paper:
                yield _checked(paper)
        else:
            raise CannotBeDrawn
    except (*_DAMAGED, Image.DecompressionBombError):
        raise CannotBeDrawn from None


def _checked(paper: _Paper) -> _Paper:
    if paper.count > MOST_PAGES:
        raise TooManyPages(MOST_PAGES)
    if not paper.count:
        raise CannotBeDrawn
    return paper


@contextmanager
def _pdf(data: bytes) -> Iterator[_Paper]:
    document = pypdfium2.PdfDocument(data)

    def draw(n: int) -> Page:
        page = document[n - 1]
        scale = min(_PER_INCH / _POINTS, _LONGEST_SIDE / max(1.0, *page.get_size()))
        return _plain(page.render(scale=scale).to_pil())

    try:
        document.init_forms()
        yield _Paper(len(document), draw)
    finally:
        document.close()


@contextmanager
def _picture(data: bytes, form: str) -> Iterator[_Paper]:
    with Image.open(io.BytesIO(data), formats=[form]) as picture:
        if picture.width * picture.height > _MOST_PIXELS:
            raise CannotBeDrawn

        def draw(n: int) -> Page:
            picture.seek(n - 1)
            # As it is looked at: cameras write beside the pixels which side is up.
            upright = ImageOps.exif_transpose(picture)
            upright.thumbnail((_LONGEST_SIDE, _LONGEST_SIDE))
            return _plain(upright)

        yield _Paper(getattr(picture, "n_frames", 1), draw)


def _plain(picture: Page) -> Page:
    """A new picture with the same pixels, on white, and nothing else of it."""
    made = Image.new("RGB", picture.size, "white")
    clear = picture.convert("RGBA")
    made.paste(clear, mask=clear.getchannel("A"))
    return made
