"""What people change about their own way in: password, second factors, recovery codes, sessions.

What makes the way in weaker or gives it to somebody else asks for the password once more.
"""

from typing import Any
from uuid import UUID

from api.errors import Unauthenticated
from api.security import attempts, factors, password_rules
from api.security.factors import Kind
from api.security.passkeys import Credential, Place
from api.security.refusals import NoPassword, PasswordWrong, SecondFactorNeeded
from api.security.sessions import Own
from api.security.sign_in import Caller, Parts, Person, SignIn, Standing, State
from api.security.totp import Begun
from domain.errors import NotFound, OwnAccount
from workflows.eventstore.access_log import Access


class OwnAccess:
    """Changes by somebody who is signed in with a session; `standing` says in which."""

    def __init__(self, parts: Parts, sign_in: SignIn) -> None:
        self._parts = parts
        self._sign_in = sign_in

    # Sessions

    def sessions(self, standing: Standing) -> list[Own]:
        """Where the person is signed in, the last used first."""
        return self._parts.sessions.own(standing.session.account_id)

    def end_session(self, standing: Standing, session_id: UUID, caller: Caller) -> None:
        """Signs the person out elsewhere (or here). Raises `NotFound`."""
        account_id = standing.session.account_id
        if not self._parts.sessions.end_one(account_id, session_id):
            raise NotFound
        self._parts.note(Access.SESSION_ENDED, account_id, caller, sessions=1)

    def end_other_sessions(self, standing: Standing, caller: Caller) -> int:
        """Signs the person out everywhere else; how many sessions these were."""
        session = standing.session
        with self._parts.database.transaction():
            ended = self._parts.sessions.end_all(session.account_id, but=session.id)
            if ended:
                self._parts.note(Access.SESSION_ENDED, session.account_id, caller, sessions=ended)
        return ended

    # The password

    def change_password(self, standing: Standing, current: str, new: str, caller: Caller) -> str:
        """Another password: the token that the session has from now on; all others end.

        Raises `PasswordWrong`, `TooManyAttempts`, and what is wrong with the new one.
        """
        parts, session = self._parts, standing.session
        person = self.proved(standing, current, "current", caller)
        password_rules.check(new, "new", name=person.name, email=person.email)
        fresh = parts.passwords.hash(new)
        with parts.database.transaction():
            changed = parts.run(
                "change_password",
                account_id=person.id,
                changed_at=person.changed_at,
                fresh=fresh,
                now=parts.clock(),
            )
            token = parts.sessions.renew(session)
            if not changed or token is None:
                raise Unauthenticated  # it was changed from elsewhere in this very moment
            ended = parts.sessions.end_all(person.id, but=session.id)
            parts.note(Access.PASSWORD_CHANGED, person.id, caller, by="oneself", ended=ended)
            return token

    # Second factors

    def factors(self, standing: Standing) -> list[factors.Factor]:
        """Those that the person has set up."""
        return self._parts.factors.of(standing.session.account_id)

    def codes_left(self, standing: Standing) -> int:
        """How many recovery codes are still good."""
        return self._parts.factors.codes_left(standing.session.account_id)

    def begin_totp(self, standing: Standing, label: str) -> Begun:
        """A secret for an app, to be confirmed."""
        _may_add(standing)
        person = self._parts.person(standing.session.account_id)
        with self._parts.factors.alone(person.id):
            return self._parts.factors.begin_totp(person.id, label, person.email or person.name)

    def begun_totp(self, standing: Standing, factor_id: UUID) -> Begun:
        """The same once more, as long as it is not confirmed. Raises `NotFound`."""
        _may_add(standing)
        person = self._parts.person(standing.session.account_id)
        return self._parts.factors.begun_totp(person.id, factor_id, person.email or person.name)

    def confirm_totp(
        self, standing: Standing, factor_id: UUID, code: str, caller: Caller
    ) -> tuple[list[str] | None, str]:
        """The recovery codes that come with the first factor, and the session's token from now on.

        Whoever had to add one before anything else is signed in by it. Raises `NotFound`,
        `CodeWrong`.
        """
        account_id = standing.session.account_id
        _may_add(standing)
        with self._parts.factors.alone(account_id):
            self._check_still_missing(standing)
            codes = self._parts.factors.confirm_totp(account_id, factor_id, code)
            return codes, self._added(standing, Kind.TOTP, caller)

    def offer_passkey(self, standing: Standing, place: Place) -> dict[str, Any]:
        """What a browser needs to make a passkey. Raises `TooManyFactors`."""
        _may_add(standing)
        person = self._parts.person(standing.session.account_id)
        challenge = self._parts.sessions.challenge(standing.session)
        shown_as = person.email or person.name
        return self._parts.factors.offer_passkey(person.id, shown_as, person.name, challenge, place)

    def add_passkey(
        self, standing: Standing, label: str, credential: Credential, place: Place, caller: Caller
    ) -> tuple[list[str] | None, str]:
        """Another passkey: the same answer as `confirm_totp`.

        Raises `PasskeyWrong`, `PasskeyKnown`, `TooManyFactors`.
        """
        account_id = standing.session.account_id
        _may_add(standing)
        challenge = self._parts.sessions.take_challenge(standing.session)
        with self._parts.factors.alone(account_id):
            self._check_still_missing(standing)
            codes = self._parts.factors.add_passkey(account_id, label, credential, challenge, place)
            return codes, self._added(standing, Kind.PASSKEY, caller)

    def remove_factor(
        self, standing: Standing, factor_id: UUID, password: str, caller: Caller
    ) -> None:
        """Takes a second factor away. Raises `PasswordWrong`, `NotFound`, `LastFactor`."""
        parts = self._parts
        person = self.proved(standing, password, "password", caller)
        needed = factors.is_needed(parts.second_factor, standing.actor)
        with parts.factors.alone(person.id):
            kind = parts.factors.remove(person.id, factor_id, last_one_too=not needed)
            parts.note(Access.FACTOR_REMOVED, person.id, caller, kind=kind)

    def renew_codes(self, standing: Standing, password: str, caller: Caller) -> list[str]:
        """New recovery codes, shown once. Raises `PasswordWrong`, `NoFactor`."""
        parts = self._parts
        person = self.proved(standing, password, "password", caller)
        with parts.factors.alone(person.id):
            codes = parts.factors.renew_codes(person.id)
            parts.note(Access.RECOVERY_RENEWED, person.id, caller)
            return codes

    def forget_factors_of(
        self, standing: Standing, account_id: UUID, why: str, password: str, caller: Caller
    ) -> int:
        """An admin takes away the second factors of somebody else who lost them: how many.

        With the admin's own password: together with a link for a new one it opens the account to
        whoever has it. `why`: a word for the access log. Raises `PasswordWrong`, `OwnAccount`.
        """
        admin = standing.session.account_id
        if account_id == admin:
            raise OwnAccount
        self.proved(standing, password, "password", caller)
        return self._sign_in.forget_factors_of(
            account_id, caller, by="admin", admin=str(admin), why=why
        )

    def _check_still_missing(self, standing: Standing) -> None:
        """Whoever had none when they came still has none."""
        missing = standing.state is State.FACTOR_MISSING
        if missing and self._parts.factors.of(standing.session.account_id):
            raise SecondFactorNeeded  # one was added in this very moment

    def _added(self, standing: Standing, kind: Kind, caller: Caller) -> str:
        """The session's token from now on: whoever had to add a factor is signed in by it."""
        session = standing.session
        self._parts.note(Access.FACTOR_ADDED, session.account_id, caller, kind=kind)
        if standing.state is State.SIGNED_IN:
            return session.token
        return self._sign_in.make_whole(session, kind, caller)

    def proved(self, standing: Standing, password: str, field: str, caller: Caller) -> Person:
        """The person, if it is their password. It is not counted with the sign-ins: who is
        locked out there by somebody else can go on here."""
        parts, account_id = self._parts, standing.session.account_id
        person = parts.person(account_id)
        if person.password_hash is None:
            raise NoPassword
        aim = attempts.of_own_password(account_id)
        last = parts.attempts.begin(aim)
        if not parts.passwords.is_right(person.password_hash, password):
            parts.note(Access.SIGN_IN_FAILED, account_id, caller, step="own_password")
            if last:
                parts.note(Access.LOCKED_OUT, account_id, caller, step="own_password")
            raise PasswordWrong(field)
        parts.attempts.clear(aim)
        return person


def _may_add(standing: Standing) -> None:
    """Whoever has only a password adds no factor beside the one that they do not give."""
    if standing.state is State.SECOND_FACTOR:
        raise SecondFactorNeeded
