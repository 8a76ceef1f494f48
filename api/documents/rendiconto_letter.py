"""A rendiconto on paper: PDF/A with the programme's letterhead."""

from api.documents.letter import Letter, Section, Sheet
from api.documents.rendiconto import AMOUNTS_OF_A_LINE, Words, parts
from api.documents.rendiconto_sheets import facts
from api.documents.words import LABELS
from api.languages import day, money, translate, word
from domain.days import day_here
from domain.funding_rules import ColumnName
from domain.rendiconto_content import Row

_COLUMNS: tuple[ColumnName, ...] = (
    "receipt_no",
    "dote",
    "partner",
    "receipt_number",
    "documented",
    "admitted",
    "log_index",
)


def letter(words: Words, letterhead: tuple[str, ...]) -> Letter:
    """The whole of it. `letterhead`: the programme's name, and what stands below."""
    content, language = words.content, words.language
    frozen_on = day_here(words.frozen.at)
    first, last = day(language, content.first_day), day(language, content.last_day)
    return Letter(
        lang=language,
        date=frozen_on,
        title=words.label("title"),
        subtitle=words.label("subtitle", number=content.number, first=first, last=last),
        made=f"{words.label('frozen')} {day(language, frozen_on)}",
        page=translate(language, LABELS["page"]),
        unprintable=translate(language, LABELS["unprintable"]),
        lead=[],
        sections=[
            Section(words.label("summary"), facts=facts(words)),
            _lines(words),
            _expenses(words),
            _movements(words),
            _tie(words),
            Section(
                words.label("signature", programme=content.programme),
                paragraphs=[words.label("households"), " ", "______________________________"],
            ),
        ],
        letterhead=letterhead,
    )


def _money(words: Words, cents: int) -> str:
    return money(words.language, cents)


def _lines(words: Words) -> Section:
    labels = ("line", "paid", "returned", "documented", "admitted", "not_admitted")
    rows = [
        [
            words.line(line),
            *(
                _money(words, cents)
                for cents in (
                    line.here.paid_cents + line.returned_cents,
                    line.returned_cents,
                    line.here.documented_cents,
                    line.admitted_cents,
                    line.not_admitted_cents,
                )
            ),
        ]
        for line in words.content.lines
    ]
    sums = [
        sum(line.here.paid_cents + line.returned_cents for line in words.content.lines),
        sum(line.returned_cents for line in words.content.lines),
        sum(line.here.documented_cents for line in words.content.lines),
        sum(line.admitted_cents for line in words.content.lines),
        sum(line.not_admitted_cents for line in words.content.lines),
    ]
    rows.append([words.label("total"), *(_money(words, cents) for cents in sums)])
    head = [words.label(label) for label in labels]
    return Section(words.label("by_line"), sheet=Sheet((8, 4, 4, 4, 4, 4), head, rows))


def _expenses(words: Words) -> Section:
    rows = [
        [
            str(row.receipt_no),
            f"{row.dote}\n{row.household}",
            f"{words.named('partner', row.partner)}\n{words.named('item', row.item)}",
            _paper(words, row),
            _money(words, row.documented_cents),
            "\n".join([_money(words, row.admitted_cents), *words.reasons(row)]),
            str(row.log_index),
        ]
        for row in words.content.expenses
    ]
    head = [words.called(name) for name in _COLUMNS]
    return Section(words.label("expenses"), sheet=Sheet((2, 6, 8, 7, 4, 5, 4), head, rows))


def _paper(words: Words, row: Row) -> str:
    receipt = row.receipt
    if receipt is None:
        return ""
    kind = word(words.language, receipt.kind, "receipt")
    return f"{kind} {receipt.number}\n{day(words.language, receipt.date)}"


def _movements(words: Words) -> Section:
    rows = [
        [
            str(row.log_index),
            day(words.language, row.day),
            f"{words.kind(row)}\n{row.dote}",
            _money(words, row.paid_cents + row.documented_cents + row.disallowed_cents)
            if row.paid_cents == 0
            else _money(words, row.paid_cents),
            "" if row.refers_to is None else f"{row.refers_to} {row.refers_to_account or ''}",
        ]
        for row in words.content.rows
    ]
    head = [words.usual("log_index")]
    head += [words.label(name) for name in ("day", "kind", "what", "refers_to")]
    return Section(words.label("movements"), sheet=Sheet((3, 4, 9, 5, 6), head, rows))


def _tie(words: Words) -> Section:
    rows = [
        [
            words.line(line),
            words.label(name.removesuffix("_cents")),
            *(_money(words, getattr(part, name)) for part in parts(line)),
            _money(words, getattr(line.ledger, name)),
        ]
        for line in words.content.lines
        for name in AMOUNTS_OF_A_LINE
    ]
    labels = ("line", "what", "here", "told_before", "outside", "ledger")
    head = [words.label(label) for label in labels]
    return Section(words.label("tie"), sheet=Sheet((8, 4, 4, 4, 4, 4), head, rows))
