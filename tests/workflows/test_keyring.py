"""Keys are reached one at a time, through functions; who was erased gets none again."""

from collections.abc import Iterator
from uuid import UUID, uuid4

import psycopg
import pytest

from domain.errors import HouseholdIsErased
from domain.privacy import notes_of
from tests.register import TestRegister
from tests.workflows.tables import tamper
from workflows import assessment
from workflows.commands import Assess
from workflows.eventstore.masters import MasterUnknown
from workflows.eventstore.vault import CannotOpen, Vault

TABLES = ("subject_keys", "signing_keys", "index_key", "master", "erased_subjects")
KEY = b"k" * 32


@pytest.fixture
def as_app(programme: TestRegister, postgres_url: str) -> Iterator[TestRegister]:
    """The same register through the API's role."""
    database = programme.database
    app = TestRegister(postgres_url, database.schema, role=database.app_role)
    app.people = programme.people
    with app.database:
        yield app


def run(register: TestRegister, statement: str) -> list[dict[str, object]]:
    with register.database.transaction() as tx:
        return tx.execute(statement.encode()).fetchall()


def has_key(register: TestRegister, subject_id: UUID) -> bool:
    found = f"SELECT FROM subject_keys WHERE subject_id = '{subject_id}'"
    return bool(run(register, found))


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize(
    "statement",
    ["SELECT * FROM {}", "INSERT INTO {} DEFAULT VALUES", "DELETE FROM {}", "TRUNCATE {}"],
)
def test_the_api_has_no_right_on_any_table(
    as_app: TestRegister, table: str, statement: str
) -> None:
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        run(as_app, statement.format(table))


def test_these_are_all_tables(programme: TestRegister) -> None:
    found = run(
        programme,
        "SELECT table_name FROM information_schema.tables"
        f" WHERE table_schema = '{programme.database.keys_schema}'",
    )
    assert {row["table_name"] for row in found} == {*TABLES, "migrations"}


def test_the_api_works_by_functions(as_app: TestRegister, programme: TestRegister) -> None:
    subject = uuid4()
    with as_app.database.transaction():
        as_app.vault.begin(subject)
    sealed = as_app.vault.seal_bytes(subject, b"text", b"place")
    assert programme.vault.open_bytes(subject, sealed, b"place") == b"text"
    assert not as_app.vault.ensure(subject)
    with pytest.raises(FileExistsError):
        as_app.vault.begin(subject)
    assert as_app.vault.erase(subject)
    assert as_app.vault.is_erased(subject)
    assert as_app.vault.open_bytes(subject, sealed, b"place") is None
    assert not as_app.vault.erase(subject)


def test_it_calls_only_what_it_needs(programme: TestRegister) -> None:
    """No function gives more than one key, and nobody else may call any."""
    app, keys = programme.database.app_role, programme.database.keys_schema
    rows = run(
        programme,
        "SELECT p.proname AS name, p.prosecdef AS definer, p.proconfig AS config,"
        f" pg_get_userbyid(p.proowner) AS owner, has_function_privilege('{app}', p.oid, 'EXECUTE')"
        " AS allowed, p.proacl::text LIKE '%{=%' OR p.proacl IS NULL AS public FROM pg_proc p"
        f" WHERE pronamespace = '{keys}'::regnamespace",
    )
    assert {row["name"] for row in rows if row["allowed"]} == {
        *("take_key", "put_key", "erase_key", "is_erased"),
        *("take_index_key", "put_index_key", "masters_in_use", "came_back"),
    }
    assert {row["owner"] for row in rows} == {f"{programme.database.schema}_keyring"}
    for row in rows:
        assert row["definer"]
        assert not row["public"]
        assert row["config"] == [f"search_path={keys}, pg_temp"]


def test_a_table_of_the_caller_is_not_taken_for_ours(as_app: TestRegister) -> None:
    subject = uuid4()
    as_app.vault.ensure(subject)
    with as_app.database.transaction() as tx:
        tx.execute(b"CREATE TEMP TABLE erased_subjects (subject_id uuid)")
        tx.execute(b"INSERT INTO erased_subjects VALUES (%s)", (subject,))
        assert not as_app.vault.is_erased(subject)


def test_who_was_erased_gets_no_key_again(as_app: TestRegister, programme: TestRegister) -> None:
    subject, never = uuid4(), uuid4()
    as_app.vault.ensure(subject)
    for gone in (subject, never):
        as_app.vault.erase(gone)
        with pytest.raises(HouseholdIsErased):
            as_app.vault.ensure(gone)
        with pytest.raises(HouseholdIsErased):
            as_app.vault.seal_bytes(gone, b"x", b"y")
        assert not has_key(programme, gone)


def test_a_key_from_an_old_backup_of_somebody_erased_is_of_no_use(as_app: TestRegister) -> None:
    subject = uuid4()
    as_app.vault.ensure(subject)
    sealed = as_app.vault.seal_bytes(subject, b"text", b"place")
    as_app.vault.erase(subject)
    wrapped = as_app.vault.wrap(KEY, subject.bytes).hex()
    tamper(as_app, f"INSERT INTO subject_keys VALUES ('{subject}', '\\x{wrapped}')")
    assert as_app.vault.open_bytes(subject, sealed, b"place") is None


def test_an_erasure_waits_for_who_is_putting_the_key(
    programme: TestRegister, postgres_url: str
) -> None:
    subject = uuid4()
    with programme.database.transaction():
        programme.vault.ensure(subject)
        with psycopg.connect(postgres_url, autocommit=True) as other:
            other.execute("SET lock_timeout = '50ms'")
            erasing = f"SELECT {programme.database.keys_schema}.erase_key('{subject}')"
            with pytest.raises(psycopg.errors.LockNotAvailable):
                other.execute(erasing.encode())
    assert programme.vault.erase(subject)


# The key of notes


def test_an_old_household_gets_the_key_of_its_notes_with_the_first_one(
    as_app: TestRegister, programme: TestRegister
) -> None:
    household = as_app.household()
    dote_id = as_app.request(household, 10_000)
    notes = notes_of(household)
    tamper(programme, f"DELETE FROM subject_keys WHERE subject_id = '{notes}'")
    command = Assess(outcome="favourable", note="una nota")
    as_app.run(as_app.people.assessor, lambda work: assessment.assess(work, dote_id, command))
    assert has_key(programme, notes)
    assessed = as_app.register.history(dote_id)[-1]
    assert as_app.vault.open_field(assessed, "note") == "una nota"


def test_a_refused_command_leaves_no_key(as_app: TestRegister, programme: TestRegister) -> None:
    household = as_app.household()
    dote_id = as_app.request(household, 10_000)
    notes = notes_of(household)
    tamper(programme, f"DELETE FROM subject_keys WHERE subject_id = '{notes}'")

    def breaks(work: object) -> object:
        assessment.assess(work, dote_id, Assess(outcome="favourable", note="x"))  # type: ignore[arg-type]
        raise HouseholdIsErased

    with pytest.raises(HouseholdIsErased):
        as_app.run(as_app.people.assessor, breaks)  # type: ignore[arg-type]
    assert not has_key(programme, notes)


def test_nothing_is_written_about_who_was_erased(
    as_app: TestRegister, programme: TestRegister
) -> None:
    household = as_app.household()
    dote_id = as_app.request(household, 10_000)
    notes = notes_of(household)
    tamper(programme, f"DELETE FROM subject_keys WHERE subject_id = '{notes}'")
    as_app.vault.erase(household)
    command = Assess(outcome="favourable", note="una nota")
    with pytest.raises(HouseholdIsErased):
        as_app.run(as_app.people.assessor, lambda work: assessment.assess(work, dote_id, command))
    assert as_app.register.dote(dote_id).version == 1
    assert not has_key(programme, notes)


def test_a_household_that_comes_back_has_another_key_for_its_notes(
    as_app: TestRegister, programme: TestRegister
) -> None:
    household = as_app.household()
    dote_id = as_app.request(household, 10_000)
    as_app.vault.erase(notes_of(household))
    command = Assess(outcome="favourable", note="una nota")
    as_app.run(as_app.people.assessor, lambda work: assessment.assess(work, dote_id, command))
    requested, assessed = as_app.register.history(dote_id)
    assert as_app.vault.open_field(requested, "need") is None
    assert as_app.vault.open_field(assessed, "note") == "una nota"
    assert not has_key(programme, notes_of(household))
    assert has_key(programme, notes_of(household, 1))


def test_a_lost_key_is_not_made_anew(as_app: TestRegister, programme: TestRegister) -> None:
    """It may come back from a backup: what was sealed under another one then would be lost."""
    household = as_app.household()
    tamper(programme, "DELETE FROM subject_keys")
    with pytest.raises(CannotOpen, match="restore a backup"):
        as_app.request(household, 10_000)


def test_what_is_sealed_under_which_key(as_app: TestRegister) -> None:
    as_app.allocate(50_000)
    dote = as_app.walk_spine()
    sealed = {
        (type(event).__name__, name): getattr(event, name).subject_id
        for event in as_app.register.history(dote.id)
        for name in event.secret_fields
        if getattr(event, name) is not None
    }
    assert sealed.pop(("DoteRequested", "need")) == notes_of(dote.household_id)
    assert set(sealed.values()) == {dote.household_id}
    assert ("ReceiptSubmitted", "details") in sealed


# Master keys have names


def test_a_key_tells_which_master_wrapped_it(programme: TestRegister) -> None:
    subject = uuid4()
    programme.vault.ensure(subject)
    (row,) = run(programme, f"SELECT wrapped FROM subject_keys WHERE subject_id = '{subject}'")
    (master,) = run(programme, "SELECT name FROM master")
    assert bytes(row["wrapped"])[:8] == master["name"]  # type: ignore[call-overload]
    stranger = Vault(programme.database, b"x" * 32)
    with pytest.raises(MasterUnknown, match="which is not here"):
        stranger.ensure(uuid4())
    with pytest.raises(MasterUnknown):
        stranger.seal_bytes(subject, b"", b"")


def test_a_key_from_before_masters_had_names(programme: TestRegister) -> None:
    subject = uuid4()
    wrapped = programme.vault.wrap(KEY, subject.bytes)[8:].hex()
    tamper(programme, f"INSERT INTO subject_keys VALUES ('{subject}', '\\x{wrapped}')")
    sealed = programme.vault.seal_bytes(subject, b"text", b"place")
    assert programme.vault.open_bytes(subject, sealed, b"place") == b"text"
    with pytest.raises(CannotOpen):
        Vault(programme.database, b"x" * 32).seal_bytes(subject, b"text", b"place")
