"""A command on its way from a page: the same as one that comes by the API."""

from fastapi.responses import Response

from api.pages.forms import Filled
from api.pages.shell import Shell
from api.v1.commands import Call
from api.v1.views import View
from domain.actors import Actor


def calling(page: Shell, actor: Actor, filled: Filled | None) -> Call:
    """It counts once however often the form is sent; None: a button, of something that can be
    done only once anyway."""
    return keyed(page, actor, None if filled is None else filled.once)


def keyed(page: Shell, actor: Actor, key: str | None) -> Call:
    """It counts once under its key."""
    return Call(page.request, Response(), View(page.services, actor, page.language), key)
