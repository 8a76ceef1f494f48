"""An account, and what is decided about it: the words of its specifications."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest

from domain import accounts
from domain.account import Account, evolve
from domain.actors import SYSTEM, Actor, Role
from domain.errors import (
    DomainError,
)
from domain.events.account import RoleGranted, TokenIssued
from domain.events.base import Event
from tests.spec import (
    ADMIN,
    TODAY,
    ident,
    stamp,
)

ANNA = ident(0xAAA)


GRANT, TOKEN = ident(0x6A), ident(0x70)


OTHERS = frozenset({ident(0xADB)})
"""Somebody else administers accounts."""


Decide = Callable[[Account], Event]


def opened(email: str | None = "anna@esempi.invalid", whose: UUID = ANNA) -> Account:
    """An account that an admin opened."""
    new = Account(whose)
    event = accounts.open_account(
        new, stamp(ADMIN), name="Anna Esempi", email=email, works_for=None
    )
    return evolve(new, event)


def after(account: Account, *steps: Decide) -> Account:
    """The account after these decisions."""
    for step in steps:
        account = evolve(account, step(account))
    return account


def granting(
    role: Role = Role.ASSESSOR, grant_id: UUID = GRANT, by: Actor = ADMIN, **other: object
) -> Callable[[Account], RoleGranted]:
    """A role from today on, with some of it otherwise."""
    asked: dict[str, Any] = {"partner": None, "since": TODAY, "until": None, **other}
    return lambda known: accounts.grant_role(known, stamp(by), grant_id, role=role, **asked)


def revoking(by: Actor = ADMIN, others: frozenset[UUID] = OTHERS) -> Decide:
    """The end of the role."""
    return lambda known: accounts.revoke_role(known, stamp(by), GRANT, others)


def closing(by: Actor = ADMIN, others: frozenset[UUID] = OTHERS) -> Decide:
    """The end of the account."""
    return lambda known: accounts.close(known, stamp(by), "in pensione", others)


def issuing(role: Role = Role.ASSESSOR, **other: object) -> Callable[[Account], TokenIssued]:
    """A token for what the person does, with some of it otherwise."""
    asked: dict[str, Any] = {
        "label": None,
        "partner": None,
        "read_only": False,
        "until": None,
        **other,
    }
    return lambda known: accounts.issue_token(known, stamp(SYSTEM), TOKEN, role=role, **asked)


def refused(
    kind: type[DomainError], known: Account, decide: Callable[[Account], object], **facts: object
) -> None:
    """The decision is refused with exactly this class; the facts given are among its own."""
    with pytest.raises(DomainError) as raised:
        decide(known)
    assert type(raised.value) is kind
    assert facts.items() <= raised.value.facts.items()


def closed() -> Account:
    """An account of an assessor, closed."""
    return after(opened(), granting(), closing())
