"""Refusals of the HTTP edge, in the same form as the domain's: the docstring is the sentence."""

from dataclasses import dataclass

from fastapi.exceptions import RequestValidationError

from domain.errors import DomainError


class Unauthenticated(DomainError):
    """Sign in first: send the header Authorization: Bearer, followed by a valid token."""

    code = "unauthenticated"


class ReadOnlyToken(DomainError):
    """This token reads only: sign in otherwise to change something."""

    code = "forbidden"


class NoSuchAddress(DomainError):
    """There is nothing at this address."""

    code = "not_found"


class MethodNotAllowed(DomainError):
    """This address does not answer to this method."""

    code = "method_not_allowed"


@dataclass(eq=False)
class BodyTooLarge(DomainError):
    """What was sent is larger than {limit_bytes}."""

    code = "too_large"
    limit_bytes: int


@dataclass(eq=False)
class WrongMediaType(DomainError):
    """This address accepts {media_type} and nothing else."""

    code = "unsupported_media"
    media_type: str


class NotForYourRole(DomainError):
    """Your role does not read this."""

    code = "forbidden"


@dataclass(eq=False)
class RateLimited(DomainError):
    """Too many requests in a short time: try again in {retry_after_s}."""

    code = "rate_limited"
    retry_after_s: int


class Unavailable(DomainError):
    """The register cannot answer right now: try again in a moment."""

    code = "unavailable"


class NotThereYet(DomainError):
    """What you wait for has not come yet: try again in a moment."""

    code = "unavailable"


class Unreadable(DomainError):
    """Something that this stands on cannot be read: it was altered. Whoever runs the register is to
    look at it (doti audit)."""

    code = "unreadable"


@dataclass(eq=False)
class NotReady(DomainError):
    """Not ready: {failing}."""

    code = "unavailable"
    failing: str


@dataclass(eq=False)
class NotAWholeYear(DomainError):
    """Statistics are told for whole years, from January to December of the same one: of other
    months, single households could be told by subtraction."""

    field: str


class Invalid(DomainError):
    """The request is not valid: every error is named beside."""


class Internal(DomainError):
    """Something went wrong here; it was written down."""

    code = "internal"


def invalid(kind: str, *place: str) -> RequestValidationError:
    """One thing in the request that is not valid. `kind`: a key of `api.validation.MESSAGES`."""
    return RequestValidationError([{"type": kind, "loc": place, "msg": kind, "input": None}])
