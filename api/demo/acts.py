"""What can happen to a dote of the demonstration, one after the other."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from domain.dote_parts import File
from workflows.engine import Outcome, Work
from workflows.files import Upload

Do = Callable[[Work, UUID], Outcome]
DoWithFile = Callable[[Work, UUID, File], Outcome]
MakePaper = Callable[[date], Upload]


@dataclass(frozen=True, slots=True)
class Paid:
    """A payment of a dote: its `n`-th in a batch, or by hand its disbursement `by_hand`."""

    cents: int
    n: int = 0
    by_hand: int | None = None

    @property
    def mark(self) -> str:
        """What its id is called after the dote's number."""
        return f"-{self.n}" if self.by_hand is None else f"/{self.by_hand}"


@dataclass(frozen=True, slots=True)
class Act:
    """`by` does something `after_s` seconds of working time after the act before."""

    by: str
    after_s: int
    do: Do


@dataclass(frozen=True, slots=True)
class ActWithFile:
    """The same with a paper, which is made for the day of the act."""

    by: str
    after_s: int
    do: DoWithFile
    paper: MakePaper


@dataclass(frozen=True, slots=True)
class ByHand:
    """Finance pays at once; the bank tells it later. `alone`: by a line of its own."""

    after_s: int
    do: Do
    paid: Paid
    alone: bool


@dataclass(frozen=True, slots=True)
class Transfer:
    """It waits for the next batch; it is paid when the bank has told so."""

    after_s: int
    paid: Paid


@dataclass(frozen=True, slots=True)
class ComesBack:
    """The bank sends a payment back, with a code and a word why."""

    after_s: int
    paid: Paid
    code: str
    why: str


@dataclass(frozen=True, slots=True)
class GivesBack:
    """Who was paid transfers something back."""

    after_s: int
    paid: Paid
    cents: int
    why: str


AnAct = Act | ActWithFile | ByHand | Transfer | ComesBack | GivesBack
