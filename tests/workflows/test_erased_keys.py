"""Who was erased is told by the log too: an older copy of all keys brings nobody back."""

from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from domain.actors import Role, Signature
from domain.events.bank import LineErased
from domain.events.base import Event, Stamp
from domain.events.household import HouseholdErased, SocialNotesErased
from domain.events.payee import PayeeErased
from domain.privacy import notes_of
from tests.register import TestRegister
from tests.workflows.tables import tamper
from workflows.audit.differences import KeyOfErased
from workflows.audit.live import audit
from workflows.keys.backup import backup, restore
from workflows.keys.erased import come_back, sweep

NOW = datetime(2026, 3, 2, tzinfo=UTC)
BY = Signature(account_id=UUID(int=1), role=Role.SYSTEM)


def stamp() -> Stamp:
    return Stamp(NOW, BY, "test", uuid4())


def erased(household: UUID, payee: UUID) -> Event:
    told = {"because": "request", "asked_by": None, "payees": (payee,), "lines": (), "files": 0}
    return HouseholdErased.stamped(stamp(), household, 2, **told)


def notes_erased(household: UUID, _: UUID) -> Event:
    return SocialNotesErased.stamped(stamp(), household, 2)


def payee_erased(_: UUID, payee: UUID) -> Event:
    return PayeeErased.stamped(stamp(), payee, 1)


def line_erased(_: UUID, line: UUID) -> Event:
    return LineErased.stamped(stamp(), line, 2)


@pytest.mark.parametrize(
    ("tell", "who"),
    [
        (line_erased, "payee"),
        (erased, "household notes payee"),
        (notes_erased, "notes"),
        (payee_erased, "payee"),
    ],
)
def test_keys_of_who_the_log_says_was_erased(
    programme: TestRegister, tell: object, who: str, tmp_path: Path
) -> None:
    assert callable(tell)
    household, payee, bystander = programme.household(), uuid4(), programme.household()
    programme.vault.ensure(payee)
    subjects = {"household": household, "notes": notes_of(household), "payee": payee}
    gone = {subjects[name] for name in who.split()}
    file = tmp_path / "keys"
    backup(programme.database, programme.vault, file, NOW)
    programme.register.append([tell(household, payee)], command=None)
    # The keys are those of an older copy: nothing in their schema tells of the erasure.
    assert set(come_back(programme.database)) == gone
    found = audit(programme.database, vault=programme.vault).findings
    assert {f.subject for f in found if isinstance(f, KeyOfErased)} == set(map(str, gone))
    assert sweep(programme.database, programme.vault) == len(gone)
    assert come_back(programme.database) == []
    assert programme.vault.is_erased(next(iter(gone)))
    assert not programme.vault.is_erased(bystander)
    # Nor does a backup bring them back, where even the table of the erased is lost.
    tamper(programme, "DELETE FROM erased_subjects", "DELETE FROM subject_keys")
    done = restore(programme.database, programme.vault, file)
    assert done.erased == len(gone)
    assert come_back(programme.database) == []
    for subject in {*subjects.values(), bystander, notes_of(bystander)}:
        key_is_there = not programme.vault.ensure(subject) if subject not in gone else False
        assert key_is_there is (subject not in gone)


def test_a_backup_names_who_was_erased_by_then(programme: TestRegister, tmp_path: Path) -> None:
    subject, file = uuid4(), tmp_path / "keys"
    programme.vault.ensure(subject)
    programme.vault.erase(subject)
    assert backup(programme.database, programme.vault, file, NOW).erased == 1
    tamper(programme, "DELETE FROM erased_subjects")
    restore(programme.database, programme.vault, file)
    assert programme.vault.is_erased(subject)
