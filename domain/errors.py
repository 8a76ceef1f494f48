"""One class per way to fail. The docstring is the sentence that the user reads.

`code` is the word of the HTTP contract; status codes and translations are the API's business.
"""

import inspect
from dataclasses import dataclass
from typing import ClassVar


class DomainError(Exception):
    """The command was refused."""

    code: ClassVar[str] = "validation"

    @property
    def facts(self) -> dict[str, object]:
        """The data of the refusal, as the sentence and the problem document show it."""
        names: dict[str, object] = getattr(self, "__dataclass_fields__", {})
        return {name: getattr(self, name) for name in names}

    @classmethod
    def sentence(cls) -> str:
        """The sentence with its places, before the facts are put in; also the translation key."""
        return " ".join(inspect.cleandoc(cls.__doc__ or "").split())

    def __str__(self) -> str:
        return self.sentence().format(**self.facts)


@dataclass(eq=False)
class Forbidden(DomainError):
    """Your role does not allow this: {action} is for {roles}."""

    code = "forbidden"
    action: str
    roles: str


@dataclass(eq=False)
class OutsideOwnPartner(DomainError):
    """You act for another partner: nothing can be done here for {partner}."""

    code = "forbidden"
    partner: str


@dataclass(eq=False)
class SegregationOfDuties(DomainError):
    """You already took part in this dote ({done}): {action} must be done by somebody else."""

    code = "segregation_of_duties"
    action: str
    done: str


class WrongStream(ValueError):
    """The events are those of something else: an id was taken for another kind of thing."""


class NotFound(DomainError):
    """There is nothing here with this id, or it is not yours to see."""

    code = "not_found"


@dataclass(eq=False)
class WrongState(DomainError):
    """The dote is {state}: {action} is possible only when it is {possible}."""

    code = "wrong_state"
    action: str
    state: str
    possible: str


class UnfavourableAssessment(DomainError):
    """The assessment was unfavourable: the dote can be rejected or withdrawn, not approved."""

    code = "wrong_state"


@dataclass(eq=False)
class MoneyIsOut(DomainError):
    """{disbursed_cents} cents are already paid: the dote can be revoked, not withdrawn."""

    code = "wrong_state"
    disbursed_cents: int


@dataclass(eq=False)
class ReceiptAlreadyDecided(DomainError):
    """Receipt {n} is already {state}."""

    code = "wrong_state"
    n: int
    state: str


@dataclass(eq=False)
class DisbursementAlreadyReturned(DomainError):
    """Disbursement {n} was already returned."""

    code = "wrong_state"
    n: int


@dataclass(eq=False)
class NotFullyDocumented(DomainError):
    """{missing_cents} cents paid are not yet documented, refunded or disallowed."""

    code = "wrong_state"
    missing_cents: int


class NothingPaid(DomainError):
    """Nothing was paid on this dote: there is nothing to document."""

    code = "wrong_state"


@dataclass(eq=False)
class BudgetExceeded(DomainError):
    """The budget line {partner} {category} has {available_cents} cents available."""

    code = "budget_exceeded"
    partner: str
    category: str
    available_cents: int


@dataclass(eq=False)
class UnallocatedExceeded(DomainError):
    """The programme has {available_cents} cents that are not allocated yet."""

    code = "budget_exceeded"
    available_cents: int


@dataclass(eq=False)
class AmountTooHigh(DomainError):
    """At most {left_cents} cents are possible here."""

    field: str
    left_cents: int


@dataclass(eq=False)
class NothingProposed(DomainError):
    """A favourable judgement proposes an amount above zero."""

    field: str


@dataclass(eq=False)
class VoteDiffers(DomainError):
    """The votes given so far are for {amount_cents} cents and their payee: vote for the same."""

    field: str
    amount_cents: int


@dataclass(eq=False)
class UnknownCode(DomainError):
    """{value} is not known here."""

    field: str
    value: str


@dataclass(eq=False)
class PartnerMissing(DomainError):
    """You act for several partners: say for which one."""

    field: str


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
class SameLine(DomainError):
    """A transfer goes from one budget line to another one."""

    field: str


@dataclass(eq=False)
class DateInTheFuture(DomainError):
    """{value} has not come yet."""

    field: str
    value: str


@dataclass(eq=False)
class Duplicate(DomainError):
    """{what} is already there."""

    code = "duplicate"
    what: str


@dataclass(eq=False)
class StaleVersion(DomainError):
    """Somebody was quicker: you decided on version {expected}, it is now version {actual}."""

    code = "stale_version"
    expected: int
    actual: int


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
    """The file is larger than {limit_bytes} bytes."""

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
