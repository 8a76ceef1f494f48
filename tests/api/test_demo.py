"""The demonstration: always the same, in every state, loaded once however often it is loaded."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from datetime import datetime
from itertools import pairwise
from typing import Any
from uuid import UUID, uuid4

import pytest

from api.demo.fates import shares
from api.demo.load import AnotherDemo, NotADemo, load, made_before
from api.demo.people import grants, sign_ins, tokens_path
from api.demo.plan import PLAN, Wanted, make_plan
from api.demo.reset import reset
from api.wiring import Services
from domain.actors import Actor, Grant, Role
from domain.events.account import AccountOpened
from domain.events.base import Event
from domain.events.household import HouseholdRegistered
from domain.household import Personal
from domain.ledger import postings
from domain.lifecycle import State
from projections.ledger.queries import Group, ledger
from tests.api.demonstration import DOTI, NOW, Place, load_at_now, log_of, nothing
from tests.faults.doti_process import Doti
from workflows.engine import Request
from workflows.programme import open_register

TWO_ROLES = {Role.APPROVER, Role.COORDINATOR}


def partition(events: Iterable[Event]) -> tuple[list[Event], list[Event]]:
    """Those that made people known, and all others."""
    opened: list[Event] = []
    others: list[Event] = []
    for event in events:
        (opened if isinstance(event, AccountOpened) else others).append(event)
    return opened, others


def steps_done(services: Services) -> int:
    """How many steps are kept under their keys."""
    with services.database.transaction() as tx:
        row = tx.execute("SELECT count(*) AS n FROM commands").fetchone()
    assert row is not None
    return int(row["n"])


def payload(services: Services, event: Event, ids: dict[UUID, int]) -> dict[str, Any]:
    """An event with its private texts open, and its ids by the order of their first showing.

    What is counted over ids and sealed bytes is another one each time.
    """
    counted = {"causation_id", "root", "fingerprint"}

    def plain(value: Any) -> Any:  # noqa: ANN401  any JSON
        if isinstance(value, dict):
            return {key: plain(inner) for key, inner in value.items() if key not in counted}
        if isinstance(value, list):
            return [plain(inner) for inner in value]
        try:
            return ids.setdefault(UUID(value), len(ids))
        except (ValueError, TypeError, AttributeError):
            return value

    state = event.model_dump(mode="json")
    for name in event.secret_fields:
        state[name] = services.vault.open_field(event, name)
    return {"type": type(event).__name__, **plain(state)}


def test_the_same_seed_and_clock_make_the_same_events(new_place: Callable[[], Place]) -> None:
    logs = []
    for _ in range(2):
        with new_place().opened() as services:
            assert load_at_now(services) == DOTI
            ids: dict[UUID, int] = {}
            logs.append([payload(services, event, ids) for event in log_of(services)])
    assert logs[0] == logs[1]


def test_a_demo_shows_every_kind_of_life_and_its_ledger_adds_up(place: Place) -> None:
    with place.opened() as services:
        load_at_now(services)
        events = log_of(services)
        kinds = Counter(type(event).__name__ for event in events)
        doti = [
            services.register.dote(event.originator_id)
            for event in events
            if type(event).__name__ == "DoteRequested"
        ]
        with services.database.across_partners(), services.database.transaction() as tx:
            shown = ledger(tx, Group.LINE, services.log.end())
        programme = services.register.programme()
        personal = [
            Personal.model_validate_json(services.vault.open_field(event, "personal") or "")
            for event in events
            if isinstance(event, HouseholdRegistered)
        ]
        for event in events:
            if type(event).__name__ == "ReceiptSubmitted":
                dote = services.register.dote(event.originator_id)
                receipt = dote.receipts[0]
                data = services.files.open(dote.household_id, receipt.sha256)
                assert data.startswith(b"%PDF-")

    assert Counter(dote.state for dote in doti) == Counter(fate.state for fate in shares(DOTI))
    assert [dote.number for dote in doti] == sorted(dote.number for dote in doti)
    assert any(dote.state is State.ASSESSED and len(dote.votes) == 1 for dote in doti)
    assert any(dote.state is State.ASSESSED and dote.favourable is False for dote in doti)
    approved = [dote for dote in doti if dote.state is State.APPROVED]
    assert any(0 < dote.disbursed_cents < dote.approved_cents for dote in approved)
    assert any(dote.disbursements and dote.disbursed_cents == 0 for dote in approved)
    paid = [dote for dote in doti if dote.state is State.DISBURSED]
    assert {receipt.state for dote in paid for receipt in dote.receipts} == {
        "submitted",
        "accepted",
        "disallowed",
    }
    assert any(not dote.receipts for dote in paid)
    assert any(dote.refunded_cents for dote in doti)
    for kind in (
        *("DisbursementReturned", "RefundReceived", "ReceiptDisallowed", "DoteRevoked"),
        *("DocumentsRequested", "DocumentsProvided", "AppealLodged", "CapOverridden"),
    ):
        assert kinds[kind] > 0, kind
    appeals = [dote.appeal.accepted for dote in doti if dote.appeal is not None]
    assert set(appeals) == {None, True, False}
    assert any(dote.needs_ratification for dote in doti)
    assert any(dote.to_ratify and dote.ratified for dote in doti)
    assert any(dote.tranches and dote.next_tranche_due for dote in approved)
    assert any(dote.over_cap_cents and dote.disbursed_cents for dote in doti)
    assert any({vote.by.role for vote in dote.votes} == TWO_ROLES for dote in doti)

    assert kinds["PartnerJoined"] == len(programme.partners) == 13
    assert kinds["DeskOpened"] == 7
    assert kinds["BudgetAllocated"] == 39
    assert sum(len(category.items) for category in programme.categories.values()) == 14
    assert programme.policies[1].rules.title == "Regole di partenza"
    assert programme.policies[1].bands[0].to_cents == 15_000
    assert programme.unallocated_cents >= 3_000_000
    assert len(shown.rows) == 39
    assert sum(posting.cents for event in events for posting in postings(event)) == 0
    assert shown.funded_cents == shown.unallocated_cents + shown.total.allocated_cents
    assert all(one.at <= other.at for one, other in pairwise(events))
    assert all(who.members and who.address for who in personal)


def test_a_second_load_changes_nothing(place: Place) -> None:
    with place.opened() as services:
        load_at_now(services, doti=8)
        tokens = sign_ins(place.settings.home, services.accounts)
        events = log_of(services)
        calls: list[int] = []
        # Later, by another clock, and without saying of what it was made.
        assert load(services, lambda done, _: calls.append(done)) == 8
        assert sign_ins(place.settings.home, services.accounts) == tokens
        assert log_of(services) == events
        assert calls == []


def test_one_that_was_killed_is_continued(place: Place) -> None:
    with place.opened() as services:
        words = ("demo", "--no-serve", "--doti", str(DOTI), "--seed", "4")
        planned = len(make_plan(Wanted(4, DOTI, NOW)))
        with Doti(*words, env=place.env()) as killed:
            killed.until(lambda: steps_done(services) > planned // 2)
            killed.kill()
        assert planned // 2 < steps_done(services) < planned
        assert not tokens_path(place.settings.home).exists()

        assert load(services, nothing) == DOTI
        wanted = made_before(services.register)
        assert wanted is not None
        assert (wanted.seed, wanted.doti) == (4, DOTI)
        opened, events = partition(log_of(services))
        assert len(opened) == len(grants())
        assert max(event.at for event in opened) < events[0].at
        # Each step was done once: all its events are of one moment.
        moments: dict[str, set[datetime]] = defaultdict(set)
        for event in events:
            moments[event.correlation_id].add(event.at)
        plan = make_plan(wanted)
        assert list(moments)[1:] == [step.key for step in plan[1:]]
        assert [at for (at,) in moments.values()] == [step.at for step in plan]
        doti = [e.originator_id for e in events if type(e).__name__ == "DoteRequested"]
        states = Counter(services.register.dote(dote).state for dote in doti)
        assert states == Counter(fate.state for fate in shares(DOTI))


def test_another_demo_than_the_one_that_is_there_is_refused(place: Place) -> None:
    with place.opened() as services:
        load_at_now(services, doti=1)
        with pytest.raises(AnotherDemo, match="made with --seed 1 --doti 1"):
            load(services, nothing, seed=0)
        with pytest.raises(AnotherDemo, match="--reset"):
            load(services, nothing, doti=2)


def test_one_of_another_version_is_not_gone_on_with(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    with place.opened() as services:
        load_at_now(services, doti=1)
        before = len(log_of(services))
        monkeypatch.setattr("api.demo.load.PLAN", PLAN + 1)
        with pytest.raises(AnotherDemo, match="another version"):
            load(services, nothing)
        assert len(log_of(services)) == before


def test_a_register_of_somebody_is_not_touched(new_place: Callable[[], Place]) -> None:
    place = new_place()
    chief = Actor(uuid4(), (Grant(Role.COORDINATOR),))
    with place.opened() as services:
        services.engine.run(
            Request(chief, "a real one"),
            lambda work: open_register(
                work, "VERO", "Vero", subtitle=None, city="Torino", currency="EUR"
            ),
        )
        with pytest.raises(NotADemo, match="nothing was touched"):
            load(services, nothing)
        assert len(log_of(services)) == 1
    with pytest.raises(NotADemo):
        reset(place.database, place.settings.home)
    with place.opened() as services:
        assert services.register.programme().code == "VERO"

    invited = new_place()
    with invited.opened() as services:
        services.accounts.create_token("Somebody Real", Role.COORDINATOR)
        with pytest.raises(NotADemo, match="People were invited"):
            load(services, nothing)
        # Nothing but what inviting them wrote.
        kinds = [type(event).__name__ for event in log_of(services)]
        assert kinds == ["AccountOpened", "RoleGranted", "TokenIssued"]
