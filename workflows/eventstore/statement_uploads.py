"""Bank files that somebody looks at: kept sealed under the key of their account until they are
brought in, so that nothing has to be chosen or typed twice.

Such a file is nothing that happened and stands in no log. Nobody reads another person's: every
statement names whose it is.
"""

import json
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from domain.privacy import read_record
from workflows.eventstore.database import Database, Row
from workflows.eventstore.statements import statements
from workflows.eventstore.vault import Vault

_SQL = statements("workflows.eventstore.sql", "statement_uploads")

LIVES = timedelta(days=7)
"""So long a file is kept after somebody worked with it last."""
MOST = 20


@dataclass(frozen=True, slots=True)
class Waiting:
    """A file that waits: its name, and for which account of the programme it is."""

    id: UUID
    bank_account: str
    name: str
    saved_at: datetime


@dataclass(frozen=True, slots=True)
class StatementUpload:
    """A file that somebody looks at. `choice`: what was chosen and typed for it, as JSON takes
    it."""

    id: UUID
    account_id: UUID
    bank_account: str
    name: str = field(repr=False)
    data: bytes = field(repr=False)
    choice: Mapping[str, Any] = field(repr=False)


class StatementUploads:
    """Keeps them."""

    def __init__(self, database: Database, vault: Vault) -> None:
        self._database = database
        self._vault = vault

    def keep(self, upload: StatementUpload, now: datetime) -> None:
        """Keeps a new file with what was chosen for it."""
        self._vault.ensure(upload.account_id)
        packed = zlib.compress(upload.data, level=1)
        sealed = self._vault.seal_bytes(upload.account_id, packed, _place(upload.id, "file"))
        values = {"bank_account": upload.bank_account, "sealed_file": sealed}
        self._run("keep", {**self._values(upload, now), **values})

    def choose(self, upload: StatementUpload, now: datetime) -> None:
        """Keeps what is chosen for a file now."""
        self._run("choose", self._values(upload, now))

    def own(self, account_id: UUID, upload_id: UUID, now: datetime) -> StatementUpload | None:
        """A person's file; None if it is not there, not theirs, too old, or cannot be read."""
        values = {"id": upload_id, "account_id": account_id, "now": now}
        for row in self._run("own", values):
            data = self._open(account_id, upload_id, row, "file")
            kept = self._open(account_id, upload_id, row, "choice")
            if data is not None and kept is not None:
                choice = read_record(kept.decode())
                name = choice.pop("file_name")
                file = zlib.decompress(data)
                return StatementUpload(
                    upload_id, account_id, row["bank_account"], name, file, choice
                )
        return None

    def all_of(self, account_id: UUID, now: datetime) -> list[Waiting]:
        """A person's files, those first that were worked with last."""
        values = {"account_id": account_id, "now": now, "limit": MOST}
        found = []
        for row in self._run("own_all", values):
            kept = self._open(account_id, row["id"], row, "choice")
            if kept is not None:
                name = read_record(kept.decode())["file_name"]
                found.append(Waiting(row["id"], row["bank_account"], name, row["saved_at"]))
        return found

    def throw_away(self, account_id: UUID, upload_id: UUID) -> None:
        """Takes a file away for good."""
        self._run("throw_away", {"id": upload_id, "account_id": account_id})

    def forget_old(self, now: datetime) -> None:
        """Takes away what is too old, whosoever it is."""
        self._run("forget_old", {"now": now})

    def _values(self, upload: StatementUpload, now: datetime) -> dict[str, object]:
        text = json.dumps({**upload.choice, "file_name": upload.name}, ensure_ascii=False)
        place = _place(upload.id, "choice")
        return {
            "id": upload.id,
            "account_id": upload.account_id,
            "sealed_choice": self._vault.seal_bytes(upload.account_id, text.encode(), place),
            "now": now,
            "expires_at": now + LIVES,
        }

    def _open(self, account_id: UUID, upload_id: UUID, row: Row, part: str) -> bytes | None:
        return self._vault.open_bytes(account_id, row[f"sealed_{part}"], _place(upload_id, part))

    def _run(self, name: str, values: Mapping[str, object]) -> list[Row]:
        return self._database.statement(self._database.qualified(_SQL[name]), values)


def _place(upload_id: UUID, part: str) -> bytes:
    return f"statement upload {upload_id} {part}".encode()
