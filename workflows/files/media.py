"""Which of the accepted media types some bytes really are. The name of a file is never looked at.

The accepted types are recognised here, by signature at offset 0 and by walking their outermost
structure, so that a cut-off upload is refused while somebody still has the paper in hand.
`puremagic` only names what is refused: it knows hundreds of types, but takes the three bytes
FF D8 FF for a JPEG and most HEIC photographs for MP4 or for nothing.

Passing these checks says what a file is, not that it is harmless: pictures are not decoded and
PDFs are not searched for scripts. `workflows.drawn_pages` decodes them, when finance blacks out.
"""

import re
import struct
import zlib
from collections.abc import Iterator

import puremagic

from domain.errors import DamagedFile, UnsupportedFile

EXTENSIONS = {
    "application/pdf": (".pdf",),
    "image/jpeg": (".jpg", ".jpeg", ".jpe", ".jfif"),
    "image/png": (".png",),
    "image/heic": (".heic", ".heif", ".hif"),
    "image/heif": (".heif", ".heic", ".hif"),
    "image/webp": (".webp",),
    "image/tiff": (".tif", ".tiff"),
}
"""The accepted media types and what their names may end with; the first is the usual one."""

_UNKNOWN = "application/octet-stream"
_ZIP = "application/zip"
_HEIC_BRANDS = {b"heic", b"heix", b"heim", b"heis"}

# No honest file has more parts than this before its pixels; it bounds the work on a hostile one.
_MAX_PARTS = 100_000


def sniff(data: bytes) -> str:
    """The media type of `data`, one of `EXTENSIONS`; or `UnsupportedFile`, or `DamagedFile`."""
    media_type = _signature(data)
    if media_type is None:
        raise UnsupportedFile(_refused_type(data))
    if not _CHECKS[media_type](data):
        raise DamagedFile(media_type)
    second = _second_type(data)
    if second is not None:
        raise UnsupportedFile(second)
    return media_type


def _signature(data: bytes) -> str | None:
    if data.startswith(b"%PDF-"):
        return "application/pdf"
    if data.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if data.startswith(b"RIFF") and data[8:12] == b"WEBP":
        return "image/webp"
    # Canon's raw format is a TIFF with a mark of its own after the header.
    if data.startswith((b"II*\0", b"MM\0*")) and data[8:10] != b"CR":
        return "image/tiff"
    return _heif_type(data) if data[4:8] == b"ftyp" else None


def _heif_type(data: bytes) -> str | None:
    """By the brands of ISO/IEC 23008-12; films, sequences and AVIF share the container."""
    size = int.from_bytes(data[:4])
    major = data[8:12]
    compatible = {data[at : at + 4] for at in range(16, min(size, 256), 4)}
    if major in _HEIC_BRANDS:
        return "image/heic"
    if major == b"mif1" and not compatible & {b"avif", b"avis"}:
        return "image/heic" if compatible & _HEIC_BRANDS else "image/heif"
    return None


def _is_pdf(data: bytes) -> bool:
    # ISO 32000 wants the header first and the marker last; readers look for the marker in the
    # last 1024 bytes because mailers append line ends and the like.
    return re.match(rb"%PDF-[12]\.[0-9]", data) is not None and b"%%EOF" in data[-1024:]


def _is_jpeg(data: bytes) -> bool:
    at, frame_seen = 2, False
    for _ in range(_MAX_PARTS):
        part = data[at : at + 4]
        if len(part) < 4 or part[0] != 0xFF:
            return False
        marker = part[1]
        if marker == 0xFF:  # a fill byte
            at += 1
            continue
        size = int.from_bytes(part[2:])
        if marker < 0xC0 or size < 2:
            return False
        if marker == 0xDA:  # the picture itself, up to an end-of-image marker
            return frame_seen and data.find(b"\xff\xd9", at + 2 + size) != -1
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            frame_seen = size >= 11
        at += 2 + size
    return False


def _is_png(data: bytes) -> bool:
    header = data[8:33]
    if len(header) < 25 or header[:8] != b"\0\0\0\x0dIHDR":
        return False
    width, height = struct.unpack(">II", header[8:16])
    if not width or not height or zlib.crc32(header[4:21]) != int.from_bytes(header[21:]):
        return False
    at, pixels_seen = 33, False
    for _ in range(_MAX_PARTS):
        size, kind = int.from_bytes(data[at : at + 4]), data[at + 4 : at + 8]
        if at + 12 + size > len(data):
            return False
        if kind == b"IEND":
            return pixels_seen
        pixels_seen = pixels_seen or kind == b"IDAT"
        at += 12 + size
    return False


def _is_webp(data: bytes) -> bool:
    size = int.from_bytes(data[4:8], "little")
    first_chunk = int.from_bytes(data[16:20], "little")
    return (
        data[12:16] in (b"VP8 ", b"VP8L", b"VP8X")
        and 0 < first_chunk <= size - 12
        and 8 + size <= len(data)
    )


def _is_tiff(data: bytes) -> bool:
    order = "<" if data.startswith(b"II") else ">"
    if len(data) < 8:
        return False
    (directory,) = struct.unpack_from(f"{order}I", data, 4)
    if directory < 8 or directory + 2 > len(data):
        return False
    (entries,) = struct.unpack_from(f"{order}H", data, directory)
    end = directory + 2 + 12 * entries
    if end > len(data):
        return False
    tags = {struct.unpack_from(f"{order}H", data, at)[0] for at in range(directory + 2, end, 12)}
    width, height = 256, 257
    return {width, height} <= tags


def _is_heif(data: bytes) -> bool:
    kinds = set()
    for kind, end in _boxes(data):
        if kind in (b"ftyp", b"meta", b"mdat") and end > len(data):
            return False
        kinds.add(kind)
    return {b"meta", b"mdat"} <= kinds


def _boxes(data: bytes) -> Iterator[tuple[bytes, int]]:
    """Kind and end of the outermost boxes. Some phones append bytes that are no box: it stops."""
    at = 0
    for _ in range(_MAX_PARTS):
        if at + 8 > len(data):
            return
        size, kind = int.from_bytes(data[at : at + 4]), data[at + 4 : at + 8]
        if size == 0:  # up to the end of the file
            size = len(data) - at
        elif size == 1:  # the size follows in 64 bits
            size = int.from_bytes(data[at + 8 : at + 16])
        if size < 8:
            return
        at += size
        yield kind, at


_CHECKS = {
    "application/pdf": _is_pdf,
    "image/jpeg": _is_jpeg,
    "image/png": _is_png,
    "image/webp": _is_webp,
    "image/tiff": _is_tiff,
    "image/heic": _is_heif,
    "image/heif": _is_heif,
}


def _second_type(data: bytes) -> str | None:
    """What else another program would take the same bytes for."""
    # PDF readers accept leading bytes up to 1024; unzip and Java read from the end.
    if data.find(b"%PDF-", 0, 1024 + 5) > 0:
        return "application/pdf"
    at = data.rfind(b"PK\5\6", max(0, len(data) - 22 - 65_535))
    if at != -1 and at + 22 + int.from_bytes(data[at + 20 : at + 22], "little") == len(data):
        return _ZIP
    return None


def _refused_type(data: bytes) -> str:
    if data.startswith(b"PK"):  # office documents too: from the outside they are all archives
        return _ZIP
    try:
        guesses = puremagic.magic_string(data)
    except (puremagic.PureError, ValueError):
        guesses = []
    for guess in guesses:
        # Less is a signature of two or three bytes, which plain text can start with as well.
        if guess.mime_type and guess.confidence >= 0.4 and guess.mime_type not in EXTENSIONS:
            return str(guess.mime_type)
    try:
        text = data[:1024].decode()
    except UnicodeDecodeError:
        return _UNKNOWN
    return _UNKNOWN if "\0" in text else "text/plain"
