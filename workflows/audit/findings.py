"""What a verification can find. The docstring is the sentence that the auditor reads.

The sentence, with its places still open, is the key of its translation; `facts` fill the places.
"""

import inspect
import re
from dataclasses import dataclass, fields


class Finding:
    """Something is not as it was."""

    @property
    def code(self) -> str:
        """A word for programs: the class's name, as in `key_chain_broken`."""
        return code_of(type(self))

    @property
    def facts(self) -> dict[str, object]:
        """The data of the finding: its dataclass fields."""
        return {f.name: getattr(self, f.name) for f in fields(self)}  # type: ignore[arg-type]

    @property
    def log_index(self) -> int | None:
        """The first place of the log that it is about, where there is one."""
        place = self.facts.get("event", self.facts.get("first"))
        return place if isinstance(place, int) else None

    @classmethod
    def sentence(cls) -> str:
        """The sentence with its places open."""
        return " ".join(inspect.cleandoc(cls.__doc__ or "").split())

    def __str__(self) -> str:
        return self.sentence().format(**self.facts)

    def to_json(self) -> dict[str, object]:
        """As the command line and the API write it."""
        return {
            "code": self.code,
            "log_index": self.log_index,
            "facts": self.facts,
            "sentence": str(self),
        }


def code_of(kind: type[Finding]) -> str:
    """The code of a kind of findings."""
    return re.sub(r"(?<!^)(?=[A-Z])", "_", kind.__name__).lower()


# The events


@dataclass(frozen=True)
class Edited(Finding):
    """Event {event} was edited: its content is not what was logged."""

    event: int


@dataclass(frozen=True)
class Removed(Finding):
    """Events {first} to {last} were removed."""

    first: int
    last: int


@dataclass(frozen=True)
class Inserted(Finding):
    """Line {line} was inserted, after event {after}: the log never had it there."""

    line: int
    after: int


@dataclass(frozen=True)
class Moved(Finding):
    """Event {event} was moved: it was found at place {place}."""

    event: int
    place: int


@dataclass(frozen=True)
class Renumbered(Finding):
    """From line {line} on, {count} events carry numbers that are off by {offset}; the first of
    them is event {event}."""

    event: int
    line: int
    count: int
    offset: int


@dataclass(frozen=True)
class Cut(Finding):
    """The log was cut: it ends with event {end}, but {signed} events were signed. Nothing is
    missing up to event {verified}."""

    end: int
    signed: int
    verified: int

    @property
    def log_index(self) -> int:
        """The first event that is missing at the end."""
        return self.end + 1


@dataclass(frozen=True)
class LeavesChanged(Finding):
    """The log was rewritten somewhere from event {first} to event {last}: what was signed there is
    something else."""

    first: int
    last: int


@dataclass(frozen=True)
class Unsigned(Finding):
    """Events {first} to {last} were added after the last signed checkpoint: nothing proves them."""

    first: int
    last: int


@dataclass(frozen=True)
class KnownAtChanged(Finding):
    """Event {event} has a wrong time of logging (known_at)."""

    event: int


@dataclass(frozen=True)
class WrongProof(Finding):
    """Event {event} was edited, or its proof was: they do not lead to the signed root."""

    event: int


@dataclass(frozen=True)
class WrongStream(Finding):
    """Event {event} is not the next one of its dote: an event is missing, added or out of order."""

    event: int


# Keys and checkpoints


@dataclass(frozen=True)
class NotSigned(Finding):
    """No checkpoint with a valid signature was found: nothing is proved."""


@dataclass(frozen=True)
class BadCheckpoint(Finding):
    """Checkpoint {n} cannot be read: it was altered."""

    n: int


@dataclass(frozen=True)
class BadSignature(Finding):
    """The signature of the checkpoint at event {event} is wrong: it was altered or forged."""

    event: int


@dataclass(frozen=True)
class UnknownKey(Finding):
    """The checkpoint at event {event} is not signed by a key of this log."""

    event: int


@dataclass(frozen=True)
class RetiredKey(Finding):
    """The checkpoint at event {event} is signed with a key that was retired at event {retired}."""

    event: int
    retired: int


@dataclass(frozen=True)
class ForeignCheckpoint(Finding):
    """The checkpoint at event {event} is of another log: {origin}."""

    event: int
    origin: str


@dataclass(frozen=True)
class TwoRoots(Finding):
    """Two different logs of {event} events were signed: history was rewritten."""

    event: int


@dataclass(frozen=True)
class CheckpointOrder(Finding):
    """The checkpoint at event {event} does not stand in its order: checkpoints were swapped or
    repeated."""

    event: int


@dataclass(frozen=True)
class KeyChainBroken(Finding):
    """Key {n} is not endorsed by the key before it: it was altered or exchanged."""

    n: int


@dataclass(frozen=True)
class KeyNotTrusted(Finding):
    """The log is not signed by the key that you trust, nor by one that follows from it."""


@dataclass(frozen=True)
class BadTrustedKey(Finding):
    """The key that you trust cannot be read: give the whole line that begins with the name of
    the log."""


# The earlier checkpoint


@dataclass(frozen=True)
class OlderCopy(Finding):
    """This is an older copy: it ends with event {end}, but the log already had {earlier} events
    on {time}."""

    end: int
    earlier: int
    time: str

    @property
    def log_index(self) -> int:
        """The first event that this copy does not have."""
        return self.end + 1


@dataclass(frozen=True)
class HistoryRewritten(Finding):
    """History was rewritten: the first {event} events are not those that were signed on {time}."""

    event: int
    time: str


@dataclass(frozen=True)
class NotComparable(Finding):
    """The earlier checkpoint cannot be compared: {reason}."""

    reason: str


# The file


@dataclass(frozen=True)
class NotADossier(Finding):
    """This is no dossier that can be read: {reason}."""

    reason: str


@dataclass(frozen=True)
class Damaged(Finding):
    """{member} is damaged: {reason}."""

    member: str
    reason: str


@dataclass(frozen=True)
class UnreadableLine(Finding):
    """Line {line} of {member} is not written as a dossier writes it."""

    member: str
    line: int


@dataclass(frozen=True)
class WrongManifest(Finding):
    """The manifest says {name} is {said}, but it is {found}."""

    name: str
    said: object
    found: object


@dataclass(frozen=True)
class TooMany(Finding):
    """There is more: only the first {limit} differences are named."""

    limit: int


# The live database


@dataclass(frozen=True)
class EntryChanged(Finding):
    """The log's entry of event {event} was altered; the event itself is what was signed."""

    event: int


@dataclass(frozen=True)
class NotLogged(Finding):
    """Version {version} of stream {stream} was put into the database behind the log's back."""

    stream: str
    version: int


@dataclass(frozen=True)
class StreamBroken(Finding):
    """Event {event} is version {version} of stream {stream}, which does not follow on the version
    before it."""

    event: int
    stream: str
    version: int


@dataclass(frozen=True)
class WrongNode(Finding):
    """The stored tree is not that of the log, from event {first} to event {last}."""

    first: int
    last: int


@dataclass(frozen=True)
class WrongEnd(Finding):
    """The log ends with event {found}, but its sequencer stands at event {said}."""

    found: int
    said: int
