"""The commands about accounts, as frozen models."""

from datetime import date
from typing import Annotated

from pydantic import Field, StrictBool

from domain.actors import Role
from domain.days import Day
from domain.text import Code, Email, Label, PersonName, Sentence
from workflows.commands import Command


class GrantRole(Command):
    """A role, from `since` (today, if left out) to `until` (if left out: until it is revoked)."""

    role: Role
    partner: Code | None = None
    since: Day | None = None
    until: Day | None = None

    def begins(self, today: date) -> date:
        """Its first day."""
        return self.since or today


class OpenAccount(Command):
    """A person becomes known, with the roles that they begin with."""

    name: PersonName
    email: Email | None = None
    works_for: Code | None = None
    grants: Annotated[tuple[GrantRole, ...], Field(max_length=20)] = ()


class InviteAccount(OpenAccount):
    """The same of somebody who gets a link, and signs in with their e-mail."""

    email: Email


class RecordEmail(Command):
    """What somebody signs in with."""

    email: Email


class Nothing(Command):
    """There is nothing to say."""


class CloseAccount(Command):
    """Why somebody does not sign in any more."""

    reason: Sentence


class WorkFor(Command):
    """The partner that somebody belongs to."""

    partner: Code


class IssueToken(Command):
    """A token of one's own, in a role that one acts in. `until`: its last day."""

    role: Role
    partner: Code | None = None
    label: Label | None = None
    read_only: StrictBool = False
    until: Day | None = None


class Enrol(IssueToken):
    """A token for the person with this name, who is made known and granted the role if need be."""

    name: PersonName
    works_for: Code | None = None
