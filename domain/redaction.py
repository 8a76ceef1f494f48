"""What of a receipt's paper others may see: areas that are blacked out, by somebody of finance."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import NAMESPACE_URL, UUID, uuid5

from domain.dote import Dote
from domain.dote_parts import Receipt
from domain.errors import FewerAreas, NoSuchPage, NotFound, NothingMarked
from domain.events.area import Area
from domain.events.base import Stamp
from domain.events.redaction import PaperRedacted


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
    stamp: Stamp,
    dote: Dote,
    n: int,
    before: PaperRedacted | None,
    made: Made,
    areas: Sequence[Area],
    *,
    fewer: bool = False,
) -> PaperRedacted:
    """The paper of a receipt is fit for others; takes the place of what was blacked out before.

    Fewer areas than before are refused unless somebody says so: what was black would be seen.
    """
    if before is not None and len(areas) < before.areas and not fewer:
        raise FewerAreas("fewer", before.areas, len(areas))
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
        areas=len(areas),
        marked=tuple(areas),
    )
