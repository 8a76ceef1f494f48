"""Profilo: who acts for whom, and whom one is too near to."""

from collections.abc import Mapping
from contextlib import suppress
from datetime import timedelta
from uuid import UUID

from fastapi import APIRouter, Response

from api import languages
from api.languages import translate
from api.pages.calling import calling
from api.pages.forms import DATA, Field, Filled
from api.pages.plain_forms import PlainForm, Values, of, taken
from api.pages.say import N_
from api.pages.shell import Shell, TheShell
from api.pages.who import OurForm, SignedIn, csrf_token
from api.v1.people_schemas import Conflict
from api.v1.people_view import PeopleView
from api.v1.views import View
from domain.account import DELEGABLE
from domain.actors import Actor
from domain.errors import DelegationOver
from domain.lifecycle import READERS
from projections.doti import households
from workflows import people
from workflows.commands import DeclareConflict, Delegate, EndDelegation

router = APIRouter(include_in_schema=False)

PART = "/profilo/deleghe"
_TO = ":"
HOUSEHOLD, PAYEE = "household", "payee"
NO_HOUSEHOLD = N_("There is no household of this number that you may see.")
NEEDED_HERE = N_("This is needed and missing.")

DELEGATE_FORM = PlainForm(
    "delega",
    N_("Let them act for you"),
    (
        Field("to", N_("Who acts for you"), "select", context=DATA),
        Field("grant", N_("In which role"), "choice", loc=("role",), context=DATA),
        Field("since", N_("From"), "day", hint=N_("Like 31/12/2026.")),
        Field("until", N_("Last day"), "day", hint=N_("The last day, at most a year later.")),
        Field("max_cents", N_("Up to which amount in each step"), "cents"),
        Field("reason", N_("Why"), "text"),
    ),
)
CONFLICT_FORM = PlainForm(
    "conflitto",
    N_("Record the conflict"),
    (
        Field(
            "near",
            N_("Whom you are too near to"),
            "choice",
            choices=((HOUSEHOLD, N_("a household")), (PAYEE, N_("somebody who is paid"))),
        ),
        Field(
            "number",
            N_("Number of the household"),
            "line",
            hint=N_("As it stands on the page of the dote."),
            required=False,
        ),
        Field(
            "name",
            N_("Account holder"),
            "line",
            loc=("payee", "name"),
            hint=N_("If it is somebody who is paid."),
            required=False,
        ),
        Field("iban", "IBAN", "line", loc=("payee", "iban"), required=False),
        Field("reason", N_("Why"), "text"),
    ),
    opens=N_("Declare a conflict of interest"),
)


@router.get(PART)
def own_part(page: TheShell, actor: SignedIn) -> Response:
    """Delegations that one gave and was given, and one's conflicts of interest."""
    return _shown(page, actor, {})


@router.post(PART)
def delegate(page: TheShell, actor: SignedIn, sent: OurForm) -> Response:
    """Lets a colleague act in a role of one's own."""

    def do(values: Values, filled: Filled) -> Response:
        role, _, partner = str(values.pop("role")).partition(_TO)
        command = Delegate.model_validate({**values, "role": role, "partner": partner or None})
        call = calling(page, actor, filled)
        call.run(lambda work: people.delegate(work, command), command)
        return page.done(PART, "delegated")

    def again(filled: Filled, status: int) -> Response:
        return _shown(page, actor, {DELEGATE_FORM.name: filled}, status)

    return taken(page, _delegating(page, actor), sent, do, again)


@router.post(f"{PART}/{{delegation_id}}/fine")
def end(delegation_id: UUID, page: TheShell, actor: SignedIn, _: OurForm) -> Response:
    """One of the two ends it, at once."""
    call = calling(page, actor, None)
    with suppress(DelegationOver):
        call.run(lambda work: people.end_delegation(work, delegation_id), EndDelegation())
    return page.done(PART, "delegation_ended")


@router.post("/profilo/conflitti")
def declare(page: TheShell, actor: SignedIn, sent: OurForm) -> Response:
    """Declares that one is too near to a household or to a payee."""

    def do(values: Values, filled: Filled) -> Response:
        wanted, wrong = _whom(page, actor, values)
        if wrong:
            told = {name: translate(page.language, said) for name, said in wrong.items()}
            return again(filled.but(**told), 422)
        command = DeclareConflict.model_validate({**wanted, "reason": values["reason"]})
        call = calling(page, actor, filled)
        call.run(lambda work: people.declare_conflict(work, command), command)
        return page.done(PART, "conflict_declared")

    def again(filled: Filled, status: int) -> Response:
        return _shown(page, actor, {CONFLICT_FORM.name: filled}, status)

    return taken(page, CONFLICT_FORM, sent, do, again)


def _whom(page: Shell, actor: Actor, values: Values) -> tuple[Values, dict[str, str]]:
    """The household or the payee that the form names; or what is wrong, by field."""
    if values["near"] == PAYEE:
        payee = values.get("payee", {})
        return ({"payee": payee}, {}) if "name" in payee else ({}, {"name": NEEDED_HERE})
    number = values.get("number")
    if number is None:
        return {}, {"number": NEEDED_HERE}
    with page.services.database.transaction() as tx:
        found = households.with_number(tx, number, actor.scope(READERS))
    return ({"household_id": found}, {}) if found else ({}, {"number": NO_HOUSEHOLD})


def _delegating(page: Shell, actor: Actor) -> PlainForm:
    """The form with one's colleagues and one's own roles."""
    colleagues = page.services.accounts.colleagues()
    own = [grant for grant in actor.grants if grant.delegation is None and grant.role in DELEGABLE]
    return DELEGATE_FORM.offering(
        to=tuple(
            (str(each.id), f"{each.name} ({each.works_for})" if each.works_for else each.name)
            for each in colleagues
            if each.id != actor.account_id
        ),
        grant=tuple(
            (f"{grant.role}{_TO}{grant.partner or ''}", _named(page, grant.role, grant.partner))
            for grant in own
        ),
    )


def _named(page: Shell, role: str, partner: str | None) -> str:
    name = languages.word(page.language, role, "role")
    return f"{name} {partner}" if partner else name


def _shown(page: Shell, actor: Actor, tried: Mapping[str, Filled], status: int = 200) -> Response:
    view = PeopleView(View(page.services, actor, page.language))
    today = page.services.engine.today()
    mine = [each for each in view.delegations() if actor.account_id in (each.by.id, each.to.id)]
    live = [each for each in mine if each.ended_at is None and each.until >= today]
    form = _delegating(page, actor)
    begins = {"since": f"{today:%d/%m/%Y}", "until": f"{today + timedelta(days=14):%d/%m/%Y}"}
    if len(form.fields[1].choices) == 1:
        begins["grant"] = form.fields[1].choices[0][0]
    conflicts = [each for each in view.conflicts() if each.who.id == actor.account_id]
    return page.page(
        "profile_part.html",
        here=PART,
        status=status,
        reads=True,
        form_csrf=csrf_token(page.request),
        today=today,
        given=[each for each in live if each.by.id == actor.account_id],
        received=[each for each in live if each.to.id == actor.account_id],
        over=[each for each in mine if each not in live],
        me=actor.account_id,
        delegation_form=(form, of(tried, form, **begins)),
        may_delegate=bool(form.fields[1].choices),
        conflicts=conflicts,
        numbers=_numbers(page, actor, conflicts),
        conflict=(CONFLICT_FORM, of(tried, CONFLICT_FORM)),
    )


def _numbers(page: Shell, actor: Actor, conflicts: list[Conflict]) -> dict[UUID, str]:
    """The numbers of the households that the reader may see."""
    ids = [each.household_id for each in conflicts if each.household_id is not None]
    with page.services.database.transaction() as tx:
        return households.numbers(tx, ids, actor.scope(READERS))
