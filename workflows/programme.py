"""Opening the programme, its lists and rules, and moving its budget."""

from collections.abc import Callable
from typing import Any

from domain import ledger
from domain.actors import Role, Signature
from domain.errors import (
    BudgetExceeded,
    DelegationTooSmall,
    Duplicate,
    Forbidden,
    ProgrammeMissing,
)
from domain.events.base import Event, Stamp
from domain.events.dote_values import LinePosition
from domain.events.programme import BudgetLine
from domain.programme import PROGRAMME_ID, Programme, open_programme
from workflows.commands import (
    Allocate,
    DefineCategory,
    DefineItem,
    GrantFunding,
    JoinPartner,
    Line,
    OpenDesk,
    Transfer,
)
from workflows.engine import Outcome, Work

COORDINATORS = frozenset({Role.COORDINATOR})


def open_register(
    work: Work, code: str, name: str, *, subtitle: str | None, city: str, currency: str
) -> Outcome:
    """The register's programme begins."""
    by = as_coordinator(work, "open_programme")
    try:
        work.programme()
    except ProgrammeMissing:
        opened = open_programme(
            work.stamp(by), code, name, subtitle=subtitle, city=city, currency=currency
        )
        event = work.store.append(opened)
        return Outcome(PROGRAMME_ID, event.originator_version, created=True)
    raise Duplicate(code)


def change(work: Work, action: str, decide: Callable[[Programme, Stamp], Event]) -> Outcome:
    """Any change of the programme that moves no budget line."""
    by = as_coordinator(work, action)
    programme = work.programme()
    work.check_version(programme.version)
    event = work.store.append(decide(programme, work.stamp(by)))
    return Outcome(PROGRAMME_ID, event.originator_version, created=True)


def join(work: Work, command: JoinPartner) -> Outcome:
    """An organisation takes part."""
    return change(
        work,
        "join",
        lambda programme, stamp: programme.join(
            stamp, command.code, command.name, command.role, command.activity
        ),
    )


def open_desk(work: Work, command: OpenDesk) -> Outcome:
    """A partner opens its desk."""
    return change(
        work,
        "open_desk",
        lambda programme, stamp: programme.open_desk(stamp, command.partner, command.name),
    )


def define_category(work: Work, command: DefineCategory) -> Outcome:
    """A new category of doti."""
    return change(
        work,
        "define_category",
        lambda programme, stamp: programme.define_category(
            stamp,
            command.code,
            command.name,
            provider=command.provider,
            health_data=command.health_data,
        ),
    )


def define_item(work: Work, command: DefineItem) -> Outcome:
    """Something new that a dote can pay for, once the rules say so."""
    return change(
        work,
        "define_item",
        lambda programme, stamp: programme.define_item(
            stamp, command.category, command.code, command.name
        ),
    )


def grant_funding(work: Work, command: GrantFunding) -> Outcome:
    """A funder puts money in."""
    by = as_coordinator(work, "grant_funding", command.amount_cents)
    programme = work.lock_programme()
    work.check_version(programme.version)
    event = work.store.append(
        programme.grant_funding(work.stamp(by), command.funder, command.amount_cents)
    )
    return Outcome(PROGRAMME_ID, event.originator_version, created=True)


def allocate(work: Work, command: Allocate) -> Outcome:
    """Funding goes onto a budget line."""
    by = as_coordinator(work, "allocate", command.amount_cents)
    line = work.programme().line(command.partner, command.category)
    programme = work.lock_programme(line)
    work.check_version(programme.version)
    event = work.store.append(
        programme.allocate(work.stamp(by), line, command.amount_cents, command.reason)
    )
    return _positions(work, event, line)


def transfer(work: Work, command: Transfer) -> Outcome:
    """Available money goes from a line to another."""
    by = as_coordinator(work, "transfer", command.amount_cents)
    programme = work.programme()
    source = _known(programme, command.source, "from.")
    target = _known(programme, command.target, "to.")
    programme = work.lock_programme(source, target)
    work.check_version(programme.version)
    decided = programme.transfer(
        work.stamp(by), source, target, command.amount_cents, command.reason
    )
    available = work.store.position(source).available_cents
    if command.amount_cents > available:
        raise BudgetExceeded(source.partner, source.category, available)
    event = work.store.append(decided)
    return _positions(work, event, source, target)


def as_coordinator(work: Work, action: str, amount_cents: int = 0) -> Signature:
    """The signature of a coordinator, or of who acts for one up to an amount."""
    too_small = None
    for grant in work.actor.reaching(COORDINATORS, None):
        if grant.delegation is None or amount_cents <= grant.delegation.max_cents:
            return work.actor.sign(grant)
        too_small = too_small or DelegationTooSmall(grant.delegation.max_cents)
    raise too_small or Forbidden(action, Role.COORDINATOR)


def _known(programme: Programme, line: Line, where: str) -> BudgetLine:
    return programme.line(line.partner, line.category, where)


def _positions(work: Work, event: Event, *lines: BudgetLine) -> Outcome:
    rows = [_row(line, ledger.after(work.store.position(line), line, event)) for line in lines]
    return Outcome(PROGRAMME_ID, event.originator_version, created=True, figures={"lines": rows})


def _row(line: BudgetLine, position: LinePosition) -> dict[str, Any]:
    amounts = position.model_dump()
    return {**line.model_dump(), "allocated_cents": sum(amounts.values()), **amounts}
