"""Days as people write them: a date and nothing else, never a number of seconds."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated
from zoneinfo import ZoneInfo

from pydantic import BeforeValidator, Field
from pydantic_core import PydanticCustomError


def _written_out(value: object) -> object:
    # A bool or a number would be taken for seconds since 1970, and a time for its date.
    if isinstance(value, str):
        if len(value) != len("2026-01-31"):
            raise PydanticCustomError("day", "A day is written as 2026-01-31")
        return value
    if type(value) is date:
        return value
    raise PydanticCustomError("day", "A day is written as 2026-01-31")


Day = Annotated[date, BeforeValidator(_written_out)]
"""Any day."""

MoneyDay = Annotated[Day, Field(ge=date(2000, 1, 1))]
"""A day on which money moved or was asked for: not before the euro's own century."""

Month = Annotated[str, Field(pattern=r"^2\d{3}-(0[1-9]|1[0-2])$")]
"""A month, as 2026-03: months compare as their texts do."""

HERE = ZoneInfo("Europe/Rome")


def day_here(at: datetime) -> date:
    """The day of a moment, as calendars show it here."""
    return at.astimezone(HERE).date()


def beginning_of(day: date) -> datetime:
    """When a day begins here; UTC, as all moments that are kept."""
    return datetime.combine(day, time(), HERE).astimezone(UTC)


def month_of(day: date) -> str:
    """The month of a day."""
    return f"{day.year:04}-{day.month:02}"


def last_day_of(month: str) -> date:
    """The last day of a month."""
    return date.fromisoformat(f"{month_after(month)}-01") - timedelta(days=1)


def month_after(month: str) -> str:
    """The month after a month."""
    year, number = int(month[:4]), int(month[5:])
    return f"{year + number // 12:04}-{number % 12 + 1:02}"
