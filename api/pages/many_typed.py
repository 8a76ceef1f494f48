"""What was sent from a page where several doti are decided: rows as they were filled in."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from uuid import UUID

from starlette.datastructures import FormData

from api.languages import Language, translate
from api.pages.forms import KEY, NEEDED, VERSION, Filled, command, read, understood
from api.pages.many_forms import REASON, Button, Way
from api.pages.say import N_
from workflows.bulk import MOST, ApproveOne, AssessOne, RejectOne

ROWS, CHOSEN = "row", "chosen"
NONE_CHOSEN = N_("Tick at least one dote.")


@dataclass(frozen=True, slots=True)
class Typed:
    """A row. `filled`: its fields, with the version of the dote that was looked at."""

    dote_id: UUID
    chosen: bool
    filled: Filled


@dataclass(frozen=True, slots=True)
class Sheet:
    """All rows in the order in which they stood, and what is said of all of them."""

    rows: tuple[Typed, ...]
    common: Filled

    @property
    def chosen(self) -> tuple[Typed, ...]:
        """The rows that are ticked."""
        return tuple(row for row in self.rows if row.chosen)

    @property
    def is_wrong(self) -> bool:
        """Whether something cannot be read or is missing."""
        return bool(self.common.wrong) or any(row.filled.wrong for row in self.rows)


def sheet(sent: FormData, way: Way) -> Sheet:
    """What was sent. Ids that are none are not ours, and nobody reads them."""
    chosen = set(sent.getlist(CHOSEN))
    rows = [
        Typed(dote_id, text in chosen, read(_of_row(sent, way, text), way.fields))
        for text, dote_id in _ids(sent)
    ]
    return Sheet(tuple(rows), read(sent, (way.reason,)))


def checked(
    typed: Sheet, way: Way, button: Button, language: Language
) -> tuple[Sheet, list[AssessOne | ApproveOne | RejectOne]]:
    """The commands for what is ticked; none, and the sheet with what is wrong, where that is so."""
    common = typed.common
    if not typed.chosen:
        common = common.but(whole=translate(language, NONE_CHOSEN))
    if button.needs_reason and not common.texts.get(REASON, "").strip():
        common = common.but(**{REASON: translate(language, NEEDED)})
    said, common = understood(common, (way.reason,), language)
    rows, items = [], []
    for row in typed.rows:
        item = None
        if row.chosen:
            item, row = _one(row, way, button, said.get(REASON), language)
        rows.append(row)
        items += [] if item is None else [item]
    done = Sheet(tuple(rows), common)
    return done, [] if done.is_wrong else items


def _one(
    row: Typed, way: Way, button: Button, said: str | None, language: Language
) -> tuple[AssessOne | ApproveOne | RejectOne | None, Typed]:
    fields = way.fields if button.reads else ()
    values, filled = understood(row.filled, fields, language)
    values = way.shape(values) | dict(button.fixed or {})
    values |= {"dote_id": row.dote_id, "version": filled.version}
    if said is not None:
        values[button.into] = said
    item, filled = command(button.one, values, filled, way.fields, language)
    return item, replace(row, filled=filled)


def _ids(sent: FormData) -> Iterator[tuple[str, UUID]]:
    for text in list(dict.fromkeys(map(str, sent.getlist(ROWS))))[:MOST]:
        try:
            yield text, UUID(text)
        except ValueError:
            continue


def _of_row(sent: FormData, way: Way, text: str) -> FormData:
    """The fields of one row, under their own names."""
    names = [*(each.name for each in way.fields), VERSION, KEY]
    return FormData([(name, sent[f"{name}.{text}"]) for name in names if f"{name}.{text}" in sent])
