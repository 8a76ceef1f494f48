"""The tables that decisions on money are made on, checked against the events."""

import pytest

from tests.register import TestRegister
from workflows.audit import differences as f
from workflows.audit.live import audit
from workflows.audit.money import check_money
from workflows.audit.notary import Notary


@pytest.fixture
def busy(programme: TestRegister) -> TestRegister:
    """A register with money in every account."""
    programme.allocate(1_000_000)
    programme.walk_spine(10_000)
    programme.approve(programme.assessed(5_000), 5_000)
    paid = programme.assessed(7_000)
    programme.approve(paid, 7_000)
    programme.disburse(paid, 3_000)
    programme.settle()
    Notary(programme.database, programme.vault).checkpoint(programme.engine.clock())
    return programme


def change(register: TestRegister, statement: str) -> None:
    with register.database.transaction() as tx:
        tx.execute(statement.encode())


def test_what_was_not_touched_agrees(busy: TestRegister) -> None:
    assert list(check_money(busy.database)) == []
    assert audit(busy.database).ok


def test_a_richer_line_is_found(busy: TestRegister) -> None:
    change(busy, "UPDATE budget_lines SET available_cents = available_cents + 5000000")
    (found,) = check_money(busy.database)
    assert isinstance(found, f.PositionDiffers)
    assert (found.where, found.account) == ("ROCCA EMERGENZA", "available")
    assert found.said - found.made == 5_000_000
    assert not audit(busy.database).ok


def test_a_line_that_no_event_made_is_found(busy: TestRegister) -> None:
    change(busy, "INSERT INTO budget_lines VALUES ('NEW', 'LINE', 1, 0, 0, 0, 0)")
    (found,) = check_money(busy.database)
    assert str(found).endswith("says 1 cents available for NEW LINE, and the events make 0.")


def test_more_funds_are_found(busy: TestRegister) -> None:
    change(busy, "UPDATE funds SET unallocated_cents = unallocated_cents + 1")
    (found,) = check_money(busy.database)
    assert isinstance(found, f.PositionDiffers)
    assert (found.where, found.account) == ("programme", "unallocated")


def test_a_lowered_grant_is_found(busy: TestRegister) -> None:
    change(busy, "UPDATE exposure SET cents = 0 WHERE cents = 10000")
    (found,) = check_money(busy.database)
    assert isinstance(found, f.GrantDiffers)
    assert (found.said, found.made) == (0, 10_000)


def test_a_ledger_below_zero_stops_the_projection(busy: TestRegister) -> None:
    """Whatever let it happen, nobody is shown a number that cannot be."""
    change(busy, "UPDATE budget_lines SET available_cents = available_cents + 5000000")
    busy.approve(busy.assessed(14_000), 14_000)
    dote_id = busy.assessed(4_000_000)
    busy.approve(dote_id, 4_000_000)
    busy.approve(dote_id, 4_000_000, busy.people.approver2)
    while busy.sequencer.number_batch():
        pass
    with pytest.raises(Exception, match="Overspent: ROCCA EMERGENZA available would stand at -"):
        busy.runner.catch_up()
