"""The hours in which the desks work, as one axis of seconds without nights and holidays."""

from bisect import bisect_right
from datetime import UTC, date, datetime, time, timedelta

HOUR_S = 3600
DAY_S = 8 * HOUR_S
"""A working day, in seconds of the axis."""

_SHIFTS = ((9, 13), (14, 18))
_HOLIDAYS = {(1, 1), (1, 6), (4, 25), (5, 1), (6, 2), (6, 24), (8, 15), (11, 1), (12, 8), (12, 25)}
_HOLIDAYS |= {(12, 24), (12, 26), (12, 31)}


class WorkingTime:
    """The working hours in Italy between two moments; second 0 is the first of them."""

    def __init__(self, since: datetime, until: datetime) -> None:
        self._starts: list[int] = []
        self._moments: list[datetime] = []
        self.length_s = 0
        day = since.date()
        while day <= until.date():
            if is_working_day(day):
                for first_h, last_h in _SHIFTS:
                    self._add(_utc(day, first_h), _utc(day, last_h), since, until)
            day += timedelta(days=1)

    def _add(self, begin: datetime, end: datetime, since: datetime, until: datetime) -> None:
        begin, end = max(begin, since), min(end, until)
        if begin < end:
            self._starts.append(self.length_s)
            self._moments.append(begin)
            self.length_s += int((end - begin).total_seconds())

    def moment(self, second: int) -> datetime:
        """The moment, in UTC, at a second of the axis."""
        shift = max(bisect_right(self._starts, second) - 1, 0)
        return self._moments[shift] + timedelta(seconds=second - self._starts[shift])


def is_working_day(day: date) -> bool:
    """Whether desks are open: no weekends, national holidays, or Turin's patron."""
    easter_monday = _easter(day.year) + timedelta(days=1)
    return day.weekday() < 5 and (day.month, day.day) not in _HOLIDAYS and day != easter_monday


def _utc(day: date, hour: int) -> datetime:
    # The clocks change on Sunday nights, so a day has one offset; computed here because not
    # every system has a database of time zones.
    summer = _last_sunday(day.year, 3) <= day < _last_sunday(day.year, 10)
    return datetime.combine(day, time(hour), UTC) - timedelta(hours=2 if summer else 1)


def _last_sunday(year: int, month: int) -> date:
    last = date(year, month, 31)
    return last - timedelta(days=(last.weekday() + 1) % 7)


def _easter(year: int) -> date:
    """Western Easter, by the Meeus/Jones/Butcher rule."""
    a, (b, c) = year % 19, divmod(year, 100)
    d, e = divmod(b, 4)
    g = (8 * b + 13) // 25
    h = (19 * a + b - d - g + 15) % 30
    i, k = divmod(c, 4)
    correction = (32 + 2 * e + 2 * i - h - k) % 7
    m = (a + 11 * h + 22 * correction) // 451
    month, day = divmod(h + correction - 7 * m + 114, 31)
    return date(year, month, day + 1)
