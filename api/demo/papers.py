"""Small real PDFs: the contracts, bills and receipts of the demonstration."""

from collections.abc import Sequence
from datetime import date

from workflows.files import Upload, receive

_HEIGHT, _LEFT, _TOP, _LEADING = 420, 48, 372, 20


def paper(kind: str, number: str, issuer: str, on: date, cents: int) -> Upload:
    """A paper as an upload: its heading, who issued it, when, and the amount."""
    heading = kind.replace("_", " ").upper()
    lines = (
        f"{heading} n. {number}",
        issuer,
        f"Torino, {on:%d/%m/%Y}",
        f"Importo: {cents // 100},{cents % 100:02} EUR",
        "Documento di prova: nomi e dati sono inventati.",
    )
    return receive(pdf(lines), f"{kind}-{number}.pdf".replace("/", "-").replace(" ", "-"))


def pdf(lines: Sequence[str]) -> bytes:
    """One page of text in Helvetica, by the book: objects, cross references, trailer."""
    shown = b" T* ".join(b"(" + _escaped(line) + b") Tj" for line in lines)
    content = b"BT /F1 12 Tf %d %d Td %d TL %b ET" % (_LEFT, _TOP, _LEADING, shown)
    objects = (
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 %d] /Contents 4 0 R"
        b" /Resources << /Font << /F1 5 0 R >> >> >>" % _HEIGHT,
        b"<< /Length %d >>\nstream\n%b\nendstream" % (len(content), content),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    )
    written = b"%PDF-1.4\n"
    places = []
    for number, body in enumerate(objects, start=1):
        places.append(len(written))
        written += b"%d 0 obj\n%b\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    size = len(objects) + 1
    return (
        written
        + b"xref\n0 %d\n0000000000 65535 f \n%b" % (size, table)
        + b"trailer\n<< /Size %d /Root 1 0 R >>\n" % size
        + b"startxref\n%d\n%%%%EOF\n" % len(written)
    )


def _escaped(line: str) -> bytes:
    text = line.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)")
    return text.encode("cp1252", "replace")
