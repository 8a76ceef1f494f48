"""The hard words, each with one explanation: beside the word, and all together in the help."""

from collections.abc import Mapping
from dataclasses import dataclass

from api.pages.say import N_
from domain.actors import Role


@dataclass(frozen=True, slots=True)
class Term:
    """A word and what it means: English sentences of the catalogue."""

    word: str
    means: str


TERMS: Mapping[str, Term] = {
    "dote": Term(
        N_("Dote"),
        N_(
            "A small grant for a household in hardship: rent, bills, school, health. It is "
            "requested, assessed, approved, paid and accounted for."
        ),
    ),
    "household": Term(
        N_("Household"),
        N_("One or more persons who live together, and whom a dote helps."),
    ),
    "payee": Term(
        N_("Payee"),
        N_(
            "Who receives the money. Often it is not the household but the landlord, the school "
            "or a shop."
        ),
    ),
    "line": Term(
        N_("Budget line"),
        N_(
            "The money that a partner has for one category. What is approved is reserved on it "
            "at once, so that it can never be overspent."
        ),
    ),
    "available": Term(
        N_("Available, committed"),
        N_("Available money is free. Committed money is reserved by an approval, not yet paid."),
    ),
    "exposure": Term(
        N_("Exposure"),
        N_("What the household was granted within the last twelve months, at any desk."),
    ),
    "cap": Term(
        N_("Limit of the household"),
        N_(
            "The most that a household may be granted in a period. Only the coordinator can let "
            "a dote go over it, and says why."
        ),
    ),
    "ceiling": Term(
        N_("Ceiling of the item"),
        N_("The most that one dote may amount to for what it is requested for."),
    ),
    "band": Term(
        N_("Band"),
        N_(
            "How many votes an amount needs, and whose. It looks at this dote and at all that the "
            "household was granted."
        ),
    ),
    "vote": Term(
        N_("Vote"),
        N_(
            "An approver's yes to an amount and a payee. All votes are for the same; the last one "
            "approves the dote and reserves the money."
        ),
    ),
    "double_help": Term(
        N_("Double help"),
        N_(
            "The same household, person or payee was helped already, perhaps at another desk. It "
            "is told without opening the other desk's file."
        ),
    ),
    "urgent": Term(
        N_("Urgent path"),
        N_("For small amounts one approver decides at once, and somebody else ratifies it later."),
    ),
    "ratification": Term(
        N_("Ratification"),
        N_(
            "The second look at what was approved in urgency. Without it the file cannot be "
            "closed; refused, the dote is revoked."
        ),
    ),
    "appeal": Term(
        N_("Appeal"),
        N_("The household asks for a second look at a rejection, once."),
    ),
    "revocation": Term(
        N_("Revocation"),
        N_("The programme takes back what was approved and not paid yet."),
    ),
    "receipt": Term(
        N_("Receipt"),
        N_("An invoice, a till receipt or a declaration that shows what the money was spent on."),
    ),
    "accounting": Term(
        N_("Accounting"),
        N_(
            "Every euro that was paid is documented, given back or not admitted; then the file is "
            "closed."
        ),
    ),
    "disallowed": Term(
        N_("Not admitted"),
        N_("An expense that the rules of who funds the programme do not allow; it is final."),
    ),
    "duties": Term(
        N_("Four different people"),
        N_(
            "Whoever requests, assesses, approves and pays one dote are four different people, "
            "also where somebody has several roles or stands in for somebody."
        ),
    ),
    "masked": Term(
        N_("Hidden data"),
        N_(
            "Three dots stand where there is something that is not needed for your work. Who may "
            "see it with a reason does so once, and the look is written down."
        ),
    ),
}
"""By the name that templates call them by, in the order of the help."""

ROLES: Mapping[Role, str] = {
    Role.OPERATOR: N_(
        "Registers households, requests doti for them, attaches papers, answers when papers are "
        "asked for, and hands in receipts. Sees what belongs to their own partner."
    ),
    Role.ASSESSOR: N_(
        "Judges need and amount, and asks for missing papers. Never on a request of their own."
    ),
    Role.APPROVER: N_(
        "Votes on what was assessed, or rejects it with a reason; sees beforehand what the vote "
        "does to the budget line and to the household."
    ),
    Role.FINANCE: N_(
        "Pays what was approved, records what comes back, looks at receipts, and closes files."
    ),
    Role.COORDINATOR: N_(
        "Moves budget, adopts the rules, votes on large amounts, lifts limits with a reason, and "
        "decides appeals."
    ),
    Role.AUDITOR: N_(
        "Reads everything and changes nothing: any dote's story, the budget on any day, the proof "
        "that nothing was altered."
    ),
    Role.ADMIN: N_("Invites people and gives them roles. Takes no step on any dote."),
}
"""What each role does."""
