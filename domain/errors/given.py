"""Refusals of what was given: unknown, doubled, out of time, unreadable."""

from dataclasses import dataclass

from domain.errors.base import DomainError


class WrongStream(ValueError):
    """The events are those of something else: an id was taken for another kind of thing."""


class NotFound(DomainError):
    """There is nothing here with this id, or it is not yours to see."""

    code = "not_found"


@dataclass(eq=False)
class UnknownCode(DomainError):
    """{value} is not known here."""

    field: str
    value: str


@dataclass(eq=False)
class ItemOfAnotherCategory(DomainError):
    """{value} is an item of another category ({category})."""

    field: str
    value: str
    category: str


@dataclass(eq=False)
class NoDesk(DomainError):
    """{value} has no desk: requests start at a desk."""

    field: str
    value: str


@dataclass(eq=False)
class DateInTheFuture(DomainError):
    """{value} has not come yet."""

    field: str
    value: str


@dataclass(eq=False)
class DateInThePast(DomainError):
    """{value} is over."""

    field: str
    value: str


@dataclass(eq=False)
class DateTooEarly(DomainError):
    """{value} is before {first}: it cannot be of what came later."""

    field: str
    value: str
    first: str


@dataclass(eq=False)
class EndsBeforeItBegins(DomainError):
    """{value} is before the first day."""

    field: str
    value: str


@dataclass(eq=False)
class Duplicate(DomainError):
    """{what} is already there."""

    code = "duplicate"
    what: str


class IdempotencyConflict(DomainError):
    """This Idempotency-Key was already used for another command."""

    code = "idempotency_conflict"


class ProgrammeMissing(DomainError):
    """No programme is open in this register yet."""

    code = "not_found"


@dataclass(eq=False)
class EmptyFile(DomainError):
    """The file is empty."""

    field: str = "file"


@dataclass(eq=False)
class FileTooLarge(DomainError):
    """The file is larger than {limit_bytes}."""

    code = "too_large"
    limit_bytes: int


@dataclass(eq=False)
class UnsupportedFile(DomainError):
    """Files of type {media_type} are not accepted: send PDF, JPEG, PNG, HEIC, WEBP or TIFF."""

    code = "unsupported_media"
    media_type: str


@dataclass(eq=False)
class DamagedFile(DomainError):
    """The file starts as {media_type} but is damaged or incomplete."""

    code = "unsupported_media"
    media_type: str
