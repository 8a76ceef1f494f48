"""From bytes to text, and from text to lines."""

import re
from collections.abc import Iterator

from domain.errors import DamagedStatement, TooManyRows

MAX_ROWS = 100_000
"""Far above a year of any programme, far below what would keep a server busy."""

_MAX_LINES = 500_000
"""Of MT940 and CBI, which need some for each movement."""

_MAX_LINE = 20_000
_LINE = re.compile(r"\r\n|\n|\r")
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")
_UTF_8_MARK = b"\xef\xbb\xbf"


def encoding_of(data: bytes) -> str:
    """How the bytes of a text are to be read: by their mark, else as UTF-8 if that is possible,
    else as Windows-1252, which Western banks use."""
    if data.startswith(_UTF_8_MARK):
        return "utf-8-sig"
    if data.startswith(_UTF_16):
        return "utf-16"
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return "cp1252"
    return "utf-8"


def decoded(data: bytes, encoding: str | None = None) -> str:
    """The text of a file. Refuses bytes that stand for nothing, and NUL characters."""
    try:
        text = data.decode(encoding or encoding_of(data))
    except UnicodeDecodeError as error:
        raise DamagedStatement(data.count(b"\n", 0, error.start) + 1) from None
    except LookupError:
        raise DamagedStatement(1) from None
    nul = text.find("\0")
    if nul >= 0:
        raise DamagedStatement(text.count("\n", 0, nul) + 1)
    return text


def numbered_lines(text: str) -> Iterator[tuple[int, str]]:
    """The lines of a text, counted from 1. Only line ends end them: other signs that Python takes
    for such stand within a bank's texts."""
    lines = _LINE.split(text.rstrip("\x1a"))
    if len(lines) > _MAX_LINES:
        raise TooManyRows(_MAX_LINES)
    for number, line in enumerate(lines, 1):
        if len(line) > _MAX_LINE:
            raise DamagedStatement(number)
        yield number, line
