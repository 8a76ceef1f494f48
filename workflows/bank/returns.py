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

SUB_FAMILIES = frozenset({"RRTN", "RPCR", "UPCQ", "UPCT", "UPDD", "PRDD", "RVSL"})
"""Sub-families of ISO's bank transaction codes that undo something."""


def reason(text: str) -> str | None:
    """The code of a reason in a text."""
    found = _CODE.search(text)
    return found[1] if found else None


def is_told(text: str) -> bool:
    """Whether a text says that a movement undoes another."""
    return _WORDS.search(text) is not None
