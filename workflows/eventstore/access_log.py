"""Who looked at whom, who signed in, and who was refused: rows that are only ever added."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from psycopg.types.json import Jsonb

from domain.actors import Role
from workflows.eventstore.database import Database
from workflows.eventstore.statements import statements

_SQL = statements("workflows.eventstore.sql", "access_log")


class Access(StrEnum):
    """What was done."""

    HOUSEHOLD_READ = "household_read"
    DOTE_READ = "dote_read"
    HISTORY_READ = "history_read"
    PAPER_READ = "paper_read"
    PAYEE_READ = "payee_read"
    REVEALED = "revealed"
    COPIED = "copied"
    EXPORTED = "exported"
    SEARCHED = "searched"
    SAMPLED = "sampled"
    SIGNED_IN = "signed_in"
    SIGN_IN_FAILED = "sign_in_failed"
    LOCKED_OUT = "locked_out"
    SIGNED_OUT = "signed_out"
    SESSION_ENDED = "session_ended"
    REFUSED = "refused"
    PASSWORD_CHANGED = "password_changed"  # noqa: S105  a word of the log
    FACTOR_ADDED = "factor_added"
    FACTOR_REMOVED = "factor_removed"
    RECOVERY_USED = "recovery_used"
    RECOVERY_RENEWED = "recovery_renewed"
    IDENTITY_LINKED = "identity_linked"
    IDENTITY_UNLINKED = "identity_unlinked"


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of it. `details`: words and numbers of this software, never what somebody typed."""

    at: datetime
    what: Access
    account_id: UUID | None = None
    role: Role | None = None
    household_id: UUID | None = None
    dote_id: UUID | None = None
    correlation_id: str | None = None
    details: dict[str, str | int | bool | None] = field(default_factory=dict)


def note(database: Database, entry: Entry) -> None:
    """Adds an entry, within the current transaction if there is one."""
    values = {
        "at": entry.at,
        "what": entry.what,
        "account_id": entry.account_id,
        "role": entry.role,
        "household_id": entry.household_id,
        "dote_id": entry.dote_id,
        "correlation_id": entry.correlation_id,
        "details": Jsonb(entry.details),
    }
    database.statement(database.qualified(_SQL["note"]), values)
