"""Writes dossiers: the whole log or one dote, up to the newest checkpoint, as a stream.

Nothing is held but a batch of events: a log of any length takes the same memory.
"""

import zipfile
from collections.abc import Iterator
from datetime import datetime
from io import RawIOBase
from typing import Any, BinaryIO, LiteralString
from uuid import UUID

from psycopg.rows import tuple_row

from workflows.audit import canonical, dossier
from workflows.audit.dossier import Keys, Manifest, ProofLine, What
from workflows.audit.keys import public_keys
from workflows.audit.notes import Checkpoint, join
from workflows.audit.proofs import latest_checkpoint
from workflows.audit.tree import Tree
from workflows.eventstore.database import Database
from workflows.eventstore.statements import statements

_SQL = statements("workflows.audit", "statements")
BATCH = 2_000
COMPRESSION = 3
"""Three quarters of the best result in a third of its time."""


class NothingToExport(LookupError):
    """There is nothing to export: no signed event, or no such dote."""


def export(database: Database, out: BinaryIO, now: datetime, dote: UUID | None = None) -> None:
    """Writes a dossier up to the newest checkpoint. Raises NothingToExport before any byte."""
    for chunk in stream(database, now, dote):
        out.write(chunk)


def stream(database: Database, now: datetime, dote: UUID | None = None) -> Iterator[bytes]:
    """The same as chunks of bytes. Raises NothingToExport at once."""
    checkpoint = latest_checkpoint(database)
    if checkpoint is None:
        raise NothingToExport
    events = checkpoint.size if dote is None else _count(database, dote, checkpoint.size)
    if events == 0:
        raise NothingToExport
    manifest = Manifest(
        what="log" if dote is None else "dote",
        origin=checkpoint.origin,
        dote=None if dote is None else str(dote),
        size=checkpoint.size,
        events=events,
        made_at=canonical.rfc3339(now),
    )
    return _Writer(database, checkpoint, manifest).write(dote)


def _count(database: Database, dote: UUID, upto: int) -> int:
    with database.transaction() as tx:
        row = tx.execute(_SQL["count_stream"], {"stream_id": dote, "upto": upto}).fetchone()
    return int(row["events"]) if row else 0


class _Outbox(RawIOBase):
    """Where the ZIP is written to; what came in is taken out chunk by chunk."""

    def __init__(self) -> None:
        self._chunks: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:  # noqa: ANN401  any buffer
        self._chunks.append(bytes(data))
        return len(data)

    def take(self) -> bytes:
        """All that was written since the last time."""
        chunks, self._chunks = self._chunks, []
        return b"".join(chunks)


class _Writer:
    def __init__(self, database: Database, checkpoint: Checkpoint, manifest: Manifest) -> None:
        self._database = database
        self._checkpoint = checkpoint
        self._manifest = manifest

    def write(self, dote: UUID | None) -> Iterator[bytes]:
        outbox = _Outbox()
        parts = self._parts(dote)
        with zipfile.ZipFile(
            outbox, "w", zipfile.ZIP_DEFLATED, allowZip64=True, compresslevel=COMPRESSION
        ) as archive:
            for name, content in parts.items():
                with archive.open(name, "w", force_zip64=True) as member:
                    for chunk in content:
                        member.write(chunk)
                        yield outbox.take()
        yield outbox.take()

    def _parts(self, dote: UUID | None) -> dict[str, Iterator[bytes]]:
        keys = Keys(keys=public_keys(self._database))
        parts = {
            dossier.MANIFEST: iter([_json(self._manifest)]),
            dossier.KEYS: iter([_json(keys)]),
        }
        if dote is None:
            notes = (note.encode() for note in join(self._checkpoints()))
            return parts | {
                dossier.CHECKPOINTS: notes,
                dossier.LOG: self._log(What.LOG, _SQL["export_log"], {}),
                dossier.LEAVES: self._leaves(),
            }
        stream = {"stream_id": dote}
        return parts | {
            dossier.CHECKPOINTS: iter([str(self._checkpoint).encode()]),
            dossier.LOG: self._log(What.DOTE, _SQL["export_stream"], stream),
            dossier.PROOFS: self._proofs(stream),
        }

    def _checkpoints(self) -> Iterator[str]:
        after, upto = 0, self._checkpoint.size
        while True:
            values = {"after": after, "upto": upto, "limit": BATCH}
            with self._database.transaction() as tx:
                rows = tx.execute(_SQL["next_checkpoints"], values).fetchall()
            if not rows:
                return
            yield from (row["note"] for row in rows)
            after = rows[-1]["size"]

    def _log(self, what: What, statement: LiteralString, values: dict[str, Any]) -> Iterator[bytes]:
        for rows in self._rows(statement, values):
            yield b"".join(
                canonical.write_line(
                    index, stream, version, kind, at, known_at if what is What.LOG else None, state
                )
                for index, stream, version, _, kind, state, _, _, at, known_at in rows
                if state is not None
            )

    def _leaves(self) -> Iterator[bytes]:
        for rows in self._rows(_SQL["export_leaves"], {}):
            yield b"".join(leaf for _, leaf in rows)

    def _proofs(self, values: dict[str, Any]) -> Iterator[bytes]:
        tree, size = Tree(self._database), self._checkpoint.size
        for rows in self._rows(_SQL["export_stream"], values):
            for log_index, *_ in rows:
                path = tree.inclusion_proof(log_index - 1, size)
                line = ProofLine(log_index=log_index, size=size, path=[h.hex() for h in path])
                yield line.model_dump_json().encode() + b"\n"

    def _rows(
        self, statement: LiteralString, values: dict[str, Any]
    ) -> Iterator[list[tuple[Any, ...]]]:
        after, upto = 0, self._checkpoint.size
        while True:
            page = {**values, "after": after, "upto": upto, "limit": BATCH}
            with (
                self._database.transaction() as tx,
                tx.cursor(row_factory=tuple_row, binary=True) as cursor,
            ):
                rows = cursor.execute(statement, page).fetchall()
            if not rows:
                return
            yield rows
            after = rows[-1][0]


def _json(model: Manifest | Keys) -> bytes:
    return model.model_dump_json(indent=1).encode() + b"\n"
