"""A bank that reads a file of payments and answers with a statement of the day."""

from dataclasses import dataclass, replace
from datetime import date
from importlib.resources import files

from defusedxml import ElementTree as Xml
from xmlschema import XMLSchema

from tests.bank.lines import Account, line
from tests.bank.writing import camt_v8
from workflows.bank import Line

OPENING_CENTS = 5_000_00
_NAME = {"p": "urn:iso:std:iso:20022:tech:xsd:pain.001.001.09"}


@dataclass(frozen=True)
class Order:
    """A payment, as the bank's file tells it."""

    id: str
    cents: int
    name: str
    iban: str


def orders(content: bytes) -> list[Order]:
    """What the bank is told to pay, by its ids. The file has to be one that every bank takes."""
    schema = files("sepaxml") / "schemas" / "pain.001.001.09.xsd"
    XMLSchema(str(schema)).validate(content.decode())
    found = [
        Order(
            str(each.findtext("p:PmtId/p:EndToEndId", namespaces=_NAME)),
            round(float(str(each.findtext("p:Amt/p:InstdAmt", namespaces=_NAME))) * 100),
            str(each.findtext("p:Cdtr/p:Nm", namespaces=_NAME)),
            str(each.findtext("p:CdtrAcct/p:Id/p:IBAN", namespaces=_NAME)),
        )
        for each in Xml.fromstring(content).iterfind(".//p:CdtTrfTxInf", _NAME)
    ]
    return sorted(found, key=lambda order: order.id)


def answer(content: bytes) -> bytes:
    """The bank's statement: it has carried the file out, and is not clear about all of it.

    The first two and the last are told with all they have; the third together with four euros
    more and without its id; the fourth by another name. The last one comes back, the bank takes a
    fee, and somebody gives fifty euros.
    """
    booked, later = date(2026, 10, 6), date(2026, 10, 7)

    def told(order: Order, **more: object) -> Line:
        said: dict[str, object] = {
            "end_to_end_id": order.id,
            "counterparty_name": order.name,
            "counterparty_iban": order.iban,
            "remittance": f"DOTE {order.id}",
        }
        return line(-order.cents, booked, **(said | more))

    unclear: dict[str, object] = {"end_to_end_id": None, "counterparty_iban": None}
    first, second, third, fourth, last = orders(content)
    with_more = Order(third.id, third.cents + 400, third.name, third.iban)
    lines = [
        told(first),
        told(second),
        told(with_more, **unclear, counterparty_name=None, remittance="BONIFICO CON SPESE"),
        told(fourth, **unclear, counterparty_name="Incassi srl", remittance="RETTA"),
        told(last),
        line(last.cents, later, end_to_end_id=last.id, is_return=True, return_reason="AC04"),
        line(-120, later, remittance="Commissioni bonifici"),
        line(5_000, later, remittance="Offerta libera"),
    ]
    numbered = [replace(each, bank_reference=f"BK{n:05}") for n, each in enumerate(lines)]
    return camt_v8(Account(opening_cents=OPENING_CENTS), numbered)
