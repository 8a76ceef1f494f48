"""Forms that stand for themselves: what was typed, what is done with it, and how they come back."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from fastapi import Response
from pydantic import ValidationError
from starlette.datastructures import FormData

from api.errors import Unauthenticated
from api.languages import Language
from api.pages.forms import Field, Filled, invalid, read, refused, understood
from api.pages.shell import Shell
from api.problems import problem_for
from api.security.refusals import SecondFactorNeeded, TooManyAttempts
from domain.errors import DomainError, NotFound

Values = dict[str, Any]
Again = Callable[[Filled, int], Response]
"""Shows the page with the form as it was filled in, under a status."""

_NOT_OF_THE_FORM = (Unauthenticated, SecondFactorNeeded, NotFound)
"""What leads to another page, whatever was typed."""


@dataclass(frozen=True, slots=True)
class PlainForm:
    """A form. `opens`: what it is called where it is closed; `button`: what sends it."""

    name: str
    button: str
    fields: tuple[Field, ...] = ()
    opens: str = ""
    danger: bool = False

    def offering(self, **choices: tuple[tuple[str, str], ...]) -> "PlainForm":
        """The same with what can be chosen in its fields, by their names."""
        fields = tuple(
            replace(each, choices=choices[each.name]) if each.name in choices else each
            for each in self.fields
        )
        return replace(self, fields=fields)

    def read(self, sent: FormData, language: Language) -> tuple[Values, Filled]:
        """The values that were sent, and the form as it was filled in."""
        return understood(read(sent, self.fields), self.fields, language)


def taken(
    page: Shell,
    form: PlainForm,
    sent: FormData,
    do: Callable[[Values, Filled], Response],
    again: Again,
) -> Response:
    """Does what a form asks for; or shows it again, with why not beside the field."""
    values, filled = form.read(sent, page.language)
    if filled.wrong:
        return again(filled, 422)
    try:
        return do(values, filled)
    except _NOT_OF_THE_FORM:
        raise
    except ValidationError as error:
        return again(invalid(filled, error, form.fields, page.language), 422)
    except DomainError as error:
        told = refused(filled, error, form.fields, page.language)
        answer = again(told, problem_for(error).status)
        if isinstance(error, TooManyAttempts):
            answer.headers["Retry-After"] = str(error.retry_after_s)
        return answer


def filled_in(**texts: str) -> Filled:
    """A form as it begins, with these values in its fields."""
    return Filled(texts=texts)


def of(tried: Mapping[str, Filled], form: PlainForm, **begins: str) -> Filled:
    """How a form stands on its page: as it came back, or as it begins."""
    return tried.get(form.name) or filled_in(**begins)
