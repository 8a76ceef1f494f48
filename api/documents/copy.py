"""The copy of one's data as a letter that people read."""

from collections.abc import Sequence

from api.documents.letter import Letter, Section, Sheet
from api.documents.words import LABELS
from api.languages import Language, day, money, translate, word
from api.v1.copy_schemas import CopiedDote, Copy, Happened
from api.v1.household_answers import Member
from domain.days import day_here
from domain.household import IdType


class CopyLetter:
    """Puts a copy into words of a language."""

    def __init__(self, copy: Copy, language: Language) -> None:
        self._copy = copy
        self._language = language

    def letter(self) -> Letter:
        """The whole letter."""
        copy = self._copy
        made = day_here(copy.made_at)
        return Letter(
            lang=self._language,
            date=made,
            title=self._label("title"),
            subtitle=self._label("subtitle", number=copy.number, partner=copy.partner_name),
            made=self._label("made", day=day(self._language, made)),
            page=self._label("page"),
            unprintable=self._label("unprintable"),
            lead=[self._label("lead", programme=copy.programme)],
            sections=[
                self._persons(),
                self._household(),
                *map(self._dote, copy.doti),
                self._looked(),
                *(
                    Section(self._label(name), points=getattr(copy, name))
                    for name in ("purposes", "retention", "rights")
                ),
            ],
        )

    def _label(self, name: str, **places: str) -> str:
        return translate(self._language, LABELS[name]).format(**places)

    def _persons(self) -> Section:
        persons = self._copy.persons
        heading = self._label("persons")
        if persons is None:
            return Section(heading, [self._label("erased")])
        return Section(heading, sections=[self._person(person) for person in persons])

    def _person(self, person: Member) -> Section:
        facts = [
            ("born", None if person.born is None else day(self._language, person.born)),
            ("identifier", self._identifier(person)),
            ("phone", person.phone),
        ]
        name = f"{person.given_name} {person.family_name}"
        if person.left_on is not None:
            name += f" ({self._label('left_on', day=day(self._language, person.left_on))})"
        return Section(name, facts=self._facts(facts))

    def _identifier(self, person: Member) -> str | None:
        if not person.id_value:
            return None
        known = person.id_type not in (None, IdType.NONE)
        kind = f"{word(self._language, str(person.id_type), 'id_type')} " if known else ""
        until = person.id_valid_until
        ends = "" if until is None else day(self._language, until)
        valid = f" ({self._label('valid_until', day=ends)})" if ends else ""
        return f"{kind}{person.id_value}{valid}"

    def _facts(self, facts: Sequence[tuple[str, str | None]]) -> list[tuple[str, str]]:
        return [(self._label(name), value) for name, value in facts if value]

    def _household(self) -> Section:
        copy = self._copy
        erased = self._label("erased")
        hardships = erased if copy.hardships is None else ", ".join(copy.hardships)
        address = erased if copy.persons is None else copy.address
        return Section(
            self._label("household"),
            facts=self._facts(
                [("address", address), ("district", copy.district), ("hardships", hardships)]
            ),
            sections=[Section(self._label("story"), sheet=self._story(copy.story))],
        )

    def _dote(self, dote: CopiedDote) -> Section:
        amounts = [
            (name, money(self._language, cents) if cents else None)
            for name, cents in (
                ("requested", dote.requested_cents),
                ("approved", dote.approved_cents),
                ("disbursed", dote.disbursed_cents),
            )
        ]
        state = word(self._language, dote.state, "state")
        facts = [("state", state), *amounts, ("payee", self._payee(dote))]
        sections = [Section(self._label("happened"), sheet=self._story(dote.story))]
        if dote.payments:
            sections.append(Section(self._label("payments"), sheet=self._payments(dote)))
        if dote.papers:
            sections.append(Section(self._label("papers"), sheet=self._papers(dote)))
        heading = self._label("dote", number=dote.number, item=dote.item_name)
        return Section(heading, facts=self._facts(facts), sections=sections)

    def _payee(self, dote: CopiedDote) -> str | None:
        if dote.payee is None:
            return None
        return dote.payee.name or (self._label("the_household") if dote.payee.household else None)

    def _story(self, story: Sequence[Happened]) -> Sheet:
        rows = [
            [
                day(self._language, day_here(one.at)),
                "\n".join([one.sentence, *one.texts]),
                "" if one.amount_cents is None else money(self._language, one.amount_cents),
                word(self._language, one.role, "role"),
            ]
            for one in story
        ]
        head = [self._label(name) for name in ("day", "what", "amount", "role")]
        return Sheet((4, 15, 5, 5), head, rows)

    def _payments(self, dote: CopiedDote) -> Sheet:
        rows = [
            [
                day(self._language, tranche.value_date),
                money(self._language, tranche.amount_cents),
                word(self._language, tranche.method, "method"),
                word(self._language, tranche.state, "state"),
            ]
            for tranche in dote.payments
        ]
        return Sheet(
            (4, 5, 8, 6), [self._label(name) for name in ("day", "amount", "method", "state")], rows
        )

    def _papers(self, dote: CopiedDote) -> Sheet:
        rows = [
            [
                day(self._language, day_here(paper.at)),
                word(self._language, paper.kind, "paper"),
                paper.file_name or self._label("erased"),
            ]
            for paper in dote.papers
        ]
        return Sheet((4, 7, 12), [self._label(name) for name in ("day", "kind", "file")], rows)

    def _looked(self) -> Section:
        rows = [
            [
                day(self._language, line.day),
                "" if line.role is None else word(self._language, line.role, "role"),
                line.sentence,
                str(line.times),
            ]
            for line in self._copy.looked
        ]
        heading = self._label("looked")
        if not rows:
            return Section(heading, [self._label("nothing")])
        head = [self._label(name) for name in ("day", "role", "what", "times")]
        return Section(
            heading, [self._label("looked_lead")], sheet=Sheet((4, 5, 13, 3), head, rows)
        )
