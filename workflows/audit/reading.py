"""Opens a dossier that anybody may have made: every limit is checked before it costs anything."""

import mmap
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from io import BufferedReader, RawIOBase
from pathlib import Path
from types import TracebackType
from typing import IO, BinaryIO, Self, TypeVar, cast

from pydantic import BaseModel, ValidationError

from workflows.audit import findings as f
from workflows.audit.dossier import (
    CHECKPOINTS,
    KEYS,
    LEAVES,
    MANIFEST,
    MEMBERS,
    NOTE_LINE_BYTES_MAX,
    SMALL_BYTES_MAX,
    Keys,
    Manifest,
    What,
)
from workflows.audit.merkle import HASH_BYTES

DIRECTORY_BYTES_MAX = 64 << 10
CHUNK_BYTES = 1 << 20
_DAMAGE = (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, NotImplementedError)

Model = TypeVar("Model", bound=BaseModel)


class Unusable(Exception):
    """Verification cannot go on; the finding says why."""

    def __init__(self, finding: f.Finding) -> None:
        super().__init__(str(finding))
        self.finding = finding


class DossierReader:
    """A dossier, opened. Everything in it may be a lie until it is proved."""

    def __init__(self, path: Path) -> None:
        try:
            self._file = path.open("rb")
        except OSError as error:
            raise Unusable(f.NotADossier(error.strerror or "it cannot be opened")) from None
        try:
            self._open()
        except BaseException:
            self._file.close()
            raise

    def _open(self) -> None:
        try:
            _check_directory(self._file)
            self._archive = zipfile.ZipFile(self._file)
        except _DAMAGE:
            raise Unusable(f.NotADossier("it is not a ZIP file, or its end is missing")) from None
        for info in self._archive.infolist():
            plain = info.compress_type in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
            if info.flag_bits & 1 or not plain:
                raise Unusable(f.NotADossier("it is packed in a way that no dossier is"))
        names = [info.filename for info in self._archive.infolist()]
        if MANIFEST not in names:
            raise Unusable(f.NotADossier(f"it has no {MANIFEST}"))
        self.manifest = self._model(MANIFEST, Manifest)
        self.what = What(self.manifest.what)
        self._check_members(names)
        self.keys = self._model(KEYS, Keys).keys

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._archive.close()
        self._file.close()

    def lines(self, name: str, bytes_max: int) -> Iterator[bytes]:
        """The lines of a member, each with its line break. Raises Unusable."""
        with self._reading(name) as member:
            buffered = BufferedReader(cast("RawIOBase", member), CHUNK_BYTES)
            number = 0
            while line := buffered.readline(bytes_max):
                number += 1
                if len(line) == bytes_max:
                    raise Unusable(f.Damaged(name, f"line {number} is far too long"))
                yield line

    def notes(self) -> Iterator[str]:
        """The text of checkpoints.txt, line by line. Raises Unusable."""
        for line in self.lines(CHECKPOINTS, NOTE_LINE_BYTES_MAX):
            yield line.decode("utf-8", "replace")

    @contextmanager
    def leaves(self) -> Iterator[mmap.mmap | bytes]:
        """The leaf hashes side by side, on disk. Raises Unusable."""
        info = self._archive.getinfo(LEAVES)
        # Hashes do not shrink: what does is no list of hashes but a bomb.
        if info.file_size > info.compress_size * 1.1 + CHUNK_BYTES or info.file_size % HASH_BYTES:
            raise Unusable(f.Damaged(LEAVES, "it does not hold hashes of 32 bytes"))
        with tempfile.TemporaryFile() as copy:
            with self._reading(LEAVES) as member:
                while chunk := member.read(CHUNK_BYTES):
                    copy.write(chunk)
            copy.flush()
            if copy.tell() == 0:
                yield b""  # nothing cannot be mapped
                return
            with mmap.mmap(copy.fileno(), 0, access=mmap.ACCESS_READ) as mapped:
                yield mapped

    def _model(self, name: str, model: type[Model]) -> Model:
        with self._reading(name) as member:
            text = member.read(SMALL_BYTES_MAX + 1)
        if len(text) > SMALL_BYTES_MAX:
            raise Unusable(f.Damaged(name, "it is far too large"))
        try:
            return model.model_validate_json(text)
        except ValidationError as error:
            first = error.errors(include_url=False, include_input=False)[0]
            where = ".".join(map(str, first["loc"])) or "it"
            # The member is named by us, the reason is pydantic's: neither repeats the content.
            raise Unusable(f.Damaged(name, f"{where}: {first['msg']}")) from None

    @contextmanager
    def _reading(self, name: str) -> Iterator[IO[bytes]]:
        try:
            with self._archive.open(name) as member:
                yield member
        except Unusable:
            raise
        except _DAMAGE:
            raise Unusable(f.Damaged(name, "its bytes are not those that were written")) from None

    def _check_members(self, names: list[str]) -> None:
        wanted = MEMBERS[self.what]
        for name in wanted:
            if names.count(name) == 0:
                raise Unusable(f.Damaged(name, "it is missing"))
            if names.count(name) > 1:
                raise Unusable(f.Damaged(name, "it is there twice"))
        for info in self._archive.infolist():
            if info.filename not in wanted:
                name = "".join(c if c.isprintable() else "?" for c in info.filename)[:80]
                raise Unusable(f.Damaged(name, "no dossier has such a part"))


def _check_directory(file: BinaryIO) -> None:
    """Refuses a ZIP whose list of members alone would fill the memory.

    The list is read at once by the library; its length stands in the end record, or in that of
    ZIP64 before it (APPNOTE.TXT, 4.3.14 to 4.3.16).
    """
    size = file.seek(0, 2)
    file.seek(max(0, size - (1 << 16) - 98))
    tail = file.read()
    at = tail.rfind(b"PK\x05\x06")
    if at < 0:
        raise zipfile.BadZipFile
    length = int.from_bytes(tail[at + 12 : at + 16], "little")
    if tail[at - 20 : at - 16] == b"PK\x06\x07":
        length = max(length, int.from_bytes(tail[at - 36 : at - 28], "little"))
    if length > DIRECTORY_BYTES_MAX:
        raise Unusable(f.NotADossier("it has far too many parts"))
