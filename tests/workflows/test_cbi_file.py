"""CBI's form of a batch's file: as its facts ask for, whatever the names, amounts and number."""

from typing import Any

import pytest
from defusedxml import ElementTree
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.bank_account import abi, is_cuc
from domain.errors import PayerMissing, PayerWithoutAbi
from domain.money import MAX_CENTS
from tests.workflows.cbi_shape import NAMESPACE, troubles
from tests.workflows.test_payment_files import IBAN, ODD, sheet
from workflows.cbi_file import cbi_request
from workflows.sepa_text import Payer

PAYER = Payer("Comunità Inclusive", IBAN, "BCITITMM", "0A1B2C3D")


def read(content: bytes) -> dict[str, list[str]]:
    """What stands in a message that is as it has to be, by the names of its elements."""
    assert troubles(content) == []
    found: dict[str, list[str]] = {}
    for element in ElementTree.fromstring(content).iter():
        if element.text:
            found.setdefault(element.tag.removeprefix(NAMESPACE), []).append(element.text)
    return found


def test_the_message_of_a_batch() -> None:
    made = read(
        cbi_request(
            sheet(("Cooperativa Città & Più", 12_345), ("Łukasz Nowak", 1)),
            PAYER,
            "Comunità Inclusive",
        )
    )
    assert made == {
        "MsgId": ["D-2026-001"],
        "CreDtTm": ["2026-03-02T09:00:00Z"],
        "NbOfTxs": ["2"],
        "CtrlSum": ["123.46"],
        "Nm": [
            "Comunita Inclusive",
            "Comunita Inclusive",
            "Cooperativa Citta + Piu",
            "Lukasz Nowak",
        ],
        "Id": ["0A1B2C3D"],
        "Issr": ["CBI"],
        "PmtInfId": ["D-2026-001-1"],
        "PmtMtd": ["TRF"],
        "BtchBookg": ["true"],
        "InstrPrty": ["NORM"],
        "Cd": ["SEPA"],
        "Dt": ["2026-03-20"],
        "IBAN": [IBAN, IBAN, IBAN],
        "BICFI": ["BCITITMM"],
        "MmbId": ["05428"],
        "ChrgBr": ["SLEV"],
        "InstrId": ["1", "2"],
        "EndToEndId": ["CI-2026-00001-1", "CI-2026-00002-1"],
        "InstdAmt": ["123.45", "0.01"],
        "Ustrd": ["Comunita Inclusive CI-2026-00001", "Comunita Inclusive CI-2026-00002"],
    }


def test_a_bic_is_told_where_one_is_known() -> None:
    made = read(cbi_request(sheet(("Nome", 100), bic="UBSWCHZH80A"), PAYER, "Programma"))
    assert made["BICFI"] == ["BCITITMM", "UBSWCHZH80A"]


@settings(max_examples=60, deadline=None)
@given(
    payments=st.lists(st.tuples(ODD, st.integers(1, MAX_CENTS // 8)), min_size=1, max_size=8),
    payer=ODD,
    subject=ODD,
)
def test_any_names_and_amounts_make_a_message_as_it_has_to_be(
    payments: list[tuple[str, int]], payer: str, subject: str
) -> None:
    chosen = Payer(payer, PAYER.iban, PAYER.bic, PAYER.cuc)
    content = cbi_request(sheet(*payments), chosen, subject)
    assert content == cbi_request(sheet(*payments), chosen, subject)
    made = read(content)
    cents = [cents for _, cents in payments]
    assert [int(amount.replace(".", "")) for amount in made["InstdAmt"]] == cents
    assert int(made["CtrlSum"][0].replace(".", "")) == sum(cents)
    assert made["NbOfTxs"] == [str(len(payments))]


@pytest.mark.parametrize(
    ("was", "becomes", "told"),
    [
        (b"<Issr>CBI</Issr>", b"", "Issr: 0 times"),
        (b"<Issr>CBI</Issr>", b"<Issr>ABI</Issr>", "Issr: 'ABI'"),
        (b"<MmbId>05428</MmbId>", b"<MmbId>5428</MmbId>", "MmbId: '5428'"),
        (b"<ChrgBr>SLEV</ChrgBr>", b"<ChrgBr>SHAR</ChrgBr>", "ChrgBr: 'SHAR'"),
        (b"<Dt>2026-03-20</Dt>", b"2026-03-20", "Dt: 0 times"),
        (b"</PmtMtd>", b"</PmtMtd><NbOfTxs>1</NbOfTxs>", "NbOfTxs does not belong here"),
        (b'Ccy="EUR"', b'Ccy="USD"', "USD"),
        (b"00.04.01", b"00.04.00", "is no request"),
    ],
)
def test_what_is_not_as_it_has_to_be_is_found(was: bytes, becomes: bytes, told: str) -> None:
    content = cbi_request(sheet(("Nome", 100)), PAYER, "Programma")
    assert was in content
    assert any(told in each for each in troubles(content.replace(was, becomes)))


@pytest.mark.parametrize(
    ("payer", "error", "missing"),
    [
        (Payer("Ente", IBAN, "BCITITMM"), PayerMissing, "DOTI_PAYER_CUC"),
        (Payer(), PayerMissing, "DOTI_PAYER_NAME, DOTI_PAYER_IBAN, DOTI_PAYER_BIC, DOTI_PAYER_CUC"),
        (Payer("Ente", "DE89370400440532013000", "COBADEFF", "0A1B2C3D"), PayerWithoutAbi, None),
    ],
)
def test_without_all_of_the_account_that_pays_there_is_no_message(
    payer: Payer, error: type[Exception], missing: str | None
) -> None:
    with pytest.raises(error) as refused:
        cbi_request(sheet(("Nome", 100)), payer, "Programma")
    told: Any = refused.value
    assert missing is None or told.missing == missing


def test_codes_of_banks_and_senders() -> None:
    assert abi(IBAN) == "05428"
    assert abi("DE89370400440532013000") is None
    assert is_cuc("0A1B2C3D")
    assert not any(map(is_cuc, ("0a1b2c3d", "0A1B2C3", "0A1B2C3D4", "0A1B-C3D", "À1B2C3D4")))
