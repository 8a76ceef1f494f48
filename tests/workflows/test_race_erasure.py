"""Eight people work on a household while two erase it."""

from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

import pytest

from domain.actors import Actor, Role
from domain.dote_parts import File
from domain.errors import DotiOpen, HouseholdIsErased
from domain.events.base import Event
from domain.lifecycle import State
from tests.register import TestRegister, person
from workflows import erasure, papers, requests
from workflows.commands import AttachDocument, Motivate, Motive, RequestDote
from workflows.eventstore.belongings import Belongings

WHY = Motive(reason="lo chiede la persona")
GIVE_UP = Motivate(reason="rinuncia")
THREADS = 8


def ask(office: TestRegister, household_id: UUID, who: Actor) -> None:
    office.run(who, lambda work: erasure.ask_or_confirm(work, household_id, WHY))


@pytest.mark.parametrize("nth", range(3))
def test_no_value_is_ever_sealed_for_who_is_gone(programme: TestRegister, nth: int) -> None:
    """Eight people request doti, give them up and add papers while two erase: whatever comes
    first, each private value of an event had a key when it was written."""
    office = programme
    household_id = office.household()
    ask(office, household_id, office.people.operator)
    request = RequestDote(
        partner="ROCCA",
        category="EMERGENZA",
        item="AFFITTO",
        household_id=household_id,
        amount_cents=1_000,
        need="bisogno di prova",
    )

    def work_on_it(n: int) -> str:
        operator = person(Role.OPERATOR, "ROCCA")
        try:
            if n == nth:
                ask(office, household_id, office.people.coordinator)
                return "erased"
            dote_id = office.run(operator, lambda work: requests.request_dote(work, request))
            stream_id = dote_id.stream_id
            command = AttachDocument(kind="contract")
            file = File(f"{n:064}", "application/pdf", 10, "contratto.pdf")
            office.run(
                operator, lambda work: papers.attach_document(work, stream_id, command, file)
            )
            office.run(operator, lambda work: requests.withdraw(work, stream_id, GIVE_UP))
        except (HouseholdIsErased, DotiOpen) as refused:
            return type(refused).__name__
        return "worked"

    with ThreadPoolExecutor(THREADS) as pool:
        answers = list(pool.map(work_on_it, range(THREADS)))

    gone = office.register.household(household_id).erased is not None
    assert gone == ("erased" in answers)
    doti = Belongings(office.database).doti([household_id])
    states = {office.register.dote(dote_id).state for dote_id in doti}
    assert states <= {State.WITHDRAWN}
    assert len(doti) == answers.count("worked")
    if gone:
        last = office.register.history(household_id)[-1]
        _check_order(office, household_id, last)


def _check_order(office: TestRegister, household_id: UUID, last: Event) -> None:
    """Nothing was written about it after its erasure."""
    office.settle()
    place = office.log.index_of(household_id, last.originator_version)
    for dote_id in Belongings(office.database).doti([household_id]):
        newest = office.register.dote(dote_id).version
        index = office.log.index_of(dote_id, newest)
        assert index is not None
        assert place is not None
        assert index < place
