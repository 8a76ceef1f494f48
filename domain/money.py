"""Money is integer cents of the programme's one currency; never float, never Decimal."""

from typing import Annotated

from pydantic import Field

MAX_CENTS = 10**12
"""Ten thousand million euro: far above any programme, far below PostgreSQL's bigint."""

Cents = Annotated[int, Field(strict=True, gt=0, le=MAX_CENTS)]
"""An amount that moves: at least one cent."""

SignedCents = Annotated[int, Field(strict=True, ge=-MAX_CENTS, le=MAX_CENTS)]
"""What a bank's line or balance says: money in is above zero, money out below."""

CentsOrZero = Annotated[int, Field(strict=True, ge=0, le=MAX_CENTS)]
"""An amount that stands: a balance, a total."""
