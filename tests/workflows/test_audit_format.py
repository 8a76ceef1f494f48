"""Bytes that other programs must be able to read: leaves, lines, notes, keys."""

import json
from datetime import UTC, datetime
from uuid import UUID

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.register import TestRegister
from workflows.audit.canonical import BadLine, leaf_hash, read_line, rfc3339, write_line
from workflows.audit.notes import BadNote, Checkpoint, Note, PublicKey, join, separate

STREAM = UUID(int=0xD01)
AT = datetime(2026, 3, 20, 9, 30, 0, 1, tzinfo=UTC)

TIMES = st.datetimes(datetime(1, 1, 2), datetime(9999, 12, 30), timezones=st.just(UTC))  # noqa: DTZ001
KINDS = st.from_regex(r"[A-Z][A-Za-z0-9]{0,30}", fullmatch=True)
STATES = st.text(st.characters(exclude_categories=["Cs"])).map(str.encode)


# A leaf is the same in the database and here


ODD = [
    (AT, b"{}"),
    (AT.replace(microsecond=999_999), '{"è":"«perché» 🌻"}'.encode()),
    (datetime(1969, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC), b"line\nbreaks\r\n\n"),
    (datetime(1900, 1, 1, tzinfo=UTC), b""),
    (datetime(1970, 1, 1, tzinfo=UTC), b"\x00\x01\xff"),
    (datetime(9999, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC), b"\\ \" ' %s"),
]


@pytest.mark.parametrize(("at", "state"), ODD)
def test_database_and_program_hash_the_same(
    register: TestRegister, at: datetime, state: bytes
) -> None:
    with register.database.transaction() as tx:
        row = tx.execute(
            "SELECT event_leaf(%s, %s, %s, %s, %s) AS leaf", (STREAM, 7, "Qualcosa", at, state)
        ).fetchone()
    assert row == {"leaf": leaf_hash(STREAM, 7, "Qualcosa", at, state)}


# A line has one spelling


@given(
    st.integers(1, 10**15),
    st.uuids(),
    st.integers(1, 2**31 - 1),
    KINDS,
    TIMES,
    STATES,
    st.booleans(),
)
@example(1, STREAM, 1, "A", AT, b'"\\"\\\\"\n\x00\x7f\xe2\x80\xa8', True)
@example(1, STREAM, 1, "A", datetime(33, 1, 1, tzinfo=UTC), b"", False)
def test_what_is_written_is_read(
    index: int,
    stream: UUID,
    version: int,
    kind: str,
    at: datetime,
    state: bytes,
    known: bool,
) -> None:
    known_at = rfc3339(at) if known else None
    text = write_line(index, str(stream), version, kind, rfc3339(at), known_at, state)
    line = read_line(text)
    assert line.leaf == leaf_hash(stream, version, kind, at, state)
    assert (line.log_index, line.version, line.kind) == (index, version, kind)
    assert (line.stream, line.at, line.known_at) == (str(stream), rfc3339(at), known_at)
    assert text.count(b"\n") == 1
    assert json.loads(text)["state"].encode() == state


LINE = write_line(5, str(STREAM), 2, "Qualcosa", rfc3339(AT), rfc3339(AT), b'{"a":"b\xc3\xa8"}')


@pytest.mark.parametrize(
    "other",
    [
        LINE.replace(b",", b", ", 1),
        LINE.replace(b'"state":', b'"state":"{}","state":'),
        LINE.replace(b'"log_index":5', b'"log_index":05'),
        LINE.replace(b'"log_index":5', b'"log_index":5.0'),
        LINE.replace(b'"version":2', b'"version":-2'),
        LINE.replace("è".encode(), b"\\u00e8"),
        LINE.replace("è".encode(), b"\\ud800"),
        LINE.replace("è".encode(), b"\xff"),
        LINE.replace(b"b", b"\t"),
        LINE.replace(b"b", b"\\/"),
        LINE.replace(b"-03-20T", b"-02-30T", 1),
        LINE.rstrip(b"\n"),
        LINE.replace(b"\n", b"\r\n"),
        LINE + LINE,
        b"",
        b"\n",
        b"[" * 100_000 + b"\n",
        b'{"log_index":' + b"9" * 5_000 + LINE[14:],
    ],
)
def test_any_other_spelling_is_refused(other: bytes) -> None:
    with pytest.raises(BadLine):
        read_line(other)


# Notes that other programs made


OTHERS = [
    (
        "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
        (
            "If you think cryptography is the answer to your problem,\n"
            "then you don't know what your problem is.\n"
            "\n"
            "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqf"
            "qdngotpRZb6KE6RyyBwJnAM=\n"
        ),
    ),
    (
        "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
        (
            "This is an example message.\n"
            "\n"
            "— example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYj"
            "OBH3mFXmRKuwHjG1Yu72IneyaQM=\n"
        ),
    ),
]


@pytest.mark.parametrize(("key", "note"), OTHERS)
def test_a_note_of_another_program_is_verified(key: str, note: str) -> None:
    public = PublicKey.parse(key)
    assert str(public) == key
    assert Note.parse(note).signed_by(public)
    assert str(Note.parse(note)) == note
    assert not Note.parse(note.replace("e", "a", 1)).signed_by(public)


@pytest.mark.parametrize("keep", range(2))
def test_a_signature_of_another_key_does_not_count(keep: int) -> None:
    other = OTHERS[1 - keep][0]
    assert not Note.parse(OTHERS[keep][1]).signed_by(PublicKey.parse(other))


NOTE = OTHERS[1][1]


@pytest.mark.parametrize(
    "broken",
    [
        "",
        NOTE.replace("\n\n", "\n"),
        NOTE.rstrip("\n"),
        NOTE.replace("— ", "- "),
        NOTE.replace("=", ""),
        NOTE.replace("aQM=", "aQN="),
        NOTE + NOTE.split("\n\n")[1] * 16,
        "text\n\n",
        "text\n\n— name AAAA\n",
    ],
)
def test_what_is_no_note_is_refused(broken: str) -> None:
    with pytest.raises(BadNote):
        Note.parse(broken)


@pytest.mark.parametrize(
    "broken", ["", "a+b", OTHERS[0][0][:-1], OTHERS[0][0].replace("c7", "c8"), "é\x00+1+AA=="]
)
def test_what_is_no_key_is_refused(broken: str) -> None:
    with pytest.raises(BadNote):
        PublicKey.parse(broken)


SIGNATURE = NOTE.split("\n\n")[1]
ROOT = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="


def test_a_checkpoint_is_read() -> None:
    text = f"doti/x\n12\n{ROOT}\n2026-03-20T09:30:00.000001Z\n\n{SIGNATURE}"
    checkpoint = Checkpoint.parse(text)
    assert (checkpoint.origin, checkpoint.size) == ("doti/x", 12)
    assert checkpoint.root == bytes(range(32))
    assert checkpoint.time == rfc3339(AT)
    assert str(checkpoint) == text


@pytest.mark.parametrize(
    "body",
    [
        f"doti/x\n012\n{ROOT}\n2026-03-20T09:30:00.000001Z\n",
        f"doti/x\n-1\n{ROOT}\n2026-03-20T09:30:00.000001Z\n",
        f"doti/x\n١٢\n{ROOT}\n2026-03-20T09:30:00.000001Z\n",
        f"\n12\n{ROOT}\n2026-03-20T09:30:00.000001Z\n",
        f"doti/x\n12\n{ROOT}\n",
        f"doti/x\n12\n{ROOT}\nyesterday\n",
        f"doti/x\n12\n{ROOT}\n2026-03-20T09:30:00.000001Z\nmore\n",
        "doti/x\n12\nAAEC\n2026-03-20T09:30:00.000001Z\n",
    ],
)
def test_what_is_no_checkpoint_is_refused(body: str) -> None:
    with pytest.raises(BadNote):
        Checkpoint.parse(f"{body}\n{SIGNATURE}")


def test_notes_side_by_side_are_told_apart() -> None:
    notes = [f"doti/x\n{n}\n\n{SIGNATURE * (1 + n % 2)}" for n in range(5)]
    text = "".join(join(notes))
    assert list(separate(text.splitlines(keepends=True))) == notes
    endless = list(separate(["x\n"] * 1_000))
    assert all(len(part) < 100 for part in endless)
