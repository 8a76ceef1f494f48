"""A dote in every state, and every situation in which the state alone does not decide."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Unpack

from domain.actors import Actor, Grant, Role
from domain.case import Case
from domain.events.dote import DoteEvent
from domain.lifecycle import Action
from domain.permissions import refusal
from domain.policy import Band, Cap
from tests.domain.facts import (
    appeal_decided,
    appeal_lodged,
    approved,
    assessed,
    disbursed,
    escalated,
    overridden,
    papers_provided,
    papers_requested,
    ratification,
    rejected,
    reminded,
    requested,
    returned,
    revoked,
    voted,
    withdrawn,
)
from tests.domain.facts_of_receipts import accepted, accounted_for, submitted
from tests.domain.facts_paid import kept_back, let_go, ordered
from tests.spec import (
    APPROVER_2,
    COORDINATOR,
    NOW,
    About,
    a_case,
    a_help,
    a_policy,
    at,
    bands,
    given,
    ident,
)

APPROVED: tuple[DoteEvent, ...] = (assessed(), approved(30_000))
TO_RATIFY: tuple[DoteEvent, ...] = (assessed(), approved(30_000, to_ratify=True))
IN_PART: tuple[DoteEvent, ...] = (*APPROVED, disbursed(10_000, last=False))
DISBURSED: tuple[DoteEvent, ...] = (*APPROVED, disbursed(30_000))
DOCUMENTED: tuple[DoteEvent, ...] = (*DISBURSED, submitted(30_000), accepted(30_000))
REVOKED: tuple[DoteEvent, ...] = (*IN_PART, revoked(20_000))
APPEALED: tuple[DoteEvent, ...] = (assessed(), rejected(), appeal_lodged())

TWO_APPROVERS = a_policy(single_approver_cents=10_000)
WITH_COORDINATOR = bands(Band(approvers=1, coordinator=True))
IN_ORDER = bands(Band(approvers=1, coordinator=True, in_order=True))
CAPPED = a_policy(caps=(Cap(cents=50_000),))


def _after(*events: DoteEvent, **about: Unpack[About]) -> Case:
    return a_case(given(requested(), *events).state, **about)


SAMPLES: dict[str, Case] = {
    "requested": _after(),
    "reminded": _after(reminded(), escalated()),
    "document requested": _after(papers_requested()),
    "documents provided": _after(papers_requested(), papers_provided()),
    "document requested after the assessment": _after(assessed(), papers_requested()),
    "assessed": _after(assessed()),
    "assessed unfavourably": _after(assessed(favourable=False)),
    "one vote of two": _after(assessed(), voted(by=APPROVER_2), policy=TWO_APPROVERS),
    "the coordinator votes too": _after(assessed(), policy=WITH_COORDINATOR),
    "the coordinator votes last": _after(assessed(), policy=IN_ORDER),
    "the coordinator's vote is missing": _after(assessed(), voted(by=APPROVER_2), policy=IN_ORDER),
    "an approver's vote is missing": _after(
        assessed(), voted(by=COORDINATOR), policy=WITH_COORDINATOR
    ),
    "above a cap": _after(assessed(), policy=CAPPED, helps=(a_help(40_000),)),
    "above a cap, overridden": _after(
        assessed(), overridden(), policy=CAPPED, helps=(a_help(40_000),)
    ),
    "approved": _after(*APPROVED),
    "to ratify": _after(*TO_RATIFY),
    "ratified": _after(*TO_RATIFY, ratification()),
    "not ratified": _after(*TO_RATIFY, ratification(ratified=False)),
    "ordered": _after(*APPROVED, ordered()),
    "ordered in part": _after(*APPROVED, ordered(10_000)),
    "authorised": _after(*APPROVED, ordered(), let_go()),
    "order cancelled": _after(*APPROVED, ordered(), kept_back()),
    "paid in part": _after(*IN_PART),
    "disbursed": _after(*DISBURSED),
    "awaiting a receipt's decision": _after(*DISBURSED, submitted(30_000)),
    "documented": _after(*DOCUMENTED),
    "documented, to ratify": _after(
        *TO_RATIFY, disbursed(30_000), submitted(30_000), accepted(30_000)
    ),
    "returned": _after(*DISBURSED, returned(30_000)),
    "accounted for": _after(*DOCUMENTED, accounted_for()),
    "rejected": _after(rejected()),
    "rejected long ago": _after(at(NOW - timedelta(days=31), rejected())),
    "appeal lodged": _after(*APPEALED),
    "appeal refused": _after(*APPEALED, appeal_decided(None)),
    "appeal accepted": _after(*APPEALED, appeal_decided("assessed")),
    "rejected again": _after(*APPEALED, appeal_decided("assessed"), rejected()),
    "withdrawn": _after(withdrawn()),
    "revoked unpaid": _after(*APPROVED, revoked(30_000)),
    "revoked": _after(*REVOKED),
    "revoked, to ratify": _after(*TO_RATIFY, disbursed(10_000, last=False), revoked(20_000)),
    "revoked and documented": _after(*REVOKED, submitted(10_000), accepted(10_000)),
}


def ready_for(action: Action, *roles: Role) -> Iterator[Case]:
    """The samples on which somebody new with one of these roles (none: with all) may do it."""
    stranger = Actor(ident(0xEEEE), tuple(Grant(role) for role in roles or Role))
    for case in SAMPLES.values():
        if refusal(case, action, stranger) is None:
            yield case
