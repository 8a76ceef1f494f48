"""Requests that somebody has begun: kept sealed under the key of their account until they are sent.

A draft is nothing that happened and stands in no log. Nobody reads another person's: every
statement names whose it is.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from domain.privacy import read_record
from workflows.eventstore.database import Database, Row
from workflows.eventstore.statements import statements
from workflows.eventstore.vault import Keys, Vault

_SQL = statements("workflows.eventstore.sql", "drafts")

LIVES = timedelta(days=30)
"""So long a draft is kept after it was saved last."""
SEARCH_LIVES = timedelta(days=1)
"""The same of one that is a search and nothing more so far."""
MOST = 50


@dataclass(frozen=True, slots=True)
class Draft:
    """What somebody has begun. `typed`: all of it, as JSON takes it; empty once it was sent.

    `household_id`: whom it is about, once that is known. `sent_as`: the dote that it became.
    """

    id: UUID
    account_id: UUID
    household_id: UUID | None
    typed: Mapping[str, Any] = field(repr=False)
    saved_at: datetime
    sent_as: UUID | None = None


class Drafts:
    """Keeps them."""

    def __init__(self, database: Database, vault: Vault) -> None:
        self._database = database
        self._vault = vault

    def save(self, draft: Draft, lives: timedelta = LIVES, *, seen: datetime | None = None) -> bool:
        """Keeps a draft as it is now; False if it was sent, or is not theirs.

        `seen`: when it was saved last, as far as whoever saves it knows; then also False if it was
        saved again since.
        """
        self._vault.ensure(draft.account_id)
        values = {
            "id": draft.id,
            "account_id": draft.account_id,
            "household_id": draft.household_id,
            "sealed": self._sealed(draft),
            "now": draft.saved_at,
            "expires_at": draft.saved_at + lives,
            "seen": seen,
        }
        return bool(self._run("save", values))

    def own(self, account_id: UUID, draft_id: UUID, now: datetime) -> Draft | None:
        """A person's draft; None if it is not there, not theirs, too old, or cannot be read."""
        values = {"id": draft_id, "account_id": account_id, "now": now}
        return next((self._opened(account_id, row, {}) for row in self._run("own", values)), None)

    def all_of(self, account_id: UUID, now: datetime) -> list[Draft]:
        """A person's drafts, those first that were saved last."""
        keys: Keys = {}
        values = {"account_id": account_id, "now": now, "limit": MOST}
        found = [self._opened(account_id, row, keys) for row in self._run("own_all", values)]
        return [draft for draft in found if draft is not None]

    def sent(self, account_id: UUID, draft_id: UUID, dote_id: UUID) -> None:
        """It became a dote: nothing is kept of it but which one."""
        values = {"id": draft_id, "account_id": account_id, "dote_id": dote_id}
        self._run("sent", values)

    def throw_away(self, account_id: UUID, draft_id: UUID) -> None:
        """Takes a draft away for good."""
        self._run("throw_away", {"id": draft_id, "account_id": account_id})

    def forget_old(self, now: datetime) -> None:
        """Takes away what is too old, whosoever it is."""
        self._run("forget_old", {"now": now})

    def _sealed(self, draft: Draft) -> bytes:
        text = json.dumps(draft.typed, ensure_ascii=False)
        return self._vault.seal_bytes(draft.account_id, text.encode(), _place(draft.id))

    def _opened(self, account_id: UUID, row: Row, keys: Keys) -> Draft | None:
        typed: Mapping[str, Any] | None = {}
        if row["sealed"] is not None:
            text = self._vault.open_bytes(account_id, row["sealed"], _place(row["id"]), keys)
            typed = None if text is None else read_record(text.decode())
        if typed is None:
            return None  # the account was erased
        return Draft(
            row["id"], account_id, row["household_id"], typed, row["saved_at"], row["sent_as"]
        )

    def _run(self, name: str, values: Mapping[str, object]) -> list[Row]:
        return self._database.statement(self._database.qualified(_SQL[name]), values)


def _place(draft_id: UUID) -> bytes:
    return f"draft {draft_id}".encode()
