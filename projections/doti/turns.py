"""Writes whose turn it is on each dote that waits.

Rules may look at time windows: what a household was granted within some days, until when a paper
is good. Turns are as of the time of the last event that bears on them, which is one of the dote's
own or, while votes are missing, one that changed what the household is granted by other doti (its
own, or of a household that counts as one with it) or which households these are. So
the same log gives the same rows, whenever it is read; what merely grows old in between shows with
the next event, and decisions look again at their own time.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from functools import lru_cache
from typing import NamedTuple
from uuid import UUID

from pydantic_core import to_json

from domain.case import Case, Help
from domain.deadlines import stages
from domain.dote import Dote
from domain.lifecycle import TRANSITIONS, Action, State
from domain.policy import Policy
from domain.turns import Turn, turns
from projections.doti.snapshots import read
from workflows.eventstore.database import Tx
from workflows.eventstore.statements import statements

_SQL = statements("projections.doti", "statements")


class Moment(NamedTuple):
    """Where in the log, and when."""

    log_index: int
    at: datetime


def cases(
    tx: Tx,
    doti: Mapping[UUID, Dote],
    moments: Mapping[UUID, Moment],
    granted: Mapping[UUID, Moment],
) -> list[Case]:
    """The doti of a batch that wait for something, and those for which it matters what others
    were granted, as the rules look at them.

    `moments`: the last event of each dote; `granted`: the last change for each household.
    """
    waiting = [dote for dote in doti.values() if any(stages(dote))]
    if granted:
        granted = _of_all(granted, _groups(tx, granted))
        values = {"households": list(granted), "known": list(doti)}
        waiting += [read(row["snapshot"]) for row in tx.execute(_SQL["undecided"], values)]
    if not waiting:
        return []
    policies = _policies(tx, {dote.policy_version for dote in waiting})
    undecided = {dote.household_id for dote in waiting if dote.state is State.ASSESSED}
    helps = _helps(tx, undecided) if undecided else {}
    found = []
    for dote in waiting:
        known = [moments[dote.id]] if dote.id in moments else []
        if dote.state is State.ASSESSED and dote.household_id in granted:
            known.append(granted[dote.household_id])
        given = helps.get(dote.household_id, ()) if dote.state is State.ASSESSED else None
        found.append(Case(dote, policies[dote.policy_version], max(known).at, given))
    return found


def save(tx: Tx, doti: Iterable[UUID], found: Iterable[Case]) -> None:
    """The turns of these cases, in the place of what there was for them and for `doti`."""
    listed = list(found)
    ids = {*doti, *(case.dote.id for case in listed)}
    if ids:
        tx.execute(_SQL["forget_turns"], {"ids": list(ids)})
    rows = [row for case in listed for row in rows_of(case)]
    if rows:
        tx.execute(_SQL["save_turns"], {"rows": to_json(rows).decode()})


def rows_of(case: Case) -> Iterator[dict[str, object]]:
    """The rows of the table `turns` for a dote."""
    dote = case.dote
    people = sorted(frozenset[UUID]().union(*dote.people.values()))
    for nth, turn in enumerate(turns(case)):
        yield {
            "dote_id": dote.id,
            "nth": nth,
            "partner": dote.partner,
            "category": dote.category,
            "household_id": dote.household_id,
            "stage": turn.stage,
            "why": turn.why,
            "action": turn.action,
            "roles": sorted(turn.roles),
            "since": turn.since,
            "due": turn.due,
            "amount_cents": turn.amount_cents,
            "at_stake_cents": _at_stake_cents(dote, turn),
            "given": turn.given,
            "wanted": turn.wanted,
            "barred": sorted(turn.barred),
            "not_partners": sorted(partner or "" for partner in turn.not_partners),
            "people": people,
        }


def _at_stake_cents(dote: Dote, turn: Turn) -> int:
    """What `domain.permissions` holds against the most that somebody was delegated."""
    if TRANSITIONS[turn.action].duty is None:
        return 0
    return dote.committed_cents if turn.action is Action.DISBURSE else turn.amount_cents


def _policies(tx: Tx, versions: set[int]) -> dict[int, Policy]:
    rows = tx.execute(_SQL["policies"], {"versions": list(versions)})
    return {row["version"]: _policy(row["document"]) for row in rows}


@lru_cache(maxsize=64)
def _policy(document: str) -> Policy:
    return Policy.model_validate_json(document)


def _helps(tx: Tx, households: set[UUID]) -> dict[UUID, tuple[Help, ...]]:
    """What each household, and those that count as one with it, were granted."""
    groups = _groups(tx, households)
    found: dict[UUID, tuple[Help, ...]] = {}
    everybody = list({one for group in groups.values() for one in group})
    for row in tx.execute(_SQL["granted"], {"households": everybody}):
        one = Help(row["category"], row["at"], row["cents"])
        found[row["household_id"]] = (*found.get(row["household_id"], ()), one)
    return {
        household_id: tuple(one for each in group for one in found.get(each, ()))
        for household_id, group in groups.items()
    }


def _groups(tx: Tx, households: Iterable[UUID]) -> dict[UUID, list[UUID]]:
    """Each household with all that count as one with it."""
    asked = list(households)
    rows = tx.execute(_SQL["groups"], {"households": asked})
    return {one: [one] for one in asked} | {row["id"]: row["households"] for row in rows}


def _of_all(
    granted: Mapping[UUID, Moment], groups: Mapping[UUID, list[UUID]]
) -> dict[UUID, Moment]:
    """What changed for one household changed for those that count as one with it."""
    found: dict[UUID, Moment] = {}
    for household_id, moment in granted.items():
        for each in groups[household_id]:
            found[each] = max(moment, found.get(each, moment))
    return found
