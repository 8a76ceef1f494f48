"""Who reads what: every private field, every role, own and other partner, health or not.

The expectation is written down here from the words of the need to know, not read from the table
that the program looks at.
"""

from itertools import product
from uuid import uuid4

import pytest

from api.security.visibility import FIELDS, may_read
from domain.actors import Actor, Grant, Role
from domain.events.base import EVENT_TYPES

Who = frozenset[str]


def people(text: str) -> Who:
    return frozenset(text.split())


# Operators read all that belongs to their partner. Assessors and approvers read what they need to
# judge; finance whom it pays and the proofs, and not the need; auditors nothing in clear; admins
# nothing at all. Of health the coordinator sees no case and no paper.
NEED = people("operator assessor approver coordinator"), people("operator assessor approver")
PAID = (
    people("operator approver finance coordinator"),
    people("operator approver finance coordinator"),
)
PROOF = people("operator finance coordinator"), people("operator finance")
WHO = (
    people("operator assessor approver coordinator"),
    people("operator assessor approver coordinator"),
)
STAFF = people("coordinator"), people("coordinator")
REVEAL = people("coordinator auditor"), people("coordinator auditor")

EXPECTED: dict[str, tuple[Who, Who]] = {
    "DoteRequested.need": NEED,
    "DocumentAttached.file": NEED,
    "DocumentsRequested.what": NEED,
    "DocumentsProvided.note": NEED,
    "DoteAssessed.note": NEED,
    "CapOverridden.reason": NEED,
    "ApprovalGiven.payee": PAID,
    "ApprovalGiven.note": NEED,
    "DoteApproved.payee": PAID,
    "DoteApproved.note": NEED,
    "RatificationRecorded.note": NEED,
    "DoteRejected.reason": NEED,
    "DoteRejected.note": NEED,
    "AppealLodged.reason": NEED,
    "AppealDecided.reason": NEED,
    "DoteWithdrawn.reason": NEED,
    "DoteWithdrawn.note": NEED,
    "DoteRevoked.reason": NEED,
    "DoteRevoked.note": NEED,
    "DoteDisbursed.reference": PAID,
    "DisbursementReturned.reason": PAID,
    "RefundReceived.source": PAID,
    "ReceiptSubmitted.details": PROOF,
    "ReceiptAccepted.reason": PROOF,
    "ReceiptDisallowed.reason": PROOF,
    "DoteAccountedFor.note": PROOF,
    "AccountOpened.name": STAFF,
    "AccountOpened.email": STAFF,
    "EmailRecorded.email": STAFF,
    "AccountClosed.reason": STAFF,
    "DataRevealed.reason": REVEAL,
    "RoleDelegated.reason": STAFF,
    "ConflictDeclared.payee": STAFF,
    "ConflictDeclared.reason": STAFF,
    "ConflictLifted.reason": STAFF,
    "HouseholdRegistered.personal": WHO,
    "HouseholdRegistered.notes": NEED,
    "MemberAdded.member": WHO,
    "PersonalDataRecorded.personal": WHO,
    "PersonalDataRecorded.notes": NEED,
    "HouseholdMerged.reason": NEED,
    "HouseholdUnmerged.reason": NEED,
    "ErasureAsked.reason": NEED,
    "ErasureDeclined.reason": NEED,
    "ErasureHeld.reason": NEED,
    "PayeeRegistered.payee": PAID,
    "PayeeIbanChanged.payee": PAID,
    "BatchCancelled.reason": PAID,
    "BankLineImported.details": PAID,
    "LineSetAside.reason": PAID,
}

PARTNERS = (None, "ROCCA", "SSALV")  # of the grant; what is read belongs to ROCCA


def test_the_expectation_knows_every_private_field() -> None:
    private = {
        f"{name}.{field}" for name, kind in EVENT_TYPES.items() for field in kind.secret_fields
    }
    assert set(EXPECTED) == private


@pytest.mark.parametrize("field", sorted(EXPECTED))
def test_who_reads_a_field(field: str) -> None:
    event, name = field.split(".")
    kind = FIELDS[EVENT_TYPES[event], name].kind
    for role, partner, health in product(Role, PARTNERS, (False, True)):
        actor = Actor(uuid4(), (Grant(role, partner),))
        expected = str(role) in EXPECTED[field][health] and partner in (None, "ROCCA")
        assert may_read(actor, kind, "ROCCA", health_data=health) is expected, (role, partner)


def test_two_roles_together_read_what_each_reads_and_no_more() -> None:
    for field, (plain, about_health) in EXPECTED.items():
        event, name = field.split(".")
        kind = FIELDS[EVENT_TYPES[event], name].kind
        for own, other in product(Role, Role):
            actor = Actor(uuid4(), (Grant(own, "ROCCA"), Grant(other, "SSALV")))
            assert may_read(actor, kind, "ROCCA") is (str(own) in plain)
            assert may_read(actor, kind, "ROCCA", health_data=True) is (str(own) in about_health)
