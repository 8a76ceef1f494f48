"""Tells what is wrong with a file, each fault with its place."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import typer
from pydantic import ValidationError

from api import validation
from api.cli.application import REFUSED, tell
from api.languages import refusal_text
from domain.errors import DomainError


def tell_faults(file: Path, error: ValidationError) -> None:
    """What a model says of a file."""
    for found in validation.problems(error.errors(), "en"):
        place = found["loc"]
        _tell(file, ".".join(map(str, place)) if isinstance(place, list) else "", found["msg"])


@contextmanager
def told_with_place(file: Path, before: str = "") -> Iterator[None]:
    """Tells a refusal that names a field of the file, and ends; `before` is put before the name.

    Other refusals are not the file's, and pass.
    """
    try:
        yield
    except DomainError as refused:
        field = refused.facts.get("field")
        if field is None:
            raise
        _tell(file, f"{before}{field}", refusal_text(refused, "en"))
        raise typer.Exit(REFUSED) from None


def _tell(file: Path, place: str, sentence: object) -> None:
    tell(f"{file}: {place or 'the file'}: {sentence}")
