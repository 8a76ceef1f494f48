"""How different banks write the same: what each of them tells is found."""

from datetime import date

import pytest

from domain.errors import (
    BalanceOff,
    PartsOff,
    PartsWithoutAmount,
    PendingLeftOut,
    UnreadableDate,
)
from tests.bank.test_formats import YEAR
from tests.bank.writing import Account, camt_v2, camt_v8, mt940
from workflows.bank import Line, read

# camt


def camt(entries: str, version: str = "053.001.08", kind: str = "Stmt") -> bytes:
    body = "BkToCstmrStmt" if kind == "Stmt" else "BkToCstmrDbtCdtNtfctn"
    return (
        f'<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.{version}"><{body}><{kind}>'
        f"<Id>1</Id><Acct><Id><IBAN>IT60X0542811101000000123456</IBAN></Id></Acct>{entries}"
        f"</{kind}></{body}></Document>"
    ).encode()


def entry(inside: str = "", amount: str = "10.00", direction: str = "CRDT", more: str = "") -> str:
    return (
        f'<Ntry><Amt Ccy="EUR">{amount}</Amt><CdtDbtInd>{direction}</CdtDbtInd>{more}'
        "<Sts>BOOK</Sts><BookgDt><Dt>2026-03-02</Dt></BookgDt>"
        f"<NtryDtls>{inside}</NtryDtls></Ntry>"
    )


def only(data: bytes) -> Line:
    (found,) = read(data, "").lines()
    return found


@pytest.mark.parametrize("version", [f"{n:02}" for n in range(2, 14)])
@pytest.mark.parametrize(("message", "kind"), [("053", "Stmt"), ("054", "Ntfctn")])
def test_every_version(message: str, kind: str, version: str) -> None:
    found = read(camt(entry(), f"{message}.001.{version}", kind), "")
    assert found.format == f"camt.{message}.001.{version}"
    assert [each.amount_cents for each in found.lines()] == [1000]


@pytest.mark.parametrize("write", [camt_v2, camt_v8])
def test_without_namespace_with_a_prefix_and_in_an_envelope(write: object) -> None:
    assert callable(write)
    data = write(Account(), YEAR)
    statements = read(data, "").statements
    text = data.decode()
    start = text.index("<Document")
    bare = text[:start] + "<Document>" + text[text.index("<BkToCstmrStmt") :]
    assert read(bare.encode(), "").statements == statements
    assert read(bare.encode(), "").format == "camt.053"
    prefixed = text.replace("xmlns=", "xmlns:n=").replace("</", "</n:")
    prefixed = prefixed.replace("<", "<n:").replace("<n:/n:", "</n:").replace("<n:?", "<?")
    assert read(prefixed.encode(), "").statements == statements
    inner = text[text.index("<GrpHdr>") : text.index("</BkToCstmrStmt>")]
    envelope = (
        '<c:CBIBkToCstmrStmtReq xmlns:c="urn:CBI:xsd:CBIBkToCstmrStmtReq.001.02">'
        "<c:CBIEnvelBkToCstmrStmtReqLogMsg><CBIDlyStmtReqLogMsg>"
        f"{inner}</CBIDlyStmtReqLogMsg></c:CBIEnvelBkToCstmrStmtReqLogMsg></c:CBIBkToCstmrStmtReq>"
    )
    assert read(envelope.encode(), "").statements == statements


def test_a_return_with_its_reason() -> None:
    inside = (
        "<TxDtls><Refs><EndToEndId>2026-000123-1</EndToEndId></Refs><RltdPties>"
        "<Dbtr><Nm>Capofila</Nm></Dbtr>"
        "<DbtrAcct><Id><IBAN>IT60X0542811101000000123456</IBAN></Id></DbtrAcct>"
        "<Cdtr><Nm>Dora srl</Nm></Cdtr></RltdPties>"
        "<RtrInf><Rsn><Cd>AC04</Cd></Rsn></RtrInf></TxDtls>"
    )
    found = only(camt(entry(inside)))
    assert (found.is_return, found.return_reason) == (True, "AC04")
    assert found.counterparty_name == "Dora srl"
    assert found.end_to_end_id == "2026-000123-1"


def test_a_reversal_is_a_return() -> None:
    found = only(camt(entry(more="<RvslInd>true</RvslInd>")))
    assert (found.amount_cents, found.is_return, found.return_reason) == (1000, True, None)


def test_pending_entries_are_left_out_and_told() -> None:
    pending = entry().replace("BOOK", "PDNG")
    newer = entry().replace("<Sts>BOOK</Sts>", "<Sts><Cd>PDNG</Cd></Sts>")
    found = read(camt(entry() + pending + newer), "")
    assert len(list(found.lines())) == 1
    assert [(each.where, type(each.problem), each.lost) for each in found.troubles] == [
        ("Stmt 1, Ntry 2", PendingLeftOut, False),
        ("Stmt 1, Ntry 3", PendingLeftOut, False),
    ]


def test_parts_that_do_not_come_to_the_sum() -> None:
    single = '<TxDtls><Amt Ccy="EUR">4.00</Amt></TxDtls>'
    found = read(camt(entry(single * 2)), "")
    assert [each.amount_cents for each in only(camt(entry(single * 2))).parts] == [400, 400]
    (trouble,) = found.troubles
    assert isinstance(trouble.problem, PartsOff)
    assert trouble.problem.difference_cents == 200


def test_parts_without_amounts() -> None:
    single = "<TxDtls><RmtInf><Ustrd>{}</Ustrd></RmtInf></TxDtls>"
    found = read(camt(entry(single.format("Uno") + single.format("Due"))), "")
    assert [(each.parts, each.remittance) for each in found.lines()] == [((), "Uno Due")]
    assert [type(each.problem) for each in found.troubles] == [PartsWithoutAmount]


def test_the_day_here_of_a_moment_elsewhere() -> None:
    moment = entry().replace("<Dt>2026-03-02</Dt>", "<DtTm>2026-03-02T23:30:00Z</DtTm>")
    assert only(camt(moment)).booked_on == date(2026, 3, 3)


def test_balances_that_do_not_add_up() -> None:
    data = camt_v8(Account(opening_cents=100), YEAR).replace(b">1.00<", b">1.50<", 1)
    (trouble,) = read(data, "").troubles
    assert isinstance(trouble.problem, BalanceOff)
    assert (trouble.where, trouble.problem.difference_cents, trouble.lost) == ("Stmt 1", -50, True)


def test_a_balance_without_a_day_that_can_be_read() -> None:
    data = camt_v8(Account(), YEAR).decode()
    at = data.index("CLBD")
    broken = data[:at] + data[at:].replace("<Dt>2026-12-31", "<Dt>2026-31-12", 1)
    found = read(broken.encode(), "")
    assert [(each.where, type(each.problem)) for each in found.troubles] == [
        ("Stmt 1, Bal 2", UnreadableDate)
    ]
    assert found.statements[0].closing_cents is None


def test_a_page_of_a_longer_statement() -> None:
    whole = camt_v8(Account(opening_cents=100), YEAR).decode()
    page = whole.replace("OPBD", "ITBD").replace("CLBD", "ITBD").encode()
    assert read(page, "").statements == read(whole.encode(), "").statements


# MT940


def movement(details: str, first: str = "2603020302D10,00NTRFNONREF//B1") -> Line:
    text = f":20:X\n:25:1\n:60F:C260301EUR0,00\n:61:{first}\n:86:{details}\n:62F:D260302EUR10,00\n-"
    return only(text.encode())


def test_dutch_words_between_slashes() -> None:
    found = movement(
        "/TRTP/SEPA OVERBOEKING/IBAN/NL56AGDH9619008421/BIC/AGDHNL2A/NAME/Dora srl\n"
        "/REMI/Dote 2026-000123/EREF/2026-000123-1"
    )
    assert found.counterparty_iban == "NL56AGDH9619008421"
    assert found.counterparty_name == "Dora srl"
    assert found.remittance == "Dote 2026-000123"
    assert found.end_to_end_id == "2026-000123-1"
    back = movement(
        "/RTRN/AC04//EREF/2026-000123-1//CNTP/NL56AGDH9619008421/AGDHNL2A/Dora///REMI/USTD//Dote"
    )
    assert (back.is_return, back.return_reason) == (True, "AC04")
    assert (back.counterparty_iban, back.remittance) == ("NL56AGDH9619008421", "Dote")


def test_reversals_turn_the_sign() -> None:
    for mark, cents in (("C", 1000), ("D", -1000), ("RC", -1000), ("RD", 1000), ("RDR", 1000)):
        found = movement("testo", f"260302{mark}10,NTRFNONREF")
        assert (found.amount_cents, found.is_return) == (cents, mark.startswith("R"))


def test_free_text_of_italian_banks() -> None:
    found = movement(
        "BONIFICO A VOSTRO FAVORE DA NL56AGDH9619008421 STORNO BONIFICO MOTIVO AC01 CONTO ERRATO"
    )
    assert found.counterparty_iban == "NL56AGDH9619008421"
    assert (found.is_return, found.return_reason) == (True, "AC01")


def test_a_booking_after_new_year() -> None:
    assert movement("x", "2512310102D10,00NTRFNONREF").booked_on == date(2026, 1, 2)
    assert movement("x", "2601021231D10,00NTRFNONREF").booked_on == date(2025, 12, 31)


@pytest.mark.parametrize(
    ("code", "number", "reason"),
    [
        ("159", "901", "AC01"),
        ("159", "902", "AC04"),
        ("109", "906", "AM04"),
        ("108", "913", "MD07"),
        ("159", "990", None),
        ("159", "914", "MS03"),
        ("166", "901", None),
    ],
)
def test_german_banks_number_the_reason(code: str, number: str, reason: str | None) -> None:
    """Only of what came back, and only where all of them mean the same."""
    data = (
        ":20:X\r\n:25:50010517/0648489890\r\n:28C:1/1\r\n:60F:C260301EUR0,\r\n"
        ":61:2603020302C310,00NRTINONREF\r\n"
        f":86:{code}?00BUCHUNG?20EREF+CI-2026-00042-1?21SVWZ+AFFITTO?32LIDO FINTO?34{number}\r\n"
        ":62F:C260302EUR310,00\r\n-\r\n"
    ).replace("NRTI", "NTRF" if code == "166" else "NRTI")
    [line] = read(data.encode(), "").lines()
    assert (line.return_reason, line.is_return) == (reason, code != "166")
    assert line.end_to_end_id == "CI-2026-00042-1"


def test_the_own_reference_stands_in_where_there_is_no_other() -> None:
    assert movement("x", "260302D10,00NTRF2026-000123-1").end_to_end_id == "2026-000123-1"
    assert movement("x", "260302D10,00NTRFKREF+").end_to_end_id is None


def test_a_message_with_the_blocks_of_swift() -> None:
    inside = mt940(Account(), YEAR).decode()
    wrapped = "{1:F01BANKITMMAXXX0000000000}{2:I940BANKITMMXXXXN}{4:\r\n" + inside.replace(
        "\r\n-\r\n", "\r\n-}\r\n"
    )
    lines = read(wrapped.encode(), "").lines()
    assert [each.amount_cents for each in lines] == [each.amount_cents for each in YEAR]
    assert read(wrapped.encode(), "").troubles == ()
