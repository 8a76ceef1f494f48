"""Each step of a life, with what it changed."""

from typing import cast

from domain.events.dote import DoteEvent
from domain.lifecycle import State
from domain.replay import Change, replay
from tests.domain import facts, facts_of_receipts
from tests.domain.examples import sealed
from tests.spec import in_order

LIFE = cast(
    "list[DoteEvent]",
    in_order(
        [
            sealed(event)
            for event in (
                facts.requested(),
                facts.document(),
                facts.assessed(),
                facts.approved(),
                facts.disbursed(),
                facts_of_receipts.submitted(),
                facts_of_receipts.accepted(),
                facts_of_receipts.accounted_for(),
            )
        ]
    ),
)


def test_a_step_tells_what_the_event_changed() -> None:
    steps = list(replay(LIFE))
    assert [type(step.event).__name__ for step in steps] == [type(e).__name__ for e in LIFE]
    assert Change("state", State.REQUESTED, State.ASSESSED) in steps[2].changes
    assert Change("proposed_cents", 0, 30_000) in steps[2].changes
    assert Change("approved_cents", 0, 30_000) in steps[3].changes
    assert Change("disbursements.1", None, "executed") in steps[4].changes
    assert Change("receipts.1", None, "submitted") in steps[5].changes
    assert steps[6].changes == (
        Change("documented_cents", 0, 30_000),
        Change("receipts.1", "submitted", "accepted"),
    )
    assert steps[7].changes == (Change("state", State.DISBURSED, State.ACCOUNTED_FOR),)


def test_the_first_step_tells_what_is_there_and_not_what_is_empty() -> None:
    first = next(iter(replay(LIFE)))
    told = {change.field for change in first.changes}
    assert {"number", "state", "requested_cents", "need"} <= told
    assert not {"approved_cents", "payee", "urgent", "votes"} & told


def test_a_private_value_shows_that_it_is_there_and_never_what_it_says() -> None:
    for step in replay(LIFE):
        for change in step.changes:
            if change.field in {"need", "payee"}:
                assert (change.before, change.after) == (None, "•••")


def test_the_last_step_is_the_dote_as_it_stands() -> None:
    assert [*replay(LIFE)][-1].dote.state is State.ACCOUNTED_FOR
