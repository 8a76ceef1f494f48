"""The commands, as frozen models: what the API accepts and the workflows decide on."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import (
    AfterValidator,
    AliasChoices,
    BaseModel,
    ConfigDict,
    Field,
    StrictBool,
    field_validator,
)
from pydantic_core import PydanticCustomError

from domain import sepa
from domain.actors import Role
from domain.bank_account import compact_iban, has_wrong_cin, is_iban
from domain.days import Day, MoneyDay
from domain.events.programme import PartnerRole
from domain.household import MOST_MEMBERS, Member
from domain.money import Cents, CentsOrZero
from domain.retention import LEAST_NOTICE_DAYS
from domain.text import Code, Label, Sentence, Text, Word


class Command(BaseModel):
    """What somebody asks for. Unknown fields are refused: a misspelt one must not be lost."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class RegisterHousehold(Command):
    """A desk registers a household. `partner`: needed only of who acts for several."""

    members: Annotated[tuple[Member, ...], Field(min_length=1, max_length=MOST_MEMBERS)]
    address: Label | None = None
    district: Label | None = None
    hardships: Annotated[tuple[Label, ...], Field(max_length=20)] = ()
    partner: Code | None = None


class AddMember(Command, Member):
    """One more person belongs to a household."""


class RecordPersonalData(Command):
    """All that is known of a household, in the place of what was. `members`: in the order of their
    numbers; who left stays in the list, with the day."""

    members: Annotated[tuple[Member, ...], Field(min_length=1, max_length=MOST_MEMBERS)]
    address: Label | None = None
    district: Label | None = None
    hardships: Annotated[tuple[Label, ...], Field(max_length=20)] = ()


class SeekHouseholds(Command):
    """Persons who may be known already."""

    members: Annotated[tuple[Member, ...], Field(min_length=1, max_length=MOST_MEMBERS)]


class MergeHousehold(Command):
    """The household is the same as `into`, which goes on for both."""

    into: UUID
    reason: Sentence


class UnmergeHousehold(Command):
    """Why two households are not the same after all."""

    reason: Sentence


class RequestDote(Command):
    """A desk requests a dote for a household."""

    partner: Code
    category: Code
    item: Code
    household_id: UUID
    amount_cents: Cents
    need: Text
    urgent: StrictBool = False


class AttachDocument(Command):
    """A paper joins the case file; its file comes beside it. `valid_until`: its last good day."""

    kind: Word
    valid_until: Day | None = None


class RequestDocuments(Command):
    """Papers are missing. `due_date`: until when the desk answers; the rules' time if left out."""

    what: Text
    kinds: Annotated[tuple[Word, ...], Field(max_length=20)] = ()
    due_date: Day | None = None


class ProvideDocuments(Command):
    """The desk answers; the papers themselves were attached before."""

    note: Text | None = None


class Assess(Command):
    """A judgement. `proposed_cents`: as much as possible where nothing is said."""

    outcome: Literal["favourable", "unfavourable"]
    proposed_cents: CentsOrZero | None = None
    note: Text | None = None


def checked_iban(value: str) -> str:
    """A compact IBAN, refused if it is none."""
    compact = compact_iban(value)
    if has_wrong_cin(compact):
        raise PydanticCustomError("cin", "The check letter of this IBAN does not fit")
    if not is_iban(compact):
        raise PydanticCustomError("iban", "This is not a valid IBAN")
    return compact


def payee_iban(value: str) -> str:
    """The same, refused where no SEPA transfer reaches it."""
    compact = checked_iban(value)
    if not sepa.reaches(compact):
        told = {"country": sepa.country(compact)}
        raise PydanticCustomError("outside_sepa", "{country} is outside SEPA", told)
    return compact


def _spelt(value: str) -> str:
    if not sepa.can_be_spelt(value):
        raise PydanticCustomError("no_letters", "This name has no letters that banks can spell")
    return value


PayeeName = Annotated[Label, AfterValidator(_spelt)]
"""The name of who is paid, as the bank knows it."""


class Payee(Command):
    """Who is paid. The account holder's name as the bank knows it. `iban`: only within SEPA; who
    has none is paid otherwise than by bank transfer."""

    name: PayeeName
    iban: Annotated[str, Field(max_length=42)] | None = None

    @field_validator("iban")
    @classmethod
    def _valid(cls, value: str | None) -> str | None:
        if value is None:
            return None
        return payee_iban(value)


class Delegate(Command):
    """A role of one's own, for somebody else to act in. `partner`: as far as it reaches if left
    out. `max_cents`: the most that is decided on in each step."""

    to: UUID
    role: Role
    partner: Code | None = None
    since: Day
    until: Day
    max_cents: Cents
    reason: Sentence


class EndDelegation(Command):
    """A delegation ends; there is nothing to say."""


class DeclareConflict(Command):
    """A household (or its member, from 0 on) or a payee that one is too near to."""

    household_id: UUID | None = None
    member: Annotated[int, Field(strict=True, ge=0, le=29)] | None = None
    payee: Payee | None = None
    reason: Sentence


class LiftConflict(Command):
    """Why a conflict of interest is over."""

    reason: Sentence


class PlannedTranche(Command):
    """A part of the amount; with a day, it is paid from then on."""

    amount_cents: Cents
    due: MoneyDay | None = None


class Vote(Command):
    """What is voted for. Without a `payee` the household itself is paid; without `tranches`, as it
    comes."""

    amount_cents: Cents
    payee: Payee | None = None
    tranches: Annotated[tuple[PlannedTranche, ...], Field(max_length=24)] = ()


class Approve(Vote):
    """A vote."""

    note: Text | None = None


class Ratify(Command):
    """Whether what was approved in urgency is confirmed."""

    ratified: StrictBool
    note: Text | None = None


class OverrideCap(Command):
    """Up to which amount the dote may go over its household's caps, and why."""

    amount_cents: Cents
    reason: Sentence


class LodgeAppeal(Command):
    """Why the household asks for a second look."""

    reason: Sentence


class DecideAppeal(Command):
    """The second look."""

    accepted: StrictBool
    reason: Sentence


class Motivate(Command):
    """A rejection, withdrawal or revocation, with its reason."""

    reason: Sentence
    note: Text | None = None


class Motive(Command):
    """Why a household is to be erased, or not."""

    reason: Sentence


class HoldErasure(Command):
    """Until which day a household is kept, whatever its time, and why."""

    until: Day
    reason: Sentence


class AdoptRetention(Command):
    """How long is kept what (`domain.retention.Retention`); what is left out stays as it is."""

    accounting_years: Annotated[int, Field(strict=True, ge=0, le=100)] | None = None
    notes_months: Annotated[int, Field(strict=True, ge=0, le=1200)] | None = None
    notice_days: Annotated[int, Field(strict=True, ge=LEAST_NOTICE_DAYS, le=366)] | None = None
    small_cell: Annotated[int, Field(strict=True, ge=1, le=100)] | None = None


class Disburse(Command):
    """Money went out. `method`: bank_transfer, voucher, prepaid_card, direct_purchase, cash."""

    amount_cents: Cents
    value_date: MoneyDay
    method: Word
    reference: Label | None = None


class ReturnDisbursement(Command):
    """The bank sent a disbursement back."""

    reason: Sentence
    value_date: MoneyDay


class RecordRefund(Command):
    """The payee gave money back."""

    amount_cents: Cents
    value_date: MoneyDay
    source: Sentence


class SubmitReceipt(Command):
    """A receipt; its file comes beside it. `paper_cents`: what the whole paper comes to, where
    several doti paid it."""

    kind: Word
    number: Label
    date: MoneyDay
    issuer: Label
    amount_cents: Cents
    paper_cents: Cents | None = None


class AcceptReceipt(Command):
    """The receipt is accepted."""

    reason: Sentence | None = None


class DisallowReceipt(Command):
    """The receipt is not admitted."""

    reason: Sentence


class AccountFor(Command):
    """The file is closed."""

    note: Text | None = None


class Reveal(Command):
    """Somebody looks at what is masked for them, and says why."""

    reason: Annotated[Sentence, Field(min_length=10)]


class Line(Command):
    """A budget line as people name it."""

    partner: Code
    category: Code


class JoinPartner(Command):
    """An organisation takes part."""

    code: Code
    name: Label
    role: PartnerRole
    activity: Label | None = None


class OpenDesk(Command):
    """A partner opens its desk, where requests start."""

    partner: Code
    name: Label


class DefineCategory(Command):
    """A category of doti. `provider`: the only partner that serves it; `health_data`: what its doti
    tell is about health."""

    code: Code
    name: Label
    provider: Code | None = None
    health_data: StrictBool = False


class DefineItem(Command):
    """Something that a dote of a category can pay for."""

    category: Code
    code: Code
    name: Label


class GrantFunding(Command):
    """Money comes into the programme."""

    funder: Label
    amount_cents: Cents


class Allocate(Line):
    """Funding goes onto a budget line."""

    amount_cents: Cents
    reason: Sentence


class Transfer(Command):
    """Available money goes from a line to another."""

    model_config = ConfigDict(populate_by_name=True)

    source: Annotated[Line, Field(validation_alias=AliasChoices("from", "source"), alias="from")]
    target: Annotated[Line, Field(validation_alias=AliasChoices("to", "target"), alias="to")]
    amount_cents: Cents
    reason: Sentence
