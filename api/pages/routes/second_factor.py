"""Setting up a second factor: an app or a passkey; and the recovery codes that come with it.

Also for whoever can do nothing else before.
"""

import base64
from uuid import UUID

from fastapi import APIRouter, Response

from api.languages import translate
from api.pages.at_the_door import (
    FACTOR,
    Entrance,
    Next,
    Own,
    TheEntrance,
    credential,
    next_of,
    with_next,
)
from api.pages.forms import Field, Filled
from api.pages.plain_forms import PlainForm, Values, filled_in, taken
from api.pages.say import N_
from api.pages.who import OurForm
from api.security.refusals import SecondFactorNeeded
from api.security.sign_in import Standing, State

router = APIRouter(include_in_schema=False)

APP_FORM = PlainForm(
    "app",
    N_("Go on with an app"),
    (Field("label", N_("What you call it"), "line", hint=N_("So that you know it again later.")),),
)
CONFIRM_FORM = PlainForm(
    "conferma",
    N_("Confirm"),
    (
        Field(
            "code",
            N_("The six digits that the app shows now"),
            "line",
            autocomplete="one-time-code",
        ),
    ),
)
PASSKEY_FORM = PlainForm("passkey", N_("Make the passkey"), APP_FORM.fields)
PHONE = N_("Phone")
_GROUP = 4


@router.get(FACTOR)
def choose(door: TheEntrance, own: Own, next_: Next = "/") -> Response:
    """Which one it shall be."""
    if own.state is State.SECOND_FACTOR:
        raise SecondFactorNeeded
    return _choice(door, own, next_, filled_in(label=translate(door.page.language, PHONE)))


@router.post(f"{FACTOR}/app")
def begin_app(door: TheEntrance, own: Own, sent: OurForm) -> Response:
    """A secret for an app, on a page of its own."""
    next_ = next_of(sent)

    def do(values: Values, _: Filled) -> Response:
        begun = door.page.services.own_access.begin_totp(own, values["label"])
        return door.page.done(with_next(f"{FACTOR}/app/{begun.id}", next_))

    def again(filled: Filled, status: int) -> Response:
        return _choice(door, own, next_, filled, status)

    return taken(door.page, APP_FORM, sent, do, again)


@router.get(f"{FACTOR}/app/{{factor_id}}")
def app(factor_id: UUID, door: TheEntrance, own: Own, next_: Next = "/") -> Response:
    """The secret, until the app has confirmed that it knows it."""
    return _secret(door, own, factor_id, next_, Filled())


@router.post(f"{FACTOR}/app/{{factor_id}}")
def confirm_app(factor_id: UUID, door: TheEntrance, own: Own, sent: OurForm) -> Response:
    """The app knows the secret."""
    next_ = next_of(sent)

    def do(values: Values, _: Filled) -> Response:
        codes, token = door.page.services.own_access.confirm_totp(
            own, factor_id, values["code"], door.door.caller
        )
        return _added(door, own, codes, token, next_)

    def again(filled: Filled, status: int) -> Response:
        return _secret(door, own, factor_id, next_, filled, status)

    return taken(door.page, CONFIRM_FORM, sent, do, again)


@router.get(f"{FACTOR}/passkey")
def passkey(door: TheEntrance, own: Own, next_: Next = "/") -> Response:
    """Where the browser makes a passkey."""
    return _passkey(door, own, next_, filled_in(label="Passkey"))


@router.post(f"{FACTOR}/passkey")
def add_passkey(door: TheEntrance, own: Own, sent: OurForm) -> Response:
    """Keeps the passkey that the browser made."""
    next_ = next_of(sent)

    def do(values: Values, _: Filled) -> Response:
        codes, token = door.page.services.own_access.add_passkey(
            own, values["label"], credential(sent), door.door.place, door.door.caller
        )
        return _added(door, own, codes, token, next_)

    def again(filled: Filled, status: int) -> Response:
        return _passkey(door, own, next_, filled, status)

    return taken(door.page, PASSKEY_FORM, sent, do, again)


def _choice(
    door: Entrance, own: Standing, next_: str, filled: Filled, status: int = 200
) -> Response:
    return door.show(
        "factor.html",
        here=FACTOR,
        status=status,
        needed=own.state is State.FACTOR_MISSING,
        form=APP_FORM,
        filled=filled,
        next=next_,
        passkey=with_next(f"{FACTOR}/passkey", next_),
    )


def _secret(
    door: Entrance,
    own: Standing,
    factor_id: UUID,
    next_: str,
    filled: Filled,
    status: int = 200,
) -> Response:
    begun = door.page.services.own_access.begun_totp(own, factor_id)
    secret = begun.secret
    return door.show(
        "factor_app.html",
        here=f"{FACTOR}/app/{factor_id}",
        status=status,
        picture="data:image/svg+xml;base64," + base64.b64encode(begun.picture.encode()).decode(),
        uri=begun.uri,
        secret=" ".join(secret[at : at + _GROUP] for at in range(0, len(secret), _GROUP)),
        form=CONFIRM_FORM,
        filled=filled,
        next=next_,
    )


def _passkey(
    door: Entrance, own: Standing, next_: str, filled: Filled, status: int = 200
) -> Response:
    options = door.page.services.own_access.offer_passkey(own, door.door.place)
    return door.show(
        "factor_passkey.html",
        here=f"{FACTOR}/passkey",
        status=status,
        options=options,
        form=PASSKEY_FORM,
        filled=filled,
        next=next_,
        other=with_next(FACTOR, next_),
    )


def _added(
    door: Entrance, own: Standing, codes: list[str] | None, token: str, next_: str
) -> Response:
    """On; with the first factor after the recovery codes were shown, this once."""
    wanted = next_ if own.state is State.FACTOR_MISSING else "/profilo"
    if codes is None:
        return door.enter(token, wanted, "factor_added")
    return door.keep(token, recovery_codes(door, codes, wanted))


def recovery_codes(door: Entrance, codes: list[str], onward: str) -> Response:
    """The page that shows them once."""
    # Its session may have another token by now: nothing is sent from here.
    return door.show("recovery_codes.html", here=FACTOR, half=False, codes=codes, onward=onward)
