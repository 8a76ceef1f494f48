"""Tells of help that was given or asked for already, without opening another desk's file."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from api.languages import Language, day, money, translate
from api.v1.insight import DoubleHelp
from api.wiring import Services
from domain.actors import Actor, Role
from domain.case import EXPOSURE_PERIOD, Case
from domain.days import day_here
from domain.programme import Category
from projections.doti.double_help import By, Match, Sought, matches
from workflows.engine import can_see, looked_back
from workflows.eventstore.blind_index import Token

READERS = frozenset({Role.OPERATOR, Role.ASSESSOR, Role.APPROVER, Role.COORDINATOR})
"""Who works on a dote or decides on it; others have no use for it."""

DESKS: Mapping[bool, str] = {True: "This desk", False: "Another desk"}
SOMETHING = "another need"
_HELPED = "{desk} helped this household for {item} on {day}, {amount}."
_ASKED = "{desk} asked for {item} for this household on {day}, {amount}."
SENTENCES: Mapping[tuple[By, bool], str] = {
    (By.HOUSEHOLD, True): _HELPED,
    (By.HOUSEHOLD, False): _ASKED,
    (By.PERSON, True): _HELPED,
    (By.PERSON, False): _ASKED,
    (By.PAYEE, True): "{desk} granted {item} to the same payee on {day}, {amount}.",
    (By.PAYEE, False): "{desk} asked for {item} for the same payee on {day}, {amount}.",
}
"""By what it is the same, and whether it was granted: what that is called."""


@dataclass(frozen=True, slots=True)
class DoubleHelpView:
    """What one reader is told."""

    services: Services
    actor: Actor
    language: Language

    def of_dote(self, case: Case, payee: Iterable[Token] = ()) -> list[DoubleHelp]:
        """What was given or asked for beside a dote. `payee`: who would be paid."""
        dote = case.dote
        since = case.now - looked_back(case.policy)
        sought = Sought(dote.household_id, since, dote, payee)
        return self._shown(sought, dote.partner, dote.category)

    def of_household(self, household_id: UUID, partner: str) -> list[DoubleHelp]:
        """What was given to or asked for a household."""
        since = self.services.engine.clock() - self._longest_period()
        return self._shown(Sought(household_id, since), partner, None)

    def _longest_period(self) -> timedelta:
        policies = self.services.register.programme().policies.values()
        return max(map(looked_back, policies), default=EXPOSURE_PERIOD)

    def _shown(self, sought: Sought, partner: str, category: str | None) -> list[DoubleHelp]:
        if self.actor.role_for(READERS, partner) is None:
            return []
        database = self.services.database
        # Help at another desk is to be seen here; `_one` says how much of it.
        with database.across_partners(), database.transaction() as tx:
            return [self._one(match, partner, category) for match in matches(tx, sought)]

    def _one(self, match: Match, partner: str, category: str | None) -> DoubleHelp:
        dote = match.dote
        own = can_see(self.actor, dote.partner)
        known = self.services.register.category(dote.category)
        told = own or not known.health_data or dote.category == category
        return DoubleHelp(
            by=match.by,
            same_need=match.same_need,
            category=dote.category if told else None,
            item=dote.item if told else None,
            at=match.at,
            amount_cents=match.amount_cents,
            state=dote.state,
            own=own,
            dote_id=dote.id if own else None,
            number=dote.number if own else None,
            sentence=self._sentence(match, partner, known if told else None),
        )

    def _sentence(self, match: Match, partner: str, category: Category | None) -> str:
        dote, language = match.dote, self.language
        sentence = translate(language, SENTENCES[match.by, match.granted])
        return sentence.format(
            desk=translate(language, DESKS[dote.partner == partner]),
            item=_within(category.items[dote.item]) if category else translate(language, SOMETHING),
            day=day(language, day_here(match.at)),
            # As it is written where the money is.
            amount=money("it", match.amount_cents),
        )


def _within(name: str) -> str:
    """A name within a sentence; one that is all capitals stays."""
    return name if name[:2].isupper() else name[:1].lower() + name[1:]
