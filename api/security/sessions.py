"""Sessions: who is signed in with a browser. The database keeps the SHA-256 of their tokens."""

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import sha256
from uuid import UUID, uuid4

from api.security.csrf import token_for
from api.settings import Settings
from workflows.eventstore.database import Database, Row
from workflows.eventstore.statements import statements

_SQL = statements("api.security.sql", "sessions")

TOKEN_BYTES = 32
SEEN_EVERY = timedelta(minutes=1)
HALF_S = 10 * 60
"""So long somebody has for the second step of a sign-in."""

CHALLENGE_LIVES = timedelta(minutes=5)
"""So long somebody has to use their passkey."""

LAPSED = timedelta(days=1)
"""So long after a session is over by itself, what was typed in it is still put into its draft."""

_KEPT = timedelta(days=30)


class Proved(StrEnum):
    """What the person has proved so far; only a whole sign-in acts."""

    PASSWORD = "password"  # noqa: S105  a word of the table
    WHOLE = "whole"


@dataclass(frozen=True, slots=True)
class Session:
    """A session that is worth something. `token`: the secret of its cookie.

    `began_by`: password, invitation or provider. `factor_elsewhere`: the provider said that a
    second factor was given there.
    """

    id: UUID
    account_id: UUID
    proved: Proved
    began_by: str
    shared_computer: bool
    has_factor: bool
    factor_elsewhere: bool
    ends_at: datetime
    token: str = field(repr=False)

    @property
    def csrf_token(self) -> str:
        """What its pages send along with whatever changes something."""
        return token_for(self.token)


@dataclass(frozen=True, slots=True)
class Own:
    """One of a person's sessions, as they see it in a list."""

    id: UUID
    shared_computer: bool
    created_at: datetime
    seen_at: datetime
    ends_at: datetime


class Sessions:
    """Begins, finds and ends them."""

    def __init__(
        self, database: Database, settings: Settings, clock: Callable[[], datetime]
    ) -> None:
        self._database = database
        self._settings = settings
        self._clock = clock

    def begin(
        self,
        account_id: UUID,
        proved: Proved,
        *,
        began_by: str,
        factor_elsewhere: bool,
        shared_computer: bool,
    ) -> str:
        """A new session; its token, which nobody has seen before."""
        token = _fresh()
        now = self._clock()
        values = {
            "hash": _hash(token),
            "id": uuid4(),
            "account_id": account_id,
            "proved": proved,
            "began_by": began_by,
            "factor_elsewhere": factor_elsewhere,
            "shared_computer": shared_computer,
            **self._limits(proved, now, shared_computer=shared_computer),
        }
        self._run("forget", {"account_id": account_id, "before": now - _KEPT})
        self._run("begin", values)
        return token

    def live(self, token: str) -> Session | None:
        """The session of a token, None if it is worth nothing (any more). It was seen now."""
        now = self._clock()
        rows = self._run("live", {"hash": _hash(token), "now": now})
        if not rows:
            return None
        row = rows[0]
        if now - row["seen_at"] >= SEEN_EVERY:
            self._run("see", {"hash": _hash(token), "now": now})
        return Session(
            id=row["id"],
            account_id=row["account_id"],
            proved=Proved(row["proved"]),
            began_by=row["began_by"],
            shared_computer=row["shared_computer"],
            has_factor=row["has_factor"],
            factor_elsewhere=row["factor_elsewhere"],
            ends_at=row["ends_at"],
            token=token,
        )

    def lapsed(self, token: str) -> UUID | None:
        """Whose session it was that nobody ended but time, not long ago; None if it was none."""
        values = {"hash": _hash(token), "since": self._clock() - LAPSED}
        rows = self._run("lapsed", values)
        return rows[0]["account_id"] if rows else None

    def make_whole(self, session: Session) -> str | None:
        """Another token for a session that has proved all; None if somebody was quicker."""
        fresh, now = _fresh(), self._clock()
        limits = self._limits(Proved.WHOLE, now, shared_computer=session.shared_computer)
        return self._rotate(session, fresh, {**limits, "proved": Proved.WHOLE})

    def renew(self, session: Session) -> str | None:
        """Another token for the same session; it ends when it would have ended."""
        fresh, now = _fresh(), self._clock()
        limits = self._limits(session.proved, now, shared_computer=session.shared_computer)
        kept = {"proved": session.proved, "ends_at": session.ends_at}
        return self._rotate(session, fresh, {**limits, **kept})

    def challenge(self, session: Session) -> bytes:
        """What a passkey has to sign next in this session; the one before is worth nothing."""
        challenge = secrets.token_bytes(TOKEN_BYTES)
        values = {"hash": _hash(session.token), "challenge": challenge, "now": self._clock()}
        self._run("challenge", values)
        return challenge

    def take_challenge(self, session: Session) -> bytes | None:
        """The challenge of the session, once; None if there is none, or it is too old."""
        since = self._clock() - CHALLENGE_LIVES
        rows = self._run("take_challenge", {"hash": _hash(session.token), "since": since})
        return bytes(rows[0]["challenge"]) if rows and rows[0]["is_fresh"] else None

    def end(self, token: str) -> UUID | None:
        """Ends the session of a token; whose it was, None if there was nothing to end."""
        rows = self._run("end", {"hash": _hash(token), "now": self._clock()})
        return rows[0]["account_id"] if rows else None

    def end_one(self, account_id: UUID, session_id: UUID) -> bool:
        """Ends one of the person's sessions; False if there is none of this id to end."""
        values = {"id": session_id, "account_id": account_id, "now": self._clock()}
        return bool(self._run("end_one", values))

    def end_all(self, account_id: UUID, *, but: UUID | None = None) -> int:
        """Ends the person's sessions, all but one; how many these were."""
        values = {"account_id": account_id, "but": but, "now": self._clock()}
        return len(self._run("end_others", values))

    def own(self, account_id: UUID) -> list[Own]:
        """Where the person is signed in."""
        rows = self._run("own", {"account_id": account_id, "now": self._clock()})
        return [Own(**row) for row in rows]

    def _rotate(self, session: Session, fresh: str, values: dict[str, object]) -> str | None:
        both = {"hash": _hash(session.token), "fresh": _hash(fresh)}
        return fresh if self._run("rotate", {**values, **both}) else None

    def _limits(self, proved: Proved, now: datetime, *, shared_computer: bool) -> dict[str, object]:
        known = self._settings
        idle_s, longest_s = known.session_idle_s, known.session_s
        if shared_computer:
            idle_s, longest_s = known.shared_session_idle_s, known.shared_session_s
        if proved is Proved.PASSWORD:
            longest_s = min(HALF_S, longest_s)
        return {"now": now, "idle_s": idle_s, "ends_at": now + timedelta(seconds=longest_s)}

    def _run(self, name: str, values: Mapping[str, object]) -> list[Row]:
        return self._database.statement(self._database.qualified(_SQL[name]), values)


def _fresh() -> str:
    return secrets.token_urlsafe(TOKEN_BYTES)


def _hash(token: str) -> bytes:
    return sha256(token.encode()).digest()
