"""Shows accounts and tokens; after a command, as the command left them."""

from datetime import date
from uuid import UUID

from api.security.accounts import Accounts, Invitation, invitation_link
from api.v1 import account_schemas as schemas
from api.wiring import Services
from domain import account
from domain.actors import Actor, Role
from domain.events.account import AccountInvited
from workflows.engine import Outcome
from workflows.eventstore.database import Row

_ADMIN = frozenset({Role.ADMIN})


class AccountsView:
    """What one person sees of accounts."""

    def __init__(self, services: Services, actor: Actor) -> None:
        self._services = services
        self._accounts: Accounts = services.accounts
        self._actor = actor
        self._sees_emails = actor.has_any(_ADMIN)

    def accounts(self) -> list[schemas.Account]:
        """Everybody, by name."""
        return [self._shown(row) for row in self._accounts.listed()]

    def account(self, outcome: Outcome) -> schemas.Account:
        """An account as a command left it."""
        (row,) = self._accounts.listed(outcome.stream_id)
        known = self._services.register.account(outcome.stream_id, outcome.version)
        today = self._services.engine.today()
        row |= {
            "works_for": known.works_for,
            "closed_at": known.closed and known.closed.at,
            "grants": _grants(known, today),
        }
        return self._shown(row)

    def invitation(self, outcome: Outcome, made: Invitation) -> schemas.Invitation:
        """The link that a command made, or what may still be told of it."""
        history = self._services.register.history(outcome.stream_id, outcome.version)
        (*_, invited) = (event for event in history if isinstance(event, AccountInvited))
        secret = None if outcome.replayed else made.secret
        public_url = self._services.settings.public_url
        return schemas.Invitation(
            token=secret,
            link=None if secret is None else invitation_link(public_url, secret),
            until=invited.until,
        )

    def tokens(self) -> list[schemas.Token]:
        """One's own."""
        return [schemas.Token(**row) for row in self._accounts.tokens_of(self._actor.account_id)]

    def token(self, outcome: Outcome) -> Row:
        """A token as a command left it."""
        token_id = UUID(outcome.figures["id"])
        (row,) = self._accounts.tokens_of(outcome.stream_id, token_id)
        known = self._services.register.account(outcome.stream_id, outcome.version)
        revoked = known.token(token_id).revoked
        return row | {"revoked_at": revoked and revoked.at}

    def _shown(self, row: Row) -> schemas.Account:
        return schemas.Account(
            id=row["id"],
            name=row["name"],
            email=row["email"] if self._sees_emails else None,
            works_for=row["works_for"],
            state="closed" if row["closed_at"] else "open",
            grants=[schemas.GrantedRole(**grant) for grant in row["grants"]],
            last_used_on=row["last_used_on"],
            second_factor=row["second_factor"],
            invited_until=row["invited_until"],
        )


def _grants(known: account.Account, today: date) -> list[Row]:
    """The roles that are not over, in the order of the list."""
    granted = [held.granted for held in known.grants.values() if not held.is_over(today)]
    granted.sort(key=lambda one: (one.since, one.role, one.partner or "~", str(one.grant_id)))
    names = ("role", "partner", "since", "until")
    return [{"id": one.grant_id, **{name: getattr(one, name) for name in names}} for one in granted]
