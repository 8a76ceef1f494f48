"""Regole: the versions of the rules, read in words and compared."""

from typing import Annotated
from uuid import uuid4

from fastapi import APIRouter, Path, Query, Response

from api.pages.programme.drafts import Drafts
from api.pages.programme.rules_view import compared, version_of, versions, words
from api.pages.shell import TheShell
from api.pages.who import SignedIn
from api.security.rights import COORDINATORS
from domain.actors import Actor

router = APIRouter(include_in_schema=False)

RULES = "/programma/regole"
Version = Annotated[int, Path(ge=1, le=1_000_000)]
Asked = Annotated[int | None, Query(ge=1, le=1_000_000)]


@router.get(RULES)
def rules(page: TheShell, actor: SignedIn) -> Response:
    """All versions, and the drafts."""
    known, services = page.services.register.programme(), page.services
    drafts = Drafts(services.database).all() if _coordinates(actor) else []
    names = services.accounts.names({draft.changed_by for draft in drafts})
    return page.page(
        "rules.html",
        place=RULES,
        versions=versions(page, known),
        drafts=[(draft, names.get(draft.changed_by, "?")) for draft in drafts],
        coordinates=_coordinates(actor),
        key=uuid4().hex,
    )


@router.get(f"{RULES}/confronto")
def comparison(page: TheShell, _: SignedIn, da: Asked = None, a: Asked = None) -> Response:
    """What one version says differently from another: of the newest two, if none are named."""
    known = page.services.register.programme()
    last = max(known.policies)
    before, after = da or max(last - 1, 1), a or last
    pair = version_of(known, before).rules, version_of(known, after).rules
    return page.page(
        "rules_compared.html",
        place=RULES,
        before=before,
        after=after,
        numbers=sorted(known.policies),
        differences=compared(*pair, known, page.language),
    )


@router.get(f"{RULES}/{{version}}")
def version(version: Version, page: TheShell, actor: SignedIn) -> Response:
    """One version, in words."""
    known = page.services.register.programme()
    policy = version_of(known, version)
    (shown,) = [each for each in versions(page, known) if each.policy.version == version]
    return page.page(
        "rules_version.html",
        place=RULES,
        shown=shown,
        coordinates=_coordinates(actor),
        key=uuid4().hex,
        **words(policy.rules, known, page.language),
    )


def _coordinates(actor: Actor) -> bool:
    return actor.role_for(COORDINATORS, None) is not None
