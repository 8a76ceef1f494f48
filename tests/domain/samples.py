"""A dote in every state, and every situation in which the state alone does not decide."""

from dataclasses import replace

from domain.dote import Dote
from domain.events.dote import DoteEvent
from domain.lifecycle import State
from tests.domain.facts import (
    accepted,
    accounted_for,
    approved,
    assessed,
    disbursed,
    rejected,
    requested,
    returned,
    revoked,
    submitted,
    withdrawn,
)
from tests.spec import given

APPROVED: tuple[DoteEvent, ...] = (assessed(), approved(30_000))
IN_PART: tuple[DoteEvent, ...] = (*APPROVED, disbursed(10_000, last=False))
DISBURSED: tuple[DoteEvent, ...] = (*APPROVED, disbursed(30_000))
DOCUMENTED: tuple[DoteEvent, ...] = (*DISBURSED, submitted(30_000), accepted(30_000))
REVOKED: tuple[DoteEvent, ...] = (*IN_PART, revoked(20_000))

SAMPLES: dict[str, Dote] = {
    "requested": given(requested()).state,
    # Its events come with the document requests; the table knows the state already.
    "document requested": replace(given(requested()).state, state=State.DOCUMENT_REQUESTED),
    "assessed": given(requested(), assessed()).state,
    "assessed unfavourably": given(requested(), assessed(favourable=False)).state,
    "approved": given(requested(), *APPROVED).state,
    "paid in part": given(requested(), *IN_PART).state,
    "disbursed": given(requested(), *DISBURSED).state,
    "awaiting a receipt's decision": given(requested(), *DISBURSED, submitted(30_000)).state,
    "documented": given(requested(), *DOCUMENTED).state,
    "returned": given(requested(), *DISBURSED, returned(30_000)).state,
    "accounted for": given(requested(), *DOCUMENTED, accounted_for()).state,
    "rejected": given(requested(), rejected()).state,
    "withdrawn": given(requested(), withdrawn()).state,
    "revoked unpaid": given(requested(), *APPROVED, revoked(30_000)).state,
    "revoked": given(requested(), *REVOKED).state,
    "revoked and documented": given(
        requested(), *REVOKED, submitted(10_000), accepted(10_000)
    ).state,
}
