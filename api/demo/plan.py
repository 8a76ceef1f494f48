"""The whole demonstration as a list of steps in time, made up from a seed. Nothing is done here.

The same seed, number of doti and end give the same plan; so an interrupted load can go on, and a
second one finds everything done.
"""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from random import Random
from uuid import UUID

from api import programme_file
from api.demo import budget
from api.demo.data import ItemStory, programme_data, stories
from api.demo.fates import Fate, shares
from api.demo.persons import Persons
from api.demo.script import Act, ActWithFile, Case, Script, payee_of
from api.demo.working_time import DAY_S, WorkingTime
from domain.policy import Rules
from workflows.commands import RegisterHousehold, RequestDote
from workflows.engine import Outcome, Work
from workflows.files import Upload
from workflows.households import register_household
from workflows.requests import request_dote

PLAN = 2
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


@dataclass(slots=True)
class Made:
    """The ids of what the steps made so far, by their place in the plan."""

    households: dict[int, UUID]
    doti: dict[int, UUID]


@dataclass(frozen=True, slots=True)
class Step:
    """One command. `key` is its Idempotency-Key, `by` who gives it.

    `paper`: the upload that goes with it, and the household that it belongs to. `makes`: where
    the id of the outcome is remembered.
    """

    key: str
    at: datetime
    by: str
    do: Callable[[Work, Made], Outcome]
    paper: tuple[Upload, int] | None = None
    makes: tuple[str, int] | None = None


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


_Later = Callable[[datetime], Step]
"""A step that still waits for its moment."""


def make_plan(wanted: Wanted) -> list[Step]:
    """All steps, each later than the one before; the last one is before `until`."""
    rng = Random(wanted.seed)  # noqa: S311  a play, no secret
    axis = WorkingTime(wanted.until - YEAR, wanted.until)
    lives = _lives(wanted, rng, axis)
    families, household_of = _families(lives, rng, axis)
    timed = _setup(lives, rng, axis)
    timed += [(family.registered_s, _registers(family)) for family in families]
    for nth, life in enumerate(lives):
        timed += _acts(nth, life, household_of[nth])
    return _in_time(timed, axis)


def _in_time(timed: list[tuple[int, _Later]], axis: WorkingTime) -> list[Step]:
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


def _setup(lives: Sequence[_Life], rng: Random, axis: WorkingTime) -> list[tuple[int, _Later]]:
    data, told = programme_data(), stories()
    granted: dict[budget.LineKey, int] = defaultdict(int)
    for life in lives:
        case = life.script.case
        granted[case.partner, case.category] += life.script.granted_cents
    lines = budget.allocations(data, granted, rng)
    begin = [*programme_file.settings(data), *budget.settings(told, lines)]
    gap_s = SETUP_S // (len(begin) + 1)
    timed = [(nth * gap_s, _sets(setting)) for nth, setting in enumerate(begin)]
    for nth, setting in enumerate(budget.later(data, told)):
        timed.append((axis.length_s // 2 + nth * DAY_S, _sets(setting)))
    return timed


def _lives(wanted: Wanted, rng: Random, axis: WorkingTime) -> list[_Life]:
    """The doti in the order of their requests."""
    fates = shares(wanted.doti)
    rng.shuffle(fates)
    desks: dict[str, str] = {}
    lives = []
    for number, fate in enumerate(fates, start=1):
        partner = rng.choice(programme_data().desks).code
        if fate.kin is not None:
            partner = desks.setdefault(fate.kin, partner)
        script = Script(rng, stories(), _case(fate, partner, rng), number)
        fate.write(script)
        latest_s = axis.length_s - 1 - 2 * wanted.doti - script.moved_s
        lives.append(_Life(_requested_s(fate, latest_s, rng), script, fate.kin))
    return sorted(lives, key=lambda life: life.request_s)


def _requested_s(fate: Fate, latest_s: int, rng: Random) -> int:
    first_s = SETUP_S + DAY_S
    if fate.begins is not None:
        return first_s + int((latest_s - first_s) * fate.begins)
    if fate.open_days is None:
        return rng.randint(first_s, max(latest_s, first_s))
    return latest_s - rng.randint(0, fate.open_days * DAY_S)


def _case(fate: Fate, partner: str, rng: Random) -> Case:
    data, told = programme_data(), stories()
    category_of = {item.code: c.code for c in data.categories for item in c.items}
    items = [item for item in category_of if _fits(told.items[item], fate)]
    item = rng.choices(items, [told.items[item].weight for item in items])[0]
    story = told.items[item]
    requested = approved = fate.cents or _amount(story, fate.least_cents, rng)
    if fate.cents is None and rng.random() < _PROPOSED_LESS:
        less = requested * rng.randint(60, 90) // 100
        approved = max(less - less % 500, 1_000, fate.least_cents)
    is_small = data.policy.is_urgent_path(requested)
    return Case(
        partner=partner,
        category=category_of[item],
        item=item,
        story=story,
        need=rng.choice(story.needs),
        urgent=fate.urgent or (is_small and fate.cents is None and rng.random() < _URGENT),
        requested_cents=requested,
        approved_cents=approved,
        payee=payee_of(story, rng),
        method=rng.choice(story.methods),
        voters=_voters(data.policy, approved, rng),
        all_papers=bool(data.policy.papers(item, approved)),
    )


def _fits(story: ItemStory, fate: Fate) -> bool:
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


def _sets(setting: programme_file.Setting) -> _Later:
    return lambda at: Step(
        f"demo:{setting.name}", at, "coordinator", lambda work, _: setting.do(work)
    )


def _registers(family: _Family) -> _Later:
    return lambda at: Step(
        f"demo:household:{family.nth:05}",
        at,
        family.partner,
        lambda work, _: register_household(work, family.register),
        makes=("households", family.nth),
    )


def _requests(nth: int, case: Case, household: int) -> _Later:
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


def _acts(nth: int, life: _Life, household: int) -> list[tuple[int, _Later]]:
    second = life.request_s
    timed = [(second, _requests(nth, life.script.case, household))]
    for part, act in enumerate(life.script.acts, start=1):
        second += act.after_s
        timed.append((second, _act(f"demo:dote:{nth:05}:{part:02}", nth, act, household)))
    return timed


def _act(key: str, nth: int, act: Act | ActWithFile, household: int) -> _Later:
    if isinstance(act, Act):
        plain = act.do
        return lambda at: Step(key, at, act.by, lambda work, made: plain(work, made.doti[nth]))
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
