"""Whether one event of the live register is proved: all that a proof rests on is computed here."""

from enum import StrEnum
from uuid import UUID

from psycopg.rows import tuple_row

from workflows.audit.canonical import leaf_of
from workflows.audit.keyring import KeyRing
from workflows.audit.keys import public_keys
from workflows.audit.merkle import verify_inclusion
from workflows.audit.notes import BadNote
from workflows.audit.proofs import latest_checkpoint
from workflows.audit.tree import LogIncomplete, Tree
from workflows.eventstore.database import Database
from workflows.eventstore.statements import statements

_SQL = statements("workflows.audit", "statements")


class Proof(StrEnum):
    """What became of the proof of an event."""

    HOLDS = "holds"
    NOT_SIGNED = "not_signed"
    """It came after the last checkpoint."""
    EDITED = "edited"
    """Its text is not what was logged."""
    FAILS = "fails"
    """The log does not lead to its signed root, or nobody of ours signed that."""


def proof_of(database: Database, stream_id: UUID, version: int) -> Proof:
    """Reads the event anew, and follows its fingerprint up to the signed root."""
    with database.transaction() as tx:
        try:
            checkpoint = latest_checkpoint(database)
        except BadNote:
            return Proof.FAILS
        with tx.cursor(row_factory=tuple_row, binary=True) as cursor:
            values = {"stream_id": stream_id, "version": version}
            row = cursor.execute(_SQL["stored_event"], values).fetchone()
        if row is None:
            return Proof.FAILS
        index, stream, leaf, kind, state, at = row
        if state is None or leaf_of(stream, version, kind, at, state) != leaf:
            return Proof.EDITED
        if checkpoint is None or index > checkpoint.size:
            return Proof.NOT_SIGNED
        if KeyRing(public_keys(database)).fault(checkpoint) is not None:
            return Proof.FAILS
        try:
            path = Tree(database).inclusion_proof(index - 1, checkpoint.size)
        except LogIncomplete:
            return Proof.FAILS
    proved = verify_inclusion(leaf, index - 1, checkpoint.size, path, checkpoint.root)
    return Proof.HOLDS if proved else Proof.FAILS
