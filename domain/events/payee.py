"""Events of a payee: who is paid, often not the household itself."""

from domain.events.base import Event
from domain.privacy import Secret


class PayeeRegistered(Event):
    """Somebody is paid for the first time: name and IBAN, sealed together under their own key."""

    payee: Secret


class PayeeErased(Event):
    """The payee's key is gone: no household that they were paid for is left."""


PayeeEvent = PayeeRegistered | PayeeErased
