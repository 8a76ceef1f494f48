"""Rows of doti that are decided together: each as it stands after those above it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

from api.languages import refusal_text
from api.pages import typed
from api.pages.forms import Filled, understood
from api.pages.many_forms import APPROVING, Way
from api.pages.many_typed import Sheet, Typed
from api.pages.shell import Shell
from api.pages.timeline import Entry, expires, timeline
from api.pages.votes import begun_vote, typed_vote
from api.pages.waiting_view import Waits
from api.v1 import schemas
from api.v1.insight import ApprovalPreview
from api.v1.preview import previewed
from api.v1.reads import Reads
from api.v1.views import View
from domain.actors import Actor
from domain.case import Case, Help
from domain.days import day_here
from domain.errors import NotFound
from domain.events.base import Event
from domain.household import Household
from domain.lifecycle import Action
from domain.permissions import refusal
from domain.turns import turns
from workflows.commands import Vote
from workflows.eventstore.access_log import Access


@dataclass(frozen=True, slots=True)
class Row:
    """A dote to decide on. `preview`: what the decision comes to after those above; `counted`:
    whether it is reckoned with; `why_not`: what stands against it; `changes`: what others did since
    it was looked at."""

    dote: schemas.Dote
    item: str
    line: str
    household: Household
    papers: list[tuple[str, str]]
    waits: Waits | None
    voters: tuple[str, ...]
    typed: Typed
    preview: ApprovalPreview
    counted: bool
    why_not: str | None
    changes: list[Entry]

    @property
    def cap_left_cents(self) -> int | None:
        """What the tightest limit of the household leaves before this one."""
        return min((cap.left_cents for cap in self.preview.caps), default=None)


@dataclass(frozen=True, slots=True)
class LineSum:
    """What is decided on one line, all together."""

    line: str
    before_cents: int
    moved_cents: int


@dataclass(slots=True)
class Tally:
    """What the rows above have taken from lines, and given to households."""

    moved: dict[tuple[str, str], int] = field(default_factory=dict)
    granted: dict[UUID, tuple[Help, ...]] = field(default_factory=dict)
    lines: dict[tuple[str, str], LineSum] = field(default_factory=dict)

    def after(self, case: Case, group: UUID) -> Case:
        """The case as it stands after the rows above."""
        dote, position = case.dote, case.position
        moved = self.moved.get((dote.partner, dote.category), 0)
        if position is not None:
            left = max(position.available_cents - moved, 0)
            position = position.model_copy(update={"available_cents": left})
        helps = (*(case.helps or ()), *self.granted.get(group, ()))
        return replace(case, helps=helps, position=position)

    def count(self, case: Case, group: UUID, line: str, cents: int) -> None:
        """Reckons with one more."""
        place = (case.dote.partner, case.dote.category)
        before = case.position.available_cents if case.position else 0
        moved = self.moved[place] = self.moved.get(place, 0) + cents
        self.lines[place] = LineSum(line, before, moved)
        one = Help(case.dote.category, case.now, cents)
        self.granted[group] = (*self.granted.get(group, ()), one)


@dataclass(frozen=True, slots=True)
class Many:
    """The rows of one page, for one reader."""

    page: Shell
    actor: Actor
    way: Way

    def begun(self, ids: Iterable[UUID]) -> Sheet:
        """The rows as nobody has touched them yet; without what is nobody's turn any more, as lists
        are a moment behind."""
        found = []
        for dote_id in dict.fromkeys(ids):
            view = self._view()
            try:
                history, dote = view.visible(dote_id)
            except NotFound:
                continue
            case = view.case(dote, full=True)
            if self._may(case):
                shown = view.told(case, history)
                filled = Filled(texts=self._texts(shown, case), version=dote.version)
                found.append(Typed(dote_id, chosen=False, filled=filled))
        return Sheet(tuple(found), Filled())

    def values(self, sheet: Sheet, reads: Reads) -> dict[str, Any]:
        """What the template is given of the rows."""
        tally = Tally()
        counted = {row.dote_id for row in sheet.chosen} or {row.dote_id for row in sheet.rows}
        with self.page.services.database.transaction():
            rows = [self._row(each, tally, counted, reads) for each in sheet.rows]
        chosen = [row for row in rows if row and row.typed.chosen]
        return {
            "way": self.way,
            "rows": [row for row in rows if row is not None],
            "common": sheet.common,
            "lines": list(tally.lines.values()),
            "chosen": len(chosen),
            "chosen_cents": sum(row.preview.amount_cents for row in chosen),
            "approving": self.way is APPROVING,
            "now": self.page.services.engine.clock(),
        }

    def _row(self, row: Typed, tally: Tally, counted: set[UUID], reads: Reads) -> Row | None:
        view = self._view()
        try:
            history, dote = view.visible(row.dote_id)
        except NotFound:
            return None
        case = view.case(dote, full=True)
        household = self.page.services.register.household(dote.household_id)
        group = household.merged_into or household.id
        category = self.page.services.register.category(dote.category)
        line = f"{category.name} · {dote.desk}"
        shown = view.told(case, history)
        preview = previewed(view, tally.after(case, group), history, self._vote(row, case))
        why_not = self._why_not(case, preview)
        counts = row.dote_id in counted and why_not is None
        if counts and self._moves(preview):
            tally.count(case, group, line, preview.amount_cents)
        made = Row(
            dote=shown,
            item=category.items.get(dote.item, dote.item),
            line=line,
            household=household,
            papers=_papers(shown, case),
            waits=self._waits(case),
            voters=self._voters(case),
            typed=row,
            preview=preview,
            counted=counts,
            why_not=why_not,
            changes=_changes(view, history, case, row.filled.version),
        )
        reads.note(view, Access.DOTE_READ, dote.household_id, dote.id)
        return made

    def _view(self) -> View:
        return View(self.page.services, self.actor, self.page.language)

    def _action(self, case: Case) -> Action:
        """What the reader can do about it: what was assessed unfavourably is only rejected."""
        unfavourable = self.way is APPROVING and case.dote.favourable is False
        return Action.REJECT if unfavourable else self.way.action

    def _may(self, case: Case) -> bool:
        return refusal(case, self._action(case), self.actor) is None

    def _texts(self, shown: schemas.Dote, case: Case) -> dict[str, str]:
        language = self.page.language
        if self.way is APPROVING:
            return begun_vote(shown, case, language)
        most = min(shown.requested_cents, shown.ceiling_cents or shown.requested_cents)
        return {self.way.amount: typed.amount(most, language)}

    def _vote(self, row: Typed, case: Case) -> Vote:
        if self.way is APPROVING:
            return typed_vote(row.filled, case, self.page.language)
        values, _ = understood(row.filled, self.way.fields, self.page.language)
        return Vote(amount_cents=values.get(self.way.amount, case.amount_cents))

    def _why_not(self, case: Case, preview: ApprovalPreview) -> str | None:
        refused = refusal(case, self.way.action, self.actor)
        if self.way is APPROVING and refused is None:
            return preview.reason
        return None if refused is None else refusal_text(refused, self.page.language)

    def _moves(self, preview: ApprovalPreview) -> bool:
        """Whether money is reserved by it; an assessment is shown as if it were followed."""
        return preview.would_approve if self.way is APPROVING else preview.line.after is not None

    def _waits(self, case: Case) -> Waits | None:
        for turn in turns(case):
            if turn.why in self.way.whys:
                return Waits.of(turn.since, turn.due, case.now)
        return None

    def _voters(self, case: Case) -> tuple[str, ...]:
        ids: Sequence[UUID] = [vote.by.account_id for vote in case.dote.votes]
        names = self.page.services.accounts.names(ids)
        return tuple(names.get(each, "") for each in ids)


def _papers(shown: schemas.Dote, case: Case) -> list[tuple[str, str]]:
    """The kinds of papers that are there or missing, and how good each is."""
    today = day_here(case.now)
    there = [(paper.kind, expires(paper.valid_until, today)) for paper in shown.documents]
    return [*there, *((kind, "missing") for kind in shown.missing_papers)]


def _changes(view: View, history: list[Event], case: Case, version: int | None) -> list[Entry]:
    if version is None or version >= case.dote.version:
        return []
    return timeline(view, history, case.dote, version)
