"""Aiuto: what the words mean, and who does what. For everybody, also before signing in."""

from fastapi import APIRouter, Response

from api.pages.shell import TheShell
from api.pages.terms import ROLES, TERMS

router = APIRouter(include_in_schema=False)


@router.get("/aiuto")
def glossary(page: TheShell) -> Response:
    """The glossary and the roles; those of whoever looks are marked."""
    actor = page.actor
    own = frozenset(grant.role for grant in actor.grants) if actor else frozenset()
    return page.page("help.html", terms=TERMS, roles=ROLES, own=own)
