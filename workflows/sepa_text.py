"""What every file for a bank needs: whose account pays, and texts as banks take them.

Sources: the European Payments Council's guidelines for SEPA credit transfers: character set
(EPC217-08), names of at most 70 signs, remittance information of at most 140.
"""

import re
from dataclasses import dataclass

from text_unidecode import unidecode

from domain.errors import PayerMissing

NAME_SIGNS = 70
_REMITTANCE_SIGNS = 140
# What EPC217-08 lets every bank take; what it lets them refuse stands for a space.
_NOT_SEPA = re.compile(r"[^A-Za-z0-9/?:().,'+ -]+")
_SPELT = str.maketrans({"&": "+", "_": "-", "€": "E", "$": "S"})
_NAMELESS = "NOTPROVIDED"


@dataclass(frozen=True, slots=True)
class Payer:
    """The account that pays, as its bank knows it. None: it was not set. `cuc`: who sends, as CBI
    calls them."""

    name: str | None = None
    iban: str | None = None
    bic: str | None = None
    cuc: str | None = None

    def check(self, *, with_cuc: bool = False) -> None:
        """Refuses to make a file that a bank could not carry out."""
        told = {"DOTI_PAYER_NAME": self.name, "DOTI_PAYER_IBAN": self.iban}
        told |= {"DOTI_PAYER_BIC": self.bic}
        if with_cuc:
            told |= {"DOTI_PAYER_CUC": self.cuc}
        missing = [name for name, value in told.items() if value is None]
        if missing:
            raise PayerMissing(", ".join(missing))


def sepa_text(text: str, signs: int) -> str:
    """A text as every bank of the SEPA area takes it: plain letters, digits and few marks.

    It begins and ends with no slash and has no two of them, which banks read as a mark of theirs.
    """
    plain = _NOT_SEPA.sub(" ", unidecode(text.translate(_SPELT)))
    single = re.sub(r"/{2,}", "/", " ".join(plain.split()))
    return single[:signs].strip("/ ") or _NAMELESS


def remittance(subject: str, number: str) -> str:
    """What a payee reads: what it is for, and the number of the dote."""
    return sepa_text(f"{subject} {number}", _REMITTANCE_SIGNS)
