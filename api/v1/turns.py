"""Tells whose turn it is on a dote: why, who can do it now, since when and until when."""

from collections.abc import Mapping

from api.languages import Language, translate
from api.security.people import Holder, holders
from api.v1.insight import Waiting
from api.wiring import Services
from domain.case import Case
from domain.permissions import refusal
from domain.turns import Turn, Why, turns

SENTENCES: Mapping[Why, str] = {
    Why.TO_ASSESS: "The request waits to be assessed.",
    Why.PAPERS_ASKED: "The desk has to provide the papers that were asked for.",
    Why.PAPERS_MISSING: "Papers are missing without which it cannot be approved.",
    Why.VOTE: "A vote is awaited: {given} of {wanted} are there.",
    Why.CAP: "It is over what the household may be granted: the coordinator can let it pass.",
    Why.UNFAVOURABLE: "The assessment is unfavourable: it has to be rejected.",
    Why.TO_RATIFY: "It was approved in urgency: somebody else has to ratify it.",
    Why.TO_PAY: "It is approved and waits to be paid.",
    Why.NOT_RATIFIED: "It was not ratified: it has to be revoked.",
    Why.RECEIPTS_MISSING: "Receipts are missing for what was paid.",
    Why.RECEIPT_TO_DECIDE: "A receipt waits to be accepted or disallowed.",
    Why.TO_ACCOUNT: "Everything is documented: the file can be closed.",
    Why.APPEAL: "An appeal waits to be decided.",
}


def waiting(services: Services, language: Language, case: Case) -> list[Waiting]:
    """Everybody whose turn it is."""
    found = turns(case)
    roles = frozenset().union(*(turn.roles for turn in found)) if found else frozenset()
    known = holders(services.database, roles, case.dote.partner) if roles else []
    return [_shown(case, turn, language, known) for turn in found]


def _shown(case: Case, turn: Turn, language: Language, known: list[Holder]) -> Waiting:
    sentence = translate(language, SENTENCES[turn.why])
    return Waiting(
        why=turn.why,
        sentence=sentence.format(given=turn.given, wanted=turn.wanted),
        roles=sorted(turn.roles),
        people=sorted({holder.name for holder in known if _can(case, turn, holder)}),
        since=turn.since,
        due=turn.due,
        overdue=turn.due is not None and turn.due <= case.now,
        given=turn.given,
        wanted=turn.wanted,
    )


def _can(case: Case, turn: Turn, holder: Holder) -> bool:
    """Whether somebody can do it, asked as the command would be."""
    fits = holder.actor.has_any(turn.roles)
    return fits and refusal(case, turn.action, holder.actor, turn.amount_cents) is None
