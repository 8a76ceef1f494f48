"""What of a receipt's paper others may see: areas that are blacked out, by somebody of finance."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Self
from uuid import NAMESPACE_URL, UUID, uuid5

from pydantic import BaseModel, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from domain.dote import Dote
from domain.dote_parts import Receipt
from domain.errors import NoSuchPage, NotFound, NothingMarked
from domain.events.base import Stamp
from domain.events.redaction import PaperRedacted

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


@dataclass(frozen=True, slots=True)
class Made:
    """The pages of a paper, drawn anew without what is blacked out."""

    sha256: str
    size_bytes: int
    pages: int


def redaction_id(dote_id: UUID, n: int) -> UUID:
    """The stream of what was blacked out on a receipt."""
    return uuid5(NAMESPACE_URL, f"doti:redaction:{dote_id}:{n}")


def receipt(dote: Dote, n: int) -> Receipt:
    """A receipt whose paper others may be given. Raises NotFound."""
    found = next((known for known in dote.receipts if known.n == n), None)
    if found is None or found.state == "disallowed":
        raise NotFound
    return found


def check(areas: Sequence[Area], pages: int, *, nothing_personal: bool) -> None:
    """Refuses areas on pages that are not there, and none where nobody said that none is needed."""
    if not areas and not nothing_personal:
        raise NothingMarked("areas")
    for area in areas:
        if area.page > pages:
            raise NoSuchPage("areas", area.page, pages)


def redact(
    stamp: Stamp, dote: Dote, n: int, before: PaperRedacted | None, made: Made, areas: int
) -> PaperRedacted:
    """The paper of a receipt is fit for others; takes the place of what was blacked out before."""
    return PaperRedacted.stamped(
        stamp,
        redaction_id(dote.id, n),
        1 if before is None else before.originator_version + 1,
        dote_id=dote.id,
        n=n,
        original_sha256=receipt(dote, n).sha256,
        sha256=made.sha256,
        size_bytes=made.size_bytes,
        pages=made.pages,
        areas=areas,
    )
