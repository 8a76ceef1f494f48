"""Tag 86 of MT940: who paid whom, and for what, in the ways that banks write it.

Three ways are known: numbered fields behind a code (`166?00…?20…`, German, Italian and Polish
banks; inside them SEPA's words as `EREF+…`), words between slashes (`/EREF/…//REMI/…`, Dutch
banks), and plain text.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from domain.errors import TextTooLong
from workflows.bank import returns, values

_NUMBERED = re.compile(r"([0-9]{3})([?@!/>~|])(?=[0-9]{2})")
_RETURN_CODES = frozenset({"108", "109", "118", "159", "184"})
"""Business codes of the German banks for money that comes back."""

_FULL_FIELD = 27
"""Characters of a numbered field: a full one goes on in the next without a space between."""

_FULL_LINE = 65
_SEPA = re.compile(
    r"(EREF|KREF|MREF|CRED|DEBT|COAM|OAMT|SVWZ|ABWA|ABWE|IBAN|BIC|PURP|RTRN|PREF|MTLG)[+:]"
)
_SLASHED = (
    "TRTP IBAN BIC NAME REMI EREF ORDP BENM ID ADDR MARF CSID PREF RTRN CNTP TRCD ISDT PURP ULTD "
    "ULTB ULTC UDTR UCRD KREF SVCL CITY"
)
_SLASH = re.compile(rf"/({'|'.join(_SLASHED.split())})/")
_FORM = re.compile(r"^/?(?:USTD|STRD/[^/]*)//?")
_IBAN_IN_TEXT = re.compile(r"(?<![A-Z0-9])[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}(?![A-Z0-9])")


@dataclass(frozen=True, slots=True)
class Details:
    """Who, why, and under which references."""

    end_to_end_id: str | None = None
    counterparty_name: str | None = None
    counterparty_iban: str | None = None
    remittance: str = ""
    return_reason: str | None = None
    is_return: bool = False
    batch_reference: str | None = None
    iban_is_wrong: bool = False


def details(lines: list[str], beside: list[str], own_iban: str | None) -> Details:
    """What tag 86 tells; `beside` are the free lines of tag 61, used where 86 has no text."""
    joined = "".join(lines)
    if len(joined) > values.MAX_TEXT:
        raise TextTooLong(values.MAX_TEXT)
    if _NUMBERED.match(joined.lstrip()):
        return _numbered(joined.lstrip())
    words = _unwrapped(lines)
    if len(_SLASH.findall(joined)) > 1:
        return _slashed(joined)
    text = values.clean(words) or values.clean(" ".join(beside))
    return _plain(text, own_iban)


def _unwrapped(lines: Iterable[str]) -> str:
    """Free text in one line: a full line was cut anywhere, a shorter one ends a word."""
    return "".join(line if len(line) >= _FULL_LINE else f"{line} " for line in lines)


def _numbered(text: str) -> Details:
    code, mark = text[:3], text[3]
    fields: list[tuple[str, str]] = []
    for piece in text[4:].split(mark):
        number, value = piece[:2], piece[2:]
        if number.isascii() and number.isdigit() and len(number) == 2:
            fields.append((number, value))
        elif fields:
            # The mark stands in the text itself.
            fields[-1] = fields[-1][0], f"{fields[-1][1]}{mark}{piece}"
    by_number = dict(fields)
    purpose = "".join(
        value if len(value) >= _FULL_FIELD else f"{value} "
        for number, value in fields
        if number[0] == "2" or number in ("60", "61", "62", "63")
    )
    free, words = _sepa_words(purpose)
    posting = by_number.get("00", "")
    remittance = values.clean(words.get("SVWZ", "") or free or words.get("MTLG", "") or posting)
    name = values.clean(by_number.get("32", "") + by_number.get("33", ""))
    account = values.compact_iban(by_number.get("38") or by_number.get("31") or words.get("IBAN"))
    is_return = (
        code in _RETURN_CODES or "RTRN" in words or returns.is_told(f"{posting} {remittance}")
    )
    told = f"{words.get('RTRN', '')} {words.get('MTLG', '')} {remittance}"
    reason = returns.reason(told) or returns.NUMBERED.get(by_number.get("34", "").strip())
    return _with_iban(
        Details(
            end_to_end_id=values.reference(words.get("EREF")),
            counterparty_name=name or None,
            remittance=remittance,
            return_reason=reason if is_return else None,
            is_return=is_return,
            batch_reference=values.reference(words.get("KREF") or words.get("PREF")),
        ),
        account,
    )


def _sepa_words(text: str) -> tuple[str, Mapping[str, str]]:
    """What stands before SEPA's first word, and what follows each of them."""
    free, *rest = _SEPA.split(text)
    return free, dict(zip(rest[::2], rest[1::2], strict=True))


def _slashed(text: str) -> Details:
    _, *rest = _SLASH.split(text)
    words: dict[str, str] = {}
    for word, value in zip(rest[::2], rest[1::2], strict=True):
        words.setdefault(word, value.strip("/ "))
    iban, name = words.get("IBAN"), words.get("NAME", "")
    if "CNTP" in words:
        iban = words["CNTP"].split("/")[0]
    remittance = values.clean(_FORM.sub("", words.get("REMI", "")))
    return_word = words.get("RTRN", "")
    is_return = "RTRN" in words or returns.is_told(f"{words.get('TRTP', '')} {remittance}")
    return _with_iban(
        Details(
            end_to_end_id=values.reference(words.get("EREF")),
            counterparty_name=values.clean(name) or None,
            remittance=remittance,
            return_reason=returns.reason(f"{return_word} {remittance}") if is_return else None,
            is_return=is_return,
            batch_reference=values.reference(words.get("PREF") or words.get("KREF")),
        ),
        values.compact_iban(iban),
    )


def _plain(text: str, own_iban: str | None) -> Details:
    is_return = returns.is_told(text)
    ibans = (found[0] for found in _IBAN_IN_TEXT.finditer(text))
    iban = next((one for one in ibans if values.iban_is_right(one) and one != own_iban), None)
    return Details(
        counterparty_iban=iban,
        remittance=text,
        return_reason=returns.reason(text) if is_return else None,
        is_return=is_return,
    )


def _with_iban(told: Details, iban: str | None) -> Details:
    if iban is None:
        return told
    if not values.iban_is_right(iban):
        return replace(told, iban_is_wrong=True)
    return replace(told, counterparty_iban=iban)
