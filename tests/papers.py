"""Papers to be blacked out: PDFs with text on them, and photographs that tell where they were."""

import io
from collections.abc import Sequence

from PIL import Image, ImageDraw, JpegImagePlugin

WIDE, HIGH = 595, 842
"""A4, in points."""


def pdf(*pages: Sequence[tuple[int, int, str]], size: tuple[int, int] = (WIDE, HIGH)) -> bytes:
    """A PDF with texts on its pages: from the left, from the top, what is written."""
    kids = " ".join(f"{4 + 2 * n} 0 R" for n in range(len(pages)))
    objects = [
        "<</Type/Catalog/Pages 2 0 R>>",
        f"<</Type/Pages/Kids[{kids}]/Count {len(pages)}>>",
        "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    ]
    for n, texts in enumerate(pages):
        drawn = "".join(
            f"BT /F1 18 Tf {left} {HIGH - top} Td ({text}) Tj ET\n" for left, top, text in texts
        )
        objects.append(
            f"<</Type/Page/Parent 2 0 R/MediaBox[0 0 {size[0]} {size[1]}]/Contents {5 + 2 * n} 0 R"
            "/Resources<</Font<</F1 3 0 R>>>>>>"
        )
        objects.append(f"<</Length {len(drawn)}>>stream\n{drawn}endstream")
    out, places = b"%PDF-1.4\n", []
    for n, content in enumerate(objects, 1):
        places.append(len(out))
        out += f"{n} 0 obj{content}endobj\n".encode()
    rows = "".join(f"{place:010} 00000 n \n" for place in places)
    table = f"xref\n0 {len(places) + 1}\n0000000000 65535 f \n{rows}"
    tail = f"trailer<</Size {len(places) + 1}/Root 1 0 R>>\nstartxref\n{len(out)}\n%%EOF\n"
    return out + (table + tail).encode()


def photograph(text: str, *, turned: bool = False) -> bytes:
    """A JPEG with a text on it; beside its pixels it tells who took it, and which side is up."""
    picture = Image.new("RGB", (800, 600), "white")
    ImageDraw.Draw(picture).text((80, 60), text, fill="black", font_size=40)
    exif = Image.Exif()
    exif[0x010E] = "Ritratto di Inventata"
    exif[0x9286] = "Segreta"
    if turned:
        picture = picture.rotate(90, expand=True)
        exif[0x0112] = 6
    out = io.BytesIO()
    picture.save(out, "JPEG", exif=exif, comment=b"scritto da Inventata", quality=95)
    made = out.getvalue()
    assert JpegImagePlugin.JpegImageFile(io.BytesIO(made)).info["comment"]
    return made
