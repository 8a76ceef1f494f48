"""How different banks write the same: what each of them tells is found."""

from datetime import date

import pytest

from domain.errors import (
    AnotherAccount,
    BalanceOff,
    BalancesApart,
    ColumnMissing,
    DaysMissing,
    DirectionMissing,
    NegativeAmount,
    NotUnderstood,
    NumbersMissing,
    PartsOff,
    PartsWithoutAmount,
    PendingLeftOut,
    RunningBalanceOff,
    UnreadableAmount,
    UnreadableDate,
)
from tests.bank.test_formats import YEAR
from tests.bank.writing import Account, camt_v2, camt_v8, csv_file, line, mt940
from workflows.bank import Line, Mapping, Statement, guess_mapping, preview, read
from workflows.bank.checks import account, gaps

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


# Tables


def rows(*lines: str, encoding: str = "cp1252") -> bytes:
    return "\r\n".join(lines).encode(encoding)


def test_windows_1252_with_semicolons_and_decimal_commas() -> None:
    data = rows(
        "Banca di Prova;;;;",
        "Conto;IT60 X054 2811 1010 0000 0123 456;;;",
        "",
        "Data;Valuta;Descrizione;Dare;Avere;Saldo",
        "02/03/2026;03/03/2026;Bonifico a Società Dorà;1.234,50;;8.765,50",
        "03/03/2026;03/03/2026;Contributo “Però”;;€ 1.000,00;9.765,50",
        ";;;;;",
        "Totale;;;1.234,50;1.000,00;",
    )
    (statement,) = read(data, "").statements
    assert statement.account_iban == "IT60X0542811101000000123456"
    assert [(each.amount_cents, each.remittance) for each in statement.lines] == [
        (-123_450, "Bonifico a Società Dorà"),
        (100_000, "Contributo “Però”"),
    ]
    assert [each.where for each in statement.lines] == ["riga 5", "riga 6"]
    assert (statement.opening_cents, statement.closing_cents) == (1_000_000, 976_550)
    assert read(data, "").troubles == ()


def test_newest_first_with_rows_for_the_balances() -> None:
    data = rows(
        "Data,Importo,Causale",
        '31/03/2026,"100,00",Saldo finale',
        '30/03/2026,"-50,00",Mensa',
        '02/03/2026,"-25,00",Saldo finale',
        '01/03/2026,"175,00",Saldo iniziale',
    )
    (statement,) = read(data, "").statements
    assert [each.amount_cents for each in statement.lines] == [-2500, -5000]
    assert (statement.opening_cents, statement.closing_cents) == (17_500, 10_000)
    assert read(data, "").troubles == ()


def test_a_column_for_the_sign_and_english_amounts() -> None:
    data = rows(
        "Booking date\tAmount\tCredit/Debit\tCurrency\tDescription",
        "2026-03-02\t1,234.50\tDBIT\tEUR\tRent",
        "2026-03-03\t10.00\tCRDT\tEUR\tRefund",
        "2026-03-04\t10.00\t?\tEUR\tWhat",
        "2026-03-04\t-10.00\tDBIT\tEUR\tFee",
    )
    found = read(data, "")
    assert [each.amount_cents for each in found.lines()] == [-123_450, 1000]
    assert [(each.where, type(each.problem)) for each in found.troubles] == [
        ("riga 4", DirectionMissing),
        ("riga 5", NegativeAmount),
    ]


def test_a_bank_that_writes_a_minus_before_debits() -> None:
    data = rows(
        "Data;Uscite;Entrate", "02/03/2026;-10,00;", "03/03/2026;-5,00;", "04/03/2026;;7,00"
    )
    assert [each.amount_cents for each in read(data, "").lines()] == [-1000, -500, 700]


def test_bad_rows_are_named_and_the_others_stay() -> None:
    data = rows(
        "Data;Importo;Causale;Saldo",
        "02/03/2026;10,00;a;10,00",
        "31/02/2026;10,00;b;20,00",
        "04/03/2026;10.00;c;30,00",
        "05/03/2026;5,00;d;35,00",
        "06/03/2026;5,00;e;41,00",
        ";;una nota in fondo;",
    )
    found = read(data, "")
    assert [each.remittance for each in found.lines()] == ["a", "d", "e"]
    assert [(each.where, type(each.problem), each.lost) for each in found.troubles] == [
        ("riga 3", UnreadableDate, True),
        ("riga 4", UnreadableAmount, True),
        ("riga 7", NotUnderstood, False),
        ("riga 6", RunningBalanceOff, True),
        ("riga 2", BalanceOff, True),
    ]


def test_columns_that_have_moved_are_found_again() -> None:
    mapping = guess_mapping(csv_file(Account(), YEAR))
    assert mapping is not None
    assert mapping.titles[mapping.booked_on] == "Data contabile"
    moved = rows(
        "Saldo;Divisa;Importo;Nuova;Data contabile;Data valuta;Descrizione;Controparte;"
        "IBAN controparte;End to end;Riferimento banca;Codice storno;Distinta",
        "1,00;EUR;1,00;x;02/03/2026;02/03/2026;Mensa;;;;;;",
    )
    (found,) = read(moved, "", mapping).lines()
    assert (found.amount_cents, found.remittance) == (100, "Mensa")
    with pytest.raises(ColumnMissing):
        read(rows("Data;Euro", "02/03/2026;1,00"), "", mapping)


def test_a_table_without_titles() -> None:
    mapping = Mapping(booked_on=1, amount=0, remittance=(2, 3), date_format="yyyymmdd", skip_rows=1)
    data = rows("prima riga", "1,00;20260302;Mensa;marzo", "2,00;20260303;Libri;")
    found = list(read(data, "", mapping).lines())
    assert [each.remittance for each in found] == ["Mensa marzo", "Libri"]
    assert found[0].booked_on == date(2026, 3, 2)


def test_a_preview() -> None:
    data = csv_file(Account(), YEAR)
    mapping = guess_mapping(data)
    shown = preview(data, mapping, 3)
    assert [number for number, _ in shown.rows] == [1, 2, 3]
    assert shown.rows[1][1][0] == "Data contabile"
    assert [each.amount_cents for each in shown.lines] == [each.amount_cents for each in YEAR[:3]]
    assert preview(data, None, 2).lines == ()
    wrong = Mapping(booked_on=0, amount=2, titles=("Giorno", "", "Euro"))
    assert [type(each.problem) for each in preview(data, wrong, 3).troubles] == [ColumnMissing]


# Between statements


def told(**more: object) -> Statement:
    given: dict[str, object] = {
        "account_iban": "IT60X0542811101000000123456",
        "currency": "EUR",
        "number": None,
        "from_on": None,
        "to_on": None,
        "opening_cents": None,
        "closing_cents": None,
        "lines": (line(100),),
    }
    return Statement(**{**given, **more})  # type: ignore[arg-type]


def test_gaps_between_statements() -> None:
    first = told(number="7/1", to_on=date(2026, 3, 31), closing_cents=100)
    following = told(number="8", from_on=date(2026, 4, 1), opening_cents=100)
    assert gaps(first, following) == ()
    later = told(number="10", from_on=date(2026, 5, 1), opening_cents=150)
    missing, apart = gaps(first, later)
    assert isinstance(missing.problem, NumbersMissing)
    assert isinstance(apart.problem, BalancesApart)
    assert apart.problem.difference_cents == 50
    (days,) = gaps(told(to_on=date(2026, 3, 31)), told(from_on=date(2026, 4, 6)))
    assert isinstance(days.problem, DaysMissing)
    assert days.problem.days == 5
    again = told(number="1", from_on=date(2027, 1, 1), opening_cents=100)
    assert gaps(told(number="52", to_on=date(2026, 12, 31), closing_cents=100), again) == ()
    overlapping = told(from_on=date(2026, 3, 30), opening_cents=999)
    assert gaps(first, overlapping) == ()


def test_a_statement_of_another_account() -> None:
    assert account(told(), "IT60X0542811101000000123456") == ()
    assert account(told(account_iban=None), "IT60X0542811101000000123456") == ()
    (trouble,) = account(told(), "NL56AGDH9619008421")
    assert isinstance(trouble.problem, AnotherAccount)


@pytest.mark.parametrize(
    ("written", "is_ours"),
    [
        ("05428/11101/000000123456", True),
        ("05428/11101/000000123457", False),
        ("123456EUR", True),
        ("10020500/9999999", False),
        ("", True),
    ],
)
def test_an_account_in_the_bank_s_own_way(written: str, is_ours: bool) -> None:
    statement = told(account_iban=None, account=written)
    assert (account(statement, "IT60X0542811101000000123456") == ()) is is_ours
