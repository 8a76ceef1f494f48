"""What CBIPaymentRequest.00.04.01 asks of a request of SEPA credit transfers, as far as ours goes.

Written down from facts: which elements stand where, in which order, which of them must be there,
how often, and what their texts look like. What we never write (addresses, cheques, taxes,
structured remittance) does not stand here, and is refused.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from defusedxml import ElementTree

NAMESPACE = "{urn:CBI:xsd:CBIPaymentRequest.00.04.01}"


@dataclass(frozen=True, slots=True)
class Part:
    """An element within another one: the `pattern` of its text, or its `parts` in their order."""

    name: str
    pattern: str = ""
    parts: tuple["Part", ...] = ()
    least: int = 1
    most: int = 1
    currency: bool = False


_BIC = "[A-Z0-9]{4}[A-Z]{2}[A-Z0-9]{2}([A-Z0-9]{3})?"
_DAY = r"\d{4}-\d{2}-\d{2}"
_AMOUNT = r"\d{1,16}\.\d{2}"


def _text(signs: int) -> str:
    return f".{{1,{signs}}}"


_ACCOUNT = (Part("Id", parts=(Part("IBAN", "[A-Z]{2}[0-9]{2}[a-zA-Z0-9]{1,30}"),)),)
_CUC = Part("Othr", parts=(Part("Id", "[A-Z0-9]{8}"), Part("Issr", "CBI")))
_PAYMENT = Part(
    "CdtTrfTxInf",
    least=1,
    most=500,
    parts=(
        Part("PmtId", parts=(Part("InstrId", _text(35)), Part("EndToEndId", _text(35)))),
        Part("Amt", parts=(Part("InstdAmt", _AMOUNT, currency=True),)),
        Part("CdtrAgt", parts=(Part("FinInstnId", parts=(Part("BICFI", _BIC),)),), least=0),
        Part("Cdtr", parts=(Part("Nm", _text(70)),)),
        Part("CdtrAcct", parts=_ACCOUNT),
        Part("RmtInf", parts=(Part("Ustrd", _text(140)),)),
    ),
)
_HEADER = Part(
    "GrpHdr",
    parts=(
        Part("MsgId", _text(35)),
        Part("CreDtTm", rf"{_DAY}T\d\d:\d\d:\d\dZ"),
        Part("NbOfTxs", "[0-9]{1,15}"),
        Part("CtrlSum", _AMOUNT),
        Part(
            "InitgPty",
            parts=(
                Part("Nm", _text(70)),
                Part("Id", parts=(Part("OrgId", parts=(_CUC,)),)),
            ),
        ),
    ),
)
_BLOCK = Part(
    "PmtInf",
    parts=(
        Part("PmtInfId", _text(35)),
        Part("PmtMtd", "TRF|TRA"),
        Part("BtchBookg", "true|false"),
        Part(
            "PmtTpInf",
            parts=(Part("InstrPrty", "NORM|HIGH"), Part("SvcLvl", parts=(Part("Cd", "SEPA"),))),
        ),
        Part("ReqdExctnDt", parts=(Part("Dt", _DAY),)),
        Part("Dbtr", parts=(Part("Nm", _text(70)),)),
        Part("DbtrAcct", parts=_ACCOUNT),
        Part(
            "DbtrAgt",
            parts=(
                Part(
                    "FinInstnId",
                    parts=(
                        Part("BICFI", _BIC),
                        Part("ClrSysMmbId", parts=(Part("MmbId", r"\d{5}"),)),
                    ),
                ),
            ),
        ),
        Part("ChrgBr", "SLEV"),
        _PAYMENT,
    ),
)
REQUEST = Part("CBIPaymentRequest", parts=(_HEADER, _BLOCK))


def troubles(content: bytes) -> list[str]:
    """What of a message is not as it has to be; nothing where all is."""
    root = ElementTree.fromstring(content)
    if root.tag != f"{NAMESPACE}{REQUEST.name}":
        return [f"{root.tag} is no request"]
    return list(_within(root, REQUEST, REQUEST.name))


def _within(element: Any, part: Part, place: str) -> Iterator[str]:  # noqa: ANN401  no types
    if element.attrib != ({"Ccy": "EUR"} if part.currency else {}):
        yield f"{place}: {element.attrib}"
    if part.pattern:
        if len(element) or not re.fullmatch(part.pattern, element.text or ""):
            yield f"{place}: {element.text!r}"
        return
    if (element.text or "").strip():
        yield f"{place}: text between its parts"
    left = [(child.tag.removeprefix(NAMESPACE), child) for child in element]
    for each in part.parts:
        found = 0
        while left and left[0][0] == each.name:
            found += 1
            yield from _within(left.pop(0)[1], each, f"{place}/{each.name}")
        if not each.least <= found <= each.most:
            yield f"{place}/{each.name}: {found} times"
    for name, _ in left:
        yield f"{place}: {name} does not belong here"
