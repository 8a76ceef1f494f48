"""A line of the bank on its own page: what is proposed for it, other lines that may belong to it,
and why somebody left it for later."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from api.languages import Language, day, translate
from api.pages.bank_view import GRADES, Looked
from api.pages.say import N_
from api.pages.who_did import last_done
from api.security.visibility import Kind, may_read
from api.v1.bank_schemas import LineShown
from api.v1.bank_words import why
from api.v1.reconciling import Desk, Lines, command_of
from api.wiring import Services
from domain.actors import Actor
from domain.days import day_here
from domain.events.bank import LineMatched, LineSetAside
from domain.proposals import Grade, Proposal
from projections.reconciliation.queries import LineRow

NEAR_DAYS = 15
MOST_OTHERS = 10
"""So many other lines are offered beside one, those of the same name first."""
MATCHED_ALREADY = N_("{who} matched this line already, on {day}: there is nothing left to match.")


@dataclass(frozen=True, slots=True)
class Proposed:
    """What is proposed for a line, in words. `badge`: the word and the tone of its grade."""

    badge: tuple[str, str]
    why: str
    payments: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Aside:
    """That somebody left a line for later. `reason`: for who may read what is private of it."""

    who: str
    at: datetime
    reason: str | None


def proposal_of(desk: Desk, line_id: UUID) -> Proposal | None:
    """What is proposed for a line, by itself or with others."""
    return next((each for each in desk.proposals if line_id in each.line_ids), None)


def proposed(desk: Desk, proposal: Proposal, language: Language) -> Proposed:
    """The same in words."""
    first = desk.first_of(proposal)
    code = first.return_reason if proposal.grade is Grade.RETURN else None
    told = why(proposal.reasons, code, language)
    return Proposed(GRADES[proposal.grade], told, proposal.payment_ids)


def as_proposed(proposal: Proposal, line_id: UUID) -> Looked:
    """The form as a proposal would fill it in."""
    command = command_of(proposal)
    if command is None:
        return Looked()
    return Looked(
        ids=command.payment_ids,
        kind=command.kind,
        rest=command.rest,
        lines=tuple(str(each) for each in command.line_ids if each != line_id),
    )


def others(desk: Desk, line: LineRow, chosen: Sequence[str]) -> list[LineRow]:
    """Other open lines that may belong to it: of its account and direction, of days near its own,
    those of its name first; and those that were chosen."""

    def is_near(other: LineRow) -> bool:
        return (
            other.account == line.account
            and (other.open_cents < 0) is (line.open_cents < 0)
            and abs((other.booked_on - line.booked_on).days) <= NEAR_DAYS
        )

    def rank(other: LineRow) -> tuple[bool, bool, int, UUID]:
        same = None not in (line.name_token, other.name_token) and (
            line.name_token == other.name_token
        )
        days = abs((other.booked_on - line.booked_on).days)
        return str(other.id) not in chosen, not same, days, other.id

    found = [each for each in desk.lines.values() if each.id != line.id]
    wanted = [each for each in found if is_near(each) or str(each.id) in chosen]
    return sorted(wanted, key=rank)[: max(MOST_OTHERS, len(chosen))]


def aside(services: Services, actor: Actor, line_id: UUID) -> Aside | None:
    """Who left a line for later last, and why; None where nobody did."""
    done = last_done(services, line_id, LineSetAside)
    if done is None:
        return None
    opens = may_read(actor, Kind.PAYEE, None)
    return Aside(
        who=done.who,
        at=done.event.at,
        reason=services.vault.open_field(done.event, "reason") if opens else None,
    )


def matched_already(services: Services, line_id: UUID, language: Language) -> str | None:
    """Who matched a line of which nothing is open; None where something is."""
    if services.register.bank_line(line_id).open_cents:
        return None
    done = last_done(services, line_id, LineMatched)
    if done is None:
        return None
    on = day(language, day_here(done.event.at))
    return translate(language, MATCHED_ALREADY).format(who=done.who, day=on)


def shown(lines: Lines, rows: Sequence[LineRow]) -> list[LineShown]:
    """Lines as the one who looks may see them."""
    lines.look(rows)
    return [lines.shown(row) for row in rows]
