"""What proves a rendiconto: that its fingerprint, and each event that it tells of, is in the log.

Of the events themselves only the one with the fingerprint is given out: what else the register
knows of a dote is nothing for a funder. The leaf of each other one is there, which whoever may read
the register finds at the same place. The checkpoint is the first that was signed over all of it, so
that the same account has the same proofs each time.
"""

from collections.abc import Iterable

from pydantic import BaseModel, ConfigDict

from workflows.audit import canonical, dossier
from workflows.audit.dossier import Keys
from workflows.audit.keys import public_keys
from workflows.audit.notes import Checkpoint
from workflows.audit.proofs import NoSuchProof
from workflows.audit.tree import Tree
from workflows.eventstore.database import Database
from workflows.eventstore.statements import statements

_SQL = statements("workflows.audit", "rendiconto")


class LeafProof(BaseModel):
    """The way from the leaf of an event up to the root of `size` events; hashes in hexadecimal."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    log_index: int
    leaf: str
    size: int
    path: list[str]


def proofs_of(database: Database, frozen_at: int, told: Iterable[int]) -> dict[str, bytes]:
    """Files by their names, as dossiers call them. `frozen_at`: the place of the event with the
    fingerprint; `told`: those of the events that the account tells of. Raises NoSuchProof while
    no checkpoint covers them."""
    with database.transaction() as tx:
        note = tx.execute(_SQL["checkpoint_over"], {"size": frozen_at}).fetchone()
        event = tx.execute(_SQL["event_at"], {"log_index": frozen_at}).fetchone()
        if note is None or event is None:
            raise NoSuchProof
        checkpoint, tree = Checkpoint.parse(note["note"]), Tree(database)
        proofs = [
            LeafProof(
                log_index=row["log_index"],
                leaf=row["leaf"].hex(),
                size=checkpoint.size,
                path=[
                    node.hex()
                    for node in tree.inclusion_proof(row["log_index"] - 1, checkpoint.size)
                ],
            )
            for row in tx.execute(_SQL["leaves_at"], {"indexes": sorted({frozen_at, *told})})
        ]
        keys = Keys(keys=public_keys(database))
    line = canonical.write_line(
        frozen_at,
        event["stream_id"],
        event["version"],
        event["topic"],
        event["at"],
        None,
        bytes(event["state"]),
    )
    return {
        dossier.KEYS: keys.model_dump_json(indent=1).encode() + b"\n",
        dossier.CHECKPOINTS: str(checkpoint).encode(),
        dossier.LOG: line,
        dossier.PROOFS: b"".join(proof.model_dump_json().encode() + b"\n" for proof in proofs),
    }
