"""A copy of one's data: whole, for whom, written down; and as a letter that nothing breaks."""

import json
from datetime import date
from typing import Any

import pytest
import typst
from hypothesis import given, settings
from hypothesis import strategies as st

from api.documents import letter as letters
from api.documents.copy import CopyLetter
from api.documents.letter import BOX, Letter, Section, Sheet, printable
from api.documents.words import LOOKED, STORY
from api.languages import Language
from api.v1.copy_schemas import Copy
from domain.events.dote import DoteEvent
from domain.events.household import HouseholdEvent
from tests.api.test_refusals import problem
from tests.api.test_reveals import logged, unwritable_log
from tests.api.world import IBAN, World, paper

HOSTILE = '#let x = 1 #panic() $ a $ "q" *b* _i_ @ref `r` [x] \\u{41} <l> // c'


@pytest.fixture(scope="module")
def helped(world: World) -> dict[str, Any]:
    """A household with a whole dote, one about health that was refused, and readers."""
    members = [
        {
            "given_name": "Ada",
            "family_name": "Inventata",
            "born": "1990-01-02",
            "id_type": "document",
            "id_value": "YA 123456",
        },
        {"given_name": HOSTILE, "family_name": "محمد 王小明"},
    ]
    body = {
        "members": members,
        "address": "via Prova 1",
        "district": "Mirafiori",
        "hardships": ["lavoro", "casa"],
    }
    home: dict[str, Any] = world.done("/households", body, "operator")
    need = {"need": "bisogno segreto " * 200, "household_id": home["id"]}
    dote = world.done("/doti", world.request_body(home["id"]) | need, "operator")
    path = f"/doti/{dote['id']}"
    files = {"file": (f"{HOSTILE}.pdf", paper(901), "application/pdf")}
    form = {"kind": "rent_contract"}
    assert world.call("POST", f"{path}/documents", data=form, files=files).status_code == 201
    note = {"outcome": "favourable", "note": "nota segreta"}
    world.done(f"{path}/assessment", note, "assessor")
    payee = {"name": "Padrone Segreto", "iban": IBAN}
    world.done(f"{path}/approval", {"amount_cents": 10_000, "payee": payee}, "approver")
    world.done(f"{path}/disbursements", world.payment(10_000), "finance")
    assert world.receipt(dote["id"], 10_000).status_code == 201
    other = world.request_body(home["id"], category="OCULISTICA", item="OCCHIALI")
    refused = world.done("/doti", other, "operator")
    reason = {"reason": "motivo segreto"}
    world.done(f"/doti/{refused['id']}/rejection", reason, "approver")
    world.settle()
    world.get(path, "assessor")
    world.get(path, "auditor")
    return home


def test_it_tells_all(world: World, helped: dict[str, Any]) -> None:
    answer = world.get(f"/households/{helped['id']}/copy", "operator")
    made = answer.json()
    assert answer.status_code == 200
    assert [person["given_name"] for person in made["persons"]] == ["Ada", HOSTILE]
    assert made["persons"][0]["id_value"] == "YA 123456"
    assert (made["address"], made["hardships"]) == ("via Prova 1", ["lavoro", "casa"])
    whole, refused = made["doti"]
    assert [one["what"] for one in whole["story"]] == [
        "DoteRequested",
        "DocumentAttached",
        "DoteAssessed",
        "DoteApproved",
        "DoteDisbursed",
        "ReceiptSubmitted",
    ]
    assert whole["story"][0]["texts"] == [("bisogno segreto " * 200).strip()]
    assert whole["story"][2]["texts"] == ["nota segreta"]
    assert whole["payee"] == {"household": False, "name": "Padrone Segreto", "iban": None}
    assert IBAN not in answer.text
    assert [one["amount_cents"] for one in whole["payments"]] == [10_000]
    names = [one["file_name"] for one in whole["papers"]]
    assert len(names) == 2
    assert names[1] == "fattura segreta.pdf"
    assert "motivo segreto" in refused["story"][-1]["texts"]
    assert made["story"][0]["data"]["notes"] == {"hardships": ["lavoro", "casa"]}
    # By day and role, and no name of who works here; what was masked was not seen.
    looked = {(line["role"], line["what"]) for line in made["looked"]}
    assert ("assessor", "dote_read") in looked
    assert "auditor" not in {role for role, _ in looked}
    assert not {"name", "account_id", "who"} & made["looked"][0].keys()
    assert all(made[name] for name in ("purposes", "retention", "rights"))
    assert "24 months" in made["retention"][1]


def test_who_makes_one(world: World, helped: dict[str, Any]) -> None:
    for form in ("copy", "copy.pdf"):
        path = f"/households/{helped['id']}/{form}"
        assert world.get(path, "coordinator").status_code == 200
        for who in ("assessor", "approver", "finance", "auditor", "admin"):
            problem(world.get(path, who), 403, "forbidden")
        problem(world.get(path, "operator_ssalv"), 404, "not_found")


def test_it_is_written_down_first(world: World, helped: dict[str, Any]) -> None:
    for form, name in (("copy", "json"), ("copy.pdf", "pdf")):
        path = f"/households/{helped['id']}/{form}"
        assert world.get(path, "operator").status_code == 200
        line = logged(world, household=helped["id"])[0]
        assert (line["what"], line["role"]) == ("copied", "operator")
        assert line["details"] == {"format": name}
        with unwritable_log(world):
            answer = world.get(path, "operator")
        assert answer.json()["code"] == "internal"


@pytest.mark.parametrize("language", ["it", "en"])
def test_the_letter(world: World, helped: dict[str, Any], language: Language) -> None:
    path = f"/households/{helped['id']}/copy.pdf"
    answer = world.get(path, "operator", headers={"Accept-Language": language})
    assert answer.headers["Content-Type"] == "application/pdf"
    assert f"copy-{helped['number']}.pdf" in answer.headers["Content-Disposition"]
    assert answer.content.startswith(b"%PDF-1.7")
    assert b"<pdfaid:part>2</pdfaid:part>" in answer.content
    assert b"<pdfaid:conformance>B</pdfaid:conformance>" in answer.content
    copy = Copy.model_validate(world.get(f"/households/{helped['id']}/copy", "operator").json())
    pages = CopyLetter(copy, language).letter().pages(ppi=40)
    assert len(pages) > 1
    assert all(page.startswith(b"\x89PNG") for page in pages)


def test_an_erased_household_has_a_letter_too(world: World, helped: dict[str, Any]) -> None:
    made = world.get(f"/households/{helped['id']}/copy", "operator").json()
    gone = made | {"persons": None, "address": None, "hardships": None, "looked": []}
    gone["doti"] = [one | {"payee": None} for one in gone["doti"]]
    assert CopyLetter(Copy.model_validate(gone), "it").letter().pdf()


def letter(text: str) -> Letter:
    return Letter(
        lang="it",
        date=date(2026, 3, 31),
        title=text[:60] or "x",
        subtitle=text,
        made=text,
        page="p",
        unprintable="MISSING",
        lead=[text],
        sections=[
            Section(text, [text], [(text, text)], [text], Sheet((1, 3), [text, "b"], [["a", text]]))
        ],
    )


@pytest.mark.parametrize(
    "text",
    [
        HOSTILE,
        '#image("/etc/passwd") #read("/etc/passwd") #sys.inputs',
        "x" * 5_000,
        "parola " * 1_000,
        "محمد علي الأمين",
        "王小明 🏠 ไทย",
        "a\u200fb\u00adc\u2028d\te\r\nf\ng",
        "= title\n- point\n+ n\n/ t: d\n```\nraw\n```",
        "\u200b",
    ],
)
def test_nothing_that_people_type_breaks_it(text: str) -> None:
    assert letter(text).pdf().startswith(b"%PDF")


def test_text_is_shown_as_it_is() -> None:
    """Nothing of it was read as markup or code: it is one text, as it was typed."""
    shown = json.loads(
        typst.query(
            letters._template(),
            "heading.where(level: 2)",
            field="body",
            one=True,
            ignore_system_fonts=True,
            sys_inputs=letter(HOSTILE)._inputs(),
        )
    )
    assert shown == {"func": "text", "text": HOSTILE}


def test_every_sign_that_is_said_to_be_there_is_there() -> None:
    every = [chr(code) for code in range(0x20, 0x3000) if BOX not in str(printable(chr(code)))]
    assert len(every) > 650
    lines = [" ".join(every[n : n + 40]) for n in range(0, len(every), 40)]
    assert letter("x").pdf()
    assert Letter(
        "it", date(2026, 1, 1), "t", "s", "m", "p", "u", lines, [Section("h", facts=[("a", "b")])]
    ).pdf()


@settings(max_examples=80, deadline=None)
@given(
    st.text(st.characters(codec="utf-8"), max_size=60)
    | st.text("aàЖع٣ ــ\u0301\u064b\u200d王.#$", max_size=40)
)
def test_no_mixture_of_signs_breaks_it(text: str) -> None:
    assert letter(text).pdf().startswith(b"%PDF")


def test_what_cannot_be_set_is_said() -> None:
    assert "MISSING" in letter("王")._inputs()["letter"]
    assert "MISSING" not in letter("é")._inputs()["letter"]


def test_every_event_has_its_sentence() -> None:
    assert set(STORY) == {*DoteEvent.__args__, *HouseholdEvent.__args__}
    assert LOOKED
