"""Finds doti and households by what people type: numbers, the programme's own names, and persons.

Persons are found by whole words of their names, a whole identifier or phone number only, as tokens
of the blind index, and only by who may read who they are.
"""

from collections.abc import Iterable, Iterator
from uuid import UUID

from api.security.visibility import Kind, may_read, reading_role
from api.wiring import Services
from domain.actors import Actor, Role
from domain.lifecycle import READERS
from domain.programme import Programme
from domain.text import folded
from projections.doti import queries
from projections.doti.households import PersonWord
from projections.doti.queries import Word
from workflows.eventstore.blind_index import Token


class Search:
    """What one person can find. `found`: the households that the words named, by whatever."""

    def __init__(self, services: Services, actor: Actor) -> None:
        self._actor = actor
        self._database = services.database
        self._index = services.engine.index
        self._programme = services.register.programme()
        self._scope = actor.scope(READERS)
        self.readable = frozenset(
            code for code in self._programme.partners if may_read(actor, Kind.PERSONS, code)
        )
        self.found: set[UUID] = set()

    @property
    def role(self) -> Role | None:
        """The role in which the person finds others by who they are; None: they do not."""
        roles = (reading_role(self._actor, Kind.PERSONS, code) for code in sorted(self.readable))
        return next(roles, None)

    def words(self, text: str) -> tuple[Word, ...]:
        """The words of a search, each with all that it may mean."""
        words = list(dict.fromkeys(split(text)))
        if len(words) > 1:
            # An identifier or a phone number may be written with spaces.
            whole = self._households(text, self._whole(text))
            if whole:
                return (Word(text, whole),)
        return tuple(self._word(word) for word in words)

    def persons(self, text: str) -> tuple[PersonWord, ...]:
        """The words of a search for households."""
        words = list(dict.fromkeys(split(text)))
        if len(words) > 1 and self._households(text, self._whole(text)):
            return (PersonWord(text, _hashes(self._whole(text))),)
        return tuple(PersonWord(word, _hashes(self._tokens(word))) for word in words)

    def _word(self, word: str) -> Word:
        found = self._households(word, self._tokens(word))
        return Word(word, found, *_named(self._programme, word))

    def _tokens(self, word: str) -> list[Token]:
        return [self._index.word(word), *self._whole(word)]

    def _whole(self, text: str) -> list[Token]:
        """What is found by an identifier or a phone number, which may be written with spaces."""
        phone = self._index.phone(text)
        return [self._index.identifier(text), *([] if phone is None else [phone])]

    def _households(self, text: str, tokens: list[Token]) -> tuple[UUID, ...]:
        with self._database.transaction() as tx:
            hashes = list(_hashes(tokens))
            found = queries.households(tx, text, hashes, self._scope, self.readable)
        self.found.update(found)
        return found


def _hashes(tokens: Iterable[Token]) -> tuple[bytes, ...]:
    return tuple(token for _, token in tokens)


def split(text: str) -> Iterator[str]:
    """Numbers and identifiers as they are; what else there is, at each mark within."""
    for part in text.split():
        plain = [] if any(sign.isdigit() for sign in part) else folded(part).split()
        yield from plain or [part]


def _named(
    programme: Programme, word: str
) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
    """The items, categories and partners with a word in their name, code or desk that begins
    with this one."""
    categories = programme.categories.values()
    items = {code: name for category in categories for code, name in category.items.items()}
    return (
        tuple(code for code, name in items.items() if _begins(word, code, name)),
        tuple(each.code for each in categories if _begins(word, each.code, each.name)),
        tuple(
            each.code
            for each in programme.partners.values()
            if _begins(word, each.code, each.name, each.desk or "")
        ),
    )


def _begins(word: str, *names: str) -> bool:
    begin = folded(word)
    known = (part for name in names for part in folded(name).split())
    return bool(begin) and any(part.startswith(begin) for part in known)
