"""Which open lines the page Riconciliazione shows: as it is asked for in the address, in parts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from urllib.parse import urlencode
from uuid import UUID

from pydantic import TypeAdapter

from api.pages.say import N_
from api.v1 import cursors
from api.v1.reconciling import Asked, Desk, as_shown, older_than
from api.wiring import Services
from domain.proposals import Grade, Proposal
from projections.reconciliation.queries import Place

HERE = "/riconciliazione"
MOST_ROWS = 60
"""So many proposals stand on a page."""
MOST_AT_ONCE = 300
"""So many are confirmed with one press: each is a command of its own."""
ASIDE = "aside"
MATCH = "abbinata"
"""What in the address names the match that was just made or taken back."""
NEXT = "poi"
"""What names the line that comes after the one that is decided on."""
ROW = "riga"
"""What the id of a row begins with, before that of its first line."""
STATES: Mapping[str, str] = {
    Grade.CERTAIN: N_("certain"),
    Grade.PROBABLE: N_("probable"),
    Grade.RETURN: N_("return"),
    Grade.SUSPENSE: N_("in suspense"),
    ASIDE: N_("set aside"),
}
AGES = ("7", "30", "60", "90")
"""For how many days lines are open, at least."""
_PLACE = TypeAdapter(tuple[date, int])


@dataclass(frozen=True, slots=True)
class Filter:
    """What stands in the address. `after`: the cursor of a part; '' for the first one."""

    state: str = ""
    account: str = ""
    days: str = ""
    after: str = ""

    @property
    def address(self) -> str:
        """The page with this filter, and this part of it."""
        chosen = {
            "stato": self.state,
            "conto": self.account,
            "giorni": self.days,
            "dopo": self.after,
        }
        query = urlencode({name: text for name, text in chosen.items() if text})
        return f"{HERE}?{query}" if query else HERE

    @property
    def query(self) -> str:
        """The same as it stands behind another address."""
        return self.address.removeprefix(HERE)

    @property
    def joined(self) -> str:
        """The same with the sign before one more thing."""
        return f"{self.query}&" if self.query else "?"

    def at(self, line_id: str) -> str:
        """The same page at the row of a line; '' for none."""
        return f"{self.address}{_row(line_id)}"

    def told(self, match_id: UUID, line_id: str) -> str:
        """The same page as it tells of a match, at the row of a line."""
        return f"{HERE}{self.joined}{MATCH}={match_id}{_row(line_id)}"

    @property
    def is_chosen(self) -> bool:
        """Whether it leaves lines out."""
        return bool(self.state or self.account or self.days)

    def asked(self, services: Services) -> Asked:
        """What it asks for."""
        return Asked(
            grade=Grade(self.state) if self.state and self.state != ASIDE else None,
            account=self.account or None,
            before=older_than(services, int(self.days or 0)),
            set_aside=True if self.state == ASIDE else None,
        )


@dataclass(frozen=True, slots=True)
class Part:
    """The lines that a page shows: from the `first` proposal to the `last` one of so many. `before`
    and `after`: the addresses of the parts around it. `certain`: what the button that confirms them
    sends, all that was shown of each. `certain_elsewhere`: how many certain lines of the same
    filter stand in the other parts; where there are some, `all_certain` is what a second button
    sends, for the first of all parts together."""

    proposals: Sequence[Proposal]
    first: int
    last: int
    whole: int
    before: str
    after: str
    certain: tuple[str, ...]
    certain_lines: int
    certain_elsewhere: int
    all_certain: tuple[str, ...]
    all_certain_lines: int


def part(found: Desk, chosen: Sequence[Proposal], wanted: Filter) -> Part:
    """What stands at the cursor; the last part where nothing does any more."""
    start = _start(found, chosen, wanted.after)
    shown = chosen[start : start + MOST_ROWS]
    sure, every = _certain(shown), _certain(chosen)
    at_once = every[:MOST_AT_ONCE] if len(every) > len(sure) else []
    return Part(
        proposals=shown,
        first=start + 1 if shown else 0,
        last=start + len(shown),
        whole=len(chosen),
        before=_address(found, chosen, wanted, start - MOST_ROWS) if start else "",
        after=_address(found, chosen, wanted, start + MOST_ROWS)
        if start + MOST_ROWS < len(chosen)
        else "",
        certain=_sent(sure),
        certain_lines=_lines(sure),
        certain_elsewhere=_lines(every) - _lines(sure),
        all_certain=_sent(at_once),
        all_certain_lines=_lines(at_once),
    )


def _row(line_id: str) -> str:
    return f"#{ROW}-{line_id}" if line_id else ""


def _start(found: Desk, chosen: Sequence[Proposal], cursor: str) -> int:
    after: Place | None = cursors.read("proposals", _PLACE, cursor or None)
    if after is None:
        return 0
    start = sum(1 for each in chosen if found.place(each) <= after)
    return start if start < len(chosen) else max(0, len(chosen) - MOST_ROWS)


def _address(found: Desk, chosen: Sequence[Proposal], wanted: Filter, start: int) -> str:
    if start <= 0:
        return replace(wanted, after="").address
    place = found.place(chosen[start - 1])
    return replace(wanted, after=cursors.write("proposals", _PLACE, place) or "").address


def _certain(proposals: Sequence[Proposal]) -> list[Proposal]:
    return [each for each in proposals if each.grade is Grade.CERTAIN]


def _sent(proposals: Sequence[Proposal]) -> tuple[str, ...]:
    return tuple(as_shown(each).model_dump_json() for each in proposals)


def _lines(proposals: Sequence[Proposal]) -> int:
    return sum(len(each.line_ids) for each in proposals)
