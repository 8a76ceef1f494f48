"""The files of a payment batch: pain.001 for the bank.

Sources: ISO 20022 pain.001.001.09 and .03 (the schemas come with sepaxml); the European Payments
Council's guidelines for SEPA credit transfers: IDs of at most 35 signs, texts as
`workflows.sepa_text` spells them.
"""

from datetime import UTC, datetime
from functools import cache
from importlib.resources import files
from typing import Any, Literal

from sepaxml import SepaTransfer

from workflows.payments import Sheet
from workflows.sepa_text import NAME_SIGNS, Payer, remittance, sepa_text

Version = Literal["09", "03"]

_MESSAGE = "CstmrCdtTrfInitn"


def pain001(sheet: Sheet, payer: Payer, subject: str, version: Version) -> bytes:
    """The message of an authorised batch; the same batch makes the same bytes.

    `subject`: what the payees read before the number of the dote.
    """
    payer.check()
    batch = sheet.batch
    batch.check_for_a_bank()
    message = _Message(
        {
            "name": sepa_text(payer.name or "", NAME_SIGNS),
            "IBAN": payer.iban,
            "BIC": payer.bic,
            "currency": "EUR",
            "batch": True,
        },
        f"pain.001.001.{version}",
        batch.number,
        batch.made_at,
    )
    for instruction in sheet.instructions:
        to = instruction.to
        payment: dict[str, Any] = {
            "name": sepa_text(to.name or "", NAME_SIGNS),
            "IBAN": to.iban,
            "amount": instruction.amount_cents,
            "execution_date": batch.prepared.execution_date,
            "endtoend_id": instruction.id,
            "description": remittance(subject, instruction.number),
        }
        if to.bic is not None:
            payment["BIC"] = to.bic
        message.add_payment(payment)
    content: bytes = message.export(validate=False)
    schema_of(version).validate(content.decode())
    return content


@cache
def schema_of(version: Version) -> Any:  # noqa: ANN401  the library's type is known only within
    """The schema that comes with sepaxml: reading it takes longer than all the rest."""
    # Not at the top: the library changes how XML is written that sepaxml makes.
    from xmlschema import XMLSchema

    return XMLSchema(str(files("sepaxml") / "schemas" / f"pain.001.001.{version}.xsd"))


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
