"""Runs a draft over the past while its coordinator does something else; keeps what came out.

How far it is stands with the draft in the database: any process can show it. When the process that
runs it ends, it is told as stopped after a while, and can be begun again.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import structlog

from api.languages import LANGUAGES, Language, refusal_text
from api.pages.programme.drafts import Draft, Drafts
from api.pages.say import N_
from api.wiring import Services
from domain.errors import DomainError
from domain.policy import Rules
from domain.policy_simulation import Difference, Kind, Tally
from workflows.eventstore.reach import EVERYBODYS, reaching
from workflows.simulation import Simulated, simulate

MOST_LISTED = 200
_SILENT = timedelta(seconds=60)

KINDS: Mapping[Kind, str] = {
    Kind.REFUSED: N_("would not have passed"),
    Kind.ALLOWED: N_("would have passed"),
    Kind.MORE_VOTES: N_("would have needed more votes"),
    Kind.FEWER_VOTES: N_("would have needed fewer votes"),
}

log = structlog.get_logger(__name__)


class _Replaced(Exception):
    """The draft was changed, or another simulation began."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How a simulation stands. `percent` of the log is read."""

    state: str
    percent: int
    result: Mapping[str, Any] | None


def begin(services: Services, draft: Draft, since: datetime | None) -> str | None:
    """Notes that a simulation begins; its name, or None if the draft is another one by now."""
    run = uuid4().hex
    noted = {"run": run, "since": since.isoformat() if since else None}
    return run if _note(services, draft, noted | _running(services, 0, 1)) else None


def run(services: Services, draft: Draft, rules: Rules, since: datetime | None, name: str) -> None:
    """Simulates, and notes now and then how far it is. Nothing waits for it."""
    noted = {"run": name, "since": since.isoformat() if since else None}

    def told(done: int, end: int) -> None:
        if not _note(services, draft, noted | _running(services, done, end), name):
            raise _Replaced

    try:
        # Rules are for all partners, and so is what they would have changed.
        with reaching(EVERYBODYS):
            found = simulate(
                services.register,
                services.log,
                rules,
                today=services.engine.today(),
                since=since,
                most=MOST_LISTED,
                told=told,
            )
    except _Replaced:
        return
    except DomainError as error:
        log.warning("simulation_failed", error=type(error).__name__)
        _note(services, draft, noted | {"state": "failed"}, name)
        return
    _note(services, draft, noted | {"state": "done", "result": _kept(found)}, name)


def progress(draft: Draft, now: datetime) -> Progress | None:
    """How the simulation of a draft stands; None: there is none."""
    noted = draft.simulation
    if noted is None:
        return None
    state = noted["state"]
    if state == "running" and now - datetime.fromisoformat(noted["at"]) > _SILENT:
        state = "stopped"
    percent = 100 * noted.get("done", 0) // max(noted.get("end", 1), 1)
    return Progress(state, percent, noted.get("result"))


def _running(services: Services, done: int, end: int) -> dict[str, Any]:
    at = services.engine.clock().isoformat()
    return {"state": "running", "done": done, "end": end, "at": at}


def _note(
    services: Services, draft: Draft, simulation: Mapping[str, Any], name: str | None = None
) -> bool:
    return Drafts(services.database).simulated(draft, simulation, name)


def _kept(found: Simulated) -> dict[str, Any]:
    totals = found.totals
    return {
        "log_index": found.log_index,
        "looked_at": found.looked_at,
        "left_out": found.left_out,
        "count": sum(tally.count for tally in totals.by_kind.values()),
        "refused_cents": totals.refused_cents,
        "allowed_cents": totals.allowed_cents,
        "by_kind": {str(kind): _counted(tally) for kind, tally in totals.by_kind.items()},
        "by_partner": {code: _counted(tally) for code, tally in sorted(totals.by_partner.items())},
        "by_person": {str(who): _counted(tally) for who, tally in totals.by_person.items()},
        "differences": [_difference(each) for each in found.differences],
    }


def _counted(tally: Tally) -> dict[str, int]:
    return {"count": tally.count, "cents": tally.cents}


def _difference(each: Difference) -> dict[str, Any]:
    return {
        "dote_id": str(each.dote_id),
        "number": each.number,
        "partner": each.partner,
        "item": each.item,
        "decision": str(each.decision),
        "at": each.at.isoformat(),
        "by": str(each.by),
        "cents": each.amount_cents,
        "kind": str(each.kind),
        "reasons": {
            language: [refusal_text(reason, language) for reason in each.reasons]
            for language in LANGUAGES
        },
    }


def shown(services: Services, result: Mapping[str, Any], language: Language) -> dict[str, Any]:
    """What came out, with the names of who decided, in a language."""
    people = {UUID(who) for who in result["by_person"]}
    people |= {UUID(each["by"]) for each in result["differences"]}
    names = services.accounts.names(people)
    return {
        **result,
        "kinds": [(KINDS[Kind(kind)], counted) for kind, counted in result["by_kind"].items()],
        "people": [
            (names.get(UUID(who), "?"), counted) for who, counted in result["by_person"].items()
        ],
        "differences": [
            {
                **each,
                "at": datetime.fromisoformat(each["at"]),
                "by": names.get(UUID(each["by"]), "?"),
                "kind": KINDS[Kind(each["kind"])],
                "bad": each["kind"] == Kind.REFUSED,
                "reasons": each["reasons"][language],
            }
            for each in result["differences"]
        ],
    }
