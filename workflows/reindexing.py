"""Makes the blind indexes anew from the events: for a register that is older than they are."""

from collections.abc import Callable
from uuid import UUID

from domain.events.base import Event
from domain.events.dote import ApprovalGiven, DoteApproved
from domain.events.household import HouseholdRegistered
from domain.household import Personal
from domain.privacy import read_record
from workflows.eventstore import identities
from workflows.eventstore.blind_index import BlindIndex
from workflows.eventstore.log import Log
from workflows.eventstore.register import Register
from workflows.eventstore.vault import Keys, Vault

PART = 5_000
"""So much of the log is looked through at a time."""

_VOTES = (ApprovalGiven, DoteApproved)
_INDEXED = (HouseholdRegistered, *_VOTES)
_TOPICS = [kind.__name__ for kind in _INDEXED]


def reindex(
    register: Register, vault: Vault, index: BlindIndex, tell: Callable[[int, int], None]
) -> int:
    """Writes both indexes anew and returns how many households and doti they hold.

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
        found_by = _tokens(register.history(stream_id), vault, index)
        identities.replace(register.database, found_by)


def _tokens(history: list[Event], vault: Vault, index: BlindIndex) -> identities.Tokens:
    """What a stream is found by; nothing of somebody who was erased."""
    keys: Keys = {}
    registered = history[0]
    if isinstance(registered, HouseholdRegistered):
        text = vault.open_field(registered, "personal", keys)
        members = Personal.model_validate_json(text).members if text is not None else ()
        return identities.HouseholdTokens(registered.originator_id, index.of_household(members))
    # The newest one: an accepted appeal makes the votes before it void.
    vote = next(event for event in reversed(history) if isinstance(event, _VOTES))
    text = vault.open_field(vote, "payee", keys)
    payee = read_record(text) if text is not None else {}
    return identities.PayeeTokens(vote.originator_id, index.of_payee(payee))
