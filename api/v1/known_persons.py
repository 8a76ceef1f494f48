"""Tells before a household is registered whether somebody of it is known already.

Of households that are not the reader's to read it is told only that there is one: no id, no number,
no partner.
"""

from collections.abc import Iterable, Iterator, Mapping
from uuid import UUID

from api.languages import Language, translate
from api.security.visibility import Kind, may_read
from api.v1.household_answers import By, KnownPerson
from api.wiring import Services
from domain.actors import Actor
from domain.household import Household, Member
from workflows.eventstore.statements import statements

_SQL = statements("api.v1.sql", "households")

MOST = 200
"""More than that tells nothing more."""

SENTENCES: Mapping[By, str] = {
    "identifier": "Household {number} has a member with the same identifier.",
    "person": "Household {number} has a member with the same names and birthday.",
    "phone": "Household {number} has the same phone number.",
}
"""By what somebody is known, the closest first; the catalogue has the Italian."""

ELSEWHERE = "Another desk has registered a household with the same person."


def known_persons(
    services: Services, actor: Actor, language: Language, members: Iterable[Member]
) -> list[KnownPerson]:
    """Who of these is known already, in their order; the closest tie to each household."""
    return [
        KnownPerson(
            member=n,
            own=known is not None,
            by=None if known is None else by,
            household_id=None if known is None else known.id,
            number=None if known is None else known.number,
            sentence=translate(language, ELSEWHERE)
            if known is None
            else translate(language, SENTENCES[by]).format(number=known.number),
        )
        for n, by, known in _found(services, actor, members)
    ]


def _found(
    services: Services, actor: Actor, members: Iterable[Member]
) -> Iterator[tuple[int, By, Household | None]]:
    """The member, by what they are known, and where; at most one that is elsewhere for each."""
    elsewhere: set[int] = set()
    households: dict[UUID, Household] = {}
    for n, household_id, by in _ties(services, members):
        if household_id not in households:
            households[household_id] = services.register.household(household_id)
        known = households[household_id]
        if may_read(actor, Kind.PERSONS, known.partner):
            yield n, by, known
        elif by != "phone" and n not in elsewhere:
            elsewhere.add(n)
            yield n, by, None


def _ties(services: Services, members: Iterable[Member]) -> list[tuple[int, UUID, By]]:
    """Members, households that have one of their tokens, and the kind of the closest one."""
    found_by = services.engine.index.of_household(members)
    sought = [(n, *token) for n, tokens in enumerate(found_by) for token in sorted(tokens)]
    values = {
        "members": [n for n, _, _ in sought],
        "kinds": [kind for _, kind, _ in sought],
        "tokens": [token for _, _, token in sought],
        "limit": MOST,
    }
    with services.database.transaction() as tx:
        rows = tx.execute(_SQL["known_persons"], values).fetchall()
    return [
        (row["member"], row["household_id"], next(by for by in SENTENCES if by in row["kinds"]))
        for row in rows
    ]
