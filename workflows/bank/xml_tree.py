"""XML as a tree of names without namespaces, built within limits."""

from collections.abc import Iterator

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import ParseError, XMLParser

from domain.errors import DamagedStatement, NoBankStatement, TooManyRows, UnsafeFile

_MAX_DEPTH = 40
"""The schemas of camt go down 15 levels, an envelope adds some."""

_MAX_ELEMENTS = 1_200_000


class Node:
    """An element: its name, its attributes (both without namespace), its text and its children."""

    __slots__ = ("attributes", "children", "name", "namespace", "text")

    def __init__(self, tag: str, attributes: dict[str, str]) -> None:
        """An element that has just begun; `tag` as expat writes it: "{namespace}name"."""
        self.namespace, _, self.name = tag.rpartition("}")
        self.attributes = attributes and {
            name.rpartition("}")[2]: value for name, value in attributes.items()
        }
        self.text = ""
        self.children: list[Node] = []

    def all(self, path: str) -> Iterator["Node"]:
        """All elements at a path below: "NtryDtls/TxDtls"."""
        name, _, rest = path.partition("/")
        for child in self.children:
            if child.name == name:
                if rest:
                    yield from child.all(rest)
                else:
                    yield child

    def first(self, *paths: str) -> "Node | None":
        """The first element at the first of these paths that leads to one."""
        return next((node for path in paths for node in self.all(path)), None)

    def text_of(self, *paths: str) -> str:
        """The text at the first of these paths that has one; empty without."""
        texts = (node.text.strip() for path in paths for node in self.all(path))
        return next((text for text in texts if text), "")

    def walk(self) -> Iterator["Node"]:
        """This element and all below, in the order of the document."""
        waiting = [self]
        while waiting:
            node = waiting.pop()
            yield node
            waiting.extend(reversed(node.children))


class _Builder:
    """Takes what the parser finds; stops it where it goes too deep or too far."""

    def __init__(self) -> None:
        self._open: list[tuple[Node, list[str]]] = []
        self._count = 0
        self.root: Node | None = None

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        node = Node(tag, attributes)
        self._count += 1
        if self._count > _MAX_ELEMENTS:
            raise TooManyRows(_MAX_ELEMENTS)
        if len(self._open) >= _MAX_DEPTH:
            raise NoBankStatement
        if self._open:
            self._open[-1][0].children.append(node)
        else:
            self.root = node
        self._open.append((node, []))

    def data(self, text: str) -> None:
        self._open[-1][1].append(text)

    def end(self, _tag: str) -> None:
        node, texts = self._open.pop()
        node.text = "".join(texts)

    def close(self) -> None:
        """Nothing is left open: the parser has seen to it."""


def parse(data: bytes) -> Node:
    """The root of a document. Refuses document types, entities, and what is not well-formed."""
    builder = _Builder()
    parser = XMLParser(target=builder, forbid_dtd=True)
    try:
        parser.feed(data)
        parser.close()
    except DefusedXmlException:
        raise UnsafeFile from None
    except ParseError as error:
        line, _ = error.position
        raise DamagedStatement(line) from None
    except (ValueError, LookupError):
        # An encoding that is not known, or not what it says.
        raise DamagedStatement(1) from None
    if builder.root is None:
        raise DamagedStatement(1)
    return builder.root
