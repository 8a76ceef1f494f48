"""What an entry of camt, or one of its transactions, tells beside amount and days."""

import re
from dataclasses import dataclass

from domain.errors import DirectionMissing, NegativeAmount, OtherCurrency, UnreadableAmount
from workflows.bank import returns, values
from workflows.bank.xml_tree import Node

_CURRENCY = re.compile(r"[A-Z]{3}", re.ASCII)
_SIGNS = {"CRDT": 1, "DBIT": -1}
_REASON = re.compile(r"[A-Z0-9]{4}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Details:
    """Who, why, and under which references."""

    end_to_end_id: str | None
    counterparty_name: str | None
    counterparty_iban: str | None
    remittance: str
    bank_reference: str | None
    return_reason: str | None
    is_return: bool
    batch_reference: str | None
    iban_is_wrong: bool


def amount(node: Node, currency: str, *, direction: Node | None = None) -> int:
    """The amount of an entry, a balance or a transaction, above zero where money came in.

    A transaction without a direction of its own goes as its entry does. In version 2 its amount
    stands among other amounts.
    """
    found = node.first("Amt", "AmtDtls/TxAmt/Amt")
    if found is None:
        raise UnreadableAmount("Amt")
    told = found.attributes.get("Ccy", currency)
    if told != currency:
        raise OtherCurrency(told if _CURRENCY.fullmatch(told) else "?", currency)
    cents = values.decimal_cents(found.text, "Amt")
    if cents < 0:
        raise NegativeAmount("Amt")
    word = node.text_of("CdtDbtInd") or (direction.text_of("CdtDbtInd") if direction else "")
    if word not in _SIGNS:
        raise DirectionMissing("CdtDbtInd")
    return cents * _SIGNS[word]


@dataclass(frozen=True, slots=True)
class Entry:
    """What an entry tells for all its transactions. Found once: a batch has thousands."""

    back: Node | None
    is_return: bool
    text: str
    bank_reference: str | None
    batch_reference: str | None


def entry_of(node: Node) -> Entry:
    """What stands beside the transactions of an entry."""
    back = node.first("RtrInf")
    family = node.text_of("BkTxCd/Domn/Fmly/SubFmlyCd")
    reversal = node.text_of("RvslInd") in ("true", "1")
    return Entry(
        back=back,
        is_return=back is not None or reversal or family in returns.SUB_FAMILIES,
        text=values.clean(node.text_of("AddtlNtryInf")),
        bank_reference=values.reference(node.text_of("AcctSvcrRef", "NtryRef")),
        batch_reference=values.reference(
            node.text_of("NtryDtls/Btch/PmtInfId", "NtryDtls/Btch/MsgId")
        ),
    )


def details(node: Node | None, entry: Entry, own_iban: str | None, cents: int) -> Details:
    """What a transaction tells, and where it is silent its entry; or the entry alone."""
    node = node or Node("TxDtls", {})
    back = node.first("RtrInf") or entry.back
    family = node.text_of("BkTxCd/Domn/Fmly/SubFmlyCd")
    is_return = entry.is_return or back is not None or family in returns.SUB_FAMILIES
    name, iban = _other_side(node, own_iban, cents, is_return=is_return)
    right = iban is None or values.iban_is_right(iban)
    return Details(
        end_to_end_id=values.reference(node.text_of("Refs/EndToEndId")),
        counterparty_name=name,
        counterparty_iban=iban if right else None,
        remittance=_remittance(node) or entry.text,
        bank_reference=values.reference(node.text_of("Refs/AcctSvcrRef"))
        or entry.bank_reference
        or values.reference(node.text_of("Refs/TxId")),
        return_reason=_reason(back),
        is_return=is_return,
        batch_reference=values.reference(node.text_of("Refs/PmtInfId"))
        or entry.batch_reference
        or values.reference(node.text_of("Refs/MsgId")),
        iban_is_wrong=not right,
    )


def _reason(back: Node | None) -> str | None:
    if back is None:
        return None
    code = back.text_of("Rsn/Cd", "RtrRsn/Cd", "Rsn/Prtry", "RtrRsn/Prtry")
    if _REASON.fullmatch(code):
        return code
    return returns.reason(back.text_of("AddtlInf"))


def _other_side(
    node: Node, own_iban: str | None, cents: int, *, is_return: bool
) -> tuple[str | None, str | None]:
    """The party that is not the account's own.

    Money that comes in comes from the debtor; but a return names the parties of the payment that
    it undoes, in their old roles.
    """
    roles = ["Dbtr", "Cdtr"] if (cents > 0) != is_return else ["Cdtr", "Dbtr"]
    found = [_party(node, role) for role in roles]
    if own_iban is not None:
        found = [party for party in found if party[1] != own_iban]
    return next((party for party in found if party != (None, None)), (None, None))


def _party(node: Node, role: str) -> tuple[str | None, str | None]:
    name = node.text_of(f"RltdPties/{role}/Pty/Nm", f"RltdPties/{role}/Nm")
    iban = node.text_of(f"RltdPties/{role}Acct/Id/IBAN", f"RltdPties/{role}Acct/Id/Othr/Id")
    return values.clean(name) or None, values.compact_iban(iban)


def _remittance(node: Node) -> str:
    """Free text first, then references that stand in fields of their own."""
    texts = [text.text for text in node.all("RmtInf/Ustrd")]
    for structured in node.all("RmtInf/Strd"):
        texts += [
            structured.text_of("RfrdDocInf/Nb"),
            structured.text_of("CdtrRefInf/Ref"),
            *(more.text for more in structured.all("AddtlRmtInf")),
        ]
    return values.clean(" ".join(texts)) or values.clean(node.text_of("AddtlTxInf"))
