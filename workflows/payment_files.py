"""The files of a payment batch: pain.001 for the bank.

Sources: ISO 20022 pain.001.001.09 and .03 (the schemas come with sepaxml); the European Payments
Council's guidelines for SEPA credit transfers: character set (EPC217-08), names of at most 70
signs, remittance information of at most 140, IDs of at most 35.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any, Literal

import sepaxml
import xmlschema
from sepaxml import SepaTransfer
from text_unidecode import unidecode

from domain.errors import PayerMissing
from workflows.payments import Sheet

Version = Literal["09", "03"]

_NAME_SIGNS = 70
_REMITTANCE_SIGNS = 140
_MESSAGE = "CstmrCdtTrfInitn"
# What EPC217-08 lets every bank take; what it lets them refuse stands for a space.
_NOT_SEPA = re.compile(r"[^A-Za-z0-9/?:().,'+ -]+")
_SPELT = str.maketrans({"&": "+", "_": "-", "€": "E", "$": "S"})
_NAMELESS = "NOTPROVIDED"


@dataclass(frozen=True, slots=True)
class Payer:
    """The account that pays, as its bank knows it. None: it was not set."""

    name: str | None = None
    iban: str | None = None
    bic: str | None = None

    def check(self) -> None:
        """Refuses to make a file that a bank could not carry out."""
        told = {"DOTI_PAYER_NAME": self.name, "DOTI_PAYER_IBAN": self.iban}
        told |= {"DOTI_PAYER_BIC": self.bic}
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


def pain001(sheet: Sheet, payer: Payer, subject: str, version: Version) -> bytes:
    """The message of an authorised batch; the same batch makes the same bytes.

    `subject`: what the payees read before the number of the dote.
    """
    payer.check()
    batch = sheet.batch
    batch.check_for_a_bank()
    made_at = batch.prepared.at if batch.authorised is None else batch.authorised.at
    message = _Message(
        {
            "name": sepa_text(payer.name or "", _NAME_SIGNS),
            "IBAN": payer.iban,
            "BIC": payer.bic,
            "currency": "EUR",
            "batch": True,
        },
        f"pain.001.001.{version}",
        batch.number,
        made_at,
    )
    for instruction in sheet.instructions:
        to = instruction.to
        payment: dict[str, Any] = {
            "name": sepa_text(to.name or "", _NAME_SIGNS),
            "IBAN": to.iban,
            "amount": instruction.amount_cents,
            "execution_date": batch.prepared.execution_date,
            "endtoend_id": instruction.id,
            "description": sepa_text(f"{subject} {instruction.number}", _REMITTANCE_SIGNS),
        }
        if to.bic is not None:
            payment["BIC"] = to.bic
        message.add_payment(payment)
    content: bytes = message.export(validate=False)
    schema_of(version).validate(content.decode())
    return content


@cache
def schema_of(version: Version) -> xmlschema.XMLSchema:
    """The schema of a version, read once: the library reads it for each message, which takes longer
    than all the rest."""
    schemas = Path(sepaxml.__file__).parent / "schemas"
    return xmlschema.XMLSchema(schemas / f"pain.001.001.{version}.xsd")


class _Message(SepaTransfer):  # type: ignore[misc]  # the library has no types
    """The library's message with ids and a time of our own in the place of those that it draws."""

    def __init__(self, config: dict[str, Any], schema: str, number: str, made_at: datetime) -> None:
        self._number = number
        self._made_at = made_at
        super().__init__(config, schema=schema, clean=False)

    def _create_header(self) -> None:
        self.msg_id = self._number
        super()._create_header()
        told = self._made_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        self._xml.find(f"{_MESSAGE}/GrpHdr/CreDtTm").text = told

    def _finalize_batch(self) -> None:
        super()._finalize_batch()
        for n, block in enumerate(self._xml.iterfind(f"{_MESSAGE}/PmtInf/PmtInfId"), 1):
            block.text = f"{self._number}-{n}"
