"""A register with a long log, signed now and then; and hands that alter dossiers and tables."""

import io
import json
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import psycopg

from tests.register import TestRegister
from workflows.audit.export import export
from workflows.audit.live import audit
from workflows.audit.notary import Notary
from workflows.audit.verify import verify
from workflows.eventstore.database import Database, Tx

NOW = datetime(2026, 3, 20, 9, 30, tzinfo=UTC)
STREAMS = 20

Members = dict[str, bytes]


def stream_id(n: int) -> UUID:
    """The stream that event `n` of `fill` belongs to."""
    return UUID(int=0xF000 + n % STREAMS)


def fill(register: TestRegister, count: int, start: int = 0) -> None:
    """Events that only have to be there, and their numbers in the log."""
    with register.database.transaction() as tx, tx.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO events (stream_id, version, topic, at, state)"
            " VALUES (%s, %s, 'SomethingHappened', %s, %s)",
            [
                (
                    stream_id(n),
                    n // STREAMS + 1,
                    # Not in order: clocks are not.
                    NOW + timedelta(seconds=n, milliseconds=-1500 * (n % 3)),
                    json.dumps({"n": n, "text": f"perché «{n}»"}, ensure_ascii=False).encode(),
                )
                for n in range(start, start + count)
            ],
        )
    while register.sequencer.number_batch():
        pass


def notary(register: TestRegister) -> Notary:
    """Signs the register's log."""
    return Notary(register.database, register.vault)


def signed(register: TestRegister, *sizes: int) -> None:
    """A log that was signed at each of these sizes."""
    start = 0
    for size in sizes:
        fill(register, size - start, start)
        assert notary(register).checkpoint(NOW + timedelta(seconds=size)) is not None
        start = size


def export_to(path: Path, register: TestRegister, dote: UUID | None = None) -> Path:
    """A dossier in a file."""
    with path.open("wb") as file:
        export(register.database, file, NOW, dote)
    return path


def members(path: Path) -> Members:
    """What is in a dossier."""
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def pack(path: Path, content: Members) -> Path:
    """A dossier of anything."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in content.items():
            archive.writestr(name, data)
    return path


def altered(original: Path, **changes: Callable[[bytes], bytes]) -> Path:
    """A copy in which members, named without their ending, went through other hands."""
    content = members(original)
    for name in content:
        change = changes.get(name.partition(".")[0])
        if change is not None:
            content[name] = change(content[name])
    return pack(original.with_name("altered.zip"), content)


def lines(change: Callable[[list[bytes]], None]) -> Callable[[bytes], bytes]:
    """A change of a text's lines, in place."""

    def on_text(text: bytes) -> bytes:
        found = io.BytesIO(text).readlines()
        change(found)
        return b"".join(found)

    return on_text


def renumbered(change: Callable[[list[bytes]], None]) -> Callable[[bytes], bytes]:
    """The same by somebody who then gives each line the number of its place."""

    def all_anew(found: list[bytes]) -> None:
        change(found)
        for n, line in enumerate(found):
            found[n] = b'{"log_index":%d,' % (n + 1) + line.partition(b",")[2]

    return lines(all_anew)


def found_in(path: Path, against: Path | None = None) -> list[tuple[str, int | None]]:
    """What `verify` finds, as (code, log_index)."""
    result = verify(path, against=against)
    assert all("{" not in str(finding) for finding in result.findings)
    assert result.ok is (not result.findings)
    assert result.exit_code == (0 if result.ok else result.exit_code or 1)
    return [(finding.code, finding.log_index) for finding in result.findings]


def found_live(register: TestRegister) -> list[tuple[str, int | None]]:
    """What `audit` finds, as (code, log_index)."""
    result = audit(register.database)
    assert all("{" not in str(finding) for finding in result.findings)
    return [(finding.code, finding.log_index) for finding in result.findings]


@contextmanager
def as_owner(database: Database) -> Iterator[Tx]:
    """The hand that owns the tables, and switches off all that stands in its way."""
    with psycopg.connect(database.url) as connection:
        connection.execute(f'SET search_path = "{database.schema}", "{database.keys_schema}"')
        connection.execute("SET session_replication_role = replica")
        yield connection  # type: ignore[misc]  # rows as tuples, which nobody reads
