"""Da pagare as it was asked for: which of what is due, page by page, and what is chosen of it."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import groupby
from typing import Annotated
from urllib.parse import urlencode
from uuid import UUID

from fastapi import Query
from pydantic import TypeAdapter
from starlette.datastructures import FormData

from api.pages import typed
from api.pages.say import N_
from api.v1 import cursors
from api.v1 import payment_schemas as schemas
from projections.payments.due import Due, Place, Totals
from workflows.payment_commands import OrderPayment

TRANSFER, OTHERWISE = "bonifico", "altro"
METHODS = {TRANSFER: N_("by bank transfer: an IBAN is known"), OTHERWISE: N_("in another way")}
TICKED, ALL = "spuntati", "tutti"
_PLACE = TypeAdapter(Place)

Code = Annotated[str, Query(max_length=60)]


@dataclass(frozen=True, slots=True)
class Asked:
    """The filter as an address tells it: codes, ids and a day. Nobody's name stands in it."""

    partner: str = ""
    category: str = ""
    payees: tuple[UUID, ...] = ()
    until: str = ""
    method: str = ""
    after: str | None = None

    def due(self, today: date) -> Due:
        """What it asks for. Raises Mistyped."""
        return Due(
            until=typed.day(self.until) if self.until.strip() else today,
            partner=self.partner or None,
            category=self.category or None,
            payees=self.payees or None,
            by_transfer={TRANSFER: True, OTHERWISE: False}.get(self.method),
        )

    @property
    def place(self) -> Place | None:
        """Where its page begins."""
        return cursors.read("due", _PLACE, self.after)

    @property
    def address(self) -> str:
        """What of it stands in the address of a page, but for where it begins."""
        told = (
            ("partner", self.partner),
            ("categoria", self.category),
            *(("percettore", str(each)) for each in self.payees),
            ("entro", self.until),
            ("metodo", self.method),
        )
        return urlencode([(name, text) for name, text in told if text])

    def next(self, last: schemas.Payment) -> str:
        """The address of the page after this one."""
        after = cursors.write("due", _PLACE, (last.payee.id, last.id))
        return urlencode({"dopo": after}) + (f"&{self.address}" if self.address else "")


async def asked_for(
    partner: Code = "",
    categoria: Code = "",
    percettore: Annotated[list[UUID], Query(max_length=50)] = [],  # noqa: B006  FastAPI copies it
    entro: Annotated[str, Query(max_length=20)] = "",
    metodo: Code = "",
    dopo: Annotated[str | None, Query(max_length=500)] = None,
) -> Asked:
    """The filter in the address; a method that there is not is none."""
    method = metodo if metodo in METHODS else ""
    return Asked(partner, categoria, tuple(percettore), entro, method, dopo)


def sent_for(sent: FormData, payees: Iterable[UUID]) -> Asked:
    """The filter as it was typed."""

    def text(name: str) -> str:
        return str(sent.get(name, "")).strip()[:60]

    asked = Asked(text("partner"), text("categoria"), tuple(payees), text("entro")[:20])
    return replace(asked, method=text("metodo") if text("metodo") in METHODS else "")


@dataclass(frozen=True, slots=True)
class Chosen:
    """What goes into a batch: what is ticked, or all that is asked for (`everything`), as it was
    when the page was made."""

    ticked: tuple[str, ...] = ()
    everything: bool = False
    seen: str = ""

    @property
    def parts(self) -> tuple[OrderPayment, ...]:
        """What is ticked, for the command."""
        return tuple(part for each in self.ticked if (part := _part(each)) is not None)

    @property
    def cents(self) -> int:
        """What that comes to."""
        return sum(part.amount_cents or 0 for part in self.parts)


def chosen(sent: FormData) -> Chosen:
    """What a form chose."""
    ticked = tuple(str(each) for each in sent.getlist("pay"))
    return Chosen(ticked, sent.get("quali") == ALL, str(sent.get("visti", "")))


def seen(totals: Totals) -> str:
    """What "all of it" meant when a page was made."""
    return f"{totals.payable}:{totals.payable_cents}"


@dataclass(frozen=True, slots=True)
class Group:
    """What is due to one payee, as far as it stands on the page."""

    payee: schemas.PaidTo
    payments: tuple[schemas.Payment, ...]

    @property
    def total_cents(self) -> int:
        """What all of it comes to."""
        return sum(payment.amount_cents for payment in self.payments)


def by_payee(payments: Sequence[schemas.Payment]) -> Iterator[Group]:
    """The payments of each payee together, as they come."""
    for _, some in groupby(payments, key=lambda payment: payment.payee.id):
        listed = tuple(some)
        yield Group(listed[0].payee, listed)


def value_of(payment: schemas.Payment) -> str:
    """What a check box sends of a payment."""
    return f"{payment.dote_id}:{payment.amount_cents}"


def _part(ticked: str) -> OrderPayment | None:
    dote_id, _, cents = ticked.partition(":")
    try:
        return OrderPayment(dote_id=UUID(dote_id), amount_cents=int(cents))
    except ValueError:
        return None
