"""What waits, in the words of pages: for whom, why, since when and until when."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from api import languages
from api.pages.say import N_
from domain.days import day_here
from domain.dote import Dote
from domain.lifecycle import Action, Stage
from domain.turns import Why
from projections.doti.worklists import Elsewhere, Item

MINE: Mapping[Why, str] = {
    Why.TO_ASSESS: N_("To assess"),
    Why.PAPERS_ASKED: N_("Papers were asked for"),
    Why.PAPERS_MISSING: N_("Papers are missing in the file"),
    Why.VOTE: N_("To approve"),
    Why.CAP: N_("Over the household's limit"),
    Why.UNFAVOURABLE: N_("To reject: unfavourable assessment"),
    Why.TO_RATIFY: N_("To ratify (urgency)"),
    Why.TO_PAY: N_("To pay"),
    Why.NOT_RATIFIED: N_("To revoke: not ratified"),
    Why.RECEIPTS_MISSING: N_("Receipts are missing"),
    Why.RECEIPT_TO_DECIDE: N_("A receipt to look at"),
    Why.TO_ACCOUNT: N_("The file can be closed"),
    Why.APPEAL: N_("A second look at a rejection"),
}
"""Why something is in somebody's own list."""

YOUR_VOTE = N_("Your vote is missing ({given} of {wanted})")

THEIRS: Mapping[Why, str] = {
    Why.TO_ASSESS: N_("the assessment"),
    Why.PAPERS_ASKED: N_("papers from the desk {desk}"),
    Why.PAPERS_MISSING: N_("missing papers from the desk {desk}"),
    Why.VOTE: N_("a vote: {roles} ({given} of {wanted})"),
    Why.CAP: N_("the coordinator, for the household's limit"),
    Why.UNFAVOURABLE: N_("the rejection, after an unfavourable assessment"),
    Why.TO_RATIFY: N_("the ratification of the urgency"),
    Why.TO_PAY: N_("the payment"),
    Why.NOT_RATIFIED: N_("the revocation, after no ratification"),
    Why.RECEIPTS_MISSING: N_("receipts from the desk {desk}"),
    Why.RECEIPT_TO_DECIDE: N_("a look at a receipt"),
    Why.TO_ACCOUNT: N_("the closing of the file"),
    Why.APPEAL: N_("the decision of the appeal"),
}
"""What a dote waits for where it waits for others."""

BUTTONS: Mapping[Action, str] = {
    Action.ASSESS: N_("Assess"),
    Action.PROVIDE_DOCUMENTS: N_("Answer"),
    Action.ATTACH_DOCUMENT: N_("Attach"),
    Action.APPROVE: N_("Decide"),
    Action.OVERRIDE_CAP: N_("Decide"),
    Action.REJECT: N_("Decide"),
    Action.RATIFY: N_("Ratify"),
    Action.REVOKE: N_("Revoke"),
    Action.DECIDE_APPEAL: N_("Review"),
    Action.DISBURSE: N_("Pay"),
    Action.SUBMIT_RECEIPT: N_("Document"),
    Action.ACCEPT_RECEIPT: N_("Look at it"),
    Action.ACCOUNT_FOR: N_("Close"),
}
"""What the button says that leads there."""
IN_A_BATCH = N_("In a payment batch: it goes out with it")
LOOK = N_("Open")


@dataclass(frozen=True, slots=True)
class Waits:
    """Since when, and how late. `late_days`: whole days after it was due."""

    since: datetime
    due: datetime | None
    overdue: bool
    due_today: bool
    late_days: int

    @classmethod
    def of(cls, since: datetime, due: datetime | None, now: datetime) -> "Waits":
        """As it stands at a moment."""
        overdue = due is not None and due <= now
        late_days = (now - due).days if due is not None and overdue else 0
        today = day_here(now)
        due_today = due is not None and day_here(due) == today
        return cls(since, due, overdue, due_today, late_days)


@dataclass(frozen=True, slots=True)
class Row:
    """A dote in a list of what waits. `why`: an English sentence with the places of `facts`."""

    dote: Dote
    item: str
    why: str
    facts: Mapping[str, object]
    waits: Waits
    button: str = ""
    reminded_at: datetime | None = None


def mine(found: Item, item: str, now: datetime) -> Row:
    """What waits for the reader. `item`: the name of what is asked."""
    waiting = found.waiting
    why = MINE[waiting.why]
    button = BUTTONS[found.action]
    if waiting.why is Why.TO_PAY and found.dote.ordered_cents >= found.dote.committed_cents:
        # All of it goes out with its batch: nobody pays it by hand meanwhile.
        why, button = IN_A_BATCH, LOOK
    if waiting.why is Why.VOTE and waiting.wanted > 1:
        why = YOUR_VOTE
    return Row(
        dote=found.dote,
        item=item,
        why=why,
        facts={"given": waiting.given, "wanted": waiting.wanted},
        waits=Waits.of(waiting.since, waiting.due, now),
        button=button,
    )


def theirs(found: Elsewhere, item: str, language: languages.Language, now: datetime) -> Row:
    """What waits for others."""
    waiting, dote = found.waiting, found.dote
    roles = ", ".join(languages.word(language, role, "role") for role in found.roles)
    return Row(
        dote=dote,
        item=item,
        why=THEIRS[waiting.why],
        facts={
            "desk": dote.desk,
            "roles": roles,
            "given": waiting.given,
            "wanted": waiting.wanted,
        },
        waits=Waits.of(waiting.since, waiting.due, now),
        reminded_at=reminded_at(dote, waiting.stage),
    )


def reminded_at(dote: Dote, stage: Stage) -> datetime | None:
    """When those whose turn it is were last reminded of this stage."""
    of_stage = [alarm.at for alarm in dote.alarms if alarm.stage is stage]
    return max(of_stage, default=None)
