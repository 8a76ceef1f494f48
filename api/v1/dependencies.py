"""What routes ask of a request: the services, who calls, in which language; ids and numbers.

The functions are `async` although they wait for nothing: the framework would send each of the
others to a thread of its own, which costs more than all that they do.
"""

import re
from datetime import UTC, datetime
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Header, Path, Query, Request, Security
from fastapi.security import APIKeyCookie, HTTPBearer
from pydantic import AfterValidator, AwareDatetime, BeforeValidator, Field
from pydantic_core import PydanticCustomError

from api.errors import WrongMediaType, invalid
from api.languages import Language, negotiate
from api.wiring import Services
from domain.actors import Actor

BIGGEST = 2**63 - 1
# Only for the description of the API: `api.security.authentication` has looked at the token
# before the framework begins.
_bearer = HTTPBearer(auto_error=False, description="A token as `doti token create` prints it.")
session_cookie = APIKeyCookie(
    name="__Host-doti",
    scheme_name="Session",
    auto_error=False,
    description="The cookie of a session (over plain http its name is `doti`). Whatever changes "
    "something sends X-CSRF-Token with it, as `GET /api/v1/session` tells it.",
)


async def services(request: Request) -> Services:
    """Everything that the application works with."""
    found: Services = request.app.state.services
    return found


async def signed_in(
    request: Request,
    _: Annotated[object, Security(_bearer)],
    __: Annotated[object, Security(session_cookie)],
) -> Actor:
    """Whoever calls; that they may, `api.security.rights` has seen to."""
    actor: Actor = request.state.actor
    return actor


async def language(
    accept_language: Annotated[
        str | None, Header(description="it or en; titles follow it.")
    ] = None,
) -> Language:
    """The language of sentences in the answer."""
    return negotiate(accept_language)


SignedIn = Annotated[Actor, Depends(signed_in)]


async def json_only(request: Request) -> None:
    """Refuses a body that is not JSON; the framework would take it for text."""
    _media_type(request, "application/json")


async def multipart_only(request: Request) -> None:
    """Refuses a body that is not a form with a file."""
    _media_type(request, "multipart/form-data")


def _media_type(request: Request, wanted: str) -> None:
    given = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    empty = "content-length" not in request.headers and "transfer-encoding" not in request.headers
    nothing = empty or request.headers.get("content-length") == "0"
    if given != wanted and not (nothing and not given):
        raise WrongMediaType(wanted)


TheServices = Annotated[Services, Depends(services)]
TheLanguage = Annotated[Language, Depends(language)]

DoteId = Annotated[UUID, Path(description="The dote's id.")]
HouseholdId = Annotated[UUID, Path(description="The household's id.")]
DelegationId = Annotated[UUID, Path(description="The delegation's id.")]
ConflictId = Annotated[UUID, Path(description="The conflict's id.")]
AccountId = Annotated[UUID, Path(description="The account's id.")]
GrantId = Annotated[UUID, Path(description="The id of a role that was granted.")]
TokenId = Annotated[UUID, Path(description="The token's id; not the token itself.")]
Nth = Annotated[int, Path(ge=1, le=1_000_000, description="Its number within the dote, from 1 on.")]
Limit = Annotated[int, Query(ge=1, le=200, description="At most so many items.")]
Cursor = Annotated[
    str | None,
    Query(max_length=500, description="`next_cursor` of the page before; opaque."),
]

_RFC_3339 = re.compile(
    r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(\.\d{1,9})?([Zz]|[+ -]\d\d:\d\d)", re.ASCII
)


def _written_out(value: object) -> object:
    if isinstance(value, str):
        if not _RFC_3339.fullmatch(value):
            raise PydanticCustomError("time", "not an RFC 3339 time")
        # A plus sign that was not percent-encoded arrives as a space.
        return f"{value[:-6]}+{value[-5:]}" if value[-6] == " " else value
    return value


def _in_utc(time: datetime) -> datetime:
    try:
        return time.astimezone(UTC)
    except OverflowError:  # before the year 1 or after 9999
        raise PydanticCustomError("time", "out of range") from None


Time = Annotated[AwareDatetime, BeforeValidator(_written_out), AfterValidator(_in_utc)]
"""An RFC 3339 time with its zone; UTC afterwards."""

AsOf = Annotated[Time | None, Query(description="As it was known at this time (RFC 3339).")]
At = Annotated[
    Annotated[int, Field(ge=0, le=BIGGEST)] | None,
    Query(description="As it was known at this index of the log."),
]


def log_index_of(services: Services, as_of: datetime | None, at: int | None) -> int | None:
    """The index of the log that a request asks for; None asks for the present."""
    if as_of is not None and at is not None:
        raise invalid("either", "query", "at")
    if as_of is not None:
        return services.register.index_at(as_of)
    return at
