"""A dote step by step: how it stood before and after each of its events."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import cast
from uuid import UUID

from api import languages
from api.languages import Language, translate
from api.pages.say import N_
from api.pages.told import in_two
from api.wiring import Services
from domain.case import Case, Help
from domain.dote import Dote
from domain.dote_parts import Disbursement, Receipt, Vote
from domain.errors import NotFound
from domain.events.dote import DoteEvent, DoteRequested
from domain.events.dote_values import Tranche
from domain.ledger import ExposureChange, exposure_change
from domain.lifecycle import State
from domain.replay import replay
from domain.turns import Why, turns
from projections.journal import queries
from workflows.audit.checking import Proof, proof_of
from workflows.eventstore.log import Place

NOTHING = "—"
GRANTING = [
    "DoteApproved",
    "DoteWithdrawn",
    "DoteRevoked",
    "RefundReceived",
    "RefundUndone",
    "DisbursementReturned",
    "DisbursementUndone",
]
"""The events that change what a household is granted."""

NOBODY = N_("nobody")
VOTES = N_("{roles} ({given} of {wanted} votes)")
FAVOURABLE = {True: N_("favourable"), False: N_("unfavourable"), None: NOTHING}
RATIFIED = {True: N_("ratified"), False: N_("not ratified"), None: N_("to be ratified")}
APPEALED = {True: N_("accepted"), False: N_("not accepted"), None: N_("lodged, not decided yet")}
PRIVATE = N_("recorded, private")
UNTIL = N_("{kinds}, until {day}")

AMOUNTS = (
    ("requested_cents", N_("Requested")),
    ("proposed_cents", N_("Proposed")),
    ("approved_cents", N_("Approved")),
    ("disbursed_cents", N_("Paid")),
    ("documented_cents", N_("Accounted for")),
    ("refunded_cents", N_("Given back")),
    ("disallowed_cents", N_("Not admitted")),
    ("over_cap_cents", N_("Household's limit lifted up to")),
)


@dataclass(frozen=True, slots=True)
class Row:
    """One thing about a dote, before and after."""

    label: str
    before: str
    after: str

    @property
    def changed(self) -> bool:
        """Whether the event changed it."""
        return self.before != self.after


@dataclass(frozen=True, slots=True)
class Shown:
    """A step: `nth` of `count`. `rows`: all that is told; `proof`: what became of its proof."""

    dote: Dote
    event: DoteEvent
    place: Place
    nth: int
    count: int
    what: str
    rest: str
    name: str | None
    rows: tuple[Row, ...]
    proof: Proof


class Replay:
    """The steps of one dote, as far as its events can be read. Raises NotFound."""

    def __init__(self, services: Services, language: Language, dote_id: UUID) -> None:
        self._services = services
        self._language = language
        self.places = services.log.places_of(dote_id)
        readable = list(_readable(self.places))
        if not readable or not isinstance(readable[0], DoteRequested):
            raise NotFound
        self._steps = list(replay(readable))
        self.unreadable = self.places[len(readable) :]
        self.dote = self._steps[-1].dote

    @property
    def count(self) -> int:
        """How many steps there are."""
        return len(self._steps)

    def at(self, moment: datetime) -> int:
        """Which step was the last one at a moment; 0: there was none."""
        return sum(place.known_at <= moment for place in self.places[: self.count])

    def step(self, nth: int) -> Shown:
        """The nth step, from 1 on."""
        step, place = self._steps[nth - 1], self.places[nth - 1]
        before = self._steps[nth - 2].dote if nth > 1 else None
        what, rest = in_two(step.event, self._language)
        names = self._services.accounts.names([step.event.by.account_id])
        return Shown(
            dote=step.dote,
            event=step.event,
            place=place,
            nth=nth,
            count=self.count,
            what=what,
            rest=rest,
            name=names.get(step.event.by.account_id),
            rows=tuple(self._rows(before, self.places[nth - 2], step.dote, place)),
            proof=proof_of(self._services.keeper, place.stream_id, place.version),
        )

    def _rows(
        self, before: Dote | None, place_before: Place, after: Dote, place: Place
    ) -> Iterator[Row]:
        new = dict(self._told(after, place))
        old = {} if before is None else dict(self._told(before, place_before))
        for label, text in new.items():
            yield Row(label, old.get(label, NOTHING), text)

    def _told(self, dote: Dote, place: Place) -> Iterator[tuple[str, str]]:
        """All that is told of a dote; labels are English sentences."""
        yield N_("State"), languages.word(self._language, dote.state, "state")
        for field, label in AMOUNTS:
            cents = getattr(dote, field)
            yield label, languages.money(self._language, cents) if cents else NOTHING
        yield N_("Assessment"), self._say(FAVOURABLE[dote.favourable])
        yield N_("Waits for"), self._waits(dote, place)
        yield N_("Votes in favour"), self._listed(self._money(vote) for vote in dote.votes)
        yield N_("Payee"), self._say(PRIVATE) if dote.payee is not None else NOTHING
        yield (
            N_("Papers"),
            self._listed(
                languages.word(self._language, one.kind, "paper") for one in dote.documents
            ),
        )
        yield N_("Papers asked for"), self._asked(dote)
        yield (
            N_("Planned parts"),
            self._listed(self._money(part) for part in dote.tranches),
        )
        yield N_("Payments"), self._listed(self._with_state(one) for one in dote.disbursements)
        yield N_("Receipts"), self._listed(self._with_state(one) for one in dote.receipts)
        yield (
            N_("Ratification"),
            self._say(RATIFIED[dote.ratified])
            if dote.to_ratify or dote.ratified is not None
            else NOTHING,
        )
        yield (
            N_("Appeal"),
            NOTHING if dote.appeal is None else self._say(APPEALED[dote.appeal.accepted]),
        )
        yield N_("Reminders"), str(len(dote.alarms)) if dote.alarms else NOTHING

    def _say(self, english: str) -> str:
        return translate(self._language, english)

    def _money(self, part: Vote | Tranche | Disbursement | Receipt) -> str:
        return languages.money(self._language, part.amount_cents)

    def _with_state(self, part: Disbursement | Receipt) -> str:
        state = languages.word(self._language, part.state, "state")
        return f"{self._money(part)} ({state})"

    def _listed(self, parts: Iterable[str]) -> str:
        return ", ".join(parts) or NOTHING

    def _asked(self, dote: Dote) -> str:
        asked = dote.papers_asked
        if asked is None:
            return NOTHING
        day = languages.day(self._language, asked.due)
        return self._say(UNTIL).format(kinds=self._papers(asked.kinds), day=day)

    def _papers(self, kinds: Iterable[str]) -> str:
        return self._listed(languages.word(self._language, kind, "paper") for kind in kinds)

    def _waits(self, dote: Dote, place: Place) -> str:
        """Whose turn it was, at the time of the event and with what the log said then."""
        policy = self._services.register.policy(dote.policy_version)
        helps = self._helps(dote, place) if dote.state is State.ASSESSED else None
        at = place.known_at if place.event is None else place.event.at
        told = []
        for turn in turns(Case(dote, policy, at, helps)):
            roles = ", ".join(
                languages.word(self._language, role, "role") for role in sorted(turn.roles)
            )
            if turn.why is Why.VOTE and turn.wanted > 1:
                roles = self._say(VOTES).format(roles=roles, given=turn.given, wanted=turn.wanted)
            told.append(roles)
        return "; ".join(dict.fromkeys(told)) or self._say(NOBODY)

    def _helps(self, dote: Dote, place: Place) -> tuple[Help, ...]:
        """What other doti granted to the household, as the log told at a place."""
        services = self._services
        with services.database.transaction() as tx:
            indexes = queries.of_household(tx, dote.household_id, GRANTING, place.log_index)
        found = services.log.places(indexes).values()
        cents: dict[UUID, int] = {}
        first: dict[UUID, tuple[ExposureChange, datetime]] = {}
        for one in found:
            change = None if one.event is None else exposure_change(one.event)
            if change is not None and one.event is not None and change.dote_id != dote.id:
                cents[change.dote_id] = cents.get(change.dote_id, 0) + change.cents
                first.setdefault(change.dote_id, (change, one.event.at))
        return tuple(Help(first[id_][0].category, first[id_][1], cents[id_]) for id_ in first)


def _readable(places: Sequence[Place]) -> Iterator[DoteEvent]:
    """The events from the first one on, up to one that hands have been at."""
    for place in places:
        if place.event is None:
            return
        yield cast("DoteEvent", place.event)
