"""Papers drawn anew: below what is black there is nothing, and of the file nothing goes along."""

import io

import pypdfium2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from domain.errors import CannotBeDrawn, TooManyPages
from domain.events.area import MOST_PAGES, Area
from tests.papers import pdf, photograph
from workflows.drawn_pages import PDF, as_pdf, blacked_out, count, pages

NAME = "Maria Inventata"
PAPER = pdf([(60, 100, NAME), (60, 600, "Totale 120,00")], [(60, 300, NAME)])
OVER_THE_NAME = Area(page=1, left=5, top=8, right=60, bottom=14)


def text_of(data: bytes) -> str:
    return "".join(page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(data))


def darkest(page: Image.Image, area: Area) -> tuple[int, int]:
    """The darkest and the lightest that is left within an area, well inside of it."""
    width, height = page.size
    box = (
        area.left * width // 100 + 8,
        area.top * height // 100 + 8,
        area.right * width // 100 - 8,
        area.bottom * height // 100 - 8,
    )
    found = page.convert("L").crop(box).getextrema()
    low, high = found
    return int(low), int(high)  # type: ignore[arg-type]  # of one band


def test_text_and_pixels_below_are_gone() -> None:
    assert NAME in text_of(PAPER)
    drawn = pages(PAPER, PDF)
    assert darkest(drawn[0], OVER_THE_NAME)[0] < 60
    made = as_pdf(blacked_out(drawn, [OVER_THE_NAME]))
    assert text_of(made).strip() == ""
    assert b"Inventata" not in made
    first, second = pages(made, PDF)
    low, high = darkest(first, OVER_THE_NAME)
    assert high <= 12, (low, high)
    # The rest of the page is still there, and so is the page that nothing was marked on.
    below = Area(page=1, left=5, top=68, right=60, bottom=74)
    assert darkest(first, below)[0] < 60 < 200 < darkest(first, below)[1]
    assert darkest(second, Area(page=1, left=5, top=32, right=60, bottom=38))[0] < 60


def test_the_same_pages_make_the_same_bytes() -> None:
    made = {as_pdf(blacked_out(pages(PAPER, PDF), [OVER_THE_NAME])) for _ in range(2)}
    assert len(made) == 1


@pytest.mark.parametrize("turned", [False, True])
def test_what_a_camera_wrote_beside_the_picture_is_gone(turned: bool) -> None:
    taken = photograph("Totale", turned=turned)
    assert b"Inventata" in taken
    (page,) = pages(taken, "image/jpeg")
    assert page.size == (800, 600)
    made = as_pdf([page])
    for told in (b"Inventata", b"Segreta", b"Exif", b"scritto"):
        assert told not in made
    (again,) = pages(made, PDF)
    # It stands upright: the text is above, on the left.
    assert darkest(again, Area(page=1, left=5, top=5, right=50, bottom=25))[0] < 60
    assert darkest(again, Area(page=1, left=50, top=60, right=95, bottom=95))[0] > 200


def test_what_shines_through_is_white_and_a_fax_has_its_pages() -> None:
    out = io.BytesIO()
    Image.new("RGBA", (100, 100), (0, 0, 0, 0)).save(out, "PNG")
    (page,) = pages(out.getvalue(), "image/png")
    assert page.getpixel((50, 50)) == (255, 255, 255)
    fax = io.BytesIO()
    sheets = [Image.new("1", (100, 140), bit) for bit in (0, 1, 1)]
    sheets[0].save(fax, "TIFF", save_all=True, append_images=sheets[1:])
    assert count(fax.getvalue(), "image/tiff") == 3
    assert [page.getpixel((5, 5)) for page in pages(fax.getvalue(), "image/tiff", {1, 3})] == [
        (0, 0, 0),
        (255, 255, 255),
    ]


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(0, 99), st.integers(0, 99), st.integers(1, 100), st.integers(1, 100)),
        max_size=5,
    )
)
def test_every_pixel_of_an_area_is_black(corners: list[tuple[int, int, int, int]]) -> None:
    white = Image.new("RGB", (317, 211), "white")
    areas = [
        Area(page=1, left=left, top=top, right=min(100, left + wide), bottom=min(100, top + high))
        for left, top, wide, high in corners
    ]
    (made,) = blacked_out([white], areas)
    assert white.getextrema() == ((255, 255),) * 3
    for x in range(0, 317, 7):
        for y in range(0, 211, 5):
            within = any(
                area.left * 3.17 <= x < area.right * 3.17
                and area.top * 2.11 <= y < area.bottom * 2.11
                for area in areas
            )
            if within:
                assert made.getpixel((x, y)) == (0, 0, 0)


@pytest.mark.parametrize(
    ("data", "media_type"),
    [
        (b"%PDF-1.4\nnothing\n%%EOF\n", PDF),
        (PAPER[:300], PDF),
        (b"\xff\xd8\xff\xe0 no picture", "image/jpeg"),
        (photograph("x")[:400], "image/jpeg"),
        (photograph("x"), "image/png"),
        (b"ftypheic", "image/heic"),
    ],
)
def test_what_cannot_be_drawn_is_told(data: bytes, media_type: str) -> None:
    with pytest.raises(CannotBeDrawn):
        pages(data, media_type)


def test_papers_without_end_are_not_drawn() -> None:
    many = pdf(*([[(60, 100, "x")]] * (MOST_PAGES + 1)))
    with pytest.raises(TooManyPages):
        pages(many, PDF)
    with pytest.raises(TooManyPages):
        count(many, PDF)
    out = io.BytesIO()
    Image.new("1", (10_000, 7_000)).save(out, "PNG")
    assert len(out.getvalue()) < 50_000
    with pytest.raises(CannotBeDrawn):
        pages(out.getvalue(), "image/png")


def test_a_huge_page_is_drawn_small() -> None:
    huge = pdf([(60, 100, NAME)], size=(14_400, 14_400))
    assert max(pages(huge, PDF)[0].size) <= 2_400
