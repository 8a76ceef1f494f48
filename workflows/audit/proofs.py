"""What the API gives out: checkpoints and proofs, as JSON.

Hashes are hexadecimal in proofs, base64 within a checkpoint's own text. Any tool for RFC 6962
logs can check them: `leaf_index` counts from 0, `log_index` from 1.
"""

from uuid import UUID

from pydantic import BaseModel, ConfigDict

from workflows.audit import merkle
from workflows.audit.keyring import KeyEntry
from workflows.audit.keys import public_keys
from workflows.audit.notes import Checkpoint
from workflows.audit.tree import Tree
from workflows.eventstore.database import Database
from workflows.eventstore.log import Log
from workflows.eventstore.statements import statements

_SQL = statements("workflows.audit", "statements")


class NoSuchProof(LookupError):
    """There is no proof for this: the event is not signed yet, or the sizes are not of this log."""


class ProofFailed(Exception):
    """The log does not lead to its signed root: it was altered. Run an audit."""


class _Shape(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class CheckpointView(_Shape):
    """The newest checkpoint. `note` is the signed text, for other tools; `keys` verify it."""

    origin: str
    size: int
    root: str
    time: str
    note: str
    keys: list[KeyEntry]


class InclusionProof(_Shape):
    """That an event is in the log that `checkpoint` signed. `path` goes from the leaf up."""

    log_index: int
    leaf_index: int
    leaf: str
    size: int
    root: str
    path: list[str]
    checkpoint: str


class ConsistencyProof(_Shape):
    """That the log of `from_size` events is the beginning of the log of `to_size`."""

    from_size: int
    to_size: int
    from_root: str
    to_root: str
    path: list[str]


def latest_checkpoint(database: Database) -> Checkpoint | None:
    """The newest checkpoint, None if nothing was signed yet."""
    with database.transaction() as tx:
        row = tx.execute(_SQL["latest_checkpoint"]).fetchone()
    return Checkpoint.parse(row["note"]) if row else None


def latest_checkpoint_size(database: Database) -> int:
    """How many events were signed, as the table says; its text is not looked at."""
    with database.transaction() as tx:
        row = tx.execute(_SQL["signed_size"]).fetchone()
    return int(row["size"]) if row else 0


def checkpoint_view(database: Database) -> CheckpointView:
    """The newest checkpoint with the keys that verify it. Raises NoSuchProof."""
    checkpoint = _signed(database)
    return CheckpointView(
        origin=checkpoint.origin,
        size=checkpoint.size,
        root=checkpoint.root.hex(),
        time=checkpoint.time,
        note=str(checkpoint),
        keys=public_keys(database),
    )


def inclusion_proof(database: Database, log_index: int) -> InclusionProof:
    """That an event is in the log of the newest checkpoint. Raises NoSuchProof, ProofFailed."""
    with database.transaction() as tx:
        checkpoint = _signed(database)
        row = tx.execute(_SQL["leaf_at"], {"log_index": log_index}).fetchone()
        if row is None or log_index > checkpoint.size:
            raise NoSuchProof
        leaf, position, size = row["leaf"], log_index - 1, checkpoint.size
        path = Tree(database).inclusion_proof(position, size)
    if not merkle.verify_inclusion(leaf, position, size, path, checkpoint.root):
        raise ProofFailed
    return InclusionProof(
        log_index=log_index,
        leaf_index=position,
        leaf=leaf.hex(),
        size=size,
        root=checkpoint.root.hex(),
        path=[node.hex() for node in path],
        checkpoint=str(checkpoint),
    )


def event_proof(database: Database, stream_id: UUID, version: int) -> InclusionProof:
    """`inclusion_proof` of an event of a stream."""
    log_index = Log(database).index_of(stream_id, version)
    if log_index is None:
        raise NoSuchProof
    return inclusion_proof(database, log_index)


def consistency_proof(
    database: Database, from_size: int, to_size: int | None = None
) -> ConsistencyProof:
    """That the log only grew from one size to another, by default that of the newest checkpoint.

    Raises NoSuchProof.
    """
    with database.transaction():
        newest = _signed(database).size
        to_size = newest if to_size is None else to_size
        if not 1 <= from_size <= to_size <= newest:
            raise NoSuchProof
        tree = Tree(database)
        return ConsistencyProof(
            from_size=from_size,
            to_size=to_size,
            from_root=tree.root(from_size).hex(),
            to_root=tree.root(to_size).hex(),
            path=[node.hex() for node in tree.consistency_proof(from_size, to_size)],
        )


def _signed(database: Database) -> Checkpoint:
    checkpoint = latest_checkpoint(database)
    if checkpoint is None:
        raise NoSuchProof
    return checkpoint
