"""pain.001: valid against its schema whatever the names, the amounts and the number of payments."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from io import BytesIO
from typing import Any, Literal
from uuid import UUID

import pytest
from defusedxml import ElementTree
from hypothesis import given, settings
from hypothesis import strategies as st
from xmlschema import XMLSchemaValidationError

from domain import payment_batch
from domain.errors import NotForABank, PayerMissing
from domain.events.payment_batch import Method
from domain.money import MAX_CENTS
from domain.payment_batch import PaymentBatch
from tests.domain.facts_paid import batch_authorised, batch_prepared
from workflows.payees import Recipient
from workflows.payment_files import pain001, schema_of
from workflows.payments import Instruction, Sheet
from workflows.sepa_text import Payer, sepa_text

IBAN = "IT60X0542811101000000123456"
PAYER = Payer("Comunità Inclusive", "IT60X0542811101000000123456", "BCITITMM")
Version = Literal["03", "09"]
VERSIONS: tuple[Version, ...] = ("03", "09")
ALLOWED = set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/-?:().,'+ ")


def batch(*cents: int) -> PaymentBatch:
    prepared = payment_batch.evolve(None, batch_prepared(*cents))
    return payment_batch.evolve(prepared, batch_authorised())


def sheet(*payments: tuple[str, int], bic: str | None = None) -> Sheet:
    instructions = tuple(
        Instruction(
            f"CI-2026-{n:05}-1",
            cents,
            Recipient(UUID(int=n), name, IBAN, bic),
            f"CI-2026-{n:05}",
            UUID(int=n),
        )
        for n, (name, cents) in enumerate(payments, 1)
    )
    return Sheet(batch(*(cents for _, cents in payments)), instructions)


def read(content: bytes, version: Version) -> dict[str, Any]:
    """What stands in a message that its schema takes."""
    schema_of(version).validate(BytesIO(content))
    space = {"p": f"urn:iso:std:iso:20022:tech:xsd:pain.001.001.{version}"}
    root = ElementTree.fromstring(content)

    def texts(path: str) -> list[str]:
        return [found.text or "" for found in root.iterfind(path, space)]

    return {
        "id": texts(".//p:MsgId"),
        "block": texts(".//p:PmtInfId"),
        "at": texts(".//p:CreDtTm"),
        "sum": texts(".//p:GrpHdr/p:CtrlSum"),
        "number": texts(".//p:GrpHdr/p:NbOfTxs"),
        "day": texts(".//p:ReqdExctnDt/p:Dt") or texts(".//p:ReqdExctnDt"),
        "ids": texts(".//p:EndToEndId"),
        "amounts": texts(".//p:InstdAmt"),
        "names": texts(".//p:CdtTrfTxInf/p:Cdtr/p:Nm"),
        "ibans": texts(".//p:CdtTrfTxInf/p:CdtrAcct/p:Id/p:IBAN"),
        "why": texts(".//p:Ustrd"),
        "payer": texts(".//p:Dbtr/p:Nm"),
        "bics": texts(".//p:CdtrAgt//p:BICFI") + texts(".//p:CdtrAgt//p:BIC"),
    }


@pytest.mark.parametrize("version", VERSIONS)
def test_the_message_of_a_batch(version: Version) -> None:
    made = read(
        pain001(
            sheet(("Cooperativa Città & Più", 12_345), ("Łukasz Nowak", 1)),
            PAYER,
            "Comunità Inclusive",
            version,
        ),
        version,
    )
    assert made == {
        "id": ["D-2026-001"],
        "block": ["D-2026-001-1"],
        "at": ["2026-03-02T09:00:00Z"],
        "sum": ["123.46"],
        "number": ["2"],
        "day": ["2026-03-20"],
        "ids": ["CI-2026-00001-1", "CI-2026-00002-1"],
        "amounts": ["123.45", "0.01"],
        "names": ["Cooperativa Citta + Piu", "Lukasz Nowak"],
        "ibans": [IBAN, IBAN],
        "why": [
            "Comunita Inclusive CI-2026-00001",
            "Comunita Inclusive CI-2026-00002",
        ],
        "payer": ["Comunita Inclusive"],
        "bics": [],
    }


@pytest.mark.parametrize("version", VERSIONS)
def test_a_bic_is_told_where_one_is_known(version: Version) -> None:
    content = pain001(sheet(("Nome", 100), bic="UBSWCHZH80A"), PAYER, "Programma", version)
    assert read(content, version)["bics"] == ["UBSWCHZH80A"]


@pytest.mark.parametrize("version", VERSIONS)
def test_the_same_batch_makes_the_same_bytes(version: Version) -> None:
    made = {pain001(sheet(("Nome", 100)), PAYER, "Programma", version) for _ in range(3)}
    assert len(made) == 1


def test_what_the_schema_does_not_take_is_not_handed_out() -> None:
    with pytest.raises(XMLSchemaValidationError):
        pain001(sheet(("Nome", 100)), Payer("Ente", IBAN, "no BIC"), "Programma", "09")


def test_messages_are_made_at_the_same_time() -> None:
    """One schema checks them all."""
    sheets = [sheet(("Nome", cents)) for cents in range(1, 9)]

    def made(one: Sheet) -> bytes:
        return pain001(one, PAYER, "Programma", "09")

    with ThreadPoolExecutor(len(sheets)) as pool:
        assert list(pool.map(made, sheets)) == [made(one) for one in sheets]


ODD = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), min_size=1, max_size=200
)


@settings(max_examples=60, deadline=None)
@given(
    payments=st.lists(st.tuples(ODD, st.integers(1, MAX_CENTS // 8)), min_size=1, max_size=8),
    payer=ODD,
    subject=ODD,
    version=st.sampled_from(VERSIONS),
)
def test_any_names_and_amounts_make_a_valid_message(
    payments: list[tuple[str, int]], payer: str, subject: str, version: Version
) -> None:
    chosen = Payer(payer, PAYER.iban, PAYER.bic)
    made = read(pain001(sheet(*payments), chosen, subject, version), version)
    cents = [cents for _, cents in payments]
    assert [int(amount.replace(".", "")) for amount in made["amounts"]] == cents
    assert int(made["sum"][0].replace(".", "")) == sum(cents)
    assert made["number"] == [str(len(payments))]
    for text in (*made["names"], *made["payer"]):
        assert 1 <= len(text) <= 70
    for text in made["why"]:
        assert 1 <= len(text) <= 140


@given(ODD, st.integers(1, 140))
def test_texts_are_made_of_what_banks_take(text: str, signs: int) -> None:
    made = sepa_text(text, signs)
    assert set(made) <= ALLOWED
    assert made == made.strip("/ ")
    assert "//" not in made
    assert len(made) <= max(signs, len("NOTPROVIDED"))


@pytest.mark.parametrize(
    ("text", "made"),
    [
        ("Niccolò Dall'Ò", "Niccolo Dall'O"),
        ("Große Straße", "Grosse Strasse"),
        ("Đorđe Šimić", "Dorde Simic"),
        ("a//b_c@d;e", "a/b-c d e"),
        ("= 1+1", "1+1"),
        ("🦊", "NOTPROVIDED"),
        ("x" * 90, "x" * 70),
    ],
)
def test_texts_are_spelt_plainly(text: str, made: str) -> None:
    assert sepa_text(text, 70) == made


def test_without_the_account_that_pays_there_is_no_message() -> None:
    with pytest.raises(PayerMissing) as refused:
        pain001(sheet(("Nome", 100)), Payer(name="Ente"), "Programma", "09")
    assert refused.value.missing == "DOTI_PAYER_IBAN, DOTI_PAYER_BIC"


def test_what_no_bank_pays_has_no_message() -> None:
    event = batch_prepared().model_copy(update={"method": Method.CASH_DESK})
    made = payment_batch.evolve(payment_batch.evolve(None, event), batch_authorised())
    with pytest.raises(NotForABank):
        pain001(Sheet(made, ()), PAYER, "Programma", "09")


def test_the_days_and_times_are_the_batch_s_own() -> None:
    made = batch(100)
    assert made.prepared.execution_date == date(2026, 3, 20)
    assert made.authorised is not None
    assert made.authorised.at == datetime(2026, 3, 2, 9, tzinfo=UTC)
