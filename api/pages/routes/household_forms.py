"""What the forms of a household's page do; and the page on which its data are changed."""

from collections.abc import Callable
from hashlib import sha256
from uuid import UUID

from fastapi import APIRouter, Response

from api.erasing import Erasing
from api.languages import translate
from api.pages.calling import keyed
from api.pages.forms import Filled, command, read, refused, understood
from api.pages.household_data import DataPage
from api.pages.household_forms import FORMS, NUMBER, REVEAL, HouseholdForm
from api.pages.household_page import HouseholdPage
from api.pages.member_fields import shaped
from api.pages.say import N_
from api.pages.shell import Shell, TheShell
from api.pages.who import OurForm, SignedIn
from api.problems import problem_for
from api.security.refusals import PageTooOld
from api.v1.accesses import revealing
from api.v1.commands import Call
from api.v1.dependencies import HouseholdId
from api.v1.reads import Reads, TheReads
from api.v1.searching import Search
from domain.actors import Actor
from domain.errors import DomainError, NotFound, StaleVersion
from domain.lifecycle import READERS
from projections.doti import queries
from workflows.commands import RecordPersonalData, Reveal
from workflows.eventstore.access_log import Access
from workflows.households import record_personal_data
from workflows.reveals import reveal_household

router = APIRouter(include_in_schema=False)

NOT_FOUND = N_("There is no record with this number that you may see.")


def _posted(form: HouseholdForm) -> Callable[..., Response]:
    def post(
        household_id: HouseholdId, page: TheShell, actor: SignedIn, sent: OurForm, reads: TheReads
    ) -> Response:
        filled = read(sent, form.fields)
        if filled.version is None:
            raise PageTooOld
        return _done(page, actor, reads, household_id, form, filled)

    return post


for _form in FORMS.values():
    router.add_api_route(
        f"/nuclei/{{household_id}}/{_form.name}",
        _posted(_form),
        methods=["POST"],
        name=_form.name,
    )


def _done(
    page: Shell,
    actor: Actor,
    reads: Reads,
    household_id: UUID,
    form: HouseholdForm,
    filled: Filled,
) -> Response:
    """Does it and goes on to the page; or the page with the form as it was filled in."""
    language = page.language

    def again(told: Filled, status: int, *, changed: bool = False) -> Response:
        shown = HouseholdPage.of(page, actor, household_id, {form.name: told}, changed=changed)
        return _shown(page, reads, shown, status)

    values, filled = understood(filled, form.fields, language)
    if form.name == "unione" and "into" in values:
        values["into"] = _numbered(page, actor, values["into"])
        if values["into"] is None:
            filled = filled.but(**{NUMBER.name: translate(language, NOT_FOUND)})
    wanted, filled = command(
        form.model, form.shape(values, household_id), filled, form.fields, language
    )
    if wanted is None:
        return again(filled, 422)
    call = _call(page, actor, filled)
    if form.versioned:
        call.expected_version = filled.version
    try:
        call.run(lambda work: form.decide(work, household_id, wanted), wanted)
    except NotFound:
        raise
    except StaleVersion:
        return again(filled, 412, changed=True)
    except DomainError as error:
        return again(refused(filled, error, form.fields, language), problem_for(error).status)
    if form.name == "cancellazione":
        Erasing(page.services).remove_files(household_id)
    return page.done(f"/nuclei/{household_id}", f"household_{form.name}")


@router.post("/nuclei/{household_id}/svelare")
def reveal(
    household_id: HouseholdId, page: TheShell, actor: SignedIn, sent: OurForm, reads: TheReads
) -> Response:
    """Shows who they are, once; the reason and the look are written down before."""
    filled = read(sent, REVEAL)
    values, filled = understood(filled, REVEAL, page.language)
    wanted, filled = command(Reveal, values, filled, REVEAL, page.language)
    if wanted is None:
        shown = HouseholdPage.of(page, actor, household_id, {"svelare": filled})
        return _shown(page, reads, shown, 422)
    call, why = _call(page, actor, filled), wanted
    outcome = call.run(lambda work: reveal_household(work, household_id, why), why)
    view = revealing(call, reads, outcome, household_id)
    shown = HouseholdPage.of(page, actor, household_id, view=view)
    return page.page("household.html", here=f"/nuclei/{household_id}", **shown.values())


@router.get("/nuclei/{household_id}/dati")
def data(household_id: HouseholdId, page: TheShell, actor: SignedIn, reads: TheReads) -> Response:
    """All that is known of them, to be changed."""
    shown = DataPage.of(page, actor, household_id)
    reads.note(shown.view, Access.HOUSEHOLD_READ, household_id)
    return page.page("household_data.html", **shown.values())


@router.post("/nuclei/{household_id}/dati")
def change(
    household_id: HouseholdId, page: TheShell, actor: SignedIn, sent: OurForm, reads: TheReads
) -> Response:
    """Puts it in the place of what was; or the page as it was filled in."""
    shown = DataPage.of(page, actor, household_id)
    filled = read(sent, shown.fields)
    if filled.version is None:
        raise PageTooOld

    def again(told: Filled, status: int, *, changed: bool = False) -> Response:
        reads.note(shown.view, Access.HOUSEHOLD_READ, household_id)
        values = shown.values(told, changed=changed)
        return page.page("household_data.html", status=status, here=shown.path, **values)

    values, filled = understood(filled, shown.fields, page.language)
    wanted, filled = command(
        RecordPersonalData, shaped(values), filled, shown.fields, page.language
    )
    if wanted is None:
        return again(filled, 422)
    call, told = _call(page, actor, filled), wanted
    call.expected_version = filled.version
    try:
        call.run(lambda work: record_personal_data(work, household_id, told), told)
    except NotFound:
        raise
    except StaleVersion:
        return again(filled, 412, changed=True)
    except DomainError as error:
        return again(refused(filled, error, shown.fields, page.language), problem_for(error).status)
    return page.done(f"/nuclei/{household_id}", "household_dati")


def _shown(page: Shell, reads: Reads, shown: HouseholdPage, status: int) -> Response:
    household_id = shown.household.id
    values = shown.values()
    reads.note(shown.view, Access.HOUSEHOLD_READ, household_id)
    return page.page("household.html", status=status, here=f"/nuclei/{household_id}", **values)


def _numbered(page: Shell, actor: Actor, number: str) -> UUID | None:
    """The household with a number, within the actor's scope."""
    scope, readable = actor.scope(READERS), Search(page.services, actor).readable
    with page.services.database.transaction() as tx:
        found = queries.households(tx, number, [], scope, readable)
    register = page.services.register
    return next((i for i in found if register.household(i).number == number.upper()), None)


def _call(page: Shell, actor: Actor, filled: Filled) -> Call:
    """A command of a form: pressed twice, it is done once."""
    content = repr((sorted(filled.texts.items()), sorted(filled.many.items()), filled.version))
    key = f"{filled.key}-{sha256(content.encode()).hexdigest()[:16]}"
    return keyed(page, actor, key)
