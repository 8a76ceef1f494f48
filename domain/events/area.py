"""Areas of a paper's pages that are blacked out."""

from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

MOST_PAGES = 20
"""So many pages of a paper are drawn."""
MOST_AREAS = 200
WHOLE = 100
"""Areas are measured in hundredths of the page, from its upper left corner."""

Hundredths = Annotated[int, Field(ge=0, le=WHOLE)]


class Area(BaseModel):
    """A rectangle of a page that is blacked out."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    page: Annotated[int, Field(ge=1, le=MOST_PAGES)]
    left: Hundredths
    top: Hundredths
    right: Hundredths
    bottom: Hundredths

    @model_validator(mode="after")
    def _has_inside(self) -> Self:
        if self.left >= self.right or self.top >= self.bottom:
            raise PydanticCustomError("no_area", "An area begins before it ends")
        return self
