"""Looking at what is masked: the event and the line of the access log, before anything is shown."""

from uuid import UUID

from domain.actors import Signature
from domain.reveals import reveal, revealer
from workflows.commands import Reveal
from workflows.engine import Outcome, Work
from workflows.eventstore.access_log import Access


def reveal_household(work: Work, household_id: UUID, command: Reveal) -> Outcome:
    """Somebody looks at who a household is."""
    by = revealer(work.actor, health_data=False)
    work.household(household_id)
    return _revealed(work, by, household_id, None, command)


def reveal_dote(work: Work, dote_id: UUID, command: Reveal) -> Outcome:
    """Somebody looks at what is told in a dote."""
    dote = work.case(dote_id).dote
    category = work.programme().categories[dote.category]
    by = revealer(work.actor, health_data=category.health_data)
    return _revealed(work, by, dote.household_id, dote_id, command)


def _revealed(
    work: Work, by: Signature, household_id: UUID, dote_id: UUID | None, command: Reveal
) -> Outcome:
    account = work.locked_account(by.account_id)
    event = work.store.append(
        reveal(account, work.stamp(by), household_id, dote_id, command.reason)
    )
    version = event.originator_version
    work.note(Access.REVEALED, by, household_id, dote_id, version=version)
    return Outcome(account.id, version)
