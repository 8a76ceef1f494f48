"""Whether a PDF is one for archives: PDF/A-2b, as ISO 19005-2 asks for.

Two that know nothing of what wrote it: the validator of pdf_oxide, and, for what that passes over,
a list of our own over all objects of the file, read by qpdf (pikepdf). Not looked at: the glyphs of
the embedded fonts (their widths, and whether each is there), and the colours within an ICC profile
beyond its header.
"""

import io
import re
from collections.abc import Iterator
from typing import Any

import pdf_oxide
import pikepdf
from defusedxml import ElementTree
from pikepdf import Array, Dictionary, Object, Pdf, Stream

_PDFAID = "{http://www.aiim.org/pdfa/ns/id/}"
_ACTIONS = {
    *("/Launch", "/Sound", "/Movie", "/ResetForm", "/ImportData", "/Hide", "/SetOCGState"),
    *("/Rendition", "/Trans", "/GoTo3DView", "/JavaScript", "/SubmitForm"),
}
_ANNOTATIONS = {"/3D", "/Sound", "/Screen", "/Movie"}
_MODES = {
    *("/Normal", "/Compatible", "/Multiply", "/Screen", "/Overlay", "/Darken", "/Lighten"),
    *("/ColorDodge", "/ColorBurn", "/HardLight", "/SoftLight", "/Difference", "/Exclusion"),
    *("/Hue", "/Saturation", "/Color", "/Luminosity"),
}
_CMYK = {"k", "K"}
_HIDDEN, _PRINT = 0b10, 0b100


def troubles(data: bytes) -> list[str]:
    """What keeps a file out of an archive; nothing where all is as it has to be."""
    return [*_validated(data), *_own(data)]


def _validated(data: bytes) -> Iterator[str]:
    told = pdf_oxide.PdfDocument.from_bytes(data).validate_pdf_a("2b")
    if told["valid"] is not True or told["errors"]:
        yield from told["errors"] or ["not valid"]


def _own(data: bytes) -> Iterator[str]:
    if not re.match(rb"%PDF-1\.[0-7]\r?\n%[\x80-\xff]{4}", data):
        yield "header: no binary comment after it"
    with pikepdf.open(io.BytesIO(data)) as pdf:
        if pdf.is_encrypted:
            yield "encrypted"
        if "/ID" not in pdf.trailer:
            yield "trailer: no ID"
        yield from _metadata(pdf)
        yield from _output_intent(pdf)
        yield from _catalog(pdf)
        for found in pdf.objects:
            yield from _within(found, 0)
        for page in pdf.pages:
            yield from _page(page.obj)


def _metadata(pdf: Pdf) -> Iterator[str]:
    found = pdf.Root.get("/Metadata")
    if not isinstance(found, Stream):
        yield "no XMP"
        return
    if "/Filter" in found:
        yield "XMP: compressed"
    told = {
        element.tag.removeprefix(_PDFAID): element.text
        for element in ElementTree.fromstring(_packet(found)).iter()
        if element.tag.startswith(_PDFAID)
    }
    if told != {"part": "2", "conformance": "B"}:
        yield f"XMP: says {told}"


def _packet(found: Stream) -> bytes:
    text = found.read_bytes()
    return text[text.index(b"<x:xmpmeta") : text.index(b"</x:xmpmeta>") + len(b"</x:xmpmeta>")]


def _output_intent(pdf: Pdf) -> Iterator[str]:
    intents = [
        each for each in pdf.Root.get("/OutputIntents", []) if each.get("/S") == "/GTS_PDFA1"
    ]
    if len(intents) != 1:
        yield f"output intent: {len(intents)} of them"
        return
    profile = intents[0].get("/DestOutputProfile")
    if not isinstance(profile, Stream):
        yield "output intent: no profile"
        return
    icc = profile.read_bytes()
    size, kind, space, mark = icc[:4], icc[12:16], icc[16:20], icc[36:40]
    if int.from_bytes(size) != len(icc) or mark != b"acsp":
        yield "output intent: damaged profile"
    if kind not in (b"mntr", b"prtr") or space != b"RGB " or profile.get("/N") != 3:
        yield "output intent: not of RGB"


def _catalog(pdf: Pdf) -> Iterator[str]:
    root = pdf.Root
    names = root.get("/Names", Dictionary())
    for where, key in ((root, "/AA"), (root, "/Requirements"), (names, "/JavaScript")):
        if key in where:
            yield f"catalog: {key}"
    for key in ("/EmbeddedFiles", "/AlternatePresentations"):
        if key in names:
            yield f"names: {key}"
    form = root.get("/AcroForm", Dictionary())
    if "/XFA" in form or form.get("/NeedAppearances"):
        yield "form: XFA, or no appearances"


def _within(found: Object, deep: int) -> Iterator[str]:
    """An object and all that stands directly in it; what is indirect comes by itself."""
    if isinstance(found, Dictionary | Stream):
        yield from _dictionary(found)
        if deep < 20:
            for value in dict(found.items()).values() if isinstance(found, Dictionary) else ():
                if not _is_indirect(value):
                    yield from _within(value, deep + 1)
    elif isinstance(found, Array) and deep < 20:
        for value in found:
            if not _is_indirect(value):
                yield from _within(value, deep + 1)


def _is_indirect(value: Any) -> bool:  # noqa: ANN401  numbers and texts are no objects
    """Whether a value is an object with a number of its own."""
    return bool(getattr(value, "is_indirect", False))


def _dictionary(found: Any) -> Iterator[str]:  # noqa: ANN401  a dictionary or a stream
    kind, subtype = str(found.get("/Type", "")), str(found.get("/Subtype", ""))
    if str(found.get("/S", "")) in _ACTIONS:
        yield f"action: {found['/S']}"
    if kind == "/FontDescriptor" and not {"/FontFile", "/FontFile2", "/FontFile3"} & set(found):
        yield f"font: {found.get('/FontName')} is not embedded"
    simple = kind == "/Font" and subtype in ("/Type1", "/TrueType", "/MMType1")
    if simple and "/FontDescriptor" not in found:
        yield f"font: {found.get('/BaseFont')} is not embedded"
    if kind == "/Page" and "/AA" in found:
        yield "page: /AA"
    if kind == "/Annot" or subtype in _ANNOTATIONS:
        yield from _annotation(found, subtype)
    if kind == "/ExtGState" or "/BM" in found:
        yield from _graphics(found)
    if isinstance(found, Stream):
        yield from _stream(found, subtype)


def _annotation(found: Any, subtype: str) -> Iterator[str]:  # noqa: ANN401  a dictionary
    if subtype in _ANNOTATIONS:
        yield f"annotation: {subtype}"
    if subtype == "/Popup":
        return
    flags = int(found.get("/F", 0))
    if flags & _HIDDEN or not flags & _PRINT:
        yield f"annotation: {subtype} is not printed"
    if "/AP" not in found and subtype != "/Link":
        yield f"annotation: {subtype} has no appearance"


def _graphics(found: Any) -> Iterator[str]:  # noqa: ANN401  a dictionary
    for key in ("/TR", "/HTP"):
        if key in found:
            yield f"graphics: {key}"
    modes = found.get("/BM", "/Normal")
    for mode in modes if isinstance(modes, Array) else [modes]:
        if str(mode) not in _MODES:
            yield f"graphics: {mode}"


def _stream(found: Stream, subtype: str) -> Iterator[str]:
    filters = found.get("/Filter", Array())
    for each in filters if isinstance(filters, Array) else [filters]:
        if str(each) in ("/LZWDecode", "/Crypt"):
            yield f"stream: {each}"
    if {"/F", "/FFilter", "/FDecodeParms"} & set(found.keys()):
        yield "stream: stands in another file"
    if subtype == "/PS" or "/Ref" in found or "/OPI" in found:
        yield "stream: PostScript, or another file's"
    if subtype == "/Image" and (found.get("/Interpolate") or "/Alternates" in found):
        yield "image: interpolated, or with another one"


def _page(page: Any) -> Iterator[str]:  # noqa: ANN401  a dictionary
    """The output intent is of RGB: nothing may be painted in CMYK that no profile tells of."""
    for command in pikepdf.parse_content_stream(page):
        if str(command.operator) in _CMYK:
            yield "page: painted in DeviceCMYK"
            return
