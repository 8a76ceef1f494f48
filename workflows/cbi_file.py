"""The file of a payment batch for Italian banks: CBI's request of SEPA credit transfers.

Sources: CBIPaymentRequest.00.04.01, in force since 17 March 2024, which takes pain.001.001.09 and
narrows it: one block of payments, whose number and sum stand in the header alone; who sends is told
by the CUC that CBI gave them (eight letters and digits, issued by "CBI"); the bank that is to pay
is told by its ABI. The European Payments Council's guidelines as in `workflows.payment_files`.
"""

from collections.abc import Iterator
from datetime import UTC
from html import escape

from domain.bank_account import abi
from domain.errors import PayerWithoutAbi
from workflows.payments import Instruction, Sheet
from workflows.sepa_text import NAME_SIGNS, Payer, remittance, sepa_text

NAMESPACE = "urn:CBI:xsd:CBIPaymentRequest.00.04.01"
FORMAT = "cbipaymentrequest.00.04.01"
"""What the log calls it."""


def cbi_request(sheet: Sheet, payer: Payer, subject: str) -> bytes:
    """The message of an authorised batch; the same batch makes the same bytes.

    `subject`: what the payees read before the number of the dote.
    """
    payer.check(with_cuc=True)
    bank = abi(payer.iban or "")
    if bank is None:
        raise PayerWithoutAbi
    batch = sheet.batch
    batch.check_for_a_bank()
    cents = sum(each.amount_cents for each in sheet.instructions)
    name = _text("Nm", sepa_text(payer.name or "", NAME_SIGNS))
    sent_by = _in("Othr", _text("Id", payer.cuc or ""), _text("Issr", "CBI"))
    header = _in(
        "GrpHdr",
        _text("MsgId", batch.number),
        _text("CreDtTm", batch.made_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")),
        _text("NbOfTxs", str(len(sheet.instructions))),
        _text("CtrlSum", _amount(cents)),
        _in("InitgPty", name, _in("Id", _in("OrgId", sent_by))),
    )
    block = _in(
        "PmtInf",
        _text("PmtInfId", f"{batch.number}-1"),
        _text("PmtMtd", "TRF"),
        _text("BtchBookg", "true"),
        _in("PmtTpInf", _text("InstrPrty", "NORM"), _in("SvcLvl", _text("Cd", "SEPA"))),
        _in("ReqdExctnDt", _text("Dt", batch.prepared.execution_date.isoformat())),
        _in("Dbtr", name),
        _account("DbtrAcct", payer.iban or ""),
        _in(
            "DbtrAgt",
            _in(
                "FinInstnId",
                _text("BICFI", payer.bic or ""),
                _in("ClrSysMmbId", _text("MmbId", bank)),
            ),
        ),
        _text("ChrgBr", "SLEV"),
        *_payments(sheet.instructions, subject),
    )
    message = f'<CBIPaymentRequest xmlns="{NAMESPACE}">{header}{block}</CBIPaymentRequest>'
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{message}\n'.encode()


def _payments(instructions: tuple[Instruction, ...], subject: str) -> Iterator[str]:
    for n, each in enumerate(instructions, 1):
        to = each.to
        agent = "" if to.bic is None else _in("CdtrAgt", _in("FinInstnId", _text("BICFI", to.bic)))
        yield _in(
            "CdtTrfTxInf",
            _in("PmtId", _text("InstrId", str(n)), _text("EndToEndId", each.id)),
            _in("Amt", f'<InstdAmt Ccy="EUR">{_amount(each.amount_cents)}</InstdAmt>'),
            agent,
            _in("Cdtr", _text("Nm", sepa_text(to.name or "", NAME_SIGNS))),
            _account("CdtrAcct", to.iban or ""),
            _in("RmtInf", _text("Ustrd", remittance(subject, each.number))),
        )


def _account(name: str, iban: str) -> str:
    return _in(name, _in("Id", _text("IBAN", iban)))


def _in(name: str, *parts: str) -> str:
    return f"<{name}>{''.join(parts)}</{name}>"


def _text(name: str, text: str) -> str:
    return _in(name, escape(text, quote=False))


def _amount(cents: int) -> str:
    return f"{cents // 100}.{cents % 100:02}"
