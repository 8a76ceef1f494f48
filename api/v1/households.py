"""Households: register, look at."""

from uuid import UUID

from fastapi import APIRouter, Depends, Response

from api.languages import Language, translate
from api.security.visibility import MASK, Kind, may_read
from api.v1 import PREFIX
from api.v1 import household_answers as answers
from api.v1.bodies import RegisterHouseholdBody
from api.v1.commands import TheCall, etag
from api.v1.dependencies import HouseholdId, SignedIn, TheLanguage, TheServices, json_only
from api.v1.describing import READING, command, refusals, versioned
from api.v1.double_help import DoubleHelpView
from api.v1.insight import DoubleHelp
from api.v1.views import View
from api.v1.waiting import READ
from api.wiring import Services
from domain.case import EXPOSURE_PERIOD
from domain.errors import NotFound
from domain.events.household import HouseholdRegistered
from domain.household import Personal
from workflows.engine import can_see
from workflows.eventstore.statements import statements
from workflows.households import register_household

router = APIRouter(prefix=f"{PREFIX}/households", tags=["households"])

_SQL = statements("api.v1.sql", "exposure")

WARNINGS = {
    "identifier_missing": "The identifier is missing.",
    "tax_code_checksum": "The tax code does not look right: please check it.",
}
"""What a member's warnings say, in English; the catalogue has the Italian."""


@router.post("", dependencies=[Depends(json_only)], **command(201, on_dote=False))
def register(command: RegisterHouseholdBody, call: TheCall) -> answers.Household:
    """A desk registers a household. A missing or odd identifier warns and never blocks."""
    outcome = call.run(lambda work: register_household(work, command), command)
    return _household(call.view, outcome.stream_id, new=True)


@router.get(
    "/{household_id}",
    dependencies=READ,
    responses=versioned(200, replayed=False) | refusals(*READING),
)
def household(
    household_id: HouseholdId,
    response: Response,
    services: TheServices,
    actor: SignedIn,
    language: TheLanguage,
) -> answers.Household:
    """A household, and what it was granted. Who its members are is masked for some roles."""
    shown = _household(View(services, actor, language), household_id)
    response.headers["ETag"] = etag(shown.version)
    return shown


def _household(view: View, household_id: UUID, *, new: bool = False) -> answers.Household:
    """`new`: as it was when it was registered; the same whenever that command is told again."""
    with view.services.database.transaction():
        history = view.services.register.history(household_id)
        registered = history[0] if history else None
        if not isinstance(registered, HouseholdRegistered):
            raise NotFound
        if not can_see(view.actor, registered.partner):
            raise NotFound
        clear = may_read(view.actor, Kind.PERSONS, registered.partner)
        personal = _personal(view, registered)
        members, address, hardships = _shown(personal, registered, clear=clear)
        if registered.notes is not None:
            hardships = _hardships(view, registered)
        return answers.Household(
            id=household_id,
            number=registered.number,
            version=history[-1].originator_version,
            partner=registered.partner,
            district=registered.district,
            adults=registered.adults,
            minors=registered.minors,
            members=members,
            address=address,
            hardships=hardships,
            exposure=_nothing(registered) if new else _exposure(view.services, household_id),
            warnings=_warnings(personal, view.language) if personal else [],
            double_help=None if new else _double_help(view, household_id, registered.partner),
        )


def _double_help(view: View, household_id: UUID, partner: str) -> list[DoubleHelp]:
    found = DoubleHelpView(view.services, view.actor, view.language)
    return found.of_household(household_id, partner)


def _personal(view: View, registered: HouseholdRegistered) -> Personal | None:
    """Who they are, if the reader may know and the household was not erased."""
    record = view.opened(registered, "personal", registered.partner, health_data=False)
    return Personal.model_validate(record) if isinstance(record, dict) else None


def _shown(
    personal: Personal | None, registered: HouseholdRegistered, *, clear: bool
) -> tuple[list[answers.Member] | None, str | None, list[str] | None]:
    if personal is not None:
        members = [answers.Member(**member.model_dump()) for member in personal.members]
        return members, personal.address, list(personal.hardships)
    if clear:
        return None, None, None
    masked = answers.Member(
        given_name=MASK,
        family_name=MASK,
        born=None,
        id_type=None,
        id_value=MASK,
        id_valid_until=None,
        phone=MASK,
        left_on=None,
    )
    return [masked] * (registered.adults + registered.minors), MASK, [MASK]


def _hardships(view: View, registered: HouseholdRegistered) -> list[str] | None:
    """What is known of their situation, if the reader may know and it was not erased."""
    notes = view.opened(registered, "notes", registered.partner, health_data=False)
    if isinstance(notes, dict):
        return list(notes["hardships"])
    return [MASK] if notes == MASK else None


def _warnings(personal: Personal, language: Language) -> list[answers.MemberWarning]:
    return [
        answers.MemberWarning(member=n, code=code, msg=translate(language, WARNINGS[code]))
        for n, member in enumerate(personal.members)
        for code in member.warnings()
    ]


def _nothing(registered: HouseholdRegistered) -> answers.Exposure:
    since = registered.at - EXPOSURE_PERIOD
    return answers.Exposure(total_cents=0, since=since, by_category=[])


def _exposure(services: Services, household_id: UUID) -> answers.Exposure:
    since = services.engine.clock() - EXPOSURE_PERIOD
    values = {"household_id": household_id, "since": since}
    with services.database.transaction() as tx:
        rows = tx.execute(_SQL["granted"], values).fetchall()
    return answers.Exposure(
        total_cents=sum(row["cents"] for row in rows),
        since=since,
        by_category=[answers.ExposureInCategory(**row) for row in rows],
    )
