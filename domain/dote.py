"""A dote: what stands in its file, and what is decided about it.

The methods decide and return the event; `domain.dote_history.evolve` applies events and never
checks. Who may decide, and when, is in `domain.permissions`; what is decided with the rules and
the money in view is in `domain.deciding`, and about receipts in `domain.receipts`. Every refusal is
one class of `domain.errors`.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import accumulate
from typing import TypeVar
from uuid import UUID

from domain.dote_parts import (
    Alarm,
    Appeal,
    Disbursement,
    Document,
    File,
    PapersAsked,
    Payment,
    Receipt,
    Vote,
)
from domain.errors import (
    AmountTooHigh,
    DateInTheFuture,
    DateInThePast,
    DateTooEarly,
    DisbursementAlreadyReturned,
    Duplicate,
    NotFound,
)
from domain.events import dote as events
from domain.events.base import Event, Stamp
from domain.events.dote_values import Tranches
from domain.events.programme import BudgetLine
from domain.lifecycle import Duty, State
from domain.privacy import Note, Private, Secret

AnEvent = TypeVar("AnEvent", bound=Event)


@dataclass(frozen=True)  # without slots: `domain.dote_history` copies them quickly
class Dote:
    """A dote as its events tell it. Amounts in cents.

    `disbursed_cents` is what went out and did not bounce; `people` is who carried which duty,
    those who delegated among them. `stage_since`: when what it waits for now began; `paused`: how
    long papers were waited for since then. `over_cap_cents`: up to which amount the coordinator
    let it go over the household's caps. `ratified` None: nobody has said yet.
    """

    id: UUID
    version: int
    number: str
    state: State
    partner: str
    desk: str
    category: str
    item: str
    household_id: UUID
    urgent: bool
    policy_version: int
    created_at: datetime
    changed_at: datetime
    need: Secret
    people: dict[Duty, frozenset[UUID]]
    requested_cents: int
    stage_since: datetime
    paused: timedelta = timedelta()
    proposed_cents: int = 0
    approved_cents: int = 0
    disbursed_cents: int = 0
    documented_cents: int = 0
    refunded_cents: int = 0
    disallowed_cents: int = 0
    favourable: bool | None = None
    payee: Secret | None = None
    votes: tuple[Vote, ...] = ()
    over_cap_cents: int = 0
    approved_at: datetime | None = None
    tranches: Tranches = ()
    to_ratify: bool = False
    ratified: bool | None = None
    papers_asked: PapersAsked | None = None
    rejected_at: datetime | None = None
    appeal: Appeal | None = None
    documents: tuple[Document, ...] = ()
    payments: tuple[Payment, ...] = ()
    disbursements: tuple[Disbursement, ...] = ()
    receipts: tuple[Receipt, ...] = ()
    alarms: tuple[Alarm, ...] = ()

    @property
    def line(self) -> BudgetLine:
        """The budget line that the dote draws on."""
        return BudgetLine(partner=self.partner, category=self.category)

    @property
    def committed_cents(self) -> int:
        """Reserved and not yet paid; nothing is reserved once the dote is given up."""
        if self.state is State.APPROVED:
            return self.approved_cents - self.disbursed_cents
        return 0

    @property
    def ordered_cents(self) -> int:
        """What of it stands in payment batches that may still go out."""
        return sum(each.amount_cents for each in self.payments if each.is_live)

    @property
    def next_payment(self) -> int:
        """The number of the next order. What was paid without one had this number too, as what was
        due: each is used once, for ever."""
        by_hand = sum(each.payment_n is None for each in self.disbursements)
        return len(self.payments) + by_hand + 1

    @property
    def undocumented_cents(self) -> int:
        """Paid, and neither documented nor refunded nor disallowed."""
        return (
            self.disbursed_cents
            - self.documented_cents
            - self.refunded_cents
            - self.disallowed_cents
        )

    @property
    def assessed_by_requester(self) -> bool:
        """Whether somebody who requested it assessed it too, as the urgent path may allow."""
        requested = self.people.get(Duty.REQUEST, frozenset())
        return not requested.isdisjoint(self.people.get(Duty.ASSESS, frozenset()))

    @property
    def needs_ratification(self) -> bool:
        """Whether it went the urgent path, money is or may go out, and nobody has ratified yet."""
        moved = self.state in (State.APPROVED, State.DISBURSED) or self.disbursed_cents > 0
        return self.to_ratify and self.ratified is None and moved

    @property
    def next_tranche_due(self) -> date | None:
        """From when on the next planned tranche is to be paid; None: at once, or none is left."""
        for upto, tranche in zip(self._planned(), self.tranches, strict=True):
            if self.disbursed_cents < upto:
                return tranche.due
        return None

    def payable_cents(self, day: date) -> int:
        """What may be paid on a day: all that is committed, or what is planned until then."""
        if not self.tranches:
            return self.committed_cents
        due = [
            upto
            for upto, tranche in zip(self._planned(), self.tranches, strict=True)
            if tranche.due is None or tranche.due <= day
        ]
        return min(self.committed_cents, max(max(due, default=0) - self.disbursed_cents, 0))

    def _planned(self) -> list[int]:
        return list(accumulate(tranche.amount_cents for tranche in self.tranches))

    # Deciding: each returns the event that follows

    def attach_document(
        self, stamp: Stamp, kind: str, file: File, valid_until: date | None
    ) -> events.DocumentAttached:
        """A paper joins the file; the same paper twice is refused."""
        if any(known.sha256 == file.sha256 for known in self.documents):
            raise Duplicate(f"document {file.sha256[:12]}")
        return self.then(
            events.DocumentAttached,
            stamp,
            n=len(self.documents) + 1,
            kind=kind,
            file=Private.record(self.household_id, {"name": file.name}),
            valid_until=valid_until,
            **file.measures(),
        )

    def request_documents(
        self, stamp: Stamp, kinds: tuple[str, ...], what: str, due: date
    ) -> events.DocumentsRequested:
        """Papers are missing; the desk has until `due` to answer."""
        if due < stamp.day:
            raise DateInThePast("due_date", due.isoformat())
        return self.then(
            events.DocumentsRequested, stamp, kinds=kinds, what=self.noted(what), due=due
        )

    def provide_documents(self, stamp: Stamp, note: str | None) -> events.DocumentsProvided:
        """The desk answers."""
        return self.then(events.DocumentsProvided, stamp, note=self.note(note))

    def reject(self, stamp: Stamp, reason: str, note: str | None) -> events.DoteRejected:
        """A motivated refusal."""
        return self.then(
            events.DoteRejected,
            stamp,
            reason=self.noted(reason),
            note=self.note(note),
            policy_version=self.policy_version,
        )

    def lodge_appeal(self, stamp: Stamp, reason: str) -> events.AppealLodged:
        """The household asks for a second look."""
        return self.then(events.AppealLodged, stamp, reason=self.noted(reason))

    def decide_appeal(self, stamp: Stamp, *, accepted: bool, reason: str) -> events.AppealDecided:
        """The second look. What was judged favourably goes on to be approved, the rest is assessed
        anew."""
        resumes = State.ASSESSED if self.favourable else State.REQUESTED
        return self.then(
            events.AppealDecided,
            stamp,
            accepted=accepted,
            resumes=resumes if accepted else None,
            reason=self.noted(reason),
            policy_version=self.policy_version,
        )

    def withdraw(self, stamp: Stamp, reason: str, note: str | None) -> events.DoteWithdrawn:
        """The applicant gives up."""
        return self.then(events.DoteWithdrawn, stamp, **self._release(reason, note))

    def revoke(self, stamp: Stamp, reason: str, note: str | None) -> events.DoteRevoked:
        """The programme takes back what is not paid."""
        return self.then(events.DoteRevoked, stamp, **self._release(reason, note))

    def return_disbursement(
        self, stamp: Stamp, n: int, value_date: date, reason: str
    ) -> events.DisbursementReturned:
        """Tranche `n` came back from the bank, as far as it is not documented already."""
        tranche = next((known for known in self.disbursements if known.n == n), None)
        if tranche is None:
            raise NotFound
        if tranche.state != "executed":
            raise DisbursementAlreadyReturned(n)
        if tranche.amount_cents > self.undocumented_cents:
            raise AmountTooHigh("n", self.undocumented_cents)
        not_later(stamp, value_date, "value_date")
        not_before(tranche.value_date, value_date, "value_date")
        return self.then(
            events.DisbursementReturned,
            stamp,
            line=self.line,
            household_id=self.household_id,
            n=n,
            amount_cents=tranche.amount_cents,
            value_date=value_date,
            restores="available" if self.state is State.REVOKED else "committed",
            reason=self.sealed(reason),
        )

    def record_refund(
        self, stamp: Stamp, amount_cents: int, value_date: date, source: str
    ) -> events.RefundReceived:
        """The payee gave back what is not documented, or a part of it."""
        if amount_cents > self.undocumented_cents:
            raise AmountTooHigh("amount_cents", self.undocumented_cents)
        not_later(stamp, value_date, "value_date")
        paid = [each.value_date for each in self.disbursements if each.state == "executed"]
        not_before(min(paid), value_date, "value_date")
        return self.then(
            events.RefundReceived,
            stamp,
            line=self.line,
            household_id=self.household_id,
            amount_cents=amount_cents,
            value_date=value_date,
            source=self.sealed(source),
        )

    def account_for(self, stamp: Stamp, note: str | None) -> events.DoteAccountedFor:
        """The file is complete to the cent."""
        return self.then(
            events.DoteAccountedFor,
            stamp,
            disbursed_cents=self.disbursed_cents,
            documented_cents=self.documented_cents,
            refunded_cents=self.refunded_cents,
            disallowed_cents=self.disallowed_cents,
            note=self.private(note),
        )

    # What several decisions share

    def then(self, kind: type[AnEvent], stamp: Stamp, /, **data: object) -> AnEvent:
        """The next event of the dote."""
        return kind.stamped(stamp, self.id, self.version + 1, **data)

    def sealed(self, text: str) -> Private:
        """A text as the household's own."""
        return Private(self.household_id, text)

    def private(self, text: str | None) -> Private | None:
        """The same of a text that may be missing."""
        return None if text is None else self.sealed(text)

    def noted(self, text: str) -> Note:
        """A text about the household's situation, which is erased earlier."""
        return Note(self.household_id, text)

    def note(self, text: str | None) -> Note | None:
        """The same of a text that may be missing."""
        return None if text is None else self.noted(text)

    def _release(self, reason: str, note: str | None) -> dict[str, object]:
        return {
            "line": self.line,
            "household_id": self.household_id,
            "released_cents": self.committed_cents,
            "reason": self.noted(reason),
            "note": self.note(note),
        }


def not_before(first: date, day: date, name: str) -> None:
    """Refuses a day before the first one that it can be."""
    if day < first:
        raise DateTooEarly(name, day.isoformat(), first.isoformat())


def not_later(stamp: Stamp, day: date, name: str) -> None:
    """Refuses a day that has not come yet."""
    if day > stamp.day:
        raise DateInTheFuture(name, day.isoformat())
