"""A draft of rules as a form: fields by the place in the document where their value stands."""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from pydantic import ValidationError

from api.languages import Language, refusal_text, translate
from api.pages import typed
from api.pages.forms import NEEDED
from api.pages.programme.drafts import Draft, Texts
from api.pages.say import N_
from api.validation import problems
from domain.lifecycle import Stage
from domain.policy import Rules
from domain.policy_check import faults
from domain.programme import Programme

STAGES = tuple(stage for stage in Stage if stage is not Stage.RATIFICATION)
"""The stages that have a deadline of their own."""

NOTHING_ASKED = N_("Choose at least one item, or say that everything can be asked for.")
ONLY_LAST_OPEN = N_("Only the last band has no end.")
_YES = "yes"
_MOST_ROWS = 100
_ROW = re.compile(r"(bands|caps)\.(\d{1,3})\.(\w+)")


@dataclass(frozen=True, slots=True)
class Understood:
    """What was typed, as rules (None: it cannot be), and what is wrong with it by field."""

    rules: Rules | None
    wrong: Mapping[str, str]

    @property
    def adoptable(self) -> bool:
        """Whether nothing is against it."""
        return self.rules is not None and not self.wrong


def written(rules: Rules, language: Language) -> dict[str, str]:
    """Rules as the form shows them."""
    return {name: text for name, text in _written(rules, language) if text}


def _written(rules: Rules, language: Language) -> Iterator[tuple[str, str]]:
    def cents(amount_cents: int | None) -> str:
        return "" if not amount_cents else typed.amount(amount_cents, language)

    yield "title", rules.title or ""
    yield "effective_from", f"{rules.effective_from:%d/%m/%Y}" if rules.effective_from else ""
    yield "all", "" if rules.items else _YES
    for item in rules.items:
        yield f"items.{item.item}.asked", _YES
        yield f"items.{item.item}.ceiling_cents", cents(item.ceiling_cents)
        for n, paper in enumerate(item.papers):
            yield f"items.{item.item}.papers.{n}.kind", paper.kind
            yield f"items.{item.item}.papers.{n}.over_cents", cents(paper.over_cents)
    for n, band in enumerate(rules.bands):
        yield f"bands.{n}.to_cents", cents(band.to_cents)
        yield f"bands.{n}.household_to_cents", cents(band.household_to_cents)
        yield f"bands.{n}.approvers", str(band.approvers)
        for name in ("different_partners", "coordinator", "in_order"):
            yield f"bands.{n}.{name}", _YES if getattr(band, name) else ""
    for n, cap in enumerate(rules.caps):
        yield f"caps.{n}.category", cap.category or ""
        yield f"caps.{n}.days", str(cap.days)
        yield f"caps.{n}.cents", cents(cap.cents)
    for rule in rules.deadlines:
        for name in ("days", "urgent_days", "escalate_days"):
            days = getattr(rule, name)
            yield f"deadlines.{rule.stage}.{name}", "" if days is None else str(days)
    yield "remind_days", str(rules.remind_days)
    yield "appeal_days", str(rules.appeal_days)
    if rules.urgent is not None:
        yield "urgent.on", _YES
        yield "urgent.to_cents", cents(rules.urgent.to_cents)
        yield "urgent.ratify_days", str(rules.urgent.ratify_days)
        yield "urgent.requester_may_assess", _YES if rules.urgent.requester_may_assess else ""


def in_language(draft: Draft, language: Language) -> dict[str, str]:
    """What was typed, with the amounts as this language writes them, where they can be read."""
    texts = dict(draft.texts)
    if draft.language == language:
        return texts
    for name, text in texts.items():
        if name.endswith("cents"):
            try:
                texts[name] = typed.amount(typed.cents(text, draft.language), language)
            except typed.Mistyped:
                continue
    return texts


def rows(texts: Texts, part: str) -> int:
    """How many bands or caps there are."""
    numbers = [int(m[2]) for m in map(_ROW.fullmatch, texts) if m is not None and m[1] == part]
    return min(max(numbers, default=-1) + 1, _MOST_ROWS)


def papers(texts: Texts, item: str) -> int:
    """How many papers an item has, without the empty ones at the end."""
    start = f"items.{item}.papers."
    numbers = [name.removeprefix(start).split(".")[0] for name in texts if name.startswith(start)]
    return max((int(n) for n in numbers if n.isdecimal()), default=-1) + 1


def with_row(texts: Texts, part: str) -> dict[str, str]:
    """One more band, before the last one, which has no end; or one more cap."""
    count = rows(texts, part)
    if count >= _MOST_ROWS:
        return dict(texts)
    if part == "caps":
        return {**texts, f"caps.{count}.days": "365"}
    place = max(count - 1, 0)
    moved = dict(_moved(texts, part, lambda n: n + 1 if n >= place else n))
    return {**moved, f"bands.{place}.approvers": texts.get(f"bands.{place}.approvers", "1")}


def without_row(texts: Texts, part: str, row: int) -> dict[str, str]:
    """One band or cap less."""
    kept = {name: text for name, text in texts.items() if not name.startswith(f"{part}.{row}.")}
    return dict(_moved(kept, part, lambda n: n - 1 if n > row else n))


def _moved(texts: Texts, part: str, to: Callable[[int], int]) -> Iterator[tuple[str, str]]:
    for name, text in texts.items():
        found = _ROW.fullmatch(name)
        if found is not None and found[1] == part:
            yield f"{part}.{to(int(found[2]))}.{found[3]}", text
        else:
            yield name, text


@dataclass(slots=True)
class _Reading:
    """Reads fields one after the other. `places`: the parts of lists in the document, by the
    beginning of the names of their fields."""

    texts: Texts
    language: Language
    wrong: dict[str, str] = field(default_factory=dict)
    places: dict[str, str] = field(default_factory=dict)

    def text(self, name: str) -> str | None:
        return self.texts.get(name, "").strip() or None

    def flag(self, name: str) -> bool:
        return self.texts.get(name) == _YES

    def cents(self, name: str) -> int | None:
        return self._read(name, lambda text: typed.cents(text, self.language))

    def number(self, name: str) -> int | None:
        return self._read(name, typed.number)

    def needed(self, name: str, value: object) -> None:
        if value is None and name not in self.wrong:
            self.wrong[name] = translate(self.language, NEEDED)

    def _read(self, name: str, how: Callable[[str], int]) -> int | None:
        text = self.text(name)
        if text is None:
            return None
        try:
            return how(text)
        except typed.Mistyped as mistake:
            example = typed.EXAMPLES[self.language]
            said = translate(self.language, mistake.sentence)
            self.wrong[name] = said.format(example=example)
            return None


def understood(texts: Texts, known: Programme, language: Language, today: date) -> Understood:
    """The rules that the texts make, and everything that is wrong with them. From when on they hold
    is said when they are adopted."""
    reading = _Reading(texts, language)
    document = _document(reading, known)
    if reading.wrong:
        return Understood(None, reading.wrong)
    try:
        rules = Rules.model_validate(document)
    except ValidationError as error:
        found = problems(error.errors(include_url=False), language)
        for one in found:
            where = _joined(one["loc"])
            reading.wrong.setdefault(_field(where, reading.places), str(one["msg"]))
        return Understood(None, reading.wrong)
    for fault in faults(rules, known, today):
        name = _field(str(fault.facts.get("field", "")), reading.places)
        reading.wrong.setdefault(name, refusal_text(fault, language))
    return Understood(rules, reading.wrong)


def _document(reading: _Reading, known: Programme) -> dict[str, Any]:
    return {
        "title": reading.text("title"),
        "items": [] if reading.flag("all") else [*_items(reading, known)],
        "bands": [*_bands(reading)],
        "caps": [*_caps(reading)],
        "deadlines": [*_deadlines(reading)],
        "urgent": _urgent(reading),
        **{name: days for name in ("remind_days", "appeal_days") if (days := _days(reading, name))},
    }


def _days(reading: _Reading, name: str) -> int | None:
    days = reading.number(name)
    reading.needed(name, days)
    return days


def _items(reading: _Reading, known: Programme) -> Iterator[dict[str, Any]]:
    nth = 0
    for category in known.categories.values():
        for code in category.items:
            if reading.flag(f"items.{code}.asked"):
                reading.places[f"items.{nth}"] = f"items.{code}"
                yield {
                    "item": code,
                    "ceiling_cents": reading.cents(f"items.{code}.ceiling_cents"),
                    "papers": [*_papers(reading, code, nth)],
                }
                nth += 1
    if not nth:
        reading.wrong["all"] = translate(reading.language, NOTHING_ASKED)


def _papers(reading: _Reading, code: str, nth: int) -> Iterator[dict[str, Any]]:
    found = 0
    for n in range(papers(reading.texts, code)):
        name = f"items.{code}.papers.{n}"
        kind, over = reading.text(f"{name}.kind"), reading.cents(f"{name}.over_cents")
        if kind is not None:
            reading.places[f"items.{nth}.papers.{found}"] = name
            found += 1
            yield {"kind": kind, "over_cents": over or 0}
        elif over is not None:
            reading.needed(f"{name}.kind", None)


def _bands(reading: _Reading) -> Iterator[dict[str, Any]]:
    """Each band begins where the one before ends."""
    over, last = 0, rows(reading.texts, "bands") - 1
    for n in range(last + 1):
        to = reading.cents(f"bands.{n}.to_cents")
        if to is None and n < last:
            reading.wrong.setdefault(
                f"bands.{n}.to_cents", translate(reading.language, ONLY_LAST_OPEN)
            )
        yield {
            "over_cents": over,
            "to_cents": to,
            "household_to_cents": reading.cents(f"bands.{n}.household_to_cents"),
            "approvers": reading.number(f"bands.{n}.approvers") or 0,
            **{
                name: reading.flag(f"bands.{n}.{name}")
                for name in ("different_partners", "coordinator", "in_order")
            },
        }
        over = to or over


def _caps(reading: _Reading) -> Iterator[dict[str, Any]]:
    for n in range(rows(reading.texts, "caps")):
        cents, days = reading.cents(f"caps.{n}.cents"), reading.number(f"caps.{n}.days")
        reading.needed(f"caps.{n}.cents", cents)
        reading.needed(f"caps.{n}.days", days)
        yield {"category": reading.text(f"caps.{n}.category"), "days": days, "cents": cents}


def _deadlines(reading: _Reading) -> Iterator[dict[str, Any]]:
    nth = 0
    for stage in STAGES:
        name = f"deadlines.{stage}"
        days, urgent = reading.number(f"{name}.days"), reading.number(f"{name}.urgent_days")
        escalate = reading.number(f"{name}.escalate_days")
        if days is not None:
            reading.places[f"deadlines.{nth}"] = name
            nth += 1
            later = {} if escalate is None else {"escalate_days": escalate}
            yield {"stage": stage, "days": days, "urgent_days": urgent, **later}
        elif urgent is not None:
            reading.needed(f"{name}.days", None)


def _urgent(reading: _Reading) -> dict[str, Any] | None:
    if not reading.flag("urgent.on"):
        return None
    to, days = reading.cents("urgent.to_cents"), reading.number("urgent.ratify_days")
    reading.needed("urgent.to_cents", to)
    reading.needed("urgent.ratify_days", days)
    may = reading.flag("urgent.requester_may_assess")
    return {"to_cents": to, "ratify_days": days, "requester_may_assess": may}


def _field(where: str, places: Mapping[str, str]) -> str:
    """The field of a place in the document; '' where there is none."""
    parts = where.split(".")
    for length in (4, 2):
        begin = ".".join(parts[:length])
        if begin in places:
            where = ".".join([places[begin], *parts[length:]])
            break
    renamed = {"item": "asked", "stage": "days"}
    above, dot, last = where.rpartition(".")
    return f"{above}{dot}{renamed.get(last, last)}" if dot else where


def pasted(
    text: str, known: Programme, language: Language, today: date
) -> tuple[Rules | None, list[str]]:
    """A document that was pasted; and its faults, each with its place, if it has any."""
    try:
        rules = Rules.model_validate_json(text)
    except ValidationError as error:
        found = problems(error.errors(include_url=False), language)
        return None, [_told(one["loc"], str(one["msg"])) for one in found]
    wrong = [
        _told(str(fault.facts.get("field", "")).split("."), refusal_text(fault, language))
        for fault in faults(rules, known, today)
    ]
    return (None if wrong else rules), wrong


def _joined(where: Any) -> str:  # noqa: ANN401  parts of any kind
    return ".".join(map(str, where))


def _told(where: Any, said: str) -> str:  # noqa: ANN401  parts of any kind
    place = _joined(where)
    return f"{place}: {said}" if place else said


def as_document(rules: Rules) -> str:
    """The rules as a document to be copied."""
    return json.dumps(rules.model_dump(mode="json"), indent=2, ensure_ascii=False)
