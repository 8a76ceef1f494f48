"""The life of a dote: its states, and THE transition table.

The commands, the API's `available_actions`, the pages' buttons, the matrix of the tests and the
drawn diagram all read this table and nothing else.
"""

from dataclasses import dataclass
from enum import StrEnum

from domain.actors import Role


class State(StrEnum):
    """Where a dote stands."""

    REQUESTED = "requested"
    DOCUMENT_REQUESTED = "document_requested"
    ASSESSED = "assessed"
    APPROVED = "approved"
    DISBURSED = "disbursed"
    ACCOUNTED_FOR = "accounted_for"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"
    REVOKED = "revoked"


class Duty(StrEnum):
    """The four duties that four different people carry on one dote."""

    REQUEST = "request"
    ASSESS = "assess"
    APPROVE = "approve"
    PAY = "pay"


class Action(StrEnum):
    """What can be done to a dote; also the word in `available_actions`."""

    REQUEST = "request"
    ATTACH_DOCUMENT = "attach_document"
    ASSESS = "assess"
    APPROVE = "approve"
    REJECT = "reject"
    WITHDRAW = "withdraw"
    REVOKE = "revoke"
    DISBURSE = "disburse"
    RETURN_DISBURSEMENT = "return_disbursement"
    RECORD_REFUND = "record_refund"
    SUBMIT_RECEIPT = "submit_receipt"
    ACCEPT_RECEIPT = "accept_receipt"
    DISALLOW_RECEIPT = "disallow_receipt"
    ACCOUNT_FOR = "account_for"


@dataclass(frozen=True, slots=True)
class Transition:
    """One row of the table.

    `target`: where the step leads when it completes; a dote of several votes or tranches gets
    there with the last one, and what comes back on a revoked dote leaves it revoked. None: it
    stays where it is. `duty` None: the step is not one of the four that separation of duties
    keeps apart.
    """

    sources: frozenset[State]
    target: State | None
    events: tuple[str, ...]
    roles: frozenset[Role]
    duty: Duty | None = None


_OPERATOR = frozenset({Role.OPERATOR})
_APPROVER = frozenset({Role.APPROVER})
_FINANCE = frozenset({Role.FINANCE})

OPEN = frozenset({State.REQUESTED, State.DOCUMENT_REQUESTED, State.ASSESSED, State.APPROVED})
"""States before all the money is out."""

_BEFORE_DECISION = frozenset({State.REQUESTED, State.ASSESSED})
# A revoked dote may have had tranches paid before: that money is documented all the same.
_MONEY_OUT = frozenset({State.APPROVED, State.DISBURSED, State.REVOKED})
_DOCUMENTABLE = frozenset({State.DISBURSED, State.REVOKED})

TRANSITIONS: dict[Action, Transition] = {
    Action.REQUEST: Transition(
        frozenset(), State.REQUESTED, ("DoteRequested",), _OPERATOR, Duty.REQUEST
    ),
    Action.ATTACH_DOCUMENT: Transition(OPEN, None, ("DocumentAttached",), _OPERATOR),
    Action.ASSESS: Transition(
        frozenset({State.REQUESTED}),
        State.ASSESSED,
        ("DoteAssessed",),
        frozenset({Role.ASSESSOR}),
        Duty.ASSESS,
    ),
    Action.APPROVE: Transition(
        frozenset({State.ASSESSED}),
        State.APPROVED,
        ("ApprovalGiven", "DoteApproved"),
        _APPROVER,
        Duty.APPROVE,
    ),
    Action.REJECT: Transition(
        _BEFORE_DECISION, State.REJECTED, ("DoteRejected",), _APPROVER, Duty.APPROVE
    ),
    Action.WITHDRAW: Transition(OPEN, State.WITHDRAWN, ("DoteWithdrawn",), _OPERATOR),
    Action.REVOKE: Transition(
        frozenset({State.APPROVED}),
        State.REVOKED,
        ("DoteRevoked",),
        frozenset({Role.APPROVER, Role.COORDINATOR}),
    ),
    Action.DISBURSE: Transition(
        frozenset({State.APPROVED}), State.DISBURSED, ("DoteDisbursed",), _FINANCE, Duty.PAY
    ),
    Action.RETURN_DISBURSEMENT: Transition(
        _MONEY_OUT, State.APPROVED, ("DisbursementReturned",), _FINANCE, Duty.PAY
    ),
    Action.RECORD_REFUND: Transition(_DOCUMENTABLE, None, ("RefundReceived",), _FINANCE, Duty.PAY),
    Action.SUBMIT_RECEIPT: Transition(
        _DOCUMENTABLE, None, ("ReceiptSubmitted",), frozenset({Role.OPERATOR, Role.FINANCE})
    ),
    Action.ACCEPT_RECEIPT: Transition(
        _DOCUMENTABLE, None, ("ReceiptAccepted",), _FINANCE, Duty.PAY
    ),
    Action.DISALLOW_RECEIPT: Transition(
        _DOCUMENTABLE, None, ("ReceiptDisallowed",), _FINANCE, Duty.PAY
    ),
    Action.ACCOUNT_FOR: Transition(
        _DOCUMENTABLE, State.ACCOUNTED_FOR, ("DoteAccountedFor",), _FINANCE, Duty.PAY
    ),
}

WAITING_FOR: dict[State, frozenset[Role]] = {
    State.REQUESTED: frozenset({Role.ASSESSOR}),
    State.DOCUMENT_REQUESTED: _OPERATOR,
    State.ASSESSED: _APPROVER,
    State.APPROVED: _FINANCE,
    State.DISBURSED: frozenset({Role.OPERATOR, Role.FINANCE}),
    State.ACCOUNTED_FOR: frozenset(),
    State.REJECTED: frozenset(),
    State.WITHDRAWN: frozenset(),
    State.REVOKED: frozenset(),
}
"""Whose turn it is in each state."""

READERS = frozenset(Role) - {Role.ADMIN}
"""Who may read doti at all, within the scope of the grant."""
