"""The live tables in the hands of their owner, who switches every trigger off: all is found."""

import threading
import time
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import psycopg
import pytest

from tests.register import TestRegister
from tests.workflows.audit import (
    NOW,
    as_owner,
    export_to,
    fill,
    found_in,
    found_live,
    notary,
    signed,
    stream_id,
)
from workflows.audit import merkle
from workflows.audit.export import stream
from workflows.audit.keys import SigningKeyMissing, public_keys
from workflows.audit.live import audit
from workflows.audit.notary import LogRewritten
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
from workflows.audit.tree import LogIncomplete, Tree

SIZE = 700
EDIT = "UPDATE events SET state = 'other' WHERE (stream_id, version) = "
INSERT_EVENT = (
    "INSERT INTO events (stream_id, version, topic, at, state, txid)"
    " VALUES ({}, 1, 'X', now(), '', '{}')"
)
INSERT_ENTRY = (
    "INSERT INTO log SELECT 10000000000, stream_id, version + 1000, known_at, leaf"
    " FROM log WHERE log_index = 1"
)
PLACE = "(SELECT stream_id, version FROM log WHERE log_index = {})"


@pytest.fixture
def log(register: TestRegister) -> TestRegister:
    """A register whose log was signed at 10, 300, 600 and 700."""
    signed(register, 10, 300, 600, SIZE)
    return register


def tamper(register: TestRegister, *statements: str) -> None:
    with as_owner(register.database) as hand:
        for statement in statements:
            hand.execute(statement.encode())


def by_place(finding: tuple[str, int | None]) -> tuple[int, str]:
    code, log_index = finding
    return log_index or 0, code


def edit(log_index: int) -> str:
    return EDIT + PLACE.format(log_index)


def test_a_whole_log_is_proved(log: TestRegister) -> None:
    told: list[tuple[int, int]] = []
    last = latest_checkpoint(log.database)
    result = audit(log.database, last, lambda done, count: told.append((done, count)))
    assert result.findings == ()
    assert (result.size, result.events, result.checkpoints) == (SIZE, SIZE, 4)
    assert result.trusted
    assert told[-1] == (SIZE, SIZE)


def test_an_empty_register_is_whole(register: TestRegister) -> None:
    assert found_live(register) == []
    assert notary(register).checkpoint(NOW) is None
    assert notary(register).rotate_key(NOW) is None
    with pytest.raises(NoSuchProof):
        checkpoint_view(register.database)


def test_what_real_commands_do_is_proved(programme: TestRegister) -> None:
    programme.allocate(50_000)
    programme.walk_spine()
    programme.settle()
    assert notary(programme).checkpoint(NOW)
    assert found_live(programme) == []


def test_events_that_wait_are_no_finding(log: TestRegister) -> None:
    fill(log, 5, SIZE)  # numbered, not signed
    with log.database.transaction() as tx:
        tx.execute(
            "INSERT INTO events (stream_id, version, topic, at, state)"
            " VALUES (%s, 999, 'X', now(), '')",
            (stream_id(1),),
        )
    assert found_live(log) == []


@pytest.mark.parametrize(
    ("statements", "found"),
    [
        ([edit(6)], [("edited", 6)]),
        ([edit(1), edit(SIZE)], [("edited", 1), ("edited", SIZE)]),
        (
            [edit(6).replace("state = 'other'", "at = at + interval '1 microsecond'")],
            [("edited", 6)],
        ),
        ([edit(6).replace("state = 'other'", "at = 'infinity'")], [("edited", 6)]),
        ([edit(6).replace("state = 'other'", r"state = '\xff00'")], [("edited", 6)]),
        (
            [edit(6), "UPDATE log SET leaf = sha256('other') WHERE log_index = 6"],
            [("leaves_changed", 1), ("wrong_node", 1), ("edited", 6)],
        ),
        (
            ["UPDATE log SET leaf = sha256('other') WHERE log_index = 306"],
            [("wrong_node", 257), ("leaves_changed", 301), ("entry_changed", 306)],
        ),
        (
            [f"DELETE FROM events WHERE (stream_id, version) = {PLACE.format(6)}"],
            [("removed", 6)],
        ),
        (
            ["DELETE FROM log WHERE log_index BETWEEN 305 AND 310"],
            [
                ("not_logged", None),
                ("not_logged", None),
                ("not_logged", None),
                ("not_logged", None),
                ("not_logged", None),
                ("not_logged", None),
                ("wrong_node", 257),
                ("leaves_changed", 301),
                ("removed", 305),
                ("stream_broken", 325),
                ("stream_broken", 326),
                ("stream_broken", 327),
                ("stream_broken", 328),
                ("stream_broken", 329),
                ("stream_broken", 330),
            ],
        ),
        (
            [
                "UPDATE log SET version = -version WHERE log_index IN (6, 26)",
                "UPDATE log SET version = 3 + version WHERE version = -2 AND log_index = 26",
                "UPDATE log SET version = 3 + version WHERE version = -1 AND log_index = 6",
            ],
            [("moved", 6), ("stream_broken", 6), ("moved", 26)],
        ),
        (
            ["UPDATE log SET known_at = known_at + interval '1 day' WHERE log_index = 6"],
            [("known_at_changed", 6)],
        ),
        (["UPDATE tree_nodes SET hash = sha256('x') WHERE idx = 1"], [("wrong_node", 257)]),
        (["DELETE FROM tree_nodes"], []),
        (["UPDATE sequencer SET log_index = 9999"], [("wrong_end", None)]),
        (
            ["UPDATE checkpoints SET root = sha256('x') WHERE size = 300"],
            [("bad_checkpoint", None)],
        ),
        (
            ["UPDATE checkpoints SET note = replace(note, '2026', '2025') WHERE size = 300"],
            [("bad_signature", 300)],
        ),
        (["DELETE FROM checkpoints"], [("not_signed", None)]),
        (
            ["UPDATE checkpoint_keys SET key = replace(key, 'doti/', 'idot/')"],
            [
                ("key_chain_broken", None),
                ("not_signed", None),
                *[("foreign_checkpoint", size) for size in (10, 300, 600, SIZE)],
            ],
        ),
        (
            [
                INSERT_EVENT.format("gen_random_uuid()", "3"),
            ],
            [("not_logged", None)],
        ),
        (
            [
                INSERT_ENTRY,
            ],
            [("wrong_end", None), ("removed", 701), ("stream_broken", 10_000_000_000)],
        ),
    ],
)
def test_what_was_done_to_the_tables_is_named(
    log: TestRegister, statements: list[str], found: list[tuple[str, int | None]]
) -> None:
    tamper(log, *statements)
    assert sorted(found_live(log), key=by_place) == sorted(found, key=by_place)


CUT = (
    "DELETE FROM log WHERE log_index > {0}",
    "DELETE FROM events WHERE (stream_id, version) NOT IN (SELECT stream_id, version FROM log)",
    "UPDATE sequencer SET log_index = {0}",
    "DELETE FROM tree_nodes",
)


def test_a_cut_is_found_by_the_checkpoints(log: TestRegister) -> None:
    tamper(log, *(statement.format(650) for statement in CUT))
    assert found_live(log) == [("cut", 651)]


def test_an_older_copy_is_found_by_what_was_kept_outside(log: TestRegister) -> None:
    kept = latest_checkpoint(log.database)
    tamper(log, *(s.format(650) for s in CUT), "DELETE FROM checkpoints WHERE size > 650")
    assert found_live(log) == []
    result = audit(log.database, kept)
    assert [(f.code, f.log_index) for f in result.findings] == [("older_copy", 651)]


def test_an_older_copy_that_went_on_is_found_too(log: TestRegister) -> None:
    kept = latest_checkpoint(log.database)
    tamper(log, *(s.format(650) for s in CUT), "DELETE FROM checkpoints WHERE size > 650")
    fill_others(log, 100)
    notary(log).checkpoint(NOW)
    assert found_live(log) == []
    result = audit(log.database, kept)
    assert [(f.code, f.log_index) for f in result.findings] == [("history_rewritten", SIZE)]


def fill_others(register: TestRegister, count: int) -> None:
    with register.database.transaction() as tx:
        tx.execute(
            "INSERT INTO events (stream_id, version, topic, at, state)"
            " SELECT gen_random_uuid(), 1, 'X', now(), 'x' FROM generate_series(1, %s)",
            (count,),
        )
    while register.sequencer.number_batch():
        pass


def test_what_is_altered_is_not_signed_again(log: TestRegister) -> None:
    tamper(log, "UPDATE log SET leaf = sha256('x') WHERE log_index = 690")
    fill(log, 10, SIZE)
    with pytest.raises(LogRewritten):
        notary(log).checkpoint(NOW)
    with pytest.raises(LogRewritten):
        notary(log).rotate_key(NOW)


def test_a_log_with_a_hole_is_not_signed(log: TestRegister) -> None:
    tamper(log, "DELETE FROM log WHERE log_index = 690")
    fill(log, 10, SIZE)
    with pytest.raises(LogIncomplete):
        notary(log).checkpoint(NOW)


def test_the_tables_tampered_with_show_in_their_dossier(log: TestRegister, tmp_path: Path) -> None:
    tamper(log, edit(6), "DELETE FROM events WHERE topic = ''")
    assert found_in(export_to(tmp_path / "log.zip", log)) == [("edited", 6)]


def test_the_notary_signs_by_itself_and_stops(
    log: TestRegister, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("workflows.audit.notary.POLL_S", 0.01)
    stop = threading.Event()
    thread = threading.Thread(target=notary(log).run, args=(stop, 0.0))
    thread.start()
    fill(log, 10, SIZE)
    deadline_s = time.monotonic() + 10
    while (newest := latest_checkpoint(log.database)) is None or newest.size < SIZE + 10:
        assert time.monotonic() < deadline_s
        time.sleep(0.02)
    stop.set()
    thread.join(10)
    assert not thread.is_alive()
    assert found_live(log) == []


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
    assert len(row["wrapped"]) == 12 + 32 + 16


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
