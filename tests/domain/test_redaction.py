"""What is blacked out on a receipt's paper: decided on the receipt, one after the other."""

import pytest
from pydantic import ValidationError

from domain import dote_history, redaction
from domain.dote import Dote
from domain.errors import FewerAreas, NoSuchPage, NotFound, NothingMarked
from domain.events.area import Area
from domain.events.dote import DoteEvent
from domain.redaction import Made, redaction_id
from tests.domain.facts import approved, assessed, disbursed, requested
from tests.domain.facts_around import paper_redacted
from tests.domain.facts_of_receipts import accepted, disallowed, submitted
from tests.spec import DOTE, FINANCE, START, stamp

AREA = Area(page=2, left=0, top=10, right=100, bottom=11)
MADE = Made("b2" * 32, 40_000, 2)


def dote(*then: DoteEvent) -> Dote:
    found = dote_history.project(
        None, [requested(), assessed(), approved(), disbursed(), submitted(), *then]
    )
    assert found is not None
    return found


@pytest.mark.parametrize("then", [(), (accepted(),)])
def test_a_paper_is_made_fit_before_and_after_its_receipt_is_accepted(
    then: tuple[DoteEvent, ...],
) -> None:
    known = dote(*then)
    event = redaction.redact(stamp(FINANCE, START), known, 1, None, MADE, [AREA] * 3)
    assert (event.originator_id, event.originator_version) == (redaction_id(DOTE, 1), 1)
    assert event.original_sha256 == known.receipts[0].sha256
    assert (event.sha256, event.pages, event.areas) == ("b2" * 32, 2, 3)
    assert event.marked == (AREA,) * 3
    before = paper_redacted(version=4)
    again = redaction.redact(stamp(FINANCE, START), known, 1, before, MADE, [AREA] * 2)
    assert again.originator_version == 5


@pytest.mark.parametrize("areas", [[], [AREA]])
def test_what_was_black_is_seen_only_where_somebody_says_so(areas: list[Area]) -> None:
    known, before = dote(), paper_redacted(areas=2)
    with pytest.raises(FewerAreas) as refused:
        redaction.redact(stamp(FINANCE, START), known, 1, before, MADE, areas)
    assert (refused.value.before, refused.value.now) == (2, len(areas))
    event = redaction.redact(stamp(FINANCE, START), known, 1, before, MADE, areas, fewer=True)
    assert (event.areas, event.marked) == (len(areas), tuple(areas))


def test_what_is_not_admitted_is_handed_to_nobody() -> None:
    with pytest.raises(NotFound):
        redaction.receipt(dote(disallowed()), 1)
    with pytest.raises(NotFound):
        redaction.receipt(dote(), 2)


def test_nothing_is_marked_only_where_somebody_says_that_nothing_is_there() -> None:
    with pytest.raises(NothingMarked):
        redaction.check((), 1, nothing_personal=False)
    redaction.check((), 1, nothing_personal=True)
    redaction.check((AREA,), 2, nothing_personal=False)
    with pytest.raises(NoSuchPage) as refused:
        redaction.check((AREA,), 1, nothing_personal=True)
    assert (refused.value.page, refused.value.pages) == (2, 1)


@pytest.mark.parametrize(
    "wrong",
    [{"right": 0}, {"bottom": 10}, {"left": -1}, {"right": 101}, {"page": 0}, {"page": 21}],
)
def test_an_area_has_an_inside_and_lies_on_its_page(wrong: dict[str, int]) -> None:
    with pytest.raises(ValidationError):
        Area(**{**AREA.model_dump(), **wrong})


def test_each_receipt_has_its_own() -> None:
    assert (
        len({redaction_id(DOTE, 1), redaction_id(DOTE, 2), redaction_id(FINANCE.account_id, 1)})
        == 3
    )
