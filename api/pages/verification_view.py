"""A verification in words: what was read, what it was compared with, what was found and where."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from api.languages import Language, translate
from workflows.audit.findings import Finding, code_of
from workflows.audit.verifications import Outcome, Verification

SHORT = 4
"""So many signs of a root at either end."""


@dataclass(frozen=True, slots=True)
class Found:
    """Something that is not as it was. `place`: in the log, if it has one."""

    sentence: str
    place: int | None


@dataclass(frozen=True, slots=True)
class Shown:
    """A verification for one reader. `unsigned`: events that came after the last checkpoint."""

    run: Verification
    by: str | None
    events: int
    unsigned: int
    seconds: float
    root: str | None
    signed_at: datetime | None
    key_n: int | None
    found: tuple[Found, ...]

    @property
    def part(self) -> int:
        """How much of it is done, of a hundred."""
        return self.run.done_events * 100 // max(self.run.all_events, 1)

    @property
    def open(self) -> bool:
        """Whether it waits or is under way."""
        return self.run.outcome is None

    @property
    def intact(self) -> bool:
        """Whether it ended and nothing was found."""
        return self.run.outcome is Outcome.INTACT

    @property
    def broken_off(self) -> bool:
        """Whether the process that was at it went away."""
        return self.run.outcome is Outcome.BROKEN_OFF


def shown(run: Verification, language: Language, by: str | None = None) -> Shown:
    """A verification in words."""
    result = run.result or {}
    events, size, signed = result.get("events", 0), result.get("size", 0), result.get("signed_at")
    return Shown(
        run=run,
        by=by,
        events=events,
        unsigned=max(events - size, 0),
        seconds=(run.took_ms or 0) / 1000,
        root=_short(result.get("root")),
        signed_at=datetime.fromisoformat(signed) if signed else None,
        key_n=result.get("key_n"),
        found=tuple(_found(each, language) for each in result.get("findings", ())),
    )


def known() -> dict[str, type[Finding]]:
    """Every way not to be as it was, by its code."""
    return {code_of(kind): kind for kind in _kinds(Finding)}


def _kinds(kind: type[Finding]) -> Iterator[type[Finding]]:
    for each in kind.__subclasses__():
        yield each
        yield from _kinds(each)


def _found(kept: dict[str, object], language: Language) -> Found:
    kind = known()[str(kept["code"])]
    facts, place = kept["facts"], kept["log_index"]
    sentence = translate(language, kind.sentence())
    return Found(
        sentence.format(**facts) if isinstance(facts, dict) else sentence,
        place if isinstance(place, int) else None,
    )


def _short(root: str | None) -> str | None:
    return None if root is None else f"{root[:SHORT]}…{root[-SHORT:]}"
