"""Forms: their fields, what was typed into them, and what is wrong with it.

What somebody typed is never lost: a form that cannot be taken comes back as it was filled in.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from hashlib import sha256
from typing import Any, Literal, TypeVar
from uuid import uuid4

from pydantic import BaseModel, ValidationError
from starlette.datastructures import FormData, UploadFile

from api.languages import Language, refusal_text, translate
from api.pages import typed
from api.pages.say import N_
from api.validation import problems
from domain.errors import DomainError

Model = TypeVar("Model", bound=BaseModel)
Kind = Literal[
    "cents",
    "day",
    "line",
    "code",
    "number",
    "text",
    "choice",
    "select",
    "yesno",
    "check",
    "many",
    "file",
    "password",
]

NEEDED = N_("This is needed and missing.")
NO_FILE = N_("Choose a file.")
NOT_OFFERED = N_("Choose one of these.")
VERSION, KEY = "version", "key"
"""The hidden fields: the version that was decided on, and what makes the form count once."""
DATA = "data"


@dataclass(frozen=True, slots=True)
class Field:
    """A field. `loc`: where its value stands in the command; `choices`: (value, label).

    `label` and `hint` are English sentences. `context`: of the labels of choices, which are words
    of the domain then; DATA: they are names, and stand as they are. `autocomplete`: what browsers
    may fill in; of passwords they know by it which one is meant.
    """

    name: str
    label: str
    kind: Kind
    loc: tuple[str, ...] = ()
    hint: str = ""
    required: bool = True
    choices: tuple[tuple[str, str], ...] = ()
    context: str = ""
    autocomplete: str = "off"

    @property
    def place(self) -> tuple[str, ...]:
        """Where its value stands in the command."""
        return self.loc or (self.name,)


@dataclass(frozen=True, slots=True)
class Filled:
    """A form as it was filled in. `wrong`: sentences by field, in the reader's language; '' is
    about the whole. `version`: what it was decided on; `key`: what makes it count once."""

    texts: Mapping[str, str] = field(default_factory=dict)
    many: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    wrong: Mapping[str, str] = field(default_factory=dict)
    version: int | None = None
    key: str = field(default_factory=lambda: uuid4().hex)

    @property
    def once(self) -> str:
        """What makes the form count once: pressed twice it is done once, filled in anew it is
        another one."""
        content = repr((sorted(self.texts.items()), sorted(self.many.items()), self.version))
        return f"{self.key}-{sha256(content.encode()).hexdigest()[:16]}"

    def but(self, **wrong: str) -> "Filled":
        """The same with more that is wrong; `whole` is about all of it."""
        more = {"" if name == "whole" else name: said for name, said in wrong.items()}
        return replace(self, wrong={**self.wrong, **more})


def read(form: FormData, fields: tuple[Field, ...]) -> Filled:
    """What was typed into the fields, as it is."""
    one = {each.name: form.get(each.name, "") for each in fields if each.kind != "many"}
    many = {each.name: form.getlist(each.name) for each in fields if each.kind == "many"}
    version = str(form.get(VERSION, ""))
    return Filled(
        texts={name: text for name, text in one.items() if isinstance(text, str)},
        many={name: tuple(map(str, chosen)) for name, chosen in many.items()},
        version=int(version) if version.isdecimal() and len(version) < 10 else None,
        key=str(form.get(KEY, ""))[:64],
    )


def understood(
    filled: Filled, fields: tuple[Field, ...], language: Language
) -> tuple[dict[str, Any], Filled]:
    """The values by their place in the command, and the form with what cannot be read."""
    values: dict[str, Any] = {}
    wrong: dict[str, str] = {}
    for each in fields:
        if each.kind == "file":
            continue
        try:
            value = _value(each, filled, language)
        except typed.Mistyped as mistake:
            example = typed.EXAMPLES[language]
            wrong[each.name] = translate(language, mistake.sentence).format(example=example)
            continue
        if value is None and each.required:
            wrong[each.name] = translate(language, NEEDED)
        elif value is not None:
            _put(values, each.place, value)
    return values, filled.but(**wrong)


def uploaded(
    sent: FormData, filled: Filled, fields: tuple[Field, ...], language: Language
) -> tuple[UploadFile | None, Filled]:
    """The file of a form that has a field for one; and the form, where it is missing."""
    for each in fields:
        if each.kind == "file":
            # A photograph and a file may be offered side by side, under one name.
            for file in sent.getlist(each.name):
                if isinstance(file, UploadFile) and file.filename:
                    return file, filled
            return None, filled.but(**{each.name: translate(language, NO_FILE)})
    return None, filled


def command(
    model: type[Model],
    values: Mapping[str, Any],
    filled: Filled,
    fields: tuple[Field, ...],
    language: Language,
) -> tuple[Model | None, Filled]:
    """The command that the values make; None and the form with what is wrong if they make none."""
    if filled.wrong:
        return None, filled
    try:
        return model.model_validate(values), filled
    except ValidationError as error:
        return None, invalid(filled, error, fields, language)


def invalid(
    filled: Filled, error: ValidationError, fields: tuple[Field, ...], language: Language
) -> Filled:
    """The form with what no command can be made of, beside its fields."""
    found = problems(error.errors(include_url=False), language)
    wrong = {_field_at(one["loc"], fields): str(one["msg"]) for one in found}
    return replace(filled, wrong=wrong)


def refused(
    filled: Filled, error: DomainError, fields: tuple[Field, ...], language: Language
) -> Filled:
    """The form with why it was refused, beside the field that it is about."""
    loc = str(error.facts.get("field", "")).split(".")
    wrong = {_field_at(loc, fields): refusal_text(error, language)}
    return replace(filled, wrong={**filled.wrong, **wrong})


def _value(each: Field, filled: Filled, language: Language) -> Any:  # noqa: ANN401  what commands take
    if each.kind == "many":
        return list(filled.many.get(each.name, ())) or None
    text = filled.texts.get(each.name, "")
    if each.kind == "password":
        return text or None  # every sign of it counts
    text = text.strip()
    if not text:
        return None
    if each.choices and each.kind in ("choice", "select") and text not in dict(each.choices):
        raise typed.Mistyped(NOT_OFFERED)
    reading: Mapping[Kind, Callable[[str], int | date | bool | str]] = {
        "cents": lambda given: typed.cents(given, language),
        "day": typed.day,
        "code": typed.code,
        "number": typed.number,
        "yesno": lambda given: given == "yes",
        "check": lambda given: given == "yes",
    }
    how = reading.get(each.kind)
    return text.replace("\r\n", "\n") if how is None else how(text)


def _put(values: dict[str, Any], place: tuple[str, ...], value: object) -> None:
    *above, last = place
    for name in above:
        values = values.setdefault(name, {})
    values[last] = value


def _field_at(loc: Any, fields: tuple[Field, ...]) -> str:  # noqa: ANN401  parts of any kind
    """The name of the field at a place in the command; '' where none is."""
    parts = tuple(map(str, loc))
    for each in fields:
        if parts[: len(each.place)] == each.place:
            return each.name
    return ""
