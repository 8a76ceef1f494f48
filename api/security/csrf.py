"""That a request which changes something comes from our own page, and not from somebody else's.

Two walls: the browser's own word on where it comes from (Sec-Fetch-Site, Origin), and a token that
only a page of ours can know: an HMAC under the secret of the cookie, which no page can read.
"""

import base64
import hmac
from hashlib import sha256

from starlette.datastructures import Headers
from starlette.types import Scope

from api.security.refusals import FromElsewhere, PageTooOld

HEADER = "X-CSRF-Token"

SAFE = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})
_OURS = ("same-origin", "none")  # none: typed in, or from a bookmark


def token_for(secret: str) -> str:
    """The token that belongs to the secret of a cookie."""
    digest = hmac.digest(secret.encode(), b"csrf", sha256)
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def check_token(secret: str | None, given: str | None) -> None:
    """Refuses a token that does not belong to the secret."""
    if secret is None or given is None:
        raise PageTooOld
    if not hmac.compare_digest(token_for(secret).encode(), given.encode()):
        raise PageTooOld


def own_origin(scope: Scope, public_url: str | None) -> str:
    """Where people reach the register: as it is told, or as the request says."""
    host = Headers(scope=scope).get("host", "")
    return (public_url or f"{scope['scheme']}://{host}").lower()


def check_origin(scope: Scope, public_url: str | None) -> None:
    """Refuses what a browser says comes from a page of another address."""
    headers = Headers(scope=scope)
    site, origin = headers.get("sec-fetch-site"), headers.get("origin")
    if site is not None and site not in _OURS:
        raise FromElsewhere
    if origin is None or (origin == "null" and site is not None):
        return  # a page that sends no referrer tells no origin either
    if origin.lower() != own_origin(scope, public_url):
        raise FromElsewhere


def is_browser(scope: Scope) -> bool:
    """Whether the request is made by a browser for a page; a program has nobody to be abused."""
    headers = Headers(scope=scope)
    return "origin" in headers or "sec-fetch-site" in headers
