"""Makes the blind indexes anew from the events: for a register that is older than they are, or
than a kind of what they hold."""

from collections.abc import Callable
from typing import cast
from uuid import UUID

from domain import payee
from domain.events.bank import BankLineImported
from domain.events.base import Event
from domain.events.dote import ApprovalGiven, DoteApproved, ReceiptSubmitted
from domain.events.household import HouseholdRegistered
from domain.events.payee import PayeeEvent, PayeeRegistered
from domain.privacy import Private, read_record
from workflows.eventstore import bank, identities, payees, receipts
from workflows.eventstore.blind_index import BlindIndex
from workflows.eventstore.log import Log
from workflows.eventstore.register import Register
from workflows.eventstore.vault import Vault
from workflows.persons import members

PART = 5_000
"""So much of the log is looked through at a time."""

_VOTES = (ApprovalGiven, DoteApproved)
_INDEXED = (HouseholdRegistered, PayeeRegistered, BankLineImported, *_VOTES)
_TOPICS = [kind.__name__ for kind in _INDEXED]


def reindex(
    register: Register, vault: Vault, index: BlindIndex, tell: Callable[[int, int], None]
) -> int:
    """Writes the indexes anew and returns how many households, payees and doti they hold.

    Safe while people work: each household and each dote is done in a transaction of its own, under
    the locks that a command on it holds, and from what its stream says then. What is written from
    now on is indexed by who writes it. `tell` is told how much of the log is done, of how much.
    """
    index.begin()
    done: set[UUID] = set()
    log = Log(register.database)
    end = log.end()
    for after in range(0, end, PART):
        for logged in log.part(after, min(after + PART, end), _TOPICS):
            if logged.event.originator_id not in done:
                done.add(logged.event.originator_id)
                _reindex_one(register, vault, index, logged.event)
        tell(min(after + PART, end), end)
    with register.database.transaction():
        identities.remove_strangers(register.database)
    return len(done)


def _reindex_one(register: Register, vault: Vault, index: BlindIndex, found: Event) -> None:
    stream_id = found.originator_id
    subject = "household" if isinstance(found, HouseholdRegistered) else "stream"
    with register.database.transaction(locks=[(subject, stream_id)]):
        history = register.history(stream_id)
        match found:
            case HouseholdRegistered():
                known = members(vault, register.household(stream_id))
                tokens = index.of_household(known)
                identities.add(register.database, identities.HouseholdTokens(stream_id, tokens))
            case PayeeRegistered():
                _put_payee(register, vault, index, history)
            case BankLineImported():
                _put_line(vault, index, register, found)
            case _:
                _find_payee(register, vault, index, history)
                _find_receipts(register, vault, index, history)


def _put_payee(register: Register, vault: Vault, index: BlindIndex, history: list[Event]) -> None:
    """By what a payee is found; nothing of one who was erased."""
    known = payee.project(None, cast("list[PayeeEvent]", history))
    text = None if known is None or known.erased else vault.open_field(known.told, "payee")
    if text is not None:
        payees.put(register.database, history[0].originator_id, index.of_payee(read_record(text)))


def _put_line(vault: Vault, index: BlindIndex, register: Register, line: BankLineImported) -> None:
    """By what a line of the bank is known again, and who it names."""
    text = vault.open_field(line, "details")
    if text is not None:
        opened = line.model_copy(update={"details": Private(line.originator_id, text)})
        bank.put(register.database, bank.row_of(opened, index))


def _find_payee(register: Register, vault: Vault, index: BlindIndex, history: list[Event]) -> None:
    """By what the payee of a dote is found; nothing of one who was erased."""
    # The newest one: an accepted appeal makes the votes before it void.
    vote = next(event for event in reversed(history) if isinstance(event, _VOTES))
    text = vault.open_field(vote, "payee")
    payee = read_record(text) if text is not None else {}
    tokens = identities.PayeeTokens(vote.originator_id, index.of_payee(payee))
    identities.add(register.database, tokens)


def _find_receipts(
    register: Register, vault: Vault, index: BlindIndex, history: list[Event]
) -> None:
    """By what the receipts of a dote are found; nothing of one who was erased."""
    for event in history:
        if isinstance(event, ReceiptSubmitted):
            text = vault.open_field(event, "details")
            if text is not None:
                values = receipts.columns(event, read_record(text), index)
                receipts.put(register.database, values)
