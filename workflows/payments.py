"""From approved to on its way: batches are prepared by one person, authorised by another, exported
once, carried out or cancelled.

A command on a batch holds the streams of all its doti and payees, in the order of their ids, and
moves no money of the ledger: that is committed from the approval on until it is out.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from uuid import UUID, uuid4

from domain import paying, payment_batch, sepa
from domain.actors import Role
from domain.case import Case
from domain.dote import Dote
from domain.dote_history import evolve
from domain.errors import (
    BatchDone,
    NotFound,
    PaidAsPartyTold,
    PayeeChanged,
    PayeeFrozen,
    PayeeNotSpelt,
    PayeeOutsideSepa,
    PayeeWithoutIban,
    WrongState,
)
from domain.events.base import Stamp
from domain.events.dote import DoteDisbursed
from domain.events.payment_batch import BatchPayment, Method
from domain.lifecycle import PAYMASTERS, Action, State
from domain.payee_rights import is_told_by_party
from domain.payment_batch import PaymentBatch
from domain.permissions import sign_as
from workflows.engine import Outcome, Work, can_see
from workflows.payees import Recipient, Recipients
from workflows.payment_commands import CancelBatch, ExecutePayment, PrepareBatch

_FINANCE = frozenset({Role.FINANCE})


@dataclass(frozen=True, slots=True)
class Instruction:
    """One payment as a file of a batch tells it."""

    id: str
    amount_cents: int
    to: Recipient
    number: str
    household_id: UUID


@dataclass(frozen=True, slots=True)
class Sheet:
    """A batch with all that its files tell: who gets how much, under which name."""

    batch: PaymentBatch
    instructions: tuple[Instruction, ...]


Make = Callable[[Sheet], bytes]
"""Makes a file of a batch."""


def prepare(work: Work, command: PrepareBatch) -> Outcome:
    """Payments are put together; from now on they are in no other batch."""
    payment_batch.check_day(command.execution_date, work.today)
    doti = _locked(work, {part.dote_id for part in command.payments})
    batch_id = uuid4()
    recipients = Recipients(work.register, work.vault)
    payments: list[BatchPayment] = []
    for part in command.payments:
        dote = doti[part.dote_id]
        stamp = work.sign(_case(work, dote), Action.ORDER_PAYMENT)
        _check_payable(recipients, dote, command.method)
        order = paying.order(dote, stamp, part.amount_cents, command.execution_date, batch_id)
        doti[dote.id] = evolve(dote, work.store.append(order))
        payments.append(BatchPayment(dote_id=dote.id, n=order.n, amount_cents=order.amount_cents))
    stamp = _stamp(work, _FINANCE, Action.ORDER_PAYMENT, doti.values(), payments)
    # After all that may refuse it: a number that was taken is not given back.
    number = work.store.next_number(f"batch_number_{work.today.year}")
    event = work.store.append(
        payment_batch.prepare(
            stamp,
            batch_id,
            f"D-{work.today.year}-{number:03}",
            command.method,
            command.execution_date,
            payments,
        )
    )
    return Outcome(batch_id, event.originator_version, created=True)


def authorise(work: Work, batch_id: UUID) -> Outcome:
    """A second person lets a batch go out."""
    batch, doti = _locked_batch(work, batch_id)
    stamp = _stamp(work, PAYMASTERS, Action.AUTHORISE_PAYMENT, doti.values(), batch.payments)
    # What is against the batch comes before what is against one of its doti.
    event = batch.authorise(stamp)
    recipients = Recipients(work.register, work.vault)
    for payment in batch.payments:
        dote = doti[payment.dote_id]
        _check_payable(recipients, dote, batch.prepared.method)
        signed = work.sign(_case(work, dote), Action.AUTHORISE_PAYMENT)
        doti[dote.id] = evolve(dote, work.store.append(paying.authorise(dote, signed, payment.n)))
    event = work.store.append(event)
    return Outcome(batch_id, event.originator_version)


def cancel(work: Work, batch_id: UUID, command: CancelBatch) -> Outcome:
    """What of a batch has not gone out does not."""
    batch, doti = _locked_batch(work, batch_id)
    stamp = _stamp(work, PAYMASTERS, Action.CANCEL_PAYMENT, doti.values(), batch.payments)
    live = [each for each in batch.payments if _is_live(doti[each.dote_id], each.n)]
    event = batch.cancel(stamp, command.reason, len(live))
    for payment in live:
        dote = doti[payment.dote_id]
        signed = work.sign(_case(work, dote), Action.CANCEL_PAYMENT)
        doti[dote.id] = evolve(dote, work.store.append(paying.cancel(dote, signed, payment.n)))
    work.vault.ensure(stamp.by.account_id)
    event = work.store.append(event)
    return Outcome(batch_id, event.originator_version)


def execute(work: Work, batch_id: UUID, payment_id: str, command: ExecutePayment) -> Outcome:
    """A payment of an authorised batch went out, as a person says and proves."""
    batch = visible(work, batch_id)
    payment, _ = _named(work, batch, payment_id)
    case = work.locked_case(payment.dote_id, command.value_date)
    stamp = work.sign(case, Action.DISBURSE)
    event = work.store.append(
        paying.execute(
            case.dote,
            stamp,
            payment.n,
            command.value_date,
            batch.prepared.method,
            reference=command.reference,
        )
    )
    return Outcome(payment.dote_id, event.originator_version, created=True, part=event.n)


def sheet(work: Work, batch_id: UUID, format_: str) -> Sheet:
    """What a file of an authorised batch tells, held until it is handed out: all that has not gone
    out, and what had not when a file of this format was handed out first, which stays the same."""
    batch, doti = _locked_batch(work, batch_id)
    batch.check_authorised()
    handed_out = batch.first_export(format_)
    recipients = Recipients(work.register, work.vault)
    found: list[Instruction] = []
    for payment in batch.payments:
        dote = doti[payment.dote_id]
        if not _is_live(dote, payment.n) and not (
            handed_out is not None and _went_out_after(work, dote, payment.n, handed_out.at)
        ):
            continue
        to = _check_payable(recipients, dote, batch.prepared.method)
        if to.since is not None and batch.authorised is not None and to.since > batch.authorised.at:
            raise PayeeChanged(dote.number)
        found.append(
            Instruction(
                paying.payment_id(dote.number, payment.n),
                payment.amount_cents,
                to,
                dote.number,
                dote.household_id,
            )
        )
    if not found:
        raise BatchDone
    return Sheet(batch, tuple(found))


def export(work: Work, made_of: Sheet, format_: str, content: bytes) -> Outcome:
    """A file of a batch is handed out: its SHA-256 stands in the log, once for each file."""
    batch = made_of.batch
    doti = [work.register.dote(dote_id) for dote_id in batch.doti]
    stamp = _stamp(work, _FINANCE, "export_batch", doti, batch.payments)
    event = batch.export(stamp, format_, sha256(content).hexdigest())
    if event is None:
        return Outcome(batch.id, batch.version)
    return Outcome(batch.id, work.store.append(event).originator_version)


def visible(work: Work, batch_id: UUID) -> PaymentBatch:
    """A batch, refused if one of its doti is not the actor's to see."""
    batch = work.register.payment_batch(batch_id)
    for dote_id in batch.doti:
        _visible_dote(work, dote_id)
    return batch


def _visible_dote(work: Work, dote_id: UUID) -> Dote:
    dote = work.register.dote(dote_id)
    if not can_see(work.actor, dote.partner):
        raise NotFound
    return dote


def _locked(work: Work, dote_ids: Iterable[UUID], *more: UUID) -> dict[UUID, Dote]:
    """Some doti with those who are paid on them, held until the end."""
    ids = sorted(dote_ids)
    found = {dote_id: _visible_dote(work, dote_id) for dote_id in ids}
    payees = {dote.payee.subject_id for dote in found.values() if dote.payee is not None}
    work.store.begin(*(("stream", each) for each in sorted({*ids, *payees, *more})))
    return {dote_id: work.register.newest(dote) for dote_id, dote in found.items()}


def _locked_batch(work: Work, batch_id: UUID) -> tuple[PaymentBatch, dict[UUID, Dote]]:
    batch = visible(work, batch_id)
    expected, doti = batch.version, _locked(work, batch.doti, batch_id)
    batch = work.register.payment_batch(batch_id)
    work.check_same(expected, batch.version)
    work.check_version(batch.version)
    return batch, doti


def _named(work: Work, batch: PaymentBatch, payment_id: str) -> tuple[BatchPayment, Dote]:
    number, _, n = payment_id.rpartition("-")
    for payment in batch.payments:
        if str(payment.n) == n:
            dote = work.register.dote(payment.dote_id)
            if dote.number == number:
                return payment, dote
    raise NotFound


def _case(work: Work, dote: Dote) -> Case:
    return Case(dote, work.register.policy(dote.policy_version), work.now)


def _stamp(
    work: Work,
    roles: frozenset[Role],
    action: str,
    doti: Iterable[Dote],
    payments: Sequence[BatchPayment],
) -> Stamp:
    """Of who may do this for all the partners of a batch, up to its whole amount."""
    partners = sorted({dote.partner for dote in doti})
    total = sum(payment.amount_cents for payment in payments)
    return work.stamp(sign_as(roles, action, work.actor, partners, amount_cents=total))


def _check_payable(recipients: Recipients, dote: Dote, method: Method) -> Recipient:
    """Who is paid, if nothing stands against paying them this way."""
    if dote.payee is None:
        raise WrongState(Action.ORDER_PAYMENT, dote.state, State.APPROVED)
    to = recipients.of(dote)
    if to.frozen:
        raise PayeeFrozen(dote.number)
    if is_told_by_party(dote, to.told_by):
        raise PaidAsPartyTold(dote.number)
    if method is Method.BANK_TRANSFER:
        _check_for_a_bank(to, dote.number)
    return to


def _check_for_a_bank(to: Recipient, number: str) -> None:
    """Refuses who no transfer reaches. Who was voted for long ago may be of another time."""
    if to.iban is None:
        raise PayeeWithoutIban(number)
    if not sepa.reaches(to.iban):
        raise PayeeOutsideSepa(number, sepa.country(to.iban))
    if not sepa.can_be_spelt(to.name or ""):
        raise PayeeNotSpelt(number)


def _is_live(dote: Dote, n: int) -> bool:
    return any(known.n == n and known.is_live for known in dote.payments)


def _went_out_after(work: Work, dote: Dote, n: int, at: datetime) -> bool:
    return any(
        isinstance(event, DoteDisbursed) and event.payment_n == n and event.at > at
        for event in work.register.history(dote.id)
    )
