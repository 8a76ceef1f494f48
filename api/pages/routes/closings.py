"""Chiusure: the months of the books, who asked for what, and on which balances they were closed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Path, Response

from api.pages.calling import calling
from api.pages.forms import Field, Filled
from api.pages.plain_forms import Again, PlainForm, Values, of, taken
from api.pages.say import N_
from api.pages.shell import Shell, TheShell
from api.pages.trial_view import trial
from api.pages.who import OurForm, SignedIn
from api.v1.period_answers import Period, PeriodWithBalance
from api.v1.periods import month_with_balance, months, period_of
from domain.actors import Actor
from domain.days import Month, last_day_of
from domain.periods import CLOSERS, What
from domain.programme import Programme
from projections.reconciliation.balances import MonthEnd, OpenLines, month_ends, open_upto
from workflows import periods as workflows
from workflows.closing_commands import ClosePeriod
from workflows.commands import Motive

router = APIRouter(include_in_schema=False)

CLOSINGS = "/chiusure"
ThePeriod = Annotated[Month, Path()]

CLOSE = PlainForm(
    "chiusura",
    N_("Ask for the closing"),
    (
        Field(
            "reason",
            N_("A word on it"),
            "text",
            required=False,
            hint=N_("For whoever confirms it: what was checked."),
        ),
    ),
)
REOPEN = PlainForm(
    "riapertura",
    N_("Ask for the opening"),
    (Field("reason", N_("Why it must be open again"), "text"),),
    N_("Open the month again"),
    danger=True,
)


@dataclass(frozen=True, slots=True)
class AtTheBank:
    """A month as the bank tells it: its accounts on the last day, and what is open up to then."""

    upto: date
    accounts: list[MonthEnd]
    open: OpenLines

    @property
    def unfinished(self) -> list[MonthEnd]:
        """The accounts of which statements end before the month does."""
        return [each for each in self.accounts if (each.reaches_to or date.min) < self.upto]

    @property
    def unlike(self) -> list[MonthEnd]:
        """The accounts that the bank says stand elsewhere than their lines come to."""
        return [each for each in self.accounts if each.difference_cents]


@router.get(CLOSINGS)
def listed(page: TheShell, actor: SignedIn) -> Response:
    """All months, and what waits for a second person."""
    return _list(page, actor)


@router.get(f"{CLOSINGS}/{{period}}")
def one(page: TheShell, actor: SignedIn, period: ThePeriod) -> Response:
    """A month with its trial balance."""
    return _one(page, actor, period, {})


@router.post(f"{CLOSINGS}/{{period}}/chiusura")
def close(page: TheShell, actor: SignedIn, sent: OurForm, period: ThePeriod) -> Response:
    """Asks for the closing of a month, or closes it as a second person."""
    sequencer = page.services.sequencer

    def do(values: Values, filled: Filled) -> Response:
        command = ClosePeriod.model_validate(values)
        calling(page, actor, filled).run(
            lambda work: workflows.close(work, period, command, sequencer), command
        )
        return _done(page, period)

    return taken(page, CLOSE, sent, do, _again(page, actor, period, CLOSE))


@router.post(f"{CLOSINGS}/{{period}}/riapertura")
def reopen(page: TheShell, actor: SignedIn, sent: OurForm, period: ThePeriod) -> Response:
    """Asks for the opening of the last closed month, or opens it as a second person."""

    def do(values: Values, filled: Filled) -> Response:
        command = Motive.model_validate(values)
        calling(page, actor, filled).run(
            lambda work: workflows.reopen(work, period, command), command
        )
        return _done(page, period)

    return taken(page, REOPEN, sent, do, _again(page, actor, period, REOPEN))


def _again(page: Shell, actor: Actor, period: str, form: PlainForm) -> Again:
    def again(filled: Filled, status: int) -> Response:
        return _one(page, actor, period, {form.name: filled}, status)

    return again


def _done(page: Shell, period: str) -> Response:
    books = page.services.register.programme().books
    state = period_of(books, period, page.services.engine.clock()).state
    return page.done(f"{CLOSINGS}/{period}", f"period_{state}")


def _list(page: Shell, actor: Actor) -> Response:
    known, now = page.services.register.programme(), page.services.engine.clock()
    shown = [period_of(known.books, month, now) for month in months(known.books, now)]
    following = next((one for one in reversed(shown) if one.can_close), None)
    return page.page(
        "closings.html",
        periods=shown,
        books=known.books,
        names=_names(page, shown),
        next=following,
        names_of_accounts=_accounts(known),
        bank=None if following is None else _at_the_bank(page, following.period),
        **_forms(actor, {}),
    )


def _one(
    page: Shell, actor: Actor, period: str, tried: Mapping[str, Filled], status: int = 200
) -> Response:
    known, now = page.services.register.programme(), page.services.engine.clock()
    shown: PeriodWithBalance = month_with_balance(known, period, now)
    return page.page(
        "closing.html",
        status=status,
        here=f"{CLOSINGS}/{period}",
        period=shown,
        names=_names(page, [shown]),
        names_of_accounts=_accounts(known),
        bank=_at_the_bank(page, period),
        trial=trial(shown.trial_balance or (), known),
        **_forms(actor, tried),
    )


def _at_the_bank(page: Shell, month: str) -> AtTheBank:
    upto = last_day_of(month)
    with page.services.database.transaction(one_snapshot=True) as tx:
        return AtTheBank(upto, month_ends(tx, month), open_upto(tx, upto))


def _accounts(known: Programme) -> Mapping[str, str]:
    return {code: account.name for code, account in known.bank_accounts.items()}


def _forms(actor: Actor, tried: Mapping[str, Filled]) -> dict[str, Any]:
    return {
        "closes": actor.role_for(CLOSERS, None) is not None,
        "me": actor.account_id,
        "close_form": CLOSE,
        "reopen_form": REOPEN,
        "close_filled": of(tried, CLOSE),
        "reopen_filled": of(tried, REOPEN),
        "labels": LABELS,
    }


def _names(page: Shell, shown: Sequence[Period]) -> Mapping[UUID, str]:
    people = {one.asked_by for one in shown if one.asked_by is not None}
    for closing in (each for one in shown for each in one.closings):
        people |= {closing.asked_by, closing.closed_by}
        later = (closing.reopened_by, closing.reopen_asked_by)
        people |= {each for each in later if each is not None}
    return page.services.accounts.names(people)


LABELS: Mapping[tuple[What, bool], str] = {
    ("close", False): N_("Ask for the closing"),
    ("close", True): N_("Close the month"),
    ("reopen", False): N_("Ask for the opening"),
    ("reopen", True): N_("Open the month again"),
}
"""What a button does: the first person asks, the second one does it."""
