"""Accounts that were rows before they were events: the register writes the events of what is there.

Nothing is decided: who could sign in before can do so after. Ids and times of the rows stay.
"""

from collections.abc import Iterable
from uuid import UUID, uuid4

from domain import accounts
from domain.account import evolve
from domain.actors import SYSTEM, Role
from domain.days import day_here
from domain.events.account import AccountOpened, RoleGranted, TokenIssued, TokenRevoked
from domain.privacy import Private
from workflows.engine import Engine, Outcome, Request, Work
from workflows.eventstore.database import Database, Row
from workflows.eventstore.statements import statements

_SQL = statements("workflows", "adoption")


def adopt_accounts(database: Database, engine: Engine) -> int:
    """Writes the events of every account that has none, and returns how many had none.

    Safe in several processes at once: an account is held while it is looked at.
    """
    rows = database.statement(database.qualified(_SQL["without_events"]), {})
    for row in rows:
        _adopt(database, engine, row["id"])
    return len(rows)


def _adopt(database: Database, engine: Engine, account_id: UUID) -> None:
    engine.run(Request(SYSTEM, "adoption"), lambda work: adopt(work, database, account_id))


def adopt(work: Work, database: Database, account_id: UUID) -> Outcome:
    """The events of one account: that it is there, its roles, and its tokens."""
    account = work.locked_account(account_id)
    if account.opened is not None:
        return Outcome(account.id, account.version)  # another process was quicker
    stamp = work.stamp(accounts.admin(work.actor))
    values = {"id": account_id}
    (known,) = database.statement(database.qualified(_SQL["account"]), values)
    tokens = database.statement(database.qualified(_SQL["tokens"]), values)
    told: list[tuple[type[AccountOpened | RoleGranted | TokenIssued | TokenRevoked], Row]] = [
        (AccountOpened, _opened(account_id, known)),
        *((RoleGranted, grant) for grant in _grants(tokens)),
        *((TokenIssued, _issued(token)) for token in tokens),
        *((TokenRevoked, {"token_id": row["id"]}) for row in tokens if row["revoked_at"]),
    ]
    for kind, data in told:
        account = evolve(account, work.store.append(account.then(kind, stamp, **data)))
    return Outcome(account.id, account.version)


def _opened(account_id: UUID, known: Row) -> Row:
    return {
        "name": Private(account_id, known["name"]),
        "email": None,
        "works_for": known["works_for"],
    }


def _grants(tokens: Iterable[Row]) -> Iterable[Row]:
    """What the tokens that still work let their person do, from the first of them on. The oldest
    tokens come first."""
    roles: dict[tuple[str, str | None], Row] = {}
    for token in tokens:
        if token["revoked_at"] is None and token["role"] != Role.SYSTEM:
            roles.setdefault(
                (token["role"], token["partner"]),
                {
                    "grant_id": uuid4(),
                    "role": token["role"],
                    "partner": token["partner"],
                    "since": day_here(token["created_at"]),
                    "until": None,
                },
            )
    return roles.values()


def _issued(token: Row) -> Row:
    names = ("label", "role", "partner", "read_only", "until")
    return {"token_id": token["id"], **{name: token[name] for name in names}}
