"""Looks for strings that must be nowhere, in whatever form they may have been written."""

import base64
import io
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from urllib.parse import quote

from workflows.eventstore.database import Database

Hay = Mapping[str, bytes]
"""What is searched, by where it was found."""


def forms(text: str) -> Iterator[bytes]:
    """The ways in which a text may stand somewhere, in lower case where case does not matter."""
    for data in (text.encode(), text.encode("utf-16-le"), text.encode("utf-16-be")):
        yield data.lower()
        yield data.hex().encode()
        yield data.lower().hex().encode()
        for shift in range(3):
            # What stands before it moves the six-bit groups: those at the edges are not its own.
            whole = base64.b64encode(bytes(shift) + data).rstrip(b"=")
            inner = whole[2 if shift == 1 else 3 if shift == 2 else 0 : -1]
            yield inner.lower()
            yield inner.lower().replace(b"+", b"-").replace(b"/", b"_")
    yield quote(text, safe="").encode().lower()
    yield quote(text, safe="").replace("%20", "+").encode().lower()
    # As JSON writes it.
    yield text.encode("ascii", "backslashreplace").replace(b"\\x", b"\\u00").lower()


def found(hay: Hay, canaries: Iterable[str]) -> set[tuple[str, str]]:
    """Each canary that is somewhere, and where."""
    lowered = {where: data.lower() for where, data in hay.items()}
    return {
        (canary, where)
        for canary in canaries
        for form in set(forms(canary))
        for where, data in lowered.items()
        if form in data
    }


def tables(database: Database) -> Hay:
    """All that is in both schemas, table by table, as COPY writes it."""
    dumped = {}
    with database.transaction() as tx:
        names = tx.execute(
            "SELECT quote_ident(table_schema) || '.' || quote_ident(table_name) AS name"
            " FROM information_schema.tables WHERE table_type = 'BASE TABLE'"
            " AND table_schema = ANY (%s)",
            ([database.schema, database.keys_schema],),
        ).fetchall()
        for name in (row["name"] for row in names):
            with tx.cursor().copy(f"COPY (SELECT * FROM {name}) TO STDOUT".encode()) as copy:
                dumped[name] = b"".join(bytes(part) for part in copy)
    return dumped


def files(home: Path) -> Hay:
    """Every file below a folder, and its own name; not the master key."""
    return {
        str(path): str(path).encode() + b"\n" + path.read_bytes()
        for path in home.rglob("*")
        if path.is_file() and path.name != "master.key"
    }


def unpacked(dossier: bytes) -> Hay:
    """What is in a ZIP, unpacked."""
    with zipfile.ZipFile(io.BytesIO(dossier)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}
