"""The months of the books: closed by two people, and opened again by two."""

from datetime import datetime
from typing import Annotated, Any, cast

from fastapi import APIRouter, Depends, Path, Response

from api.v1 import PREFIX
from api.v1 import period_answers as answers
from api.v1.bodies import ClosePeriodBody, ReopenPeriodBody
from api.v1.commands import Call, TheCall, etag
from api.v1.dependencies import SignedIn, TheServices, json_only
from api.v1.describing import READING, command, refusals, versioned
from api.v1.waiting import READ
from domain import programme
from domain.days import Month, day_here, last_day_of, month_after, month_of
from domain.errors import DomainError, ProgrammeMissing
from domain.events.programme import ProgrammeEvent
from domain.periods import Books, Closing, What
from domain.programme import PROGRAMME_ID, Programme
from projections.reconciliation.balances import month_ends, open_upto
from workflows import periods as workflows
from workflows.closing_commands import ClosePeriod

router = APIRouter(prefix=f"{PREFIX}/periods", tags=["periods"])

_JSON = [Depends(json_only)]
ThePeriod = Annotated[Month, Path(description="The month, as 2026-03.")]
_NO_WORD = ClosePeriod()


@router.get("", dependencies=READ, responses=versioned(200, replayed=False) | refusals(*READING))
def periods(response: Response, services: TheServices, _: SignedIn) -> answers.Periods:
    """The months from the first on to the one before this, the newest first."""
    known = services.register.programme()
    response.headers["ETag"] = etag(known.version)
    now = services.engine.clock()
    return answers.Periods(
        closed_upto=known.books.closed_upto,
        items=[period_of(known.books, month, now) for month in months(known.books, now)],
    )


@router.get(
    "/{period}", dependencies=READ, responses=versioned(200, replayed=False) | refusals(*READING)
)
def period(
    period: ThePeriod, response: Response, services: TheServices, _: SignedIn
) -> answers.PeriodWithBalance:
    """A month with the trial balance that it was closed on."""
    known = services.register.programme()
    response.headers["ETag"] = etag(known.version)
    return month_with_balance(known, period, services.engine.clock())


@router.get("/{period}/bank", dependencies=READ, responses=refusals(*READING))
def bank(period: ThePeriod, services: TheServices, _: SignedIn) -> answers.BankAtMonthEnd:
    """The programme's accounts at the end of a month, as the bank says and as the lines come to.

    By all that has come in until now, also of a month that is closed.
    """
    on = last_day_of(period)
    with services.database.transaction(one_snapshot=True) as tx:
        ends, still = month_ends(tx, period), open_upto(tx, on)
    return answers.BankAtMonthEnd(
        on=on,
        accounts=[
            answers.AccountAtMonthEnd(
                account=each.account,
                statements_upto=each.reaches_to,
                bank_cents=each.bank_cents,
                register_cents=each.register_cents,
                difference_cents=each.difference_cents,
            )
            for each in ends
        ],
        open_lines=still.lines,
        open_cents=still.cents,
    )


@router.post("/{period}/close", dependencies=_JSON, **command(200, on_dote=False))
def close(
    period: ThePeriod, call: TheCall, command: ClosePeriodBody = _NO_WORD
) -> answers.PeriodWithBalance:
    """Asks for a month to be closed or, as a second person, closes it by the same call.

    Months are closed in their order, after their end. Nothing is dated into a closed one any more.
    """
    sequencer = call.services.sequencer
    outcome = call.run(lambda work: workflows.close(work, period, command, sequencer), command)
    return _at(call, period, outcome.version)


@router.post("/{period}/reopen", dependencies=_JSON, **command(200, on_dote=False))
def reopen(
    period: ThePeriod, command: ReopenPeriodBody, call: TheCall
) -> answers.PeriodWithBalance:
    """Asks for the last closed month to be opened again or, as a second person, opens it."""
    outcome = call.run(lambda work: workflows.reopen(work, period, command), command)
    return _at(call, period, outcome.version)


def _at(call: Call, month: str, version: int) -> answers.PeriodWithBalance:
    """As the command left it; the same whenever it is told again."""
    history: Any = call.services.register.history(PROGRAMME_ID, version)
    told = cast("list[ProgrammeEvent]", history)
    known = programme.project(None, told)
    if known is None:
        raise ProgrammeMissing
    return month_with_balance(known, month, told[-1].at)


def months(books: Books, now: datetime) -> list[str]:
    """The months from the first on to the one before now, the newest first."""
    this = month_of(day_here(now))
    named = {books.first, *(closing.month for closing in books.closings)}
    month = min(named | ({books.asked.month} if books.asked is not None else set()))
    found = []
    while month < this:
        found.append(month)
        month = month_after(month)
    return found[::-1]


def period_of(books: Books, month: str, now: datetime) -> answers.Period:
    """How a month stands."""
    return answers.Period(**_facts(books, month, now))


def month_with_balance(known: Programme, month: str, now: datetime) -> answers.PeriodWithBalance:
    """How a month stands, with the balance that it was closed on."""
    books = known.books
    standing = next((each for each in books.standing if each.month == month), None)
    balance = None if standing is None else standing.trial_balance
    return answers.PeriodWithBalance(
        **_facts(books, month, now),
        trial_balance=None
        if balance is None
        else [answers.Balance(**each.model_dump()) for each in balance],
        sum_cents=None if balance is None else sum(each.cents for each in balance),
    )


def _facts(books: Books, month: str, now: datetime) -> dict[str, Any]:
    asked = books.asked if books.asked is not None and books.asked.month == month else None
    upto = books.closed_upto
    state: answers.PeriodState = "closed" if upto is not None and month <= upto else "open"
    if asked is not None:
        state = "close_asked" if asked.what == "close" else "reopen_asked"
    return {
        "period": month,
        "state": state,
        "asked_by": None if asked is None else asked.by.account_id,
        "asked_at": None if asked is None else asked.at,
        "reason": None if asked is None else asked.reason,
        "can_close": _can(books, "close", month, now),
        "can_reopen": _can(books, "reopen", month, now),
        "closings": [_closing(each) for each in reversed(books.closings) if each.month == month],
    }


def _can(books: Books, what: What, month: str, now: datetime) -> bool:
    try:
        books.check(what, month, now)
    except DomainError:
        return False
    return True


def _closing(closing: Closing) -> answers.ClosedBooks:
    reopened, asked, reopen_asked = closing.reopened, closing.asked, closing.reopen_asked
    return answers.ClosedBooks(
        asked_by=closing.asked_by.account_id,
        asked_at=None if asked is None else asked.at,
        asked_reason=None if asked is None else asked.reason,
        closed_by=closing.by.account_id,
        closed_at=closing.at,
        reason=closing.reason,
        log_size=closing.log_size,
        root=closing.root,
        reopen_asked_by=None if reopened is None else reopened.asked_by.account_id,
        reopen_asked_at=None if reopen_asked is None else reopen_asked.at,
        reopen_asked_reason=None if reopen_asked is None else reopen_asked.reason,
        reopened_at=None if reopened is None else reopened.at,
        reopened_by=None if reopened is None else reopened.by.account_id,
        reopen_reason=None if reopened is None else reopened.reason,
    )
