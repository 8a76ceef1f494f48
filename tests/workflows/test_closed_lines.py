"""What the bank did in a month that is closed: the books tell it in the one that is open."""

from datetime import UTC, date, datetime

import pytest

from domain.errors import MonthClosed
from domain.events.dote import DisbursementReturned, DoteDisbursed
from domain.lifecycle import State
from tests.register import fresh_register
from tests.workflows.banking import (
    a_line,
    a_statement,
    approved,
    import_one,
    line_ids,
    matched,
    ordered,
    undone,
    with_account,
)
from tests.workflows.office import Clock
from tests.workflows.test_periods import close
from workflows import disbursement
from workflows.commands import Disburse
from workflows.eventstore.database import Database
from workflows.eventstore.sequencer import Sequencer

PAID_ON, CAME_BACK_ON, OPEN = date(2026, 3, 20), date(2026, 3, 28), date(2026, 4, 1)


def test_a_match_of_a_closed_month_is_undone_and_made_again_in_the_open_one(
    postgres_url: str,
) -> None:
    clock = Clock()
    with fresh_register(postgres_url, clock) as register:
        register.open_programme()
        register.allocate(100_000)
        with_account(register)
        [target] = ordered(register, approved(register, 10_000))
        clock.now = datetime(2026, 3, 31, tzinfo=UTC)
        days = ((-10_000, PAID_ON), (10_000, CAME_BACK_ON))
        made = (a_line(cents, f"riga {cents}", booked_on=day) for cents, day in days)
        import_one(register, a_statement(*made, opening=None))
        out, back = line_ids(register)
        match = matched(register, [out], [target])
        clock.now = datetime(2026, 4, 10, tzinfo=UTC)
        with Database(register.database.url, register.database.schema, pool_size=2) as keeper:
            close(register, Sequencer(keeper), "2026-03")
        undone(register, match.stream_id)
        matched(register, [out], [target])
        matched(register, [back], [target], kind="return")
        paid, returned = register.register.history(target.dote_id)[-2:]
        assert isinstance(paid, DoteDisbursed)
        assert isinstance(returned, DisbursementReturned)
        assert (paid.value_date, paid.proof, returned.value_date) == (OPEN, out, OPEN)
        assert register.register.dote(target.dote_id).state is State.APPROVED
        assert register.register.bank_line(out).booked_on == PAID_ON
        # What a person dates by hand is still refused there.
        by_hand = Disburse(amount_cents=10_000, value_date=PAID_ON, method="bank_transfer")
        with pytest.raises(MonthClosed):
            register.run(
                register.people.finance,
                lambda work: disbursement.disburse(work, target.dote_id, by_hand),
            )
