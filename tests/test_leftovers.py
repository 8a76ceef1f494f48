"""What nobody uses is not there: SQL statements, refusals and findings."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from api import errors as api_errors
from api.security import refusals
from domain import errors as domain_errors
from domain.errors import DomainError
from workflows.audit import differences, findings
from workflows.audit.findings import Finding

ROOT = Path(__file__).parent.parent
ROOMS = ("api", "domain", "projections", "workflows")
TEXT = "\n".join(path.read_text() for room in ROOMS for path in sorted((ROOT / room).rglob("*.py")))
QUOTED = frozenset(re.findall(r"""["'](\w+)["']""", TEXT))
BEGINNINGS = tuple(set(re.findall(r'f"(\w+_){', TEXT)))
ENDS = tuple(set(re.findall(r'}(_\w+)"', TEXT)))
_NOT_USES = (
    r"^from [\w.]+ import (?:\([^)]*\)|[^\n]*)",
    r"^class \w+\([^)]*\):",
    r"__all__ = [\[(][^\])]*[\])]",
)
CODE = re.sub("|".join(_NOT_USES), "", TEXT, flags=re.MULTILINE)
"""The code without what only hands names on."""

USED = frozenset(
    re.findall(r"(?:\braise\b|\belse\b|[=(,:])(?=\s*(?:\w+\.)?(\w+))", CODE)
    + re.findall(r"(\w+)\(", CODE)
)
NAMED = re.compile(r"^-- name: (\w+)$", re.MULTILINE)


def _statements() -> Iterator[tuple[str, str]]:
    """Each statement with the file that it stands in."""
    for room in ROOMS:
        for path in sorted((ROOT / room).rglob("*.sql")):
            for name in NAMED.findall(path.read_text()):
                yield str(path.relative_to(ROOT)), name


def _is_named(name: str) -> bool:
    """Whether the code has the name in quotes, whole or put together from a beginning or an end."""
    begins, ends = name.startswith(BEGINNINGS), name.endswith(ENDS)
    return name in QUOTED or begins or ends


def test_every_statement_is_used() -> None:
    found = list(_statements())
    assert len(found) > 100
    assert [where for where in found if not _is_named(where[1])] == []


@pytest.mark.parametrize("module", [api_errors, domain_errors, refusals, findings, differences])
def test_every_refusal_and_finding_is_made_somewhere(module: object) -> None:
    base = Finding if module in (findings, differences) else DomainError
    kinds = [
        kind
        for kind in vars(module).values()
        if isinstance(kind, type) and issubclass(kind, base) and kind is not base
    ]
    assert len(kinds) > 3
    assert [kind.__name__ for kind in kinds if not _is_made(kind)] == []


def _is_made(kind: type) -> bool:
    """Whether it is raised, called, or handed on as a class; imports count not."""
    return bool(kind.__subclasses__()) or kind.__name__ in USED


def test_it_would_be_found() -> None:
    class NobodyRaisesThis(DomainError):
        """Nothing."""

    assert not _is_made(NobodyRaisesThis)
    assert not _is_named("nobody_asks_this")
