"""Receipts, and closing the file."""

from collections.abc import Collection, Iterable, Iterator
from uuid import UUID

from domain import receipts
from domain.days import day_here
from domain.dote_parts import File
from domain.events.dote import ReceiptSubmitted
from domain.lifecycle import Action
from domain.receipts import Copy, Given, SameBy
from workflows.commands import AcceptReceipt, AccountFor, DisallowReceipt, SubmitReceipt
from workflows.engine import Outcome, Work
from workflows.eventstore.receipts import Same
from workflows.eventstore.register import Register


def submit_receipt(work: Work, dote_id: UUID, command: SubmitReceipt, file: File) -> Outcome:
    """A receipt comes in."""
    case = work.case(dote_id)
    stamp = work.sign(case, Action.SUBMIT_RECEIPT)
    given = Given(
        kind=command.kind,
        number=command.number,
        on=command.date,
        issuer=command.issuer,
        amount_cents=command.amount_cents,
        file=file,
        paper_cents=command.paper_cents,
    )
    decided = receipts.submit_receipt(case.dote, stamp, given)
    receipts.check_share(given, _copies(work, given))
    event = work.store.append(decided)
    return Outcome(dote_id, event.originator_version, created=True, part=event.n)


def _copies(work: Work, given: Given) -> list[Copy]:
    """The receipts that are the same, of this dote and others, whoever may see these."""
    file = work.index.of_file(given.file.sha256)
    paper = work.index.of_paper(given.issuer, given.number, given.whole_cents)
    return list(copies(work.register, work.store.same_papers(file, paper), {file}))


def copies(register: Register, found: Iterable[Same], files: Collection[bytes]) -> Iterator[Copy]:
    """What was found again, as far as it counts there. `files`: the tokens of the files that were
    asked about."""
    for same in found:
        dote = register.dote(same.dote_id)
        receipt = next((known for known in dote.receipts if known.n == same.n), None)
        if receipt is not None and receipts.counts(dote, receipt):
            handed_in = next(
                event
                for event in register.history(dote.id)
                if isinstance(event, ReceiptSubmitted) and event.n == same.n
            )
            yield Copy(
                by=SameBy.FILE if same.file_token in files else SameBy.PAPER,
                dote_id=dote.id,
                partner=dote.partner,
                number=dote.number,
                n=receipt.n,
                at=handed_in.at,
                amount_cents=receipt.amount_cents,
                state=receipt.state,
            )


def accept_receipt(work: Work, dote_id: UUID, n: int, command: AcceptReceipt) -> Outcome:
    """The receipt documents its amount."""
    case = work.locked_case(dote_id, day_here(work.now))
    stamp = work.sign(case, Action.ACCEPT_RECEIPT)
    event = work.store.append(receipts.accept_receipt(case.dote, stamp, n, command.reason))
    return Outcome(dote_id, event.originator_version, part=n)


def disallow_receipt(work: Work, dote_id: UUID, n: int, command: DisallowReceipt) -> Outcome:
    """The expense is not admitted."""
    case = work.locked_case(dote_id, day_here(work.now))
    stamp = work.sign(case, Action.DISALLOW_RECEIPT)
    event = work.store.append(receipts.disallow_receipt(case.dote, stamp, n, command.reason))
    return Outcome(dote_id, event.originator_version, part=n)


def account_for(work: Work, dote_id: UUID, command: AccountFor) -> Outcome:
    """Every cent is documented: the file is closed."""
    case = work.case(dote_id)
    stamp = work.sign(case, Action.ACCOUNT_FOR)
    event = work.store.append(case.dote.account_for(stamp, command.note))
    return Outcome(dote_id, event.originator_version)
