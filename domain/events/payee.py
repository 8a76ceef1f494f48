"""Events of a payee: who is paid, often not the household itself."""

from domain.events.base import Event
from domain.privacy import Secret


class PayeeRegistered(Event):
    """Somebody is paid for the first time: name and IBAN, sealed together under their own key."""

    payee: Secret


class PayeeIbanChanged(Event):
    """They have another IBAN, which holds once a second person confirms it; until then nothing is
    paid to them. `payee`: name, IBAN and BIC, sealed together."""

    payee: Secret


class PayeeIbanConfirmed(Event):
    """A second person confirms the IBAN that was changed."""


class PayeeIbanDismissed(Event):
    """The IBAN that was changed was wrong: the one from before holds."""


class PayeeErased(Event):
    """The payee's key is gone: no household that they were paid for is left."""


PayeeEvent = (
    PayeeRegistered | PayeeIbanChanged | PayeeIbanConfirmed | PayeeIbanDismissed | PayeeErased
)
