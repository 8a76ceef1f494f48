"""Days as people write them: a date and nothing else, never a number of seconds."""

from datetime import date
from typing import Annotated

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
