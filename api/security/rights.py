"""Who may call what: THE table of the edge, and the one place that looks into it.

A route that does not stand in it answers nobody, and a test finds it. What is decided on one dote
(its state, its partner, separation of duties) stays with `domain.permissions`: here is said who
comes as far as that. docs/rights.md is drawn from this table.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from fastapi import Request

from api.errors import Unauthenticated
from api.security.refusals import SessionNeeded
from domain.account import DELEGABLE
from domain.actors import PEOPLE, Actor, Role
from domain.erasure import ERASERS
from domain.errors import Forbidden
from domain.lifecycle import PAYMASTERS, READERS, TRANSITIONS, Action
from domain.merging import KEEPERS


class Anybody(StrEnum):
    """Who needs no role."""

    PUBLIC = "everybody"
    SIGNING_IN = "everybody who has begun to sign in"
    IN_PERSON = "everybody who signs in with their password"
    SIGNED_IN = "everybody who signs in"


PUBLIC, SIGNED_IN = Anybody.PUBLIC, Anybody.SIGNED_IN
SIGNING_IN, IN_PERSON = Anybody.SIGNING_IN, Anybody.IN_PERSON


@dataclass(frozen=True, slots=True)
class Right:
    """Who may call a route, and what it is called in a refusal.

    `by_partner`: a role for one partner is enough; then what belongs to others is not there. If
    not, only a role for the whole programme counts.
    """

    who: Anybody | frozenset[Role]
    what: str = "read"
    by_partner: bool = True

    def admits(self, actor: Actor | None, *, begun: bool = False) -> bool:
        """Whether somebody may call it; None: nobody signed in. `begun`: whether they have proved
        a part of who they are (`api.security.authentication` has looked which one)."""
        match self.who:
            case Anybody.PUBLIC:
                return True
            case Anybody.SIGNING_IN:
                return begun
            case Anybody.IN_PERSON:
                return begun and actor is not None
            case Anybody.SIGNED_IN:
                return actor is not None
        if actor is None:
            return False
        return actor.has_any(self.who) if self.by_partner else _everywhere(actor, self.who)

    @property
    def roles(self) -> list[str]:
        """The names of the roles, in the order of the alphabet; of `Anybody`: its one name."""
        return [str(self.who)] if isinstance(self.who, Anybody) else sorted(self.who)


def _everywhere(actor: Actor, roles: frozenset[Role]) -> bool:
    return actor.role_for(roles, None) is not None


ADMINS = frozenset({Role.ADMIN})
AUDITORS = frozenset({Role.AUDITOR})
COORDINATORS = frozenset({Role.COORDINATOR})
COUNTERS = frozenset({Role.AUDITOR, Role.COORDINATOR, Role.OPERATOR})
"""Who counts and exports doti: operators those of their partner."""
WHOLE_LOG = frozenset({Role.AUDITOR, Role.COORDINATOR})
"""Who may read all that ever happened, and reckon with it."""

PAYERS = frozenset({Role.FINANCE})
"""Who puts payments together and hands out their files."""

ERASURE_LIST = ERASERS | AUDITORS
"""Who sees the list of what is to be erased, within the scope of the grant."""

_OPEN = Right(PUBLIC)
_SELF = Right(SIGNED_IN)
_READ = Right(READERS)
_AUDIT = Right(WHOLE_LOG, by_partner=False)
_PAYMENTS = Right(PAYMASTERS | AUDITORS, by_partner=False)


def _step(*actions: Action) -> Right:
    """Who may take one of these steps on some dote: as the transition table says."""
    roles = frozenset(role for action in actions for role in TRANSITIONS[action].roles)
    return Right(roles & PEOPLE, actions[0])


def _pay(action: Action) -> Right:
    """The same of a step that is taken on doti of all partners at once."""
    return Right(TRANSITIONS[action].roles & PEOPLE, action, by_partner=False)


def _coordinate(what: str) -> Right:
    return Right(COORDINATORS, what, by_partner=False)


def _administer(what: str) -> Right:
    return Right(ADMINS, what, by_partner=False)


_FORMS = (
    Action.ASSESS,
    Action.APPROVE,
    Action.RATIFY,
    Action.DECIDE_APPEAL,
    Action.PROVIDE_DOCUMENTS,
    Action.OVERRIDE_CAP,
    Action.LODGE_APPEAL,
    Action.ACCOUNT_FOR,
    Action.SUBMIT_RECEIPT,
    Action.ATTACH_DOCUMENT,
    Action.REQUEST_DOCUMENTS,
    Action.REJECT,
    Action.WITHDRAW,
    Action.REVOKE,
    Action.DISBURSE,
    Action.RETURN_DISBURSEMENT,
    Action.RECORD_REFUND,
    Action.ACCEPT_RECEIPT,
    Action.DISALLOW_RECEIPT,
)
"""What is done to a dote from its page."""

_DRAFT = "/programma/regole/bozze/{draft_id}"
_DRAFT_ROUTES = (
    ("GET", _DRAFT),
    ("POST", _DRAFT),
    ("POST", f"{_DRAFT}/documento"),
    ("POST", f"{_DRAFT}/eliminazione"),
    ("GET", f"{_DRAFT}/prova"),
    ("POST", f"{_DRAFT}/simulazione"),
    ("POST", f"{_DRAFT}/adozione"),
)
"""The pages of rules that are being written."""

_V1 = "/api/v1"
_HOUSEHOLD = f"{_V1}/households/{{household_id}}"
_DOTE = f"{_V1}/doti/{{dote_id}}"
_BATCH = f"{_V1}/payment-batches/{{batch_id}}"
_PAYEE = f"{_V1}/payees/{{payee_id}}"

RIGHTS: Mapping[tuple[str, str], Right] = {
    ("GET", "/static/{name}"): _OPEN,
    ("GET", "/accedi"): _OPEN,
    ("POST", "/accedi"): _OPEN,
    ("POST", "/accedi/codice"): _OPEN,
    ("POST", "/accedi/passkey"): _OPEN,
    ("POST", "/esci"): _OPEN,
    ("GET", "/invito/{token}"): _OPEN,
    ("POST", "/invito/{token}"): _OPEN,
    # Who needs a second factor and has none yet can do nothing else before.
    ("GET", "/secondo-fattore"): Right(SIGNING_IN),
    ("POST", "/secondo-fattore/app"): Right(SIGNING_IN),
    ("GET", "/secondo-fattore/app/{factor_id}"): Right(SIGNING_IN),
    ("POST", "/secondo-fattore/app/{factor_id}"): Right(SIGNING_IN),
    ("GET", "/secondo-fattore/passkey"): Right(SIGNING_IN),
    ("POST", "/secondo-fattore/passkey"): Right(SIGNING_IN),
    ("GET", "/profilo"): Right(IN_PERSON),
    ("POST", "/profilo/password"): Right(IN_PERSON),
    ("POST", "/profilo/fattori/{factor_id}/rimuovi"): Right(IN_PERSON),
    ("POST", "/profilo/codici"): Right(IN_PERSON),
    ("POST", "/profilo/sessioni/{session_id}/fine"): Right(IN_PERSON),
    ("POST", "/profilo/altre-sessioni/fine"): Right(IN_PERSON),
    ("POST", "/profilo/identita"): Right(IN_PERSON),
    ("POST", "/profilo/identita/fine"): Right(IN_PERSON),
    ("GET", "/profilo/token"): _SELF,
    ("POST", "/profilo/token"): _SELF,
    ("POST", "/profilo/token/{token_id}/revoca"): _SELF,
    ("GET", "/profilo/deleghe"): _READ,
    ("POST", "/profilo/deleghe"): Right(frozenset(DELEGABLE), "delegate"),
    # One of the two, whatever their role is today.
    ("POST", "/profilo/deleghe/{delegation_id}/fine"): Right(READERS, "end_delegation"),
    ("POST", "/profilo/conflitti"): Right(READERS, "declare_conflict"),
    ("GET", "/utenti"): Right(ADMINS | WHOLE_LOG, "read_accounts", by_partner=False),
    ("GET", "/utenti/nuovo"): _administer("open_account"),
    ("POST", "/utenti"): _administer("open_account"),
    ("GET", "/utenti/{account_id}"): Right(ADMINS | WHOLE_LOG, "read_accounts", by_partner=False),
    ("POST", "/utenti/{account_id}/ruoli"): _administer("grant_role"),
    ("POST", "/utenti/{account_id}/ruoli/{grant_id}/revoca"): _administer("revoke_role"),
    ("POST", "/utenti/{account_id}/chiudi"): _administer("close_account"),
    ("POST", "/utenti/{account_id}/riapri"): _administer("reopen_account"),
    ("POST", "/utenti/{account_id}/invito"): _administer("invite"),
    ("POST", "/utenti/{account_id}/email"): _administer("record_email"),
    ("POST", "/utenti/{account_id}/partner"): _administer("work_for"),
    ("POST", "/utenti/{account_id}/fattori"): _administer("forget_factors"),
    ("GET", "/"): _SELF,
    ("GET", "/doti"): _READ,
    ("POST", "/doti"): _READ,
    ("POST", "/cerca"): _READ,
    ("GET", "/approvare"): _step(Action.APPROVE),
    ("POST", "/approvare"): _step(Action.APPROVE),
    ("GET", "/valutare"): _step(Action.ASSESS),
    ("POST", "/valutare"): _step(Action.ASSESS),
    ("GET", "/aiuto"): _OPEN,
    ("POST", "/doti/{dote_id}/mostra"): Right(WHOLE_LOG, "reveal", by_partner=False),
    ("GET", "/doti/{dote_id}"): _READ,
    ("GET", "/doti/{dote_id}/documenti/{n}"): _READ,
    ("GET", "/doti/{dote_id}/giustificativi/{n}"): _READ,
    **{("POST", f"/doti/{{dote_id}}/{action}"): _step(action) for action in _FORMS},
    ("GET", "/bilancio"): _READ,
    ("GET", "/bilancio.csv"): _READ,
    ("GET", "/bilancio/voci/{partner}/{category}"): _READ,
    ("GET", "/bilancio/movimenti"): _READ,
    ("GET", "/bilancio/movimenti.csv"): _READ,
    ("GET", "/bilancio/movimenti/{log_index}"): _READ,
    ("GET", "/registro"): _AUDIT,
    ("GET", "/registro/doti/{dote_id}"): _AUDIT,
    ("GET", "/registro/doti/{dote_id}/fascicolo"): _AUDIT,
    ("GET", "/registro/fascicolo"): _AUDIT,
    ("GET", "/registro/verifiche"): _AUDIT,
    ("POST", "/registro/verifiche"): _AUDIT,
    ("GET", "/registro/verifiche/{n}"): _AUDIT,
    ("GET", "/registro/cosa-prova"): _AUDIT,
    ("GET", "/registro/campione"): _AUDIT,
    ("GET", "/registro/campione.csv"): _AUDIT,
    ("GET", "/registro/rivelazioni"): _AUDIT,
    ("GET", "/registro/consultazioni"): _AUDIT,
    ("GET", "/richieste/nuova"): _step(Action.REQUEST),
    ("POST", "/richieste/nuova"): _step(Action.REQUEST),
    ("GET", "/richieste/bozze/{draft_id}"): _step(Action.REQUEST),
    ("POST", "/richieste/bozze/{draft_id}"): _step(Action.REQUEST),
    ("GET", "/nuclei"): _READ,
    ("POST", "/nuclei"): _READ,
    ("GET", "/nuclei/{household_id}"): _READ,
    ("GET", "/nuclei/{household_id}/dati"): Right(KEEPERS, "correct_household"),
    ("POST", "/nuclei/{household_id}/dati"): Right(KEEPERS, "correct_household"),
    ("POST", "/nuclei/{household_id}/persone"): Right(KEEPERS, "correct_household"),
    ("POST", "/nuclei/{household_id}/unione"): Right(KEEPERS, "merge_households"),
    ("POST", "/nuclei/{household_id}/separazione"): Right(KEEPERS, "merge_households"),
    ("POST", "/nuclei/{household_id}/conflitto"): Right(READERS, "declare_conflict"),
    ("POST", "/nuclei/{household_id}/svelare"): Right(AUDITORS, "reveal", by_partner=False),
    ("GET", "/nuclei/{household_id}/copia.json"): Right(KEEPERS, "copy_data"),
    ("GET", "/nuclei/{household_id}/copia.pdf"): Right(KEEPERS, "copy_data"),
    ("GET", "/nuclei/{household_id}/accessi"): _AUDIT,
    ("POST", "/nuclei/{household_id}/cancellazione"): Right(ERASERS, "erase"),
    ("POST", "/nuclei/{household_id}/cancellazione-rifiutata"): Right(ERASERS, "erase"),
    ("POST", "/nuclei/{household_id}/conservazione"): _coordinate("hold_erasure"),
    ("GET", "/cancellazioni"): Right(ERASURE_LIST, "read_erasures"),
    ("GET", "/attese"): Right(WHOLE_LOG),
    ("GET", "/programma"): _READ,
    ("GET", "/programma/budget"): _READ,
    ("POST", "/programma/partner"): _coordinate("join"),
    ("POST", "/programma/sportello"): _coordinate("open_desk"),
    ("POST", "/programma/categoria"): _coordinate("define_category"),
    ("POST", "/programma/voce"): _coordinate("define_item"),
    ("POST", "/programma/finanziamento"): _coordinate("grant_funding"),
    ("POST", "/programma/assegnazione"): _coordinate("allocate"),
    ("POST", "/programma/trasferimento"): _coordinate("transfer"),
    ("GET", "/programma/conservazione"): _READ,
    ("POST", "/programma/conservazione"): _coordinate("adopt_retention"),
    ("GET", "/programma/regole"): _READ,
    ("GET", "/programma/regole/confronto"): _READ,
    ("GET", "/programma/regole/{version}"): _READ,
    ("POST", "/programma/regole/bozze"): _coordinate("adopt_policy"),
    **dict.fromkeys(_DRAFT_ROUTES, _coordinate("adopt_policy")),
    ("GET", "/healthz"): _OPEN,
    ("GET", "/readyz"): _OPEN,
    ("GET", "/metrics"): _OPEN,
    ("GET", "/openapi.json"): _OPEN,
    ("GET", f"{_V1}/session"): _OPEN,
    ("POST", f"{_V1}/session"): _OPEN,
    ("DELETE", f"{_V1}/session"): _OPEN,
    ("POST", f"{_V1}/session/second-factor"): _OPEN,
    ("POST", f"{_V1}/invitations/accept"): _OPEN,
    ("POST", f"{_V1}/session/passkey/options"): _OPEN,
    ("POST", f"{_V1}/session/passkey"): _OPEN,
    ("GET", f"{_V1}/session/provider"): _OPEN,
    ("GET", "/sign-in/provider"): _OPEN,
    ("GET", "/sign-in/provider/callback"): _OPEN,
    ("GET", f"{_V1}/sessions"): Right(IN_PERSON),
    ("GET", f"{_V1}/identities"): Right(IN_PERSON),
    ("POST", f"{_V1}/identities"): Right(IN_PERSON),
    ("POST", f"{_V1}/identities/removal"): Right(IN_PERSON),
    ("POST", f"{_V1}/sessions/{{session_id}}/end"): Right(IN_PERSON),
    ("POST", f"{_V1}/password"): Right(IN_PERSON),
    # Who needs a second factor and has none yet can do nothing else before.
    ("GET", f"{_V1}/factors"): Right(SIGNING_IN),
    ("POST", f"{_V1}/factors"): Right(SIGNING_IN),
    ("POST", f"{_V1}/factors/passkey/options"): Right(SIGNING_IN),
    ("POST", f"{_V1}/factors/passkey"): Right(SIGNING_IN),
    ("POST", f"{_V1}/factors/{{factor_id}}/confirmation"): Right(SIGNING_IN),
    ("POST", f"{_V1}/factors/{{factor_id}}/removal"): Right(SIGNING_IN),
    ("POST", f"{_V1}/recovery-codes"): Right(IN_PERSON),
    ("GET", f"{_V1}/tokens"): _SELF,
    ("POST", f"{_V1}/tokens"): _SELF,
    ("POST", f"{_V1}/tokens/{{token_id}}/revocation"): _SELF,
    ("GET", f"{_V1}/accounts"): Right(ADMINS | WHOLE_LOG, "read_accounts", by_partner=False),
    ("POST", f"{_V1}/accounts"): _administer("open_account"),
    ("POST", f"{_V1}/accounts/{{account_id}}/grants"): _administer("grant_role"),
    ("POST", f"{_V1}/accounts/{{account_id}}/grants/{{grant_id}}/revocation"): _administer(
        "revoke_role"
    ),
    ("POST", f"{_V1}/accounts/{{account_id}}/closing"): _administer("close_account"),
    ("POST", f"{_V1}/accounts/{{account_id}}/reopening"): _administer("reopen_account"),
    ("POST", f"{_V1}/accounts/{{account_id}}/invitation"): _administer("invite"),
    ("POST", f"{_V1}/accounts/{{account_id}}/email"): _administer("record_email"),
    ("POST", f"{_V1}/accounts/{{account_id}}/works-for"): _administer("work_for"),
    ("GET", f"{_V1}/programme"): _SELF,
    ("POST", f"{_V1}/programme/partners"): _coordinate("join"),
    ("POST", f"{_V1}/programme/desks"): _coordinate("open_desk"),
    ("POST", f"{_V1}/programme/categories"): _coordinate("define_category"),
    ("POST", f"{_V1}/programme/items"): _coordinate("define_item"),
    ("POST", f"{_V1}/programme/funding"): _coordinate("grant_funding"),
    ("POST", f"{_V1}/programme/allocations"): _coordinate("allocate"),
    ("POST", f"{_V1}/programme/transfers"): _coordinate("transfer"),
    ("GET", f"{_V1}/policies"): _READ,
    ("GET", f"{_V1}/policies/{{version}}"): _READ,
    ("POST", f"{_V1}/policies"): _coordinate("adopt_policy"),
    ("POST", f"{_V1}/policies/simulation"): _AUDIT,
    ("POST", f"{_V1}/households"): _step(Action.REQUEST),
    ("GET", f"{_V1}/households"): _READ,
    ("POST", f"{_V1}/households/matches"): Right(KEEPERS, "seek_households"),
    ("GET", _HOUSEHOLD): _READ,
    ("POST", f"{_HOUSEHOLD}/members"): Right(KEEPERS, "correct_household"),
    ("POST", f"{_HOUSEHOLD}/personal-data"): Right(KEEPERS, "correct_household"),
    ("POST", f"{_HOUSEHOLD}/merge"): Right(KEEPERS, "merge_households"),
    ("POST", f"{_HOUSEHOLD}/unmerge"): Right(KEEPERS, "merge_households"),
    ("GET", f"{_HOUSEHOLD}/copy"): Right(KEEPERS, "copy_data"),
    ("GET", f"{_HOUSEHOLD}/copy.pdf"): Right(KEEPERS, "copy_data"),
    ("POST", f"{_HOUSEHOLD}/reveal"): Right(AUDITORS, "reveal", by_partner=False),
    ("GET", f"{_HOUSEHOLD}/accesses"): _AUDIT,
    ("GET", f"{_HOUSEHOLD}/erasure"): _READ,
    ("POST", f"{_HOUSEHOLD}/erasure"): Right(ERASERS, "erase"),
    ("POST", f"{_HOUSEHOLD}/erasure/refusal"): Right(ERASERS, "erase"),
    ("POST", f"{_HOUSEHOLD}/erasure/hold"): _coordinate("hold_erasure"),
    ("GET", f"{_V1}/erasures"): Right(ERASURE_LIST, "read_erasures"),
    ("GET", f"{_V1}/retention"): _SELF,
    ("POST", f"{_V1}/retention"): _coordinate("adopt_retention"),
    ("GET", f"{_V1}/exports/doti.csv"): Right(COUNTERS, "export"),
    ("GET", f"{_V1}/exports/doti.jsonl"): Right(COUNTERS, "export"),
    ("GET", f"{_V1}/statistics"): Right(COUNTERS, "count"),
    ("GET", f"{_V1}/doti"): _READ,
    ("POST", f"{_V1}/doti"): _step(Action.REQUEST),
    ("POST", f"{_V1}/doti/bulk"): _step(Action.ASSESS, Action.APPROVE, Action.REJECT),
    ("GET", _DOTE): _READ,
    ("GET", f"{_DOTE}/history"): _READ,
    ("POST", f"{_DOTE}/reveal"): Right(WHOLE_LOG, "reveal", by_partner=False),
    ("GET", f"{_DOTE}/documents/{{n}}/file"): _READ,
    ("GET", f"{_DOTE}/receipts/{{n}}/file"): _READ,
    ("POST", f"{_DOTE}/documents"): _step(Action.ATTACH_DOCUMENT),
    ("POST", f"{_DOTE}/document-requests"): _step(Action.REQUEST_DOCUMENTS),
    ("POST", f"{_DOTE}/document-answers"): _step(Action.PROVIDE_DOCUMENTS),
    ("POST", f"{_DOTE}/assessment"): _step(Action.ASSESS),
    ("POST", f"{_DOTE}/cap-overrides"): _step(Action.OVERRIDE_CAP),
    ("POST", f"{_DOTE}/approval"): _step(Action.APPROVE),
    # It writes nothing, and tells everybody who may see the dote why a vote of theirs is none.
    ("POST", f"{_DOTE}/approval/preview"): _READ,
    ("POST", f"{_DOTE}/ratification"): _step(Action.RATIFY),
    ("POST", f"{_DOTE}/rejection"): _step(Action.REJECT),
    ("POST", f"{_DOTE}/appeal"): _step(Action.LODGE_APPEAL),
    ("POST", f"{_DOTE}/appeal/decision"): _step(Action.DECIDE_APPEAL),
    ("POST", f"{_DOTE}/withdrawal"): _step(Action.WITHDRAW),
    ("POST", f"{_DOTE}/revocation"): _step(Action.REVOKE),
    ("POST", f"{_DOTE}/disbursements"): _step(Action.DISBURSE),
    ("POST", f"{_DOTE}/disbursements/{{n}}/return"): _step(Action.RETURN_DISBURSEMENT),
    ("POST", f"{_DOTE}/refunds"): _step(Action.RECORD_REFUND),
    ("POST", f"{_DOTE}/receipts"): _step(Action.SUBMIT_RECEIPT),
    ("POST", f"{_DOTE}/receipts/{{n}}/acceptance"): _step(Action.ACCEPT_RECEIPT),
    ("POST", f"{_DOTE}/receipts/{{n}}/disallowance"): _step(Action.DISALLOW_RECEIPT),
    ("POST", f"{_DOTE}/accounting"): _step(Action.ACCOUNT_FOR),
    ("GET", f"{_V1}/payments"): _PAYMENTS,
    ("GET", f"{_V1}/payment-batches"): _PAYMENTS,
    ("POST", f"{_V1}/payment-batches"): _pay(Action.ORDER_PAYMENT),
    ("GET", _BATCH): _PAYMENTS,
    ("POST", f"{_BATCH}/authorisation"): _pay(Action.AUTHORISE_PAYMENT),
    ("POST", f"{_BATCH}/cancellation"): _pay(Action.CANCEL_PAYMENT),
    ("POST", f"{_BATCH}/payments/{{payment_id}}/execution"): _pay(Action.DISBURSE),
    ("GET", f"{_BATCH}/pain.001.xml"): Right(PAYERS, "export_batch", by_partner=False),
    ("GET", f"{_BATCH}.csv"): Right(PAYERS, "export_batch", by_partner=False),
    ("GET", _PAYEE): _PAYMENTS,
    ("POST", f"{_PAYEE}/iban"): Right(PAYERS, "change_iban", by_partner=False),
    ("POST", f"{_PAYEE}/iban/confirmation"): Right(PAYMASTERS, "confirm_iban", by_partner=False),
    ("POST", f"{_PAYEE}/iban/dismissal"): Right(PAYMASTERS, "confirm_iban", by_partner=False),
    ("GET", f"{_V1}/worklist"): _READ,
    ("GET", f"{_V1}/worklist/summary"): _READ,
    ("GET", f"{_V1}/ageing"): _READ,
    ("GET", f"{_V1}/colleagues"): _READ,
    ("GET", f"{_V1}/delegations"): _READ,
    ("POST", f"{_V1}/delegations"): Right(frozenset(DELEGABLE), "delegate"),
    # One of the two, whatever their role is today.
    ("POST", f"{_V1}/delegations/{{delegation_id}}/end"): Right(READERS, "end_delegation"),
    ("GET", f"{_V1}/conflicts"): _READ,
    ("POST", f"{_V1}/conflicts"): Right(READERS, "declare_conflict"),
    ("POST", f"{_V1}/conflicts/{{conflict_id}}/lifting"): _coordinate("lift_conflict"),
    ("GET", f"{_V1}/ledger"): _READ,
    ("GET", f"{_V1}/ledger/entries"): _READ,
    ("GET", f"{_V1}/audit/events"): _AUDIT,
    ("GET", f"{_V1}/audit/reveals"): _AUDIT,
    ("GET", f"{_V1}/audit/accesses"): _AUDIT,
    ("GET", f"{_V1}/audit/checkpoint"): _AUDIT,
    ("GET", f"{_V1}/audit/proof"): _AUDIT,
    ("GET", f"{_V1}/audit/export"): _AUDIT,
}
"""Every route: its method and its address, with the places for ids as the route has them."""

QUERIES_OF_ALL: Mapping[str, str] = {
    "projections.doti.double_help.matches": (
        "Help at another desk is to be seen: category, item, day and amount of it; more only to "
        "who may open the other file (api.v1.double_help)."
    ),
    **dict.fromkeys(
        (
            "projections.journal.queries.places",
            "projections.journal.queries.named",
            "projections.journal.queries.numbers",
            "projections.journal.queries.of_household",
        ),
        "Only who may read the whole log searches it; the rows are held back by the database.",
    ),
    **dict.fromkeys(
        (
            "projections.payments.queries.payments",
            "projections.payments.queries.open_payments",
            "projections.payments.queries.of_batch",
            "projections.payments.queries.due_by_payee",
            "projections.payments.queries.batches",
        ),
        "Only who pays, or looks on, for the whole programme asks.",
    ),
    "projections.doti.worklists.alarms": (
        "The register itself looks whom to remind; nobody is shown what it finds (api.deadlines)."
    ),
}
"""The queries on projections that take no scope and no person, and why."""

ACROSS_PARTNERS: Mapping[str, str] = {
    "api.cli.application": "Who works on the machine itself may read its database anyway.",
    "api.pages.programme.simulating": (
        "What rules would have changed is told of the whole programme, to who coordinates it."
    ),
    "api.v1.double_help": "Help at another desk is to be seen, whoever asks.",
    "api.v1.programme": "The whole programme's sums are for everybody who signs in.",
    "workflows.audit.verifications": "The whole register is verified, whoever asked for it.",
    "api.worker": "Who numbers events, fills lists and reminds works for all partners.",
}
"""The modules that see the rows of all partners, whoever asks, and why."""


async def permitted(request: Request) -> None:
    """Refuses whom the table does not name; stands before every route of the application."""
    right = right_of(request.method, getattr(request.scope.get("route"), "path", ""))
    actor: Actor | None = getattr(request.state, "actor", None)
    begun = getattr(request.state, "standing", None) is not None
    if right is not None and right.admits(actor, begun=begun):
        return
    if actor is None:
        raise Unauthenticated
    if right is not None and right.who in (SIGNING_IN, IN_PERSON):
        raise SessionNeeded
    raise Forbidden(*(("use", "-") if right is None else (right.what, ", ".join(right.roles))))


def right_of(method: str, path: str) -> Right | None:
    """What the table says of a route; None: nothing, and so it is for nobody."""
    return RIGHTS.get(("GET" if method == "HEAD" else method, path))


def told(right: Right) -> str:
    """The same in a sentence, as the description of the API ends with it."""
    reach = "" if right.by_partner else ", for the whole programme"
    return f"For: {', '.join(right.roles)}{reach}."
