"""A rendiconto with all that belongs to it, as one file: the same content makes the same bytes.

| member | content |
|---|---|
| manifest.json | what each member is, with its SHA-256 |
| rendiconto.json | the content, as its fingerprint covers it |
| rendiconto.xlsx, rendiconto.pdf | the same for people |
| papers.csv | the papers behind the expenses, without names: digests, and which are not here, why |
| papers/0001.pdf … | the pages of each, blacked out by a person, by the number of the expense |
| log.ndjson | the event that froze it, with the fingerprint |
| proofs.ndjson, checkpoints.txt, keys.json | that it, and all it tells of, is in the signed log |
"""

import io
import json
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256

from api.documents.rendiconto import Words
from api.documents.rendiconto_letter import letter
from api.documents.rendiconto_sheets import as_xlsx
from api.languages import word
from api.v1.spreadsheet import as_csv, euros
from domain.funding_rules import ColumnName
from domain.rendiconto_content import Row

_LONG_AGO = (1980, 1, 1, 0, 0, 0)
_PAPERS: tuple[ColumnName, ...] = (
    *("receipt_no", "dote", "receipt_kind", "receipt_number", "receipt_date", "documented"),
)
_OF_THE_FILE = ("file_sha256", "file_type", "file_size", "pages", "pages_sha256", "not_here")


@dataclass(frozen=True, slots=True)
class Given:
    """The paper of an expense: its pages as others may see them, or why they are not here."""

    row: Row
    pages: bytes | None
    missing: str = ""

    @property
    def name(self) -> str:
        """What it is called in the dossier."""
        return "" if self.pages is None else f"papers/{self.row.receipt_no:04}.pdf"


def as_zip(
    words: Words,
    letterhead: tuple[str, ...],
    proofs: Mapping[str, bytes],
    papers: Sequence[Given],
) -> bytes:
    """The dossier. `proofs`: as `workflows.audit.rendiconto` makes them."""
    members = {
        "rendiconto.json": words.content.as_bytes(),
        "rendiconto.xlsx": as_xlsx(words),
        "rendiconto.pdf": letter(words, letterhead).pdf(),
        "papers.csv": _papers(words, papers),
        **{each.name: each.pages for each in papers if each.pages is not None},
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


def _papers(words: Words, papers: Sequence[Given]) -> bytes:
    rows = [
        [
            each.row.receipt_no,
            each.row.dote,
            word(words.language, receipt.kind, "receipt"),
            receipt.number,
            receipt.date.isoformat(),
            euros(each.row.documented_cents),
            receipt.sha256,
            receipt.media_type,
            receipt.size_bytes,
            each.name,
            "" if each.pages is None else sha256(each.pages).hexdigest(),
            words.label(each.missing) if each.missing else "",
        ]
        for each in papers
        if (receipt := each.row.receipt) is not None
    ]
    heading = [words.usual(name) for name in _PAPERS] + [words.label(each) for each in _OF_THE_FILE]
    return as_csv(heading, rows, words.language)
