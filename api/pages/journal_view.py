"""The log as it is searched and read: each event in words, where it stands, when, and who."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlencode
from uuid import UUID

from api.languages import Language, translate
from api.pages.period import Period
from api.pages.say import N_
from api.pages.told import GROUPS, in_two, kind_of
from api.wiring import Services
from domain.actors import SYSTEM_ID
from domain.events.account import AccountEvent
from domain.events.base import EVENT_TYPES, Event
from domain.events.dote import DoteEvent
from domain.events.household import HouseholdEvent
from projections.journal import queries
from projections.journal.queries import JournalQuery, Named, Places
from workflows.eventstore.log import Place

LISTED = 50
FIELDS = ("tipo", "chi", "partner", "numero", "dal", "al", "posizione")
"""What the log is searched by, as the address names it."""

NO_SUCH_NUMBER = N_("No dote and no household has this number. Write it whole, like CI-2026-00042.")
NO_PLACE = N_("The log has no such position: it goes from 1 to {end}.")

_MOMENT = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Asked:
    """A search. `texts`: its fields as they were filled in; `query` None: something is wrong."""

    texts: Mapping[str, str]
    wrong: Mapping[str, str]
    query: JournalQuery | None
    place: int | None = None

    @property
    def any(self) -> bool:
        """Whether anything is asked for."""
        return any(self.texts.values())

    def address(self, **more: object) -> str:
        """The address of this search, with something more."""
        kept = {name: text for name, text in self.texts.items() if text}
        return f"/registro?{urlencode({**kept, **more})}"


@dataclass(frozen=True, slots=True)
class Line:
    """An event. `what` and `rest`: its sentence; `subject`: the number or name that it is about,
    `href`: where more of it is. `readable`: else hands have been at it."""

    log_index: int
    at: datetime | None
    what: str
    rest: str
    subject: str
    href: str | None
    name: str | None
    role: str | None
    partner: str | None
    readable: bool
    is_dote: bool = False


def asked(
    services: Services, language: Language, given: Mapping[str, str], upto: int | None
) -> Asked:
    """What is searched for. `upto`: where a page goes on."""
    texts = {name: given.get(name, "").strip() for name in FIELDS}
    period = Period.read(texts, language)
    wrong = dict(period.wrong)
    end = services.log.end()
    place = _position(texts["posizione"])
    if texts["posizione"] and (place is None or not 1 <= place <= end):
        wrong["posizione"] = translate(language, NO_PLACE).format(end=end)
    named = number_named(services, texts["numero"])
    if texts["numero"] and named is None:
        wrong["numero"] = translate(language, NO_SUCH_NUMBER)
    if wrong:
        return Asked(texts, wrong, None)
    bounds = [bound for bound in (end, place, upto) if bound is not None]
    if period.until is not None:
        bounds.append(services.register.index_at(period.until - _MOMENT))
    since = period.since
    query = JournalQuery(
        upto=min(bounds),
        after=0 if since is None else services.register.index_at(since - _MOMENT),
        topic=texts["tipo"] if texts["tipo"] in EVENT_TYPES else None,
        account_id=uuid_of(texts["chi"]),
        partner=texts["partner"] or None,
        household_id=named.id if named and not named.is_dote else None,
        dote_id=named.id if named and named.is_dote else None,
        limit=LISTED,
    )
    return Asked(texts, {}, query, place)


def number_named(services: Services, number: str) -> Named | None:
    """The dote or household of a number."""
    if not number:
        return None
    with services.database.transaction() as tx:
        return queries.named(tx, number)


def uuid_of(text: str) -> UUID | None:
    """The id that a text is; None if it is none."""
    try:
        return UUID(text)
    except ValueError:
        return None


def found(services: Services, language: Language, query: JournalQuery) -> tuple[list[Line], Places]:
    """A page of the log."""
    with services.database.transaction() as tx:
        places = queries.places(tx, query)
        at = services.log.places(places.indexes)
        events = [place.event for place in at.values() if place.event is not None]
        numbers = queries.numbers(tx, (id_ for event in events for id_ in _ids(event)))
    names = services.accounts.names(id_ for event in events for id_ in _people(event))
    told = _Told(language, numbers, names)
    return [told.line(index, at.get(index)) for index in places.indexes], places


def kinds(language: Language) -> list[tuple[str, list[tuple[str, str]]]]:
    """What can be looked for: by group, what it is stored as and what it is called."""
    return [
        (group, sorted(((one.__name__, kind_of(one, language)) for one in of), key=_by_name))
        for group, of in GROUPS
    ]


def people(services: Services, itself: str) -> list[tuple[str, str]]:
    """Whose events can be looked for. `itself`: what the register is called that reminds."""
    known = [(str(row["id"]), str(row["name"])) for row in services.accounts.listed()]
    return [*known, (str(SYSTEM_ID), itself)]


def _by_name(kind: tuple[str, str]) -> str:
    return kind[1].casefold()


def _position(text: str) -> int | None:
    digits = text.replace(".", "").replace(",", "")
    return int(digits) if digits.isdecimal() and len(digits) < 19 else None


def _ids(event: Event) -> Iterator[UUID]:
    """The doti and households that an event is about."""
    yield event.originator_id
    for name in ("dote_id", "household_id"):
        id_ = getattr(event, name, None)
        if id_ is not None:
            yield id_


def _people(event: Event) -> Iterable[UUID]:
    """Who did it, and whose account it is."""
    whose = [event.originator_id] if isinstance(event, AccountEvent) else []
    return [event.by.account_id, *whose]


@dataclass(frozen=True, slots=True)
class _Told:
    """Tells events, with what doti, households and people are called."""

    language: Language
    numbers: Mapping[UUID, str]
    names: Mapping[UUID, str]

    def line(self, index: int, place: Place | None) -> Line:
        """What stands at a place."""
        event = place.event if place is not None else None
        if place is None or event is None:
            at = None if place is None else place.known_at
            return Line(index, at, "", "", "", None, None, None, None, readable=False)
        what, rest = in_two(event, self.language)
        subject, href = self._subject(event)
        return Line(
            log_index=index,
            at=event.at,
            what=what,
            rest=rest,
            subject=subject,
            href=href,
            name=self.names.get(event.by.account_id),
            role=event.by.role,
            partner=event.by.partner or event.by.works_for,
            readable=True,
            is_dote=isinstance(event, DoteEvent),
        )

    def _subject(self, event: Event) -> tuple[str, str | None]:
        if isinstance(event, DoteEvent):
            number = self.numbers.get(event.originator_id, "")
            return number, f"/registro/doti/{event.originator_id}?passo={event.originator_version}"
        if isinstance(event, HouseholdEvent):
            return self._household(event.originator_id)
        dote_id: UUID | None = getattr(event, "dote_id", None)
        if dote_id is not None and dote_id in self.numbers:
            return self.numbers[dote_id], f"/registro/doti/{dote_id}"
        household_id: UUID | None = getattr(event, "household_id", None)
        if household_id is not None:
            return self._household(household_id)
        return self.names.get(event.originator_id, ""), None

    def _household(self, household_id: UUID) -> tuple[str, str | None]:
        number = self.numbers.get(household_id, "")
        return number, f"/registro?{urlencode({'numero': number})}" if number else None
