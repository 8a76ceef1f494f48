"""The drafts of whoever looks, as a list shows them."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from api.pages.drafting import AMOUNT, ITEM, Writing
from api.pages.navigation import REQUESTERS
from api.pages.shell import Shell
from domain.actors import Actor
from domain.errors import NotFound
from workflows.engine import can_see
from workflows.eventstore.drafts import Draft, Drafts


@dataclass(frozen=True, slots=True)
class Listed:
    """A draft. `about`: the number of its household, or who they are; None: nobody yet."""

    id: UUID
    about: str | None
    item: str | None
    amount: str
    saved_at: datetime


def drafts(page: Shell, actor: Actor) -> list[Listed]:
    """What somebody has begun; a search alone is not worth to be listed."""
    if not actor.has_any(REQUESTERS):
        return []
    services = page.services
    kept = Drafts(services.database, services.vault)
    return list(_listed(page, actor, kept.all_of(actor.account_id, services.engine.clock())))


def _listed(page: Shell, actor: Actor, found: list[Draft]) -> Iterator[Listed]:
    categories = page.services.register.programme().categories.values()
    names = {code: name for each in categories for code, name in each.items.items()}
    for draft in found:
        writing = Writing.of(draft)
        if writing.is_begun:
            texts = writing.texts
            yield Listed(
                draft.id,
                _about(page, actor, writing),
                names.get(texts.get(ITEM.name, "")),
                texts.get(AMOUNT.name, "").strip(),
                draft.saved_at,
            )


def _about(page: Shell, actor: Actor, writing: Writing) -> str | None:
    if writing.household_id is None:
        typed = (writing.texts.get(f"m0_{part}", "") for part in ("given_name", "family_name"))
        return " ".join(filter(None, typed)) or None
    try:
        household = page.services.register.household(writing.household_id)
    except NotFound:
        return None
    return household.number if can_see(actor, household.partner) else None
