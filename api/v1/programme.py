"""The programme, and moving its budget."""

from collections.abc import Callable
from datetime import date
from typing import Any, TypeVar

from fastapi import APIRouter, Depends, Response

from api.v1 import PREFIX
from api.v1 import programme_schemas as schemas
from api.v1.bodies import (
    AllocateBody,
    DefineCategoryBody,
    DefineItemBody,
    GrantFundingBody,
    JoinPartnerBody,
    OpenDeskBody,
    TransferBody,
)
from api.v1.commands import Call, TheCall, etag
from api.v1.dependencies import SignedIn, TheServices, json_only
from api.v1.describing import ALWAYS, command, refusals, versioned
from api.v1.waiting import READ
from api.wiring import Services
from domain.policy import Policy
from domain.programme import Programme
from projections.ledger.queries import Group, ledger
from workflows import programme as workflows
from workflows.commands import Command
from workflows.engine import Outcome, Work

Body = TypeVar("Body", bound=Command)

router = APIRouter(prefix=f"{PREFIX}/programme", tags=["programme"])

_JSON = [Depends(json_only)]


@router.get(
    "",
    dependencies=READ,
    responses=versioned(200, replayed=False) | refusals(*ALWAYS, 404),
)
def programme(response: Response, services: TheServices, _: SignedIn) -> schemas.Programme:
    """Who takes part, what can be asked for, under which rules, with which money."""
    shown = of_now(services)
    response.headers["ETag"] = etag(shown.version)
    return shown


def of_now(services: Services) -> schemas.Programme:
    """The programme, with its money and the rules in force."""
    # The whole programme's sums are for everybody who signs in.
    with services.database.across_partners(), services.database.transaction():
        known = services.register.programme()
        totals = _totals(services)
    return _shown(known, services.engine.today(), totals)


@router.post("/partners", dependencies=_JSON, **command(201, on_dote=False))
def join(command: JoinPartnerBody, call: TheCall) -> schemas.Programme:
    """An organisation takes part; answers the programme, as it is now."""
    return _changed(call, workflows.join, command)


@router.post("/desks", dependencies=_JSON, **command(201, on_dote=False))
def open_desk(command: OpenDeskBody, call: TheCall) -> schemas.Programme:
    """A partner opens its desk, where requests start; answers the programme, as it is now."""
    return _changed(call, workflows.open_desk, command)


@router.post("/categories", dependencies=_JSON, **command(201, on_dote=False))
def define_category(command: DefineCategoryBody, call: TheCall) -> schemas.Programme:
    """A new category of doti; answers the programme, as it is now."""
    return _changed(call, workflows.define_category, command)


@router.post("/items", dependencies=_JSON, **command(201, on_dote=False))
def define_item(command: DefineItemBody, call: TheCall) -> schemas.Programme:
    """Something new that a dote can pay for, once the rules let it be asked for; answers the
    programme, as it is now."""
    return _changed(call, workflows.define_item, command)


@router.post("/funding", dependencies=_JSON, **command(201, on_dote=False))
def grant_funding(command: GrantFundingBody, call: TheCall) -> schemas.Programme:
    """A funder puts money in, to be allocated to budget lines; answers the programme, as it is
    now."""
    return _changed(call, workflows.grant_funding, command)


@router.post("/allocations", dependencies=_JSON, **command(201, on_dote=False))
def allocate(command: AllocateBody, call: TheCall) -> schemas.BudgetLine:
    """Funding goes onto a budget line; answers the line."""
    outcome = call.run(lambda work: workflows.allocate(work, command), command)
    return _lines(outcome.figures)[0]


@router.post("/transfers", dependencies=_JSON, **command(201, on_dote=False))
def transfer(command: TransferBody, call: TheCall) -> schemas.Transferred:
    """Available money goes from a line to another; answers both."""
    outcome = call.run(lambda work: workflows.transfer(work, command), command)
    source, target = _lines(outcome.figures)
    return schemas.Transferred(source=source, target=target)


def _changed(
    call: Call, decide: Callable[[Work, Body], Outcome], command: Body
) -> schemas.Programme:
    call.run(lambda work: decide(work, command), command)
    return of_now(call.services)


def _lines(figures: dict[str, Any]) -> list[schemas.BudgetLine]:
    return [schemas.BudgetLine(**row) for row in figures["lines"]]


def _totals(services: Services) -> schemas.Totals:
    with services.database.transaction() as tx:
        found = ledger(tx, Group.PARTNER, services.log.end())
    total = found.total
    return schemas.Totals(
        funded_cents=found.funded_cents,
        unallocated_cents=found.unallocated_cents,
        allocated_cents=total.allocated_cents,
        available_cents=total.available_cents,
        committed_cents=total.committed_cents,
        disbursed_cents=total.disbursed_cents,
        documented_cents=total.documented_cents,
        disallowed_cents=total.disallowed_cents,
    )


def _shown(known: Programme, today: date, totals: schemas.Totals) -> schemas.Programme:
    policy = known.in_force(today)
    return schemas.Programme(
        code=known.code,
        name=known.name,
        subtitle=known.subtitle,
        city=known.city,
        currency=known.currency,
        version=known.version,
        partners=[
            schemas.Partner(
                code=partner.code, name=partner.name, role=partner.role, activity=partner.activity
            )
            for partner in known.partners.values()
        ],
        desks=[
            schemas.Desk(partner=partner.code, name=partner.desk)
            for partner in known.partners.values()
            if partner.desk is not None
        ],
        categories=[
            schemas.Category(
                code=category.code,
                name=category.name,
                provider=category.provider,
                health_data=category.health_data,
                items=[_item(code, name, policy) for code, name in category.items.items()],
            )
            for category in known.categories.values()
        ],
        policy=None if policy is None else _rules(policy),
        totals=totals,
    )


def _item(code: str, name: str, policy: Policy | None) -> schemas.Item:
    rule = policy.item(code) if policy is not None else None
    papers = rule.papers if rule is not None else ()
    return schemas.Item(
        code=code,
        name=name,
        can_be_requested=rule is not None,
        ceiling_cents=None if rule is None else rule.ceiling_cents,
        papers=[schemas.Paper(kind=p.kind, over_cents=p.over_cents) for p in papers],
    )


def _rules(policy: Policy) -> schemas.PolicyInForce:
    return schemas.PolicyInForce(
        version=policy.version,
        title=policy.title,
        effective_from=policy.effective_from,
        bands=[schemas.Band(votes=band.votes, **band.model_dump()) for band in policy.bands],
    )
