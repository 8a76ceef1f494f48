"""Signing in at a provider of identities, and linking who one is there with one's account here.

A link is made by an invitation or by whoever is signed in, and by nothing that a provider says of
an e-mail, a name or a role. Each way over the provider is begun and ended in the same browser,
once, within minutes.
"""

import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256
from uuid import UUID

from api.errors import NoSuchAddress
from api.security import attempts
from api.security.oidc import Identity, Provider, Secrets
from api.security.own_access import OwnAccess
from api.security.refusals import (
    FlowOver,
    IdentityTaken,
    LinkedBefore,
    LinkUsed,
    NotLinked,
    ProviderRefuses,
    WrongSignIn,
)
from api.security.sign_in import Caller, Parts, SignIn, Standing, State
from domain.errors import DomainError, NotFound
from workflows.eventstore.access_log import Access
from workflows.eventstore.database import Row
from workflows.eventstore.statements import statements

_SQL = statements("api.security.sql", "elsewhere")

START = "/sign-in/provider"
CALLBACK = "/sign-in/provider/callback"

FLOW_LIVES = timedelta(minutes=10)
_LONGEST_NEXT = 500


@dataclass(frozen=True, slots=True)
class Page:
    """The request that a way begins or ends with. `before`: the secret of the cookie of that
    browser; `origin`: where the register is reached."""

    caller: Caller
    origin: str
    before: str = field(repr=False)
    brought: str | None = field(repr=False, default=None)

    @property
    def callback(self) -> str:
        """Where the provider sends the browser back to."""
        return self.origin + CALLBACK


@dataclass(frozen=True, slots=True)
class Returned:
    """What the provider sent the browser back with."""

    state: str = field(repr=False)
    code: str | None = field(repr=False, default=None)
    error: str | None = None
    issuer: str | None = None


@dataclass(frozen=True, slots=True)
class Ended:
    """Where one goes on. `token`: of the session from now on; None: the one that there is."""

    next: str
    token: str | None = field(repr=False, default=None)


@dataclass(frozen=True, slots=True)
class Link:
    """Who somebody is at a provider, which is named by its address."""

    issuer: str
    linked_at: datetime


def own_path(path: str) -> str:
    """The path, if it is one of this register; else its beginning."""
    plain = all("!" <= sign <= "~" and sign != "\\" for sign in path)
    ours = path.startswith("/") and not path.startswith("//")
    return path if plain and ours and len(path) <= _LONGEST_NEXT else "/"


class Elsewhere:
    """The way over the provider. `name`: what its button says; None: there is no provider."""

    def __init__(
        self,
        parts: Parts,
        sign_in: SignIn,
        own_access: OwnAccess,
        provider: Provider | None,
        name: str,
    ) -> None:
        self._parts = parts
        self._sign_in = sign_in
        self._own_access = own_access
        self._provider = provider
        self.name = name if provider else None

    # Going

    def begin(
        self, page: Page, next_: str, *, shared_computer: bool, invitation: str | None
    ) -> str:
        """Where to send a browser to sign in, or (`invitation`) to accept one by signing in.

        Raises `NoSuchAddress` where there is no provider, `ProviderAway`, `TooManyAttempts`, and
        for a link `LinkUnknown`, `LinkUsed`, `LinkExpired`.
        """
        hashed = sha256(invitation.encode()).digest() if invitation is not None else None
        provider = self._asked()
        self._parts.attempts.begin(attempts.of_provider(page.caller.address))
        if hashed is not None:
            self._sign_in.invited(hashed)
        return self._go(
            provider, page, next_, shared_computer=shared_computer, invitation_hash=hashed
        )

    def begin_link(self, standing: Standing, password: str, page: Page, next_: str) -> str:
        """Where to send a browser to link an identity with the account that is signed in.

        It is another way in: it asks for the password. Raises `PasswordWrong`, `LinkedBefore`,
        `ProviderAway`, `NoSuchAddress`.
        """
        provider = self._asked()
        person = self._own_access.proved(standing, password, "password", page.caller)
        if any(link.issuer == provider.issuer for link in self.links(standing)):
            raise LinkedBefore
        return self._go(
            provider,
            page,
            next_,
            shared_computer=False,
            account_id=person.id,
            session_id=standing.session.id,
        )

    def _go(
        self,
        provider: Provider,
        page: Page,
        next_: str,
        *,
        shared_computer: bool,
        invitation_hash: bytes | None = None,
        account_id: UUID | None = None,
        session_id: UUID | None = None,
    ) -> str:
        made = Secrets(*(secrets.token_urlsafe(32) for _ in range(3)))
        address = provider.address(made, page.callback)
        now = self._parts.clock()
        self._run("forget_flows", now=now)
        self._run(
            "begin_flow",
            state_hash=_hash(made.state),
            before_hash=_hash(page.before),
            nonce=made.nonce,
            verifier=made.verifier,
            next=own_path(next_),
            shared_computer=shared_computer,
            invitation_hash=invitation_hash,
            account_id=account_id,
            session_id=session_id,
            expires_at=now + FLOW_LIVES,
        )
        return address

    # Coming back

    def finish(self, returned: Returned, page: Page, standing: Standing | None) -> Ended:
        """The browser is back: lets the person in, or links the identity.

        Raises `FlowOver`, `ProviderRefuses`, `ProviderAway`, `NotBelieved`, `NotLinked`,
        `IdentityTaken`, `LinkedBefore`, and what is wrong with an invitation. Nothing is done
        then, but the way is used up, and a line in the access log says why.
        """
        flow: Row | None = None
        provider = self._asked()
        try:
            flow = self._taken(returned, page)
            identity = self._identity(provider, returned, page, flow)
            if flow["account_id"] is not None:
                ended = self._link(flow, identity, page, standing)
            elif flow["invitation_hash"] is not None:
                ended = self._accept(flow, identity, page)
            else:
                ended = self._enter(flow, identity, page)
        except DomainError as error:
            self._note_failure(flow, page, error)
            raise
        self._parts.attempts.relieve(attempts.of_provider(page.caller.address))
        return ended

    def _taken(self, returned: Returned, page: Page) -> Row:
        rows = self._run(
            "take_flow",
            state_hash=_hash(returned.state),
            before_hash=_hash(page.before),
            now=self._parts.clock(),
        )
        if not rows or rows[0]["is_over"]:
            raise FlowOver
        return rows[0]

    def _identity(self, provider: Provider, returned: Returned, page: Page, flow: Row) -> Identity:
        provider.check_sender(returned.issuer)
        if returned.code is None or returned.error is not None:
            raise ProviderRefuses
        made = Secrets(returned.state, flow["nonce"], flow["verifier"])
        return provider.identity(returned.code, made, page.callback)

    def _enter(self, flow: Row, identity: Identity, page: Page) -> Ended:
        parts = self._parts
        with parts.database.transaction():
            rows = self._run("account_of", issuer=identity.issuer, subject=identity.subject)
            if not rows:
                raise NotLinked
            return self._let_in(rows[0]["account_id"], flow, identity, page)

    def _accept(self, flow: Row, identity: Identity, page: Page) -> Ended:
        """An invitation, in the place of a password: what was there before ends with it."""
        parts, hashed, now = self._parts, flow["invitation_hash"], self._parts.clock()
        account_id = self._sign_in.invited(bytes(hashed))
        with parts.database.transaction():
            if not parts.run("use_invitation", hash=hashed, now=now):
                raise LinkUsed
            self._run("unlink", account_id=account_id, issuer=identity.issuer)
            if not self._linked(account_id, identity):
                raise IdentityTaken
            self._run("forget_password", account_id=account_id)
            parts.run("use_other_invitations", account_id=account_id, now=now)
            parts.sessions.end_all(account_id)
            parts.note(Access.IDENTITY_LINKED, account_id, page.caller, by="invitation")
            self._sign_in.forgive(account_id)
            return self._let_in(account_id, flow, identity, page)

    def _link(self, flow: Row, identity: Identity, page: Page, standing: Standing | None) -> Ended:
        """Only for the session that began it, which is still signed in."""
        if standing is None or standing.state is not State.SIGNED_IN:
            raise FlowOver
        if standing.session.id != flow["session_id"]:
            raise FlowOver
        account_id = standing.session.account_id
        with self._parts.database.transaction():
            if not self._linked(account_id, identity):
                taken = self._run("account_of", issuer=identity.issuer, subject=identity.subject)
                raise IdentityTaken if taken else LinkedBefore
            self._parts.note(Access.IDENTITY_LINKED, account_id, page.caller, by="oneself")
        return Ended(flow["next"])

    def _let_in(self, account_id: UUID, flow: Row, identity: Identity, page: Page) -> Ended:
        try:
            token = self._sign_in.enter(
                account_id,
                page.caller,
                "provider",
                shared_computer=flow["shared_computer"],
                brought=page.brought,
                factor_elsewhere=identity.two_factors,
            )
        except WrongSignIn:  # the account is closed, which is nobody's business
            raise NotLinked from None
        return Ended(flow["next"], token)

    def _linked(self, account_id: UUID, identity: Identity) -> bool:
        return bool(
            self._run(
                "link",
                issuer=identity.issuer,
                subject=identity.subject,
                account_id=account_id,
                now=self._parts.clock(),
            )
        )

    def _note_failure(self, flow: Row | None, page: Page, error: DomainError) -> None:
        account_id = flow["account_id"] if flow else None
        why = type(error).__name__
        self._sign_in.note_failure(account_id, page.caller, "provider", last=False, why=why)

    # One's own links

    def links(self, standing: Standing) -> list[Link]:
        """Who the person is elsewhere."""
        return [Link(**row) for row in self._run("links", account_id=standing.session.account_id)]

    def unlink(self, standing: Standing, password: str, caller: Caller) -> None:
        """Takes the link with the provider away. Raises `PasswordWrong`, `NotFound`."""
        provider = self._asked()
        person = self._own_access.proved(standing, password, "password", caller)
        with self._parts.database.transaction():
            if not self._run("unlink", account_id=person.id, issuer=provider.issuer):
                raise NotFound
            self._parts.note(Access.IDENTITY_UNLINKED, person.id, caller, by="oneself")

    def _asked(self) -> Provider:
        if self._provider is None:
            raise NoSuchAddress
        return self._provider

    def _run(self, name: str, **values: object) -> list[Row]:
        database = self._parts.database
        return database.statement(database.qualified(_SQL[name]), values)


def _hash(secret: str) -> bytes:
    return sha256(secret.encode()).digest()
