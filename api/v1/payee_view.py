"""Shows a payee to one reader: their account, another one that waits, and what may be done."""

from collections.abc import Iterator, Mapping
from typing import Any, get_args
from uuid import UUID

from api.languages import refusal_text
from api.security.visibility import MASK, Kind, reading_role
from api.v1 import payment_schemas as schemas
from api.v1.views import View
from domain.errors import NotFound
from domain.payee import Payee
from domain.payee_rights import PayeeAction, refusal
from domain.privacy import read_record
from workflows.eventstore import payees
from workflows.payees import Recipient, Recipients, load, ties


def account(view: View, payee_id: UUID) -> schemas.PayeeAccount:
    """A payee's account as one reader sees it. Raises NotFound."""
    services = view.services
    known = load(services.register, payee_id)
    if known is None or known.erased:
        raise NotFound
    recipients = Recipients(services.register, services.vault, view.keys)
    now = recipients.told(known)
    waiting: Mapping[str, Any] = {}
    if known.waiting is not None:
        text = services.vault.open_field(known.waiting, "payee", view.keys)
        waiting = read_record(text) if text is not None else {}
    clear = reading_role(view.actor, Kind.PAYEE, None) is not None

    def shown(text: str | None) -> str | None:
        return text if clear or text is None else MASK

    def same(record: Mapping[str, Any]) -> list[schemas.SameIban]:
        others = _others(view, recipients, record, payee_id)
        return [schemas.SameIban(id=each.id, name=shown(each.name)) for each in others]

    return schemas.PayeeAccount(
        id=known.id,
        version=known.version,
        name=shown(now.name),
        iban=shown(now.iban),
        bic=shown(now.bic),
        frozen=known.is_frozen,
        waiting_name=shown(waiting.get("name")),
        waiting_iban=shown(waiting.get("iban")),
        waiting_bic=shown(waiting.get("bic")),
        changed_by=None if known.waiting is None else known.waiting.by.account_id,
        changed_at=None if known.waiting is None else known.waiting.at,
        since=known.since,
        same_iban=same({"name": now.name, "iban": now.iban}),
        waiting_same_iban=same(waiting),
        available_actions=list(_actions(view, known)),
    )


def _others(
    view: View, recipients: Recipients, record: Mapping[str, Any], payee_id: UUID
) -> Iterator[Recipient]:
    """Who else is paid to the IBAN of a record."""
    if record.get("iban") is None:
        return
    services = view.services
    found_by = services.engine.index.of_payee(record)
    for other_id in payees.of_iban(services.database, found_by, payee_id):
        other = load(services.register, other_id)
        if other is not None and not other.erased:
            yield recipients.told(other)


def _actions(view: View, known: Payee) -> Iterator[schemas.PayeeAction]:
    services = view.services
    tied = ties(services.register, services.vault, services.engine.index, known)
    for action in get_args(PayeeAction):
        refused = refusal(known, action, view.actor, tied)
        reason = None if refused is None else refusal_text(refused, view.language)
        yield schemas.PayeeAction(action=action, allowed=refused is None, reason=reason)
