"""Papers of receipts made fit for others: who the household is is blacked out before they leave."""

from hashlib import sha256
from typing import Annotated, cast
from uuid import UUID

from pydantic import Field

from domain import redaction
from domain.actors import Role
from domain.events.area import MOST_AREAS, Area
from domain.events.redaction import PaperRedacted
from domain.permissions import sign_as
from domain.redaction import Made, redaction_id
from workflows.commands import Command
from workflows.drawn_pages import as_pdf, blacked_out, pages
from workflows.engine import Outcome, Work
from workflows.eventstore.register import Register
from workflows.files import FileStore

REDACTORS = frozenset({Role.FINANCE})


class RedactReceipt(Command):
    """What of a receipt's paper is blacked out. `nothing_personal`: somebody looked and found
    nothing that tells who the household is; only then there may be no area. `fewer`: what was black
    before may be seen."""

    areas: Annotated[tuple[Area, ...], Field(max_length=MOST_AREAS)] = ()
    nothing_personal: bool = False
    fewer: bool = False


def redact(work: Work, dote_id: UUID, n: int, command: RedactReceipt, files: FileStore) -> Outcome:
    """Draws the pages of a receipt's paper anew, without the areas, and keeps them sealed."""
    dote = work.case(dote_id).dote
    by = sign_as(REDACTORS, "redact_receipt", work.actor, [dote.partner], dote.household_id)
    paper = redaction.receipt(dote, n)
    drawn = pages(files.open(dote.household_id, paper.sha256), paper.media_type)
    redaction.check(command.areas, len(drawn), nothing_personal=command.nothing_personal)
    data = as_pdf(blacked_out(drawn, command.areas))
    made = Made(sha256(data).hexdigest(), len(data), len(drawn))
    # While the household's lock is held, nobody erases what is put there.
    work.store.begin(("household", dote.household_id), ("stream", redaction_id(dote_id, n)))
    dote = work.case(dote_id).dote
    before = latest(work.register, dote_id, n)
    decided = redaction.redact(
        work.stamp(by), dote, n, before, made, command.areas, fewer=command.fewer
    )
    files.put(dote.household_id, made.sha256, data)
    work.store.append(decided)
    # The dote itself stays as it is.
    return Outcome(dote_id, dote.version, created=True, part=n)


def latest(register: Register, dote_id: UUID, n: int) -> PaperRedacted | None:
    """How a receipt's paper was made fit for others last; None if it never was."""
    history = register.history(redaction_id(dote_id, n))
    return cast("PaperRedacted", history[-1]) if history else None
