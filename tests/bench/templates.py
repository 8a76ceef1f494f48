"""The stored form of a life of a dote, with its places left open for SQL's `format`.

The events are decided by the domain and written by the store's own mapper, so that what is made
up in bulk is what the commands would have written; only the values at the places differ. Private
values are the exception: in the place of each ciphertext stands as much noise, which opens nowhere.
"""

import json
import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from pydantic import TypeAdapter
from pydantic_core import to_json

from domain import deciding, household, paying, receipts
from domain import request as asking
from domain.actors import Actor, Role, Signature
from domain.case import Case
from domain.dote import Dote
from domain.dote_history import evolve
from domain.dote_parts import File
from domain.events.base import Event, Stamp
from domain.events.dote import DoteEvent
from domain.events.dote_values import LinePosition
from domain.household import Member, Personal
from domain.policy import Policy, two_bands
from domain.privacy import Private, notes_of
from projections.doti.turns import rows_of
from tests.bench.stage import ITEM, SINGLE_APPROVER_CENTS
from tests.register import TestRegister
from workflows.eventstore.mapper import EventMapper

STEPS = 8
"""Events of a whole life: the household's one and the dote's seven."""
HOUSEHOLD = UUID("11111111-1111-4111-8111-111111111111")
DOTE = UUID("22222222-2222-4222-8222-222222222222")
CAUSATION = UUID("33333333-3333-4333-8333-333333333333")
_PARTNER, _CATEGORY, _NUMBER, _SHA256 = "XPARTNER", "XCATEGORY", "XNUMBER", "5" * 64
_CENTS = 14_987
_BEFORE = LinePosition(
    available_cents=900_000_001,
    committed_cents=800_000_001,
    disbursed_cents=700_000_001,
    documented_cents=600_000_001,
    disallowed_cents=0,
)
_BEGAN = datetime(2001, 1, 1, tzinfo=UTC)
_DAY = date(2000, 12, 31)
_POLICY = Policy.of(two_bands(SINGLE_APPROVER_CENTS), 1, _DAY)
_DOTE = TypeAdapter(Dote)
_CHUNK = 44
_FIRST_CHUNK, _CHUNKS = 17, 6


@dataclass(frozen=True)
class Template:
    """Step `step` of a life: its event and, from the request on, the row of the dote after it and
    the rows that say whose turn it is."""

    step: int
    topic: str
    version: int
    state: str
    row_state: str | None
    snapshot: str | None
    turns: str | None


def templates(register: TestRegister) -> list[Template]:
    """One for each step, with ciphertexts of a key that the register keeps from now on."""
    register.vault.begin(HOUSEHOLD)
    register.vault.begin(notes_of(HOUSEHOLD))
    mapper = EventMapper()
    found: list[Template] = []
    dote: Dote | None = None
    for step, event in enumerate(_life(register), start=1):
        sealed: DoteEvent = register.vault.seal_event(event)  # type: ignore[assignment]
        if step > 1:
            dote = evolve(dote, sealed)
        stored = mapper.to_stored_event(sealed)
        found.append(
            Template(
                step=step,
                topic=stored.topic,
                version=stored.originator_version,
                state=_opened(stored.state.decode(), step),
                row_state=str(dote.state) if dote else None,
                snapshot=_opened(_json(dote), step) if dote else None,
                turns=_opened(_turns(dote), step) if dote else None,
            )
        )
    return found


def _life(register: TestRegister) -> list[Event]:
    people = register.people
    who = Personal(members=(Member(given_name="Ada", family_name="Inventata"),))
    number = f"N-{_NUMBER}"
    file = File(_SHA256, "application/pdf", 20_000, "ricevuta.pdf")
    events: list[Event] = [
        household.register(
            _stamp(1, people.operator, Role.OPERATOR), HOUSEHOLD, number, _PARTNER, "Mirafiori", who
        ),
        asking.request(
            _stamp(2, people.operator, Role.OPERATOR),
            dote_id=DOTE,
            number=f"CI-2025-{_NUMBER}",
            partner=_PARTNER,
            desk=f"Sportello {_PARTNER}",
            category=_CATEGORY,
            item=ITEM + _CATEGORY,
            household_id=HOUSEHOLD,
            amount_cents=_CENTS,
            need="Affitto arretrato di due mesi, sfratto vicino.",
            urgent=False,
            policy_version=1,
        ),
    ]
    dote = evolve(None, events[1])  # type: ignore[arg-type]

    def then(event: DoteEvent) -> None:
        nonlocal dote
        events.append(event)
        dote = evolve(dote, event)

    stamp = _stamp(3, people.assessor, Role.ASSESSOR)
    then(deciding.assess(_case(dote), stamp, favourable=True, proposed_cents=_CENTS, note=None))
    then(
        deciding.approve(
            _case(dote),
            _stamp(4, people.approver, Role.APPROVER),
            _CENTS,
            Private.record(HOUSEHOLD, {"household": True}),
            same_payee=True,
            tranches=(),
            note=None,
        )
    )
    stamp = _stamp(5, people.finance, Role.FINANCE)
    then(paying.disburse(dote, stamp, _CENTS, _DAY, "bank_transfer", "CRO 1234567890"))
    then(
        receipts.submit_receipt(
            dote,
            _stamp(6, people.operator, Role.OPERATOR),
            receipts.Given(
                kind="invoice",
                number="1",
                on=_DAY,
                issuer="Ente",
                amount_cents=_CENTS,
                file=file,
            ),
        )
    )
    then(receipts.accept_receipt(dote, _stamp(7, people.finance, Role.FINANCE), 1, None))
    then(dote.account_for(_stamp(8, people.finance, Role.FINANCE), None))
    return events


def _stamp(step: int, actor: Actor, role: Role) -> Stamp:
    at = _BEGAN + timedelta(seconds=step)
    return Stamp(at, Signature(account_id=actor.account_id, role=role), "bench", CAUSATION)


def _case(dote: Dote) -> Case:
    """With nothing granted before, and money on its line."""
    return Case(dote, _POLICY, dote.changed_at, (), _BEFORE)


def _turns(dote: Dote) -> str:
    return to_json(list(rows_of(_case(dote)))).decode()


def _json(dote: Dote) -> str:
    return json.dumps(_DOTE.dump_python(dote, mode="json"))


def _opened(text: str, step: int) -> str:
    """The text with its places open. Which is which: bulk.sql's `planned`."""
    after = _BEFORE.available_cents - _CENTS, _BEFORE.committed_cents + _CENTS
    numbers = [_CENTS, *list(_BEFORE.model_dump().values())[:4], *after]
    words = {
        "2001-01-01T00:00:02Z": 2,
        "2001-01-01T00:00:04Z": 23,
        "2001-01-01T00:00:05Z": 24,
        f"2001-01-01T00:00:0{step}Z": 1,
        _PARTNER: 3,
        _CATEGORY: 4,
        _NUMBER: 5,
        str(HOUSEHOLD): 6,
        # Nothing opens there: whose it would be is as good as any.
        str(notes_of(HOUSEHOLD)): 6,
        str(DOTE): 7,
        str(CAUSATION): 8,
        _SHA256: 9,
    }
    text = text.replace("%", "%%")
    for word, place in words.items():
        text = text.replace(word, f"%{place}$s")
    for place, number in enumerate(numbers, start=10):
        text = re.sub(rf"(?<=:)( ?){number}(?=[,}}])", rf"\g<1>%{place}$s", text)
    return re.sub(r'("sealed": ?)"([^"]+)"', _noise, text)


def _noise(sealed: re.Match[str]) -> str:
    """Something as long as the ciphertext, and as hard to compress, from each life's own bytes."""
    chunks = -(-len(sealed[2]) // _CHUNK)
    places = (f"%{_FIRST_CHUNK + n % _CHUNKS}$s" for n in range(chunks))
    return f'{sealed[1]}"{"".join(places)}"'
