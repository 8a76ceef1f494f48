"""A rendiconto with all that belongs to it, as one file: the same content makes the same bytes.

| member | content |
|---|---|
| manifest.json | what each member is, with its SHA-256 |
| rendiconto.json | the content, as its fingerprint covers it |
| rendiconto.xlsx, rendiconto.pdf | the same for people |
| papers.csv | the papers behind the expenses: digests and kinds, without names, in one language |
| log.ndjson | the event that froze it, with the fingerprint |
| proofs.ndjson, checkpoints.txt, keys.json | that it, and all it tells of, is in the signed log |
"""

import io
import json
import zipfile
from collections.abc import Mapping
from hashlib import sha256

from api.documents.rendiconto import Words
from api.documents.rendiconto_letter import letter
from api.documents.rendiconto_sheets import as_xlsx
from api.languages import word
from api.v1.spreadsheet import as_csv, euros
from domain.funding_rules import ColumnName

_LONG_AGO = (1980, 1, 1, 0, 0, 0)
_PAPERS: tuple[ColumnName, ...] = (
    *("receipt_no", "dote", "receipt_kind", "receipt_number", "receipt_date", "documented"),
)
_OF_THE_FILE = ("file_sha256", "file_type", "file_size")


def as_zip(words: Words, letterhead: tuple[str, ...], proofs: Mapping[str, bytes]) -> bytes:
    """The dossier. `proofs`: as `workflows.audit.rendiconto` makes them."""
    members = {
        "rendiconto.json": words.content.as_bytes(),
        "rendiconto.xlsx": as_xlsx(words),
        "rendiconto.pdf": letter(words, letterhead).pdf(),
        "papers.csv": _papers(words),
        **proofs,
    }
    manifest = {
        "format": "doti-rendiconto-dossier",
        "format_version": 1,
        "number": words.content.number,
        "fingerprint": words.frozen.fingerprint,
        "log_size": words.content.log_size,
        "root": words.content.root,
        "sha256": {name: sha256(data).hexdigest() for name, data in sorted(members.items())},
    }
    whole = {"manifest.json": json.dumps(manifest, indent=1).encode() + b"\n", **members}
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in whole.items():
            archive.writestr(zipfile.ZipInfo(name, _LONG_AGO), data, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def _papers(words: Words) -> bytes:
    rows = [
        [
            row.receipt_no,
            row.dote,
            word(words.language, row.receipt.kind, "receipt"),
            row.receipt.number,
            row.receipt.date.isoformat(),
            euros(row.documented_cents),
            row.receipt.sha256,
            row.receipt.media_type,
            row.receipt.size_bytes,
        ]
        for row in words.content.expenses
        if row.receipt is not None
    ]
    heading = [words.usual(name) for name in _PAPERS] + [words.label(each) for each in _OF_THE_FILE]
    return as_csv(heading, rows, words.language)
