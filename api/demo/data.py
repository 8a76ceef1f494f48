"""The two data files of the demonstration, read and checked."""

from functools import cache
from importlib.resources import files
from typing import Annotated, TypeVar

from pydantic import Field

from api.programme_file import Data, ProgrammeData
from domain.text import Code, Label, Sentence, Text, Word


class ItemStory(Data):
    """What is asked under an item, how much, who is paid and with which papers.

    `hardships`: places in the programme's list. `payees` None: the household itself.
    `step_euros` 0: amounts to the cent. `minors`: only for households with children.
    """

    weight: Annotated[int, Field(gt=0)]
    euros: tuple[int, int]
    step_euros: int
    hardships: tuple[int, ...]
    minors: bool = False
    needs: tuple[Text, ...]
    payees: tuple[Label | None, ...]
    methods: tuple[Word, ...]
    receipts: tuple[Word, ...]
    papers: tuple[Word, ...]


class GivenNames(Data):
    """Given names by sex."""

    female: tuple[Label, ...]
    male: tuple[Label, ...]


class Notes(Data):
    """What people write down; None: nothing."""

    favourable: tuple[Text | None, ...]
    unfavourable: tuple[Text, ...]
    approval: tuple[Text | None, ...]
    accounting: tuple[Text | None, ...]


class Reasons(Data):
    """Why people decide."""

    rejected: tuple[Sentence, ...]
    withdrawn: tuple[Sentence, ...]
    revoked: tuple[Sentence, ...]
    refunded: tuple[Sentence, ...]
    disallowed: tuple[Sentence, ...]
    papers_asked: tuple[Sentence, ...]
    appealed: tuple[Sentence, ...]
    appeal_accepted: tuple[Sentence, ...]
    appeal_refused: tuple[Sentence, ...]
    cap_overridden: tuple[Sentence, ...]
    allocation: tuple[Sentence, ...]
    transfer: tuple[Sentence, ...]


class BankWords(Data):
    """The programme's account, and what its bank writes. `returns`: codes of the bank, and what
    they mean; `{}` stands for our own numbers."""

    code: Code
    account: Label
    holder: Label
    bic: Code
    transfer: Label
    batch: Label
    card: Label
    returned: Label
    returns: tuple[tuple[str, str], ...]
    refunded: Label
    fees: Label
    fee: Label
    funding: Label
    unknown_in: Label
    unknown_out: Label
    aside: Sentence
    other_name: Label
    closed: Sentence


class Stories(Data):
    """What the invented people are called and what they tell."""

    given_names: GivenNames
    family_names: tuple[Label, ...]
    streets: tuple[Label, ...]
    birthplaces_abroad: tuple[str, ...]
    staff: dict[str, Label]
    funders: tuple[Label, ...]
    items: dict[str, ItemStory]
    notes: Notes
    bank: BankWords
    reasons: Reasons


_Read = TypeVar("_Read", bound=Data)


def _read(kind: type[_Read], name: str) -> _Read:
    text = files("api.demo").joinpath(name).read_text(encoding="utf-8")
    return kind.model_validate_json(text)


@cache
def programme_data() -> ProgrammeData:
    """The programme that the demonstration loads."""
    return _read(ProgrammeData, "programme.json")


@cache
def stories() -> Stories:
    """The invented part."""
    return _read(Stories, "stories.json")
