"""A household as an older version left it: everything private stands under its one key."""

from uuid import UUID

from domain.events.dote import ApprovalGiven
from domain.privacy import Private, notes_of
from tests.register import TestRegister
from workflows import erasure, requests
from workflows.audit.belongings import check_belongings
from workflows.commands import Motivate, Motive
from workflows.engine import Outcome, Work
from workflows.reindexing import reindex

TWO_VOTES_CENTS = 20_000
PAYEE = {"name": "Padrona Inventata", "iban": None}
WHY = Motive(reason="lo chiede la persona")


def voted_as_before(register: TestRegister, home: UUID) -> UUID:
    """A dote with a vote whose payee and note are sealed under the household's key."""
    dote_id = register.request(home, TWO_VOTES_CENTS)
    register.assess(dote_id)
    approver = register.people.approver

    def vote(work: Work) -> Outcome:
        dote = work.case(dote_id).dote
        event = work.store.append(
            ApprovalGiven.stamped(
                work.stamp(approver.sign(approver.grants[0])),
                dote.id,
                dote.version + 1,
                amount_cents=TWO_VOTES_CENTS,
                payee=Private.record(home, PAYEE),
                tranches=(),
                note=Private(home, "una nota"),
                policy_version=dote.policy_version,
            )
        )
        return Outcome(dote.id, event.originator_version)

    register.run(approver, vote)
    give_up = Motivate(reason="rinuncia")
    register.run(register.people.operator, lambda work: requests.withdraw(work, dote_id, give_up))
    return dote_id


def test_it_is_found_again_read_and_erased(programme: TestRegister) -> None:
    register = programme
    register.allocate(1_000_000)
    home = register.household()
    with register.database.transaction() as tx:  # notes had no key of their own either
        tx.execute("DELETE FROM subject_keys WHERE subject_id = %s", (notes_of(home),))
    dote_id = voted_as_before(register, home)
    register.settle()
    (said,) = check_belongings(register.database, register.vault)
    assert "doti reindex" in str(said)
    reindex(register.register, register.vault, register.engine.index, lambda *_: None)
    assert list(check_belongings(register.database, register.vault)) == []
    vote = next(e for e in register.register.history(dote_id) if isinstance(e, ApprovalGiven))
    assert register.vault.open_field(vote, "note") == "una nota"

    people = register.people
    for who in (people.operator, people.coordinator):
        register.run(who, lambda work: erasure.ask_or_confirm(work, home, WHY))
    gone = register.register.household(home).erased
    assert gone is not None
    assert gone.payees == ()
    for event in register.register.history(dote_id):
        assert all(register.vault.open_field(event, name) is None for name in event.secret_fields)
    assert list(check_belongings(register.database, register.vault)) == []
