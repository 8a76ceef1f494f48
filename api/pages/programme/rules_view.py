"""Versions and drafts of the rules as pages show them: in words, never as a document."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from api.languages import Language
from api.pages.dote_forms import KINDS
from api.pages.programme import draft_form as form
from api.pages.programme import places
from api.pages.programme.draft_form import Understood
from api.pages.programme.drafts import Draft, Texts
from api.pages.shell import Shell
from api.pages.told import STAGES
from domain.errors import NotFound
from domain.policy import Policy, Rules
from domain.policy_diff import differences
from domain.programme import Programme


@dataclass(frozen=True, slots=True)
class Version:
    """A version in the list. `by`: who adopted it."""

    policy: Policy
    at: Any
    by: str
    in_force: bool
    later: bool


@dataclass(frozen=True, slots=True)
class Difference:
    """A place where two documents differ, in words."""

    what: str
    before: str
    after: str


def versions(page: Shell, known: Programme) -> list[Version]:
    """All versions, the newest first."""
    services = page.services
    today = services.engine.today()
    names = services.accounts.names({adoption.by for adoption in known.adoptions.values()})
    in_force = known.in_force(today)
    return [
        Version(
            policy,
            known.adoptions[version].at,
            names.get(known.adoptions[version].by, "?"),
            policy == in_force,
            policy.effective_from > today,
        )
        for version, policy in sorted(known.policies.items(), reverse=True)
    ]


def version_of(known: Programme, version: int) -> Policy:
    """A version. Raises NotFound."""
    if version not in known.policies:
        raise NotFound
    return known.policies[version]


def words(rules: Rules, known: Programme, language: Language) -> dict[str, Any]:
    """A document in words: what the template of one version is given."""
    return {
        "rules": rules,
        "items": [*_items(rules, known, language)],
        "bands": [(band, places.band(band, language)) for band in rules.bands],
        "deadlines": [(STAGES[each.stage], each) for each in rules.deadlines],
        "caps": [
            (cap, known.categories[cap.category].name if cap.category else "") for cap in rules.caps
        ],
    }


def _items(rules: Rules, known: Programme, language: Language) -> Iterator[tuple[str, list[Any]]]:
    for category in known.categories.values():
        asked = [
            (name, rule, [places.paper(paper, language) for paper in rule.papers])
            for code, name in category.items.items()
            if (rule := rules.item(code)) is not None
        ]
        if asked:
            yield category.name, asked


def compared(before: Rules, after: Rules, known: Programme, language: Language) -> list[Difference]:
    """What two documents say differently, place by place; from when on they hold is told apart."""
    return [
        Difference(
            places.place(each.field, known, language),
            places.value(each.field, each.before, known, language),
            places.value(each.field, each.after, known, language),
        )
        for each in differences(before, after)
        if each.field != "effective_from"
    ]


@dataclass(frozen=True, slots=True)
class DraftPage:
    """A draft as it stands in its form: as kept, or as somebody sent it."""

    page: Shell
    known: Programme
    draft: Draft
    texts: Texts
    found: Understood

    @classmethod
    def of(cls, page: Shell, draft: Draft, texts: Texts | None = None) -> "DraftPage":
        """The draft with what is wrong with it now. `texts`: as just sent."""
        known = page.services.register.programme()
        typed = form.in_language(draft, page.language) if texts is None else texts
        today = page.services.engine.today()
        return cls(page, known, draft, typed, form.understood(typed, known, page.language, today))

    @property
    def base(self) -> Rules:
        """The version that it began as."""
        return version_of(self.known, self.draft.base).rules

    def values(self) -> dict[str, Any]:
        """What the template of the form is given."""
        language = self.page.language
        return {
            **self.head(),
            "texts": self.texts,
            "wrong": self.found.wrong,
            "faults": [
                (name, places.place(name, self.known, language), said)
                for name, said in self.found.wrong.items()
            ],
            "categories": self.known.categories,
            "papers": {
                item: form.papers(self.texts, item) + 1
                for category in self.known.categories.values()
                for item in category.items
            },
            "kinds": self._kinds(),
            "band_rows": form.rows(self.texts, "bands"),
            "cap_rows": form.rows(self.texts, "caps"),
            "stages": [(stage, STAGES[stage]) for stage in form.STAGES],
        }

    def head(self) -> dict[str, Any]:
        """What both pages of a draft are given."""
        names = self.page.services.accounts.names([self.draft.changed_by])
        return {
            "draft": self.draft,
            "title": self.texts.get("title", ""),
            "changed_by": names.get(self.draft.changed_by, "?"),
            "adoptable": self.found.adoptable,
            "newer": max(self.known.policies)
            if max(self.known.policies) > self.draft.base
            else None,
        }

    def differences(self) -> list[Difference]:
        """What it says differently from the version that it began as."""
        if self.found.rules is None:
            return []
        return compared(self.base, self.found.rules, self.known, self.page.language)

    def _kinds(self) -> list[str]:
        others = {text for name, text in self.texts.items() if name.endswith(".kind") and text}
        return [*KINDS, *sorted(others.difference(KINDS))]


def begun(policy: Policy) -> Rules:
    """What a draft begins as; when it will hold is said when it is adopted."""
    return policy.rules.model_copy(update={"effective_from": None})
