"""The drawn life of a dote in the documentation, as the transition table has it.

`python -m tests.diagram` writes it anew; a test sees to it that nobody forgets.
"""

import re
from pathlib import Path

from domain import diagram

ROOT = Path(__file__).parent.parent
PAGES = (ROOT / "README.md", ROOT / "docs" / "lifecycle.md")
_PLACE = "<!-- {name}: written by python -m tests.diagram -->"
_END = "<!-- end -->"


def drawn(text: str) -> str:
    """The text of a page with its diagram and its table made anew."""
    parts = {
        "diagram": f"```mermaid\n{diagram.mermaid()}\n```",
        "table": diagram.table(),
    }
    for name, part in parts.items():
        begin = _PLACE.format(name=name)
        pattern = re.escape(begin) + r".*?" + re.escape(_END)
        text = re.sub(pattern, lambda _, b=begin, p=part: f"{b}\n{p}\n{_END}", text, flags=re.S)
    return text


if __name__ == "__main__":
    for page in PAGES:
        page.write_text(drawn(page.read_text("utf-8")), "utf-8")
