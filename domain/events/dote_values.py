"""What events of a dote are made of."""

from datetime import date
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from domain.money import Cents, CentsOrZero

Number = Annotated[int, Field(ge=1)]
Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
MediaType = Annotated[str, Field(max_length=100)]


class LinePosition(BaseModel):
    """What stands on a budget line, in cents."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    available_cents: CentsOrZero
    committed_cents: CentsOrZero
    disbursed_cents: CentsOrZero
    documented_cents: CentsOrZero
    disallowed_cents: CentsOrZero


class Tranche(BaseModel):
    """A part of the approved amount, to be paid from a day on (None: at once)."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    amount_cents: Cents
    due: date | None = None


Tranches = Annotated[tuple[Tranche, ...], Field(max_length=24)]
