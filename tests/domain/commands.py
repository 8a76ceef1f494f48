"""The commands on a dote as functions of the dote: who may not give one is refused first."""

from collections.abc import Callable
from datetime import date
from typing import Unpack

from domain import deadlines, deciding
from domain.actors import SYSTEM, Actor
from domain.dote import Dote
from domain.dote_parts import File
from domain.events.base import Event
from domain.events.dote_values import Tranches
from domain.lifecycle import Action
from domain.privacy import Private
from domain.turns import waiting_for
from tests.spec import (
    APPROVER,
    APPROVER_2,
    ASSESSOR,
    COORDINATOR,
    IN_TWO_WEEKS,
    OPERATOR,
    About,
    a_case,
    a_file,
    signed,
)

Command = Callable[[Dote], Event]


def attach(
    kind: str = "contract",
    *,
    file: File | None = None,
    valid_until: date | None = None,
    by: Actor = OPERATOR,
    **about: Unpack[About],
) -> Command:
    """A paper joins the file."""
    return lambda dote: dote.attach_document(
        signed(a_case(dote, **about), Action.ATTACH_DOCUMENT, by),
        kind,
        file or a_file(),
        valid_until,
    )


def ask_for_papers(
    *kinds: str,
    what: str = "the signed contract",
    due: date = IN_TWO_WEEKS,
    by: Actor = ASSESSOR,
    **about: Unpack[About],
) -> Command:
    """Papers are missing."""
    return lambda dote: dote.request_documents(
        signed(a_case(dote, **about), Action.REQUEST_DOCUMENTS, by),
        kinds or ("contract",),
        what,
        due,
    )


def provide_papers(
    note: str | None = None, *, by: Actor = OPERATOR, **about: Unpack[About]
) -> Command:
    """The desk answers."""
    return lambda dote: dote.provide_documents(
        signed(a_case(dote, **about), Action.PROVIDE_DOCUMENTS, by), note
    )


def assess(
    proposed_cents: int | None = 30_000,
    *,
    favourable: bool = True,
    note: str | None = None,
    by: Actor = ASSESSOR,
    **about: Unpack[About],
) -> Command:
    """Judge need and amount."""

    def give(dote: Dote) -> Event:
        case = a_case(dote, **about)
        return deciding.assess(
            case,
            signed(case, Action.ASSESS, by, proposed_cents),
            favourable=favourable,
            proposed_cents=proposed_cents,
            note=note,
        )

    return give


def override_cap(
    amount_cents: int = 30_000,
    reason: str = "five small children",
    *,
    by: Actor = COORDINATOR,
    **about: Unpack[About],
) -> Command:
    """Let the dote go over the household's caps."""

    def give(dote: Dote) -> Event:
        case = a_case(dote, **about)
        stamp = signed(case, Action.OVERRIDE_CAP, by, amount_cents)
        return deciding.override_cap(case, stamp, amount_cents, reason)

    return give


def approve(
    amount_cents: int = 30_000,
    *,
    same_payee: bool = True,
    tranches: Tranches = (),
    note: str | None = None,
    by: Actor = APPROVER,
    **about: Unpack[About],
) -> Command:
    """Vote for the dote."""

    def give(dote: Dote) -> Event:
        case = a_case(dote, **about)
        return deciding.approve(
            case,
            signed(case, Action.APPROVE, by, amount_cents),
            amount_cents,
            Private(dote.household_id, "the landlord"),
            same_payee=same_payee,
            tranches=tranches,
            note=note,
        )

    return give


def ratify(
    *,
    ratified: bool = True,
    note: str | None = None,
    by: Actor = APPROVER_2,
    **about: Unpack[About],
) -> Command:
    """Look at what was approved in urgency."""

    def give(dote: Dote) -> Event:
        case = a_case(dote, **about)
        return deciding.ratify(case, signed(case, Action.RATIFY, by), ratified=ratified, note=note)

    return give


def lodge_appeal(
    reason: str = "the debt has doubled", *, by: Actor = OPERATOR, **about: Unpack[About]
) -> Command:
    """Ask for a second look."""
    return lambda dote: dote.lodge_appeal(
        signed(a_case(dote, **about), Action.LODGE_APPEAL, by), reason
    )


def decide_appeal(
    *,
    accepted: bool = True,
    reason: str = "the debt is proven",
    by: Actor = COORDINATOR,
    **about: Unpack[About],
) -> Command:
    """Take the second look."""
    return lambda dote: dote.decide_appeal(
        signed(a_case(dote, **about), Action.DECIDE_APPEAL, by), accepted=accepted, reason=reason
    )


def tell(action: Action = Action.REMIND, *, by: Actor = SYSTEM, **about: Unpack[About]) -> Command:
    """Tell what a deadline makes due."""

    def give(dote: Dote) -> Event:
        case = a_case(dote, **about)
        return deadlines.tell(case, signed(case, action, by), waiting_for(case))

    return give


def reject(
    reason: str = "no need",
    note: str | None = None,
    *,
    by: Actor = APPROVER,
    **about: Unpack[About],
) -> Command:
    """Refuse the dote."""
    return lambda dote: dote.reject(signed(a_case(dote, **about), Action.REJECT, by), reason, note)


def withdraw(
    reason: str = "solved otherwise",
    note: str | None = None,
    *,
    by: Actor = OPERATOR,
    **about: Unpack[About],
) -> Command:
    """Give up."""
    return lambda dote: dote.withdraw(
        signed(a_case(dote, **about), Action.WITHDRAW, by), reason, note
    )


def revoke(
    reason: str = "moved away",
    note: str | None = None,
    *,
    by: Actor = COORDINATOR,
    **about: Unpack[About],
) -> Command:
    """Take back what is not paid."""
    return lambda dote: dote.revoke(signed(a_case(dote, **about), Action.REVOKE, by), reason, note)
