"""Da pagare: what is due by payee, found by a filter, and put into a batch."""

from functools import partial
from typing import Annotated

from fastapi import APIRouter, Depends, Response

from api.languages import translate
from api.pages import due_view, typed
from api.pages.calling import calling
from api.pages.due_view import Asked, Chosen
from api.pages.forms import Filled
from api.pages.ledger_view import partner_name
from api.pages.payments_view import PREPARE, WARNINGS, described, methods
from api.pages.plain_forms import Values, filled_in, taken
from api.pages.routes.payments import BATCHES, pays
from api.pages.say import N_
from api.pages.shell import Shell, TheShell
from api.pages.who import OurForm, SignedIn
from api.v1.payment_view import PaymentView
from api.v1.views import View
from domain.actors import Actor
from domain.events.payment_batch import MOST_PAYMENTS
from projections.payments import due
from projections.payments.due import Due
from workflows import payments as workflows
from workflows.eventstore import payees
from workflows.payment_commands import OrderPayment, PrepareBatch

router = APIRouter(include_in_schema=False)

DUE = "/da-pagare"
LISTED = 50
NOTHING = Chosen()
NOTHING_TICKED = N_("Tick at least one payment.")
NOBODY = N_("Nobody who was paid before is called so; the whole name is needed, or the IBAN.")
TOO_MANY = N_("A batch holds at most 500 payments: choose fewer by the filter.")
CHANGED = N_("What is due has changed meanwhile: look at it again.")

TheAsked = Annotated[Asked, Depends(due_view.asked_for)]


@router.get(DUE)
def due_page(page: TheShell, actor: SignedIn, asked: TheAsked) -> Response:
    """What may be paid, by payee."""
    return _page(page, actor, asked)


@router.post(f"{DUE}/filtro")
def find(page: TheShell, actor: SignedIn, sent: OurForm) -> Response:
    """Another filter: who is named is found, and does not stand in the address."""
    name = str(sent.get("nome", "")).strip()[:200]
    index = page.services.engine.index
    found = payees.found(page.services.database, index, name) if name else []
    asked = due_view.sent_for(sent, found)
    if name and not found:
        return _page(page, actor, asked, wrong={"nome": NOBODY}, name=name, status=422)
    return page.done(f"{DUE}?{asked.address}" if asked.address else DUE)


@router.post(DUE)
def prepare(page: TheShell, actor: SignedIn, asked: TheAsked, sent: OurForm) -> Response:
    """What is chosen goes into a batch; or is only counted."""
    chosen = due_view.chosen(sent)

    def again(filled: Filled, status: int) -> Response:
        return _page(page, actor, asked, filled, chosen, status=status)

    if sent.get("conta"):
        _, filled = PREPARE.read(sent, page.language)
        return again(Filled(texts=filled.texts, key=filled.key), 200)

    def do(values: Values, filled: Filled) -> Response:
        parts, wrong = _parts(page, asked, chosen)
        if wrong:
            said = {"": translate(page.language, wrong)}
            return again(Filled(texts=filled.texts, wrong=said), 422)
        command = PrepareBatch.model_validate({**values, "payments": parts})
        outcome = calling(page, actor, filled).run(
            lambda work: workflows.prepare(work, command), command
        )
        return page.done(f"{BATCHES}/{outcome.stream_id}", "batch_prepared")

    return taken(page, PREPARE, sent, do, again)


def _parts(page: Shell, asked: Asked, chosen: Chosen) -> tuple[tuple[OrderPayment, ...], str]:
    """What goes into the batch, or why nothing does."""
    if not chosen.everything:
        return chosen.parts, "" if chosen.parts else NOTHING_TICKED
    wanted = asked.due(page.services.engine.today())
    with page.services.database.transaction() as tx:
        totals = due.totals(tx, wanted)
        if chosen.seen != due_view.seen(totals):
            return (), CHANGED
        if totals.payable > MOST_PAYMENTS:
            return (), TOO_MANY
        found = due.payable(tx, wanted, MOST_PAYMENTS)
    parts = tuple(OrderPayment(dote_id=dote_id, amount_cents=cents) for dote_id, cents in found)
    return parts, "" if parts else NOTHING_TICKED


def _page(
    page: Shell,
    actor: Actor,
    asked: Asked,
    filled: Filled | None = None,
    chosen: Chosen = NOTHING,
    *,
    wrong: dict[str, str] | None = None,
    name: str = "",
    status: int = 200,
) -> Response:
    services, said = page.services, dict(wrong or {})
    today = services.engine.today()
    try:
        wanted = asked.due(today)
    except typed.Mistyped as error:
        wanted, said["entro"], status = Due(today), error.sentence, 422
    known = services.register.programme()
    with services.database.transaction() as tx:
        rows = due.page(tx, wanted, asked.place, LISTED + 1)
        shown = PaymentView(View(services, actor, page.language)).payments(rows[:LISTED])
        totals = due.totals(tx, wanted)
    named = {payment.payee.id: payment.payee.name for payment in shown if payment.payee.name}
    return page.page(
        "da_pagare.html",
        here=DUE,
        status=status,
        asked=asked,
        name=name,
        payee=next((named[each] for each in asked.payees if each in named), ""),
        said={field: translate(page.language, each) for field, each in said.items()},
        partners=[(code, partner_name(known, code)) for code in known.partners],
        categories=[(code, each.name) for code, each in known.categories.items()],
        ways=due_view.METHODS,
        groups=list(due_view.by_payee(shown)),
        more=f"{DUE}?{asked.next(shown[-1])}" if len(rows) > LISTED else None,
        totals=totals,
        seen=due_view.seen(totals),
        most=MOST_PAYMENTS,
        which=(due_view.TICKED, due_view.ALL),
        chosen=chosen,
        ticked=frozenset(chosen.ticked),
        value_of=due_view.value_of,
        described=partial(described, known),
        warnings=WARNINGS,
        form=PREPARE.offering(method=tuple(methods(page.language))),
        filled=filled or filled_in(method="bank_transfer"),
        may=pays(actor),
    )
