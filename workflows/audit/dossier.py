"""The format of a dossier: a ZIP file that proves what it holds, without us.

| member | content | in |
|---|---|---|
| manifest.json | what this is; describes, proves nothing | both |
| keys.json | the public keys, each endorsed by the one before | both |
| checkpoints.txt | signed checkpoints, oldest first; of a dote, the newest only | both |
| log.ndjson | one event a line, in the order of the log (`canonical.write_line`) | both |
| leaves.bin | the leaf hashes, 32 bytes an event | the whole log |
| proofs.ndjson | for each event its inclusion proof to the checkpoint | one dote |

`known_at` follows from the whole log before an event, so it is only in the whole log.
"""

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from workflows.audit.keyring import KeyEntry

MANIFEST = "manifest.json"
KEYS = "keys.json"
CHECKPOINTS = "checkpoints.txt"
LOG = "log.ndjson"
LEAVES = "leaves.bin"
PROOFS = "proofs.ndjson"


class What(StrEnum):
    """What a dossier is about."""

    LOG = "log"
    DOTE = "dote"


MEMBERS = {
    What.LOG: (MANIFEST, KEYS, CHECKPOINTS, LOG, LEAVES),
    What.DOTE: (MANIFEST, KEYS, CHECKPOINTS, LOG, PROOFS),
}

SMALL_BYTES_MAX = 1 << 20
"""What manifest and keys may have at the most."""
NOTE_LINE_BYTES_MAX = 8 << 10
LINE_BYTES_MAX = 4 << 20
"""What an event may have at the most, as a line."""


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


Count = Annotated[int, Field(ge=0, lt=10**16)]


class Manifest(_Strict):
    """What the dossier is. `origin`: the name of the log, as its checkpoints have it.

    `size`: events of the log at its newest checkpoint; `events`: how many are in the dossier;
    `dote`: which one, or None for the whole log.
    """

    format: Literal["doti-dossier"] = "doti-dossier"
    format_version: Literal[1] = 1
    what: Literal["log", "dote"]
    origin: Annotated[str, Field(max_length=200)]
    dote: Annotated[str, Field(max_length=36)] | None
    size: Count
    events: Count
    made_at: Annotated[str, Field(max_length=40)]


class Keys(_Strict):
    """keys.json."""

    keys: Annotated[list[KeyEntry], Field(max_length=1_000)]


class ProofLine(_Strict):
    """A line of proofs.ndjson: the way from an event up to the root of `size` events."""

    log_index: Count
    size: Count
    path: Annotated[list[Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]], Field(max_length=64)]
