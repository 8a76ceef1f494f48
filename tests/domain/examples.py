"""One event of every class, and its sealed form."""

from typing import TypeVar

from domain.events.base import Event
from domain.privacy import Private, Sealed
from tests.domain import (
    facts,
    facts_around,
    facts_bank,
    facts_of_accounts,
    facts_of_receipts,
    facts_paid,
)
from tests.spec import LINE, ident, private

EventT = TypeVar("EventT", bound=Event)

_NOTE = {"note": private("a note")}

_TRANCHES = (facts.tranche(10_000), facts.tranche(20_000, days=30))

_ALL: list[Event] = [
    facts.requested(),
    facts.document(),
    facts.papers_requested(),
    facts.papers_provided().model_copy(update=_NOTE),
    facts.overridden(),
    facts.assessed().model_copy(update=_NOTE),
    facts.voted(tranches=_TRANCHES).model_copy(update=_NOTE),
    facts.approved(tranches=_TRANCHES).model_copy(update=_NOTE),
    facts.ratification().model_copy(update=_NOTE),
    facts.appeal_lodged(),
    facts.appeal_decided(),
    facts.rejected().model_copy(update=_NOTE),
    facts.withdrawn(30_000).model_copy(update=_NOTE),
    facts.revoked().model_copy(update=_NOTE),
    facts_paid.ordered(),
    facts_paid.let_go(),
    facts_paid.kept_back(),
    facts.disbursed(payment_n=1).model_copy(
        update={"reference": private("order 1"), "proof": ident(0xBA)}
    ),
    facts.returned(),
    facts.refunded(5_000),
    facts.undone(),
    facts.return_undone(),
    facts.refund_undone(5_000),
    facts_of_receipts.submitted(),
    facts_of_receipts.accepted().model_copy(update={"reason": private("read and checked")}),
    facts_of_receipts.disallowed(),
    facts_of_receipts.accounted_for().model_copy(update=_NOTE),
    facts.reminded(),
    facts.escalated(),
    facts_of_accounts.account_opened(),
    facts_of_accounts.account_invited(),
    facts_of_accounts.email_recorded(),
    facts_of_accounts.worked_for(),
    facts_of_accounts.account_closed(),
    facts_of_accounts.account_reopened(),
    facts_of_accounts.role_granted(),
    facts_of_accounts.role_revoked(),
    facts_of_accounts.token_issued(),
    facts_of_accounts.token_revoked(),
    facts_of_accounts.data_revealed(),
    facts_of_accounts.delegated(),
    facts_of_accounts.delegation_ended(),
    facts_of_accounts.conflict_declared(),
    facts_of_accounts.conflict_lifted(),
    facts_around.registered(),
    facts_around.member_added(),
    facts_around.recorded(),
    facts_around.merged(),
    facts_around.unmerged(),
    facts_around.erasure_asked(),
    facts_around.erasure_declined(),
    facts_around.erasure_held(),
    facts_around.notes_erased(),
    facts_around.erased(),
    facts_paid.payee_registered(),
    facts_paid.iban_changed(),
    facts_paid.iban_confirmed(),
    facts_paid.iban_dismissed(),
    facts_paid.payee_erased(),
    facts_paid.batch_prepared(),
    facts_paid.batch_authorised(),
    facts_paid.batch_exported(),
    facts_paid.batch_cancelled(),
    facts_bank.statement(),
    facts_bank.line(),
    facts_bank.matched(),
    facts_bank.unmatched(),
    facts_bank.set_aside(),
    facts_bank.erased(),
    facts_around.bank_account_opened(),
    facts_around.bank_columns_saved(),
    facts_around.bank_columns_removed(),
    facts_around.retention_adopted(),
    facts_around.opened(),
    facts_around.joined(),
    facts_around.desk_opened(),
    facts_around.category_defined(),
    facts_around.item_defined(),
    facts_around.policy_adopted(policy=facts_around.full_policy()),
    facts_around.funded(),
    facts_around.allocated(30_000, LINE),
    facts_around.transferred(10_000),
    facts_around.close_asked(),
    facts_around.closed(),
    facts_around.reopen_asked(),
    facts_around.reopened(),
    facts_around.funder_rules_adopted(),
    facts_around.rendiconto_frozen(),
    facts_around.rendiconto_withdrawn(),
    facts_around.paper_redacted(),
]

EXAMPLES: dict[str, Event] = {type(event).__name__: event for event in _ALL}
"""By name of the class. A new class needs its example here."""


def seal(value: Private) -> Sealed:
    """A stand-in for the key of a household: it can be told apart and read by nobody's eye."""
    return Sealed(value.subject_id, value.text.encode().hex())


def sealed(event: EventT) -> EventT:
    """The event as it is stored: nothing private in clear."""
    private_values = {
        name: getattr(event, name)
        for name in type(event).secret_fields
        if isinstance(getattr(event, name), Private)
    }
    return event.model_copy(update={name: seal(value) for name, value in private_values.items()})
