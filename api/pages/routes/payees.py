"""A payee: their account, another IBAN that a second person confirms, and who else has the same."""

from collections.abc import Callable, Iterator, Mapping
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Response

from api.pages.calling import calling
from api.pages.forms import Filled
from api.pages.payee_forms import CHANGE, CONFIRM, DISMISS, masked
from api.pages.plain_forms import PlainForm, Values, of, taken
from api.pages.shell import Shell, TheShell
from api.pages.who import OurForm, SignedIn
from api.pages.who_did import last_done
from api.security.refusals import PageTooOld
from api.security.visibility import Kind, reading_role
from api.v1.payee_view import account
from api.v1.reads import TheReads
from api.v1.views import View
from domain.actors import Actor
from domain.events.payee import PayeeIbanConfirmed, PayeeIbanDismissed
from workflows import payees as workflows
from workflows.engine import Outcome, Work
from workflows.eventstore import payees
from workflows.eventstore.access_log import Access
from workflows.payment_commands import ChangeIban

router = APIRouter(include_in_schema=False)

PATH = "/percettori/{payee_id}"
PayeeId = Annotated[UUID, Path()]
Do = Callable[[Work, UUID], Outcome]


@router.get(PATH)
def payee(page: TheShell, actor: SignedIn, payee_id: PayeeId) -> Response:
    """The payee, without the middle of their IBANs."""
    return _page(page, actor, payee_id, {})


@router.post(f"{PATH}/mostra")
def show(
    page: TheShell, actor: SignedIn, _: OurForm, reads: TheReads, payee_id: PayeeId
) -> Response:
    """The same with the whole IBANs, once; who looked is written down."""
    answer = _page(page, actor, payee_id, {}, whole=True)
    reads.add(Access.PAYEE_READ, reading_role(actor, Kind.PAYEE, None), payee=str(payee_id))
    return answer


@router.post(f"{PATH}/iban")
def change(page: TheShell, actor: SignedIn, sent: OurForm, payee_id: PayeeId) -> Response:
    """They told another IBAN: nothing is paid until a second person confirms it."""

    def do(values: Values, filled: Filled) -> Response:
        command = ChangeIban.model_validate(values)
        calling(page, actor, filled).run(
            lambda work: workflows.change_iban(work, payee_id, command), command
        )
        return page.done(f"/percettori/{payee_id}", "iban_changed")

    return taken(
        page,
        CHANGE,
        sent,
        do,
        lambda filled, status: _page(page, actor, payee_id, {CHANGE.name: filled}, status),
    )


@router.post(f"{PATH}/conferma")
def confirm(page: TheShell, actor: SignedIn, sent: OurForm, payee_id: PayeeId) -> Response:
    """A second person has seen that it is right."""
    return _decided(page, actor, sent, payee_id, CONFIRM, workflows.confirm_iban, "iban_confirmed")


@router.post(f"{PATH}/scarto")
def dismiss(page: TheShell, actor: SignedIn, sent: OurForm, payee_id: PayeeId) -> Response:
    """It was wrong."""
    return _decided(page, actor, sent, payee_id, DISMISS, workflows.dismiss_iban, "iban_dismissed")


def _decided(
    page: Shell,
    actor: Actor,
    sent: OurForm,
    payee_id: UUID,
    form: PlainForm,
    decide: Do,
    said: str,
) -> Response:
    def do(_: Values, filled: Filled) -> Response:
        if filled.version is None:
            raise PageTooOld
        call = calling(page, actor, filled)
        # What is decided about is the IBAN that was looked at, not one that came since.
        call.expected_version = filled.version
        call.run(lambda work: decide(work, payee_id), None)
        return page.done(f"/percettori/{payee_id}", said)

    return taken(
        page,
        form,
        sent,
        do,
        lambda filled, status: _page(page, actor, payee_id, {form.name: filled}, status),
    )


def _page(
    page: Shell,
    actor: Actor,
    payee_id: UUID,
    tried: Mapping[str, Filled],
    status: int = 200,
    *,
    whole: bool = False,
) -> Response:
    view = View(page.services, actor, page.language)
    shown = account(view, payee_id)
    changed_by = [] if shown.changed_by is None else [shown.changed_by]
    decided = last_done(page.services, payee_id, PayeeIbanConfirmed, PayeeIbanDismissed)
    return page.page(
        "percettore.html",
        status=status,
        here=f"/percettori/{payee_id}",
        payee=shown,
        whole=whole,
        reads=reading_role(actor, Kind.PAYEE, None) is not None,
        masked=masked,
        names=page.services.accounts.names(changed_by),
        can={each.action: each for each in shown.available_actions},
        decided=decided,
        was_confirmed=decided is not None and isinstance(decided.event, PayeeIbanConfirmed),
        doti=list(_doti(page, payee_id)),
        forms={form.name: form for form in (CHANGE, CONFIRM, DISMISS)},
        filled={form.name: of(tried, form) for form in (CHANGE, CONFIRM, DISMISS)},
    )


def _doti(page: Shell, payee_id: UUID) -> Iterator[tuple[UUID, str]]:
    """The doti that they were voted for, by their numbers."""
    services = page.services
    found = [
        (dote_id, services.register.dote(dote_id).number)
        for dote_id in payees.named_on(services.database, payee_id)
    ]
    return iter(sorted(found, key=lambda each: each[1], reverse=True))
