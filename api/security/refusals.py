"""Why somebody is not let in, or may not change how they sign in."""

from dataclasses import dataclass

from domain.errors import DomainError

# Signing in


class WrongSignIn(DomainError):
    """This e-mail and this password do not go together."""

    code = "unauthenticated"


class WrongSecondFactor(DomainError):
    """This code is not right, or it was used before."""

    code = "unauthenticated"


class WrongPasskey(DomainError):
    """This passkey could not be checked: try again, or use something else."""

    code = "unauthenticated"


@dataclass(eq=False)
class TooManyAttempts(DomainError):
    """Too many attempts that failed: try again in {retry_after_s}."""

    code = "rate_limited"
    retry_after_s: int


class LinkUnknown(DomainError):
    """This link is not valid: ask for a new one."""

    code = "not_found"


class LinkUsed(DomainError):
    """This link was used already: sign in, or ask for a new one."""

    code = "wrong_state"


class LinkExpired(DomainError):
    """This link has expired: ask for a new one."""

    code = "wrong_state"


# A session that is not enough


class SecondFactorNeeded(DomainError):
    """Go on signing in: give your second factor."""

    code = "unauthenticated"


class SecondFactorMissing(DomainError):
    """Your role needs a second factor: add one first."""

    code = "forbidden"


class SessionNeeded(DomainError):
    """Only the person does this, signed in with their password; no token does it for them."""

    code = "forbidden"


class FromElsewhere(DomainError):
    """This request does not come from a page of this register."""

    code = "forbidden"


class PageTooOld(DomainError):
    """This page is too old, or was not made by this register: load it again."""

    code = "forbidden"


# Passwords


@dataclass(eq=False)
class PasswordTooShort(DomainError):
    """A password has at least {length_min} characters."""

    field: str
    length_min: int


@dataclass(eq=False)
class PasswordTooLong(DomainError):
    """A password has at most {length_max} characters."""

    field: str
    length_max: int


@dataclass(eq=False)
class PasswordEasy(DomainError):
    """This password is too easy to guess: avoid repetitions, sequences and very common words."""

    field: str


@dataclass(eq=False)
class PasswordTells(DomainError):
    """A password contains neither your name, nor your e-mail, nor the word doti."""

    field: str


@dataclass(eq=False)
class PasswordWrong(DomainError):
    """This is not your password."""

    field: str


class NoPassword(DomainError):
    """You have no password here: ask for an invitation link, and choose one by it."""

    code = "wrong_state"


# Second factors


@dataclass(eq=False)
class CodeWrong(DomainError):
    """This code is not the one that the app shows now."""

    field: str


@dataclass(eq=False)
class PasskeyWrong(DomainError):
    """This passkey could not be set up: begin again."""

    field: str


class PasskeyKnown(DomainError):
    """This passkey is set up already."""

    code = "duplicate"


class LastFactor(DomainError):
    """Your role needs a second factor: add another one before you remove this one."""

    code = "wrong_state"


@dataclass(eq=False)
class TooManyFactors(DomainError):
    """Nobody has more than {most} second factors: remove one first."""

    code = "wrong_state"
    most: int


class NoFactor(DomainError):
    """Recovery codes stand in for a second factor: add one first."""

    code = "wrong_state"


# A provider of identities


class ProviderAway(DomainError):
    """The provider does not answer: try again in a moment, or sign in with your password."""

    code = "unavailable"


class ProviderRefuses(DomainError):
    """The provider did not let you in."""

    code = "forbidden"


class NotBelieved(DomainError):
    """What the provider answered does not prove who you are: nobody was signed in."""

    code = "forbidden"


class FlowOver(DomainError):
    """This way over the provider has ended, or was not begun in this browser: begin again."""

    code = "wrong_state"


class NotLinked(DomainError):
    """Nobody here is linked with this identity: use your invitation, or sign in and link it."""

    code = "forbidden"


class IdentityTaken(DomainError):
    """This identity is linked with another account."""

    code = "wrong_state"


class LinkedBefore(DomainError):
    """Your account is linked with an identity already: remove it first."""

    code = "wrong_state"
