"""Signing in, step by step; signing out; choosing a password by an invitation."""

from collections.abc import Mapping
from urllib.parse import urlencode

from fastapi import APIRouter, Response

from api.errors import Unauthenticated
from api.languages import refusal_text, translate
from api.pages.at_the_door import Entrance, Next, TheEntrance, credential, next_of, onward
from api.pages.forms import Field, Filled
from api.pages.plain_forms import PlainForm, Values, taken
from api.pages.say import N_
from api.pages.who import SIGN_IN, SIGN_OUT, TheForm
from api.problems import problem_for
from api.security.accounts import hash_of
from api.security.elsewhere import START
from api.security.factors import Kind
from api.security.refusals import LinkExpired, LinkUnknown, LinkUsed, PageTooOld, WrongPasskey
from api.security.sign_in import State
from domain.errors import DomainError

router = APIRouter(include_in_schema=False)

NOT_THE_SAME = N_("The two passwords are not the same.")

PASSWORD_HINT = N_("At least 12 characters: four words that only you put together are a good one.")

ADVICE: Mapping[type[DomainError], str] = {
    LinkUsed: N_("If you have chosen a password by it, sign in with that one."),
    LinkExpired: N_("A link is good for seven days. Whoever sent it to you makes a new one."),
    LinkUnknown: N_(
        "Look whether the address is whole. Only the newest link is good: the ones before are not."
    ),
}
"""What one can do with a link that is worth nothing."""

SIGN_IN_FORM = PlainForm(
    "accedi",
    N_("Sign in"),
    (
        Field("email", N_("E-mail"), "line", autocomplete="username"),
        Field("password", N_("Password"), "password", autocomplete="current-password"),
        Field(
            "shared_computer",
            N_("Others use this computer too"),
            "check",
            hint=N_("You are signed out after ten minutes without doing anything."),
            required=False,
        ),
    ),
)
CODE_FORM = PlainForm(
    "codice",
    N_("Go on"),
    (
        Field(
            "code",
            N_("Code"),
            "line",
            hint=N_("The six digits that your app shows now, or one of your recovery codes."),
            autocomplete="one-time-code",
        ),
    ),
)
INVITATION_FORM = PlainForm(
    "invito",
    N_("Choose this password"),
    (
        Field(
            "password",
            N_("New password"),
            "password",
            hint=PASSWORD_HINT,
            autocomplete="new-password",
        ),
        Field("again", N_("The same once more"), "password", autocomplete="new-password"),
    ),
)


@router.get(SIGN_IN)
def sign_in(door: TheEntrance, next_: Next = "/") -> Response:
    """The step that is next for whoever comes."""
    standing = door.standing
    if standing is None:
        return _password_step(door, next_, Filled())
    if standing.state is State.SECOND_FACTOR:
        return _second_step(door, next_, Filled())
    return door.page.done(onward(standing.state, next_))


@router.post(SIGN_IN)
def with_password(door: TheEntrance, sent: TheForm) -> Response:
    """The first step."""
    next_ = next_of(sent)

    def again(filled: Filled, status: int) -> Response:
        return _password_step(door, next_, filled, status)

    def do(values: Values, _: Filled) -> Response:
        door.check(sent)
        token = door.page.services.sign_in.with_password(
            values["email"],
            values["password"],
            door.door.caller,
            shared_computer=values.get("shared_computer", False),
            brought=door.door.brought,
        )
        return door.enter(token, next_)

    return taken(door.page, SIGN_IN_FORM, sent, do, again)


@router.post(f"{SIGN_IN}/codice")
def with_code(door: TheEntrance, sent: TheForm) -> Response:
    """The second step, with a code."""
    next_ = next_of(sent)

    def again(filled: Filled, status: int) -> Response:
        return _second_step(door, next_, filled, status)

    def do(values: Values, _: Filled) -> Response:
        door.check(sent)
        services = door.page.services
        token = services.sign_in.with_second_factor(door.standing, values["code"], door.door.caller)
        return door.enter(token, next_)

    return taken(door.page, CODE_FORM, sent, do, again)


@router.post(f"{SIGN_IN}/passkey")
def with_passkey(door: TheEntrance, sent: TheForm) -> Response:
    """The second step, with a passkey."""
    next_ = next_of(sent)
    try:
        door.check(sent)
        services, place = door.page.services, door.door.place
        token = services.sign_in.with_passkey(
            door.standing, credential(sent), place, door.door.caller
        )
    except (WrongPasskey, PageTooOld) as error:
        said = refusal_text(error, door.page.language)
        return _second_step(door, next_, Filled().but(whole=said), problem_for(error).status)
    return door.enter(token, next_)


@router.post(SIGN_OUT)
def sign_out(door: TheEntrance, sent: TheForm) -> Response:
    """Ends the session, if there is one."""
    if door.standing is not None:
        door.check(sent)
        door.page.services.sign_in.sign_out(door.standing.session, door.door.caller)
    return door.leave("signed_out")


def _password_step(door: Entrance, next_: str, filled: Filled, status: int = 200) -> Response:
    return door.show(
        "sign_in.html",
        here=SIGN_IN,
        status=status,
        form=SIGN_IN_FORM,
        filled=filled,
        next=next_,
        provider=_provider(door, next=next_),
    )


def _second_step(door: Entrance, next_: str, filled: Filled, status: int = 200) -> Response:
    if door.standing is None or door.standing.state is not State.SECOND_FACTOR:
        raise Unauthenticated
    services = door.page.services
    options = None
    if Kind.PASSKEY in services.sign_in.ways_on(door.standing):
        options = services.sign_in.ask_passkey(door.standing, door.door.place)
    return door.show(
        "second_step.html",
        here=SIGN_IN,
        status=status,
        form=CODE_FORM,
        filled=filled,
        next=next_,
        options=options,
    )


def _provider(door: Entrance, **query: str) -> tuple[str, str] | None:
    """What the button of the provider says, and where it leads; None where there is none."""
    name = door.page.services.elsewhere.name
    return None if name is None else (name, f"{START}?{urlencode(query)}")


@router.get("/invito/{token}")
def invitation(token: str, door: TheEntrance) -> Response:
    """Where somebody chooses their password by the link that was made for them."""
    return _invited(door, token, Filled())


@router.post("/invito/{token}")
def accept(token: str, door: TheEntrance, sent: TheForm) -> Response:
    """The password is chosen: in, or on to the second factor."""

    def again(filled: Filled, status: int) -> Response:
        return _invited(door, token, filled, status)

    def do(values: Values, filled: Filled) -> Response:
        door.check(sent)
        if values["password"] != values["again"]:
            return again(filled.but(again=translate(door.page.language, NOT_THE_SAME)), 422)
        token_ = door.page.services.sign_in.accept_invitation(
            token, values["password"], door.door.caller, brought=door.door.brought
        )
        return door.enter(token_, "/", "password_chosen")

    return taken(door.page, INVITATION_FORM, sent, do, again)


def _invited(door: Entrance, token: str, filled: Filled, status: int = 200) -> Response:
    """The form, or what one can do with a link that is worth nothing."""
    sign_in = door.page.services.sign_in
    try:
        person = sign_in.person(sign_in.invited(hash_of(token)))
    except tuple(ADVICE) as error:
        return _worthless(door, error)
    return door.show(
        "invitation.html",
        here=f"/invito/{token}",
        status=status,
        form=INVITATION_FORM,
        filled=filled,
        person=person,
        provider=_provider(door, invitation=token),
    )


def _worthless(door: Entrance, error: DomainError) -> Response:
    return door.show(
        "invitation_over.html",
        here="/",
        status=problem_for(error).status,
        said=refusal_text(error, door.page.language),
        advice=ADVICE[type(error)],
    )
