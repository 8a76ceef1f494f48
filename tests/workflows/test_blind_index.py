"""Who is found again by a token: the same person however spelt, nobody else, without a trace."""

import base64
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from eventsourcing.persistence import RecordConflictError
from pydantic import SecretStr

from api.security.master_key import MasterKeyMissing, MasterKeyWrong, open_vault
from api.settings import Settings
from domain.events.base import Event
from domain.household import IdType, Member
from tests.api.cli import doti, environment
from tests.register import TestRegister
from workflows import approval, households
from workflows.commands import Approve, Payee, RegisterHousehold
from workflows.engine import Decide, Outcome, Work
from workflows.eventstore import identities
from workflows.eventstore.blind_index import BlindIndex, Token
from workflows.eventstore.identities import PayeeTokens
from workflows.eventstore.masters import MasterUnknown
from workflows.eventstore.vault import Vault
from workflows.reindexing import reindex

IBAN = "IT60X0542811101000000123456"
PAYEE = Payee(name="Immobiliare Inventata S.r.l.", iban=IBAN)
TAX_CODE = "RSSMRA85T10A562S"
BORN = date(1988, 4, 2)


@pytest.fixture
def index(register: TestRegister) -> BlindIndex:
    return BlindIndex(register.database, register.vault)


ADA = Member(given_name="Adalberta", family_name="D'Inventata", born=BORN)


def ada(**other: object) -> Member:
    """The same person, but for what is said."""
    return Member.model_validate({**ADA.model_dump(), **other})


def of(index: BlindIndex, member: Member, kind: str) -> set[Token]:
    return {token for token in index.of_household([member])[0] if token[0] == kind}


@pytest.mark.parametrize(
    ("given", "family"),
    [
        ("ADALBERTA", "d'inventata"),
        ("  Adalberta ", "D’Inventata"),
        ("Adalberta", "Dinventata"),
        ("Adalberta", "D  Inventata"),
        ("Àdalbèrta", "D'Inventàta"),
        ("A\u0300dalberta", "D'Inventata"),
        ("D'Inventata", "Adalberta"),
        ("Ａdalberta", "D'Inventata"),
    ],
)
def test_a_person_however_spelt(index: BlindIndex, given: str, family: str) -> None:
    spelt = ada(given_name=given, family_name=family)
    assert of(index, spelt, "person") == of(index, ada(), "person")


def test_letters_that_keyboards_lack(index: BlindIndex) -> None:
    for theirs, ours in (
        ("Łukasz", "Lukasz"),
        ("Đặng", "Dang"),
        ("Işıl", "Isil"),
        ("Ștefan", "STEFAN"),
    ):
        spelt = ada(given_name=theirs)
        assert of(index, spelt, "person") == of(index, ada(given_name=ours), "person")


@pytest.mark.parametrize(
    "other",
    [
        {"given_name": "Idalberta"},
        {"family_name": "Inventata"},
        {"born": date(1988, 2, 4)},
        {"given_name": "Adal", "family_name": "Berta D'Inventata"},
    ],
    ids=str,
)
def test_somebody_else(index: BlindIndex, other: dict[str, Any]) -> None:
    assert of(index, ada(**other), "person").isdisjoint(of(index, ada(), "person"))


def test_identifiers(index: BlindIndex) -> None:
    def found(value: str | None, kind: IdType = IdType.CF) -> set[Token]:
        return of(index, ada(id_type=kind, id_value=value), "identifier")

    assert found("RSSMRA85T10A562S") == found(" rssmra 85t10 a562s")
    assert found("RSSMRA85T10A562S") != found("RSSMRA85T10A562T")
    assert len(found("X")) == 1
    assert found(None) == found("X", IdType.NONE) == set()


def test_who_has_no_birthday_is_no_person_yet(index: BlindIndex) -> None:
    assert of(index, ada(born=None), "person") == set()
    assert of(index, ada(born=None), "word") == {
        index.word(word) for word in ("ADALBERTA", "d", "Inventàta")
    }


def test_payees(index: BlindIndex) -> None:
    def found(name: str, iban: str | None = None) -> frozenset[Token]:
        return index.of_payee({"name": name, "iban": iban})

    assert found("Immobiliare Dora S.r.l.") == found("IMMOBILIARE  DORA SRL")
    assert found("A", IBAN) == found("a", "it60 x054 2811 1010 0000 0123 456")
    assert found("A", IBAN) & found("B", IBAN)
    assert index.of_payee({"household": True}) == index.of_payee({}) == frozenset()


def test_a_value_is_another_token_in_another_kind(index: BlindIndex) -> None:
    (word,) = [index.word("ada")]
    (name,) = index.of_payee({"name": "ada"})
    assert word[1] != name[1]
    assert len(word[1]) == 16


def test_another_register_has_other_tokens(register: TestRegister, index: BlindIndex) -> None:
    before = index.word("ada")
    with register.database.transaction() as tx:
        tx.execute("DELETE FROM index_key")
    assert BlindIndex(register.database, register.vault).word("ada") != before


def test_the_key_is_made_once(register: TestRegister) -> None:
    def word(_: int) -> Token:
        return BlindIndex(register.database, register.vault).word("ada")

    with ThreadPoolExecutor(16) as pool:
        assert len(set(pool.map(word, range(32)))) == 1


def test_a_key_that_was_rolled_back_is_forgotten(register: TestRegister, index: BlindIndex) -> None:
    before: list[Token] = []

    def break_off() -> None:
        with register.database.transaction():
            before.append(index.word("ada"))
            raise RuntimeError("broken off")

    with pytest.raises(RuntimeError, match="broken off"):
        break_off()
    assert index.word("ada") not in before
    assert BlindIndex(register.database, register.vault).word("ada") == index.word("ada")


def test_a_wrong_master_key(register: TestRegister, index: BlindIndex, tmp_path: Path) -> None:
    index.begin()
    other = BlindIndex(register.database, Vault(register.database, b"x" * 32))
    with pytest.raises(MasterUnknown):
        other.word("ada")
    schema, wrong = register.database.schema, base64.b64encode(b"x" * 32).decode()
    given = Settings(home=tmp_path, db_schema=schema, master_key=SecretStr(wrong))
    with pytest.raises(MasterKeyWrong, match="not the one of this register"):
        open_vault(given, register.database)
    with pytest.raises(MasterKeyMissing):
        open_vault(Settings(home=tmp_path, db_schema=schema), register.database)
    assert not list(tmp_path.iterdir())


# Written with the event


def rows(register: TestRegister) -> tuple[list[Any], list[Any]]:
    """All of both tables."""
    with register.database.transaction() as tx:
        tables = [
            tx.execute(f"SELECT * FROM {name} ORDER BY 1, 2, 3, {columns}".encode()).fetchall()
            for name, columns in (("identities", 4), ("payee_identities", 3))
        ]
    return tables[0], tables[1]


def register_household(work: Work) -> Outcome:
    members = (ada(), ada(given_name="Beatrusca", id_type=IdType.CF, id_value=TAX_CODE))
    return households.register_household(work, RegisterHousehold(members=members))


def vote(dote_id: UUID, payee: Payee | None = PAYEE) -> Decide:
    command = Approve(amount_cents=20_000, payee=payee)
    return lambda work: approval.approve(work, dote_id, command)


def test_a_household_is_found_by_its_members(programme: TestRegister) -> None:
    programme.run(programme.people.operator, register_household)
    found, _ = rows(programme)
    kinds = [(row["member"], row["kind"]) for row in found]
    words = [(0, "word")] * 3
    more = [(1, "identifier"), (1, "person"), *[(1, "word")] * 3]
    assert sorted(kinds) == sorted([(0, "person"), *words, *more])


def test_a_payee_is_found_whoever_voted(programme: TestRegister) -> None:
    programme.allocate(50_000)
    dote_id = programme.assessed(20_000)
    programme.run(programme.people.approver, vote(dote_id))
    _, after_one = rows(programme)
    assert [row["kind"] for row in after_one] == ["iban", "name"]
    programme.run(programme.people.approver2, vote(dote_id))
    assert rows(programme)[1] == after_one


def test_a_household_that_is_paid_itself_is_no_payee(programme: TestRegister) -> None:
    programme.allocate(50_000)
    programme.run(programme.people.approver, vote(programme.assessed(20_000), None))
    assert rows(programme)[1] == []


def test_a_payee_takes_the_place_of_the_one_before(register: TestRegister) -> None:
    """Votes that an appeal made void were for somebody else."""
    dote_id, index = uuid4(), register.engine.index
    for name in ("Prima Inventata", "Seconda Inventata"):
        with register.database.transaction():
            identities.add(register.database, PayeeTokens(dote_id, index.of_payee({"name": name})))
    (row,) = rows(register)[1]
    assert {(row["kind"], row["token"])} == index.of_payee({"name": "seconda inventata"})


def test_what_is_refused_leaves_nothing(programme: TestRegister) -> None:
    dote_id = programme.assessed(20_000)
    before = rows(programme)
    with pytest.raises(Exception, match="available"):
        programme.run(programme.people.approver, vote(dote_id))
    assert rows(programme) == before


def test_told_again_and_tried_again_it_is_written_once(
    programme: TestRegister, monkeypatch: pytest.MonkeyPatch
) -> None:
    append, failures = programme.register.append, iter([RecordConflictError])

    def stumble(events: list[Event], *, command: Mapping[str, object] | None) -> None:
        append(events, command=command)
        for failure in failures:
            raise failure

    monkeypatch.setattr(programme.register, "append", stumble)
    for _ in range(2):
        programme.run(programme.people.operator, register_household, key="k", fingerprint=b"f")
    found, _ = rows(programme)
    assert len({row["household_id"] for row in found}) == 1
    assert len(found) == 9  # a person each, a tax code, three words each


def test_one_key_at_the_same_time_is_written_once(programme: TestRegister) -> None:
    def run(_: int) -> UUID:
        who = programme.people.operator
        done = programme.run(who, register_household, key="k", fingerprint=b"f")
        return done.stream_id

    with ThreadPoolExecutor(8) as pool:
        (household_id,) = set(pool.map(run, range(8)))
    assert {row["household_id"] for row in rows(programme)[0]} == {household_id}


# Made anew from the events


@pytest.fixture
def worked(programme: TestRegister) -> tuple[TestRegister, UUID]:
    """A register with a household of two, and a dote with one vote."""
    programme.allocate(50_000)
    programme.run(programme.people.operator, register_household)
    dote_id = programme.assessed(20_000)
    programme.run(programme.people.approver, vote(dote_id))
    programme.settle()
    return programme, dote_id


def anew(register: TestRegister) -> int:
    return reindex(register.register, register.vault, register.engine.index, lambda _, __: None)


def empty(register: TestRegister) -> None:
    with register.database.transaction() as tx:
        tx.execute("DELETE FROM identities")
        tx.execute("DELETE FROM payee_identities")


def test_the_indexes_are_made_anew(worked: tuple[TestRegister, UUID]) -> None:
    register, _ = worked
    before = rows(register)
    empty(register)
    assert anew(register) == 4
    assert rows(register) == before
    anew(register)
    assert rows(register) == before


def test_what_belongs_to_nobody_is_gone(worked: tuple[TestRegister, UUID]) -> None:
    register, _ = worked
    before = rows(register)
    with register.database.transaction() as tx:
        stranger, token = uuid4(), b"x" * 16
        tx.execute("INSERT INTO identities VALUES (%s, 0, 'word', %s)", (stranger, token))
        tx.execute("INSERT INTO payee_identities VALUES (%s, 'name', %s)", (stranger, token))
    anew(register)
    assert rows(register) == before


def test_who_was_erased_stays_away(worked: tuple[TestRegister, UUID]) -> None:
    register, _ = worked
    with register.database.transaction() as tx:
        tx.execute("DELETE FROM subject_keys")
    anew(register)
    assert rows(register) == ([], [])


def test_votes_meanwhile_are_kept(worked: tuple[TestRegister, UUID]) -> None:
    register, _ = worked
    doti_ids = [register.assessed(20_000) for _ in range(6)]
    register.allocate(500_000)
    register.settle()
    with ThreadPoolExecutor(4) as pool:
        remade = [pool.submit(anew, register) for _ in range(3)]
        for dote_id in doti_ids:
            register.run(register.people.approver, vote(dote_id))
        for one in remade:
            one.result()
    assert {row["dote_id"] for row in rows(register)[1]} >= set(doti_ids)


def test_the_command(worked: tuple[TestRegister, UUID], postgres_url: str, tmp_path: Path) -> None:
    register, _ = worked
    before = rows(register)
    empty(register)
    done = doti(environment(register, postgres_url, tmp_path), "reindex")
    assert done.exit_code == 0, done.stderr
    assert "4 households, payees and doti" in done.stderr
    assert rows(register) == before


# Nothing in clear


def test_nothing_of_a_person_or_payee_is_in_any_table_in_clear(
    worked: tuple[TestRegister, UUID],
) -> None:
    register, _ = worked
    secrets = ("Inventata", "Adalberta", "Beatrusca", TAX_CODE, str(BORN), IBAN, "Immobiliare")
    with register.database.transaction() as tx:
        schemas = [register.database.schema, register.database.keys_schema]
        tables = tx.execute(
            "SELECT format('%%I.%%I', table_schema, table_name) AS name"
            " FROM information_schema.tables WHERE table_schema = ANY (%s)"
            " AND table_type = 'BASE TABLE'",
            (schemas,),
        ).fetchall()
        assert len(tables) > 10
        for table in tables:
            for row in tx.execute(f"SELECT * FROM {table['name']}".encode()):
                shown = "\n".join(_text(value) for value in row.values())
                assert not [one for one in secrets if one.casefold() in shown.casefold()], table


def _text(value: object) -> str:
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else repr(value)
