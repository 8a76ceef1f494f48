"""Uploaded papers: what is let in, by its content, and under which name."""

import gzip
import io
import struct
import unicodedata
import zipfile
import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter

from domain.dote_parts import File
from domain.errors import DamagedFile, EmptyFile, FileTooLarge, UnsupportedFile
from domain.text import Label
from tests.workflows.filing import HEIC, JPEG, PDF, PNG, TIFF, WEBP, digest
from workflows.files import DEFAULT_LIMIT_BYTES, receive
from workflows.files.media import EXTENSIONS


def png(*, width: int = 1, spoil_crc: bool = False, chunks: bytes | None = None) -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + zlib.crc32(kind + data).to_bytes(4)

    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, 1, 8, 0, 0, 0, 0))
    if spoil_crc:
        header = header[:-1] + bytes([header[-1] ^ 1])
    pixels = chunk(b"IDAT", zlib.compress(b"\0\0"))
    rest = pixels + chunk(b"IEND", b"") if chunks is None else chunks
    return b"\x89PNG\r\n\x1a\n" + header + rest


def box(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", 8 + len(data)) + kind + data


def heif(major: bytes, *compatible: bytes) -> bytes:
    brands = box(b"ftyp", major + bytes(4) + b"".join(compatible))
    return brands + box(b"meta", bytes(4)) + box(b"mdat", b"pixels")


def tiff(order: str, *tags: int) -> bytes:
    mark = b"II*\0" if order == "<" else b"MM\0*"
    entries = b"".join(struct.pack(f"{order}HHII", tag, 4, 1, 1) for tag in tags)
    return mark + struct.pack(f"{order}IH", 8, len(tags)) + entries + bytes(4)


def archive(*names: str) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as file:
        for name in names:
            file.writestr(name, "<x/>")
    return stream.getvalue()


ACCEPTED = {
    "pdf": (PDF, "application/pdf"),
    "pdf 2.0, mailed": (PDF.replace(b"1.4", b"2.0") + b"\r\n" * 20, "application/pdf"),
    "jpeg": (JPEG, "image/jpeg"),
    "jpeg with fill bytes": (b"\xff\xd8\xff\xff" + JPEG[2:], "image/jpeg"),
    "jpeg of a phone, with a trailer": (JPEG + b"SEFT" * 9, "image/jpeg"),
    "png": (PNG, "image/png"),
    "png by hand": (png(), "image/png"),
    "heic": (HEIC, "image/heic"),
    "heic, with a trailer that is no box": (HEIC + b"\xff" * 40, "image/heic"),
    "heic by a compatible brand": (heif(b"mif1", b"mif1", b"heic"), "image/heic"),
    "heif": (heif(b"mif1", b"mif1"), "image/heif"),
    "webp": (WEBP, "image/webp"),
    "tiff, little endian": (TIFF, "image/tiff"),
    "tiff, big endian": (tiff(">", 256, 257), "image/tiff"),
}


@pytest.mark.parametrize(("data", "media_type"), ACCEPTED.values(), ids=list(ACCEPTED))
def test_accepts(data: bytes, media_type: str) -> None:
    upload = receive(data, "scontrino.exe", DEFAULT_LIMIT_BYTES)

    assert upload.data == data
    name = "scontrino.exe" + EXTENSIONS[media_type][0]
    assert upload.file == File(digest(data), media_type, len(data), name)


EXE = b"MZ\x90\0" + bytes(56) + struct.pack("<I", 64) + b"PE\0\0" + bytes(20)
REFUSED = {
    "html": (b"<!DOCTYPE html><html><script>alert(1)</script></html>", "text/html"),
    "svg": (b'<svg xmlns="http://www.w3.org/2000/svg"><script/></svg>', "image/svg+xml"),
    "svg in xml": (b'<?xml version="1.0"?><svg onload="x()"/>', None),
    "shell script": (b"#!/bin/sh\nrm -rf /\n", "text/plain"),
    "javascript": (b"alert(1)", "text/plain"),
    "text that starts like a bitmap": (b"BMW, tagliando 120,00", "text/plain"),
    "text that mentions a pdf": (b"see %PDF-1.4 %%EOF", "text/plain"),
    "zip": (archive("a.txt"), "application/zip"),
    "docx": (archive("[Content_Types].xml", "word/document.xml"), "application/zip"),
    "old word": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), None),
    "rtf": (b"{\\rtf1\\ansi hello}", None),
    "gzip": (gzip.compress(b"x"), None),
    "exe": (EXE, "application/vnd.microsoft.portable-executable"),
    "elf": (b"\x7fELF\x02\x01\x01" + bytes(60), "application/octet-stream"),
    "mach-o": (b"\xcf\xfa\xed\xfe" + bytes(60), None),
    "java class": (b"\xca\xfe\xba\xbe\0\0\0\x34" + bytes(60), None),
    "gif": (b"GIF89a\x01\0\x01\0\0\0\0;", "image/gif"),
    "bitmap": (b"BM\x46\0\0\0\0\0\0\0\x36\0\0\0" + bytes(56), "application/octet-stream"),
    "film": (heif(b"isom", b"isom", b"mp42"), "video/mp4"),
    "avif": (heif(b"avif", b"mif1"), "image/avif"),
    "avif behind mif1": (heif(b"mif1", b"avif", b"heic"), None),
    "image sequence": (heif(b"msf1", b"hevc"), None),
    "wave": (b"RIFF\x24\0\0\0WAVEfmt " + bytes(24), None),
    "camera raw": (b"II*\0\x10\0\0\0CR\x02\0" + tiff("<", 256, 257), None),
    "zeros": (bytes(100), "application/octet-stream"),
    "one byte": (b"\xff", "application/octet-stream"),
    "cut in the mark of a pdf": (b"%PDF", None),
    "cut in the mark of a png": (PNG[:7], None),
    "cut in the mark of a jpeg": (JPEG[:2], None),
    "pdf behind one byte": (b"\n" + PDF, "text/plain"),
    "pdf behind a mark of order": (b"\xef\xbb\xbf" + PDF, "text/plain"),
    "pdf behind html": (b"<html><script></script>" + PDF, "text/html"),
    "pdf behind 1023 bytes": (b"\0" * 1023 + PDF, "application/octet-stream"),
    "pdf behind 2000 bytes": (b"\0" * 2000 + PDF, "application/octet-stream"),
    "pdf inside a picture": (JPEG[:2] + b"\xff\xfe\x00\x0a%PDF-1.4" + JPEG[2:], "application/pdf"),
    "zip behind a pdf": (PDF + archive("a"), "application/zip"),
    "zip behind a picture": (JPEG + archive("a.class"), "application/zip"),
}


@pytest.mark.parametrize(("data", "media_type"), REFUSED.values(), ids=list(REFUSED))
@pytest.mark.parametrize("name", ["ricevuta.pdf", "foto.jpg"])
def test_refuses_whatever_the_name_says(data: bytes, media_type: str | None, name: str) -> None:
    with pytest.raises(UnsupportedFile) as refusal:
        receive(data, name, DEFAULT_LIMIT_BYTES)

    assert refusal.value.code == "unsupported_media"
    assert "/" in refusal.value.media_type
    assert media_type in (None, refusal.value.media_type)
    assert refusal.value.media_type in str(refusal.value)


FRAME, PICTURE = JPEG.index(b"\xff\xc0"), JPEG.index(b"\xff\xda")
DAMAGED = {
    "pdf, only its mark": (b"%PDF-1.4", "application/pdf"),
    "pdf without a version": (b"%PDF-x\n%%EOF", "application/pdf"),
    "pdf without its end": (PDF.replace(b"%%EOF", b""), "application/pdf"),
    "pdf with its end too far away": (PDF + b" " * 1024, "application/pdf"),
    "jpeg, only its mark": (JPEG[:3], "image/jpeg"),
    "jpeg cut in a table": (JPEG[:40], "image/jpeg"),
    "jpeg cut in the picture": (JPEG[:-2], "image/jpeg"),
    "jpeg without a frame": (JPEG[:FRAME] + JPEG[PICTURE:], "image/jpeg"),
    "jpeg with a hollow frame": (
        JPEG[:FRAME] + b"\xff\xc0\0\x04\0\0" + JPEG[PICTURE:],
        "image/jpeg",
    ),
    "jpeg with a script for a table": (b"\xff\xd8\xff<script>", "image/jpeg"),
    "jpeg with a table of no size": (b"\xff\xd8\xff\xe0\0\0" + JPEG[2:], "image/jpeg"),
    "jpeg of fill bytes": (b"\xff\xd8" + b"\xff" * 200_000, "image/jpeg"),
    "png, only its mark": (PNG[:8], "image/png"),
    "png cut in its header": (PNG[:30], "image/png"),
    "png cut in its pixels": (PNG[:50], "image/png"),
    "png without pixels": (png(chunks=PNG[-12:]), "image/png"),
    "png of no width": (png(width=0), "image/png"),
    "png with a wrong check sum": (png(spoil_crc=True), "image/png"),
    "png of endless chunks": (png(chunks=b"\0\0\0\0tEXtxxxx" * 100_000 + png()[33:]), "image/png"),
    "webp, only its mark": (WEBP[:12], "image/webp"),
    "webp cut short": (WEBP[:-1], "image/webp"),
    "webp of another kind": (WEBP.replace(b"VP8 ", b"VP99"), "image/webp"),
    "tiff, only its mark": (TIFF[:4], "image/tiff"),
    "tiff cut in its directory": (TIFF[:60], "image/tiff"),
    "tiff with its directory outside": (b"II*\0\xff\xff\xff\x7f" + TIFF[8:], "image/tiff"),
    "tiff without a size": (tiff("<", 256, 258), "image/tiff"),
    "heic, only its mark": (HEIC[:12], "image/heic"),
    "heic cut in its description": (HEIC[:100], "image/heic"),
    "heic cut in its pixels": (HEIC[:-1], "image/heic"),
    "heic without a description": (box(b"ftyp", b"heic" + bytes(4)) + HEIC[-8:], "image/heic"),
}


@pytest.mark.parametrize(("data", "media_type"), DAMAGED.values(), ids=list(DAMAGED))
def test_refuses_what_is_cut_off_or_hollow(data: bytes, media_type: str) -> None:
    with pytest.raises(DamagedFile) as refusal:
        receive(data, "ricevuta.pdf", DEFAULT_LIMIT_BYTES)

    assert refusal.value.code == "unsupported_media"
    assert refusal.value.facts == {"media_type": media_type}


@pytest.mark.parametrize("sample", [PDF, JPEG, PNG, HEIC, WEBP, TIFF, heif(b"mif1")])
def test_no_cut_makes_it_stumble(sample: bytes) -> None:
    for end in range(1, len(sample)):
        try:
            receive(sample[:end], "a", DEFAULT_LIMIT_BYTES)
        except (UnsupportedFile, DamagedFile):
            continue
        # Only what belongs to no structure may be missing: a line end, unused offsets.
        assert end >= len(sample) - 4 or sample == TIFF


@given(st.sampled_from([PDF, JPEG, PNG, HEIC, WEBP, TIFF]), st.integers(4, 60), st.binary())
@settings(derandomize=True, deadline=None, max_examples=300)
def test_no_bytes_make_it_stumble(sample: bytes, start: int, noise: bytes) -> None:
    try:
        upload = receive(sample[:start] + noise, "a", DEFAULT_LIMIT_BYTES)
    except (UnsupportedFile, DamagedFile):
        return
    assert upload.media_type in EXTENSIONS


def test_refuses_an_empty_file() -> None:
    for nothing in (b"", io.BytesIO()):
        with pytest.raises(EmptyFile) as refusal:
            receive(nothing, "a.pdf", 10)
        assert refusal.value.code == "validation"


def test_the_limit_is_exact() -> None:
    for data in (PDF, io.BytesIO(PDF)):
        assert receive(data, "a.pdf", len(PDF)).file.size_bytes == len(PDF)
    for data in (PDF, io.BytesIO(PDF)):
        with pytest.raises(FileTooLarge) as refusal:
            receive(data, "a.pdf", len(PDF) - 1)
        assert refusal.value.code == "too_large"
        assert refusal.value.facts == {"limit_bytes": len(PDF) - 1}
        assert str(len(PDF) - 1) in str(refusal.value)


class Dribble(io.BytesIO):
    """A stream that gives little at a time, as a socket may."""

    def read(self, size: int | None = -1, /) -> bytes:
        assert size is not None
        assert size > 0
        return super().read(min(size, 7))


def test_reads_a_slow_stream_whole_and_an_endless_one_no_further_than_the_limit() -> None:
    assert receive(Dribble(PDF), "a.pdf", 1000).data == PDF

    endless = Dribble(PDF * 1000)
    with pytest.raises(FileTooLarge):
        receive(endless, "a.pdf", 1000)
    assert endless.tell() == 1001


@pytest.mark.parametrize(
    ("declared", "name"),
    [
        ("scontrino.pdf", "scontrino.pdf"),
        ("Scontrino Città 12€.PDF", "Scontrino Città 12€.PDF"),
        ("فاتورة.pdf", "فاتورة.pdf"),
        ("../../etc/passwd", "passwd.pdf"),
        ("C:\\fakepath\\scontrino.pdf", "scontrino.pdf"),
        ("scontrino.jpg", "scontrino.jpg.pdf"),
        ("virus.pdf.exe", "virus.pdf.exe.pdf"),
        ("fatturaexe\u202efdp.pdf", "fatturaexefdp.pdf"),
        ("a\r\nSet-Cookie: x\0.pdf", "a Set-Cookie_ x.pdf"),
        ('a"b<c>|?*.pdf', "a_b_c____.pdf"),
        ("half\ud800.pdf", "half.pdf"),
        ("citta\u0300.pdf", "città.pdf"),
        ("  spazi   e\u00a0\u2028righe  .pdf ", "spazi e righe.pdf"),
        (".htaccess", "htaccess.pdf"),
        ("", "file.pdf"),
        ("..", "file.pdf"),
        ("cartella/", "file.pdf"),
        ("\u202e\0", "file.pdf"),
        (".pdf", "pdf.pdf"),
        ("a" * 300 + ".pdf", "a" * 196 + ".pdf"),
    ],
)
def test_names_are_kept_for_people_and_made_harmless(declared: str, name: str) -> None:
    assert receive(PDF, declared, DEFAULT_LIMIT_BYTES).name == name


names = st.text(
    st.one_of(
        st.characters(),
        st.sampled_from("./\\\0 \t\n\u202e\u2066\u2028\u0300\u1100\u0958:\"<'\ud800"),
    ),
    max_size=300,
)


@given(names, st.sampled_from([PDF, JPEG, HEIC]))
@settings(derandomize=True, deadline=None, max_examples=500)
def test_any_name_becomes_a_harmless_one(declared: str, data: bytes) -> None:
    upload = receive(data, declared, DEFAULT_LIMIT_BYTES)
    name = upload.name

    assert 0 < len(name) <= 200
    assert name.lower().endswith(EXTENSIONS[upload.media_type])
    assert not set(name) & set('/\\<>:"|?*')
    assert not name.startswith((".", " "))
    assert unicodedata.is_normalized("NFC", name)
    assert not {unicodedata.category(c) for c in name} & {"Cc", "Cs", "Zl", "Zp"}
    assert not {unicodedata.bidirectional(c) for c in name} & {
        *("LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI")
    }
    assert TypeAdapter(Label).validate_python(name) == name
    assert receive(data, name, DEFAULT_LIMIT_BYTES).name == name


def test_neither_content_nor_name_shows_in_logs() -> None:
    assert "Rossi" not in repr(receive(PDF + b"Rossi", "Rossi.pdf", DEFAULT_LIMIT_BYTES))
