"""Many people at once on one budget line."""

from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

from domain.errors import BudgetExceeded
from domain.events.programme import BudgetLine
from domain.lifecycle import State
from projections.ledger.queries import Group
from tests.register import LINE, TestRegister
from workflows import programme as moves
from workflows.commands import Line, Transfer

WORKERS = 32
ROOM = 11
CENTS = 10_000


def test_exactly_as_many_are_approved_as_the_line_has_room_for(programme: TestRegister) -> None:
    programme.allocate(ROOM * CENTS)
    doti = [programme.assessed(CENTS) for _ in range(WORKERS)]

    def approve(dote_id: UUID) -> str:
        try:
            programme.approve(dote_id, CENTS)
        except BudgetExceeded:
            return "exceeded"
        return "approved"

    with ThreadPoolExecutor(WORKERS) as pool:
        answers = list(pool.map(approve, doti))

    assert answers.count("approved") == ROOM
    states = [programme.register.dote(dote_id).state for dote_id in doti]
    assert states.count(State.APPROVED) == ROOM
    assert states.count(State.ASSESSED) == WORKERS - ROOM

    end = programme.settle()
    for log_index in range(end + 1):
        seen = programme.ledger(Group.LINE, log_index).total
        assert 0 <= seen.available_cents <= ROOM * CENTS
    last = programme.ledger().total
    assert (last.available_cents, last.committed_cents) == (0, ROOM * CENTS)


def test_each_approval_carries_the_position_that_the_one_before_left(
    programme: TestRegister,
) -> None:
    programme.allocate(WORKERS * CENTS)
    doti = [programme.assessed(CENTS) for _ in range(WORKERS)]
    with ThreadPoolExecutor(WORKERS) as pool:
        list(pool.map(lambda dote_id: programme.approve(dote_id, CENTS), doti))

    programme.settle()
    approvals = [
        e.event for e in programme.log.follow() if type(e.event).__name__ == "DoteApproved"
    ]
    assert len(approvals) == WORKERS
    befores = [event.model_dump()["before"]["available_cents"] for event in approvals]
    afters = [event.model_dump()["after"]["available_cents"] for event in approvals]
    # In the order of the log, each decision follows the one that it was decided on.
    assert befores == [WORKERS * CENTS - n * CENTS for n in range(WORKERS)]
    assert afters == [before - CENTS for before in befores]


def test_transfers_against_each_other_neither_lock_up_nor_lose_a_cent(
    programme: TestRegister,
) -> None:
    other = BudgetLine(partner="SSALV", category="EMERGENZA")
    programme.allocate(100_000, LINE)
    programme.allocate(100_000, other)

    def transfer(n: int) -> None:
        source, target = (LINE, other) if n % 2 else (other, LINE)
        command = Transfer(
            source=Line(**source.model_dump()),
            target=Line(**target.model_dump()),
            amount_cents=100 + n,
            reason="prova",
        )
        programme.run(programme.people.coordinator, lambda work: moves.transfer(work, command))

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(transfer, range(60)))

    programme.settle()
    assert programme.ledger().total.available_cents == 200_000
