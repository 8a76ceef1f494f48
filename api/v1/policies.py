"""The rules: which there are, adopting new ones, and what a draft would have changed."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Query

from api.languages import Language, refusal_text
from api.v1 import PREFIX
from api.v1 import programme_schemas as schemas
from api.v1.bodies import PolicyBody
from api.v1.commands import TheCall
from api.v1.dependencies import SignedIn, TheLanguage, TheServices, Time, json_only
from api.v1.describing import ALWAYS, READING, command, refusals
from api.v1.waiting import READ
from api.wiring import Services
from domain.errors import NotFound
from domain.policy_simulation import Difference, Tally, Totals
from domain.programme import Programme
from workflows import policies as workflows
from workflows.simulation import MOST, Simulated, simulate

router = APIRouter(prefix=f"{PREFIX}/policies", tags=["policies"])

Version = Annotated[int, Path(ge=1, le=1_000_000, description="The version of the rules.")]


@router.get("", dependencies=READ, responses=refusals(*READING))
def policies(services: TheServices, _: SignedIn) -> schemas.PolicyPage:
    """All versions of the rules, the newest first."""
    known = services.register.programme()
    items = [_shown(services, known, version) for version in sorted(known.policies, reverse=True)]
    return schemas.PolicyPage(items=items, next_cursor=None)


@router.get("/{version}", dependencies=READ, responses=refusals(*READING))
def policy(version: Version, services: TheServices, _: SignedIn) -> schemas.Policy:
    """One version of the rules."""
    return _shown(services, services.register.programme(), version)


@router.post("", dependencies=[Depends(json_only)], **command(201, on_dote=False))
def adopt(rules: PolicyBody, call: TheCall) -> schemas.Policy:
    """The coordinator adopts rules: in force from `effective_from` on (today, if it is left out)
    for what is requested from then on. A document that is refused changes nothing."""
    outcome = call.run(lambda work: workflows.adopt(work, rules), rules)
    services = call.services
    return _shown(services, services.register.programme(), outcome.figures["version"])


@router.post(
    "/simulation",
    dependencies=[Depends(json_only), *READ],
    responses=refusals(*ALWAYS, 404, 413, 415),
)
def simulation(
    rules: PolicyBody,
    services: TheServices,
    language: TheLanguage,
    _: SignedIn,
    *,
    since: Annotated[
        Time | None, Query(description="Look at decisions from this time on (RFC 3339).")
    ] = None,
    until: Annotated[
        Time | None, Query(description="Look at what was known at this time (RFC 3339).")
    ] = None,
    limit: Annotated[
        int, Query(ge=0, le=10_000, description="List so many differences at the most.")
    ] = MOST,
) -> schemas.Simulation:
    """What a draft would have changed, had it been in force. Nothing is written."""
    today = services.engine.today()
    found = simulate(
        services.register,
        services.log,
        rules,
        today=today,
        since=since,
        until=until,
        most=limit,
    )
    return _simulated(services, found, language)


def _shown(services: Services, known: Programme, version: int) -> schemas.Policy:
    policy = known.policies.get(version)
    if policy is None:
        raise NotFound
    adoption = known.adoptions[version]
    in_force = known.in_force(services.engine.today())
    names = services.accounts.names([adoption.by])
    return schemas.Policy(
        version=version,
        title=policy.title,
        effective_from=policy.effective_from,
        adopted_at=adoption.at,
        adopted_by=schemas.Person(account_id=adoption.by, name=names.get(adoption.by)),
        in_force=policy == in_force,
        document=policy.rules,
    )


def _simulated(services: Services, found: Simulated, language: Language) -> schemas.Simulation:
    people = {each.by for each in found.differences} | set(found.totals.by_person)
    names = services.accounts.names(people)
    return schemas.Simulation(
        log_index=found.log_index,
        looked_at=found.looked_at,
        differences=[_difference(each, names, language) for each in found.differences],
        left_out=found.left_out,
        totals=_totals(found.totals, names),
    )


def _difference(
    difference: Difference, names: dict[UUID, str], language: Language
) -> schemas.Difference:
    return schemas.Difference(
        dote_id=difference.dote_id,
        number=difference.number,
        partner=difference.partner,
        category=difference.category,
        item=difference.item,
        decision=difference.decision,
        at=difference.at,
        by=schemas.Person(account_id=difference.by, name=names.get(difference.by)),
        amount_cents=difference.amount_cents,
        kind=difference.kind,
        reasons=[refusal_text(reason, language) for reason in difference.reasons],
    )


def _totals(totals: Totals, names: dict[UUID, str]) -> schemas.SimulationTotals:
    return schemas.SimulationTotals(
        count=sum(tally.count for tally in totals.by_kind.values()),
        refused_cents=totals.refused_cents,
        allowed_cents=totals.allowed_cents,
        by_kind=[schemas.OfKind(kind=k, **_counted(t)) for k, t in totals.by_kind.items()],
        by_person=[
            schemas.OfPerson(account_id=who, name=names.get(who), **_counted(tally))
            for who, tally in totals.by_person.items()
        ],
        by_partner=[
            schemas.OfPartner(partner=code, **_counted(tally))
            for code, tally in sorted(totals.by_partner.items())
        ],
        by_category=[
            schemas.OfCategory(category=code, **_counted(tally))
            for code, tally in sorted(totals.by_category.items())
        ],
    )


def _counted(tally: Tally) -> dict[str, int]:
    return {"count": tally.count, "cents": tally.cents}
