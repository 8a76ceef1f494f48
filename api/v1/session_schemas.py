"""What is sent and answered where people sign in and change how they do."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, SecretStr

from api.security.factors import Kind
from api.security.sign_in import State
from api.v1.answer import Answer
from domain.actors import Role
from domain.text import Label

_LONGEST_SECRET = 1000
Typed = Annotated[SecretStr, Field(min_length=1, max_length=_LONGEST_SECRET)]
"""A secret that somebody typed: it shows in no message."""


class _Sent(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


class SignIn(_Sent):
    """The first step. `shared_computer`: others use it too, so that sessions are short."""

    email: Annotated[Label, Field(max_length=320)]
    password: Typed
    shared_computer: bool = False


class SecondFactor(_Sent):
    """The second step: six digits of the app, or a recovery code."""

    code: Typed


class AcceptInvitation(_Sent):
    """The token of the link, and the password that the person chooses."""

    token: Typed
    password: Typed


class ChangePassword(_Sent):
    """The password that is, and the one that shall be."""

    current: Typed
    new: Typed


class NewFactor(_Sent):
    """A second factor to set up. `label`: what the person calls it."""

    kind: Literal["totp"] = "totp"
    label: Annotated[Label, Field(max_length=100)] = "App"


class Code(_Sent):
    """The six digits that the app shows now."""

    code: Typed


class Password(_Sent):
    """The person's password, once more."""

    password: Typed


class NewPasskey(_Sent):
    """A passkey that the browser made, as `credential.toJSON()` says it."""

    label: Annotated[Label, Field(max_length=100)] = "Passkey"
    credential: dict[str, Any]


class Passkey(_Sent):
    """What a passkey signed, as `credential.toJSON()` says it."""

    credential: dict[str, Any]


class LinkIdentity(_Sent):
    """The person's password, and where they go on afterwards: a path of this register."""

    password: Typed
    next: Annotated[str, Field(max_length=500)] = "/"


class HeldRole(Answer):
    """A role that somebody has today, for one partner or (null) the whole programme."""

    role: Role
    partner: str | None
    delegated: bool


class SignedIn(Answer):
    """Who it is."""

    id: UUID
    name: str
    email: str | None
    works_for: str | None
    roles: list[HeldRole]


class Session(Answer):
    """How far somebody is. `factors`: what a second step can be done with.

    `csrf_token`: to be sent as X-CSRF-Token with whatever changes something; null for who came
    with a token. `account`: null until they are signed in.
    """

    state: State
    factors: list[Kind]
    csrf_token: str | None
    account: SignedIn | None
    shared_computer: bool | None
    ends_at: datetime | None


class OwnSession(Answer):
    """Where somebody is signed in."""

    id: UUID
    current: bool
    shared_computer: bool
    created_at: datetime
    seen_at: datetime
    ends_at: datetime


class OwnSessions(Answer):
    """All of one's own, the last used first."""

    items: list[OwnSession]


class OwnFactor(Answer):
    """A second factor."""

    id: UUID
    kind: Kind
    label: str
    confirmed_at: datetime
    last_used_at: datetime | None


class OwnFactors(Answer):
    """All of one's own, and how many recovery codes are left."""

    items: list[OwnFactor]
    recovery_codes_left: int


class BegunFactor(Answer):
    """What the app has to learn: as text, as a link, as a picture (SVG). Shown once."""

    id: UUID
    kind: Kind
    label: str
    secret: str
    otpauth_uri: str
    qr_svg: str


class ConfirmedFactor(Answer):
    """It is set up. `recovery_codes`: with the first one, shown once, to be kept on paper."""

    factors: OwnFactors
    recovery_codes: list[str] | None
    session: Session


class RecoveryCodes(Answer):
    """New ones, shown once; the old ones are worth nothing."""

    recovery_codes: list[str]


class PasskeyOptions(Answer):
    """For `PublicKeyCredential.parseCreationOptionsFromJSON` or `parseRequestOptionsFromJSON`."""

    public_key: dict[str, Any]


class AddedPasskey(Answer):
    """It is set up. `recovery_codes`: with the first factor, shown once, to be kept on paper."""

    factors: OwnFactors
    recovery_codes: list[str] | None
    session: Session


class Provider(Answer):
    """Where else one can sign in. `name`: null if nowhere. `start`: the address to go to."""

    name: str | None
    start: str | None


class OwnIdentity(Answer):
    """Who one is at a provider; what one is called there is not told."""

    issuer: str
    linked_at: datetime


class OwnIdentities(Answer):
    """All of one's own."""

    provider: Provider
    items: list[OwnIdentity]


class Elsewhere(Answer):
    """Go to this address of the provider; it sends the browser back."""

    location: str
