"""Who may call what: THE table of the edge, and the one place that looks into it.

A route that does not stand in it answers nobody, and a test finds it. What is decided on one dote
(its state, its partner, separation of duties) stays with `domain.permissions`: here is said who
comes as far as that. docs/rights.md is drawn from this table.
"""

from collections.abc import Mapping

from fastapi import Request

from api.errors import Unauthenticated
from api.security.refusals import SessionNeeded
from api.security.right import IN_PERSON, PUBLIC, SIGNED_IN, SIGNING_IN, Right
from api.security.rights_of_bank import PAGES_OF_BANK, ROUTES_OF_BANK
from api.security.rights_of_payments import PAGES_OF_PAYMENTS, ROUTES_OF_PAYMENTS
from api.security.rights_of_people import PAGES_OF_PEOPLE, ROUTES_OF_PEOPLE
from domain.account import DELEGABLE
from domain.actors import PEOPLE, Actor, Role
from domain.erasure import ERASERS
from domain.errors import Forbidden
from domain.lifecycle import READERS, TRANSITIONS, Action
from domain.merging import KEEPERS
from domain.periods import CLOSERS

AUDITORS = frozenset({Role.AUDITOR})
COORDINATORS = frozenset({Role.COORDINATOR})
COUNTERS = frozenset({Role.AUDITOR, Role.COORDINATOR, Role.OPERATOR})
"""Who counts and exports doti: operators those of their partner."""
RECEIPT_READERS = frozenset({Role.OPERATOR, Role.FINANCE, Role.COORDINATOR, Role.AUDITOR})
"""Who is told where else a paper was handed in, and what is documented: operators of their
partner."""
WHOLE_LOG = frozenset({Role.AUDITOR, Role.COORDINATOR})
"""Who may read all that ever happened, and reckon with it."""

FINANCE_READERS = CLOSERS | AUDITORS
"""Who sees the months of the books and what was handed to funders."""

ERASURE_LIST = ERASERS | AUDITORS
"""Who sees the list of what is to be erased, within the scope of the grant."""

_FINANCE_READ = Right(FINANCE_READERS, by_partner=False)
_CLOSE = Right(CLOSERS, "close_period", by_partner=False)
_REOPEN = Right(CLOSERS, "reopen_period", by_partner=False)
_DRAW_UP = Right(CLOSERS, "draw_up", by_partner=False)
_WITHDRAW = Right(CLOSERS, "withdraw_rendiconto", by_partner=False)
_OPEN = Right(PUBLIC)
_SELF = Right(SIGNED_IN)
_READ = Right(READERS)
_AUDIT = Right(WHOLE_LOG, by_partner=False)


def _step(*actions: Action) -> Right:
    """Who may take one of these steps on some dote: as the transition table says."""
    roles = frozenset(role for action in actions for role in TRANSITIONS[action].roles)
    return Right(roles & PEOPLE, actions[0])


def _coordinate(what: str) -> Right:
    return Right(COORDINATORS, what, by_partner=False)


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

_BLACK_OUT = "/giustificativi/{dote_id}/{n}/oscura"
_REDACT = Right(frozenset({Role.FINANCE}), "redact_receipt")

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
_RENDICONTO = f"{_V1}/rendiconti/{{rendiconto_id}}"

RIGHTS: Mapping[tuple[str, str], Right] = {
    ("GET", "/static/{name}"): _OPEN,
    **PAGES_OF_PEOPLE,
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
    ("GET", "/giustificativi"): Right(RECEIPT_READERS),
    ("POST", "/giustificativi"): _step(Action.ACCEPT_RECEIPT, Action.DISALLOW_RECEIPT),
    ("GET", "/giustificativi/copertura.csv"): Right(RECEIPT_READERS),
    ("GET", _BLACK_OUT): _REDACT,
    ("POST", _BLACK_OUT): _REDACT,
    ("GET", f"{_BLACK_OUT}/{{number}}.png"): _REDACT,
    ("GET", f"{_BLACK_OUT}/fatto.pdf"): _REDACT,
    ("GET", "/giustificativi/{dote_id}"): _step(Action.SUBMIT_RECEIPT),
    ("POST", "/giustificativi/{dote_id}"): _step(Action.SUBMIT_RECEIPT),
    ("GET", "/statistiche"): Right(COUNTERS, "count"),
    ("GET", "/statistiche/doti.csv"): Right(COUNTERS, "export"),
    ("GET", "/bilancio"): _READ,
    ("GET", "/bilancio.csv"): _READ,
    ("GET", "/bilancio/voci/{partner}/{category}"): _READ,
    ("GET", "/bilancio/movimenti"): _READ,
    ("GET", "/bilancio/movimenti.csv"): _READ,
    ("GET", "/bilancio/movimenti/{log_index}"): _READ,
    ("GET", "/chiusure"): _FINANCE_READ,
    ("GET", "/chiusure/{period}"): _FINANCE_READ,
    ("POST", "/chiusure/{period}/chiusura"): _CLOSE,
    ("POST", "/chiusure/{period}/riapertura"): _REOPEN,
    ("GET", "/rendiconto"): _FINANCE_READ,
    ("POST", "/rendiconto"): _DRAW_UP,
    ("GET", "/rendiconto/regole"): _FINANCE_READ,
    ("POST", "/rendiconto/regole/{n}"): _coordinate("adopt_funder_rules"),
    ("GET", "/rendiconto/{rendiconto_id}"): _FINANCE_READ,
    ("GET", "/rendiconto/{rendiconto_id}.{form}"): _FINANCE_READ,
    ("POST", "/rendiconto/{rendiconto_id}/ritiro"): _WITHDRAW,
    ("GET", "/rendiconto/{rendiconto_id}/documenti"): _FINANCE_READ,
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
    **ROUTES_OF_PEOPLE,
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
    ("GET", f"{_V1}/statistics/times"): Right(COUNTERS, "count"),
    ("GET", f"{_V1}/coverage"): Right(RECEIPT_READERS),
    ("GET", f"{_V1}/coverage.csv"): Right(RECEIPT_READERS),
    ("GET", f"{_V1}/doti"): _READ,
    ("POST", f"{_V1}/doti"): _step(Action.REQUEST),
    ("POST", f"{_V1}/doti/bulk"): _step(Action.ASSESS, Action.APPROVE, Action.REJECT),
    ("GET", _DOTE): _READ,
    ("GET", f"{_DOTE}/history"): _READ,
    ("POST", f"{_DOTE}/reveal"): Right(WHOLE_LOG, "reveal", by_partner=False),
    ("GET", f"{_DOTE}/documents/{{n}}/file"): _READ,
    ("GET", f"{_DOTE}/receipts/{{n}}/file"): _READ,
    ("POST", f"{_DOTE}/receipts/{{n}}/redaction"): _REDACT,
    ("GET", f"{_DOTE}/receipts/{{n}}/redaction"): Right(RECEIPT_READERS),
    ("GET", f"{_DOTE}/receipts/{{n}}/redaction/file"): Right(RECEIPT_READERS),
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
    ("GET", f"{_DOTE}/receipts"): Right(RECEIPT_READERS),
    ("POST", f"{_DOTE}/receipts"): _step(Action.SUBMIT_RECEIPT),
    ("POST", f"{_DOTE}/receipts/{{n}}/acceptance"): _step(Action.ACCEPT_RECEIPT),
    ("POST", f"{_DOTE}/receipts/{{n}}/disallowance"): _step(Action.DISALLOW_RECEIPT),
    ("POST", f"{_DOTE}/accounting"): _step(Action.ACCOUNT_FOR),
    **ROUTES_OF_PAYMENTS,
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
    **PAGES_OF_BANK,
    **PAGES_OF_PAYMENTS,
    **ROUTES_OF_BANK,
    ("GET", f"{_V1}/periods"): _FINANCE_READ,
    ("GET", f"{_V1}/periods/{{period}}"): _FINANCE_READ,
    ("GET", f"{_V1}/periods/{{period}}/bank"): _FINANCE_READ,
    ("POST", f"{_V1}/periods/{{period}}/close"): _CLOSE,
    ("POST", f"{_V1}/periods/{{period}}/reopen"): _REOPEN,
    ("GET", f"{_V1}/funder-rules"): _FINANCE_READ,
    ("POST", f"{_V1}/funder-rules"): _coordinate("adopt_funder_rules"),
    ("GET", f"{_V1}/rendiconti"): _FINANCE_READ,
    ("POST", f"{_V1}/rendiconti"): _DRAW_UP,
    ("POST", f"{_RENDICONTO}/withdrawal"): _WITHDRAW,
    ("GET", f"{_RENDICONTO}.xlsx"): _FINANCE_READ,
    ("GET", f"{_RENDICONTO}.pdf"): _FINANCE_READ,
    ("GET", f"{_RENDICONTO}.zip"): _FINANCE_READ,
    ("GET", f"{_RENDICONTO}/check"): _FINANCE_READ,
    ("GET", _RENDICONTO): _FINANCE_READ,
    ("GET", f"{_V1}/audit/events"): _AUDIT,
    ("GET", f"{_V1}/audit/reveals"): _AUDIT,
    ("GET", f"{_V1}/audit/accesses"): _AUDIT,
    ("GET", f"{_V1}/audit/checkpoint"): _AUDIT,
    ("GET", f"{_V1}/audit/proof"): _AUDIT,
    ("GET", f"{_V1}/audit/export"): _AUDIT,
}
"""Every route: its method and its address, with the places for ids as the route has them."""


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
