"""The rules of a programme as data: versioned, adopted as an event, named by every decision."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from domain.money import Cents


class Policy(BaseModel):
    """One version of the rules.

    `single_approver_cents`: up to this amount one approver decides; above it two different
    people do.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    version: Annotated[int, Field(ge=1)]
    single_approver_cents: Cents

    def approvers_needed(self, amount_cents: int) -> int:
        """How many different people have to approve a dote of this amount."""
        return 1 if amount_cents <= self.single_approver_cents else 2
