"""What is wrong with a value, by the type of pydantic's error: sentences of our own.

pydantic's sentences are English only, and some of them repeat the value.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from api.languages import Language, day, translate

OTHER = "This value is not valid."

MESSAGES: Mapping[str, str] = {
    "missing": "This is needed and missing.",
    "extra_forbidden": "There is no field of this name.",
    "json_invalid": "This is not valid JSON.",
    "model_type": "An object with fields is expected here.",
    "model_attributes_type": "An object with fields is expected here.",
    "dict_type": "An object with fields is expected here.",
    "list_type": "A list is expected here.",
    "tuple_type": "A list is expected here.",
    "too_short": "At least {min_length} are needed here.",
    "too_long": "At most {max_length} are possible here.",
    "string_type": "Text is expected here.",
    "string_unicode": "This text is not valid Unicode.",
    "string_too_short": "At least {min_length} characters are needed.",
    "string_too_long": "At most {max_length} characters are possible.",
    "string_pattern_mismatch": "This is not in the expected form ({pattern}).",
    "bool_type": "true or false is expected here.",
    "bool_parsing": "true or false is expected here.",
    "int_type": "A whole number is expected here.",
    "int_parsing": "A whole number is expected here.",
    "int_parsing_size": "This number is too large.",
    "int_from_float": "A whole number is expected here, without decimals.",
    "finite_number": "A finite number is expected here.",
    "greater_than": "This must be greater than {gt}.",
    "greater_than_equal": "This must be at least {ge}.",
    "less_than": "This must be less than {lt}.",
    "less_than_equal": "This must be at most {le}.",
    "literal_error": "One of these is expected: {expected}.",
    "enum": "One of these is expected: {expected}.",
    "uuid_type": "A UUID is expected here.",
    "uuid_parsing": "A UUID is expected here.",
    "date_type": "A date is expected here (2026-03-31).",
    "date_parsing": "A date is expected here (2026-03-31).",
    "date_from_datetime_parsing": "A date is expected here (2026-03-31).",
    "date_from_datetime_inexact": "A date without a time is expected here (2026-03-31).",
    "datetime_parsing": "A time with its zone is expected here (2026-03-31T10:00:00Z).",
    "datetime_from_date_parsing": "A time with its zone is expected here (2026-03-31T10:00:00Z).",
    "datetime_object_invalid": "A time with its zone is expected here (2026-03-31T10:00:00Z).",
    "datetime_type": "A time with its zone is expected here (2026-03-31T10:00:00Z).",
    "timezone_aware": "A time with its zone is expected here (2026-03-31T10:00:00Z).",
    "value_error": "A file is expected here.",
    "forbidden_character": "Character {character} at position {position} is not allowed in text.",
    "column_twice": "A column stands once.",
    "no_area": "An area begins before it ends.",
    "nothing_visible": "Text must show at least one character.",
    "line_break": "Line breaks are not allowed here.",
    "iban": "This is not a valid IBAN.",
    "cin": "The check letter (CIN, the fifth sign) of this IBAN does not fit.",
    "outside_sepa": "{country} is outside SEPA: no transfer goes there. Give another, or none.",
    "no_letters": "This name has no letters that banks take: write it as the bank knows it.",
    "bic": "This is not a valid BIC.",
    "email": "This is not an e-mail address.",
    # Our own, for what pydantic does not look at
    "body": "The body of the request cannot be read.",
    "cursor": "This cursor was not given out for this list.",
    "if_match": 'If-Match is a version in double quotes ("7"), or *.',
    "idempotency_key": "An Idempotency-Key has 1 to 200 visible ASCII characters.",
    "cents": "An amount is a whole number of cents, in digits.",
    "time": "A time with its zone is expected here (2026-03-31T10:00:00Z).",
    "either": "Give as_of or at, not both.",
    "day": "A day is written as 2026-01-31.",
    "proof": "Give log_index, or stream and version, or from.",
    "after": "Give after or cursor, not both.",
    "wait_for": "wait_for is an index of the log, or the id of a dote, @ and its version.",
}
"""The English sentence of each type, with pydantic's context in its places; the catalogue's key."""

# Names of fields that callers made up are shown only if there is nothing odd about them.
_PLAIN = re.compile(r"[A-Za-z0-9_.-]{1,64}")


def problems(errors: Sequence[Mapping[str, Any]], language: Language) -> list[dict[str, object]]:
    """The errors as the problem document lists them: where, and what is expected there."""
    return [
        {"loc": [_place(part) for part in error["loc"]], "msg": _message(error, language)}
        for error in errors
        if not _follows(error, errors)
    ]


def _follows(error: Mapping[str, Any], errors: Sequence[Mapping[str, Any]]) -> bool:
    """Whether a list is too short only because something in it is not valid."""
    place = tuple(error["loc"])
    return error["type"] == "too_short" and any(
        len(other["loc"]) > len(place) and tuple(other["loc"])[: len(place)] == place
        for other in errors
    )


def _place(part: object) -> str | int:
    if isinstance(part, int):
        return part
    text = str(part)
    return text if _PLAIN.fullmatch(text) else "?"


def _said(value: object, language: Language) -> object:
    """A bound that is a day, as people write it."""
    return day(language, value) if isinstance(value, date) else value


def _message(error: Mapping[str, Any], language: Language) -> str:
    template = translate(language, MESSAGES.get(error["type"], OTHER))
    context = error.get("ctx") or {}
    try:
        return template.format(**{name: _said(each, language) for name, each in context.items()})
    except (KeyError, IndexError):
        return translate(language, OTHER)
