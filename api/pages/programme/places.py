"""What each place in a document of rules is called, and how what stands there is said.

Fields of the form, faults and differences between two versions name the same places: such as
`items.AFFITTO.ceiling_cents` or `bands.0.to_cents`.
"""

from collections.abc import Mapping

from api import languages
from api.languages import Language, translate, word
from api.pages.say import N_
from api.pages.templating import number_of, sentence
from api.pages.told import STAGES
from domain.lifecycle import Stage
from domain.policy import Band, PaperRule
from domain.programme import Programme

NOTHING = "–"
YES, NO = N_("yes"), N_("no")
A_PAPER = N_("the paper")
ALL_CATEGORIES = N_("all categories together")

_WHOLE: Mapping[str, str] = {
    "title": N_("Title"),
    "effective_from": N_("In force from"),
    "all": N_("What can be asked for"),
    "items": N_("What can be asked for"),
    "bands": N_("Who decides"),
    "separation_of_duties": N_("Separation of duties"),
    "remind_days": N_("A reminder every so many days"),
    "appeal_days": N_("Days to lodge an appeal"),
    "urgent": N_("The urgent path"),
    "urgent.on": N_("The urgent path"),
    "urgent.to_cents": N_("The urgent path, up to"),
    "urgent.ratify_days": N_("The urgent path, days to ratify"),
    "urgent.requester_may_assess": N_("The urgent path, who requested may assess"),
}
_OF_ITEM: Mapping[str, str] = {
    "asked": N_("{item}: can be asked for"),
    "item": N_("{item}: can be asked for"),
    "ceiling_cents": N_("{item}: ceiling"),
}
_OF_PAPER: Mapping[str, str] = {
    "kind": N_("{item}: paper needed"),
    "over_cents": N_("{item}: {paper} is needed above"),
}
_OF_BAND: Mapping[str, str] = {
    "over_cents": N_("Band {n}: above"),
    "to_cents": N_("Band {n}: up to"),
    "household_to_cents": N_("Band {n}: while the household was granted at the most"),
    "approvers": N_("Band {n}: approvers"),
    "different_partners": N_("Band {n}: of different partners"),
    "coordinator": N_("Band {n}: the coordinator too"),
    "in_order": N_("Band {n}: the coordinator last"),
}
_OF_CAP: Mapping[str, str] = {
    "category": N_("Limit of a household, {cap}: category"),
    "days": N_("Limit of a household, {cap}: days"),
    "cents": N_("Limit of a household, {cap}"),
}
_OF_STAGE: Mapping[str, str] = {
    "stage": N_("Deadline of {stage}"),
    "days": N_("Deadline of {stage}: days"),
    "urgent_days": N_("Deadline of {stage}: days if it is urgent"),
    "escalate_days": N_("Deadline of {stage}: days until the coordinator is told"),
}


def item_names(known: Programme) -> dict[str, str]:
    """The names of all items by their codes."""
    categories = known.categories.values()
    return {code: name for category in categories for code, name in category.items.items()}


def place(field: str, known: Programme, language: Language) -> str:
    """What a place is called."""
    first, *rest = field.split(".")
    match first, rest:
        case "items", [code, *_] if rest[1:]:
            return _item_place(item_names(known).get(code, code), rest[1:], language)
        case "bands", [n, what]:
            return sentence(language, _OF_BAND[what], n=int(n) + 1)
        case "caps", [which, what]:
            return sentence(language, _OF_CAP[what], cap=_cap(which, known, language))
        case "deadlines", [stage, what]:
            named = translate(language, STAGES[Stage(stage)])
            return sentence(language, _OF_STAGE[what], stage=named)
    return translate(language, _WHOLE.get(field, field))


def _item_place(item: str, rest: list[str], language: Language) -> str:
    match rest:
        case ["papers", kind, what]:
            named = (
                translate(language, A_PAPER) if kind.isdecimal() else word(language, kind, "paper")
            )
            return sentence(language, _OF_PAPER[what], item=item, paper=named)
        case _:
            return sentence(language, _OF_ITEM[rest[0]], item=item)


def _cap(which: str, known: Programme, language: Language) -> str:
    """A cap by its number in the form, or as differences name it: category/days."""
    category, slash, days = which.partition("/")
    if not slash:
        return str(int(which) + 1)
    whose = known.categories.get(category)
    name = whose.name if whose else translate(language, ALL_CATEGORIES)
    return f"{name}, {number_of(language, '{n} day', '{n} days', int(days))}"


def value(field: str, said: object, known: Programme, language: Language) -> str:
    """What stands at a place."""
    last = field.rpartition(".")[2]
    if said is None:
        return NOTHING
    if isinstance(said, bool):
        return translate(language, YES if said else NO)
    if isinstance(said, int):
        return languages.money(language, said) if last.endswith("cents") else str(said)
    match last:
        case "item" | "stage":
            return translate(language, YES)
        case "kind":
            return word(language, str(said), "paper")
        case "category":
            whose = known.categories.get(str(said))
            return whose.name if whose else str(said)
        case "effective_from":
            year, month, day = str(said).split("-")
            return f"{day}/{month}/{year}"
    return str(said)


def paper(rule: PaperRule, language: Language) -> str:
    """A paper that is needed, with from when on."""
    kind = word(language, rule.kind, "paper")
    if not rule.over_cents:
        return kind
    over = languages.money(language, rule.over_cents)
    return sentence(language, N_("{paper} above {amount}"), paper=kind, amount=over)


def band(rule: Band, language: Language) -> list[str]:
    """Who decides in a band: sentences."""
    said = [_votes(rule, language)]
    if rule.different_partners:
        said.append(N_("They are of different partners."))
    if rule.coordinator:
        said.append(
            N_("The coordinator votes last.") if rule.in_order else N_("The coordinator votes too.")
        )
    told = [said[0], *(translate(language, each) for each in said[1:])]
    if rule.household_to_cents is not None:
        most = languages.money(language, rule.household_to_cents)
        only = N_("Only while the household was granted {amount} at the most within twelve months.")
        told.append(sentence(language, only, amount=most))
    return told


def _votes(rule: Band, language: Language) -> str:
    one = N_("One approver decides.")
    many = N_("{n} approvers decide together.")
    if rule.approvers == 1:
        return translate(language, one)
    return sentence(language, many, n=rule.approvers)
