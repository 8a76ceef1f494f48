"""What is done to accounts on a real register, and what its tables say then."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from uuid import UUID, uuid4

from api.security.accounts import hash_of, new_token
from domain.actors import Actor, Role
from domain.errors import (
    DomainError,
)
from tests.workflows.office import Office
from workflows import accounts
from workflows.account_commands import (
    CloseAccount,
    GrantRole,
    InviteAccount,
    IssueToken,
)
from workflows.audit.people import check_people


def opened(office: Office, name: str = "Anna Esempi", **other: object) -> UUID:
    """Somebody whom an admin invited."""
    asked = {"name": name, "email": f"{uuid4().hex}@esempi.invalid", **other}
    command = InviteAccount.model_validate(asked)
    return office.register.run(
        office.actor("admin"), lambda work: accounts.open_account(work, command)
    ).stream_id


def grant(office: Office, account_id: UUID, role: Role, **other: object) -> UUID:
    """A role, by the admin; the id of the grant."""
    command = GrantRole.model_validate({"role": role, **other})
    outcome = office.register.run(
        office.actor("admin"), lambda work: accounts.grant_role(work, account_id, command)
    )
    return UUID(outcome.figures["id"])


def issue(office: Office, by: Actor, **asked: object) -> str:
    """A token of one's own."""
    token = new_token()
    command = IssueToken.model_validate(asked)
    office.register.run(by, lambda work: accounts.issue_token(work, command, hash_of(token)))
    return token


def close(office: Office, account_id: UUID, by: Actor | None = None) -> None:
    """The end of an account, by the admin unless somebody else is told."""
    command, who = CloseAccount(reason="in pensione"), by or office.actor("admin")
    office.register.run(who, lambda work: accounts.close(work, account_id, command))


def agrees(office: Office) -> bool:
    """Whether the tables say what the events say."""
    return not list(check_people(office.register.database, office.register.vault))


def rows(office: Office, statement: bytes) -> list[dict[str, object]]:
    """What a table says."""
    with office.register.database.transaction() as tx:
        return [dict(row) for row in tx.execute(statement)]


def at_once(*what: Callable[[], object]) -> list[object]:
    """What each of them answers, or is refused with, when all begin together."""
    barrier = Barrier(len(what))

    def run(do: Callable[[], object]) -> object:
        barrier.wait()
        try:
            return do()
        except DomainError as refusal:
            return type(refusal)

    with ThreadPoolExecutor(len(what)) as pool:
        return list(pool.map(run, what))
