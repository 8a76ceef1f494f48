"""Papers of the case file: attached, asked for, answered."""

from datetime import timedelta
from uuid import UUID

from domain.case import Case
from domain.days import day_here
from domain.dote_parts import File
from domain.lifecycle import Action, Stage
from workflows.commands import AttachDocument, ProvideDocuments, RequestDocuments
from workflows.engine import Outcome, Work

USUAL_DAYS = 14
"""How long the desk has to answer where neither the rules nor who asks say."""


def attach_document(work: Work, dote_id: UUID, command: AttachDocument, file: File) -> Outcome:
    """A paper joins the case file."""
    case = work.case(dote_id)
    stamp = work.sign(case, Action.ATTACH_DOCUMENT)
    event = work.store.append(
        case.dote.attach_document(stamp, command.kind, file, command.valid_until)
    )
    return Outcome(dote_id, event.originator_version, created=True, part=event.n)


def request_documents(work: Work, dote_id: UUID, command: RequestDocuments) -> Outcome:
    """Papers are missing: the desk has until a day to answer, and the deadline stands still."""
    case = work.case(dote_id)
    stamp = work.sign(case, Action.REQUEST_DOCUMENTS)
    due = command.due_date or day_here(work.now + timedelta(days=_days(case)))
    event = work.store.append(case.dote.request_documents(stamp, command.kinds, command.what, due))
    return Outcome(dote_id, event.originator_version)


def provide_documents(work: Work, dote_id: UUID, command: ProvideDocuments) -> Outcome:
    """The desk answers: the dote goes on where it was."""
    case = work.case(dote_id)
    stamp = work.sign(case, Action.PROVIDE_DOCUMENTS)
    event = work.store.append(case.dote.provide_documents(stamp, command.note))
    return Outcome(dote_id, event.originator_version)


def _days(case: Case) -> int:
    rule = case.policy.deadline(Stage.DOCUMENTS)
    return rule.days if rule else USUAL_DAYS
