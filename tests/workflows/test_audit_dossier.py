"""Dossiers in the wrong hands: whatever is done to one is found, and where."""

import json
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from uuid import UUID

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.register import TestRegister, fresh_register
from tests.workflows.audit import (
    NOW,
    altered,
    export_to,
    fill,
    found_in,
    lines,
    members,
    notary,
    pack,
    renumbered,
    signed,
    stream_id,
)
from workflows.audit import merkle
from workflows.audit.canonical import read_line, rfc3339, write_line
from workflows.audit.export import NothingToExport, export
from workflows.audit.notes import Checkpoint, Note, PublicKey, public_bytes
from workflows.audit.reading import DIRECTORY_BYTES_MAX
from workflows.audit.verify import read_checkpoint, verify

SIZE = 700
EVENTS_OF_DOTE = SIZE // 20

Lines = list[bytes]


@dataclass(frozen=True)
class Dossiers:
    """Of one log: in the middle of its life, in the end as a whole, and one dote of it."""

    earlier: Path
    log: Path
    dote: Path
    first_key: str
    last_key: str


@pytest.fixture(scope="module")
def made(
    postgres_url: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Dossiers, TestRegister]]:
    folder = tmp_path_factory.mktemp("dossiers")
    with fresh_register(postgres_url) as register:
        signed(register, 10, 300)
        keys = members(export_to(folder / "early.zip", register))["keys.json"]
        assert notary(register).rotate_key(NOW) is not None
        fill(register, 200, 300)
        assert notary(register).checkpoint(NOW)
        earlier = export_to(folder / "earlier.zip", register)
        fill(register, SIZE - 500, 500)
        assert notary(register).checkpoint(NOW)
        log = export_to(folder / "log.zip", register)
        dossiers = Dossiers(
            earlier,
            log,
            export_to(folder / "dote.zip", register, stream_id(3)),
            json.loads(keys)["keys"][0]["key"],
            json.loads(members(log)["keys.json"])["keys"][1]["key"],
        )
        yield dossiers, register


@pytest.fixture
def dossiers(made: tuple[Dossiers, TestRegister]) -> Dossiers:
    return made[0]


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


# Checkpoints and keys


def notes_of(text: bytes) -> list[bytes]:
    first, *others = text.split(b"\n\ndoti/")
    return [first, *(b"doti/" + note for note in others)]


def test_swapped_checkpoints_are_found(log: Path) -> None:
    def change(text: bytes) -> bytes:
        one, two, three, four = notes_of(text)
        return b"\n\n".join([one.rstrip(), three, two, four])

    assert ("checkpoint_order", 300) in found_in(altered(log, checkpoints=change))


def test_swapped_roots_are_found(log: Path) -> None:
    def change(text: bytes) -> bytes:
        one, two = (note.split(b"\n")[2] for note in notes_of(text)[:2])
        return text.replace(one, b"?").replace(two, one).replace(b"?", two)

    assert found_in(altered(log, checkpoints=change)) == [
        ("bad_signature", 10),
        ("bad_signature", 300),
    ]


def test_without_checkpoints_nothing_is_proved(log: Path) -> None:
    assert ("not_signed", None) in found_in(altered(log, checkpoints=lambda _: b""))


def forged(path: Path, name: str | None = None) -> tuple[Path, str]:
    """The dossier, signed anew by somebody with a key of his own."""
    key = Ed25519PrivateKey.generate()
    content = members(path)
    old = Checkpoint.parse(notes_of(content["checkpoints.txt"])[-1].decode())
    name = name or old.origin
    text = Checkpoint.text(name, old.size, old.root, rfc3339(NOW))
    content["checkpoints.txt"] = str(Note.signed(text, name, key)).encode()
    public = str(PublicKey(name, public_bytes(key)))
    content["keys.json"] = json.dumps({"keys": [{"key": public, "change": None}]}).encode()
    return pack(path.with_name("forged.zip"), content), public


def test_a_forger_with_his_own_key_is_found_by_who_knows_the_right_one(dossiers: Dossiers) -> None:
    path, _ = forged(dossiers.log)
    result = verify(path, dossiers.first_key)
    assert [finding.code for finding in result.findings] == ["key_not_trusted"]
    assert not verify(path).trusted


def test_a_key_that_cannot_be_read_is_said(log: Path) -> None:
    assert [f.code for f in verify(log, "my key").findings] == ["bad_trusted_key"]


def test_an_exchanged_key_is_found(dossiers: Dossiers) -> None:
    _, stranger = forged(dossiers.log)

    def change(text: bytes) -> bytes:
        return text.replace(dossiers.last_key.encode(), stranger.encode(), 1)

    codes = [code for code, _ in found_in(altered(dossiers.log, keys=change))]
    assert "key_chain_broken" in codes
    assert "unknown_key" in codes


def test_a_retired_key_signs_no_more(
    made: tuple[Dossiers, TestRegister], postgres_url: str, tmp_path: Path
) -> None:
    with fresh_register(postgres_url) as register:
        signed(register, 10)
        with register.database.transaction() as tx:
            row = tx.execute("SELECT wrapped FROM signing_keys").fetchone() or {}
        private = Ed25519PrivateKey.from_private_bytes(
            register.vault.unwrap(row["wrapped"], b"signing key 1")
        )
        notary(register).rotate_key(NOW)
        fill(register, 10, 10)
        notary(register).checkpoint(NOW)
        with register.database.transaction() as tx:
            assert tx.execute("SELECT n FROM signing_keys").fetchall() == [{"n": 2}]
        path = export_to(tmp_path / "log.zip", register)

    def stolen(text: bytes) -> bytes:
        first, last = notes_of(text)
        checkpoint = Checkpoint.parse(last.decode())
        note = Note.signed(checkpoint.note.text, checkpoint.origin, private)
        return first.rstrip(b"\n") + b"\n\n" + str(note).encode()

    assert ("retired_key", 20) in found_in(altered(path, checkpoints=stolen))


# An older copy, another history


def test_an_older_copy_is_found_by_a_later_checkpoint(dossiers: Dossiers) -> None:
    assert found_in(dossiers.earlier) == []
    assert found_in(dossiers.earlier, against=dossiers.log) == [("older_copy", 501)]
    assert found_in(dossiers.log, against=dossiers.earlier) == []
    assert found_in(dossiers.log, against=dossiers.log) == []


def test_a_kept_text_is_enough(dossiers: Dossiers, tmp_path: Path) -> None:
    kept = tmp_path / "kept.txt"
    kept.write_text(str(read_checkpoint(dossiers.log)), encoding="utf-8")
    assert found_in(dossiers.earlier, against=kept) == [("older_copy", 501)]
    assert found_in(dossiers.log, against=kept) == []
    assert found_in(dossiers.dote, against=kept) == []
    kept.write_text("nothing", encoding="utf-8")
    assert found_in(dossiers.log, against=kept) == [("not_comparable", None)]
    assert found_in(dossiers.log, against=tmp_path / "none") == [("not_comparable", None)]
    assert found_in(dossiers.dote, against=dossiers.earlier) == [("not_comparable", None)]


def test_a_history_rewritten_by_who_has_the_key_is_found(postgres_url: str, tmp_path: Path) -> None:
    key = Ed25519PrivateKey.generate()
    name = "doti/x/1"
    public = PublicKey(name, public_bytes(key))

    def signed_log(state: bytes) -> Path:
        at = rfc3339(NOW)
        text = write_line(1, str(stream_id(1)), 1, "Qualcosa", at, at, state)
        leaf = read_line(text).leaf
        note = Note.signed(Checkpoint.text(name, 1, merkle.root([leaf]), at), name, key)
        manifest = {
            "format": "doti-dossier",
            "format_version": 1,
            "what": "log",
            "origin": name,
            "dote": None,
            "size": 1,
            "events": 1,
            "made_at": at,
        }
        content = {
            "manifest.json": json.dumps(manifest).encode(),
            "keys.json": json.dumps({"keys": [{"key": str(public), "change": None}]}).encode(),
            "checkpoints.txt": str(note).encode(),
            "log.ndjson": text,
            "leaves.bin": leaf,
        }
        return pack(tmp_path / f"{leaf.hex()}.zip", content)

    one, other = signed_log(b"{}"), signed_log(b'{"a":1}')
    assert found_in(one) == found_in(other) == []
    assert found_in(other, against=one) == [("history_rewritten", 1)]


def test_another_log_cannot_be_compared(dossiers: Dossiers) -> None:
    other, _ = forged(dossiers.log, "doti/other/1")
    assert found_in(dossiers.log, against=other) == [("not_comparable", None)]


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


# Any single byte


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(data=st.data())
@pytest.mark.parametrize(
    ("what", "member"),
    [
        ("log", "log.ndjson"),
        ("log", "leaves.bin"),
        ("log", "checkpoints.txt"),
        ("dote", "log.ndjson"),
        ("dote", "proofs.ndjson"),
        ("dote", "checkpoints.txt"),
    ],
)
def test_no_byte_can_be_changed(
    dossiers: Dossiers, what: str, member: str, data: st.DataObject
) -> None:
    content = members(getattr(dossiers, what))
    text = bytearray(content[member])
    at = data.draw(st.integers(0, len(text) - 1))
    text[at] ^= data.draw(st.integers(1, 255))
    path = pack(dossiers.log.with_name("flipped.zip"), content | {member: bytes(text)})
    assert not verify(path).ok


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_a_file_of_which_any_bytes_are_changed_never_raises(
    made: tuple[Dossiers, TestRegister], data: st.DataObject
) -> None:
    whole = bytearray(made[0].log.read_bytes())
    for _ in range(data.draw(st.integers(1, 3))):
        whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    path = made[0].log.with_name("broken.zip")
    path.write_bytes(whole[: data.draw(st.integers(0, len(whole)))])
    verify(path)


# Files that want to do harm


def small(original: Path, **parts: bytes | None) -> Path:
    """The dossier with members exchanged or taken out."""
    content = members(original)
    for name, data in parts.items():
        full = next(member for member in content if member.startswith(name))
        content.pop(full) if data is None else content.update({full: data})
    return pack(original.with_name("hostile.zip"), content)


@pytest.mark.parametrize("content", [b"", b"PK", b"no zip at all" * 100, b"PK\x05\x06" + bytes(18)])
def test_what_is_no_dossier_is_said_to_be_none(log: Path, content: bytes) -> None:
    path = log.with_name("none.zip")
    path.write_bytes(content)
    result = verify(path)
    assert [finding.code for finding in result.findings] == ["not_a_dossier"]
    assert result.exit_code == 3


def test_a_file_that_is_not_there_is_said(log: Path) -> None:
    assert found_in(log.with_name("nowhere.zip")) == [("not_a_dossier", None)]
    assert found_in(log.parent) == [("not_a_dossier", None)]


@pytest.mark.parametrize("name", ["keys", "checkpoints", "log", "leaves"])
def test_a_missing_part_is_named(log: Path, name: str) -> None:
    (finding,) = verify(small(log, **{name: None})).findings
    assert finding.code == "damaged"
    assert name in str(finding)


def test_a_part_given_twice_is_refused(log: Path) -> None:
    path = pack(log.with_name("twice.zip"), members(log))
    with zipfile.ZipFile(path, "a") as archive, pytest.warns(UserWarning, match="Duplicate"):
        archive.writestr("log.ndjson", b"")
    assert found_in(path) == [("damaged", None)]


def test_a_part_that_does_not_belong_is_refused(log: Path) -> None:
    path = pack(log.with_name("more.zip"), members(log) | {"../../evil\n.txt": b""})
    (finding,) = verify(path).findings
    assert "\n" not in str(finding)
    assert finding.code == "damaged"


@pytest.mark.parametrize(
    "manifest",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b"\xff",
        b"[" * 500_000,
        b" " * (2 << 20),
        b'{"format": "other"}',
        b'{"format":"doti-dossier","format_version":2}',
        b'{"size": "1"}',
    ],
)
def test_a_manifest_that_cannot_be_is_refused(log: Path, manifest: bytes) -> None:
    assert [code for code, _ in found_in(small(log, manifest=manifest))] == ["damaged"]


@pytest.mark.parametrize(
    "keys",
    [
        b"{}",
        b'{"keys":[]}',
        b'{"keys":[{"key":1,"change":null}]}',
        b'{"keys":[{"key":"x","change":null}]}',
        b'{"keys":[{"key":"","change":""}]}',
        json.dumps({"keys": [{"key": "a", "change": None}] * 2_000}).encode(),
    ],
)
def test_keys_that_cannot_be_are_refused(log: Path, keys: bytes) -> None:
    assert found_in(small(log, keys=keys))


@pytest.mark.parametrize(
    "checkpoints", [b"x\n" * 100_000, b"x" * 100_000, b"\n" * 100_000, b"\xff"]
)
def test_checkpoints_that_cannot_be_are_refused(log: Path, checkpoints: bytes) -> None:
    assert found_in(small(log, checkpoints=checkpoints))


def bomb(original: Path, member: str, size: int, chunk: bytes = bytes(1 << 20)) -> Path:
    """A member that unpacks to far more than it is."""
    content = members(original)
    del content[member]
    path = pack(original.with_name("bomb.zip"), content)
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive:  # noqa: SIM117
        with archive.open(member, "w", force_zip64=True) as file:
            for _ in range(size // len(chunk)):
                file.write(chunk)
    return path


@pytest.mark.parametrize("member", ["leaves.bin", "log.ndjson", "checkpoints.txt", "keys.json"])
def test_a_bomb_does_not_go_off(log: Path, member: str) -> None:
    assert found_in(bomb(log, member, 256 << 20)) == [("damaged", None)]


def test_a_list_of_very_many_parts_is_refused(log: Path) -> None:
    path = log.with_name("many.zip")
    count = DIRECTORY_BYTES_MAX // 46 + 1
    entry = struct.pack("<4s4B4HL2L5H2L", b"PK\x01\x02", *[0] * 18)
    end = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, count, count, len(entry) * count, 0, 0)
    path.write_bytes(entry * count + end)
    assert found_in(path) == [("not_a_dossier", None)]


def test_a_member_packed_in_another_way_is_refused(log: Path) -> None:
    path = log.with_name("packed.zip")
    with zipfile.ZipFile(path, "w", zipfile.ZIP_LZMA) as archive:
        for name, data in members(log).items():
            archive.writestr(name, data)
    assert found_in(path) == [("not_a_dossier", None)]


def test_damaged_compression_is_found(log: Path) -> None:
    whole = bytearray(log.read_bytes())
    at = whole.index(b"log.ndjson") + 200
    whole[at : at + 20] = zlib.compress(b"something else entirely")[:20]
    path = log.with_name("damaged.zip")
    path.write_bytes(whole)
    assert ("damaged", None) in found_in(path)
