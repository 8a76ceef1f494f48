"""What is handed out on paper is PDF/A-2b, as a validator and a list of our own say."""

import io
from collections.abc import Callable
from datetime import date

import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name, Pdf

from api.documents.letter import Letter, Section, Sheet
from tests.api.test_rendiconti import documented, drawn, file
from tests.api.world import World
from tests.archive import troubles

LETTER = Letter(
    lang="it",
    date=date(2026, 3, 2),
    title="Prova",
    subtitle="di una lettera",
    made="fatta oggi",
    page="pagina",
    unprintable="",
    lead=["Città, perché: «così»"],
    sections=[Section("Tabella", sheet=Sheet((1, 1), ["a", "b"], [["1", "2"]]))],
    letterhead=("Ente di prova",),
)


def test_a_rendiconto_is_for_the_archive(world: World) -> None:
    documented(world, 5_000)
    shown = drawn(world)
    assert troubles(file(world, shown, "pdf")) == []
    italian = world.get(
        f"/rendiconti/{shown['id']}.pdf", "finance", headers={"Accept-Language": "it"}
    )
    assert troubles(italian.content) == []


def test_the_copy_of_a_household_is_for_the_archive(world: World) -> None:
    household = world.disbursed(5_000)["household_id"]
    world.settle()
    answer = world.get(f"/households/{household}/copy.pdf", "coordinator")
    assert answer.status_code == 200, answer.text
    assert troubles(answer.content) == []


def _fonts(pdf: Pdf) -> None:
    for found in pdf.objects:
        if isinstance(found, Dictionary) and found.get("/Type") == "/FontDescriptor":
            for key in ("/FontFile", "/FontFile2", "/FontFile3"):
                if key in found:
                    del found[key]


def _xmp(pdf: Pdf) -> None:
    told = pdf.Root.Metadata.read_bytes()
    pdf.Root.Metadata.write(told.replace(b">2</pdfaid:part>", b">3</pdfaid:part>"))


def _cmyk(pdf: Pdf) -> None:
    pdf.pages[0].contents_add(b"0 0 0 1 k 10 10 5 5 re f\n")


def _mode(pdf: Pdf) -> None:
    state = Dictionary(Type=Name.ExtGState, BM=Name("/Odd"))
    pdf.pages[0].Resources.ExtGState = Dictionary(G9=state)


def _annotation(pdf: Pdf) -> None:
    note = Dictionary(Type=Name.Annot, Subtype=Name.Text, Rect=Array([0, 0, 9, 9]), Contents=b"a")
    pdf.pages[0].Annots = Array([pdf.make_indirect(note)])


def _action(pdf: Pdf) -> None:
    link = Dictionary(
        Type=Name.Annot,
        Subtype=Name.Link,
        F=4,
        Rect=Array([0, 0, 9, 9]),
        A=Dictionary(S=Name.Launch, F=b"a.exe"),
    )
    pdf.pages[0].Annots = Array([pdf.make_indirect(link)])


def _script(pdf: Pdf) -> None:
    pdf.Root.OpenAction = Dictionary(S=Name.JavaScript, JS=b"app.alert(1)")


def _attached(pdf: Pdf) -> None:
    pdf.attachments["a.txt"] = b"a"


def _no_metadata(pdf: Pdf) -> None:
    del pdf.Root["/Metadata"]


def _no_intent(pdf: Pdf) -> None:
    del pdf.Root["/OutputIntents"]


@pytest.mark.parametrize(
    ("harm", "told"),
    [
        (_fonts, "is not embedded"),
        (_xmp, "XMP: says"),
        (_cmyk, "painted in DeviceCMYK"),
        (_mode, "graphics: /Odd"),
        (_annotation, "has no appearance"),
        (_action, "action: /Launch"),
        (_script, "action: /JavaScript"),
        (_attached, "/EmbeddedFiles"),
        (_no_metadata, "no XMP"),
        (_no_intent, "output intent: 0 of them"),
    ],
)
def test_what_keeps_a_file_out_of_an_archive_is_found(
    harm: Callable[[Pdf], None], told: str
) -> None:
    before = LETTER.pdf()
    assert troubles(before) == []
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(before)) as pdf:
        harm(pdf)
        pdf.save(out)
    assert any(told in each for each in troubles(out.getvalue())), troubles(out.getvalue())


def test_a_locked_file_is_found() -> None:
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(LETTER.pdf())) as pdf:
        pdf.save(out, encryption=pikepdf.Encryption(owner="a", user=""))
    assert "encrypted" in troubles(out.getvalue())
