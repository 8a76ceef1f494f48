"""The drawn life of a dote in the documentation, as the transition table has it.

`python -m tests.diagram` writes it anew; a test sees to it that nobody forgets.
"""

from pathlib import Path

from domain import diagram

ROOT = Path(__file__).parent.parent
PAGES = (ROOT / "README.md", ROOT / "docs" / "lifecycle.md")
_PLACE = "<!-- {name}: written by python -m tests.diagram -->"
_END = "<!-- end -->"


def drawn(text: str) -> str:
    """The text of a page with its diagram and its table made anew."""
    drawings = {
        "diagram": f"```mermaid\n{diagram.mermaid()}\n```",
        "table": diagram.table(),
    }
    for name, drawing in drawings.items():
        begin = _PLACE.format(name=name)
        head, place, rest = text.partition(begin)
        if place:
            text = f"{head}{begin}\n{drawing}\n{_END}{rest.partition(_END)[2]}"
    return text


if __name__ == "__main__":
    for page in PAGES:
        page.write_text(drawn(page.read_text("utf-8")), "utf-8")
