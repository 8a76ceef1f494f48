"""Dossiers of one log, to be altered."""

from dataclasses import dataclass
from pathlib import Path

SIZE = 700


@dataclass(frozen=True)
class Dossiers:
    """Of one log: in the middle of its life, in the end as a whole, and one dote of it."""

    earlier: Path
    log: Path
    dote: Path
    first_key: str
    last_key: str
