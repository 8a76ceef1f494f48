"""Reads the named statements of a .sql file."""

import re
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import LiteralString, cast

_HEADER = re.compile(r"^-- name: (\w+)$", re.MULTILINE)


@cache
def statements(package: str, name: str) -> Mapping[str, LiteralString]:
    """The statements of `name`.sql in `package`, by the name in their `-- name:` line."""
    text = files(package).joinpath(f"{name}.sql").read_text(encoding="utf-8")
    parts = _HEADER.split(text)[1:]
    # Ours by construction: the files are part of the program, no user's text reaches them.
    return {
        title: cast("LiteralString", body.strip())
        for title, body in zip(parts[::2], parts[1::2], strict=True)
    }
