"""The places that are found from every page, and for whom."""

from dataclasses import dataclass, replace

from api.pages.say import N_
from api.security.rights import FINANCE_READERS, RECEIPT_READERS, WHOLE_LOG
from api.security.rights_of_people import ACCOUNT_READERS
from domain.actors import PEOPLE, Actor, Role
from domain.lifecycle import READERS, TRANSITIONS, Action

REQUESTERS = TRANSITIONS[Action.REQUEST].roles & PEOPLE


@dataclass(frozen=True, slots=True)
class Place:
    """A page in the navigation. `name` is what a page calls itself to be marked there. `whole`:
    only for who has a role for the whole programme. `parts`: pages that stand below it."""

    name: str
    path: str
    label: str
    roles: frozenset[Role]
    whole: bool = False
    parts: tuple["Place", ...] = ()

    def admits(self, actor: Actor) -> bool:
        """Whether somebody may open it."""
        if self.whole:
            return actor.role_for(self.roles, None) is not None
        return actor.has_any(self.roles)

    def holds(self, name: str) -> bool:
        """Whether the page of this name is it, or stands below it."""
        return name == self.name or any(part.name == name for part in self.parts)

    def seen_by(self, actor: Actor) -> "Place | None":
        """As somebody finds it: what is below it only as far as they may open it, and it opens with
        the first of that. A single part stands for all of it."""
        if not self.parts:
            return self if self.admits(actor) else None
        parts = tuple(part for part in self.parts if part.admits(actor))
        if len(parts) < 2:
            return parts[0] if parts else None
        return replace(self, path=parts[0].path, parts=parts)


FINANCE = (
    Place("due", "/da-pagare", N_("To be paid"), FINANCE_READERS, whole=True),
    Place("batches", "/distinte", N_("Payment batches"), FINANCE_READERS, whole=True),
    Place("statements", "/estratti-conto", N_("Bank statements"), FINANCE_READERS, whole=True),
    Place("reconciliation", "/riconciliazione", N_("Reconciliation"), FINANCE_READERS, whole=True),
    Place("receipts", "/giustificativi", N_("Receipts"), RECEIPT_READERS),
    Place("closings", "/chiusure", N_("Closings"), FINANCE_READERS, whole=True),
    Place("rendiconti", "/rendiconto", N_("Accounts"), FINANCE_READERS, whole=True),
    Place("statistics", "/statistiche", N_("Statistics"), WHOLE_LOG),
)
"""What the finance officer's month goes through, in its order."""

PLACES = (
    Place("desk", "/", N_("Your work"), PEOPLE),
    Place("request", "/richieste/nuova", N_("New request"), REQUESTERS),
    Place("approve", "/approvare", N_("Approving"), TRANSITIONS[Action.APPROVE].roles),
    Place("assess", "/valutare", N_("Assessing"), TRANSITIONS[Action.ASSESS].roles),
    Place("doti", "/doti", N_("Doti"), READERS),
    Place("households", "/nuclei", N_("Households"), READERS),
    Place("budget", "/bilancio", N_("Budget"), READERS),
    Place("finance", "/finanza", N_("Finance"), frozenset(), parts=FINANCE),
    Place("registro", "/registro", N_("Register"), WHOLE_LOG, whole=True),
    Place("people", "/utenti", N_("People"), ACCOUNT_READERS),
    Place("waits", "/attese", N_("How long they wait"), WHOLE_LOG),
    Place("programme", "/programma", N_("Programme"), READERS),
)
"""In the order in which they stand."""


def places(actor: Actor) -> list[Place]:
    """What somebody may open."""
    return [seen for place in PLACES if (seen := place.seen_by(actor))]
