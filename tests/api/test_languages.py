"""Italian first, English second; and nothing that people read without a translation."""

import ast
import json
import re
import string
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any, get_args, get_type_hints

import pytest
from pydantic import BaseModel, TypeAdapter, ValidationError

import api
from api import payment_export, validation
from api.documents import words
from api.languages import WORDS, catalogue, negotiate, plurals, refusal_text, word
from api.pages.dote_forms import KINDS, RECEIPTS
from api.pages.money_forms import METHODS
from api.pages.verification_view import known as known_findings
from api.problems import STATUS, TITLES, problem_for
from api.security.right import Anybody
from api.security.rights import RIGHTS
from api.v1 import bank_words, bodies, double_help, known_persons, receipts, turns
from api.v1.household_view import WARNINGS
from api.v1.views import UNREADABLE
from api.v1.worklist import VOTES
from domain import policy
from domain.actors import Role
from domain.errors import (
    DateInTheFuture,
    DateInThePast,
    DomainError,
    Duplicate,
    EndsBeforeItBegins,
    FileTooLarge,
    Forbidden,
    NotFound,
    NotToBeMatched,
    NumbersMissing,
    PaymentNotOpen,
    SegregationOfDuties,
    StaleVersion,
    UnknownCode,
    WrongState,
)
from domain.events.payment_batch import Method
from domain.events.programme import PartnerRole
from domain.lifecycle import Action, Duty, State
from domain.payee_rights import PayeeAction
from domain.payment_states import PaymentState
from tests.api.world import World
from tests.pages import sentences
from workflows import bulk, closing_commands, commands
from workflows.eventstore.access_log import Access
from workflows.households import CORRECT, MERGE

API = Path(api.__file__).parent


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
    yield receipts.IN_THIS_DOTE
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


def actions() -> set[str]:
    """What people may be refused: in the table of rights, and where a command asks by name."""
    found = {right.what for right in RIGHTS.values() if not isinstance(right.who, Anybody)}
    for room in ("domain", "workflows"):
        for path in (API.parent / room).rglob("*.py"):
            for call in ast.walk(ast.parse(path.read_text("utf-8"))):
                if isinstance(call, ast.Call) and _called(call) in _ASKING:
                    place = _ASKING[_called(call)]
                    said = call.args[place] if len(call.args) > place else None
                    if isinstance(said, ast.Constant):
                        found.add(str(said.value))
    return found


_ASKING = {"Forbidden": 0, "sign_as": 1, "as_finance": 1, "as_coordinator": 1, "change": 1}
"""Functions by the place at which they take the name of what is done."""


def _called(call: ast.Call) -> str:
    return getattr(call.func, "id", getattr(call.func, "attr", ""))


def _names(template: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(template) if name}


def test_every_sentence_that_counts_is_translated_with_its_places() -> None:
    italian = plurals()
    assert italian.keys() == {one for one, _ in sentences.plural()}
    for one, many in sentences.plural():
        for english, translated in zip((one, many), italian[one], strict=True):
            assert translated
            assert _names(translated) <= _names(english), english


_BATCHES = {"prepared", "authorised", "cancelled"}
_TRANCHES = {"executed", "returned", "undone"}
_RECEIPTS = {"submitted", "accepted", "disallowed"}
WORDS_OF: Mapping[str, Iterable[str]] = {
    "access": Access,
    "action": {*Action, *actions(), *get_args(PayeeAction), CORRECT, MERGE},
    "duty": Duty,
    "id_type": {"document", "none"},  # the others are called the same everywhere
    "look": {
        *("household_read", "dote_read", "history_read", "paper_read"),
        *("revealed", "copied", "exported", "searched", "refused"),
    },
    "method": {*METHODS, *Method},
    "paper": KINDS,
    "partner_role": get_args(PartnerRole),
    "payment": {*PaymentState, *_TRANCHES},
    "receipt": RECEIPTS,
    "role": Role,
    "state": {*State, *_RECEIPTS, *_BATCHES, *_TRANCHES},
    "thing": {"document", "receipt", "policy"},
}
"""The words of the domain that stand in sentences and on pages, by their context."""


def test_every_word_is_translated() -> None:
    for context, names in WORDS_OF.items():
        for name in names:
            assert (context, str(name)) in catalogue(), (context, name)
            assert "_" not in word("en", str(name), context)


def test_every_context_of_words_is_known() -> None:
    """What is shown by `word` is one of the words that are looked at above."""
    used = set(WORDS.values())
    for path in [*API.rglob("*.py"), *API.rglob("*.html")]:
        used |= set(re.findall(r"""\bword\([^\n]*?"([a-z_]+)"\)""", path.read_text("utf-8")))
        used |= set(re.findall(r"""\bcontext="([a-z_]+)\"""", path.read_text("utf-8")))
    used -= {"data"}
    assert used >= {"state", "receipt", "payment", "action"}
    assert used <= WORDS_OF.keys(), used - WORDS_OF.keys()


FREE = {
    # Names, codes, numbers and days, which are the same in every language, or the reader's own.
    *("category", "cell", "country", "currency", "element", "expected", "failing", "into", "item"),
    *("last_day", "media_type", "missing", "name", "number", "partner", "payment", "sha256"),
    *("title", "until", "value"),
    # Months, days and numbers, and the thing that is there already: put into words by their names.
    *("due", "earlier", "first", "later", "latest", "newer", "period", "what"),
}


def test_no_word_of_the_domain_enters_a_sentence_untranslated() -> None:
    """A text in a sentence is either free, or of a context whose words are all translated."""
    for kind in refusals():
        for name, fact in get_type_hints(kind).items():
            if fact is str and name in _names(kind.sentence()):
                assert name in FREE or WORDS.get(name) in WORDS_OF, (kind.__name__, name)


def test_kinds_of_receipts_and_papers_of_the_demo_are_translated() -> None:
    """They are data: a network that has others shows them as it wrote them."""
    stories = json.loads((API / "demo" / "stories.json").read_text("utf-8"))
    told = json.dumps(stories)
    for name, context in (("receipts", "receipt"), ("papers", "paper"), ("methods", "method")):
        found = {
            kind
            for said in re.findall(rf'"{name}": \[([^]]*)\]', told)
            for kind in re.findall(r'"([a-z_]+)"', said)
        }
        assert found
        for kind in found:
            assert (context, kind) in catalogue(), (context, kind)


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
        (
            NotToBeMatched("CI-2026-00042-1", "due"),
            "Il pagamento CI-2026-00042-1 è da pagare: non si può abbinare così.",
        ),
        (
            PaymentNotOpen(2, "cancelled"),
            "Il pagamento 2 della dote è annullato: non c'è più nulla da fare.",
        ),
        (DateInThePast("until", "2020-01-02"), "02/01/2020 è già passato."),
        (DateInTheFuture("date", "2026-12-31"), "Il giorno 31/12/2026 non è ancora arrivato."),
        (EndsBeforeItBegins("to", "2026-01-01"), "01/01/2026 viene prima del primo giorno."),
        (UnknownCode("item", "2026-99-99"), "2026-99-99 qui non è conosciuto."),
        (NumbersMissing(3, 5), "Mancano estratti conto tra il numero 3 e il numero 5."),
        (FileTooLarge(10 * 1024 * 1024), "Il file supera 10\u00a0MB."),
        (FileTooLarge(1_600_000), "Il file supera 1,5\u00a0MB."),
        (FileTooLarge(700), "Il file supera 700\u00a0byte."),
        (Duplicate("receipt 3"), "C'è già: giustificativo 3."),
        (Duplicate("ROCCA"), "C'è già: ROCCA."),
    ],
)
def test_sentences_in_italian(error: DomainError, italian: str) -> None:
    assert refusal_text(error, "it") == italian
    assert "{" not in refusal_text(error, "en")


def test_a_day_is_written_for_people_and_its_fact_stays_as_it_is() -> None:
    document = problem_for(DateInTheFuture("date", "2026-12-31")).document("it")
    assert document["value"] == "2026-12-31"
    assert "31/12/2026" in str(document["detail"])
    assert (
        refusal_text(DateInTheFuture("date", "2026-12-31"), "en") == "31/12/2026 has not come yet."
    )
    odd = [{"type": "greater_than_equal", "loc": ("date",), "ctx": {"ge": date(2000, 1, 1)}}]
    assert "01/01/2000" in str(validation.problems(odd, "it")[0]["msg"])


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
