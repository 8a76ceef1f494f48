"""Verifies a dossier: no database, no network, nothing but the file and, better, a known key.

First the leaves against the signed checkpoints, then every line against its leaf; of one dote
every line against its inclusion proof.
"""

import mmap
from collections import deque
from collections.abc import Callable, Iterable
from io import StringIO
from itertools import zip_longest
from pathlib import Path

from pydantic import ValidationError

from workflows.audit import findings as f
from workflows.audit import merkle
from workflows.audit.canonical import BadLine, Line, read_line
from workflows.audit.compare import DIFFERENCES_MAX, Comparison, TooManyDifferences
from workflows.audit.dossier import (
    LINE_BYTES_MAX,
    LOG,
    NOTE_LINE_BYTES_MAX,
    PROOFS,
    SMALL_BYTES_MAX,
    ProofLine,
    What,
)
from workflows.audit.findings import Finding
from workflows.audit.keyring import KeyRing, believable
from workflows.audit.merkle import HASH_BYTES
from workflows.audit.notes import BadNote, Checkpoint, PublicKey, separate
from workflows.audit.reading import DossierReader, Unusable
from workflows.audit.result import Result

PROGRESS_EVENTS = 10_000
BEGINNING = "1970-01-01T00:00:00.000000Z"
"""What the time of logging begins with."""

Progress = Callable[[int, int], None]
"""Is told how many events are done, and how many there are."""


def verify(
    path: Path,
    trusted_key: str | None = None,
    against: Path | None = None,
    progress: Progress | None = None,
) -> Result:
    """What is wrong with a dossier. Never raises for what is in the file.

    `trusted_key`: a public key of the log that is known from elsewhere. `against`: a checkpoint
    that was kept earlier, or a dossier that holds one: this log must go on from it.
    """
    examination = _Examination(progress or (lambda _done, _all: None))
    try:
        with DossierReader(path) as reader:
            examination.examine(reader, trusted_key, against)
    except Unusable as unusable:
        examination.findings.append(unusable.finding)
    return examination.result()


def read_checkpoint(path: Path) -> Checkpoint:
    """The newest checkpoint of a dossier, or the last one of a text file; not verified.

    Raises Unusable.
    """
    try:
        with path.open("rb") as file:
            text = file.read(SMALL_BYTES_MAX)
    except OSError as error:
        raise Unusable(f.NotComparable(error.strerror or "it cannot be opened")) from None
    try:
        if text.startswith(b"PK"):
            with DossierReader(path) as reader:
                return Checkpoint.parse(_last(reader.notes()))
        return Checkpoint.parse(_last(StringIO(text.decode("utf-8", "replace"), newline="\n")))
    except BadNote:
        raise Unusable(f.NotComparable("it is no checkpoint")) from None


def _last(lines: Iterable[str]) -> str:
    last = deque(separate(lines), maxlen=1)
    return last[0] if last else ""


class _Examination:
    """One dossier under examination."""

    def __init__(self, progress: Progress) -> None:
        self.findings: list[Finding] = []
        self._progress = progress
        self._ring = KeyRing([])
        self._what = ""
        self._newest: Checkpoint | None = None
        self._good = 0
        self._checkpoints = 0
        self._events = 0
        self._trusted = False

    def examine(self, reader: DossierReader, trusted_key: str | None, against: Path | None) -> None:
        self._what = reader.what
        self._ring = KeyRing(reader.keys)
        self.findings += self._ring.broken
        self._check_trust(trusted_key)
        if reader.what is What.LOG:
            with reader.leaves() as leaves:
                self._check_tree(reader, leaves)
                self._check_log(reader, leaves)
                if against is not None:
                    self._check_against(against, leaves)
        else:
            self._check_tree(reader, None)
            self._check_dote(reader)
            if against is not None:
                self._check_against(against, None)
        if not self.findings:
            self._check_manifest(reader)

    def result(self) -> Result:
        newest = self._newest
        signer = self._ring.signer(newest) if newest else None
        return Result(
            what=self._what,
            origin=self._ring.origin,
            size=newest.size if newest else 0,
            events=self._events,
            checkpoints=self._checkpoints,
            signed_at=newest.time if newest else None,
            root=newest.root.hex() if newest else None,
            key=str(signer) if signer else None,
            trusted=self._trusted and signer is not None,
            findings=tuple(self.findings),
        )

    # Keys and checkpoints

    def _check_trust(self, trusted_key: str | None) -> None:
        if trusted_key is None:
            return
        try:
            self._trusted = self._ring.knows(PublicKey.parse(trusted_key))
        except BadNote:
            self.findings.append(f.BadTrustedKey())
        else:
            if not self._trusted:
                self.findings.append(f.KeyNotTrusted())

    def _check_tree(self, reader: DossierReader, leaves: mmap.mmap | bytes | None) -> None:
        """Every checkpoint by its signature, and the leaves by every checkpoint's root."""
        frontier = merkle.Frontier()
        count = 0 if leaves is None else len(leaves) // HASH_BYTES
        bad = False
        for checkpoint in believable(self._ring, separate(reader.notes()), self._note):
            self._newest = checkpoint
            self._checkpoints += 1
            if leaves is None or bad or checkpoint.size > count:
                continue
            for at in range(frontier.size * HASH_BYTES, checkpoint.size * HASH_BYTES, HASH_BYTES):
                frontier.append(leaves[at : at + HASH_BYTES])
            if frontier.root() == checkpoint.root:
                self._good = checkpoint.size
            else:
                bad = True
                self.findings.append(f.LeavesChanged(self._good + 1, checkpoint.size))
        if self._newest is None:
            self.findings.append(f.NotSigned())
        elif count > self._newest.size:
            self.findings.append(f.Unsigned(self._newest.size + 1, count))

    def _note(self, finding: Finding) -> None:
        """Notes a finding of which a hostile file may have any number."""
        if len(self.findings) >= DIFFERENCES_MAX:
            raise Unusable(f.TooMany(DIFFERENCES_MAX))
        self.findings.append(finding)

    # The whole log

    def _check_log(self, reader: DossierReader, leaves: mmap.mmap | bytes) -> None:
        comparison = Comparison(leaves)
        count = len(leaves) // HASH_BYTES
        known_at, sure = BEGINNING, True
        try:
            for number, raw in enumerate(reader.lines(LOG, LINE_BYTES_MAX), 1):
                self._events = number
                line = self._read(number, raw, What.LOG)
                if line is None:
                    comparison.add(number, None, b"")
                    sure = False
                    continue
                event = comparison.add(number, line.log_index, line.leaf)
                known = line.known_at or ""
                if event is None:
                    sure = False
                elif known != max(known_at, line.at) and (sure or known < line.at):
                    self._note(f.KnownAtChanged(event))
                    known_at = max(known_at, line.at)
                else:
                    known_at, sure = known, True
                if number % PROGRESS_EVENTS == 0:
                    self._progress(number, count)
        except TooManyDifferences:
            pass  # finish() tells
        found, end = comparison.finish()
        self.findings += found
        self._progress(self._events, count)
        signed = max(count, self._newest.size if self._newest else 0)
        if end < signed:
            self.findings.append(f.Cut(end, signed, min(self._good, end)))

    def _read(self, number: int, raw: bytes, what: What) -> Line | None:
        try:
            line = read_line(raw)
        except BadLine:
            line = None
        if line is None or (line.known_at is None) is (what is What.LOG):
            self._note(f.UnreadableLine(LOG, number))
            return None
        return line

    # One dote

    def _check_dote(self, reader: DossierReader) -> None:
        lines = reader.lines(LOG, LINE_BYTES_MAX)
        proofs = reader.lines(PROOFS, NOTE_LINE_BYTES_MAX)
        version, log_index = 0, 0
        for number, (raw, proof) in enumerate(zip_longest(lines, proofs), 1):
            if raw is None:
                self._note(f.UnreadableLine(PROOFS, number))
                continue
            self._events = number
            line = self._read(number, raw, What.DOTE)
            if line is None:
                version += 1
                continue
            if not self._proved(line, proof):
                self._note(f.WrongProof(line.log_index))
            follows = line.version == version + 1 and line.log_index > log_index
            if not follows or line.stream != reader.manifest.dote:
                self._note(f.WrongStream(line.log_index))
            version, log_index = line.version, line.log_index
        self._progress(self._events, self._events)

    def _proved(self, line: Line, text: bytes | None) -> bool:
        newest = self._newest
        if newest is None:
            return False
        try:
            proof = ProofLine.model_validate_json(text or b"")
        except ValidationError:
            return False
        if proof.model_dump_json().encode() + b"\n" != text:
            return False
        path = [bytes.fromhex(node) for node in proof.path]
        return (proof.log_index, proof.size) == (
            line.log_index,
            newest.size,
        ) and merkle.verify_inclusion(line.leaf, line.log_index - 1, newest.size, path, newest.root)

    # What the file says, and what was kept of it

    def _check_manifest(self, reader: DossierReader) -> None:
        said = reader.manifest
        size = self._newest.size if self._newest else 0
        for name, claim, found in (
            ("origin", said.origin, self._ring.origin),
            ("size", said.size, size),
            ("events", said.events, self._events),
        ):
            if claim != found:
                self.findings.append(f.WrongManifest(name, claim, found))

    def _check_against(self, path: Path, leaves: mmap.mmap | bytes | None) -> None:
        try:
            earlier = read_checkpoint(path)
        except Unusable as unusable:
            self.findings.append(f.NotComparable(str(unusable).rstrip(".")))
            return
        size = self._newest.size if self._newest else 0
        fault = self._ring.fault(earlier)
        if earlier.origin == self._ring.origin and earlier.size > size:
            self.findings.append(f.OlderCopy(size, earlier.size, earlier.time))
        elif fault is not None:
            self.findings.append(f.NotComparable(str(fault).rstrip(".")))
        elif leaves is None and earlier.size < size:
            reason = "a dossier of one dote has no earlier events, take one of the whole log"
            self.findings.append(f.NotComparable(reason))
        elif self._root_at(earlier.size, leaves) != earlier.root:
            self.findings.append(f.HistoryRewritten(earlier.size, earlier.time))

    def _root_at(self, size: int, leaves: mmap.mmap | bytes | None) -> bytes | None:
        if leaves is None:
            return self._newest.root if self._newest else None
        ends = range(0, min(size * HASH_BYTES, len(leaves)), HASH_BYTES)
        return merkle.root(leaves[at : at + HASH_BYTES] for at in ends)
