"""Freezing a rendiconto: what the log tells of the expenses of a funder, at one place of it."""

from collections.abc import Collection, Iterable
from datetime import date
from uuid import UUID, uuid4

from domain import funders, withdrawing
from domain.actors import Actor
from domain.errors import AccountWithdrawn, NotFound, ToldOtherwise
from domain.events.dote import DoteRequested, ReceiptSubmitted
from domain.events.rendiconto import RendicontoFrozen, RendicontoWithdrawn
from domain.funding_rules import NO_RULES
from domain.periods import of_closers
from domain.programme import Programme
from domain.rendiconto import Asked, Drawing, Earlier, check_days, check_new
from domain.rendiconto_content import Content
from workflows.audit.tree import Tree
from workflows.closing_commands import AdoptFunderRules, DrawUp
from workflows.commands import Motive
from workflows.engine import Outcome, Work
from workflows.eventstore import rendiconti
from workflows.eventstore.log import Log
from workflows.eventstore.register import Register
from workflows.eventstore.rendiconti import Account
from workflows.eventstore.sequencer import Sequencer
from workflows.programme import change
from workflows.trial_balance import BATCH, MONEY

_TOLD = sorted({*MONEY, DoteRequested.__name__, ReceiptSubmitted.__name__})
_LOCK = ("rendiconti",)
ROUNDS = 50
"""How often what was written before is numbered; where others write all the time, there is no end
to it."""


def adopt_funder_rules(work: Work, command: AdoptFunderRules) -> Outcome:
    """What a funder admits, and how it wants its accounts."""
    return change(
        work,
        "adopt_funder_rules",
        lambda programme, stamp: funders.adopt(programme, stamp, command.funder, command.rules),
    )


def freeze(work: Work, command: DrawUp, sequencer: Sequencer, shown: str | None = None) -> Outcome:
    """An account of the expenses between two days, as the log stands now. `shown`: what somebody
    was shown that it would tell (`Content.told`): if it tells another thing now it is refused, and
    so it is if it tells nothing new."""
    by = of_closers(work.actor, "draw_up")[0]
    number_all(sequencer)
    # One after the other: what an earlier one tells, the next does not tell again.
    work.store.begin(_LOCK)
    accounts = rendiconti.accounts(work.register.database)
    content = _drawn(work.register, work.today, command, accounts.values())
    if shown is not None:
        check_new(content, _standing(accounts.values()))
        if shown != content.told:
            raise ToldOtherwise
    rendiconto_id = uuid4()
    own = set(content.earlier)
    frozen = RendicontoFrozen.stamped(
        work.stamp(by),
        rendiconto_id,
        1,
        number=content.number,
        first_day=content.first_day,
        last_day=content.last_day,
        partner=content.partner,
        funder=content.funder,
        rules_version=content.rules_version,
        log_size=content.log_size,
        root=content.root,
        earlier=tuple(id_ for id_, each in accounts.items() if each.content.number in own),
        fingerprint=content.fingerprint,
        rows=len(content.rows),
        documented_cents=sum(row.documented_cents for row in content.rows),
        admitted_cents=sum(row.admitted_cents for row in content.rows),
    )
    work.store.append(frozen)
    work.store.add_row(rendiconti.kept(rendiconto_id, content))
    return Outcome(rendiconto_id, 1, created=True)


def would_tell(register: Register, actor: Actor, today: date, command: DrawUp) -> Content:
    """What an account would tell that is frozen now; refused where that is nothing new. Nothing is
    held, and nothing written."""
    of_closers(actor, "draw_up")
    accounts = rendiconti.accounts(register.database).values()
    content = _drawn(register, today, command, accounts)
    check_new(content, _standing(accounts))
    return content


def withdraw(work: Work, rendiconto_id: UUID, command: Motive) -> Outcome:
    """An account that was wrong is withdrawn by another person than the one who drew it up: what it
    tells is told by later ones again."""
    work.store.begin(_LOCK, ("stream", rendiconto_id))
    frozen, *more = work.register.history(rendiconto_id) or (None,)
    if not isinstance(frozen, RendicontoFrozen):
        raise NotFound
    by = withdrawing.signature(work.actor, frozen.by)
    work.check_version(1 + len(more))
    if more:
        raise AccountWithdrawn(frozen.number)
    accounts = rendiconti.accounts(work.register.database)
    withdrawing.check_later(accounts[rendiconto_id].content, _standing(accounts.values()))
    last_number = max(each.content.number for each in accounts.values())
    event = RendicontoWithdrawn.stamped(
        work.stamp(by), rendiconto_id, 2, reason=command.reason, last_number=last_number
    )
    work.store.append(event)
    work.store.add_row(rendiconti.withdrawn(rendiconto_id, last_number))
    return Outcome(rendiconto_id, 2)


def number_all(sequencer: Sequencer) -> None:
    """What was written before has its place in the log."""
    for _ in range(ROUNDS):
        if sequencer.number_batch() is None:
            break


def made_again(register: Register, content: Content) -> Content:
    """The same account, from the log as it is there today: of the same content, or hands have been
    at one of the two."""
    before = [
        each.content
        for each in rendiconti.accounts(register.database).values()
        if each.stood_before(content.number)
    ]
    drawing = _read(register, _asked(content, before), content.log_size)
    root = Tree(register.database).root(content.log_size).hex()
    return content.model_copy(update={"rows": drawing.rows, "lines": drawing.lines, "root": root})


def _standing(accounts: Iterable[Account]) -> list[Content]:
    return [each.content for each in accounts if each.stands]


def _drawn(
    register: Register, today: date, command: DrawUp, accounts: Collection[Account]
) -> Content:
    check_days(command.first_day, command.last_day, today)
    known = register.programme()
    if command.partner is not None:
        known.partner(command.partner)
    versions = () if command.funder is None else funders.rules_of(known, command.funder)
    rules = versions[-1] if versions else NO_RULES
    told = _standing(accounts)
    log_size = Log(register.database).end()
    empty = Content(
        number=_number(today, len(accounts)),
        programme=known.name,
        currency=known.currency,
        first_day=command.first_day,
        last_day=command.last_day,
        partner=command.partner,
        funder=command.funder,
        rules_version=len(versions) or None,
        rules=rules,
        log_size=log_size,
        root=Tree(register.database).root(log_size).hex(),
        closed_upto=known.books.closed_upto,
        earlier=(),
        names={},
        rows=(),
        lines=(),
    )
    asked = _asked(empty, told)
    drawing = _read(register, asked, log_size)
    filled = {
        "earlier": tuple(each.number for each in asked.own),
        "rows": drawing.rows,
        "lines": drawing.lines,
    }
    content = empty.model_copy(update=filled)
    return content.model_copy(update={"names": _names(known, content)})


def _number(today: date, before: int) -> str:
    return f"R-{today.year}-{before + 1:04}"


def _asked(content: Content, before: Iterable[Content]) -> Asked:
    return Asked(
        content.first_day,
        content.last_day,
        content.partner,
        content.funder,
        content.rules,
        tuple(
            Earlier(
                each.number,
                each.funder,
                each.partner,
                each.first_day,
                each.last_day,
                told=frozenset(row.log_index for row in each.rows),
                admitted=frozenset(row.log_index for row in each.rows if row.admitted_cents > 0),
            )
            for each in before
        ),
        content.format_version,
    )


def _read(register: Register, asked: Asked, upto: int) -> Drawing:
    drawing, log = Drawing(asked), Log(register.database)
    for after in range(0, upto, BATCH):
        for logged in log.part(after, min(after + BATCH, upto), _TOLD):
            drawing.take(logged.log_index, logged.event)
    return drawing


def _names(known: Programme, content: Content) -> dict[str, str]:
    """What partners, categories and items are called today; the codes stand in the rows."""
    named = {}
    lines = {(line.partner, line.category) for line in content.lines}
    for partner, category in lines | {(row.partner, row.category) for row in content.rows}:
        named[f"partner {partner}"] = known.partners[partner].name
        named[f"category {category}"] = known.categories[category].name
    for row in content.rows:
        named[f"item {row.item}"] = known.categories[row.category].items[row.item]
    return dict(sorted(named.items()))
