"""The bank's open lines and what they may be: looked up, opened for who may read, confirmed."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import partial
from typing import Any
from uuid import UUID

from api.languages import Language, refusal_text
from api.security.visibility import Kind, may_read
from api.v1 import bank_schemas as schemas
from api.v1.bank_words import why
from api.v1.commands import Call
from api.wiring import Services
from domain.actors import Actor
from domain.errors import DomainError, NamedTwice, UnknownCode
from domain.events.bank import BankLineImported, MatchKind
from domain.events.base import Event
from domain.privacy import read_record
from domain.programme import PROGRAMME_ID
from domain.proposals import Grade, Proposal, Reason
from domain.reconciliation import propose
from projections.reconciliation import candidates, queries
from projections.reconciliation.queries import LineRow, MatchRow, Place
from workflows import engine, reconciliation
from workflows.engine import Outcome
from workflows.eventstore.database import Tx
from workflows.eventstore.vault import Keys
from workflows.payment_commands import ConfirmCertain, MatchLines, ShownProposal
from workflows.reconciliation import Target


@dataclass(frozen=True, slots=True)
class Desk:
    """The open lines with their proposals, as the projections know them now."""

    lines: dict[UUID, LineRow]
    proposals: list[Proposal]

    @property
    def counts(self) -> dict[str, int]:
        """How many lines there are of each grade."""
        return self.counted(Asked())

    def counted(self, asked: "Asked") -> dict[str, int]:
        """The same of what is asked for, of whatever grade."""
        counted = Counter(
            p.grade for p in self.chosen(replace(asked, grade=None)) for _ in p.line_ids
        )
        return {str(grade): counted[grade] for grade in Grade}

    def aside(self, asked: "Asked") -> int:
        """How many of these lines are left for later."""
        among = self.chosen(replace(asked, grade=None, set_aside=True))
        return sum(len(each.line_ids) for each in among)

    def chosen(self, asked: "Asked") -> list[Proposal]:
        """The proposals that somebody asks for, the oldest line first."""
        return [
            each
            for each in self.proposals
            if asked.grade in (None, each.grade) and asked.takes(self.first_of(each))
        ]

    def first_of(self, proposal: Proposal) -> LineRow:
        """The line that a proposal is for, or the first of several."""
        return self.lines[proposal.line_ids[0]]

    def place(self, proposal: Proposal) -> Place:
        """Where it stands among the others."""
        return self.first_of(proposal).place


@dataclass(frozen=True, slots=True)
class Asked:
    """Which open lines somebody asks for. `before`: booked before this day."""

    grade: Grade | None = None
    account: str | None = None
    before: date | None = None
    set_aside: bool | None = None

    def takes(self, line: LineRow) -> bool:
        """Whether a line is one of them, whatever is proposed for it."""
        return (
            self.account in (None, line.account)
            and (self.before is None or line.booked_on < self.before)
            and self.set_aside in (None, line.is_set_aside)
        )


def desk(tx: Tx) -> Desk:
    """What is open, and what each of it may be."""
    lines = queries.open_lines(tx)
    wanted = [line.open_line() for line in lines]
    proposals = propose(wanted, candidates.candidates(tx, wanted) if lines else [])
    return Desk({line.id: line for line in lines}, proposals)


def older_than(services: Services, days: int) -> date | None:
    """Before which day a line was booked that is open for so many days."""
    today = services.engine.today()
    return today - timedelta(days=days - 1) if days else None


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


def targets(tx: Tx, payment_ids: Sequence[str]) -> list[Target]:
    """Payments by their ids; refused where one is not known."""
    known = candidates.named(tx, payment_ids)
    for n, each in enumerate(payment_ids):
        if each not in known:
            raise UnknownCode(f"payment_ids.{n}", each)
    found = (known[each] for each in payment_ids)
    return [Target(p.id, p.dote_id, p.amount_cents, p.n, p.by_hand) for p in found]


def as_shown(proposal: Proposal) -> ShownProposal:
    """A proposal as it is named to be confirmed. There has to be something to confirm."""
    return ShownProposal.model_validate(
        {
            "line_ids": proposal.line_ids,
            "payment_ids": proposal.payment_ids,
            "kind": proposal.kind,
        }
    )


@dataclass(frozen=True, slots=True)
class NotConfirmed:
    """A proposal that was shown, and why it was not confirmed."""

    shown: ShownProposal
    why: DomainError


def confirm(
    services: Services, request: engine.Request, command: ConfirmCertain
) -> list[Outcome | NotConfirmed]:
    """Each by its own command, so that one refusal stops no other; in their order."""
    seen: set[UUID] = set()
    for n, shown in enumerate(command.proposals):
        for line_id in shown.line_ids:
            if line_id in seen:
                raise NamedTwice(f"proposals.{n}.line_ids", str(line_id))
            seen.add(line_id)
    with services.database.transaction() as tx:
        now = {line_id: each for each in desk(tx).proposals for line_id in each.line_ids}
    done: list[Outcome | NotConfirmed] = []
    for shown in command.proposals:
        try:
            done.append(_confirm_one(services, request, shown, now.get(shown.line_ids[0])))
        except DomainError as refused:
            done.append(NotConfirmed(shown, refused))
    return done


def confirmed(call: Call, command: ConfirmCertain) -> schemas.Confirmed:
    """The same for a request, once under its Idempotency-Key, with what became of each in words."""
    request = call.request(command)

    def do() -> Outcome:
        done = confirm(call.services, request, command)
        told = schemas.Confirmed(
            matched=sum(isinstance(each, Outcome) for each in done),
            refused=[
                schemas.NotConfirmed(
                    line_ids=list(each.shown.line_ids),
                    payment_ids=list(each.shown.payment_ids),
                    kind=each.shown.kind,
                    msg=refusal_text(each.why, call.view.language),
                )
                for each in done
                if isinstance(each, NotConfirmed)
            ],
        )
        figures = told.model_dump(mode="json")
        return Outcome(PROGRAMME_ID, 1, created=told.matched > 0, figures=figures)

    return schemas.Confirmed.model_validate(call.several(request, do).figures)


def _confirm_one(
    services: Services, request: engine.Request, shown: ShownProposal, now: Proposal | None
) -> Outcome:
    with services.database.transaction() as tx:
        named = targets(tx, shown.payment_ids)
    key = request.idempotency_key
    own = replace(request, idempotency_key=None if key is None else f"{key}:{shown.line_ids[0]}")
    confirming = partial(reconciliation.confirm, shown=shown, now=now, targets=named)
    return services.engine.run(own, confirming)


class Lines:
    """Lines as one person may see them."""

    def __init__(self, services: Services, actor: Actor, language: Language) -> None:
        self._services = services
        self._opens = may_read(actor, Kind.PAYEE, None)
        self._language = language
        self._today = services.engine.today()
        self._told: dict[UUID, Event] = {}
        self._keys: Keys = {}

    def look(self, lines: Iterable[LineRow]) -> None:
        """Reads what the bank wrote on some lines at once, before they are shown."""
        if self._opens:
            places = self._services.log.places(line.log_index for line in lines)
            self._told |= {each.stream_id: each.event for each in places.values() if each.event}
            sealed = [e.details for e in self._told.values() if isinstance(e, BankLineImported)]
            subjects = {each.subject_id for each in sealed}
            self._services.vault.take_keys(subjects, self._keys)

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

    def _details(self, line_id: UUID) -> dict[str, Any]:
        if not self._opens:
            return {}
        event = self._told.get(line_id) or self._services.register.event(line_id, 1)
        if not isinstance(event, BankLineImported):
            return {}
        text = self._services.vault.open_field(event, "details", self._keys)
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


def match_listed(match: MatchRow) -> schemas.MatchListed:
    """A match that holds."""
    return schemas.MatchListed(
        id=match.match_id,
        at=match.at,
        by=match.by_account,
        lines=[
            schemas.MatchLine(
                line_id=line["line_id"],
                kind=line["kind"],
                amount_cents=line["amount_cents"],
                payment_ids=[paid["payment"] for paid in line["payments"]],
            )
            for line in match.lines
        ],
    )


def _days(since: date, today: date) -> int:
    return (today - since).days
