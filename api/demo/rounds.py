"""The rhythm in which the demonstration's money goes out and the bank's statements come in.

Once a week of five working days: a batch is prepared, a second person authorises it, the bank
carries it out, and its statement is brought in and matched. The last round is still open.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from datetime import date

from api.demo.acts import AnAct, ComesBack, GivesBack, Transfer
from api.demo.working_time import DAY_S, HOUR_S, WorkingTime

ROUND_S = 5 * DAY_S
_BEFORE_THE_END_S = DAY_S * 43 // 10
"""When the last batch that went to the bank was prepared; its statement came in this morning."""
_AUTHORISED_S = 5 * HOUR_S
_BOOKED_S = DAY_S * 3 // 2
_CAME_IN_S = 4 * DAY_S
_MATCHED_S = HOUR_S // 2
_OPEN_BATCH_S = DAY_S // 5
_FIRST_S = 2 * DAY_S
"""Earlier there is nothing to pay, and no account at the bank."""


class Rounds:
    """The rounds of a year, counted from 0; moments in seconds of working time."""

    def __init__(self, axis: WorkingTime) -> None:
        self._axis = axis
        end_s = axis.length_s - _BEFORE_THE_END_S
        self.last = (end_s - _FIRST_S) // ROUND_S
        """The one whose statement nobody has matched yet."""
        self._begin_s = end_s - self.last * ROUND_S
        self._prepared = [self.prepared_s(n) for n in range(self.last + 1)]
        self._told_upto = [self.day(self.came_in_s(n)) for n in range(self.last + 1)]
        self.open_batch_s = axis.length_s - _OPEN_BATCH_S
        """When the batch was prepared that nobody has authorised yet."""

    def day(self, second: int) -> date:
        """The calendar's day."""
        return self._axis.moment(second).date()

    def prepared_s(self, n: int) -> int:
        """The batch is put together."""
        return self._begin_s + n * ROUND_S

    def authorised_s(self, n: int) -> int:
        """A second person lets it go."""
        return self.prepared_s(n) + _AUTHORISED_S

    def booked_on(self, n: int) -> date:
        """The day on which the bank carries it out."""
        return self.day(self.prepared_s(n) + _BOOKED_S)

    def came_in_s(self, n: int) -> int:
        """The statement up to the day before is brought in."""
        return self.prepared_s(n) + _CAME_IN_S

    def matched_s(self, n: int) -> int:
        """All of it is matched; the last one's, and what comes later, not within the year."""
        return self.came_in_s(n) + _MATCHED_S if n < self.last else 2 * self._axis.length_s

    def paying(self, second: int) -> int:
        """The round that pays what is ready then; beyond the last one: none of them yet."""
        return bisect_left(self._prepared, second)

    def telling(self, second: int) -> int:
        """The round whose statement tells what happens on that day; or beyond the last one."""
        return bisect_right(self._told_upto, self.day(second))

    def when(self, acts: Sequence[AnAct], begin_s: int) -> tuple[list[int], int]:
        """When it is the turn of each act, where the first follows on `begin_s`; and when all of
        it is done: what waits for the bank is done when its statement is matched."""
        turns, second = [], begin_s
        for act in acts:
            second += act.after_s
            turns.append(second)
            match act:
                case Transfer():
                    second = self.matched_s(self.paying(second))
                case ComesBack() | GivesBack():
                    second = self.matched_s(self.telling(second))
        return turns, second

    def latest_begin(self, acts: Sequence[AnAct], limit_s: int, *, waits: bool) -> int:
        """The latest moment to begin, so that all is done by the limit; or, where it `waits`, that
        the turn of the last act comes by then."""

        def ends(begin_s: int) -> int:
            turns, done_s = self.when(acts, begin_s)
            return turns[-1] if waits else done_s

        return bisect_right(range(limit_s + 1), limit_s, key=ends) - 1
