"""Who may call what of signing in, of one's own profile, and of the accounts of others: a part of
the table of rights."""

from collections.abc import Mapping

from api.security.right import IN_PERSON, PUBLIC, SIGNED_IN, SIGNING_IN, Right
from domain.account import DELEGABLE
from domain.actors import Role
from domain.lifecycle import READERS

ACCOUNT_READERS = frozenset({Role.ADMIN, Role.COORDINATOR, Role.AUDITOR})
"""Who sees the accounts of others, and what they may do."""

_OPEN = Right(PUBLIC)
_SELF = Right(SIGNED_IN)


def _administer(what: str) -> Right:
    return Right(frozenset({Role.ADMIN}), what, by_partner=False)


_V1 = "/api/v1"

PAGES_OF_PEOPLE: Mapping[tuple[str, str], Right] = {
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
    ("GET", "/profilo/deleghe"): Right(READERS),
    ("POST", "/profilo/deleghe"): Right(frozenset(DELEGABLE), "delegate"),
    # One of the two, whatever their role is today.
    ("POST", "/profilo/deleghe/{delegation_id}/fine"): Right(READERS, "end_delegation"),
    ("POST", "/profilo/conflitti"): Right(READERS, "declare_conflict"),
    ("GET", "/utenti"): Right(ACCOUNT_READERS, "read_accounts", by_partner=False),
    ("GET", "/utenti/nuovo"): _administer("open_account"),
    ("POST", "/utenti"): _administer("open_account"),
    ("GET", "/utenti/{account_id}"): Right(ACCOUNT_READERS, "read_accounts", by_partner=False),
    ("POST", "/utenti/{account_id}/ruoli"): _administer("grant_role"),
    ("POST", "/utenti/{account_id}/ruoli/{grant_id}/revoca"): _administer("revoke_role"),
    ("POST", "/utenti/{account_id}/chiudi"): _administer("close_account"),
    ("POST", "/utenti/{account_id}/riapri"): _administer("reopen_account"),
    ("POST", "/utenti/{account_id}/invito"): _administer("invite"),
    ("POST", "/utenti/{account_id}/email"): _administer("record_email"),
    ("POST", "/utenti/{account_id}/partner"): _administer("work_for"),
    ("POST", "/utenti/{account_id}/fattori"): _administer("forget_factors"),
}
"""Their pages."""

ROUTES_OF_PEOPLE: Mapping[tuple[str, str], Right] = {
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
    ("GET", f"{_V1}/accounts"): Right(ACCOUNT_READERS, "read_accounts", by_partner=False),
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
}
"""The same for programs."""
