"""The bank's open lines and what they may be: looked up, opened for who may read, confirmed."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from typing import Any
from uuid import UUID

from api.languages import Language, refusal_text
from api.security.visibility import Kind, may_read
from api.v1 import bank_schemas as schemas
from api.v1.bank_words import why
from api.wiring import Services
from domain.actors import Actor
from domain.errors import DomainError, UnknownCode
from domain.events.bank import BankLineImported, MatchKind
from domain.privacy import read_record
from domain.proposals import Grade, Proposal, Reason
from domain.reconciliation import propose
from projections.reconciliation import candidates, queries
from projections.reconciliation.queries import LineRow
from workflows import engine, reconciliation
from workflows.engine import Outcome
from workflows.eventstore.database import Tx
from workflows.payment_commands import MatchLines
from workflows.reconciliation import Target


@dataclass(frozen=True, slots=True)
class Desk:
    """The open lines with their proposals, as the projections know them now."""

    lines: dict[UUID, LineRow]
    proposals: list[Proposal]

    @property
    def counts(self) -> dict[str, int]:
        """How many lines there are of each grade."""
        counted = Counter(p.grade for p in self.proposals for _ in p.line_ids)
        return {str(grade): counted[grade] for grade in Grade}

    @property
    def certain(self) -> list[Proposal]:
        """Those that are confirmed together."""
        return [each for each in self.proposals if each.grade is Grade.CERTAIN]


def desk(tx: Tx) -> Desk:
    """What is open, and what each of it may be."""
    lines = queries.open_lines(tx)
    wanted = [line.open_line() for line in lines]
    proposals = propose(wanted, candidates.candidates(tx, wanted) if lines else [])
    return Desk({line.id: line for line in lines}, proposals)


def command_of(proposal: Proposal) -> MatchLines | None:
    """The command that confirms a proposal; None where there is nothing to confirm."""
    if proposal.kind is None:
        return None
    return MatchLines(
        line_ids=proposal.line_ids,
        payment_ids=proposal.payment_ids,
        kind=proposal.kind,
        rest="fee" if Reason.WITH_FEE in proposal.reasons else "refuse",
    )


def targets(tx: Tx, command: MatchLines) -> list[Target]:
    """The payments that a command names; refused where one is not known."""
    known = candidates.named(tx, command.payment_ids)
    for n, each in enumerate(command.payment_ids):
        if each not in known:
            raise UnknownCode(f"payment_ids.{n}", each)
    found = (known[each] for each in command.payment_ids)
    return [Target(p.id, p.dote_id, p.amount_cents, p.n, p.by_hand) for p in found]


def confirm(
    services: Services, request: engine.Request, proposals: Sequence[Proposal]
) -> list[Outcome | tuple[Proposal, DomainError]]:
    """Each by its own command, so that one refusal stops no other."""
    done: list[Outcome | tuple[Proposal, DomainError]] = []
    for proposal in proposals:
        command = command_of(proposal)
        if command is None:
            continue
        with services.database.transaction() as tx:
            named = targets(tx, command)
        key = request.idempotency_key
        own = replace(
            request, idempotency_key=None if key is None else f"{key}:{proposal.line_ids[0]}"
        )
        try:
            matching = partial(reconciliation.match, command=command, targets=named)
            done.append(services.engine.run(own, matching))
        except DomainError as refused:
            done.append((proposal, refused))
    return done


class Lines:
    """Lines as one person may see them."""

    def __init__(self, services: Services, actor: Actor, language: Language) -> None:
        self._services = services
        self._opens = may_read(actor, Kind.PAYEE, None)
        self._language = language
        self._today = services.engine.clock().date()

    def shown(self, line: LineRow) -> schemas.LineShown:
        """A line, with who and what for who may read it."""
        details = self._details(line.id)
        return schemas.LineShown(
            id=line.id,
            account=line.account,
            booked_on=line.booked_on,
            amount_cents=line.amount_cents,
            open_cents=line.open_cents,
            is_return=line.is_return,
            return_reason=line.return_reason,
            set_aside=line.is_set_aside,
            days=max(0, _days(line.booked_on, self._today)),
            name=details.get("name"),
            remittance=details.get("remittance"),
        )

    def proposal(self, proposal: Proposal, lines: dict[UUID, LineRow]) -> schemas.ProposalShown:
        """A proposal, with its reason in words."""
        rows = [lines[line_id] for line_id in proposal.line_ids]
        command = command_of(proposal)
        code = rows[0].return_reason if proposal.grade is Grade.RETURN else None
        return schemas.ProposalShown(
            lines=[self.shown(row) for row in rows],
            line_ids=list(proposal.line_ids),
            payment_ids=list(proposal.payment_ids),
            kind=proposal.kind,
            grade=proposal.grade,
            score=proposal.score,
            reasons=list(proposal.reasons),
            reason=why(proposal.reasons, code, self._language),
            rest="refuse" if command is None else command.rest,
        )

    def refused(self, done: Iterable[Outcome | tuple[Proposal, DomainError]]) -> list[schemas.Told]:
        """Why some of many were not matched, by their lines."""
        return [
            schemas.Told(where=str(each[0].line_ids[0]), msg=refusal_text(each[1], self._language))
            for each in done
            if isinstance(each, tuple)
        ]

    def _details(self, line_id: UUID) -> dict[str, Any]:
        if not self._opens:
            return {}
        event = self._services.register.event(line_id, 1)
        if not isinstance(event, BankLineImported):
            return {}
        text = self._services.vault.open_field(event, "details")
        return {} if text is None else read_record(text)


def match_shown(services: Services, match_id: UUID) -> schemas.Match:
    """A match as its lines tell it now."""
    lines = reconciliation.lines_of(services.register, match_id)
    found = [
        schemas.MatchLine(
            line_id=line.id,
            kind=MatchKind(known.kind),
            amount_cents=known.amount_cents,
            payment_ids=[paid.payment for paid in known.payments],
        )
        for line in lines
        for known in line.matches
        if known.match_id == match_id
    ]
    return schemas.Match(id=match_id, lines=found, undone=not found)


def _days(since: date, today: date) -> int:
    return (today - since).days
