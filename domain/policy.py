"""The rules of a programme as data: versioned, adopted as an event, named by every decision.

What a document may say is checked here and in `domain.policy_check`; what follows from it for one
dote is asked by `domain.permissions`. There is no field that would let the same person request,
assess, approve and pay.
"""

from datetime import date
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, StrictBool

from domain.days import Day
from domain.lifecycle import Stage
from domain.money import Cents, CentsOrZero
from domain.text import Code, Label, Word

EVERY_DAY = 3_650
"""The longest period of a rule, in days."""

Days = Annotated[int, Field(strict=True, ge=1, le=EVERY_DAY)]
DaysOrNone = Annotated[int, Field(strict=True, ge=0, le=EVERY_DAY)]
Few = Annotated[int, Field(strict=True, ge=1, le=5)]


class Part(BaseModel):
    """A part of a policy. Unknown fields are refused: a misspelt rule must not be lost."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class PaperRule(Part):
    """A paper that must be in the file before an approval of more than `over_cents`."""

    kind: Word
    over_cents: CentsOrZero = 0


class ItemRule(Part):
    """What can be asked under an item, at the most, and with which papers."""

    item: Code
    ceiling_cents: Cents | None = None
    papers: Annotated[tuple[PaperRule, ...], Field(max_length=20)] = ()


class Band(Part):
    """Who decides on an amount above `over_cents` and up to `to_cents` (None: any).

    `household_to_cents`: only while the household, with this dote, was granted no more than that
    within the last twelve months; above it the next band decides (None: whatever it was granted).
    `approvers` different people vote; `different_partners`: none of them of the same partner as
    another. `coordinator`: the coordinator votes too; `in_order`: after them and not before.
    """

    over_cents: CentsOrZero = 0
    to_cents: Cents | None = None
    household_to_cents: Cents | None = None
    approvers: Few = 1
    different_partners: StrictBool = False
    coordinator: StrictBool = False
    in_order: StrictBool = False

    @property
    def votes(self) -> int:
        """How many people vote in all."""
        return self.approvers + self.coordinator


class Cap(Part):
    """What a household is granted at the most within so many days, in a category or in all."""

    category: Code | None = None
    days: Days = 365
    cents: Cents


class Deadline(Part):
    """How many days a stage may take, and how many later the coordinator is told."""

    stage: Stage
    days: Days
    urgent_days: Days | None = None
    escalate_days: DaysOrNone = 7


class UrgentPath(Part):
    """Small urgent amounts: one approver decides at once, somebody else ratifies within some days.

    Who does not ratify in time is told, and the coordinator with them: nothing else happens.
    `requester_may_assess`: who requested may assess too. Nothing else is ever shared.
    """

    to_cents: Cents
    ratify_days: Days
    requester_may_assess: StrictBool = False


class Rules(Part):
    """The rules as a document: what the coordinator writes, reads and adopts.

    `items` empty: every item of the programme can be asked for, without a ceiling.
    `separation_of_duties` says what always holds. `remind_days`: a reminder comes when a deadline
    passes and again each so many days, three times at the most. `appeal_days`: how long after a
    rejection an appeal can be lodged.
    """

    title: Label | None = None
    effective_from: Day | None = None
    separation_of_duties: StrictBool = True
    items: Annotated[tuple[ItemRule, ...], Field(max_length=500)] = ()
    bands: Annotated[tuple[Band, ...], Field(min_length=1, max_length=20)]
    caps: Annotated[tuple[Cap, ...], Field(max_length=100)] = ()
    deadlines: Annotated[tuple[Deadline, ...], Field(max_length=20)] = ()
    remind_days: Days = 7
    urgent: UrgentPath | None = None
    appeal_days: Days = 30

    def item(self, code: str) -> ItemRule | None:
        """The rule of an item; None: it cannot be asked for."""
        if not self.items:
            return ItemRule(item=code)
        return next((rule for rule in self.items if rule.item == code), None)

    def ceiling_cents(self, item: str) -> int | None:
        """The most that is granted for an item at once; None: as much as is asked for."""
        rule = self.item(item)
        return rule.ceiling_cents if rule else None

    def band(self, amount_cents: int, household_cents: int) -> Band:
        """Who decides on an amount for a household that then has `household_cents` in all."""
        reaching = [b for b in self.bands if b.to_cents is None or amount_cents <= b.to_cents]
        for band in reaching:
            most = band.household_to_cents
            if most is None or household_cents <= most:
                return band
        return reaching[-1]

    def papers(self, item: str, amount_cents: int) -> tuple[str, ...]:
        """The kinds of papers that an approval of this amount needs."""
        rule = self.item(item)
        papers = rule.papers if rule else ()
        return tuple(paper.kind for paper in papers if amount_cents > paper.over_cents)

    def deadline(self, stage: Stage) -> Deadline | None:
        """The deadline of a stage; None: it may take for ever."""
        if stage is Stage.RATIFICATION and self.urgent is not None:
            return Deadline(stage=stage, days=self.urgent.ratify_days, escalate_days=0)
        return next((rule for rule in self.deadlines if rule.stage is stage), None)

    def is_urgent_path(self, amount_cents: int) -> bool:
        """Whether an urgent dote of this amount may go the quick way."""
        return self.urgent is not None and amount_cents <= self.urgent.to_cents


class Policy(Rules):
    """One adopted version of the rules, in force from `effective_from` on."""

    version: Annotated[int, Field(ge=1)]
    effective_from: Day

    @classmethod
    def of(cls, rules: Rules, version: int, effective_from: date) -> Self:
        """The rules as a version."""
        parts = {name: getattr(rules, name) for name in Rules.model_fields}
        return cls(**{**parts, "version": version, "effective_from": effective_from})


def two_bands(single_approver_cents: int) -> Rules:
    """One approver up to an amount, two different people above it, and no other rule."""
    return Rules(
        bands=(
            Band(to_cents=single_approver_cents),
            Band(over_cents=single_approver_cents, approvers=2),
        )
    )
