"""How a bank says that money came back, and why.

Codes: ISO 20022, ExternalReturnReason1Code, as the SEPA rulebooks use them.
"""

import re

_CODES = (
    "AC0[1346]|AC13|AG0[12]|AM0[1-9]|BE0[1-8]|CNOR|CUST|DNOR|DUPL|ED05|ERIN|FF05|FOCR|FRAD|"
    "MD0[1-7]|MS0[23]|NOAS|NOOR|RC0[147]|RF01|RR0[1-4]|SL01|SVNR|TM01|UPAY|LEGL|ARDT|TECH"
)
_CODE = re.compile(rf"(?<![A-Z0-9])({_CODES})(?![A-Z0-9])")
_WORDS = re.compile(
    r"\b(storn[oi]|stornat[oi]|bonifico (?:reso|respinto|non (?:eseguito|accreditato))|"
    r"restituzione bonifico|retoure|rueckgabe|rücküberweisung|rueckueberweisung|returned|"
    r"payment return|retourbetaling)\b",
    re.IGNORECASE,
)

NUMBERED = {
    "901": "AC01",
    "902": "AC04",
    "903": "AC06",
    "904": "AG01",
    "906": "AM04",
    "907": "AM05",
    "908": "BE04",
    "909": "MD01",
    "910": "MD02",
    "912": "MD06",
    "913": "MD07",
    "914": "MS03",
}
"""German banks tell the reason in three digits (field 34 of MT940's tag 86; Deutsche
Kreditwirtschaft, data formats of the DFÜ agreement, annex 3). Only those that all banks' lists
give the same code of ISO 20022 for: of another number the reason is not told."""

SUB_FAMILIES = frozenset({"RRTN", "RPCR", "UPCQ", "UPCT", "UPDD", "PRDD", "RVSL"})
"""Sub-families of ISO's bank transaction codes that undo something."""


def reason(text: str) -> str | None:
    """The code of a reason in a text."""
    found = _CODE.search(text)
    return found[1] if found else None


def is_told(text: str) -> bool:
    """Whether a text says that a movement undoes another."""
    return _WORDS.search(text) is not None
