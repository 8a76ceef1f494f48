"""The cookies of the sign-in: their names and flags, over https and over plain http.

Over https they carry the prefix `__Host-`: no other host, no page under plain http and no other
path can set one of that name.
"""

from typing import Any

from starlette.requests import HTTPConnection
from starlette.responses import Response
from starlette.types import Scope

SESSION = "doti"
BEFORE = "doti-before"
"""Before anybody signs in: what a sign-in form is bound to."""

_PREFIX = "__Host-"
_LONGEST = 100


class Cookies:
    """Reads and sets them. `public_url`: where people reach the register, if it is told."""

    def __init__(self, public_url: str | None) -> None:
        self._public_url = public_url

    def read(self, scope: Scope, name: str) -> str | None:
        """The value that the request brought, if it is one that could be ours."""
        value = HTTPConnection(scope).cookies.get(self._name(scope, name), "")
        return value if 0 < len(value) <= _LONGEST and value.isascii() else None

    def set(self, scope: Scope, response: Response, name: str, value: str) -> None:
        """Gives the browser a value, until it is closed."""
        response.set_cookie(self._name(scope, name), value, **self._flags(scope))

    def clear(self, scope: Scope, response: Response, name: str) -> None:
        """Takes it away."""
        response.delete_cookie(self._name(scope, name), **self._flags(scope))

    def _name(self, scope: Scope, name: str) -> str:
        return _PREFIX + name if self._is_secure(scope) else name

    def _flags(self, scope: Scope) -> dict[str, Any]:
        secure = self._is_secure(scope)
        return {"path": "/", "secure": secure, "httponly": True, "samesite": "lax"}

    def _is_secure(self, scope: Scope) -> bool:
        told = (self._public_url or "").startswith("https://")
        return told or scope["scheme"] == "https"
