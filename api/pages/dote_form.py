"""What one form of a dote's page is: its fields, and the command that they make."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from api.pages.forms import Field
from api.pages.say import N_
from api.v1 import schemas
from domain.dote_parts import File
from domain.lifecycle import Action
from workflows import commands
from workflows.engine import Outcome, Work

Decide = Callable[[Work, UUID, Any], Outcome]
DecideOnFile = Callable[[Work, UUID, Any, File], Outcome]
DecideOnPart = Callable[[Work, UUID, int, Any], Outcome]

_DECISIONS = frozenset({Action.ASSESS, Action.APPROVE, Action.RATIFY, Action.DECIDE_APPEAL})


@dataclass(frozen=True, slots=True)
class DoteForm:
    """A form. `opens`: what it is called where it is closed; `button`: what sends it.

    `decide_on_file` instead of `decide`: one of the fields is a file. `decide_on_part`: it is about
    one of several, such as a receipt; `parts` finds the numbers of those it can be about.
    `shape`: puts the values in the form of the command, where that is not as the fields are.
    """

    action: Action
    opens: str
    button: str
    model: type[commands.Command]
    decide: Decide | None = None
    fields: tuple[Field, ...] = ()
    danger: bool = False
    decide_on_file: DecideOnFile | None = None
    decide_on_part: DecideOnPart | None = None
    parts: Callable[[schemas.Dote], list[int]] | None = None
    shape: Callable[[dict[str, Any]], dict[str, Any]] = lambda values: values

    @property
    def decides(self) -> bool:
        """Whether it is a decision, and not merely a step."""
        return self.action in _DECISIONS

    def about(self, shown: schemas.Dote) -> list[int | None]:
        """What it can be about: the whole dote (None), or the numbers of its parts."""
        return [None] if self.parts is None else list(self.parts(shown))


def reason(label: str) -> Field:
    """Why, in words; it has to be said."""
    return Field("reason", label, "text", hint=N_("The household may be told this reason."))


NOTE = Field("note", N_("Note"), "text", required=False)
VALUE_DATE = Field("value_date", N_("Value date"), "day", hint=N_("Like 31/12/2026."))
