"""Who works in the demonstration, and the tokens that programs sign in with for them."""

import json
import os
import secrets
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID

from api.demo.data import programme_data, stories
from api.security.accounts import Accounts
from domain.actors import Actor, Grant, Role
from workflows.accounts import reopen

ROLES = {
    "assessor": Role.ASSESSOR,
    "approver": Role.APPROVER,
    "approver2": Role.APPROVER,
    "finance": Role.FINANCE,
    "finance2": Role.FINANCE,
    "coordinator": Role.COORDINATOR,
    "auditor": Role.AUDITOR,
    "admin": Role.ADMIN,
}
"""The people beside the desks' operators, who go by the code of their partner."""

WORKS_FOR = {
    "assessor": "SSALV",
    "approver": "MIRAF",
    "approver2": "SSALV",
    "finance": "RETE",
    "finance2": "RETE",
    "coordinator": "RETE",
    "auditor": "RETE",
    "admin": "RETE",
}
"""Their partners; an operator works for their desk's."""

SIGN_INS = {"operator": "ROCCA", "operator_ssalv": "SSALV", **{name: name for name in ROLES}}
"""The names in the file of sign-ins, and whom they stand for."""


def grants() -> dict[str, Grant]:
    """What each person may do."""
    operators = {desk.code: Grant(Role.OPERATOR, desk.code) for desk in programme_data().desks}
    return {**operators, **{name: Grant(role) for name, role in ROLES.items()}}


def partner_of(who: str) -> str | None:
    """Whom they work for."""
    return WORKS_FOR.get(who, grants()[who].partner)


def actors(accounts: Accounts) -> dict[str, Actor]:
    """The people, with an account each."""
    names = stories().staff
    return {
        who: Actor(accounts.account_id(names[who]), (grant,), partner_of(who))
        for who, grant in grants().items()
    }


def sign_ins(home: Path, accounts: Accounts) -> dict[str, str]:
    """A token for each role, from the file if all of them still let their person in."""
    path = tokens_path(home)
    reopened(accounts)
    wanted = {name: actors(accounts)[who] for name, who in SIGN_INS.items()}
    kept = _read(path)
    if kept.keys() == wanted.keys() and all(
        _lets_in(accounts, kept[name], actor) for name, actor in wanted.items()
    ):
        return kept
    # What is left of an older file is of no use to anybody any more.
    for token in kept.values():
        accounts.revoke_token(token)
    tokens = {name: _create(accounts, who) for name, who in SIGN_INS.items()}
    write_file(path, tokens)
    return tokens


def reopened(accounts: Accounts) -> None:
    """Whoever was closed while somebody looked around may sign in again: the demo is repeated."""
    for row in accounts.listed():
        if row["closed_at"]:
            account_id: UUID = row["id"]
            accounts.run(partial(reopen, account_id=account_id))


def _lets_in(accounts: Accounts, token: str, wanted: Actor) -> bool:
    """Whether it is theirs and in their role, whatever was delegated and declared since."""
    actor = accounts.actor_for(token)
    return (
        actor is not None
        and actor.account_id == wanted.account_id
        and actor.grants[:1] == wanted.grants
    )


def tokens_path(home: Path) -> Path:
    """Where the sign-ins are written."""
    return home / "demo" / "tokens.json"


def _create(accounts: Accounts, who: str) -> str:
    grant = grants()[who]
    return accounts.create_token(stories().staff[who], grant.role, grant.partner, partner_of(who))


def _read(path: Path) -> dict[str, str]:
    found = read_file(path)
    return found if all(isinstance(token, str) for token in found.values()) else {}


def read_file(path: Path) -> dict[str, Any]:
    """What a file of sign-ins holds; nothing, if it is not there or not one."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def write_file(path: Path, content: Mapping[str, Any]) -> None:
    """Whole or not at all, and for the owner only from the first moment."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    fresh = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(json.dumps(content, indent=2, ensure_ascii=False) + "\n")
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(path)
    finally:
        fresh.unlink(missing_ok=True)
