"""What every event carries, and the registry of event types."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, ClassVar, Self
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from domain.actors import Signature
from domain.days import day_here
from domain.privacy import Private, Sealed

EVENT_TYPES: dict[str, type["Event"]] = {}
"""Every event class by its stable name. The name is what is stored: a class may move between
modules, it is never renamed."""


@dataclass(frozen=True, slots=True)
class Stamp:
    """The circumstances of a command, the same for all its events.

    `at`: when, UTC. `correlation_id`: the request that it came from, as the logs name it.
    `causation_id`: the command itself; unique, so that a repeated attempt is recognised.
    """

    at: datetime
    by: Signature
    correlation_id: str
    causation_id: UUID

    @property
    def day(self) -> date:
        """Which day it is here."""
        return day_here(self.at)


class Event(BaseModel):
    """A fact. `originator_version` counts from 1 within its stream."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    class_version: ClassVar[int] = 1
    secret_fields: ClassVar[tuple[str, ...]] = ()

    originator_id: UUID
    originator_version: Annotated[int, Field(ge=1)]
    at: AwareDatetime
    by: Signature
    correlation_id: Annotated[str, Field(max_length=64)]
    causation_id: UUID

    @classmethod
    def __pydantic_init_subclass__(cls, **kwargs: object) -> None:
        super().__pydantic_init_subclass__(**kwargs)
        if cls.__name__ in EVENT_TYPES:
            raise TypeError(f"two event classes are named {cls.__name__}")
        EVENT_TYPES[cls.__name__] = cls
        cls.secret_fields = tuple(
            name
            for name, info in cls.model_fields.items()
            if {Private, Sealed} & _members(info.annotation)
        )

    @classmethod
    def stamped(cls, stamp: Stamp, stream_id: UUID, version: int, /, **data: object) -> Self:
        """The event with its stamp, as number `version` of its stream."""
        return cls.model_validate(
            {
                "originator_id": stream_id,
                "originator_version": version,
                "at": stamp.at,
                "by": stamp.by,
                "correlation_id": stamp.correlation_id,
                "causation_id": stamp.causation_id,
                **data,
            }
        )


def _members(annotation: object) -> set[object]:
    """The types in a union, through Annotated and nested unions."""
    arguments = getattr(annotation, "__args__", ())
    return {annotation}.union(*(_members(argument) for argument in arguments))
