"""Requesting a dote, and giving up."""

from datetime import datetime
from uuid import UUID, uuid4

from domain import dote_history
from domain.actors import Actor, Signature
from domain.case import Case
from domain.days import day_here
from domain.errors import NotFound
from domain.events.base import Stamp
from domain.lifecycle import TRANSITIONS, Action
from domain.permissions import sign
from domain.programme import Programme
from domain.request import request
from workflows.commands import Motivate, RequestDote
from workflows.engine import Outcome, Work, in_view
from workflows.eventstore.register import Register


def sign_for(
    actor: Actor, programme: Programme, partner: str, *about: UUID, amount_cents: int = 0
) -> Signature:
    """The signature of who requests for a partner; a partner that is not there is told as that."""
    if actor.has_any(TRANSITIONS[Action.REQUEST].roles):
        programme.partner(partner)
    return sign(Action.REQUEST, actor, partner, *about, amount_cents=amount_cents)


def request_dote(work: Work, command: RequestDote) -> Outcome:
    """A desk requests a dote for one of its households."""
    programme = work.programme()
    by = sign_for(
        work.actor,
        programme,
        command.partner,
        command.household_id,
        amount_cents=command.amount_cents,
    )
    policy = programme.policy_on(work.today)
    desk = programme.check_request(policy, command.partner, command.category, command.item)
    # Held, so that what the request is decided on stands until it is written.
    household = work.locked_household(command.household_id)
    if household.partner != command.partner:
        raise NotFound
    household.check_writable()
    number = work.store.next_number(f"dote_number_{work.today.year}")
    event = work.store.append(
        request(
            work.stamp(by),
            dote_id=uuid4(),
            number=f"{programme.code}-{work.today.year}-{number:05}",
            desk=desk,
            policy_version=policy.version,
            **command.model_dump(),
        )
    )
    return Outcome(event.originator_id, event.originator_version, created=True)


def would_be(register: Register, actor: Actor, command: RequestDote, now: datetime) -> Case:
    """The dote that a request would come to, with what the money says now. Nothing is written.

    Raises what the request would be refused for, but for what only its household says.
    """
    programme = register.programme()
    by = sign_for(actor, programme, command.partner, command.household_id)
    policy = programme.policy_on(day_here(now))
    desk = programme.check_request(policy, command.partner, command.category, command.item)
    event = request(
        Stamp(now, by, "preview", uuid4()),
        dote_id=uuid4(),
        number="-",
        desk=desk,
        policy_version=policy.version,
        **command.model_dump(),
    )
    return in_view(register, Case(dote_history.evolve(None, event), policy, now))


def withdraw(work: Work, dote_id: UUID, command: Motivate) -> Outcome:
    """The applicant gives up."""
    case = work.locked_case(dote_id)
    stamp = work.sign(case, Action.WITHDRAW)
    event = work.store.append(case.dote.withdraw(stamp, command.reason, command.note))
    return Outcome(dote_id, event.originator_version)
