"""As of when the ledger is looked at: a day, or a place of the log, as people type them."""

import re
from dataclasses import dataclass
from datetime import date, timedelta

from api.pages import typed
from api.pages.say import N_
from api.v1.ledger import shown_index
from api.v1.waiting import projected
from api.wiring import Services
from domain.days import beginning_of, day_here

NOT_A_MOMENT = N_(
    "This is neither a day nor a position of the register. Write it like 31/12/2026, or like 18442."
)
NOT_YET = N_("This day has not come yet.")
TOO_FAR = N_("The register has no such position yet.")

_POSITION = re.compile(r"\d{1,3}([.,]\d{3}){1,4}|\d{1,15}", re.ASCII)
_TICK = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class When:
    """A moment of the register. `text`: as it stands in the field, empty for now; `day`: on which
    it was, as calendars show it here."""

    text: str
    day: date
    log_index: int
    by_position: bool = False

    @property
    def is_now(self) -> bool:
        """Whether it is the present."""
        return not self.text


@dataclass(frozen=True, slots=True)
class Span:
    """The days that can be looked at: since the register began."""

    first: date
    today: date

    @classmethod
    def of(cls, services: Services) -> "Span":
        """Until today."""
        today = services.engine.today()
        begun = services.log.read(0, 1)
        first = day_here(begun[0].known_at) if begun else today
        return cls(min(first, today), today)

    @property
    def days(self) -> int:
        """How many days after the first one today is."""
        return (self.today - self.first).days

    def nth(self, n: int) -> date:
        """A day by its number from the first one on; what lies beyond is the nearest there is."""
        return self.first + timedelta(days=min(max(n, 0), self.days))

    def place(self, day: date) -> int:
        """The number of a day."""
        return min(max((day - self.first).days, 0), self.days)


def moment(services: Services, span: Span, text: str) -> When:
    """What was typed: nothing (now), a day (its end), or a position. Raises Mistyped."""
    plain = text.strip()
    if not plain:
        return When("", span.today, shown_index(services))
    if _POSITION.fullmatch(plain):
        return _position(services, int(re.sub(r"[.,]", "", plain)))
    try:
        return on(services, span, typed.day(plain))
    except typed.Mistyped as mistake:
        wrong = NOT_A_MOMENT if mistake.sentence == typed.NOT_A_DAY else mistake.sentence
        raise typed.Mistyped(wrong) from None


def on(services: Services, span: Span, day: date) -> When:
    """The end of a day; today's is now. Raises Mistyped."""
    if day > span.today:
        raise typed.Mistyped(NOT_YET)
    if day == span.today:
        return When("", day, shown_index(services))
    return When(f"{day:%d/%m/%Y}", day, index_after(services, day))


def index_after(services: Services, day: date) -> int:
    """The last index of the log on a day or before, once the ledger has come as far."""
    index = services.register.index_at(beginning_of(day + timedelta(days=1)) - _TICK)
    projected(services, index)
    return index


def _position(services: Services, index: int) -> When:
    if index > services.log.end():
        raise typed.Mistyped(TOO_FAR)
    projected(services, index)
    there = services.log.read(max(index - 1, 0), 1)
    known_at = there[0].known_at if there else services.engine.clock()
    return When(str(index), day_here(known_at), index, by_position=True)
