"""Refusals of orders to pay, of batches and of those who are paid."""

from dataclasses import dataclass

from domain.errors.base import DomainError


@dataclass(eq=False)
class MoneyIsOrdered(DomainError):
    """{ordered_cents} stand in a payment batch: they go out with it, or it is cancelled first."""

    code = "wrong_state"
    ordered_cents: int


class NothingOrdered(DomainError):
    """Nothing of this dote stands in a payment batch."""

    code = "wrong_state"


@dataclass(eq=False)
class PaymentNotOpen(DomainError):
    """Payment {n} of the dote is {payment_state}: there is nothing to do about it any more."""

    code = "wrong_state"
    n: int
    payment_state: str


@dataclass(eq=False)
class PaymentNotAuthorised(DomainError):
    """Payment {n} of the dote is not authorised yet: a second person has to."""

    code = "wrong_state"
    n: int


@dataclass(eq=False)
class PayeeFrozen(DomainError):
    """Who is paid on dote {number} has another IBAN, which a second person has to confirm first."""

    code = "wrong_state"
    number: str


@dataclass(eq=False)
class IbanToldByParty(DomainError):
    """Who told this IBAN took part in dote {number}, which is to be paid to it: dismiss it, and let
    somebody else tell it."""

    code = "segregation_of_duties"
    number: str


@dataclass(eq=False)
class PaidAsPartyTold(DomainError):
    """Somebody who took part in dote {number} told or confirmed the IBAN that it is to be paid to:
    let somebody else tell it anew, and a second person confirm it."""

    code = "segregation_of_duties"
    number: str


@dataclass(eq=False)
class PayeeWithoutIban(DomainError):
    """Nobody has told an IBAN of who is paid on dote {number}: it cannot go by bank transfer."""

    code = "wrong_state"
    number: str


@dataclass(eq=False)
class PayeeOutsideSepa(DomainError):
    """The IBAN of who is paid on dote {number} is of {country}, outside SEPA: it cannot go by bank
    transfer. Record an IBAN within SEPA, or pay in another way."""

    code = "wrong_state"
    number: str
    country: str


@dataclass(eq=False)
class PayeeNotSpelt(DomainError):
    """Nothing of the name of who is paid on dote {number} is left in the letters that banks take:
    record the name as the bank knows it, together with the IBAN."""

    code = "wrong_state"
    number: str


@dataclass(eq=False)
class PayeeChanged(DomainError):
    """Who is paid on dote {number} got another IBAN after the batch was authorised: cancel the
    batch, and make another."""

    code = "wrong_state"
    number: str


class IbanAsBefore(DomainError):
    """This IBAN is known already: there is nothing to change."""

    code = "wrong_state"


class NothingToConfirm(DomainError):
    """No change of an IBAN waits to be confirmed."""

    code = "wrong_state"


class ConfirmedByAnother(DomainError):
    """Who changed an IBAN does not confirm it: somebody else must."""

    code = "segregation_of_duties"


class AuthorisedByAnother(DomainError):
    """Who prepared a batch does not authorise it: somebody else must."""

    code = "segregation_of_duties"


@dataclass(eq=False)
class BatchState(DomainError):
    """The batch is {state}: this is not possible now."""

    code = "wrong_state"
    state: str


class BatchDone(DomainError):
    """Everything in this batch is carried out or cancelled: there is nothing left to cancel."""

    code = "wrong_state"


class NotForABank(DomainError):
    """This batch is not paid by bank transfer: there is no file for a bank."""

    code = "wrong_state"


@dataclass(eq=False)
class NothingToOrder(DomainError):
    """On dote {number} nothing can be paid on that day."""

    code = "wrong_state"
    number: str


@dataclass(eq=False)
class ExecutionTooFar(DomainError):
    """The day is more than {most_days} days ahead: what is in a batch is paid soon. Choose a day up
    to {latest}, or prepare the batch later."""

    field: str
    value: str
    most_days: int
    latest: str


class PayerWithoutAbi(DomainError):
    """The account that pays is not at an Italian bank: a file in CBI's form cannot be made. Use the
    file pain.001.001.09."""

    code = "wrong_state"


@dataclass(eq=False)
class PayerMissing(DomainError):
    """The account that pays is not set: {missing}. Who runs the register has to set it."""

    code = "wrong_state"
    missing: str
