"""Profilo: how one signs in, and where one is signed in."""

from collections.abc import Mapping
from contextlib import suppress
from uuid import UUID

from fastapi import APIRouter, Response

from api.languages import translate
from api.pages.at_the_door import Entrance, Own, TheEntrance
from api.pages.forms import Field, Filled
from api.pages.plain_forms import Again, PlainForm, Values, of, taken
from api.pages.routes.entry import NOT_THE_SAME, PASSWORD_HINT
from api.pages.routes.second_factor import recovery_codes
from api.pages.say import N_
from api.pages.who import OurForm
from api.security.elsewhere import Page
from api.security.factors import is_needed
from api.security.sign_in import Standing
from domain.errors import NotFound
from domain.lifecycle import READERS

router = APIRouter(include_in_schema=False)

PROFILE = "/profilo"
TONGUES = {"it": "Italiano", "en": "English"}
"""Each language in itself."""

_OWN_PASSWORD = Field("password", N_("Your password"), "password", autocomplete="current-password")
PASSWORD_FORM = PlainForm(
    "password",
    N_("Change the password"),
    (
        Field("current", N_("The password now"), "password", autocomplete="current-password"),
        Field(
            "new", N_("New password"), "password", hint=PASSWORD_HINT, autocomplete="new-password"
        ),
        Field("again", N_("The same once more"), "password", autocomplete="new-password"),
    ),
    opens=N_("Change your password"),
)
REMOVE_FORM = PlainForm(
    "rimuovi", N_("Remove it"), (_OWN_PASSWORD,), opens=N_("Remove"), danger=True
)
CODES_FORM = PlainForm(
    "codici", N_("Make new codes"), (_OWN_PASSWORD,), opens=N_("Make new recovery codes")
)
LINK_FORM = PlainForm(
    "collega", N_("Go on"), (_OWN_PASSWORD,), opens=N_("Link your account with it")
)
UNLINK_FORM = PlainForm(
    "scollega", N_("End the link"), (_OWN_PASSWORD,), opens=N_("End the link"), danger=True
)


@router.get(PROFILE)
def profile(door: TheEntrance, own: Own) -> Response:
    """How one signs in."""
    return _profile(door, own, {})


@router.post(f"{PROFILE}/password")
def change_password(door: TheEntrance, own: Own, sent: OurForm) -> Response:
    """Another password; whoever was signed in elsewhere is not any more."""

    def do(values: Values, filled: Filled) -> Response:
        if values["new"] != values["again"]:
            wrong = translate(door.page.language, NOT_THE_SAME)
            return again(filled.but(again=wrong), 422)
        token = door.page.services.own_access.change_password(
            own, values["current"], values["new"], door.door.caller
        )
        return door.enter(token, PROFILE, "password_changed")

    again = _coming_back(door, own, PASSWORD_FORM.name)
    return taken(door.page, PASSWORD_FORM, sent, do, again)


@router.post(f"{PROFILE}/fattori/{{factor_id}}/rimuovi")
def remove_factor(factor_id: UUID, door: TheEntrance, own: Own, sent: OurForm) -> Response:
    """Takes a second factor away."""

    def do(values: Values, _: Filled) -> Response:
        services = door.page.services
        services.own_access.remove_factor(own, factor_id, values["password"], door.door.caller)
        return door.page.done(PROFILE, "factor_removed")

    again = _coming_back(door, own, f"{REMOVE_FORM.name}-{factor_id}")
    return taken(door.page, REMOVE_FORM, sent, do, again)


@router.post(f"{PROFILE}/codici")
def renew_codes(door: TheEntrance, own: Own, sent: OurForm) -> Response:
    """New recovery codes, shown this once."""

    def do(values: Values, _: Filled) -> Response:
        services = door.page.services
        codes = services.own_access.renew_codes(own, values["password"], door.door.caller)
        return recovery_codes(door, codes, PROFILE)

    return taken(door.page, CODES_FORM, sent, do, _coming_back(door, own, CODES_FORM.name))


@router.post(f"{PROFILE}/sessioni/{{session_id}}/fine")
def end_session(session_id: UUID, door: TheEntrance, own: Own, _: OurForm) -> Response:
    """Signs out elsewhere."""
    with suppress(NotFound):  # it has ended by itself, which is what was wanted
        door.page.services.own_access.end_session(own, session_id, door.door.caller)
    return door.page.done(PROFILE, "session_ended")


@router.post(f"{PROFILE}/altre-sessioni/fine")
def end_others(door: TheEntrance, own: Own, _: OurForm) -> Response:
    """Signs out everywhere else."""
    door.page.services.own_access.end_other_sessions(own, door.door.caller)
    return door.page.done(PROFILE, "session_ended")


@router.post(f"{PROFILE}/identita")
def link_identity(door: TheEntrance, own: Own, sent: OurForm) -> Response:
    """A link to the provider, where one says who one is: no form of ours may lead there."""

    def do(values: Values, _: Filled) -> Response:
        elsewhere = door.page.services.elsewhere
        here = Page(door.door.caller, door.door.origin, door.door.before())
        location = elsewhere.begin_link(own, values["password"], here, PROFILE)
        return door.show("profile_link.html", here=PROFILE, location=location, name=elsewhere.name)

    return taken(door.page, LINK_FORM, sent, do, _coming_back(door, own, LINK_FORM.name))


@router.post(f"{PROFILE}/identita/fine")
def unlink_identity(door: TheEntrance, own: Own, sent: OurForm) -> Response:
    """Ends the link with the provider."""

    def do(values: Values, _: Filled) -> Response:
        services = door.page.services
        services.elsewhere.unlink(own, values["password"], door.door.caller)
        return door.page.done(PROFILE, "identity_unlinked")

    return taken(door.page, UNLINK_FORM, sent, do, _coming_back(door, own, UNLINK_FORM.name))


def _coming_back(door: Entrance, own: Standing, name: str) -> Again:
    return lambda filled, status: _profile(door, own, {name: filled}, status)


def _profile(
    door: Entrance, own: Standing, tried: Mapping[str, Filled], status: int = 200
) -> Response:
    services = door.page.services
    factors = services.own_access.factors(own)
    needed = is_needed(services.settings.second_factor, own.actor)
    return door.show(
        "profile.html",
        here=PROFILE,
        status=status,
        person=services.sign_in.person(own.session.account_id),
        grants=own.actor.grants,
        reads=own.actor.has_any(READERS),
        tongues=TONGUES,
        password=(PASSWORD_FORM, of(tried, PASSWORD_FORM)),
        remove=REMOVE_FORM,
        factors=[(each, tried.get(f"{REMOVE_FORM.name}-{each.id}", Filled())) for each in factors],
        must_stay=needed and len(factors) == 1,
        codes=(CODES_FORM, of(tried, CODES_FORM)),
        codes_left=services.own_access.codes_left(own),
        sessions=services.own_access.sessions(own),
        current=own.session.id,
        provider=services.elsewhere.name,
        links=services.elsewhere.links(own),
        link=(LINK_FORM, of(tried, LINK_FORM)),
        unlink=(UNLINK_FORM, of(tried, UNLINK_FORM)),
    )
