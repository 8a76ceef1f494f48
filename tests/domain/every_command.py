"""One command for each action on a dote."""

from collections.abc import Callable
from functools import partial

from domain.lifecycle import Action
from tests.domain.commands import (
    Command,
    approve,
    ask_for_papers,
    assess,
    attach,
    decide_appeal,
    lodge_appeal,
    override_cap,
    provide_papers,
    ratify,
    reject,
    revoke,
    tell,
    withdraw,
)
from tests.domain.money_commands import (
    accept,
    account_for,
    cancel,
    disallow,
    disburse,
    let_go,
    order,
    refund,
    submit,
    take_back,
)

COMMANDS: dict[Action, Callable[..., Command]] = {
    Action.ATTACH_DOCUMENT: attach,
    Action.REQUEST_DOCUMENTS: ask_for_papers,
    Action.PROVIDE_DOCUMENTS: provide_papers,
    Action.ASSESS: assess,
    Action.OVERRIDE_CAP: override_cap,
    Action.APPROVE: approve,
    Action.RATIFY: ratify,
    Action.REJECT: reject,
    Action.LODGE_APPEAL: lodge_appeal,
    Action.DECIDE_APPEAL: decide_appeal,
    Action.WITHDRAW: withdraw,
    Action.REVOKE: revoke,
    Action.ORDER_PAYMENT: order,
    Action.AUTHORISE_PAYMENT: let_go,
    Action.CANCEL_PAYMENT: cancel,
    Action.DISBURSE: disburse,
    Action.RETURN_DISBURSEMENT: take_back,
    Action.RECORD_REFUND: refund,
    Action.SUBMIT_RECEIPT: submit,
    Action.ACCEPT_RECEIPT: accept,
    Action.DISALLOW_RECEIPT: disallow,
    Action.ACCOUNT_FOR: account_for,
    Action.REMIND: tell,
    Action.ESCALATE: partial(tell, Action.ESCALATE),
}
"""One command an action, by the person whose step it is."""
