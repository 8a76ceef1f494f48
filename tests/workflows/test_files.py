"""Uploaded papers: what is let in, and that what was stored stays, stays private and can go."""

import gzip
import io
import os
import signal
import struct
import subprocess
import sys
import textwrap
import threading
import unicodedata
import zipfile
import zlib
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from hashlib import sha256
from pathlib import Path
from uuid import UUID

import pytest
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter

from domain.dote_parts import File
from domain.errors import DamagedFile, EmptyFile, FileTooLarge, UnsupportedFile
from domain.text import Label
from workflows.files import (
    DEFAULT_LIMIT_BYTES,
    FileMissing,
    FileStore,
    FolderStore,
    StoredFileDamaged,
    StoreFull,
    StoreUnavailable,
    receive,
)
from workflows.files.media import EXTENSIONS

ROOT = Path(__file__).parents[2]
SAMPLES = ROOT / "tests" / "data" / "files"

ONE = UUID("11111111-1111-4111-8111-111111111111")
OTHER = UUID("22222222-2222-4222-8222-222222222222")

PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\nstartxref\n0\n%%EOF\n"
JPEG, PNG, HEIC, WEBP, TIFF = (
    (SAMPLES / f"pixel.{end}").read_bytes() for end in ("jpg", "png", "heic", "webp", "tif")
)


def digest(data: bytes) -> str:
    return sha256(data).hexdigest()


class Vault:
    """AES-256-GCM with a key per subject, which can be erased. Predictable keys: tests only."""

    def __init__(self) -> None:
        self.erased: set[UUID] = set()

    def _cipher(self, subject_id: UUID) -> AESGCM:
        if subject_id in self.erased:
            raise KeyError(subject_id)
        return AESGCM(sha256(subject_id.bytes).digest())

    def seal_bytes(self, subject_id: UUID, data: bytes, context: bytes) -> bytes:
        nonce = os.urandom(12)
        return nonce + self._cipher(subject_id).encrypt(nonce, data, context)

    def open_bytes(self, subject_id: UUID, data: bytes, context: bytes) -> bytes:
        return self._cipher(subject_id).decrypt(data[:12], data[12:], context)


@pytest.fixture
def vault() -> Vault:
    return Vault()


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "var" / "files"


@pytest.fixture
def store(root: Path, vault: Vault) -> FolderStore:
    return FolderStore(root, vault)


def path_of(root: Path, subject_id: UUID, data: bytes) -> Path:
    return root / str(subject_id) / digest(data)[:2] / digest(data)


def files_below(root: Path) -> list[Path]:
    return sorted(path for path in root.rglob("*") if path.is_file())


# --- receive: what is let in ---------------------------------------------------------------


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


# --- the store -----------------------------------------------------------------------------


def test_keeps_and_gives_back(store: FolderStore, root: Path, vault: Vault) -> None:
    as_protocol: FileStore = store
    assert not as_protocol.exists(ONE, digest(PDF))

    as_protocol.put(ONE, digest(PDF), PDF)

    assert as_protocol.exists(ONE, digest(PDF))
    assert as_protocol.open(ONE, digest(PDF)) == PDF
    assert FolderStore(root, vault).open(ONE, digest(PDF)) == PDF
    assert files_below(root) == [path_of(root, ONE, PDF)]


def test_nothing_lies_around_in_clear(store: FolderStore, root: Path) -> None:
    store.put(ONE, digest(PDF), PDF)

    assert b"PDF" not in path_of(root, ONE, PDF).read_bytes()


def test_putting_again_changes_nothing(store: FolderStore, root: Path) -> None:
    store.put(ONE, digest(PDF), PDF)
    before = path_of(root, ONE, PDF).read_bytes(), path_of(root, ONE, PDF).stat().st_ino

    store.put(ONE, digest(PDF), PDF)

    assert before == (path_of(root, ONE, PDF).read_bytes(), path_of(root, ONE, PDF).stat().st_ino)


def test_the_same_bytes_of_two_households_are_two_objects(store: FolderStore, root: Path) -> None:
    store.put(ONE, digest(PDF), PDF)
    assert not store.exists(OTHER, digest(PDF))
    store.put(OTHER, digest(PDF), PDF)

    assert path_of(root, ONE, PDF).read_bytes() != path_of(root, OTHER, PDF).read_bytes()
    store.forget(ONE)

    assert not store.exists(ONE, digest(PDF))
    assert store.open(OTHER, digest(PDF)) == PDF


def test_forgetting_takes_every_file_and_every_trace(store: FolderStore, root: Path) -> None:
    for data in (PDF, JPEG, PNG):
        store.put(ONE, digest(data), data)

    store.forget(ONE)
    store.forget(ONE)

    assert list(root.iterdir()) == [root / ".tmp"]
    assert list((root / ".tmp").iterdir()) == []
    with pytest.raises(FileMissing):
        store.open(ONE, digest(PDF))
    store.put(ONE, digest(PDF), PDF)
    assert store.open(ONE, digest(PDF)) == PDF


def test_deleting_takes_one_file(store: FolderStore, root: Path) -> None:
    store.put(ONE, digest(PDF), PDF)
    store.put(ONE, digest(PNG), PNG)

    store.delete(ONE, digest(PDF))
    store.delete(ONE, digest(PDF))
    store.delete(OTHER, digest(PDF))

    assert not store.exists(ONE, digest(PDF))
    assert store.open(ONE, digest(PNG)) == PNG
    store.delete(ONE, digest(PNG))
    assert list(root.iterdir()) == [root / ".tmp"]


def test_a_missing_file_is_told(store: FolderStore) -> None:
    with pytest.raises(FileMissing) as error:
        store.open(ONE, digest(PDF))
    assert error.value.code == "not_found"
    assert error.value.facts == {"sha256": digest(PDF)}


def test_the_key_must_be_that_of_the_content(store: FolderStore, root: Path) -> None:
    with pytest.raises(ValueError, match="another SHA-256"):
        store.put(ONE, digest(PNG), PDF)
    for key in ("", "../../etc/passwd", digest(PDF).upper(), digest(PDF) + "\n"):
        for ask in (store.open, store.exists, store.delete):
            with pytest.raises(ValueError, match="64 lower-case"):
                ask(ONE, key)
    assert files_below(root) == []


def test_an_erased_key_is_told_apart_from_damage(store: FolderStore, vault: Vault) -> None:
    store.put(ONE, digest(PDF), PDF)
    vault.erased.add(ONE)

    with pytest.raises(KeyError):
        store.open(ONE, digest(PDF))
    with pytest.raises(KeyError):
        store.put(ONE, digest(PNG), PNG)
    assert not store.exists(ONE, digest(PNG))
    store.forget(ONE)
    assert not store.exists(ONE, digest(PDF))


@contextmanager
def no_umask() -> Iterator[None]:
    before = os.umask(0)
    try:
        yield
    finally:
        os.umask(before)


def test_only_the_owner_may_look(root: Path, vault: Vault) -> None:
    root.mkdir(parents=True, mode=0o777)
    with no_umask():
        FolderStore(root, vault).put(ONE, digest(PDF), PDF)

    for path in (root, *root.rglob("*")):
        assert path.stat().st_mode & 0o777 == (0o700 if path.is_dir() else 0o600), path


SPOILERS: dict[str, Callable[[bytes], bytes]] = {
    "one bit": lambda stored: stored[:-20] + bytes([stored[-20] ^ 1]) + stored[-19:],
    "cut short": lambda stored: stored[:-1],
    "emptied": lambda stored: b"",
    "longer": lambda stored: stored + b"\0",
    "zeroed, as after a power cut": lambda stored: bytes(len(stored)),
    "replaced by clear text": lambda stored: PDF,
    "another format": lambda stored: b"x" + stored[1:],
}


@pytest.mark.parametrize("spoil", SPOILERS.values(), ids=list(SPOILERS))
def test_damage_is_found_never_served_and_mended_by_putting_again(
    store: FolderStore, root: Path, spoil: Callable[[bytes], bytes]
) -> None:
    store.put(ONE, digest(PDF), PDF)
    path = path_of(root, ONE, PDF)
    path.write_bytes(spoil(path.read_bytes()))

    with pytest.raises(StoredFileDamaged) as error:
        store.open(ONE, digest(PDF))
    assert error.value.code == "unavailable"
    assert error.value.facts == {"sha256": digest(PDF)}

    store.put(ONE, digest(PDF), PDF)
    assert store.open(ONE, digest(PDF)) == PDF


def test_files_that_were_swapped_on_disk_do_not_open(store: FolderStore, root: Path) -> None:
    store.put(ONE, digest(PDF), PDF)
    store.put(ONE, digest(PNG), PNG)
    store.put(OTHER, digest(PDF), PDF)
    path = path_of(root, ONE, PDF)

    for another in (path_of(root, ONE, PNG), path_of(root, OTHER, PDF)):
        path.write_bytes(another.read_bytes())
        with pytest.raises(InvalidTag):
            store.open(ONE, digest(PDF))


def test_what_a_careless_vault_opens_wrongly_is_not_served(root: Path) -> None:
    class Careless:
        def seal_bytes(self, subject_id: UUID, data: bytes, context: bytes) -> bytes:
            return data[:-1]

        def open_bytes(self, subject_id: UUID, data: bytes, context: bytes) -> bytes:
            return data

    store = FolderStore(root, Careless())
    store.put(ONE, digest(PDF), PDF)
    with pytest.raises(StoredFileDamaged):
        store.open(ONE, digest(PDF))


def test_a_broken_disk_is_told(store: FolderStore, root: Path, vault: Vault) -> None:
    path = path_of(root, ONE, PDF)
    path.mkdir(parents=True)  # in the place of the file: neither readable nor replaceable
    for act in (
        lambda: store.put(ONE, digest(PDF), PDF),
        lambda: store.open(ONE, digest(PDF)),
        lambda: store.delete(ONE, digest(PDF)),
    ):
        with pytest.raises(StoreUnavailable) as error:
            act()
        assert error.value.code == "unavailable"
        assert isinstance(error.value.__cause__, OSError)
    path.rmdir()

    (root / ".tmp").rmdir()
    with pytest.raises(StoreUnavailable):
        store.put(ONE, digest(PDF), PDF)

    (root.parent / "a file").touch()
    with pytest.raises(StoreUnavailable):
        FolderStore(root.parent / "a file", vault)


def test_threads_that_put_the_same_file_agree(store: FolderStore, root: Path) -> None:
    together = threading.Barrier(16)

    def put_and_read(n: int) -> list[bytes]:
        found = []
        for data in (PDF, PNG, b"large" * 100_000):
            together.wait()
            store.put(ONE, digest(data), data)
            found.append(store.open(ONE, digest(data)))
        return found

    with ThreadPoolExecutor(16) as pool:
        assert list(pool.map(put_and_read, range(16))) == [[PDF, PNG, b"large" * 100_000]] * 16
    assert len(files_below(root)) == 3


def test_putting_and_removing_at_once_leaves_one_or_the_other(store: FolderStore) -> None:
    def work(n: int) -> None:
        for _ in range(25):
            if n % 3:
                store.put(ONE, digest(PDF), PDF)
                with suppress(FileMissing):
                    assert store.open(ONE, digest(PDF)) == PDF
            elif n:
                store.delete(ONE, digest(PDF))
            else:
                store.forget(ONE)

    with ThreadPoolExecutor(9) as pool:
        list(pool.map(work, range(9)))
    store.put(ONE, digest(PDF), PDF)
    assert store.open(ONE, digest(PDF)) == PDF


# --- crashes and full disks ----------------------------------------------------------------

CHILD = r"""
import os, sys, threading, time
from pathlib import Path
from uuid import UUID
from tests.workflows.test_files import ONE, Vault, digest
from workflows.files import FolderStore, StoreFull
root = Path(sys.argv[1])
def say(word):
    os.write(1, f"{word}\n".encode())  # a whole line at once, whatever other threads say
"""


def child(program: str, root: Path, *before: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [*before, sys.executable, "-c", CHILD + textwrap.dedent(program), str(root)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )


def run_and_kill_after(lines: int, program: str, root: Path) -> list[str]:
    """The words that the child said until it was killed."""
    with child(program, root) as process:
        assert process.stdout is not None
        try:
            said = [process.stdout.readline().strip() for _ in range(lines)]
        finally:
            process.send_signal(signal.SIGKILL)
        said += process.stdout.read().split()
    return said


@pytest.mark.fault
def test_killed_while_writing(root: Path, vault: Vault) -> None:
    said = run_and_kill_after(
        1,
        """
        def hang(handle):
            say("written, not yet safe")
            time.sleep(60)
        store = FolderStore(root, Vault())
        os.fsync = hang
        store.put(ONE, digest(b"x" * 100_000), b"x" * 100_000)
        """,
        root,
    )
    assert said == ["written, not yet safe"]

    store = FolderStore(root, vault)
    (half_written,) = files_below(root)
    assert half_written.parent == root / ".tmp"
    assert half_written.stat().st_mode & 0o777 == 0o600
    assert b"xxxx" not in half_written.read_bytes()
    assert not store.exists(ONE, digest(b"x" * 100_000))

    store.put(ONE, digest(b"x" * 100_000), b"x" * 100_000)
    assert store.open(ONE, digest(b"x" * 100_000)) == b"x" * 100_000

    assert half_written.exists(), "it may be another process' file on its way"
    os.utime(half_written, (0, 0))
    FolderStore(root, vault)
    assert files_below(root) == [path_of(root, ONE, b"x" * 100_000)]


@pytest.mark.fault
def test_killed_while_forgetting(root: Path, vault: Vault) -> None:
    said = run_and_kill_after(
        1,
        """
        import shutil
        def hang(*args, **kwargs):
            say("renamed")
            time.sleep(60)
        shutil.rmtree = hang
        store = FolderStore(root, Vault())
        store.put(ONE, digest(b"x"), b"x")
        store.forget(ONE)
        """,
        root,
    )
    assert said == ["renamed"]
    assert len(files_below(root)) == 1

    assert not FolderStore(root, vault).exists(ONE, digest(b"x"))
    assert files_below(root) == []


@pytest.mark.fault
@pytest.mark.parametrize("puts", [1, 37, 90])
def test_killed_at_any_moment_what_was_promised_is_there(
    root: Path, vault: Vault, puts: int
) -> None:
    promised = run_and_kill_after(
        puts,
        """
        def work(thread):
            for n in range(100_000):
                data = f"{thread} {n} ".encode() * 2_000
                store.put(ONE, digest(data), data)
                say(digest(data))
        store = FolderStore(root, Vault())
        for thread in range(4):
            threading.Thread(target=work, args=(thread,)).start()
        """,
        root,
    )
    store = FolderStore(root, vault)

    named = [path for path in files_below(root) if path.parent != root / ".tmp"]
    assert len(promised) >= puts
    assert set(promised) <= {path.name for path in named}
    for path in named:
        assert digest(store.open(ONE, path.name)) == path.name


def _can_mount() -> bool:
    command = ["unshare", "--mount", "mount", "-t", "tmpfs", "none", "/mnt"]
    try:
        return subprocess.run(command, check=False, capture_output=True).returncode == 0
    except FileNotFoundError:
        return False


# A small disk of its own where this user may mount one, in a namespace that ends with the child;
# a limit on the size of files everywhere.
SMALL_DISK = {
    "limit": """
        import resource
        resource.setrlimit(resource.RLIMIT_FSIZE, (60_000, 60_000))
        """,
    "disk": """
        import subprocess
        root.mkdir(parents=True)
        subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "none", str(root)], check=True)
        """,
}


@pytest.mark.fault
@pytest.mark.parametrize("way", ["limit", *(["disk"] if _can_mount() else [])])
def test_a_full_disk_is_told_and_leaves_nothing(root: Path, way: str) -> None:
    program = textwrap.dedent(SMALL_DISK[way]) + textwrap.dedent("""
        store = FolderStore(root, Vault())
        small, large = b"s" * 10_000, b"l" * 100_000
        store.put(ONE, digest(small), small)
        for _ in range(5):
            try:
                store.put(ONE, digest(large), large)
            except StoreFull as error:
                assert error.code == "unavailable"
                say(str(error))
            assert not store.exists(ONE, digest(large))
            assert [p.name for p in root.rglob("*") if p.is_file()] == [digest(small)]
        assert store.open(ONE, digest(small)) == small
        store.put(ONE, digest(small[1:]), small[1:])
        """)
    with child(program, root, *(["unshare", "--mount"] if way == "disk" else [])) as process:
        said, _ = process.communicate(timeout=30)

    assert process.returncode == 0
    assert said == f"{StoreFull()}\n" * 5
