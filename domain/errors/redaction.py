"""Refusals of papers that are made fit for others."""

from dataclasses import dataclass

from domain.errors.base import DomainError


@dataclass(eq=False)
class NothingMarked(DomainError):
    """Mark what is to be blacked out, or say that nothing personal stands on this paper."""

    field: str


@dataclass(eq=False)
class FewerAreas(DomainError):
    """{before} areas were black, now {now} would be: say that what was black may be seen, or mark
    it again."""

    field: str
    before: int
    now: int


@dataclass(eq=False)
class NoSuchPage(DomainError):
    """The paper has {pages} pages: there is no page {page}."""

    field: str
    page: int
    pages: int


class CannotBeDrawn(DomainError):
    """The pages of this file cannot be drawn: hand it in again as a PDF without a password, a JPEG
    or a PNG."""

    code = "unsupported_media"


@dataclass(eq=False)
class TooManyPages(DomainError):
    """Papers of more than {most} pages are not drawn: hand in the pages that count."""

    code = "too_large"
    most: int
