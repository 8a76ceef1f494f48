"""What may be typed: text that shows what it is, and whole cents."""

import json

import pytest
from pydantic import TypeAdapter, ValidationError

from domain.money import MAX_CENTS, Cents, CentsOrZero
from domain.text import Code, Label, Sentence, Text, Word

TEXTS = {
    "Code": TypeAdapter[str](Code),
    "Word": TypeAdapter[str](Word),
    "Label": TypeAdapter[str](Label),
    "Sentence": TypeAdapter[str](Sentence),
    "Text": TypeAdapter[str](Text),
}
FREE = {name: TEXTS[name] for name in ("Label", "Sentence", "Text")}

HOSTILE = {
    "empty": "",
    "spaces": "   ",
    "line breaks": "\r\n\t \u2028\u2029",
    "no-break spaces": "\u00a0\u3000\u2003",
    "NUL": "a\x00b",
    "escape": "a\x1b[31mb",
    "backspace": "a\x08b",
    "vertical tab": "a\x0bb",
    "delete": "a\x7fb",
    "next line": "a\x85b",
    "10,000 characters": "x" * 10_000,
    "lone high surrogate": "a\ud800b",
    "lone low surrogate": "a\udfffb",
    "noncharacter": "a\uffffb",
    "only a direction mark": "\u200f",
    "only a zero-width space": "\u200b\u200b",
    "only a byte order mark": "\ufeff",
} | {
    f"bidi U+{ord(mark):04X}": f"a{mark}b"
    for mark in "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
}


@pytest.mark.parametrize("kind", TEXTS)
@pytest.mark.parametrize("value", HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_text_is_refused(kind: str, value: str) -> None:
    with pytest.raises(ValidationError) as refused:
        TEXTS[kind].validate_python(value)
    # The refusal itself can be shown: it is plain text that any screen and any log can take.
    json.dumps(refused.value.errors(include_input=False, include_url=False)).encode()


@pytest.mark.parametrize("kind", TEXTS)
@pytest.mark.parametrize("value", [None, 1, True, ["text"], {"text": "text"}])
def test_only_text_is_text(kind: str, value: object) -> None:
    with pytest.raises(ValidationError):
        TEXTS[kind].validate_python(value)


@pytest.mark.parametrize(("kind", "limit"), [("Label", 200), ("Sentence", 1000), ("Text", 5000)])
def test_text_has_a_limit(kind: str, limit: int) -> None:
    assert TEXTS[kind].validate_python("è" * limit) == "è" * limit
    with pytest.raises(ValidationError):
        TEXTS[kind].validate_python("è" * (limit + 1))


@pytest.mark.parametrize("kind", FREE)
@pytest.mark.parametrize(
    "value",
    [
        "È l'affitto di marzo",
        "ليلى\u200e",
        "נעמי\u200f",
        "नमस्ते\u200dा",
        "日本語",
        "👩‍👧",
        "<b>1</b>",
        "=1+1",
    ],
)
def test_what_people_write_is_kept_as_it_is(kind: str, value: str) -> None:
    assert FREE[kind].validate_python(value) == value


@pytest.mark.parametrize("kind", FREE)
def test_text_is_trimmed(kind: str) -> None:
    assert FREE[kind].validate_python(" \n rent \t") == "rent"


@pytest.mark.parametrize("line_break", ["\n", "\r\n", "\r", "\u2028", "\u2029"])
def test_a_label_is_one_line(line_break: str) -> None:
    with pytest.raises(ValidationError, match="Line breaks"):
        TEXTS["Label"].validate_python(f"a{line_break}b")
    assert TEXTS["Sentence"].validate_python(f"a{line_break}b") == f"a{line_break}b"
    assert TEXTS["Text"].validate_python(f"a{line_break}b") == f"a{line_break}b"


def test_the_refusal_tells_where_the_character_is() -> None:
    with pytest.raises(ValidationError, match=r"U\+202E at position 3"):
        TEXTS["Text"].validate_python("ab\u202ec")


@pytest.mark.parametrize("value", ["ROCCA", "A", "A_1", "A" * 40])
def test_codes(value: str) -> None:
    assert TEXTS["Code"].validate_python(value) == value


@pytest.mark.parametrize("value", ["rocca", "1A", "_A", "A-1", "A B", "A\n", " A", "A" * 41, "À"])
def test_what_is_no_code(value: str) -> None:
    with pytest.raises(ValidationError):
        TEXTS["Code"].validate_python(value)


@pytest.mark.parametrize("value", ["cash", "Bank transfer", "a-b_c 1", "a" * 40])
def test_words(value: str) -> None:
    assert TEXTS["Word"].validate_python(value) == value


@pytest.mark.parametrize("value", ["1st", "=cmd", "a/b", "a\nb", "è", "a" * 41])
def test_what_is_no_word(value: str) -> None:
    with pytest.raises(ValidationError):
        TEXTS["Word"].validate_python(value)


# Money

MONEY = {"Cents": TypeAdapter[int](Cents), "CentsOrZero": TypeAdapter[int](CentsOrZero)}


@pytest.mark.parametrize("kind", MONEY)
@pytest.mark.parametrize(
    "value",
    [
        -1,
        -(10**12),
        MAX_CENTS + 1,
        2**63 - 1,
        2**63,
        2**64,
        -(2**63) - 1,
        1.0,
        0.5,
        float("nan"),
        float("inf"),
        True,
        False,
        "1",
        "1.00",
        "",
        None,
        [1],
    ],
)
def test_what_is_no_money(kind: str, value: object) -> None:
    with pytest.raises(ValidationError):
        MONEY[kind].validate_python(value)
    with pytest.raises(ValidationError):
        MONEY[kind].validate_json(json.dumps(value))


@pytest.mark.parametrize("text", ["1.0", "1e2", "1E400", "9" * 400, '"100"', "true", "null", "NaN"])
def test_what_is_no_money_in_json(text: str) -> None:
    for kind in MONEY.values():
        with pytest.raises(ValidationError):
            kind.validate_json(text)


def test_money_is_whole_cents_within_bounds() -> None:
    for kind in MONEY.values():
        assert kind.validate_python(1) == 1
        assert kind.validate_python(MAX_CENTS) == MAX_CENTS
        assert kind.validate_json("100") == 100


def test_zero_stands_and_does_not_move() -> None:
    assert MONEY["CentsOrZero"].validate_python(0) == 0
    with pytest.raises(ValidationError):
        MONEY["Cents"].validate_python(0)


def test_the_limit_is_far_below_what_the_database_holds() -> None:
    assert MAX_CENTS * 10**6 < 2**63
