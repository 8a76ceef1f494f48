"""The places that are found from every page, and for whom."""

from dataclasses import dataclass

from api.pages.say import N_
from api.security.rights import FINANCE_READERS, RECEIPT_READERS, WHOLE_LOG
from api.security.rights_of_people import ACCOUNT_READERS
from domain.actors import PEOPLE, Actor, Role
from domain.lifecycle import READERS, TRANSITIONS, Action

REQUESTERS = TRANSITIONS[Action.REQUEST].roles & PEOPLE


@dataclass(frozen=True, slots=True)
class Place:
    """A page in the navigation. `name` is what a page calls itself to be marked there. `whole`:
    only for who has a role for the whole programme."""

    name: str
    path: str
    label: str
    roles: frozenset[Role]
    whole: bool = False

    def admits(self, actor: Actor) -> bool:
        """Whether somebody may open it."""
        if self.whole:
            return actor.role_for(self.roles, None) is not None
        return actor.has_any(self.roles)


PLACES = (
    Place("desk", "/", N_("Your work"), PEOPLE),
    Place("request", "/richieste/nuova", N_("New request"), REQUESTERS),
    Place("approve", "/approvare", N_("Approving"), TRANSITIONS[Action.APPROVE].roles),
    Place("assess", "/valutare", N_("Assessing"), TRANSITIONS[Action.ASSESS].roles),
    Place("doti", "/doti", N_("Doti"), READERS),
    Place("households", "/nuclei", N_("Households"), READERS),
    Place("budget", "/bilancio", N_("Budget"), READERS),
    Place("closings", "/finanza/chiusure", N_("Closings"), FINANCE_READERS, whole=True),
    Place("receipts", "/finanza/giustificativi", N_("Receipts"), RECEIPT_READERS),
    Place("statistics", "/statistiche", N_("Statistics"), WHOLE_LOG),
    Place(
        "rendiconti", "/finanza/rendiconto", N_("Accounts of expenses"), FINANCE_READERS, whole=True
    ),
    Place("finance", "/da-pagare", N_("Finance"), FINANCE_READERS, whole=True),
    Place("registro", "/registro", N_("Register"), WHOLE_LOG, whole=True),
    Place("people", "/utenti", N_("People"), ACCOUNT_READERS),
    Place("waits", "/attese", N_("How long they wait"), WHOLE_LOG),
    Place("programme", "/programma", N_("Programme"), READERS),
)
"""In the order in which they stand."""


def places(actor: Actor) -> list[Place]:
    """What somebody may open."""
    return [place for place in PLACES if place.admits(actor)]
