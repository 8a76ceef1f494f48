"""How long what is kept of persons is kept."""

from datetime import date, timedelta
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

LEAST_NOTICE_DAYS = 7
"""What will be erased stands in the list for so long at least, whatever else is adopted."""


class Retention(BaseModel):
    """How long a network keeps what it knows of persons; data that it adopts.

    `accounting_years`: papers of money, from the end of the year of the last movement (ten in
    Italy: art. 2220 of the civil code). `notes_months`: social notes, from the last thing that
    happened with the household. `notice_days`: so long before it happens, what will be erased
    stands in a list. `small_cell`: statistics leave out what is of fewer households.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    accounting_years: Annotated[int, Field(ge=0, le=100)] = 10
    notes_months: Annotated[int, Field(ge=0, le=1200)] = 24
    notice_days: Annotated[int, Field(ge=LEAST_NOTICE_DAYS, le=366)] = 30
    small_cell: Annotated[int, Field(ge=1, le=100)] = 5

    def accounting_until(self, last_moved: date) -> date:
        """The last day that papers of money are kept, which moved last on a day."""
        return date(min(last_moved.year + self.accounting_years, date.max.year), 12, 31)

    def papers_since(self, today: date) -> date:
        """The first day of which papers of money are still kept; what is older has had its time."""
        return date(max(today.year - self.accounting_years, date.min.year), 1, 1)

    def was_told(self, adopted_on: date | None, today: date) -> bool:
        """Whether these times have stood as long as people are to be told beforehand."""
        return adopted_on is None or adopted_on + timedelta(days=self.notice_days) <= today

    def notes_until(self, last_seen: date) -> date:
        """The last day that social notes are kept of a household last seen on a day."""
        months = last_seen.year * 12 + last_seen.month - 1 + self.notes_months
        year, month = divmod(months, 12)
        if year > date.max.year:
            return date.max
        return min(date(year, month + 1, 1).replace(day=min(last_seen.day, 28)), date.max)
