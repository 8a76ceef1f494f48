"""Dossiers in the wrong hands: forged signatures, older copies and other histories."""

import json
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tests.register import TestRegister, fresh_register
from tests.workflows.audit import (
    NOW,
    altered,
    export_to,
    fill,
    found_in,
    members,
    notary,
    pack,
    signed,
    stream_id,
)
from tests.workflows.dossiers import Dossiers
from workflows.audit import merkle
from workflows.audit.canonical import read_line, rfc3339, write_line
from workflows.audit.notes import Checkpoint, Note, PublicKey, public_bytes
from workflows.audit.verify import read_checkpoint, verify


@pytest.fixture
def log(dossiers: Dossiers) -> Path:
    return dossiers.log


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
