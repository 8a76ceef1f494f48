"""Every version of every event decodes for ever, and no class changes without a new version."""

from typing import Any, ClassVar, cast

import pytest

from domain import account, bank_line, dote_history, household, payee, payment_batch, programme
from domain.actors import Signature
from domain.dote import Dote
from domain.events.account import AccountEvent
from domain.events.bank import BankLineImported, LineEvent, StatementImported
from domain.events.base import EVENT_TYPES, Event, Stamp
from domain.events.dote import (
    ApprovalGiven,
    DocumentAttached,
    DoteApproved,
    DoteEvent,
    DoteRequested,
)
from domain.events.household import HouseholdEvent, HouseholdRegistered
from domain.events.payee import (
    PayeeEvent,
    PayeeIbanConfirmed,
    PayeeIbanDismissed,
    PayeeRegistered,
)
from domain.events.payment_batch import BatchPrepared, PaymentBatchEvent
from domain.events.programme import PolicyAdopted, ProgrammeEvent, ProgrammeOpened
from domain.events.redaction import PaperRedacted
from domain.events.rendiconto import RendicontoFrozen, RendicontoWithdrawn
from domain.policy import Policy, two_bands
from domain.programme import Programme
from tests import golden
from tests.domain import (
    facts,
    facts_around,
    facts_bank,
    facts_of_accounts,
    facts_of_receipts,
    facts_paid,
)
from tests.spec import COORDINATOR, ident, in_order, stamp
from workflows.eventstore.mapper import EventMapper

CLASSES = sorted(EVENT_TYPES.values(), key=lambda kind: kind.__name__)
MAPPER = EventMapper()


@pytest.mark.parametrize("kind", CLASSES, ids=lambda kind: kind.__name__)
def test_every_version_has_its_golden_file_and_decodes(kind: type[Event]) -> None:
    for version in range(1, kind.class_version + 1):
        file = golden.path(kind, version)
        assert file.exists(), f"python -m tests.golden writes {file.name}"
        stored, decoded, _ = golden.read(file)
        assert stored.topic == kind.__name__, "the stored name of an event is for ever"
        event = MAPPER.to_domain_event(stored)
        assert type(event) is kind
        if version == kind.class_version:
            found = event.model_dump(mode="json")
            signature = {name: found["by"][name] for name in decoded["by"]}
            assert {**found, "by": signature} == decoded


@pytest.mark.parametrize("version", range(1, golden.SIGNATURE_VERSION + 1))
def test_every_version_of_the_signature_decodes(version: int) -> None:
    stored, _ = golden.read_signature(version)
    signature = Signature.model_validate(stored)
    read = signature.model_dump(mode="json")
    # What a version did not know yet is not there.
    assert read == dict.fromkeys(read) | stored
    assert signature.people >= {signature.account_id}


def test_the_signature_does_not_change_without_a_new_version() -> None:
    _, shape = golden.read_signature(golden.SIGNATURE_VERSION)
    assert golden.signature_shape() == shape, (
        "the signature changed: raise SIGNATURE_VERSION and run python -m tests.golden"
    )


@pytest.mark.parametrize("kind", CLASSES, ids=lambda kind: kind.__name__)
def test_a_class_does_not_change_without_a_new_version(kind: type[Event]) -> None:
    _, _, shape = golden.read(golden.path(kind, kind.class_version))
    assert golden.shape(kind) == shape, (
        f"{kind.__name__} changed: raise its class_version, write upcast_v"
        f"{kind.class_version}_v{kind.class_version + 1}, and run python -m tests.golden"
    )


def test_no_golden_file_belongs_to_nobody() -> None:
    known = {golden.path(kind, v) for kind in CLASSES for v in range(1, kind.class_version + 1)}
    assert set(golden.FOLDER.glob("*.json")) == known
    signatures = {golden.signature_path(v) for v in range(1, golden.SIGNATURE_VERSION + 1)}
    assert set(golden.SIGNATURES.glob("*.json")) == signatures


def test_the_first_rules_are_read_as_two_bands() -> None:
    stored, _, _ = golden.read(golden.path(PolicyAdopted, 1))
    event = MAPPER.to_domain_event(stored)
    rules = two_bands(50_000)
    assert event == PolicyAdopted.model_validate(
        {**dict(event), "policy": Policy.of(rules, 1, event.at.date())}
    )


def test_what_was_not_there_in_a_first_version() -> None:
    def first(kind: type[Event]) -> Any:  # noqa: ANN401  an event of that class
        stored, _, _ = golden.read(golden.path(kind, 1))
        return MAPPER.to_domain_event(stored)

    assert first(DocumentAttached).valid_until is None
    assert first(ApprovalGiven).tranches == ()
    approved = first(DoteApproved)
    assert (approved.tranches, approved.to_ratify) == ((), False)


def test_an_old_version_is_upcast_when_it_is_read() -> None:
    """By an event class of the test's own, which is taken out of the registry again."""

    class ThingRenamed(Event):
        class_version: ClassVar[int] = 3
        title: str
        reason: str

        @staticmethod
        def upcast_v1_v2(state: dict[str, Any]) -> None:
            state["title"] = state.pop("name")

        @staticmethod
        def upcast_v2_v3(state: dict[str, Any]) -> None:
            state["reason"] = "not told"

    try:
        mapper = EventMapper()
        now: Stamp = stamp(COORDINATOR)
        event = ThingRenamed.stamped(now, ident(1), 1, title="x", reason="y")
        stored = mapper.to_stored_event(event)
        assert mapper.to_domain_event(stored) == event
        state = mapper.transcoder.decode(stored.state)
        assert state["class_version"] == 3
        for gone in ("class_version", "title", "reason"):
            del state[gone]
        old = type(stored)(
            stored.originator_id,
            stored.originator_version,
            stored.topic,
            mapper.transcoder.encode({**state, "name": "x"}),
            stored.at,
        )
        read = mapper.to_domain_event(old)
        assert (read.title, read.reason) == ("x", "not told")
    finally:
        del EVENT_TYPES["ThingRenamed"]


def test_what_is_read_is_validated() -> None:
    stored, _, _ = golden.read(golden.path(EVENT_TYPES["BudgetAllocated"], 1))
    broken = stored.state.replace(b'"amount_cents": 30000', b'"amount_cents": -1')
    assert broken != stored.state
    with pytest.raises(ValueError, match="amount_cents"):
        MAPPER.to_domain_event(
            type(stored)(stored.originator_id, stored.originator_version, stored.topic, broken)
        )


def _account(event: AccountEvent) -> account.Account:
    """What the event makes of an account that gave and declared what the event is about."""
    begun: list[AccountEvent] = [
        facts_of_accounts.role_granted(),
        facts_of_accounts.token_issued(),
        facts_of_accounts.delegated(),
        facts_of_accounts.conflict_declared(),
    ]
    return account.evolve(account.project(event.originator_id, begun), event)


def _dote() -> Dote:
    life = [
        facts.requested(),
        facts.assessed(),
        facts.approved(),
        facts.disbursed(),
        facts_of_receipts.submitted(),
        facts.papers_requested(),
    ]
    dote = dote_history.project(None, cast("list[DoteEvent]", in_order(life)))
    assert dote is not None
    return dote


def _programme() -> Programme:
    life = [
        facts_around.opened(),
        facts_around.joined(),
        facts_around.category_defined(),
        facts_around.funded(),
        facts_around.bank_account_opened(),
    ]
    known = programme.project(None, cast("list[ProgrammeEvent]", in_order(life)))
    assert known is not None
    return known


def test_golden_events_replay() -> None:
    """Each class's newest golden event still evolves its aggregate."""
    for kind in CLASSES:
        stored, _, _ = golden.read(golden.path(kind, kind.class_version))
        event = MAPPER.to_domain_event(stored)
        if isinstance(event, HouseholdRegistered):
            assert household.evolve(None, event).version == event.originator_version
        elif isinstance(event, HouseholdEvent):
            begun = household.evolve(None, facts_around.registered())
            assert household.evolve(begun, event).version == event.originator_version
        elif isinstance(event, PayeeEvent):
            known_payee = None
            if not isinstance(event, PayeeRegistered):
                known_payee = payee.evolve(None, facts_paid.payee_registered())
            if isinstance(event, PayeeIbanConfirmed | PayeeIbanDismissed):
                known_payee = payee.evolve(known_payee, facts_paid.iban_changed())
            assert payee.evolve(known_payee, event).version == event.originator_version
        elif isinstance(event, DoteEvent):
            before = None if kind is DoteRequested else _dote()
            assert dote_history.evolve(before, event).version == event.originator_version
        elif isinstance(event, ProgrammeEvent):
            known = None if kind is ProgrammeOpened else _programme()
            assert programme.evolve(known, event).version == event.originator_version
        elif isinstance(event, AccountEvent):
            assert _account(event).version == event.originator_version
        elif isinstance(event, StatementImported | RendicontoFrozen | PaperRedacted):
            assert event.originator_version == 1  # it is all that happens to it
        elif isinstance(event, RendicontoWithdrawn):
            assert event.originator_version == 2  # and nothing after it
        elif isinstance(event, LineEvent):
            line = None
            if not isinstance(event, BankLineImported):
                line = bank_line.evolve(None, facts_bank.line())
            assert bank_line.evolve(line, event).version == event.originator_version
        elif isinstance(event, PaymentBatchEvent):
            batch = None
            if not isinstance(event, BatchPrepared):
                batch = payment_batch.evolve(None, facts_paid.batch_prepared())
            assert payment_batch.evolve(batch, event).version == event.originator_version
        else:
            pytest.fail(f"{kind.__name__} belongs to no aggregate")
