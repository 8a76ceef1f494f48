"""The JSON bodies of who signs in and keeps their own access, each with an example."""

from typing import Annotated

from api.v1 import session_schemas
from api.v1.body import body

_PHRASE = "una frase lunga e mia"
_LINK = "come sta nel link"

SignInBody = Annotated[
    session_schemas.SignIn,
    body(email="anna@example.org", password=_PHRASE, shared_computer=False),
]
SecondFactorBody = Annotated[session_schemas.SecondFactor, body(code="123456")]
AcceptInvitationBody = Annotated[
    session_schemas.AcceptInvitation,
    body(token=_LINK, password=_PHRASE),
]
NewPasswordBody = Annotated[
    session_schemas.ChangePassword,
    body(current=_PHRASE, new="un'altra frase, più mia"),
]
NewFactorBody = Annotated[session_schemas.NewFactor, body(kind="totp", label="Telefono")]
CodeBody = Annotated[session_schemas.Code, body(code="123456")]
PasswordBody = Annotated[session_schemas.Password, body(password=_PHRASE)]
_CLIENT_DATA = "eyJ0eXBlIjoid2ViYXV0aG4uY3JlYXRlIn0"
_CREDENTIAL = {
    "id": "AQIDBA",
    "rawId": "AQIDBA",
    "type": "public-key",
    "response": {"clientDataJSON": _CLIENT_DATA, "attestationObject": "o2NmbXRkbm9uZQ"},
}
_SIGNED = {
    **_CREDENTIAL,
    "response": {"clientDataJSON": _CLIENT_DATA, "authenticatorData": "AA", "signature": "MEQ"},
}
NewPasskeyBody = Annotated[
    session_schemas.NewPasskey, body(label="Chiavetta", credential=_CREDENTIAL)
]
PasskeyBody = Annotated[session_schemas.Passkey, body(credential=_SIGNED)]
LinkIdentityBody = Annotated[session_schemas.LinkIdentity, body(password=_PHRASE, next="/")]
