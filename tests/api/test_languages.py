"""Italian first, English second; and nothing that people read without a translation."""

import json
import string
from collections.abc import Iterator
from typing import Any

import pytest
from pydantic import BaseModel, TypeAdapter, ValidationError

from api import payment_export, validation
from api.documents import words
from api.languages import catalogue, negotiate, plurals, refusal_text, word
from api.pages.verification_view import known as known_findings
from api.problems import STATUS, TITLES, problem_for
from api.v1 import bank_words, bodies, double_help, known_persons, receipts, turns
from api.v1.household_view import WARNINGS
from api.v1.views import UNREADABLE
from api.v1.worklist import VOTES
from domain import policy
from domain.actors import Role
from domain.errors import (
    DomainError,
    Duplicate,
    Forbidden,
    NotFound,
    SegregationOfDuties,
    StaleVersion,
    WrongState,
)
from domain.lifecycle import Action, Duty, State
from tests.api.world import World
from tests.pages import sentences
from workflows import bulk, closing_commands, commands
from workflows.eventstore.access_log import Access
from workflows.households import CORRECT, MERGE


@pytest.mark.parametrize(
    ("header", "language"),
    [
        (None, "it"),
        ("", "it"),
        ("en", "en"),
        ("en-GB,it;q=0.5", "en"),
        ("it;q=0.2, en;q=0.8", "en"),
        ("de, fr;q=0.9", "it"),
        ("de, en;q=0.1", "en"),
        ("*", "it"),
        ("en;q=0", "it"),
        ("it;q=0.5,*;q=0.9,en;q=0.7", "it"),
        ("en;q=x, it", "it"),
        ("en;q=2", "it"),
        ("en;q=nan", "it"),
        (";;;,,,=", "it"),
        ("IT-it", "it"),
        ("en" + "," * 10_000, "en"),
    ],
)
def test_which_language(header: str | None, language: str) -> None:
    assert negotiate(header) == language


def test_languages_of_a_refusal(world: World) -> None:
    italian = world.get("/nothing", headers={"Accept-Language": "it-IT"})
    assert italian.json()["title"] == "Non trovato"
    assert italian.headers["Content-Language"] == "it"
    assert "Accept-Language" in italian.headers["Vary"]
    english = world.get("/nothing", headers={"Accept-Language": "en"})
    assert english.json()["title"] == "Not found"
    default = world.client.get("/api/v1/doti")
    assert default.json()["title"] == "Accesso non riconosciuto"
    wrong = world.post("/doti", {"amount_cents": 0}, headers={"Accept-Language": "it"})
    said = {error["loc"][1]: error["msg"] for error in wrong.json()["errors"]}
    assert said["amount_cents"] == "Deve essere maggiore di 0."
    assert said["need"] == "È necessario e manca."


def refusals(kind: type[DomainError] = DomainError) -> Iterator[type[DomainError]]:
    for known in kind.__subclasses__():
        if known.__module__.split(".")[0] in ("api", "domain", "workflows", "projections"):
            if not known.__name__.startswith("_"):
                yield known
            yield from refusals(known)


def people_read() -> Iterator[str]:
    """Every English sentence of the program that the catalogue has to know."""
    yield from (
        kind.sentence() for kind in refusals() if not kind.__module__.startswith("api.demo")
    )
    yield from TITLES.values()
    yield from validation.MESSAGES.values()
    yield validation.OTHER
    yield from WARNINGS.values()
    yield from known_persons.SENTENCES.values()
    yield known_persons.ELSEWHERE
    yield VOTES
    yield from payment_export.WORDS
    yield UNREADABLE
    yield from turns.SENTENCES.values()
    yield from double_help.SENTENCES.values()
    yield from bank_words.SPEAKS_FOR.values()
    yield from bank_words.LEAVES_DOUBT.values()
    yield bank_words.CAME_BACK
    yield from double_help.DESKS.values()
    yield from receipts.SENTENCES.values()
    yield double_help.SOMETHING
    yield from words.sentences()
    yield from (kind.sentence() for kind in known_findings().values())
    yield from sentences.singular()


def test_every_sentence_is_translated_with_its_places() -> None:
    italian = catalogue()
    missing = {sentence for sentence in people_read() if ("", sentence) not in italian}
    assert not missing
    for (_, sentence), translated in italian.items():
        assert _names(translated) <= _names(sentence), sentence
    unused = {key for (context, key) in italian if not context} - set(people_read())
    assert not unused


def _names(template: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(template) if name}


def test_every_sentence_that_counts_is_translated_with_its_places() -> None:
    italian = plurals()
    assert italian.keys() == {one for one, _ in sentences.plural()}
    for one, many in sentences.plural():
        for english, translated in zip((one, many), italian[one], strict=True):
            assert translated
            assert _names(translated) <= _names(english), english


def test_every_word_is_translated() -> None:
    for context, names in (
        ("state", [*State, "submitted", "accepted", "disallowed", "returned"]),
        ("action", [*Action, "read", "allocate", "transfer", CORRECT, MERGE]),
        ("role", list(Role)),
        ("duty", list(Duty)),
        ("access", list(Access)),
    ):
        for name in names:
            assert (context, str(name)) in catalogue()
            assert "_" not in word("en", str(name), context)


def test_every_code_has_a_status_and_a_title() -> None:
    assert {kind.code for kind in refusals()} <= STATUS.keys() == TITLES.keys()


@pytest.mark.parametrize(
    ("error", "italian"),
    [
        (
            WrongState(Action.DISBURSE, State.REQUESTED, "approved"),
            "La dote è richiesta: erogare è possibile solo quando è approvata.",
        ),
        (
            WrongState(Action.ATTACH_DOCUMENT, State.REJECTED, "assessed, requested"),
            (
                "La dote è respinta: allegare documenti è possibile solo quando è valutata o "
                "richiesta."
            ),
        ),
        (
            Forbidden("approve", "approver"),
            "Il tuo ruolo non lo consente: approvare spetta a approvatore.",
        ),
        (
            SegregationOfDuties(Action.APPROVE, Duty.REQUEST),
            (
                "Hai già avuto una parte in questa dote (richiesta): approvare spetta a un'altra "
                "persona."
            ),
        ),
        (Duplicate("receipt 3"), "C'è già: giustificativo 3."),
        (Duplicate("ROCCA"), "C'è già: ROCCA."),
    ],
)
def test_sentences_in_italian(error: DomainError, italian: str) -> None:
    assert refusal_text(error, "it") == italian
    assert "{" not in refusal_text(error, "en")


def test_facts_stand_beside() -> None:
    document = problem_for(StaleVersion(3, 4)).document("en")
    assert (document["status"], document["expected"], document["actual"]) == (412, 3, 4)
    assert problem_for(NotFound()).document("it")["title"] == "Non trovato"


ODD: list[Any] = [
    *(None, True, False, 0, -1, 1, 2**63, 10**400, 1.5, 1e300, float("inf"), float("nan")),
    *("", " ", "x", "A", "1", "true", "2026-01-01", "2026-13-01", "2026-01-01T10:00:00"),
    *("2026-01-01T00:00:00", "\0", "\ud800", "‮", "a\nb", "x" * 6_000, "IT60", "a" * 36),
    *([], [1], ["x"] * 60, {}, {"a": 1}, [[]], [{}], "0" * 40, -(10**20), "1e5"),
]


def models() -> list[type[BaseModel]]:
    return [
        kind
        for module in (commands, closing_commands, bulk, policy)
        for kind in vars(module).values()
        if isinstance(kind, type) and issubclass(kind, BaseModel) and kind is not BaseModel
    ]


def errors_of_our_models() -> Iterator[Any]:
    """Every error that odd values make in every field of every command, as JSON and as text."""
    members = {"given_name": "A", "family_name": "B"}
    for model in models():
        names = [info.validation_alias or name for name, info in model.model_fields.items()]
        keys = [getattr(name, "choices", [name])[0] for name in names]
        whole: list[Any] = [dict.fromkeys(keys, odd) for odd in ODD]
        whole += [{"members": [members | {name: odd}]} for name in _MEMBER for odd in ODD]
        whole += [{"payee": {"name": odd, "iban": odd}} for odd in ODD]
        whole += [{"from": {"partner": odd, "extra": odd}} for odd in ODD]
        for value in [*whole, *ODD]:
            try:
                model.model_validate(value)
            except ValidationError as error:
                yield from error.errors()


_MEMBER = ("given_name", "born", "id_type", "id_value", "extra")


def test_every_error_of_our_models_has_a_sentence() -> None:
    seen = {error["type"]: error for error in errors_of_our_models()}
    assert seen.keys() <= validation.MESSAGES.keys(), seen.keys() - validation.MESSAGES.keys()
    assert len(seen) > 15
    for language in ("it", "en"):
        for shown in validation.problems(list(seen.values()), language):
            assert "{" not in str(shown["msg"]).replace("{0,39}", "")
            json.dumps(shown).encode()


def test_odd_names_are_not_shown() -> None:
    for name in ("\ud800", "a b", "<script>", "x" * 65, "\0", ""):
        shown = validation.problems(
            [{"type": "extra_forbidden", "loc": ("body", name), "msg": "", "input": 1}], "it"
        )
        assert shown[0]["loc"] == ["body", "?"]


def test_examples_are_valid() -> None:
    for name, body in vars(bodies).items():
        if name.endswith("Body") and name != "Body":
            examples = body.__metadata__[0].openapi_examples
            TypeAdapter(body.__origin__).validate_python(examples["example"]["value"], strict=False)
