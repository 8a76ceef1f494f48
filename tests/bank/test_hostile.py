"""Broken and hostile files: refused in words, or told at their place; never anything else."""

import time
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from domain.errors import (
    AmountOutOfRange,
    ColumnsUnknown,
    DamagedSpreadsheet,
    DamagedStatement,
    DomainError,
    EmptyFile,
    EndMissing,
    FileTooLarge,
    NegativeAmount,
    NoBankStatement,
    NothingInside,
    NotUnderstood,
    OldSpreadsheet,
    OtherCurrency,
    TextTooLong,
    TooManyRows,
    TooManyTroubles,
    UnreadableAmount,
    UnsafeFile,
    WrongAccount,
    WrongCounterparty,
)
from tests.bank.test_formats import YEAR
from tests.bank.writing import WRITERS, Account, camt_v8, csv_file, line, mt940, rh, xlsx_file
from workflows.bank import StatementFile, Trouble, guess_mapping, preview, read
from workflows.bank.reading import LIMIT_BYTES, MAX_TROUBLES

SAMPLES = {name: write(Account(), YEAR) for name, write in WRITERS.items()}
CAMT = SAMPLES["camt.053.001.08"].decode()


def told(data: bytes) -> list[tuple[str, type[DomainError], bool]]:
    """Place, kind and weight of each trouble."""
    return [(each.where, type(each.problem), each.lost) for each in read(data, "").troubles]


# Refused as a whole


@pytest.mark.parametrize(
    ("data", "refusal"),
    [
        (b"", EmptyFile),
        (b" \r\n\t" * 3000, EmptyFile),
        (b"\xef\xbb\xbf\n", EmptyFile),
        (b"%PDF-1.7\n1 0 obj\n%%EOF", NoBankStatement),
        (b"\x89PNG\r\n\x1a\n", NoBankStatement),
        (b"{\\rtf1 text}", NoBankStatement),
        (b"<!DOCTYPE html><html><body>saldo</body></html>", NoBankStatement),
        (b"<html><table></table></html>", NoBankStatement),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 old", OldSpreadsheet),
        (b"Gentile cliente\nil saldo segue.", NoBankStatement),
        (b"a;b;c\n1;2;3\n", ColumnsUnknown),
        (b"Data;Importo\n01/02/2026;1\0,00\n", DamagedStatement),
        (b"\0" * 5000, DamagedStatement),
        (b"Data;Importo\n\x81\x8d;1,00\n", DamagedStatement),
        (b"<Document><BkToCstmrStmt>", DamagedStatement),
        (b"<Document/>", NoBankStatement),
        (b"<a>" * 100_000, NoBankStatement),
        (b"x" * (LIMIT_BYTES + 1), FileTooLarge),
        (b'Data;Importo;Descrizione\n01/02/2026;1,00;"Dora\n02/02/2026;2,00;x\n', DamagedStatement),
        (b'Data;Importo;Descrizione\n01/02/2026;1,00;"La "Dora" srl"\n', DamagedStatement),
        (b"Data;Importo" + b";" * 500, TooManyRows),
        (b"Data;Importo\n" + b"01/02/2026;1,00\n" * 100_001, TooManyRows),
        (b"PK\x03\x04 not a zip", DamagedSpreadsheet),
    ],
    ids=lambda value: None if isinstance(value, type) else repr(value[:20]),
)
def test_refused(data: bytes, refusal: type[DomainError]) -> None:
    with pytest.raises(refusal):
        read(data, "")


def test_the_line_of_the_damage() -> None:
    quote = b'Data;Importo;Descrizione\n01/02/2026;1,00;x\n02/02/2026;2,00;"Dora\n'
    nul = b"Data;Importo\n01/02/2026;1\0,00\n"
    for data, line_ in ((quote, 3), (nul, 2), (b"<a>\n<b>\n</a>", 3), (b"a;b\nc;\x81", 2)):
        with pytest.raises(DamagedStatement) as refused:
            read(data, "")
        assert refused.value.facts == {"line": line_}


def test_a_file_of_fifty_megabytes_is_refused_at_once() -> None:
    began = time.monotonic()
    with pytest.raises(FileTooLarge):
        read(SAMPLES["CSV"] * (50 * 1024 * 1024 // len(SAMPLES["CSV"])), "")
    assert time.monotonic() - began < 5


LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))


@pytest.mark.parametrize(
    "head",
    [
        f'<!DOCTYPE Document [<!ENTITY l0 "ha">{LAUGHS}]>',
        '<!DOCTYPE Document [<!ENTITY file SYSTEM "file:///etc/passwd">]>',
        '<!DOCTYPE Document SYSTEM "http://example.org/camt.dtd">',
        "<!DOCTYPE Document>",
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_document_types_and_entities_are_refused(head: str, encoding: str) -> None:
    text = CAMT.replace('encoding="UTF-8"', f'encoding="{encoding}"').replace("?>", f"?>{head}", 1)
    with pytest.raises(UnsafeFile):
        read(text.encode(encoding), "")


def test_utf_16_is_read_where_it_is_harmless() -> None:
    text = CAMT.replace('encoding="UTF-8"', 'encoding="UTF-16"')
    assert read(text.encode("utf-16"), "").statements == read(CAMT.encode(), "").statements
    table = SAMPLES["CSV"].decode("utf-8-sig").encode("utf-16")
    assert read(table, "").statements == read(SAMPLES["CSV"], "").statements


def test_a_statement_without_statements() -> None:
    data = CAMT[: CAMT.index("<Stmt>")] + "</BkToCstmrStmt></Document>"
    with pytest.raises(NothingInside):
        read(data.encode(), "")


# Told at their place


def test_gigantic_and_broken_amounts() -> None:
    data = CAMT.replace(">150.00<", f">{'9' * 5000}<", 1)
    assert told(data.encode())[0] == ("Stmt 1, Ntry 2", AmountOutOfRange, True)
    for written in ("1.234", "x", "", "1,5", "1e3", "NaN", "０.１", "1" + "0" * 60):
        found = told(CAMT.replace(">150.00<", f">{written}<", 1).encode())
        assert found[0][:1] == ("Stmt 1, Ntry 2",)
        assert found[0][1] in (UnreadableAmount, AmountOutOfRange)


def test_a_negative_fee() -> None:
    assert told(CAMT.replace(">3.50<", ">-3.50<", 1).encode())[0][:2] == (
        "Stmt 1, Ntry 4",
        NegativeAmount,
    )
    rows = "Data;Dare;Avere\n01/02/2026;3,50;\n02/02/2026;10,00;\n03/02/2026;-2,00;\n"
    assert told(rows.encode()) == [("riga 4", NegativeAmount, True)]
    assert [each.amount_cents for each in read(rows.encode(), "").lines()] == [-350, -1000]


def test_another_currency() -> None:
    found = told(CAMT.replace('Ccy="EUR">3.50', 'Ccy="USD">3.50', 1).encode())
    assert found[0] == ("Stmt 1, Ntry 4", OtherCurrency, True)
    rows = "Data;Importo;Divisa\n01/02/2026;1,00;EUR\n02/02/2026;2,00;USD\n"
    assert told(rows.encode()) == [("riga 3", OtherCurrency, True)]


def test_wrong_ibans() -> None:
    other = CAMT.replace("NL56AGDH9619008421", "NL57AGDH9619008421")
    assert [each[1:] for each in told(other.encode())] == [(WrongCounterparty, False)] * 2
    assert all(each.counterparty_iban is None for each in read(other.encode(), "").lines())
    own = CAMT.replace("IT60X0542811101000000123456", "IT60Y0542811101000000123456")
    assert told(own.encode()) == [("Stmt 1, Acct", WrongAccount, True)]


def test_a_cut_mt940() -> None:
    text = SAMPLES["MT940"].decode()
    whole = read(text.encode(), "")
    for cut in range(text.index(":61:"), len(text) - 10):
        found = read(text[:cut].encode(), "")
        assert any(each.lost for each in found.troubles), cut
        lines = list(found.lines())
        # What is there is as it was, but for the last one, which may lack what was cut off.
        assert lines[:-1] == list(whole.lines())[: max(len(lines) - 1, 0)]


def test_a_cut_rh() -> None:
    records = SAMPLES["RH"].splitlines(keepends=True)
    for cut in range(2, len(records)):
        found = {kind for _, kind, _ in told(b"".join(records[:cut]))}
        assert EndMissing in found, cut


def test_what_does_not_belong_is_named() -> None:
    text = SAMPLES["MT940"].decode().splitlines()
    text.insert(4, ":99X:something")
    text.insert(5, ":61:nonsense")
    assert told("\n".join(text).encode()) == [
        ("riga 5", NotUnderstood, True),
        ("riga 6", NotUnderstood, True),
    ]
    records = SAMPLES["RH"].decode("cp1252").splitlines()
    records.insert(3, " 99 something")
    assert ("riga 4", NotUnderstood, True) in told("\n".join(records).encode())


def test_texts_that_are_too_long() -> None:
    data = CAMT.replace("Commissioni bonifici", "x" * 6000)
    assert told(data.encode())[0] == ("Stmt 1, Ntry 4", TextTooLong, True)


def test_too_many_troubles_are_none() -> None:
    rows = "Data;Importo\n" + "01/02/2026;x\n" * (MAX_TROUBLES + 1)
    with pytest.raises(TooManyTroubles):
        read(rows.encode(), "")


# Whatever comes


def readable(data: bytes) -> StatementFile | None:
    """The file; None where it is refused. Anything but a refusal goes through."""
    found = None
    for ask in (lambda: read(data, "x.csv"), lambda: preview(data, guess_mapping(data))):
        try:
            answer = ask()
        except DomainError as error:
            str(error)
            continue
        found = answer if isinstance(answer, StatementFile) else found
    if found is not None:
        for trouble in found.troubles:
            assert isinstance(trouble, Trouble)
            assert str(trouble.problem)
    return found


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=400))
@example(b":20:\n:25:\n:61:")
@example(b" RH00000000000000000\n 61")
@example(b"<\x00")
@example(b"sep=;\n")
@example(b"sep=\n")
@example(b"Data,Importo\n0,0")
def test_any_bytes(data: bytes) -> None:
    readable(data)


@settings(max_examples=80, deadline=None)
@given(st.data())
@pytest.mark.parametrize("name", SAMPLES)
def test_samples_that_were_changed(name: str, data: st.DataObject) -> None:
    sample = bytearray(SAMPLES[name])
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(sample) - 1))
        match data.draw(st.sampled_from(["change", "cut", "double", "insert", "end"])):
            case "change":
                sample[at] = data.draw(st.integers(0, 255))
            case "cut":
                del sample[at : at + data.draw(st.integers(1, 40))]
            case "double":
                sample[at:at] = sample[at : at + data.draw(st.integers(1, 200))]
            case "insert":
                sample[at:at] = data.draw(st.binary(max_size=10))
            case "end":
                del sample[at:]
        if not sample:
            break
    readable(bytes(sample))


MARKS = st.sampled_from(
    [
        ":20:",
        ":25:",
        ":60F:",
        ":61:",
        ":86:",
        ":62F:",
        "-",
        "?20",
        "166",
        "C260101EUR1,00",
        "2601010101C1,00NTRF",
        "//",
        "/EREF/",
        "/REMI/",
        "EREF+",
        "{1:",
        "}",
        "62",
        "61",
        "RH",
        "Data;Importo",
        "01/02/2026;1,00",
        '"',
        ";",
        "=",
        "<Stmt>",
        "<Acct/>",
        "<Ntry/>",
        "</Stmt>",
    ]
    + ["\n", " "] * 5
)


@settings(max_examples=300, deadline=None)
@given(st.lists(MARKS, max_size=40).map("".join))
def test_any_pieces(text: str) -> None:
    readable(text.encode())


# Quick enough


@pytest.mark.parametrize("write", [csv_file, mt940, rh, camt_v8, xlsx_file])
def test_ten_thousand_lines(write: Callable[..., bytes]) -> None:
    first = date(2026, 1, 1)
    lines = [
        line(-n, first + timedelta(days=n // 40), end_to_end_id=f"2026-{n:06}-1", remittance="Dote")
        for n in range(1, 10_001)
    ]
    data = write(Account(), lines)
    began = time.process_time()
    found = read(data, "")
    assert time.process_time() - began < 20
    assert sum(each.amount_cents for each in found.lines()) == -50_005_000
