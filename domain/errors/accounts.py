"""Refusals about accounts: who may do what, and who says so."""

from dataclasses import dataclass

from domain.errors.base import DomainError


@dataclass(eq=False)
class UnknownPerson(DomainError):
    """Nobody is known here by the name {name}."""

    code = "not_found"
    name: str


@dataclass(eq=False)
class RoleOfNobody(DomainError):
    """The role {role} is the register's own: no person has it."""

    field: str
    role: str


@dataclass(eq=False)
class PartnerNeeded(DomainError):
    """This role acts for one partner: name it."""

    field: str


@dataclass(eq=False)
class PartnerNotPossible(DomainError):
    """This role acts for the whole programme ({role}): name no partner."""

    field: str
    role: str


class OwnAccount(DomainError):
    """Nobody changes what they may do themselves: another admin does it."""

    code = "not_by_oneself"


@dataclass(eq=False)
class AdminApart(DomainError):
    """Who administers accounts takes no part in doti: this person cannot be {role} too."""

    code = "segregation_of_duties"
    role: str


class LastAdmin(DomainError):
    """Nobody else administers accounts: let somebody else do it first."""

    code = "wrong_state"


class EmailMissing(DomainError):
    """No e-mail is known that this person could sign in with: record it first."""

    code = "wrong_state"


class AccountIsClosed(DomainError):
    """This account is closed: it has to be reopened first."""

    code = "wrong_state"


class AccountIsOpen(DomainError):
    """This account is open."""

    code = "wrong_state"


@dataclass(eq=False)
class GrantedBefore(DomainError):
    """This person is {role} already in these days."""

    code = "duplicate"
    role: str


class RoleOver(DomainError):
    """This role ended already."""

    code = "wrong_state"


@dataclass(eq=False)
class RoleNotHeld(DomainError):
    """A token acts in a role of its person, and as far as that reaches: {role} is not such a
    one."""

    code = "forbidden"
    role: str


@dataclass(eq=False)
class TokenTooLong(DomainError):
    """A token lasts no longer than the role and the sign-in that it is made of: {last_day} is its
    last day at most."""

    field: str
    last_day: str


class TokenOver(DomainError):
    """This token ended already."""

    code = "wrong_state"
