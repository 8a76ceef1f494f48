"""The whole demonstration as a list of steps in time, made up from a seed. Nothing is done here.

The same seed, number of doti and end give the same plan; so an interrupted load can go on, and a
second one finds everything done.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from random import Random

from api import programme_file
from api.demo import budget, finance
from api.demo.acts import Act, ActWithFile, ByHand
from api.demo.bank import BankYear
from api.demo.data import ItemStory, programme_data, stories
from api.demo.fates import Fate, shares
from api.demo.persons import Persons
from api.demo.rounds import Rounds
from api.demo.script import BANK_TRANSFER, Case, Script, payee_of
from api.demo.steps import Later, Made, Step, Timed
from api.demo.working_time import DAY_S, WorkingTime
from domain.policy import Rules
from workflows.commands import RegisterHousehold, RequestDote
from workflows.engine import Outcome, Work
from workflows.households import register_household
from workflows.requests import request_dote

PLAN = 4
"""To be raised when the same seed, number and end give other steps than before."""
YEAR = timedelta(days=365)
SETUP_S = DAY_S
"""The programme is set up on the first working day."""

_KNOWN_HOUSEHOLD = 0.35
_USUAL_CENTS = 60_000
"""A household that comes back asks for no more in all: beyond, more people would have to vote."""
_URGENT = 0.3
"""Of the small ones: only they can go the quick way."""
_OTHER_FIRST = 0.3
_PROPOSED_LESS = 0.15


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to make: `doti` doti in the year before `until`, by chance under `seed`.

    `plan`: by which version of this module; one cannot go on where another stopped.
    """

    seed: int
    doti: int
    until: datetime
    plan: int = PLAN


@dataclass(frozen=True, slots=True)
class _Family:
    """A household of the plan, and when its desk registers it."""

    nth: int
    registered_s: int
    partner: str
    register: RegisterHousehold
    has_minors: bool


@dataclass(frozen=True, slots=True)
class _Life:
    """A dote of the plan: when it is requested, in seconds of working time, and what follows.

    `kin`: it is for the same household as the others of that name.
    """

    request_s: int
    script: Script
    kin: str | None


def make_plan(wanted: Wanted) -> list[Step]:
    """All steps, each later than the one before; the last one is before `until`."""
    rng = Random(wanted.seed)  # noqa: S311  a play, no secret
    axis = WorkingTime(wanted.until - YEAR, wanted.until)
    bank = BankYear(Rounds(axis), stories().bank)
    lives = _lives(wanted, rng, bank.rounds, axis.length_s)
    families, household_of = _families(lives, rng, axis)
    timed = _setup(lives, rng, bank, axis)
    timed += [(family.registered_s, _registers(family)) for family in families]
    for nth, life in enumerate(lives):
        timed += _acts(nth, life, household_of[nth], bank)
    timed += finance.steps(bank, axis)
    return _in_time(timed, axis)


def _in_time(timed: list[Timed], axis: WorkingTime) -> list[Step]:
    """The steps in their order, no two at the same moment."""
    timed.sort(key=lambda pair: pair[0])  # stable: what was written first stays first
    steps = []
    second = -1
    for wanted_s, step in timed:
        second = max(wanted_s, second + 1)
        steps.append(step(axis.moment(min(second, axis.length_s - 1))))
    if any(one.at >= other.at for one, other in pairwise(steps)):
        raise ValueError("so many doti do not fit into a year: ask for fewer")
    return steps


def _setup(lives: Sequence[_Life], rng: Random, bank: BankYear, axis: WorkingTime) -> list[Timed]:
    data, told = programme_data(), stories()
    granted: dict[budget.LineKey, int] = defaultdict(int)
    for life in lives:
        case = life.script.case
        granted[case.partner, case.category] += life.script.granted_cents
    lines = budget.allocations(data, granted, rng)
    given = budget.funds(lines)
    begin = [*programme_file.settings(data), *budget.settings(told, lines)]
    gap_s = SETUP_S // (len(begin) + 1)
    timed = [(nth * gap_s, _sets(setting)) for nth, setting in enumerate(begin)]
    for nth, setting in enumerate(budget.later(data, told)):
        timed.append((axis.length_s // 2 + nth * DAY_S, _sets(setting)))
    bank.funding(given, bank.rounds.prepared_s(0))
    bank.funding(budget.GIFT_CENTS, axis.length_s // 2)
    return timed


def _lives(wanted: Wanted, rng: Random, rounds: Rounds, length_s: int) -> list[_Life]:
    """The doti in the order of their requests."""
    fates = shares(wanted.doti)
    rng.shuffle(fates)
    desks: dict[str, str] = {}
    lives = []
    # What falls on one second moves on by one each.
    spare_s = 2 * wanted.doti
    for number, fate in enumerate(fates, start=1):
        partner = rng.choice(programme_data().desks).code
        if fate.kin is not None:
            partner = desks.setdefault(fate.kin, partner)
        script = Script(rng, stories(), _case(fate, partner, rng), number)
        fate.write(script)
        limit_s = _limit_s(fate, rounds, length_s - 1, rng) - spare_s
        waits = fate.waits_for is not None
        latest_s = rounds.latest_begin(script.acts, limit_s, waits=waits)
        lives.append(_Life(_requested_s(fate, latest_s, rng), script, fate.kin))
    return sorted(lives, key=lambda life: life.request_s)


def _limit_s(fate: Fate, rounds: Rounds, end_s: int, rng: Random) -> int:
    """When the last act has to be done; or begun, where it waits for the bank."""
    match fate.waits_for:
        case "bank":
            return rounds.prepared_s(rounds.last) - rng.randint(0, 3 * DAY_S)
        case "batch":
            return rounds.open_batch_s - rng.randint(0, 2 * DAY_S)
        case "return":
            return rounds.came_in_s(rounds.last) - DAY_S
    return end_s - rng.randint(0, (fate.open_days or 0) * DAY_S)


def _requested_s(fate: Fate, latest_s: int, rng: Random) -> int:
    first_s = SETUP_S + DAY_S
    if fate.begins is not None:
        return first_s + int((latest_s - first_s) * fate.begins)
    if fate.open_days is None and fate.waits_for is None:
        return rng.randint(first_s, max(latest_s, first_s))
    return latest_s


def _case(fate: Fate, partner: str, rng: Random) -> Case:
    data, told = programme_data(), stories()
    category_of = {item.code: c.code for c in data.categories for item in c.items}
    items = [item for item in category_of if _fits(told.items[item], fate)]
    by_bank = fate.waits_for is not None
    item = rng.choices(items, [told.items[item].weight for item in items])[0]
    story = told.items[item]
    requested = approved = fate.cents or _amount(story, fate.least_cents, rng)
    if fate.cents is None and rng.random() < _PROPOSED_LESS:
        less = requested * rng.randint(60, 90) // 100
        approved = max(less - less % 500, 1_000, fate.least_cents)
    is_small = data.policy.is_urgent_path(requested)
    method = BANK_TRANSFER if by_bank else rng.choice(story.methods)
    is_urgent = is_small and fate.cents is None and not by_bank and rng.random() < _URGENT
    return Case(
        partner=partner,
        category=category_of[item],
        item=item,
        story=story,
        need=rng.choice(story.needs),
        urgent=fate.urgent or is_urgent,
        requested_cents=requested,
        approved_cents=approved,
        payee=payee_of(story, rng),
        method=method,
        voters=_voters(data.policy, approved, rng),
        all_papers=bool(data.policy.papers(item, approved)),
    )


def _fits(story: ItemStory, fate: Fate) -> bool:
    if fate.waits_for is not None and BANK_TRANSFER not in story.methods:
        return False
    if fate.cents is None:
        return story.euros[1] * 100 >= fate.least_cents
    return story.euros[0] * 100 <= fate.cents <= story.euros[1] * 100 and not story.minors


def _voters(rules: Rules, cents: int, rng: Random) -> tuple[str, ...]:
    """Who votes on an amount for a household that was granted little before."""
    band = rules.band(cents, cents)
    voters = ["approver", "approver2"][: band.approvers]
    if rng.random() < _OTHER_FIRST:
        voters.reverse()
    return (*voters, "coordinator") if band.coordinator else tuple(voters)


def _amount(story: ItemStory, least_cents: int, rng: Random) -> int:
    least, most = max(story.euros[0] * 100, least_cents), story.euros[1] * 100
    if story.step_euros == 0:
        return rng.randint(least, most)
    step = story.step_euros * 100
    # Small amounts are more frequent than large ones.
    cents = least + int((most - least) * rng.betavariate(1.6, 2.4))
    return min(-(-cents // step) * step, most)


def _families(
    lives: Sequence[_Life], rng: Random, axis: WorkingTime
) -> tuple[list[_Family], list[int]]:
    """The households, and which of them each dote is for: some come back."""
    persons = Persons(rng, programme_data(), stories())
    district = {partner.code: partner.district for partner in programme_data().desks}
    families: list[_Family] = []
    kin: dict[str, int] = {}
    asked_cents: dict[int, int] = defaultdict(int)
    chosen: list[int] = []
    for life in lives:
        case = life.script.case
        fitting = [
            family.nth
            for family in families
            if family.partner == case.partner
            and (family.has_minors or not case.story.minors)
            and family.nth not in kin.values()
            and asked_cents[family.nth] + case.requested_cents <= _USUAL_CENTS
        ]
        if life.kin in kin:
            chosen.append(kin[life.kin])
            continue
        if life.kin is None and fitting and rng.random() < _KNOWN_HOUSEHOLD:
            chosen.append(rng.choice(fitting))
            asked_cents[chosen[-1]] += case.requested_cents
            continue
        registered_s = life.request_s - rng.randint(300, 2400)
        today = axis.moment(registered_s).date()
        command = persons.household(
            today, district[case.partner] or "", case.story.hardships, minors=case.story.minors
        )
        minors = any(member.is_minor(today) for member in command.members)
        chosen.append(len(families))
        asked_cents[len(families)] = case.requested_cents
        if life.kin is not None:
            kin[life.kin] = len(families)
        families.append(_Family(len(families), registered_s, case.partner, command, minors))
    return families, chosen


# The steps, still without their moment


def _sets(setting: programme_file.Setting) -> Later:
    return lambda at: Step(
        f"demo:{setting.name}", at, "coordinator", lambda work, _: setting.do(work)
    )


def _registers(family: _Family) -> Later:
    return lambda at: Step(
        f"demo:household:{family.nth:05}",
        at,
        family.partner,
        lambda work, _: register_household(work, family.register),
        makes=("households", family.nth),
    )


def _requests(nth: int, case: Case, household: int) -> Later:
    def do(work: Work, made: Made) -> Outcome:
        command = RequestDote(
            partner=case.partner,
            category=case.category,
            item=case.item,
            household_id=made.households[household],
            amount_cents=case.requested_cents,
            need=case.need,
            urgent=case.urgent,
        )
        return request_dote(work, command)

    key = f"demo:dote:{nth:05}:00"
    return lambda at: Step(key, at, case.partner, do, makes=("doti", nth))


def _acts(nth: int, life: _Life, household: int, bank: BankYear) -> Iterator[Timed]:
    script = life.script
    yield life.request_s, _requests(nth, script.case, household)
    turns, _ = bank.rounds.when(script.acts, life.request_s)
    for part, (second, act) in enumerate(zip(turns, script.acts, strict=True), start=1):
        if not isinstance(act, Act | ActWithFile):
            bank.take(nth, script.case.payee, act, second)
        if isinstance(act, Act | ActWithFile | ByHand):
            yield second, _act(f"demo:dote:{nth:05}:{part:02}", nth, act, household)


def _act(key: str, nth: int, act: Act | ActWithFile | ByHand, household: int) -> Later:
    if not isinstance(act, ActWithFile):
        by, plain = finance.PREPARES if isinstance(act, ByHand) else act.by, act.do
        return lambda at: Step(key, at, by, lambda work, made: plain(work, made.doti[nth]))
    with_file, make = act.do, act.paper

    def step(at: datetime) -> Step:
        upload = make(at.date())
        return Step(
            key,
            at,
            act.by,
            lambda work, made: with_file(work, made.doti[nth], upload.file),
            paper=(upload, household),
        )

    return step
