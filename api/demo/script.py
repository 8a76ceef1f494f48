"""What happens to one dote: its acts, by whom, how long after the one before."""

from dataclasses import dataclass, field
from datetime import timedelta
from random import Random
from uuid import UUID

from api.demo.acts import (
    Act,
    ActWithFile,
    AnAct,
    ByHand,
    ComesBack,
    Do,
    DoWithFile,
    GivesBack,
    MakePaper,
    Paid,
    Transfer,
)
from api.demo.data import ItemStory, Stories
from api.demo.papers import paper
from api.demo.persons import bank_account
from api.demo.working_time import DAY_S, HOUR_S
from domain.dote_parts import File
from workflows.accounting import accept_receipt, account_for, disallow_receipt, submit_receipt
from workflows.appeals import decide_appeal, lodge_appeal
from workflows.approval import approve, override_cap, ratify, reject, revoke
from workflows.assessment import assess
from workflows.commands import (
    AcceptReceipt,
    AccountFor,
    Approve,
    Assess,
    AttachDocument,
    DecideAppeal,
    DisallowReceipt,
    Disburse,
    LodgeAppeal,
    Motivate,
    OverrideCap,
    Payee,
    PlannedTranche,
    ProvideDocuments,
    Ratify,
    RequestDocuments,
    SubmitReceipt,
)
from workflows.disbursement import disburse
from workflows.engine import Outcome, Work
from workflows.papers import attach_document, provide_documents, request_documents
from workflows.requests import withdraw

BANK_TRANSFER = "bank_transfer"

_ATTACHED = 0.6
_NEXT_TRANCHE = timedelta(days=45)


@dataclass(frozen=True, slots=True)
class Case:
    """What is asked, at whose desk, who is to be paid, and who votes on it, in their order.

    `all_papers`: every paper that the item asks for is attached, because the rules want them.
    """

    partner: str
    category: str
    item: str
    story: ItemStory
    need: str
    urgent: bool
    requested_cents: int
    approved_cents: int
    payee: Payee | None
    method: str
    voters: tuple[str, ...]
    all_papers: bool

    @property
    def by_batch(self) -> bool:
        """Whether it is paid by a batch for the bank; what is urgent is not kept waiting for it."""
        return self.method == BANK_TRANSFER and not self.urgent


@dataclass(slots=True)
class Script:
    """The acts that follow the request, written down one after the other.

    `granted_cents`: what was approved at the end. `payments`: what was paid, or is to be.
    """

    rng: Random
    told: Stories
    case: Case
    number: int
    acts: list[AnAct] = field(default_factory=list)
    granted_cents: int = 0
    receipts: int = 0
    payments: list[Paid] = field(default_factory=list)

    def papers(self) -> None:
        """The desk attaches what the item asks for, most of the time."""
        for kind in self.case.story.papers:
            if self.case.all_papers or self.rng.random() < _ATTACHED:
                make = self._paper(kind, self.case.requested_cents, before_days=12)
                self._with_file(self.case.partner, (120, 3 * HOUR_S), _attach(kind), make)

    def assess(self, *, favourable: bool = True) -> None:
        """An assessor judges; now and then less than asked is proposed."""
        notes = self.told.notes
        command = Assess(
            outcome="favourable" if favourable else "unfavourable",
            proposed_cents=self.case.approved_cents if favourable else None,
            note=self.rng.choice(notes.favourable if favourable else notes.unfavourable),
        )
        self._add("assessor", self._days(0.3, 4), lambda work, dote: assess(work, dote, command))

    def vote(self, by: str = "approver", *, first_cents: int | None = None) -> None:
        """One approver votes. `first_cents`: the first of two tranches; None: paid as it comes."""
        note = self.rng.choice(self.told.notes.approval)

        def act(work: Work, dote: UUID) -> Outcome:
            command = Approve(
                amount_cents=self.case.approved_cents,
                payee=self.case.payee,
                tranches=() if first_cents is None else self._planned(work, dote, first_cents),
                note=note,
            )
            return approve(work, dote, command)

        self._add(by, self._days(0.2, 3), act)

    def _planned(self, work: Work, dote: UUID, first_cents: int) -> tuple[PlannedTranche, ...]:
        """Two tranches; who votes later votes for the same days."""
        voted = work.case(dote).dote.tranches
        due = voted[-1].due if voted else work.today + _NEXT_TRANCHE
        rest = self.case.approved_cents - first_cents
        return PlannedTranche(amount_cents=first_cents), PlannedTranche(amount_cents=rest, due=due)

    def approve(self, *, first_cents: int | None = None) -> None:
        """All vote whom the rules want."""
        for by in self.case.voters:
            self.vote(by, first_cents=first_cents)
        self.granted_cents = self.case.approved_cents

    def approve_urgently(self) -> None:
        """One votes at once, whoever else would have to."""
        self.vote()
        self.granted_cents = self.case.approved_cents

    def ratify(self) -> None:
        """Somebody else confirms it."""
        command = Ratify(ratified=True)
        self._add("approver2", self._days(1, 4), lambda work, dote: ratify(work, dote, command))

    def override_cap(self) -> None:
        """The coordinator lets it go over what the household may be granted."""
        command = OverrideCap(
            amount_cents=self.case.approved_cents,
            reason=self.rng.choice(self.told.reasons.cap_overridden),
        )
        self._add(
            "coordinator", self._days(0.5, 2), lambda work, dote: override_cap(work, dote, command)
        )

    def ask_papers(self) -> None:
        """An assessor asks for papers."""
        command = RequestDocuments(
            what=self.rng.choice(self.told.reasons.papers_asked),
            kinds=self.case.story.papers[:1],
        )
        self._add(
            "assessor",
            self._days(0.3, 3),
            lambda work, dote: request_documents(work, dote, command),
        )

    def answer_papers(self) -> None:
        """The desk attaches what was asked for, and says so."""
        kind = self.case.story.papers[0]
        make = self._paper(kind, self.case.requested_cents, before_days=3)
        self._with_file(self.case.partner, self._days(1, 6), _attach(kind), make)
        command = ProvideDocuments()
        self._add(
            self.case.partner,
            (120, HOUR_S),
            lambda work, dote: provide_documents(work, dote, command),
        )

    def appeal(self) -> None:
        """The household asks for a second look."""
        command = LodgeAppeal(reason=self.rng.choice(self.told.reasons.appealed))
        self._add(
            self.case.partner,
            self._days(2, 12),
            lambda work, dote: lodge_appeal(work, dote, command),
        )

    def decide_appeal(self, *, accepted: bool) -> None:
        """The coordinator looks again."""
        reasons = self.told.reasons
        reason = self.rng.choice(reasons.appeal_accepted if accepted else reasons.appeal_refused)
        command = DecideAppeal(accepted=accepted, reason=reason)
        self._add(
            "coordinator", self._days(2, 15), lambda work, dote: decide_appeal(work, dote, command)
        )

    def pay(self, cents: int) -> None:
        """Finance pays: by the next batch, or by hand where it is urgent or no transfer."""
        if self.case.by_batch:
            ordered = sum(paid.by_hand is None for paid in self.payments) + 1
            self.payments.append(Paid(cents, n=ordered))
            self.acts.append(Transfer(self._later(self._days(0.5, 3)), self.payments[-1]))
            return
        reference = f"CI dote {self.number:04} {self.case.item.lower()}"

        def act(work: Work, dote: UUID) -> Outcome:
            command = Disburse(
                amount_cents=cents,
                value_date=work.today,
                method=self.case.method,
                reference=reference,
            )
            return disburse(work, dote, command)

        self.payments.append(Paid(cents, by_hand=len(self.payments) + 1))
        alone = self.case.method == BANK_TRANSFER
        later = self._later(self._days(0.5, 5))
        self.acts.append(ByHand(later, act, self.payments[-1], alone))

    def bounce(self) -> None:
        """The bank sends the last payment back."""
        code, why = self.rng.choice(self.told.bank.returns)
        later = self._later(self._days(1, 2))
        self.acts.append(ComesBack(later, self.payments[-1], code, why))

    def refund(self, cents: int) -> None:
        """The payee gives something of the last payment back."""
        source = self.rng.choice(self.told.reasons.refunded)
        later = self._later(self._days(3, 15))
        self.acts.append(GivesBack(later, self.payments[-1], cents, source))

    def receipt(self, cents: int) -> int:
        """The desk hands in a receipt; returns its number."""
        self.receipts += 1
        kind = self.rng.choice(self.case.story.receipts)
        number = f"{self.rng.randint(1, 900)}/{self.number}-{self.receipts}"
        issuer = self.case.payee.name if self.case.payee else "Bottega d'Esempio"

        def act(work: Work, dote: UUID, file: File) -> Outcome:
            command = SubmitReceipt(
                kind=kind, number=number, date=work.today, issuer=issuer, amount_cents=cents
            )
            return submit_receipt(work, dote, command, file)

        self._with_file(
            self.case.partner, self._days(1, 18), act, self._paper(kind, cents, number=number)
        )
        return self.receipts

    def accept(self, n: int) -> None:
        """Finance accepts receipt `n`."""
        self._add(
            "finance",
            self._days(0.5, 8),
            lambda work, dote: accept_receipt(work, dote, n, AcceptReceipt()),
        )

    def disallow(self, n: int) -> None:
        """Finance does not admit receipt `n`."""
        command = DisallowReceipt(reason=self.rng.choice(self.told.reasons.disallowed))
        self._add(
            "finance",
            self._days(0.5, 8),
            lambda work, dote: disallow_receipt(work, dote, n, command),
        )

    def account(self) -> None:
        """Finance closes the file."""
        command = AccountFor(note=self.rng.choice(self.told.notes.accounting))
        self._add(
            "finance", self._days(0.5, 10), lambda work, dote: account_for(work, dote, command)
        )

    def reject(self) -> None:
        """An approver refuses."""
        command = Motivate(reason=self.rng.choice(self.told.reasons.rejected))
        self._add("approver", self._days(0.5, 6), lambda work, dote: reject(work, dote, command))

    def withdraw(self) -> None:
        """The applicant gives up."""
        command = Motivate(reason=self.rng.choice(self.told.reasons.withdrawn))
        by = self.case.partner
        self._add(by, self._days(0.5, 8), lambda work, dote: withdraw(work, dote, command))

    def revoke(self) -> None:
        """The programme takes back what is not paid."""
        command = Motivate(reason=self.rng.choice(self.told.reasons.revoked))
        self._add("coordinator", self._days(3, 15), lambda work, dote: revoke(work, dote, command))

    def part(self, cents: int) -> int:
        """Something between a third and two thirds of an amount, in whole euros if it has any."""
        some = cents * self.rng.randint(34, 66) // 100
        return some - some % 100 or 1

    def _add(self, by: str, between_s: tuple[int, int], do: Do) -> None:
        self.acts.append(Act(by, self._later(between_s), do))

    def _with_file(
        self, by: str, between_s: tuple[int, int], do: DoWithFile, make: MakePaper
    ) -> None:
        self.acts.append(ActWithFile(by, self._later(between_s), do, make))

    def _later(self, between_s: tuple[int, int]) -> int:
        return self.rng.randint(*between_s)

    def _days(self, least: float, most: float) -> tuple[int, int]:
        # What is urgent takes a fifth of the time.
        day_s = DAY_S // 5 if self.case.urgent else DAY_S
        return int(least * day_s), int(most * day_s)

    def _paper(
        self, kind: str, cents: int, *, number: str | None = None, before_days: int = 0
    ) -> MakePaper:
        issuer = self.case.payee.name if self.case.payee else "Bottega d'Esempio"
        numbered = number or str(self.rng.randint(100, 99_999))
        earlier = timedelta(days=self.rng.randint(0, before_days))
        return lambda on: paper(kind, numbered, issuer, on - earlier, cents)


def _attach(kind: str) -> DoWithFile:
    command = AttachDocument(kind=kind)
    return lambda work, dote, file: attach_document(work, dote, command, file)


def payee_of(story: ItemStory, rng: Random) -> Payee | None:
    """Who is paid for such an item; None: the household."""
    name = rng.choice(story.payees)
    return Payee(name=name, iban=bank_account(name)) if name else None
