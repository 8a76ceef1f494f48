"""Our own numbers in what banks and people write, and words that say what a line is."""

import re
from collections.abc import Iterable, Iterator

from domain.text import folded

# Banks fold to capitals, drop or change the hyphens, and break lines.
_BATCH = re.compile(r"(?<![A-Z0-9])D[- ]?(20\d\d)[- ]?(\d{3,5})(?!\d)")

_FEES = (
    "commission",
    "canone",
    "imposta di bollo",
    "bollo",
    "spese tenuta",
    "spese conto",
    "competenze",
    "spese bonifico",
    "spese su bonifico",
    "bank charges",
    "fees",
)
_RETURNS = (
    "storno",
    "insoluto",
    "reso bonifico",
    "bonifico respinto",
    "bonifico reso",
    "riaccredito",
    "return of payment",
    "payment returned",
)


def references(programme: str, *texts: str | None) -> tuple[str, ...]:
    """Numbers of payments (`CI-2026-00042-1`), doti (`CI-2026-00042`) and batches (`D-2026-017`)
    that stand in texts, each once, in their order. `programme`: its code."""
    found: dict[str, None] = {}
    for text in texts:
        if text:
            found |= dict.fromkeys(_numbers(programme, text.upper()))
    return tuple(found)


def _numbers(programme: str, text: str) -> Iterator[str]:
    # The payment follows its dote as the dote follows its year, and is no day or amount:
    # "CI-2026-00042 02/12" names a dote and not its second payment.
    ours = re.compile(
        rf"(?<![A-Z0-9]){re.escape(programme)}[-/ ]?(20\d\d)([-/ ]?)(\d{{5}})"
        r"(?:\2(\d{1,2})(?![-/.,:]?\d))?(?!\d)"
    )
    for year, _, number, n in ours.findall(text):
        yield f"{programme}-{year}-{number}" + (f"-{int(n)}" if n and int(n) else "")
    for year, number in _BATCH.findall(text):
        yield f"D-{year}-{number}"


def is_payment(reference: str) -> bool:
    """Whether a reference of ours names a payment, and not a dote or a batch."""
    return reference.count("-") == len(("year", "dote", "payment"))


def is_batch(reference: str) -> bool:
    """Whether it names a batch."""
    return reference.startswith("D-") and not is_payment(reference)


def sounds_like_fee(*texts: str | None) -> bool:
    """Whether the bank says that it took the money for itself."""
    return _says(_FEES, texts)


def sounds_like_return(*texts: str | None) -> bool:
    """Whether the bank says that a payment came back."""
    return _says(_RETURNS, texts)


def _says(words: Iterable[str], texts: Iterable[str | None]) -> bool:
    said = " ".join(folded(text) for text in texts if text)
    return any(re.search(rf"\b{word}", said) for word in words)
