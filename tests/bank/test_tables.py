"""Tables of banks, and what is told between statements."""

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
    RunningBalanceOff,
    UnreadableAmount,
    UnreadableDate,
)
from tests.bank.test_formats import YEAR
from tests.bank.writing import Account, csv_file, line
from workflows.bank import Mapping, Statement, guess_mapping, preview, read
from workflows.bank.checks import account, gaps


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
    return Statement(**{**given, **more})  # type: ignore[arg-type]  # the fields above


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
