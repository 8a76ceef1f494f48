"""Dossiers in the wrong hands: whatever is done to lines and leaves is found, and where."""

import json
import zipfile
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from uuid import UUID

import pytest

from tests.register import TestRegister
from tests.workflows.audit import (
    NOW,
    altered,
    export_to,
    found_in,
    lines,
    members,
    notary,
    renumbered,
    signed,
    stream_id,
)
from tests.workflows.dossiers import SIZE, Dossiers
from workflows.audit.canonical import read_line
from workflows.audit.export import NothingToExport, export
from workflows.audit.verify import verify

EVENTS_OF_DOTE = SIZE // 20

Lines = list[bytes]


@pytest.fixture
def log(dossiers: Dossiers) -> Path:
    return dossiers.log


def drop(*numbers: int) -> Callable[[Lines], None]:
    def change(found: Lines) -> None:
        for n in sorted(numbers, reverse=True):
            del found[n - 1]

    return change


def edit(*numbers: int) -> Callable[[Lines], None]:
    def change(found: Lines) -> None:
        for n in numbers:
            found[n - 1] = found[n - 1].replace("perché".encode(), b"perfino")

    return change


def insert(after: int, count: int = 1) -> Callable[[Lines], None]:
    def change(found: Lines) -> None:
        new = [found[after].replace(b'n\\": ', b'n\\": 9%d' % n) for n in range(count)]
        found[after:after] = new

    return change


def move(number: int, to: int) -> Callable[[Lines], None]:
    def change(found: Lines) -> None:
        found.insert(to - 1, found.pop(number - 1))

    return change


def swap(one: int, other: int) -> Callable[[Lines], None]:
    def change(found: Lines) -> None:
        found[one - 1], found[other - 1] = found[other - 1], found[one - 1]

    return change


# What is whole


def test_what_was_exported_is_proved(dossiers: Dossiers) -> None:
    result = verify(dossiers.log)
    assert result.ok
    assert (result.events, result.size, result.checkpoints) == (SIZE, SIZE, 4)
    assert (result.key, result.trusted) == (dossiers.last_key, False)
    assert result.exit_code == 0


def test_progress_is_told(log: Path) -> None:
    told: list[tuple[int, int]] = []
    verify(log, progress=lambda done, count: told.append((done, count)))
    assert told[-1] == (SIZE, SIZE)


@pytest.mark.parametrize("which", ["first_key", "last_key"])
@pytest.mark.parametrize("what", ["log", "dote", "earlier"])
def test_whoever_trusts_one_of_the_keys_trusts_them_all(
    dossiers: Dossiers, which: str, what: str
) -> None:
    result = verify(getattr(dossiers, what), getattr(dossiers, which))
    assert result.ok
    assert result.trusted


def test_one_dote_is_proved_by_itself(dossiers: Dossiers) -> None:
    result = verify(dossiers.dote)
    assert result.ok
    assert (result.what, result.events, result.size) == ("dote", EVENTS_OF_DOTE, SIZE)
    assert set(members(dossiers.dote)) == {
        "manifest.json",
        "keys.json",
        "checkpoints.txt",
        "log.ndjson",
        "proofs.ndjson",
    }


def test_other_programs_read_the_parts(log: Path) -> None:
    parts = members(log)
    rows = [json.loads(line) for line in parts["log.ndjson"].splitlines()]
    assert [row["log_index"] for row in rows] == list(range(1, SIZE + 1))
    assert len(parts["leaves.bin"]) == 32 * SIZE
    assert zipfile.ZipFile(log).testzip() is None


def test_nothing_is_exported_where_nothing_was_signed(register: TestRegister) -> None:
    with pytest.raises(NothingToExport):
        export(register.database, BytesIO(), NOW)
    signed(register, 5)
    with pytest.raises(NothingToExport):
        export(register.database, BytesIO(), NOW, UUID(int=1))


def test_real_doti_can_be_exported(programme: TestRegister, tmp_path: Path) -> None:
    programme.allocate(50_000)
    dote = programme.walk_spine()
    programme.settle()
    assert notary(programme).checkpoint(NOW)
    assert found_in(export_to(tmp_path / "log.zip", programme)) == []
    assert found_in(export_to(tmp_path / "dote.zip", programme, dote.id)) == []


# Tampered lines. In each case also by somebody who numbers the lines anew.


@pytest.mark.parametrize("alter", [lines, renumbered])
@pytest.mark.parametrize(
    ("change", "found"),
    [
        (edit(1), [("edited", 1)]),
        (edit(6), [("edited", 6)]),
        (edit(SIZE), [("edited", SIZE)]),
        (edit(6, 7, 300), [("edited", 6), ("edited", 7), ("edited", 300)]),
        (drop(1), [("removed", 1)]),
        (drop(6), [("removed", 6)]),
        (drop(6, 7, 8), [("removed", 6)]),
        (drop(SIZE - 1), [("removed", SIZE - 1)]),
        (drop(6, 300), [("removed", 6), ("removed", 300)]),
        (drop(*range(100, 400)), [("removed", 100)]),
        (insert(5), [("inserted", None)]),
        (insert(0), [("inserted", None)]),
        (insert(SIZE - 1), [("inserted", None)]),
        (insert(5, 4), [("inserted", None)] * 4),
        (swap(6, 7), [("moved", 6), ("moved", 7)]),
        (swap(6, 500), [("moved", 6), ("moved", 500)]),
        (swap(SIZE - 1, SIZE), [("moved", SIZE - 1), ("moved", SIZE)]),
        (move(500, 6), [("moved", 500)]),
        (move(6, 500), [("moved", 6)]),
        (drop(*range(SIZE - 9, SIZE + 1)), [("cut", SIZE - 9)]),
        (drop(*range(1, SIZE + 1)), [("cut", 1)]),
    ],
)
def test_what_was_done_to_the_lines_is_named(
    log: Path,
    alter: Callable[[Callable[[Lines], None]], Callable[[bytes], bytes]],
    change: Callable[[Lines], None],
    found: list[tuple[str, int | None]],
) -> None:
    numbers_and_times = {"renumbered", "known_at_changed"}
    seen = [
        one for one in found_in(altered(log, log=alter(change))) if one[0] not in numbers_and_times
    ]
    assert seen == found


def test_a_new_number_is_found(log: Path) -> None:
    (found,) = verify(altered(log, log=renumbered(drop(6)))).findings[1:2]
    assert found.facts == {"event": 7, "line": 6, "count": SIZE - 6, "offset": -1}
    number = lines(lambda all_: all_.__setitem__(4, all_[4].replace(b":5,", b":9,", 1)))
    assert found_in(altered(log, log=number)) == [("renumbered", 5)]


def test_where_a_line_was_inserted_is_said(log: Path) -> None:
    (found,) = verify(altered(log, log=lines(insert(5)))).findings
    assert found.facts == {"line": 6, "after": 5}


def test_a_wrong_time_of_logging_is_found(log: Path) -> None:
    def later(all_: Lines) -> None:
        known = read_line(all_[9]).known_at or ""
        all_[9] = all_[9].replace(
            f'"known_at":"{known}'.encode(), b'"known_at":"2027' + known[4:].encode()
        )

    assert found_in(altered(log, log=lines(later))) == [("known_at_changed", 10)]


def test_a_stranger_to_the_log_is_not_named_line_by_line(log: Path) -> None:
    text = b"".join(b'{"x":%d}\n' % n for n in range(5_000))
    result = verify(altered(log, log=lambda _: text))
    assert result.findings[-1].code == "too_many"
    assert len(result.findings) < 3_000


# Tampered leaves: whoever edits a line may edit its leaf too


def test_edited_leaves_are_found_between_two_checkpoints(log: Path) -> None:
    def leaf(data: bytes) -> bytes:
        return data[: 32 * 349] + bytes(32) + data[32 * 350 :]

    assert found_in(altered(log, leaves=leaf)) == [("leaves_changed", 301), ("edited", 350)]


@pytest.mark.parametrize("kept", [SIZE - 1, 320, 0])
def test_a_log_cut_with_its_leaves_is_found(log: Path, kept: int) -> None:
    cut = altered(
        log, log=lines(drop(*range(kept + 1, SIZE + 1))), leaves=lambda data: data[: 32 * kept]
    )
    assert found_in(cut) == [("cut", kept + 1)]


def test_events_after_the_last_checkpoint_are_not_proved(log: Path) -> None:
    def fewer(text: bytes) -> bytes:
        return text[: text.rindex(b"\n\ndoti/") + 1]

    assert found_in(altered(log, checkpoints=fewer)) == [("unsigned", 501)]


def test_leaves_that_are_no_hashes_are_refused(log: Path) -> None:
    assert found_in(altered(log, leaves=lambda data: data[:-1])) == [("damaged", None)]


# One dote


@pytest.mark.parametrize(
    ("change", "found"),
    [
        (edit(3), [("wrong_proof", 44)]),
        (drop(3), None),
        (swap(3, 4), None),
        (insert(3), None),
    ],
)
def test_what_was_done_to_a_dote_is_named(
    dossiers: Dossiers,
    change: Callable[[Lines], None],
    found: list[tuple[str, int]] | None,
) -> None:
    seen = found_in(altered(dossiers.dote, log=lines(change)))
    assert seen == found if found else ("wrong_stream", 64) in seen or ("wrong_stream", 84) in seen


def test_an_event_that_is_taken_out_with_its_proof_is_found(dossiers: Dossiers) -> None:
    both = altered(dossiers.dote, log=lines(drop(3)), proofs=lines(drop(3)))
    assert found_in(both) == [("wrong_stream", 64)]
    last = altered(
        dossiers.dote, log=lines(drop(EVENTS_OF_DOTE)), proofs=lines(drop(EVENTS_OF_DOTE))
    )
    assert found_in(last) == [("wrong_manifest", None)]


def test_the_proof_of_another_log_does_not_count(dossiers: Dossiers) -> None:
    proofs = altered(dossiers.dote, proofs=lines(swap(3, 4)))
    assert found_in(proofs) == [("wrong_proof", 44), ("wrong_proof", 64)]
    assert ("wrong_proof", 4) in found_in(altered(dossiers.dote, proofs=lambda _: b""))


def test_another_dote_under_this_name_is_found(dossiers: Dossiers) -> None:
    def other(text: bytes) -> bytes:
        return text.replace(str(stream_id(3)).encode(), str(stream_id(4)).encode())

    assert ("wrong_stream", 4) in found_in(altered(dossiers.dote, manifest=other))
