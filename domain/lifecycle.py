"""The life of a dote: its states, and THE transition table.

The commands, the API's `available_actions`, the pages' buttons, the matrix of the tests and the
drawn diagram all read this table and nothing else.
"""

from dataclasses import dataclass
from enum import StrEnum

from domain.actors import PEOPLE, Role


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


class Stage(StrEnum):
    """What a dote waits for: each has its deadline, and somebody whose turn it is.

    Ratification goes on beside the others.
    """

    ASSESSMENT = "assessment"
    DOCUMENTS = "documents"
    APPROVAL = "approval"
    RATIFICATION = "ratification"
    PAYMENT = "payment"
    ACCOUNTING = "accounting"
    APPEAL = "appeal"


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
    REQUEST_DOCUMENTS = "request_documents"
    PROVIDE_DOCUMENTS = "provide_documents"
    ASSESS = "assess"
    OVERRIDE_CAP = "override_cap"
    APPROVE = "approve"
    RATIFY = "ratify"
    REJECT = "reject"
    LODGE_APPEAL = "lodge_appeal"
    DECIDE_APPEAL = "decide_appeal"
    WITHDRAW = "withdraw"
    REVOKE = "revoke"
    ORDER_PAYMENT = "order_payment"
    AUTHORISE_PAYMENT = "authorise_payment"
    CANCEL_PAYMENT = "cancel_payment"
    DISBURSE = "disburse"
    RETURN_DISBURSEMENT = "return_disbursement"
    RECORD_REFUND = "record_refund"
    SUBMIT_RECEIPT = "submit_receipt"
    ACCEPT_RECEIPT = "accept_receipt"
    DISALLOW_RECEIPT = "disallow_receipt"
    ACCOUNT_FOR = "account_for"
    REMIND = "remind"
    ESCALATE = "escalate"


@dataclass(frozen=True, slots=True)
class Transition:
    """One row of the table.

    `targets`: where the step can lead; none: the dote stays where it is. A dote of several votes
    or tranches gets there with the last one, and answered papers and appeals lead back to where
    they came from. `stays`: the sources that it does not lead out of. `duty` None: the step is not
    one of the four that separation of duties keeps apart.
    """

    sources: frozenset[State]
    targets: tuple[State, ...]
    events: tuple[str, ...]
    roles: frozenset[Role]
    duty: Duty | None = None
    stays: frozenset[State] = frozenset()

    def leads_to(self, source: State) -> tuple[State, ...]:
        """Where the step can lead from a state, other than to where it is."""
        return () if source in self.stays else self.targets


_OPERATOR = frozenset({Role.OPERATOR})
_APPROVER = frozenset({Role.APPROVER})
_APPROVERS = frozenset({Role.APPROVER, Role.COORDINATOR})
_COORDINATOR = frozenset({Role.COORDINATOR})
_FINANCE = frozenset({Role.FINANCE})
PAYMASTERS = frozenset({Role.FINANCE, Role.COORDINATOR})
"""Who lets payments go out, or keeps them back."""

_SYSTEM = frozenset({Role.SYSTEM})

OPEN = frozenset({State.REQUESTED, State.DOCUMENT_REQUESTED, State.ASSESSED, State.APPROVED})
"""States before all the money is out."""

_UNDECIDED = frozenset({State.REQUESTED, State.ASSESSED})
# A revoked dote may have had tranches paid before: that money is documented all the same.
_MONEY_OUT = frozenset({State.APPROVED, State.DISBURSED, State.REVOKED})
_DOCUMENTABLE = frozenset({State.DISBURSED, State.REVOKED})
_WAITING = OPEN | _DOCUMENTABLE | {State.REJECTED}

TRANSITIONS: dict[Action, Transition] = {
    Action.REQUEST: Transition(
        frozenset(), (State.REQUESTED,), ("DoteRequested",), _OPERATOR, Duty.REQUEST
    ),
    Action.ATTACH_DOCUMENT: Transition(OPEN, (), ("DocumentAttached",), _OPERATOR),
    Action.REQUEST_DOCUMENTS: Transition(
        _UNDECIDED,
        (State.DOCUMENT_REQUESTED,),
        ("DocumentsRequested",),
        frozenset({Role.ASSESSOR, Role.APPROVER}),
    ),
    Action.PROVIDE_DOCUMENTS: Transition(
        frozenset({State.DOCUMENT_REQUESTED}),
        (State.REQUESTED, State.ASSESSED),
        ("DocumentsProvided",),
        _OPERATOR,
    ),
    Action.ASSESS: Transition(
        frozenset({State.REQUESTED}),
        (State.ASSESSED,),
        ("DoteAssessed",),
        frozenset({Role.ASSESSOR}),
        Duty.ASSESS,
    ),
    Action.OVERRIDE_CAP: Transition(
        frozenset({State.ASSESSED}), (), ("CapOverridden",), _COORDINATOR, Duty.APPROVE
    ),
    Action.APPROVE: Transition(
        frozenset({State.ASSESSED}),
        (State.APPROVED,),
        ("ApprovalGiven", "DoteApproved"),
        _APPROVERS,
        Duty.APPROVE,
    ),
    Action.RATIFY: Transition(_MONEY_OUT, (), ("RatificationRecorded",), _APPROVERS, Duty.APPROVE),
    Action.REJECT: Transition(
        _UNDECIDED | {State.DOCUMENT_REQUESTED},
        (State.REJECTED,),
        ("DoteRejected",),
        _APPROVER,
        Duty.APPROVE,
    ),
    Action.LODGE_APPEAL: Transition(frozenset({State.REJECTED}), (), ("AppealLodged",), _OPERATOR),
    Action.DECIDE_APPEAL: Transition(
        frozenset({State.REJECTED}),
        (State.REQUESTED, State.ASSESSED),
        ("AppealDecided",),
        _COORDINATOR,
        Duty.APPROVE,
    ),
    Action.WITHDRAW: Transition(OPEN, (State.WITHDRAWN,), ("DoteWithdrawn",), _OPERATOR),
    Action.REVOKE: Transition(
        frozenset({State.APPROVED}), (State.REVOKED,), ("DoteRevoked",), _APPROVERS
    ),
    Action.ORDER_PAYMENT: Transition(
        frozenset({State.APPROVED}), (), ("PaymentOrdered",), _FINANCE, Duty.PAY
    ),
    Action.AUTHORISE_PAYMENT: Transition(
        frozenset({State.APPROVED}), (), ("PaymentAuthorised",), PAYMASTERS, Duty.PAY
    ),
    Action.CANCEL_PAYMENT: Transition(
        frozenset({State.APPROVED}), (), ("PaymentCancelled",), PAYMASTERS
    ),
    Action.DISBURSE: Transition(
        frozenset({State.APPROVED}),
        (State.DISBURSED,),
        # A payment that was taken for a returned one is out after all.
        ("DoteDisbursed", "ReturnUndone"),
        _FINANCE,
        Duty.PAY,
    ),
    Action.RETURN_DISBURSEMENT: Transition(
        _MONEY_OUT,
        (State.APPROVED,),
        ("DisbursementReturned", "DisbursementUndone"),
        _FINANCE,
        Duty.PAY,
        # What comes back on a revoked dote leaves it revoked.
        stays=frozenset({State.APPROVED, State.REVOKED}),
    ),
    Action.RECORD_REFUND: Transition(
        _DOCUMENTABLE, (), ("RefundReceived", "RefundUndone"), _FINANCE, Duty.PAY
    ),
    Action.SUBMIT_RECEIPT: Transition(
        _DOCUMENTABLE, (), ("ReceiptSubmitted",), frozenset({Role.OPERATOR, Role.FINANCE})
    ),
    Action.ACCEPT_RECEIPT: Transition(_DOCUMENTABLE, (), ("ReceiptAccepted",), _FINANCE, Duty.PAY),
    Action.DISALLOW_RECEIPT: Transition(
        _DOCUMENTABLE, (), ("ReceiptDisallowed",), _FINANCE, Duty.PAY
    ),
    Action.ACCOUNT_FOR: Transition(
        _DOCUMENTABLE, (State.ACCOUNTED_FOR,), ("DoteAccountedFor",), _FINANCE, Duty.PAY
    ),
    Action.REMIND: Transition(_WAITING, (), ("DeadlineReminded",), _SYSTEM),
    Action.ESCALATE: Transition(_WAITING, (), ("DeadlineEscalated",), _SYSTEM),
}

READERS = PEOPLE - {Role.ADMIN}
"""Who may read doti at all, within the scope of the grant."""
