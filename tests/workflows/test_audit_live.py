"""The live tables in the hands of their owner, who switches every trigger off: all is found."""

import threading
import time
from pathlib import Path

import pytest

from tests.register import TestRegister
from tests.workflows.audit import (
    NOW,
    export_to,
    fill,
    found_in,
    found_live,
    notary,
    signed,
    stream_id,
)
from tests.workflows.tables import SIZE, fill_others, tamper
from workflows.audit.live import audit
from workflows.audit.notary import LogRewritten
from workflows.audit.proofs import NoSuchProof, checkpoint_view, latest_checkpoint
from workflows.audit.tree import LogIncomplete

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
