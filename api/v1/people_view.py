"""Shows delegations and conflicts of interest, as far as they are the reader's to see."""

from collections.abc import Iterable
from uuid import UUID

from api.security.visibility import MASK, may_read_reason
from api.v1 import people_schemas, schemas
from api.v1.views import View
from domain.account import Account, Conflict, Delegation
from domain.actors import Role
from domain.events.account import ConflictDeclared
from domain.events.base import Event
from workflows.eventstore.statements import statements

_SQL = statements("api.v1.sql", "people")
_OF_EVERYBODY = frozenset({Role.COORDINATOR, Role.AUDITOR})

Names = dict[UUID, str]


class PeopleView:
    """What one person sees of others' accounts."""

    def __init__(self, view: View) -> None:
        self._view = view
        self._reader = view.actor.account_id
        self._sees_all = view.actor.role_for(_OF_EVERYBODY, None) is not None

    def delegations(self) -> list[people_schemas.Delegation]:
        """Those that the reader gave or was given, or everybody's; the newest first."""
        with self._view.services.database.transaction():
            found = [
                known
                for account in self._accounts("who_delegated")
                for known in account.delegations.values()
                if self._sees_all or self._reader in (account.id, known.given.to)
            ]
            found.sort(key=lambda known: known.given.at, reverse=True)
            names = self._names(
                who for one in found for who in (one.given.originator_id, one.given.to)
            )
            return [self._delegation(known, names) for known in found]

    def delegation(
        self, account_id: UUID, version: int, part_id: UUID
    ) -> people_schemas.Delegation:
        """One of them, as it was when the account had this version."""
        with self._view.services.database.transaction():
            account = self._view.services.register.account(account_id, version)
            known = account.delegation(part_id)
            return self._delegation(known, self._names([account_id, known.given.to]))

    def conflicts(self) -> list[people_schemas.Conflict]:
        """The reader's own, or everybody's; the newest first."""
        with self._view.services.database.transaction():
            found = [
                known
                for account in self._accounts("who_declared")
                for known in account.conflicts.values()
            ]
            found.sort(key=lambda known: known.declared.at, reverse=True)
            names = self._names(known.declared.originator_id for known in found)
            return [self._conflict(known, names) for known in found]

    def conflict(self, account_id: UUID, version: int, part_id: UUID) -> people_schemas.Conflict:
        """One of them, as it was when the account had this version."""
        with self._view.services.database.transaction():
            account = self._view.services.register.account(account_id, version)
            return self._conflict(account.conflict(part_id), self._names([account_id]))

    def _accounts(self, statement: str) -> list[Account]:
        services = self._view.services
        values = {"everybody": self._sees_all, "reader": self._reader}
        with services.database.transaction() as tx:
            rows = tx.execute(_SQL[statement], values).fetchall()
        return [services.register.account(row["account_id"]) for row in rows]

    def _names(self, account_ids: Iterable[UUID]) -> Names:
        return self._view.services.accounts.names(account_ids)

    def _delegation(self, known: Delegation, names: Names) -> people_schemas.Delegation:
        given, ended = known.given, known.ended
        by = given.originator_id
        return people_schemas.Delegation(
            id=given.delegation_id,
            by=_person(by, names),
            to=_person(given.to, names),
            role=given.role,
            partner=given.partner,
            since=given.since,
            until=given.until,
            max_cents=given.max_cents,
            reason=self._reason(given, by, given.to),
            given_at=given.at,
            ended_at=None if ended is None else ended.at,
        )

    def _conflict(self, known: Conflict, names: Names) -> people_schemas.Conflict:
        declared, lifted = known.declared, known.lifted
        who = declared.originator_id
        return people_schemas.Conflict(
            id=declared.conflict_id,
            who=_person(who, names),
            household_id=declared.household_id,
            member=declared.member,
            payee=self._payee(declared),
            reason=self._reason(declared, who),
            declared_at=declared.at,
            lifted_at=None if lifted is None else lifted.at,
            lifting_reason=None if lifted is None else self._reason(lifted, who),
        )

    def _reason(self, event: Event, *concerned: UUID) -> str | None:
        if not may_read_reason(self._view.actor, *concerned):
            return MASK
        text: str | None = self._view.text(event, "reason")
        return text

    def _payee(self, declared: ConflictDeclared) -> schemas.Payee | None:
        if declared.payee is None:
            return None
        if declared.originator_id != self._reader:
            return schemas.Payee(household=None, name=MASK, iban=MASK)
        payee = self._view.text(declared, "payee", is_record=True)
        if isinstance(payee, str):
            return schemas.Payee(household=None, name=payee, iban=payee)
        return None if payee is None else schemas.Payee(household=False, **payee)


def _person(account_id: UUID, names: Names) -> people_schemas.Person:
    return people_schemas.Person(id=account_id, name=names.get(account_id))
