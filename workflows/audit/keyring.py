"""The public keys of a log, each endorsed by the one before.

A change of keys is a note that both keys sign: the old one says who follows it, the new one from
which tree it goes on. So whoever trusts any one of the keys can trust them all.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise

from pydantic import BaseModel, ConfigDict

from workflows.audit import findings as f
from workflows.audit.notes import BadNote, Checkpoint, Note, PublicKey

CHANGE_TAG = "doti-key-change-v1"


class KeyEntry(BaseModel):
    """A public key as keys.json and the API write it.

    `change`: the note that both this key and the one before signed; None for the first key.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    key: str
    change: str | None


@dataclass(frozen=True, slots=True)
class ChainedKey:
    """A key that signs from a size of the log on: the trees larger than `after`."""

    key: PublicKey
    after: int
    root: bytes | None
    change: Note | None = None

    def entry(self) -> KeyEntry:
        """As it is written."""
        return KeyEntry(key=str(self.key), change=str(self.change) if self.change else None)


def change_text(old: PublicKey, new: PublicKey, size: int, root: bytes, time: str) -> str:
    """The statement that both keys sign. It can be no checkpoint: its second line is no number."""
    checkpoint = Checkpoint.text(old.name, size, root, time)
    return f"{CHANGE_TAG}\n{old}\n{new}\n{checkpoint}"


class KeyRing:
    """The keys of one log, in their order. `broken`: what is wrong with the chain."""

    def __init__(self, entries: Iterable[KeyEntry]) -> None:
        self.keys: list[ChainedKey] = []
        self.broken: list[f.Finding] = []
        for n, entry in enumerate(entries, 1):
            try:
                self.keys.append(self._chained(entry))
            except BadNote:
                self.broken.append(f.KeyChainBroken(n))
                return  # what follows hangs on nothing

    @property
    def origin(self) -> str:
        """The name of the log."""
        return self.keys[0].key.name if self.keys else ""

    def knows(self, key: PublicKey) -> bool:
        """Whether it is one of them."""
        return any(chained.key == key for chained in self.keys)

    def signer(self, checkpoint: Checkpoint) -> PublicKey | None:
        """The newest of the keys that says to have signed it."""
        for chained in reversed(self.keys):
            if any(line.by(chained.key) for line in checkpoint.note.signatures):
                return chained.key
        return None

    def fault(self, checkpoint: Checkpoint) -> f.Finding | None:
        """Why the checkpoint cannot be believed, None if it can."""
        if checkpoint.origin != self.origin:
            return f.ForeignCheckpoint(checkpoint.size, checkpoint.origin)
        signer = self.signer(checkpoint)
        if signer is None:
            return f.UnknownKey(checkpoint.size)
        if not checkpoint.note.signed_by(signer):
            return f.BadSignature(checkpoint.size)
        for before, following in pairwise(self.keys):
            if before.key == signer and checkpoint.size > following.after:
                return f.RetiredKey(checkpoint.size, following.after)
        for chained in self.keys:
            if chained.after == checkpoint.size and chained.root not in (None, checkpoint.root):
                return f.TwoRoots(checkpoint.size)
        return None

    def _chained(self, entry: KeyEntry) -> ChainedKey:
        key = PublicKey.parse(entry.key)
        if not self.keys:
            if entry.change is not None:
                raise BadNote
            return ChainedKey(key, 0, None)
        before = self.keys[-1]
        note = Note.parse(entry.change or "")
        lines = note.text.split("\n")
        last = Checkpoint.of(Note("\n".join(lines[3:]), ()))
        if note.text != change_text(before.key, key, last.size, last.root, last.time):
            raise BadNote
        if key.name != before.key.name or self.knows(key) or last.size < before.after:
            raise BadNote
        if not (note.signed_by(before.key) and note.signed_by(key)):
            raise BadNote
        return ChainedKey(key, last.size, last.root, note)


def believable(
    ring: KeyRing, notes: Iterable[str], note: Callable[[f.Finding], None]
) -> Iterator[Checkpoint]:
    """Of checkpoints, oldest first, those that are signed and in order.

    `note` is told what is wrong with the others.
    """
    last: Checkpoint | None = None
    for n, text in enumerate(notes, 1):
        try:
            checkpoint = Checkpoint.parse(text)
        except BadNote:
            note(f.BadCheckpoint(n))
            continue
        fault = ring.fault(checkpoint)
        if fault is None and last is not None and checkpoint.size <= last.size:
            twice = checkpoint.size == last.size and checkpoint.root != last.root
            fault = (f.TwoRoots if twice else f.CheckpointOrder)(checkpoint.size)
        if fault is not None:
            note(fault)
            continue
        last = checkpoint
        yield checkpoint
