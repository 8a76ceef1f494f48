"""Dossiers in the wrong hands: flipped bytes, and files that want to do harm."""

import json
import struct
import zipfile
import zlib
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.register import TestRegister
from tests.workflows.audit import found_in, members, pack
from tests.workflows.dossiers import Dossiers
from workflows.audit.reading import DIRECTORY_BYTES_MAX
from workflows.audit.verify import verify


@pytest.fixture
def log(dossiers: Dossiers) -> Path:
    return dossiers.log


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
