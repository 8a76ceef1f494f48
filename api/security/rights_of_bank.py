"""Who may call what of the bank's side: it is the whole programme's, and of no one partner."""

from collections.abc import Mapping

from api.security.right import Right
from domain.actors import Role
from domain.periods import CLOSERS

_V1 = "/api/v1"
_BOOKS = Right(CLOSERS | {Role.AUDITOR}, by_partner=False)


def _keep_money(what: str) -> Right:
    return Right(frozenset({Role.FINANCE}), what, by_partner=False)


PAGES_OF_BANK: Mapping[tuple[str, str], Right] = {
    ("GET", "/estratti-conto"): _BOOKS,
    ("POST", "/estratti-conto"): _keep_money("import_statement"),
    ("GET", "/estratti-conto/file/{upload_id}"): _keep_money("import_statement"),
    ("POST", "/estratti-conto/file/{upload_id}"): _keep_money("import_statement"),
    ("POST", "/estratti-conto/colonne"): _keep_money("save_columns"),
    ("GET", "/riconciliazione"): _BOOKS,
    ("POST", "/riconciliazione/conferma"): _keep_money("match"),
    ("POST", "/riconciliazione/certi"): _keep_money("match"),
    ("POST", "/riconciliazione/annulla/{match_id}"): _keep_money("undo_match"),
    ("GET", "/riconciliazione/abbinate"): _BOOKS,
    ("POST", "/riconciliazione/abbinate"): _BOOKS,
    ("GET", "/riconciliazione/righe/{line_id}"): _BOOKS,
    ("POST", "/riconciliazione/righe/{line_id}"): _keep_money("match"),
    ("POST", "/riconciliazione/righe/{line_id}/da-parte"): _keep_money("set_aside"),
}
"""Pages."""

ROUTES_OF_BANK: Mapping[tuple[str, str], Right] = {
    ("GET", f"{_V1}/trial-balance"): _BOOKS,
    ("GET", f"{_V1}/trial-balance/entries"): _BOOKS,
    ("GET", f"{_V1}/bank-accounts"): _BOOKS,
    ("POST", f"{_V1}/bank-accounts"): Right(CLOSERS, "open_bank_account", by_partner=False),
    ("POST", f"{_V1}/bank-accounts/{{code}}/columns"): _keep_money("save_columns"),
    ("POST", f"{_V1}/bank-accounts/{{code}}/columns/removal"): _keep_money("save_columns"),
    ("GET", f"{_V1}/statements"): _BOOKS,
    ("POST", f"{_V1}/statements/preview"): _keep_money("import_statement"),
    ("POST", f"{_V1}/statements"): _keep_money("import_statement"),
    ("GET", f"{_V1}/reconciliation/proposals"): _BOOKS,
    ("GET", f"{_V1}/reconciliation/suspense"): _BOOKS,
    ("GET", f"{_V1}/reconciliation/matches"): _BOOKS,
    ("POST", f"{_V1}/reconciliation/matches"): _keep_money("match"),
    ("GET", f"{_V1}/reconciliation/matches/{{match_id}}"): _BOOKS,
    ("POST", f"{_V1}/reconciliation/matches/{{match_id}}/undo"): _keep_money("undo_match"),
    ("POST", f"{_V1}/reconciliation/confirmations"): _keep_money("match"),
    ("POST", f"{_V1}/reconciliation/lines/{{line_id}}/set-aside"): _keep_money("set_aside"),
}
"""Routes of the API."""
