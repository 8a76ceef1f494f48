"""A period as people type it: from a day to a day, both included, in the time that clocks show."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from api.languages import Language, translate
from api.pages import typed
from api.pages.say import N_
from domain.days import beginning_of

BACKWARDS = N_("This day is before the first one.")


@dataclass(frozen=True, slots=True)
class Period:
    """`since` and before `until`; None: open. `wrong`: what cannot be read, by field."""

    since: datetime | None
    until: datetime | None
    wrong: Mapping[str, str]

    @classmethod
    def read(cls, texts: Mapping[str, str], language: Language) -> "Period":
        """From the fields `dal` and `al`."""
        days: dict[str, date] = {}
        wrong: dict[str, str] = {}
        for name in ("dal", "al"):
            if texts.get(name, ""):
                try:
                    days[name] = typed.day(texts[name])
                except typed.Mistyped as mistake:
                    wrong[name] = translate(language, mistake.sentence)
        if len(days) == 2 and days["al"] < days["dal"]:
            wrong["al"] = translate(language, BACKWARDS)
        first, last = days.get("dal"), days.get("al")
        return cls(
            since=None if first is None else beginning_of(first),
            until=None if last is None or last == date.max else beginning_of(last + timedelta(1)),
            wrong=wrong,
        )
