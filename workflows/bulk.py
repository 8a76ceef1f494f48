"""Several doti decided at once: each by its own command, so that one refusal stops no other.

The same request again goes on where it was interrupted: what is done is told again, and the rest
is done.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from domain.errors import DomainError, NamedTwice
from workflows import approval, assessment
from workflows.commands import Approve, Assess, Command, Motivate
from workflows.engine import Decide, Engine, Outcome, Request

MOST = 200
Version = Annotated[int, Field(ge=1, le=2**31 - 1)]


class AssessOne(Assess):
    """An assessment, of one dote of several. `version`: the one that was decided on."""

    dote_id: UUID
    version: Version | None = None


class ApproveOne(Approve):
    """A vote, on one dote of several."""

    dote_id: UUID
    version: Version | None = None


class RejectOne(Motivate):
    """A rejection, of one dote of several."""

    dote_id: UUID
    version: Version | None = None


class AssessMany(Command):
    """Assessments."""

    action: Literal["assess"]
    items: Annotated[tuple[AssessOne, ...], Field(min_length=1, max_length=MOST)]


class ApproveMany(Command):
    """Votes."""

    action: Literal["approve"]
    items: Annotated[tuple[ApproveOne, ...], Field(min_length=1, max_length=MOST)]


class RejectMany(Command):
    """Rejections."""

    action: Literal["reject"]
    items: Annotated[tuple[RejectOne, ...], Field(min_length=1, max_length=MOST)]


One = AssessOne | ApproveOne | RejectOne


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one of them: an outcome, or why not."""

    dote_id: UUID
    outcome: Outcome | DomainError


def decide_many(engine: Engine, request: Request, items: Sequence[One]) -> Iterator[Result]:
    """Each dote in its order, with its result.

    Under the request's Idempotency-Key each command has a key of its own.
    """
    seen: set[UUID] = set()
    for n, item in enumerate(items):
        if item.dote_id in seen:
            raise NamedTwice(f"items.{n}.dote_id", str(item.dote_id))
        seen.add(item.dote_id)
    engine.claim(request)
    for item in items:
        yield Result(item.dote_id, _decide_one(engine, request, item))


def _decide_one(engine: Engine, request: Request, item: One) -> Outcome | DomainError:
    key = request.idempotency_key
    sent = item.model_dump_json(exclude_unset=True)
    own = replace(
        request,
        idempotency_key=None if key is None else f"{key}:{item.dote_id}",
        fingerprint=sha256(sent.encode()).digest(),
        expected_version=item.version,
    )
    try:
        return engine.run(own, _decision(item))
    except DomainError as refused:
        return refused


def _decision(item: One) -> Decide:
    match item:
        case AssessOne():
            return lambda work: assessment.assess(work, item.dote_id, item)
        case ApproveOne():
            return lambda work: approval.approve(work, item.dote_id, item)
        case RejectOne():
            return lambda work: approval.reject(work, item.dote_id, item)
