"""Who is paid: as the bank knows them, whether anything stands against it, and another IBAN, which
holds once a second person has confirmed it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any, cast
from uuid import UUID

from domain import payee as paid
from domain.dote import Dote
from domain.errors import IbanAsBefore, NotFound
from domain.events.base import Stamp
from domain.events.dote import ApprovalGiven, DoteApproved
from domain.events.payee import PayeeIbanChanged, PayeeRegistered
from domain.payee import Payee
from domain.payee_rights import PayeeAction, Ties, is_told_by_party, signed
from domain.privacy import read_record
from workflows.engine import Outcome, Work
from workflows.eventstore import payees
from workflows.eventstore.beside import Change
from workflows.eventstore.blind_index import BlindIndex, Token
from workflows.eventstore.people import People
from workflows.eventstore.recorder import stored
from workflows.eventstore.register import Register
from workflows.eventstore.vault import Keys, Vault
from workflows.payment_commands import ChangeIban

_VOTES = (ApprovalGiven, DoteApproved)


@dataclass(frozen=True, slots=True)
class Recipient:
    """Who gets a payment. `name` None: the household itself. `frozen`: another IBAN waits to be
    confirmed. `since`: when what is told here was confirmed, None where it never changed;
    `told_by`: who told and confirmed it then."""

    id: UUID
    name: str | None
    iban: str | None
    bic: str | None = None
    frozen: bool = False
    since: datetime | None = None
    told_by: frozenset[UUID] = frozenset()


class Recipients:
    """Finds who is paid, each of them once."""

    def __init__(self, register: Register, vault: Vault, keys: Keys | None = None) -> None:
        self._register = register
        self._vault = vault
        self._keys: Keys = {} if keys is None else keys
        self._known: dict[UUID, Recipient] = {}

    def read(self, payee_ids: Iterable[UUID]) -> None:
        """Reads many of them at once; households that are paid themselves are not among them."""
        rows = payees.told(self._register.database, set(payee_ids) - self._known.keys())
        for payee_id, some in groupby(rows, key=lambda row: cast("UUID", row["stream_id"])):
            listed = list(some)
            events: list[Any] = [
                self._register.mapper.to_domain_event(stored(row)) for row in listed
            ]
            self._vault.take_key(payee_id, listed[0]["wrapped"], self._keys)
            known = paid.project(None, events)
            if known is not None:
                self._known[payee_id] = self.told(known)

    def of(self, dote: Dote) -> Recipient:
        """Who is paid on a dote."""
        if dote.payee is None:
            raise NotFound
        return self.found(dote.payee.subject_id, dote.id)

    def found(self, payee_id: UUID, dote_id: UUID) -> Recipient:
        """The same by the ids of both."""
        if payee_id not in self._known:
            known = load(self._register, payee_id)
            if known is not None:
                self._known[payee_id] = self.told(known)
            else:
                # The household itself, or a payee from before they had a key of their own.
                return self._as_voted(dote_id, payee_id)
        return self._known[payee_id]

    def told(self, known: Payee) -> Recipient:
        """A payee as it is told now."""
        text = self._vault.open_field(known.told, "payee", self._keys)
        record = read_record(text) if text is not None else {}
        changed = not isinstance(known.told, PayeeRegistered)
        return Recipient(
            known.id,
            record.get("name", ""),
            record.get("iban"),
            record.get("bic"),
            known.is_frozen,
            known.since if changed else None,
            known.told_by,
        )

    def _as_voted(self, dote_id: UUID, payee_id: UUID) -> Recipient:
        history = self._register.history(dote_id)
        vote = next(event for event in reversed(history) if isinstance(event, _VOTES))
        text = self._vault.open_field(vote, "payee", self._keys)
        record = read_record(text) if text is not None else {}
        return Recipient(payee_id, record.get("name"), record.get("iban"))


def load(register: Register, payee_id: UUID) -> Payee | None:
    """A payee, now; None if it is not one, such as a household that is paid itself."""
    told: list[Any] = register.history(payee_id)
    if not told or not isinstance(told[0], PayeeRegistered):
        return None
    return paid.project(None, told)


def ties(
    register: Register,
    vault: Vault,
    index: BlindIndex,
    known: Payee,
    wanted: Mapping[str, object] | None = None,
) -> Ties:
    """What stands between a payee and those who would change where they are paid: by any name and
    IBAN that they ever had, and those that are `wanted`."""
    tokens: set[Token] = set(index.of_payee(wanted or {}))
    for event in register.history(known.id):
        if isinstance(event, PayeeRegistered | PayeeIbanChanged):
            text = vault.open_field(event, "payee")
            tokens |= index.of_payee(read_record(text)) if text is not None else frozenset()
    named_on = payees.named_on(register.database, known.id)
    doti = [register.dote(dote_id) for dote_id in named_on]
    return Ties(
        [dote for dote in doti if dote.payee is not None and dote.payee.subject_id == known.id],
        frozenset(named_on.values()),
        People(register.database).too_near(tokens),
    )


def change_iban(work: Work, payee_id: UUID, command: ChangeIban) -> Outcome:
    """They told another IBAN: nothing is paid to them until somebody else confirms it."""
    known = _locked(work, payee_id)
    now = Recipients(work.register, work.vault).told(known)
    wanted = {
        "name": command.name or now.name,
        "iban": command.iban,
        "bic": command.bic,
    }
    tied = ties(work.register, work.vault, work.index, known, wanted)
    stamp = work.stamp(signed(known, "change_iban", work.actor, tied))
    same = wanted == {"name": now.name, "iban": now.iban, "bic": now.bic}
    if same and not any(is_told_by_party(dote, known.told_by) for dote in tied.unpaid):
        raise IbanAsBefore
    event = work.store.append(paid.change_iban(known, stamp, wanted))
    return Outcome(payee_id, event.originator_version)


def confirm_iban(work: Work, payee_id: UUID) -> Outcome:
    """Somebody else has seen that it is right."""
    known = _locked(work, payee_id)
    event = work.store.append(paid.confirm_iban(known, _stamp(work, known, "confirm_iban")))
    text = work.vault.open_field(known.waiting, "payee") if known.waiting is not None else None
    if text is not None:
        # Whoever names them from now on means the same payee.
        tokens = payees.columns(work.index.of_payee(read_record(text)))
        work.store.add_row(Change("put_payee", {"id": payee_id, **tokens}))
    return Outcome(payee_id, event.originator_version)


def dismiss_iban(work: Work, payee_id: UUID) -> Outcome:
    """It was wrong: the one from before holds."""
    known = _locked(work, payee_id)
    event = work.store.append(paid.dismiss_iban(known, _stamp(work, known, "dismiss_iban")))
    return Outcome(payee_id, event.originator_version)


def _locked(work: Work, payee_id: UUID) -> Payee:
    work.store.begin(("stream", payee_id))
    known = load(work.register, payee_id)
    if known is None or known.erased:
        raise NotFound
    work.check_version(known.version)
    return known


def _stamp(work: Work, known: Payee, action: PayeeAction) -> Stamp:
    """Of who may do this about the payee's IBAN, or the refusal."""
    tied = ties(work.register, work.vault, work.index, known)
    return work.stamp(signed(known, action, work.actor, tied))
