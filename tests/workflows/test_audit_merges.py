"""The table of merged households, checked against the events."""

from datetime import timedelta

import psycopg
import pytest

from tests.register import TestRegister
from tests.workflows.merging import merge, unmerge
from workflows.audit import differences as f
from workflows.audit.live import audit
from workflows.audit.merges import check_merges
from workflows.audit.notary import Notary


@pytest.fixture
def merged(programme: TestRegister) -> TestRegister:
    """One merge, and one that was undone, in a log that is signed."""
    homes = [programme.household() for _ in range(4)]
    merge(programme, homes[0], homes[1])
    merge(programme, homes[2], homes[3])
    unmerge(programme, homes[2])
    programme.settle()
    Notary(programme.database, programme.vault).checkpoint(
        programme.engine.clock() + timedelta(seconds=1)
    )
    return programme


def test_rows_that_were_not_touched_agree(merged: TestRegister) -> None:
    assert list(check_merges(merged.database)) == []
    assert audit(merged.database, vault=merged.vault).ok


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ("DELETE FROM merged_households", "counts with itself only, and its events make"),
        ("UPDATE merged_households SET into_id = gen_random_uuid()", "and its events make"),
        (
            "INSERT INTO merged_households VALUES (gen_random_uuid(), gen_random_uuid())",
            "and its events make itself only",
        ),
    ],
)
def test_a_row_that_was_changed_by_hand_is_found(
    merged: TestRegister, change: str, says: str
) -> None:
    with merged.database.transaction() as tx:
        tx.execute(change.encode())
    (found,) = check_merges(merged.database)
    assert isinstance(found, f.MergeDiffers)
    assert says in str(found)
    assert not audit(merged.database).ok


def test_the_role_of_the_api_merges_and_changes_nothing_else(
    merged: TestRegister, postgres_url: str
) -> None:
    app = TestRegister(postgres_url, merged.database.schema, role=merged.database.app_role)
    with app.database:
        one, other = merged.household(), merged.household()
        merge(app, one, other)
        unmerge(app, one)
        with (
            pytest.raises(psycopg.errors.InsufficientPrivilege),
            app.database.transaction() as tx,
        ):
            tx.execute("UPDATE merged_households SET into_id = household_id")
