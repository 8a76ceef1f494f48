"""The commands about the months of the books and about what is handed to funders."""

from typing import Annotated

from pydantic import AliasChoices, Field

from domain.days import MoneyDay
from domain.funding_rules import FunderRules
from domain.text import Code, Label, Sentence
from workflows.commands import Command


class ClosePeriod(Command):
    """A month is to be closed, or is closed by a second person; with a word on it, perhaps."""

    reason: Sentence | None = None


class AdoptFunderRules(Command):
    """What a funder admits, and how it wants its accounts."""

    funder: Label
    rules: FunderRules


class DrawUp(Command):
    """An account of the expenses between two days: of all, of a partner, for a funder."""

    first_day: Annotated[
        MoneyDay, Field(validation_alias=AliasChoices("from", "first_day"), alias="from")
    ]
    last_day: Annotated[
        MoneyDay, Field(validation_alias=AliasChoices("to", "last_day"), alias="to")
    ]
    partner: Code | None = None
    funder: Label | None = None
