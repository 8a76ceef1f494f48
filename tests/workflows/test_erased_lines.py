"""With a household goes what the bank wrote about its payments alone."""

from collections.abc import Iterator
from datetime import date
from uuid import UUID

import pytest

from domain.days import day_here
from domain.events.bank import BankLineImported
from tests.register import TestRegister, fresh_register
from tests.workflows.banking import (
    a_line,
    a_statement,
    approved,
    import_one,
    line_ids,
    matched,
    ordered,
    with_account,
)
from tests.workflows.test_erasure import Clock, adopt, erase
from workflows.audit.findings import NotSigned
from workflows.audit.live import audit


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def register(postgres_url: str, clock: Clock) -> Iterator[TestRegister]:
    with fresh_register(postgres_url, clock) as made:
        made.open_programme()
        made.allocate(1_000_000)
        yield with_account(made)


def imported(register: TestRegister, line_id: UUID) -> BankLineImported:
    first = register.register.history(line_id)[0]
    assert isinstance(first, BankLineImported)
    return first


def written(register: TestRegister, line_id: UUID) -> str | None:
    """What the bank wrote, as far as it can be read."""
    return register.vault.open_field(imported(register, line_id), "details")


def found_by(register: TestRegister, line_id: UUID) -> set[str]:
    """By what the line is found."""
    statement = "SELECT name_token, iban_token FROM bank_lines WHERE id = %s"
    with register.database.transaction() as tx:
        [row] = tx.execute(statement, (line_id,)).fetchall()
    return {name for name, token in row.items() if token is not None}


def test_lines_of_its_payments_alone_go_with_it(register: TestRegister, clock: Clock) -> None:
    doti = [approved(register, cents) for cents in (9_000, 8_000, 700)]
    first, second, third = ordered(register, *doti)
    made = [
        a_line(
            cents, f"riga {cents}", booked_on=day_here(clock()), counterparty_name="Zoe Inventata"
        )
        for cents in (-9_000, -8_700)
    ]
    import_one(register, a_statement(*made, opening=None))
    lines = {imported(register, each).amount_cents: each for each in line_ids(register)}
    alone, shared = lines[-9_000], lines[-8_700]
    matched(register, [alone], [first])
    matched(register, [shared], [second, third])
    for dote_id, cents in zip(doti[:2], (9_000, 8_000), strict=True):
        register.receipt(dote_id, cents)
        register.accept(dote_id)
        register.account_for(dote_id)
    homes = [register.register.dote(dote_id).household_id for dote_id in doti[:2]]
    clock.go_to(date(2028, 6, 1))
    adopt(register, accounting_years=0)
    assert written(register, alone)
    assert "name_token" in found_by(register, alone)

    for household_id in homes:
        erase(register, household_id)
    gone = [register.register.household(each).erased for each in homes]
    assert [each.lines for each in gone if each is not None] == [(alone,), ()]
    assert written(register, alone) is None
    assert not found_by(register, alone)
    # Somebody else was paid by it too.
    assert "Zoe Inventata" in (written(register, shared) or "")
    # The same statement again brings nothing back.
    before = len(line_ids(register))
    import_one(register, a_statement(*made, opening=None), file=2)
    assert len(line_ids(register)) == before
    found = audit(register.database, vault=register.vault).findings
    assert {type(each) for each in found} == {NotSigned}
