"""What a dote's file is made of: votes, tranches, receipts, papers."""

from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from domain.privacy import Secret


@dataclass(frozen=True, slots=True)
class Vote:
    """One approver's vote. `at_version` tells which event holds it."""

    account_id: UUID
    amount_cents: int


@dataclass(frozen=True, slots=True)
class Disbursement:
    """A tranche that went out; `state` is executed or returned."""

    n: int
    amount_cents: int
    value_date: date
    method: str
    state: str


@dataclass(frozen=True, slots=True)
class Receipt:
    """A receipt; `state` is submitted, accepted or disallowed."""

    n: int
    kind: str
    number: str
    date: date
    amount_cents: int
    sha256: str
    media_type: str
    state: str


@dataclass(frozen=True, slots=True)
class Document:
    """A paper of the case file."""

    n: int
    kind: str
    sha256: str
    media_type: str
    size_bytes: int
    file: Secret


@dataclass(frozen=True, slots=True)
class File:
    """An uploaded file that the file store already holds."""

    sha256: str
    media_type: str
    size_bytes: int
    name: str = field(repr=False)
