"""The pages where several doti are decided at once: their fields, their buttons, their commands."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from api.pages.dote_forms import FORMS
from api.pages.forms import Field
from api.pages.say import N_
from domain.lifecycle import Action
from domain.turns import Why
from workflows.bulk import (
    ApproveMany,
    ApproveOne,
    AssessMany,
    AssessOne,
    RejectMany,
    RejectOne,
)

REASON = "reason"


@dataclass(frozen=True, slots=True)
class Button:
    """A decision on all that is ticked. `reads`: whether what stands in the rows is part of it;
    `fixed`: what else is; `into`: where the common reason goes, and whether it has to be given."""

    name: str
    label: str
    action: Action
    one: type[AssessOne | ApproveOne | RejectOne]
    many: type[AssessMany | ApproveMany | RejectMany]
    into: str
    reads: bool = True
    needs_reason: bool = False
    danger: bool = False
    fixed: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Way:
    """A page. `whys`: what waits that belongs there; `fields`: of each row; `amount`: the one of
    them that is the amount."""

    path: str
    place: str
    title: str
    nothing: str
    action: Action
    whys: tuple[Why, ...]
    fields: tuple[Field, ...]
    amount: str
    reason: Field
    buttons: tuple[Button, ...]
    shape: Callable[[dict[str, Any]], dict[str, Any]] = lambda values: values

    def button(self, name: str) -> Button | None:
        """The button that was pressed."""
        return next((each for each in self.buttons if each.name == name), None)


_APPROVE = FORMS[Action.APPROVE]

APPROVING = Way(
    path="/approvare",
    place="approve",
    title=N_("Waiting for your vote"),
    nothing=N_("Nothing waits for your vote."),
    action=Action.APPROVE,
    whys=(Why.VOTE, Why.UNFAVOURABLE),
    fields=tuple(each for each in _APPROVE.fields if each.name != "note"),
    amount="amount_cents",
    reason=Field(
        REASON,
        N_("Reason"),
        "text",
        hint=N_("One for all that are ticked. Needed to reject; the households may be told it."),
        required=False,
    ),
    buttons=(
        Button("approve", N_("Approve"), Action.APPROVE, ApproveOne, ApproveMany, "note"),
        Button(
            "reject",
            N_("Reject"),
            Action.REJECT,
            RejectOne,
            RejectMany,
            "reason",
            reads=False,
            needs_reason=True,
            danger=True,
        ),
    ),
    shape=_APPROVE.shape,
)

ASSESSING = Way(
    path="/valutare",
    place="assess",
    title=N_("Waiting to be assessed"),
    nothing=N_("Nothing waits to be assessed."),
    action=Action.ASSESS,
    whys=(Why.TO_ASSESS,),
    fields=(Field("proposed_cents", N_("Proposed amount"), "cents"),),
    amount="proposed_cents",
    reason=Field(
        REASON,
        N_("What speaks for it or against it"),
        "text",
        hint=N_("One for all that are ticked."),
        required=False,
    ),
    buttons=(
        Button(
            "favourable",
            N_("Favourable"),
            Action.ASSESS,
            AssessOne,
            AssessMany,
            "note",
            fixed={"outcome": "favourable"},
        ),
        Button(
            "unfavourable",
            N_("Unfavourable"),
            Action.ASSESS,
            AssessOne,
            AssessMany,
            "note",
            reads=False,
            danger=True,
            fixed={"outcome": "unfavourable"},
        ),
    ),
)
