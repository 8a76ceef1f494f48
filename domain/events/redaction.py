"""Events of a paper that is made fit to be handed to others."""

from typing import Annotated, Any, ClassVar
from uuid import UUID

from pydantic import Field

from domain.events.area import MOST_AREAS, Area
from domain.events.base import Event
from domain.events.dote_values import Number, Sha256


class PaperRedacted(Event):
    """Somebody of finance blacked out on a receipt's paper who the household is, or saw that
    nothing of it stands there (`areas` is 0).

    `original_sha256`: of the paper as it was handed in; `sha256`, `size_bytes`: of its pages drawn
    anew, without the areas, which is all that others are given. `marked`: where the areas are;
    of what was made in the first times only how many there are is known.
    """

    class_version: ClassVar[int] = 2

    dote_id: UUID
    n: Number
    original_sha256: Sha256
    sha256: Sha256
    size_bytes: Number
    pages: Number
    areas: Annotated[int, Field(ge=0)]
    marked: Annotated[tuple[Area, ...], Field(max_length=MOST_AREAS)] | None

    @staticmethod
    def upcast_v1_v2(state: dict[str, Any]) -> None:
        """Areas were only counted once."""
        state["marked"] = None


RedactionEvent = PaperRedacted
