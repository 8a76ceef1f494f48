"""A dote: what stands in its file, and what is decided about it.

The methods decide and return the event; `domain.dote_history.evolve` applies events and never
checks. Who may decide, and when, is in `domain.permissions`. Every refusal is one class of
`domain.errors`.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import TypeVar
from uuid import UUID

from domain.actors import Role
from domain.dote_parts import Disbursement, Document, File, Receipt, Vote
from domain.errors import (
    AmountTooHigh,
    BudgetExceeded,
    DateInTheFuture,
    DisbursementAlreadyReturned,
    Duplicate,
    NotFound,
    NothingProposed,
    ReceiptAlreadyDecided,
    VoteDiffers,
)
from domain.events import dote as events
from domain.events.base import Event, Stamp
from domain.events.programme import BudgetLine
from domain.lifecycle import WAITING_FOR, Duty, State
from domain.policy import Policy
from domain.privacy import Private, Secret

AnEvent = TypeVar("AnEvent", bound=Event)


@dataclass(frozen=True, slots=True)
class Dote:
    """A dote as its events tell it. Amounts in cents.

    `disbursed_cents` is what went out and did not bounce; `people` is who carried which duty.
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
    proposed_cents: int = 0
    approved_cents: int = 0
    disbursed_cents: int = 0
    documented_cents: int = 0
    refunded_cents: int = 0
    disallowed_cents: int = 0
    favourable: bool | None = None
    payee: Secret | None = None
    votes: tuple[Vote, ...] = ()
    documents: tuple[Document, ...] = ()
    disbursements: tuple[Disbursement, ...] = ()
    receipts: tuple[Receipt, ...] = ()

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
    def undocumented_cents(self) -> int:
        """Paid, and neither documented nor refunded nor disallowed."""
        return (
            self.disbursed_cents
            - self.documented_cents
            - self.refunded_cents
            - self.disallowed_cents
        )

    @property
    def waiting_for(self) -> frozenset[Role]:
        """Whose turn it is. A revoked dote still waits for the receipts of what was paid."""
        if self.state is State.REVOKED and self.undocumented_cents:
            return WAITING_FOR[State.DISBURSED]
        return WAITING_FOR[self.state]

    # Deciding: each returns the event that follows

    def attach_document(self, stamp: Stamp, kind: str, file: File) -> events.DocumentAttached:
        """A paper joins the file; the same paper twice is refused."""
        if any(known.sha256 == file.sha256 for known in self.documents):
            raise Duplicate(f"document {file.sha256[:12]}")
        return self._next(
            events.DocumentAttached,
            stamp,
            n=len(self.documents) + 1,
            kind=kind,
            file=Private.record(self.household_id, {"name": file.name}),
            **_measures(file),
        )

    def assess(
        self, stamp: Stamp, *, favourable: bool, proposed_cents: int, note: str | None
    ) -> events.DoteAssessed:
        """A judgement on need and amount; at most what was requested is proposed."""
        if proposed_cents > self.requested_cents:
            raise AmountTooHigh("proposed_cents", self.requested_cents)
        if favourable and proposed_cents == 0:
            raise NothingProposed("proposed_cents")
        return self._next(
            events.DoteAssessed,
            stamp,
            favourable=favourable,
            proposed_cents=proposed_cents if favourable else 0,
            note=self._private(note),
            policy_version=self.policy_version,
        )

    def approve(
        self,
        stamp: Stamp,
        policy: Policy,
        amount_cents: int,
        payee: Private,
        *,
        same_payee: bool,
        note: str | None,
        position: events.LinePosition,
        exposure_cents: int,
    ) -> events.ApprovalGiven | events.DoteApproved:
        """A vote, and with the last one the approval.

        `position` is what stands on the budget line and `exposure_cents` what the household was
        granted, both read under the locks that this decision holds. `same_payee` tells whether
        `payee` is the one of the votes before.
        """
        if policy.version != self.policy_version:
            raise ValueError("a dote is decided under the policy version of its request")
        if amount_cents > self.requested_cents:
            raise AmountTooHigh("amount_cents", self.requested_cents)
        if self.votes and self.votes[0].amount_cents != amount_cents:
            raise VoteDiffers("amount_cents", self.votes[0].amount_cents)
        if self.votes and not same_payee:
            raise VoteDiffers("payee", self.votes[0].amount_cents)
        if amount_cents > position.available_cents:
            raise BudgetExceeded(self.partner, self.category, position.available_cents)
        decision = {
            "amount_cents": amount_cents,
            "payee": payee,
            "note": self._private(note),
            "policy_version": policy.version,
        }
        if len(self.votes) + 1 < policy.approvers_needed(amount_cents):
            return self._next(events.ApprovalGiven, stamp, **decision)
        after = position.model_copy(
            update={
                "available_cents": position.available_cents - amount_cents,
                "committed_cents": position.committed_cents + amount_cents,
            }
        )
        return self._next(
            events.DoteApproved,
            stamp,
            line=self.line,
            household_id=self.household_id,
            approvers=(*(vote.account_id for vote in self.votes), stamp.by.account_id),
            household_before_cents=exposure_cents,
            household_after_cents=exposure_cents + amount_cents,
            before=position,
            after=after,
            **decision,
        )

    def reject(self, stamp: Stamp, reason: str, note: str | None) -> events.DoteRejected:
        """A motivated refusal."""
        return self._next(
            events.DoteRejected,
            stamp,
            reason=self._sealed(reason),
            note=self._private(note),
            policy_version=self.policy_version,
        )

    def withdraw(self, stamp: Stamp, reason: str, note: str | None) -> events.DoteWithdrawn:
        """The applicant gives up."""
        return self._next(events.DoteWithdrawn, stamp, **self._release(reason, note))

    def revoke(self, stamp: Stamp, reason: str, note: str | None) -> events.DoteRevoked:
        """The programme takes back what is not paid."""
        return self._next(events.DoteRevoked, stamp, **self._release(reason, note))

    def disburse(
        self,
        stamp: Stamp,
        amount_cents: int,
        value_date: date,
        method: str,
        reference: str | None,
    ) -> events.DoteDisbursed:
        """Money went out: all that is left of the approved amount, or a part of it."""
        left = self.committed_cents
        if amount_cents > left:
            raise AmountTooHigh("amount_cents", left)
        _not_later(stamp, value_date, "value_date")
        return self._next(
            events.DoteDisbursed,
            stamp,
            line=self.line,
            n=len(self.disbursements) + 1,
            amount_cents=amount_cents,
            value_date=value_date,
            method=method,
            reference=self._private(reference),
            last=amount_cents == left,
        )

    def return_disbursement(
        self, stamp: Stamp, n: int, value_date: date, reason: str
    ) -> events.DisbursementReturned:
        """Tranche `n` came back from the bank, as far as it is not documented already."""
        tranche = next((known for known in self.disbursements if known.n == n), None)
        if tranche is None:
            raise NotFound
        if tranche.state == "returned":
            raise DisbursementAlreadyReturned(n)
        if tranche.amount_cents > self.undocumented_cents:
            raise AmountTooHigh("n", self.undocumented_cents)
        _not_later(stamp, value_date, "value_date")
        return self._next(
            events.DisbursementReturned,
            stamp,
            line=self.line,
            household_id=self.household_id,
            n=n,
            amount_cents=tranche.amount_cents,
            value_date=value_date,
            restores="available" if self.state is State.REVOKED else "committed",
            reason=self._sealed(reason),
        )

    def record_refund(
        self, stamp: Stamp, amount_cents: int, value_date: date, source: str
    ) -> events.RefundReceived:
        """The payee gave back what is not documented, or a part of it."""
        if amount_cents > self.undocumented_cents:
            raise AmountTooHigh("amount_cents", self.undocumented_cents)
        _not_later(stamp, value_date, "value_date")
        return self._next(
            events.RefundReceived,
            stamp,
            line=self.line,
            household_id=self.household_id,
            amount_cents=amount_cents,
            value_date=value_date,
            source=self._sealed(source),
        )

    def submit_receipt(
        self,
        stamp: Stamp,
        *,
        kind: str,
        number: str,
        on: date,
        issuer: str,
        amount_cents: int,
        file: File,
    ) -> events.ReceiptSubmitted:
        """A receipt comes in, for at most what is not documented yet; the same again is refused.

        `amount_cents` is what the dote paid of it. The issuer is private and not compared: papers
        of two shops are told apart by their amounts.
        """
        for known in self.receipts:
            told = (known.kind, known.number, known.date, known.amount_cents)
            same_paper = told == (kind, number, on, amount_cents)
            if self._counts(known) and (known.sha256 == file.sha256 or same_paper):
                raise Duplicate(f"receipt {known.n}")
        if amount_cents > self.undocumented_cents:
            raise AmountTooHigh("amount_cents", self.undocumented_cents)
        _not_later(stamp, on, "date")
        return self._next(
            events.ReceiptSubmitted,
            stamp,
            n=len(self.receipts) + 1,
            kind=kind,
            number=number,
            date=on,
            amount_cents=amount_cents,
            details=Private.record(self.household_id, {"issuer": issuer, "name": file.name}),
            **_measures(file),
        )

    def accept_receipt(self, stamp: Stamp, n: int, reason: str | None) -> events.ReceiptAccepted:
        """The receipt documents its amount."""
        return self._next(
            events.ReceiptAccepted, stamp, reason=self._private(reason), **self._decided(n)
        )

    def disallow_receipt(self, stamp: Stamp, n: int, reason: str) -> events.ReceiptDisallowed:
        """The expense is not admitted."""
        return self._next(
            events.ReceiptDisallowed, stamp, reason=self._sealed(reason), **self._decided(n)
        )

    def account_for(self, stamp: Stamp, note: str | None) -> events.DoteAccountedFor:
        """The file is complete to the cent."""
        return self._next(
            events.DoteAccountedFor,
            stamp,
            disbursed_cents=self.disbursed_cents,
            documented_cents=self.documented_cents,
            refunded_cents=self.refunded_cents,
            disallowed_cents=self.disallowed_cents,
            note=self._private(note),
        )

    # What several decisions share

    def _next(self, kind: type[AnEvent], stamp: Stamp, /, **data: object) -> AnEvent:
        return kind.stamped(stamp, self.id, self.version + 1, **data)

    def _sealed(self, text: str) -> Private:
        return Private(self.household_id, text)

    def _private(self, text: str | None) -> Private | None:
        return None if text is None else self._sealed(text)

    def _release(self, reason: str, note: str | None) -> dict[str, object]:
        return {
            "line": self.line,
            "household_id": self.household_id,
            "released_cents": self.committed_cents,
            "reason": self._sealed(reason),
            "note": self._private(note),
        }

    def _counts(self, receipt: Receipt) -> bool:
        # One for more than is left can never be decided any more: the paper may come again, with
        # the amount that the dote paid of it.
        undecidable = receipt.amount_cents > self.undocumented_cents
        return receipt.state == "accepted" or (receipt.state == "submitted" and not undecidable)

    def _decided(self, n: int) -> dict[str, object]:
        receipt = next((known for known in self.receipts if known.n == n), None)
        if receipt is None:
            raise NotFound
        if receipt.state != "submitted":
            raise ReceiptAlreadyDecided(n, receipt.state)
        if receipt.amount_cents > self.undocumented_cents:
            raise AmountTooHigh("amount_cents", self.undocumented_cents)
        return {"line": self.line, "n": n, "amount_cents": receipt.amount_cents}


def _measures(file: File) -> dict[str, object]:
    return {
        "sha256": file.sha256,
        "media_type": file.media_type,
        "size_bytes": file.size_bytes,
    }


def _not_later(stamp: Stamp, day: date, name: str) -> None:
    # One day of grace: the clock is UTC, the desk is in its own time zone.
    if (day - stamp.at.date()).days > 1:
        raise DateInTheFuture(name, day.isoformat())
