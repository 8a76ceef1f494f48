"""Private values: what may be erased, and therefore never stands in clear text in an event.

A value is `Private` between the moment that somebody typed it and the moment that its event is
stored, and `Sealed` ever after. The event store seals; the domain carries either without looking.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any, Self
from uuid import UUID, uuid5

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, core_schema


class Private:
    """A value in clear, of one subject (a household), not yet stored.

    It has no serializer on purpose: whoever tries to write it anywhere gets an error. Nor is it a
    dataclass, because JSON encoders write those without being asked.
    """

    __match_args__ = ("subject_id", "text")
    __slots__ = ("_subject_id", "_text")

    def __init__(self, subject_id: UUID, text: str) -> None:
        self._subject_id = subject_id
        self._text = text

    @property
    def subject_id(self) -> UUID:
        """Whose value it is."""
        return self._subject_id

    @property
    def text(self) -> str:
        """The value in clear."""
        return self._text

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Private):
            return NotImplemented
        return (self.subject_id, self.text) == (other.subject_id, other.text)

    def __hash__(self) -> int:
        return hash((self.subject_id, self.text))

    def __repr__(self) -> str:
        return f"Private({self.subject_id})"

    @classmethod
    def record(cls, subject_id: UUID, values: Mapping[str, object]) -> Self:
        """Several values as one, to be sealed and opened together."""
        return cls(subject_id, json.dumps(values, ensure_ascii=False, default=str))


class Note(Private):
    """What was written about a household's situation: it has the key of the household's notes.

    Households from before notes had a key get it with the first one (`UnitOfWork.append`).
    """

    __slots__ = ("_household_id",)

    def __init__(self, household_id: UUID, text: str) -> None:
        super().__init__(notes_of(household_id), text)
        self._household_id = household_id

    @property
    def household_id(self) -> UUID:
        """Whose situation it is about."""
        return self._household_id


@dataclass(frozen=True, slots=True)
class Sealed:
    """Ciphertext of one subject. `token` is base64url of nonce and ciphertext."""

    subject_id: UUID
    token: str = field(repr=False)


class _Secret:
    """Validation and serialization of a private field in an event."""

    @classmethod
    def __get_pydantic_core_schema__(cls, _: object, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(
            _read, serialization=core_schema.plain_serializer_function_ser_schema(_write)
        )

    @classmethod
    def __get_pydantic_json_schema__(
        cls, _: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        return {
            "type": "object",
            "properties": {"subject": {"type": "string"}, "sealed": {"type": "string"}},
            "required": ["subject", "sealed"],
        }


def _read(value: object) -> Private | Sealed:
    match value:
        case Private() | Sealed():
            return value
        case {"subject": str(subject), "sealed": str(token)}:
            return Sealed(UUID(subject), token)
    raise ValueError("a private field holds a sealed value")


def _write(value: object) -> dict[str, str]:
    if not isinstance(value, Sealed):
        raise TypeError("a private value must be sealed before it is written anywhere")
    return {"subject": str(value.subject_id), "sealed": value.token}


Secret = Annotated[Private | Sealed, _Secret]
"""The type of a private field in an event."""


def read_record(text: str) -> dict[str, Any]:
    """The values that `Private.record` put together."""
    values: dict[str, Any] = json.loads(text)
    return values


def notes_of(household_id: UUID, erasures: int = 0) -> UUID:
    """The subject of what was written about a household's situation.

    It has a key of its own, because such notes are erased earlier than the papers of the money;
    and another one after each time that they were (`erasures`), for a household that comes back.
    """
    return uuid5(household_id, f"notes {erasures}" if erasures else "notes")
