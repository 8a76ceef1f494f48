"""A live log under its keys: who signs it, what is proved of it, and the stored tree."""

from datetime import timedelta
from io import BytesIO

import psycopg
import pytest

from tests.register import TestRegister
from tests.workflows.audit import NOW, fill, found_live, notary, signed, stream_id
from tests.workflows.tables import SIZE, fill_others, tamper
from workflows.audit import merkle
from workflows.audit.export import stream
from workflows.audit.keys import SigningKeyMissing, public_keys
from workflows.audit.live import audit
from workflows.audit.notes import Checkpoint, PublicKey
from workflows.audit.proofs import (
    NoSuchProof,
    ProofFailed,
    checkpoint_view,
    consistency_proof,
    event_proof,
    inclusion_proof,
    latest_checkpoint,
)
from workflows.audit.tree import Tree


@pytest.fixture
def log(register: TestRegister) -> TestRegister:
    """A register whose log was signed at 10, 300, 600 and 700."""
    signed(register, 10, 300, 600, SIZE)
    return register


# Keys


def test_the_log_goes_on_under_another_key(log: TestRegister) -> None:
    first = latest_checkpoint(log.database)
    for n in range(3):
        assert notary(log).rotate_key(NOW + timedelta(days=n)) is not None
        fill(log, 10, SIZE + 10 * n)
        assert notary(log).checkpoint(NOW + timedelta(days=n)) is not None
    result = audit(log.database, first)
    assert result.findings == ()
    keys = public_keys(log.database)
    assert result.key == keys[-1].key
    assert len({PublicKey.parse(entry.key).key_id for entry in keys}) == 4


def test_a_key_is_changed_twice_without_an_event_between(log: TestRegister) -> None:
    notary(log).rotate_key(NOW)
    notary(log).rotate_key(NOW)
    fill(log, 1, SIZE)
    notary(log).checkpoint(NOW)
    assert found_live(log) == []


def test_without_its_private_key_nothing_is_signed(log: TestRegister) -> None:
    tamper(log, "DELETE FROM signing_keys")
    fill(log, 1, SIZE)
    with pytest.raises(SigningKeyMissing):
        notary(log).checkpoint(NOW)


def test_a_private_key_opens_with_the_master_key_only(log: TestRegister) -> None:
    with log.database.transaction() as tx:
        (row,) = tx.execute("SELECT wrapped FROM signing_keys").fetchall()
    assert len(row["wrapped"]) == 8 + 12 + 32 + 16


@pytest.mark.parametrize("table", ["checkpoints", "checkpoint_keys"])
@pytest.mark.parametrize("change", ["UPDATE {} SET {} = {}", "DELETE FROM {}", "TRUNCATE {}"])
def test_what_was_signed_cannot_be_changed(log: TestRegister, table: str, change: str) -> None:
    column = "size" if table == "checkpoints" else "n"
    with (
        pytest.raises(psycopg.errors.IntegrityError, match="append only"),
        log.database.transaction() as tx,
    ):
        tx.execute(change.format(table, column, column).encode())


def test_one_size_has_one_root(log: TestRegister) -> None:
    with pytest.raises(psycopg.errors.UniqueViolation), log.database.transaction() as tx:
        tx.execute(
            "INSERT INTO checkpoints SELECT size, sha256('x'), at, note FROM checkpoints LIMIT 1"
        )
    assert notary(log).checkpoint(NOW) is None


def test_the_api_reads_proofs_and_cannot_sign(log: TestRegister, postgres_url: str) -> None:
    app = TestRegister(postgres_url, log.database.schema, role=log.database.app_role)
    with app.database:
        assert inclusion_proof(app.database, 1).size == SIZE
        assert b"".join(stream(app.database, NOW)).startswith(b"PK")
        fill(log, 1, SIZE)
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            notary(app).checkpoint(NOW)


# Proofs for the API


def test_an_event_is_proved_with_and_without_the_stored_tree(log: TestRegister) -> None:
    for less in (None, "DELETE FROM tree_nodes WHERE idx = 0", "DELETE FROM tree_nodes"):
        if less:
            tamper(log, less)
        for log_index in (1, 2, 256, 257, 300, 512, 513, 699, 700):
            check_proof(log, log_index)


def check_proof(log: TestRegister, log_index: int) -> None:
    proof = inclusion_proof(log.database, log_index)
    checkpoint = Checkpoint.parse(proof.checkpoint)
    assert checkpoint.note.signed_by(PublicKey.parse(public_keys(log.database)[0].key))
    assert proof.leaf_index == log_index - 1
    assert merkle.verify_inclusion(
        bytes.fromhex(proof.leaf),
        proof.leaf_index,
        checkpoint.size,
        [bytes.fromhex(node) for node in proof.path],
        checkpoint.root,
    )


def test_an_event_is_proved_by_its_stream(log: TestRegister) -> None:
    assert event_proof(log.database, stream_id(5), 2).log_index == 26
    with pytest.raises(NoSuchProof):
        event_proof(log.database, stream_id(5), 999)


def test_what_is_not_signed_is_not_proved(log: TestRegister) -> None:
    fill(log, 5, SIZE)
    for log_index in (0, -1, SIZE + 1, 10**12):
        with pytest.raises(NoSuchProof):
            inclusion_proof(log.database, log_index)


def test_a_false_proof_is_not_given_out(log: TestRegister) -> None:
    tamper(log, "UPDATE tree_nodes SET hash = sha256('x') WHERE idx = 1")
    with pytest.raises(ProofFailed):
        inclusion_proof(log.database, 1)


def test_the_log_is_proved_to_have_only_grown(log: TestRegister) -> None:
    for old in (1, 10, 256, 300, 511, 700):
        proof = consistency_proof(log.database, old)
        path = [bytes.fromhex(node) for node in proof.path]
        was, now = bytes.fromhex(proof.from_root), bytes.fromhex(proof.to_root)
        assert proof.to_size == SIZE
        assert merkle.verify_consistency(old, SIZE, was, now, path)
    for wrong in ((0, 5), (6, 5), (5, SIZE + 1), (-1, None)):
        with pytest.raises(NoSuchProof):
            consistency_proof(log.database, *wrong)


def test_the_newest_checkpoint_comes_with_its_keys(log: TestRegister) -> None:
    view = checkpoint_view(log.database)
    checkpoint = Checkpoint.parse(view.note)
    assert (view.size, view.root) == (SIZE, checkpoint.root.hex())
    assert checkpoint.note.signed_by(PublicKey.parse(view.keys[0].key))
    assert view.origin.startswith(f"doti/{log.database.schema}/")


# The stored tree


def test_the_tree_is_extended_in_any_steps(register: TestRegister) -> None:
    fill(register, 2_000)
    tree = Tree(register.database)
    assert tree.extend(100) == 0
    assert [tree.extend(300), tree.extend(512), tree.extend()] == [256, 512, 1_024]
    assert tree.extend() == 0
    root = tree.root(2_000)
    tamper(register, "DELETE FROM tree_nodes")
    assert tree.root(2_000) == root
    assert notary(register).checkpoint(NOW)
    assert found_live(register) == []


def test_a_second_level_is_stored(register: TestRegister) -> None:
    fill_others(register, 66_000)
    checkpoint = notary(register).checkpoint(NOW)
    with register.database.transaction() as tx:
        rows = tx.execute("SELECT level, count(*) AS n FROM tree_nodes GROUP BY level").fetchall()
        leaves = [row["leaf"] for row in tx.execute("SELECT leaf FROM log ORDER BY log_index")]
    assert {row["level"]: row["n"] for row in rows} == {8: 257, 16: 1}
    assert checkpoint is not None
    assert checkpoint.root == merkle.root(leaves)
    for log_index in (1, 65_536, 65_537, 66_000):
        inclusion_proof(register.database, log_index)
    assert consistency_proof(register.database, 65_000).to_root == checkpoint.root.hex()


def test_a_dossier_is_written_in_small_chunks(log: TestRegister) -> None:
    fill_others(log, 20_000)
    notary(log).checkpoint(NOW)
    out = BytesIO()
    sizes = []
    for chunk in stream(log.database, NOW):
        sizes.append(len(chunk))
        out.write(chunk)
    assert max(sizes) < 1 << 20
