"""What an audit can find in the tables beside the log.

They are not hashed; the events tell what they must say.
"""

from dataclasses import dataclass

from workflows.audit.findings import Finding


@dataclass(frozen=True)
class PositionDiffers(Finding):
    """The table that decisions on money are made on says {said} cents {account} for {where}, and
    the events make {made}."""

    where: str
    account: str
    said: int
    made: int


@dataclass(frozen=True)
class GrantDiffers(Finding):
    """The table of what households were granted says {said} cents for dote {dote}, and its events
    make {made}."""

    dote: str
    said: int
    made: int


@dataclass(frozen=True)
class RowDiffers(Finding):
    """The table {table} says {said} of {subject}, and the events make {made}."""

    table: str
    subject: str
    said: str
    made: str
    event: int | None
    """The place of the event that made the row, where one did."""


@dataclass(frozen=True)
class ClosingDiffers(Finding):
    """The closing of {period}, event {event}, says {said} for {account}, and the log makes
    {made}."""

    period: str
    event: int
    account: str
    said: str
    made: str


@dataclass(frozen=True)
class AccountDiffers(Finding):
    """The table of accounts says {said} of account {account}, and its events make {made}."""

    account: str
    said: str
    made: str


@dataclass(frozen=True)
class RoleDiffers(Finding):
    """The table of roles says {said} of grant {grant}, and its events make {made}."""

    grant: str
    said: str
    made: str


@dataclass(frozen=True)
class TokenDiffers(Finding):
    """The table of tokens says {said} of token {token}, and its events make {made}."""

    token: str
    said: str
    made: str


@dataclass(frozen=True)
class KeyOfErased(Finding):
    """The key of {subject} is there, who was erased: an older copy of the keys was put back. Run
    doti keys sweep."""

    subject: str


@dataclass(frozen=True)
class DelegationDiffers(Finding):
    """The table of delegations says {said} of delegation {delegation}, and its events make
    {made}."""

    delegation: str
    said: str
    made: str


@dataclass(frozen=True)
class MergeDiffers(Finding):
    """The table of merged households says that household {household} counts with {said}, and its
    events make {made}."""

    household: str
    said: str
    made: str


@dataclass(frozen=True)
class ConflictDiffers(Finding):
    """The table of conflicts of interest says {said} of conflict {conflict}, and its events make
    {made}."""

    conflict: str
    said: str
    made: str


@dataclass(frozen=True)
class DoteOfDiffers(Finding):
    """The table of whose dote is which says household {said} for dote {dote}, and its events make
    {made}: an erasure would look at the wrong doti."""

    dote: str
    said: str
    made: str


@dataclass(frozen=True)
class PaidDiffers(Finding):
    """The table of who was voted to be paid says {said} for payee {payee} and dote {dote}, and the
    events make {made}: an erasure would keep or take the wrong payee."""

    payee: str
    dote: str
    said: str
    made: str


@dataclass(frozen=True)
class FoundByDiffers(Finding):
    """By what {subject} is found stands otherwise in the table {table} than the events make it. Run
    doti reindex; if nothing was restored or updated, ask who wrote there."""

    table: str
    subject: str


@dataclass(frozen=True)
class FilesMarked(Finding):
    """The files of household {household} are marked to be removed, and it was never erased."""

    household: str
