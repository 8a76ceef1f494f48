"""Refusals: one class per way to fail, each with a sentence that can be read, each used."""

import re
from collections import Counter
from pathlib import Path
from typing import get_type_hints

import pytest

import domain
from domain import errors
from domain.errors import DomainError

ERRORS = {
    name: kind
    for name, kind in vars(errors).items()
    if isinstance(kind, type)
    and issubclass(kind, DomainError)
    and kind is not DomainError
    and not name.startswith("_")
}

ROOMS = Path(domain.__file__).parent.parent
SAMPLE_FACTS: dict[type, object] = {int: 7, str: "Something"}


def filled(kind: type[DomainError]) -> DomainError:
    """A refusal of the class. Facts are numbers and words: they go into problem documents."""
    facts = {
        name: SAMPLE_FACTS[fact]
        for name, fact in get_type_hints(kind).items()
        if fact in SAMPLE_FACTS
    }
    return kind(**facts)


def raised_in(room: str) -> set[str]:
    source = "\n".join(
        path.read_text("utf-8")
        for path in (ROOMS / room).rglob("*.py")
        if Path(errors.__file__).parent not in path.parents
    )
    raised, called = re.findall(r"raise (\w+)", source), re.findall(r"\b(\w+)\(", source)
    return ERRORS.keys() & {*raised, *called}


@pytest.mark.parametrize("name", ERRORS)
def test_a_refusal_is_a_sentence(name: str) -> None:
    refusal = filled(ERRORS[name])
    sentence = str(refusal)
    assert re.fullmatch(r"[A-Z0-9].*\.", sentence), sentence
    assert "{" not in sentence
    assert "\n" not in sentence
    assert re.fullmatch(r"[a-z_]+", refusal.code)


@pytest.mark.parametrize("name", ERRORS)
def test_a_sentence_shows_facts_that_are_there(name: str) -> None:
    places = set(re.findall(r"{(\w+)}", ERRORS[name].sentence()))
    assert places <= filled(ERRORS[name]).facts.keys()


def test_every_refusal_has_its_own_sentence() -> None:
    sentences = [kind.sentence() for kind in ERRORS.values()]
    assert len(set(sentences)) == len(sentences)


def test_every_refusal_is_used() -> None:
    assert raised_in("domain") | raised_in("workflows") | raised_in("api") == set(ERRORS)


def test_every_refusal_of_the_domain_is_specified() -> None:
    """Each class that the domain raises is expected by name in a test of this folder."""
    here = Path(__file__)
    tests = "\n".join(
        path.read_text("utf-8") for path in here.parent.glob("test_*.py") if path != here
    )
    words = Counter(re.findall(r"\w+", tests))
    for name in raised_in("domain"):
        # Once where it is imported, and where it is expected.
        assert words[name] > 1, name


def test_a_refusal_carries_its_facts() -> None:
    refusal = errors.BudgetExceeded("ROCCA", "HOUSING", 500)
    assert refusal.facts == {"partner": "ROCCA", "category": "HOUSING", "available_cents": 500}
    assert str(refusal) == "The budget line ROCCA HOUSING has 5.00 available."
    assert errors.NotFound().facts == {}


def test_refusals_are_not_mixed_up() -> None:
    # Exceptions are compared by identity, as everywhere in Python.
    assert errors.NotFound() != errors.NotFound()
    assert errors.Duplicate("a") != errors.Duplicate("a")
