"""Who may call what of payments: a part of THE table (`api.security.rights`)."""

from collections.abc import Mapping

from api.security.right import Right
from domain.actors import PEOPLE, Role
from domain.lifecycle import PAYMASTERS, TRANSITIONS, Action

_V1 = "/api/v1"
_BATCH = f"{_V1}/payment-batches/{{batch_id}}"
_PAYEE = f"{_V1}/payees/{{payee_id}}"
_PAGE = "/distinte/{batch_id}"
_PAYEE_PAGE = "/percettori/{payee_id}"

_PAYERS = frozenset({Role.FINANCE})
PAYEE_READERS = PAYMASTERS | {Role.AUDITOR}
"""Who opens what is known of who is paid."""
_LOOK = Right(PAYEE_READERS, by_partner=False)
_EXPORT = Right(_PAYERS, "export_batch", by_partner=False)
_CHANGE_IBAN = Right(_PAYERS, "change_iban", by_partner=False)
_CONFIRM_IBAN = Right(PAYMASTERS, "confirm_iban", by_partner=False)


def _pay(action: Action) -> Right:
    """Who may take a step on doti of all partners at once: as the transition table says."""
    return Right(TRANSITIONS[action].roles & PEOPLE, action, by_partner=False)


PAGES_OF_PAYMENTS: Mapping[tuple[str, str], Right] = {
    ("GET", "/da-pagare"): _LOOK,
    ("POST", "/da-pagare/filtro"): _LOOK,
    ("POST", "/da-pagare"): _pay(Action.ORDER_PAYMENT),
    ("GET", "/distinte"): _LOOK,
    ("GET", _PAGE): _LOOK,
    ("POST", f"{_PAGE}/autorizzazione"): _pay(Action.AUTHORISE_PAYMENT),
    ("POST", f"{_PAGE}/annullamento"): _pay(Action.CANCEL_PAYMENT),
    ("POST", f"{_PAGE}/esecuzione"): _pay(Action.DISBURSE),
    ("GET", f"{_PAGE}/pain.001.xml"): _EXPORT,
    ("GET", f"{_PAGE}/elenco.csv"): _EXPORT,
    ("GET", _PAYEE_PAGE): _LOOK,
    ("POST", f"{_PAYEE_PAGE}/mostra"): Right(PAYMASTERS, "reveal", by_partner=False),
    ("POST", f"{_PAYEE_PAGE}/iban"): _CHANGE_IBAN,
    ("POST", f"{_PAYEE_PAGE}/conferma"): _CONFIRM_IBAN,
    ("POST", f"{_PAYEE_PAGE}/scarto"): _CONFIRM_IBAN,
}

ROUTES_OF_PAYMENTS: Mapping[tuple[str, str], Right] = {
    ("GET", f"{_V1}/payments"): _LOOK,
    ("GET", f"{_V1}/payment-batches"): _LOOK,
    ("POST", f"{_V1}/payment-batches"): _pay(Action.ORDER_PAYMENT),
    ("GET", f"{_BATCH}.csv"): _EXPORT,
    ("GET", _BATCH): _LOOK,
    ("POST", f"{_BATCH}/authorisation"): _pay(Action.AUTHORISE_PAYMENT),
    ("POST", f"{_BATCH}/cancellation"): _pay(Action.CANCEL_PAYMENT),
    ("POST", f"{_BATCH}/payments/{{payment_id}}/execution"): _pay(Action.DISBURSE),
    ("GET", f"{_BATCH}/pain.001.xml"): _EXPORT,
    ("GET", _PAYEE): _LOOK,
    ("POST", f"{_PAYEE}/iban"): _CHANGE_IBAN,
    ("POST", f"{_PAYEE}/iban/confirmation"): _CONFIRM_IBAN,
    ("POST", f"{_PAYEE}/iban/dismissal"): _CONFIRM_IBAN,
}
