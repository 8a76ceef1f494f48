"""What stood at any place of the log is the same wherever balances were kept on the way."""

from collections import defaultdict

import pytest

from projections.ledger import projection
from projections.ledger.queries import Group, ledger
from projections.rebuild import rebuild
from tests.register import LINE, TestRegister

Stood = dict[tuple[str, str, str], int]


def _added_up(register: TestRegister) -> list[Stood]:
    """The balances after each event, added up from the postings one by one."""
    with register.database.transaction() as tx:
        rows = tx.execute("SELECT * FROM ledger_entries ORDER BY log_index, nth").fetchall()
    stood: Stood = defaultdict(int)
    after: list[Stood] = []
    for log_index in range(register.log.end() + 1):
        for row in rows:
            if row["log_index"] == log_index:
                stood[row["partner"], row["category"], row["account"]] += row["cents"]
        after.append(dict(stood))
    return after


@pytest.mark.parametrize("every", [1, 3, 7, 5_000])
def test_any_place_of_the_log_is_read_to_the_cent(
    programme: TestRegister, monkeypatch: pytest.MonkeyPatch, every: int
) -> None:
    monkeypatch.setattr(projection, "MARK_EVERY", every)
    programme.allocate(90_000)
    programme.walk_spine(10_000)
    programme.walk_spine(7_000)
    programme.settle()
    rebuild(programme.database, "ledger", lambda *_: None)
    expected = _added_up(programme)
    assert len(expected) > 15
    for log_index, stood in enumerate(expected):
        with programme.database.transaction() as tx:
            whole = ledger(tx, Group.LINE, log_index)
            line = ledger(tx, Group.LINE, log_index, None, LINE.partner, LINE.category)
        assert -whole.funded_cents == stood.get(("", "", "funding"), 0)
        assert whole.unallocated_cents == stood.get(("", "", "unallocated"), 0)
        for total in (whole.total, line.total):
            for account in ("available", "committed", "disbursed", "documented"):
                key = (LINE.partner, LINE.category, account)
                assert getattr(total, f"{account}_cents") == stood.get(key, 0)
    with programme.database.transaction() as tx:
        (kept,) = tx.execute("SELECT count(DISTINCT log_index) FROM ledger_marks").fetchall()
    assert (kept["count"] > 0) == (every < len(expected))
