"""How people enter the demonstration with a browser: an e-mail each, and one password for all.

Each of them chooses it by an invitation, as everybody does: no other way leads in.
"""

import secrets
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from uuid import UUID

from api.demo.data import stories
from api.demo.people import SIGN_INS, actors, grants, read_file, reopened, write_file
from api.security import password_rules
from api.security.refusals import TooManyAttempts, WrongSignIn
from api.security.sign_in import Caller
from api.wiring import Services
from domain.errors import DomainError
from workflows.account_commands import RecordEmail
from workflows.accounts import record_email

_MAILBOXES = {
    "operator": "operatrice.rocca",
    "operator_ssalv": "operatrice.ssalv",
    "assessor": "valutatrice",
    "approver": "approvatore",
    "approver2": "approvatrice",
    "finance": "amministrazione",
    "finance2": "amministrazione2",
    "coordinator": "coordinatrice",
    "auditor": "revisora",
    "admin": "accessi",
}
"""After what each of them does: easier to keep in mind than invented names."""

_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
"""Without those that are taken for others."""
_GROUPS, _GROUP = 4, 4
_HERE = Caller("command line", None)


@dataclass(frozen=True, slots=True)
class Entry:
    """A person who can sign in: their name in the file of tokens, and who they are."""

    sign_in: str
    email: str
    name: str
    role: str
    partner: str | None


@dataclass(frozen=True, slots=True)
class Entries:
    """All of them, with their password."""

    password: str
    people: tuple[Entry, ...]


def entries(services: Services) -> Entries:
    """Everybody's way in, from the file as far as it still is one; kept for the owner only.

    Whoever lost their way in (their password was changed, say) gets it back.
    """
    path = entries_path(services.settings.home)
    reopened(services.accounts)
    known = actors(services.accounts)
    people = tuple(_entry(sign_in, who) for sign_in, who in SIGN_INS.items())
    kept = read_file(path).get("password")
    password = kept if isinstance(kept, str) and _is_good(kept, people) else _fresh(people)
    for entry in people:
        _let_in(services, known[SIGN_INS[entry.sign_in]].account_id, entry.email, password)
    found = Entries(password, people)
    write_file(path, asdict(found))
    return found


def entries_path(home: Path) -> Path:
    """Where they are written."""
    return home / "demo" / "sign-ins.json"


def _entry(sign_in: str, who: str) -> Entry:
    name, grant = stories().staff[who], grants()[who]
    return Entry(sign_in, f"{_MAILBOXES[sign_in]}@demo.invalid", name, grant.role, grant.partner)


def _let_in(services: Services, account_id: UUID, email: str, password: str) -> None:
    person = services.sign_in.person(account_id)
    if person.email != email:
        command = RecordEmail(email=email)
        services.accounts.run(lambda work: record_email(work, account_id, command))
    sign_in = services.sign_in
    try:
        token = sign_in.with_password(email, password, _HERE, shared_computer=False, brought=None)
    except (WrongSignIn, TooManyAttempts):
        link = services.accounts.invite(account_id)
        token = sign_in.accept_invitation(link.secret, password, _HERE, brought=None)
    standing = sign_in.standing(token)
    if standing is not None:
        sign_in.sign_out(standing.session, _HERE)


def _fresh(people: Iterable[Entry]) -> str:
    while True:
        groups = ("".join(secrets.choice(_LETTERS) for _ in range(_GROUP)) for _ in range(_GROUPS))
        password = "-".join(groups)
        if _is_good(password, people):
            return password


def _is_good(password: str, people: Iterable[Entry]) -> bool:
    """Whether each of them may have it."""
    try:
        for each in people:
            password_rules.check(password, "password", name=each.name, email=each.email)
    except DomainError:
        return False
    return True
