"""Signing in: password, then (where somebody has one or needs one) a second factor.

Each step gives the session another token. A session begins with the password and acts only when
all is proved; what a client brought along never becomes a session.
"""

import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from hashlib import sha256
from typing import Any
from uuid import UUID

from api.errors import Unauthenticated
from api.security import attempts, password_rules
from api.security.accounts import Accounts
from api.security.attempts import Attempts
from api.security.factors import Factors, Kind, Wanted, is_needed
from api.security.passkeys import Credential, Place
from api.security.passwords import Passwords
from api.security.refusals import (
    LinkExpired,
    LinkUnknown,
    LinkUsed,
    WrongPasskey,
    WrongSecondFactor,
    WrongSignIn,
)
from api.security.sessions import Proved, Session, Sessions
from domain.actors import Actor
from domain.errors import UnknownPerson
from workflows.eventstore import access_log
from workflows.eventstore.access_log import Access
from workflows.eventstore.database import Database, Row
from workflows.eventstore.statements import statements

_SQL = statements("api.security.sql", "sign_in")


class State(StrEnum):
    """How far somebody is."""

    SIGNED_OUT = "signed_out"
    SECOND_FACTOR = "second_factor"
    FACTOR_MISSING = "factor_missing"
    SIGNED_IN = "signed_in"


@dataclass(frozen=True, slots=True)
class Caller:
    """Where an attempt comes from: the address of the network, and the request's id."""

    address: str
    correlation_id: str | None


@dataclass(frozen=True, slots=True)
class Standing:
    """A live session, how far its person is, and who they are in it."""

    session: Session
    state: State
    actor: Actor


@dataclass(frozen=True, slots=True)
class Person:
    """Whose account it is. `changed_at`: since when the password is this one."""

    id: UUID
    name: str
    email: str | None
    works_for: str | None
    password_hash: str | None
    changed_at: datetime | None


@dataclass(frozen=True, slots=True)
class Parts:
    """What signing in, and changing how one signs in, work with."""

    database: Database
    accounts: Accounts
    sessions: Sessions
    factors: Factors
    passwords: Passwords
    attempts: Attempts
    second_factor: Wanted
    factor_elsewhere_counts: bool
    clock: Callable[[], datetime]

    def run(self, name: str, **values: object) -> list[Row]:
        """A statement of `sign_in.sql`."""
        return self.database.statement(self.database.qualified(_SQL[name]), values)

    def note(
        self, what: Access, account_id: UUID | None, caller: Caller, **details: str | int
    ) -> None:
        """Adds a line to the access log."""
        entry = access_log.Entry(
            at=self.clock(),
            what=what,
            account_id=account_id,
            correlation_id=caller.correlation_id,
            details=dict(details),
        )
        access_log.note(self.database, entry)

    def person(self, account_id: UUID) -> Person:
        """Whose account it is."""
        return Person(**self.run("person", account_id=account_id)[0])


class SignIn:
    """The ways in, and out."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    def standing(self, token: str) -> Standing | None:
        """What the token of a cookie is worth now; None: nothing."""
        session = self._parts.sessions.live(token)
        actor = self._parts.accounts.actor_of(session.account_id) if session else None
        if session is None or actor is None:
            return None
        return Standing(session, self._state(session, actor), actor)

    def lapsed(self, token: str) -> UUID | None:
        """Whose session it was that is over by time alone: they act no more, and what they typed
        meanwhile is kept for them."""
        return self._parts.sessions.lapsed(token)

    def ways_on(self, standing: Standing) -> list[Kind]:
        """What the second step can be done with, where there is one to do."""
        if standing.state is not State.SECOND_FACTOR:
            return []
        return self._parts.factors.kinds(standing.session.account_id)

    def person(self, account_id: UUID) -> Person:
        """Whose account it is."""
        return self._parts.person(account_id)

    def with_password(
        self,
        email: str,
        password: str,
        caller: Caller,
        *,
        shared_computer: bool,
        brought: str | None,
    ) -> str:
        """The first step: the token of a new session. `brought`: that of one to end.

        Raises `WrongSignIn`, whatever was wrong with it, and `TooManyAttempts`.
        """
        parts = self._parts
        known_by = _email(email)
        aims = attempts.of_address(caller.address), attempts.of_email(known_by)
        last = parts.attempts.begin(*aims)
        rows = parts.run("by_email", email=known_by)
        kept: str | None = rows[0]["password_hash"] if rows else None
        account_id: UUID | None = rows[0]["id"] if rows else None
        if not parts.passwords.is_right(kept, password) or account_id is None or kept is None:
            self.note_failure(account_id, caller, "password", last=last)
            raise WrongSignIn
        if parts.passwords.is_outdated(kept):
            fresh = parts.passwords.hash(password)
            parts.run("rehash", account_id=account_id, known=kept, fresh=fresh)
        with parts.database.transaction():
            parts.attempts.relieve(aims[0])
            parts.attempts.take_back(aims[1])
            changed_at = rows[0]["changed_at"]
            if not parts.run("hold_password", account_id=account_id, changed_at=changed_at):
                raise WrongSignIn  # it was changed in this very moment
            return self.enter(
                account_id, caller, "password", shared_computer=shared_computer, brought=brought
            )

    def enter(
        self,
        account_id: UUID,
        caller: Caller,
        by: str,
        *,
        shared_computer: bool,
        brought: str | None,
        factor_elsewhere: bool = False,
    ) -> str:
        """The token of a new session for somebody who has proved who they are by one thing.

        `by`: what that was, a word for the access log. `factor_elsewhere`: a second factor was
        given at the provider. The session is whole if nothing more is needed. Raises
        `WrongSignIn` where the account is closed.
        """
        parts = self._parts
        with parts.database.transaction():
            actor = parts.accounts.actor_of(account_id)
            if actor is None:
                raise WrongSignIn
            if brought is not None:
                parts.sessions.end(brought)
            needed = is_needed(parts.second_factor, actor)
            counts = factor_elsewhere and parts.factor_elsewhere_counts
            whole = counts or (not needed and not parts.factors.of(account_id))
            token = parts.sessions.begin(
                account_id,
                Proved.WHOLE if whole else Proved.PASSWORD,
                began_by=by,
                factor_elsewhere=counts,
                shared_computer=shared_computer,
            )
            if whole:
                parts.note(Access.SIGNED_IN, account_id, caller, by=by)
                self.forgive(account_id)
            return token

    def with_second_factor(self, standing: Standing | None, typed: str, caller: Caller) -> str:
        """The second step: the token that the session has from now on.

        Raises `Unauthenticated` where there was no first step, `WrongSecondFactor`, and
        `TooManyAttempts`.
        """
        parts, session = self._parts, _at_second_step(standing)
        account_id = session.account_id
        last = parts.attempts.begin(attempts.of_second_factor(account_id))
        with parts.database.transaction():
            kind = parts.factors.prove(account_id, typed)
            token = self.make_whole(session, kind, caller) if kind else None
        if token is None:
            self.note_failure(account_id, caller, "second_factor", last=last)
            raise WrongSecondFactor
        return token

    def ask_passkey(self, standing: Standing | None, place: Place) -> dict[str, Any]:
        """What a browser needs for the second step with a passkey. Raises `Unauthenticated`."""
        session = _at_second_step(standing)
        challenge = self._parts.sessions.challenge(session)
        return self._parts.factors.ask_passkey(session.account_id, challenge, place)

    def with_passkey(
        self, standing: Standing | None, credential: Credential, place: Place, caller: Caller
    ) -> str:
        """The second step with a passkey: the token that the session has from now on.

        Raises `Unauthenticated` where there was no first step, `WrongPasskey`, and
        `TooManyAttempts`.
        """
        parts, session = self._parts, _at_second_step(standing)
        account_id = session.account_id
        last = parts.attempts.begin(attempts.of_second_factor(account_id))
        challenge = parts.sessions.take_challenge(session)
        checked = None
        with parts.database.transaction():
            if challenge is not None:
                checked = parts.factors.check_passkey(account_id, credential, challenge, place)
            if checked is not None and not checked.went_back:
                return self.make_whole(session, Kind.PASSKEY, caller)
        why = "sign_count" if checked else "challenge" if challenge is None else "signature"
        self.note_failure(account_id, caller, "passkey", last=last, why=why)
        raise WrongPasskey

    def make_whole(self, session: Session, kind: Kind, caller: Caller) -> str:
        """The token that a session has from now on which has proved all; in the current
        transaction. Raises `Unauthenticated` where it ended meanwhile."""
        token = self._parts.sessions.make_whole(session)
        if token is None:
            raise Unauthenticated
        if kind is Kind.RECOVERY_CODE:
            self._parts.note(Access.RECOVERY_USED, session.account_id, caller)
        by = session.began_by
        self._parts.note(Access.SIGNED_IN, session.account_id, caller, by=by, factor=kind)
        self.forgive(session.account_id)
        return token

    def accept_invitation(
        self, link: str, password: str, caller: Caller, *, brought: str | None
    ) -> str:
        """Somebody chooses a password by the link that was made for them, and is let in by it.

        Raises `LinkUnknown`, `LinkUsed`, `LinkExpired`, and what is wrong with the password.
        """
        parts = self._parts
        hashed, now = sha256(link.encode()).digest(), parts.clock()
        account_id = self.invited(hashed)
        person = parts.person(account_id)
        password_rules.check(password, "password", name=person.name, email=person.email)
        fresh = parts.passwords.hash(password)
        with parts.database.transaction():
            if not parts.run("use_invitation", hash=hashed, now=now):
                raise LinkUsed
            parts.run("choose_password", account_id=account_id, fresh=fresh, now=now)
            parts.run("use_other_invitations", account_id=account_id, now=now)
            parts.sessions.end_all(account_id)
            parts.note(Access.PASSWORD_CHANGED, account_id, caller, by="invitation")
            self.forgive(account_id)
            return self.enter(
                account_id, caller, "invitation", shared_computer=False, brought=brought
            )

    def sign_out(self, session: Session, caller: Caller) -> None:
        """Ends a session."""
        if self._parts.sessions.end(session.token) is not None:
            self._parts.note(Access.SIGNED_OUT, session.account_id, caller)

    def forget_factors(self, email: str, caller: Caller) -> int:
        """Somebody lost their second factors and their recovery codes: all are taken away, and
        their sessions end. How many factors it were. Raises `UnknownPerson`."""
        parts, known_by = self._parts, _email(email)
        rows = parts.run("by_email", email=known_by)
        if not rows:
            raise UnknownPerson(known_by)
        return self.forget_factors_of(rows[0]["id"], caller, by="operator")

    def forget_factors_of(self, account_id: UUID, caller: Caller, **why: str) -> int:
        """The same of an account. `why`: by whom and for which reason, in words of this software,
        for the access log."""
        parts = self._parts
        with parts.factors.alone(account_id):
            forgotten = parts.factors.forget(account_id)
            parts.sessions.end_all(account_id)
            parts.note(Access.FACTOR_REMOVED, account_id, caller, all=forgotten, **why)
            return forgotten

    def invited(self, hashed: bytes) -> UUID:
        """Whose link it is that has this hash. Raises `LinkUnknown`, `LinkUsed`, `LinkExpired`."""
        rows = self._parts.run("invitation", hash=hashed, now=self._parts.clock())
        if not rows:
            raise LinkUnknown
        if rows[0]["used_at"] is not None:
            raise LinkUsed
        if rows[0]["is_over"]:
            raise LinkExpired
        account_id: UUID = rows[0]["account_id"]
        return account_id

    def _state(self, session: Session, actor: Actor) -> State:
        if session.proved is Proved.PASSWORD:
            return State.SECOND_FACTOR if session.has_factor else State.FACTOR_MISSING
        elsewhere = session.factor_elsewhere and self._parts.factor_elsewhere_counts
        if session.has_factor or elsewhere or not is_needed(self._parts.second_factor, actor):
            return State.SIGNED_IN
        return State.FACTOR_MISSING  # a role was granted meanwhile, or the setting changed

    def forgive(self, account_id: UUID) -> None:
        """Nothing that failed before is held against who is in now."""
        email = attempts.of_email(self._parts.person(account_id).email or "")
        self._parts.attempts.clear(email, attempts.of_second_factor(account_id))

    def note_failure(
        self, account_id: UUID | None, caller: Caller, step: str, *, last: bool, **why: str
    ) -> None:
        """Somebody was not let in. `last`: from now on they have to wait."""
        self._parts.note(Access.SIGN_IN_FAILED, account_id, caller, step=step, **why)
        if last:
            self._parts.note(Access.LOCKED_OUT, account_id, caller, step=step)


def _at_second_step(standing: Standing | None) -> Session:
    if standing is None or standing.state is not State.SECOND_FACTOR:
        raise Unauthenticated
    return standing.session


def _email(typed: str) -> str:
    return unicodedata.normalize("NFC", typed).strip().lower()
