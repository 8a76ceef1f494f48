"""Every sentence of the pages that the catalogue has to know; and text that it cannot know."""

import ast
from collections.abc import Iterator
from functools import cache
from html.parser import HTMLParser
from pathlib import Path

from jinja2 import Environment, nodes

PAGES = Path(__file__).parents[2] / "api" / "pages"
TEMPLATES = PAGES / "templates"
_HOLE = "\x00"
# Read by people, and by what reads to them.
_READ = ("alt", "aria-label", "aria-description", "placeholder", "title", "value")
# The name of the program, and what is the same in every language; keys among them.
_SAME_EVERYWHERE = frozenset({"Doti", "IBAN", *"jksu"})


def templates() -> list[Path]:
    """All templates."""
    return sorted(TEMPLATES.rglob("*.html"))


@cache
def _environment() -> Environment:
    return Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True)


def _calls(source: str) -> Iterator[nodes.Call]:
    for call in _environment().parse(source).find_all(nodes.Call):
        if isinstance(call.node, nodes.Name) and call.node.name in ("_", "ngettext"):
            yield call


def singular() -> set[str]:
    """The English sentences that do not count anything."""
    found = {
        argument.value
        for path in templates()
        for call in _calls(path.read_text())
        if call.node.name == "_"  # type: ignore[attr-defined]  # `_calls` looked
        for argument in call.args[:1]
        if isinstance(argument, nodes.Const)
    }
    return found | {call[0] for path in _modules() for call in _marked(path, "N_", "sentence")}


def plural() -> set[tuple[str, str]]:
    """Those that do: for one, and for many."""
    found = set()
    for path in templates():
        for call in _calls(path.read_text()):
            if call.node.name == "ngettext":  # type: ignore[attr-defined]  # `_calls` looked
                one, many = call.args[:2]
                assert isinstance(one, nodes.Const)
                assert isinstance(many, nodes.Const)
                found.add((one.value, many.value))
    for path in _modules():
        found |= {(call[0], call[1]) for call in _marked(path, "say", "number_of")}
    languages = PAGES.parent / "languages.py"
    return found | {(call[0], call[1]) for call in _marked(languages, "counted")}


def _modules() -> list[Path]:
    return sorted(PAGES.rglob("*.py"))


def _marked(path: Path, *names: str) -> Iterator[list[str]]:
    """The texts that are given to functions of these names."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in names:
            texts = [
                argument.value
                for argument in node.args
                if isinstance(argument, ast.Constant) and isinstance(argument.value, str)
            ]
            if texts:
                yield texts


def hard_coded(source: str) -> list[str]:
    """Words that a template shows without asking for them in the reader's language."""
    environment = _environment()
    text = "".join(
        value if kind == "data" else _HOLE
        for _, kind, value in environment.lex(source)
        if kind in ("data", "variable_begin")
    )
    reader = _Reader()
    reader.feed(text)
    reader.close()
    return [*reader.found, *_constants(environment.parse(source))]


def _constants(tree: nodes.Template) -> Iterator[str]:
    """Sentences within expressions: constants that begin with a capital and are no codes."""
    translated = {
        id(argument)
        for call in tree.find_all(nodes.Call)
        if isinstance(call.node, nodes.Name) and call.node.name in ("_", "ngettext")
        for argument in call.args
    }
    for constant in tree.find_all(nodes.Const):
        value = constant.value
        if isinstance(value, str) and value[:1].isupper() and id(constant) not in translated:
            yield value


class _Reader(HTMLParser):
    """Collects what is read."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._silent += tag in ("script", "style")
        hidden = tag == "input" and ("type", "hidden") in attrs
        for name, value in attrs:
            read = name in _READ and not hidden and not (name == "value" and tag != "input")
            if read and value and not (name == "value" and value == "yes"):
                self._take(value)

    def handle_endtag(self, tag: str) -> None:
        self._silent -= tag in ("script", "style")

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self._take(data)

    def _take(self, text: str) -> None:
        for part in text.split(_HOLE):
            words = part.strip(" \n\t·,.:;…()›−+–")
            if any(sign.isalpha() for sign in words) and words not in _SAME_EVERYWHERE:
                self.found.append(words)
