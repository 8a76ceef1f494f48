"""A request that is being written: what was typed so far, and how far it is."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Literal
from uuid import UUID, uuid4

from starlette.datastructures import FormData

from api.pages import member_fields
from api.pages.dote_forms import KINDS
from api.pages.forms import Field, Filled
from api.pages.say import N_
from domain.household import MOST_MEMBERS, IdType
from workflows.eventstore.drafts import LIVES, SEARCH_LIVES, Draft, Drafts

STEP = "step"
"""The hidden field of a page that tells at which step it was made."""
DRAFTS = "/richieste/bozze/"
"""Below it each draft has its page, which its forms are sent to."""
LONGEST = 20_000
Stage = Literal["finding", "registering", "asking"]

SEARCH = Field("q", N_("Number, name, tax code or phone"), "line")
ITEM = Field("item", N_("What is asked for"), "choice")
AMOUNT = Field("amount_cents", N_("Amount"), "cents")
NEED = Field("need", N_("What they need, and why"), "text")
URGENT = Field(
    "urgent",
    N_("Is it urgent?"),
    "many",
    required=False,
    choices=(("yes", N_("It cannot wait for the usual time")),),
)
OTHER_KIND = Field(
    "other_kind",
    N_("Another paper"),
    "select",
    required=False,
    choices=(("", N_("choose")), *((kind, kind) for kind in KINDS)),
    context="paper",
)
REQUEST = (ITEM, AMOUNT, NEED, URGENT)
PARTNER = Field("partner", N_("For which desk"), "select")
_PLAIN = (SEARCH, ITEM, AMOUNT, NEED, OTHER_KIND, PARTNER, *member_fields.AROUND)


@dataclass(frozen=True, slots=True)
class Writing:
    """A draft as its page works with it. `making`: its household is being registered.

    `step`: how many buttons were pressed so far. What a page keeps by itself counts only as long as
    no button was pressed on it: it may arrive later than the button.
    """

    id: UUID
    account_id: UUID
    household_id: UUID | None = None
    making: bool = False
    texts: Mapping[str, str] = field(default_factory=dict, repr=False)
    urgent: bool = False
    step: int = 0
    saved_at: datetime | None = None

    @classmethod
    def new(cls, account_id: UUID) -> "Writing":
        """One in which nothing was typed yet."""
        return cls(uuid4(), account_id)

    @classmethod
    def of(cls, draft: Draft) -> "Writing":
        """As it was kept."""
        kept = draft.typed
        return cls(
            draft.id,
            draft.account_id,
            draft.household_id,
            making=kept["making"],
            texts=kept["texts"],
            urgent=kept["urgent"],
            step=kept.get("step", 0),
            saved_at=draft.saved_at,
        )

    @property
    def stage(self) -> Stage:
        """What is to be done next."""
        if self.household_id is not None:
            return "asking"
        return "registering" if self.making else "finding"

    @property
    def is_begun(self) -> bool:
        """Whether it is more than a search."""
        others = (text for name, text in self.texts.items() if name != SEARCH.name)
        return self.stage != "finding" or any(text.strip() for text in others)

    @property
    def rows(self) -> int:
        """How many rows for persons there are."""
        return member_fields.count(self.filled)

    @property
    def fields(self) -> tuple[Field, ...]:
        """The fields of a household that is being registered."""
        rows = (each for n in range(self.rows) for each in member_fields.row(n))
        return (*rows, *member_fields.AROUND)

    @property
    def filled(self) -> Filled:
        """All that was typed, as forms take it."""
        return Filled(
            texts=self.texts, many={"urgent": ("yes",) if self.urgent else ()}, key=self.id.hex
        )

    def typed(self, form: FormData) -> "Writing":
        """With what stands in a form now; what is not in the form stays as it was."""
        found = {name: _text(form, name) for name in self._names() if name in form}
        texts = {**self.texts, **found}
        urgent = "yes" in form.getlist(URGENT.name) if NEED.name in form else self.urgent
        return replace(self, texts=texts, urgent=urgent)

    def is_behind(self, form: FormData) -> bool:
        """Whether a form stands on a page that a button was pressed on since."""
        return _text(form, STEP) not in ("", str(self.step))

    def with_row(self) -> "Writing":
        """With room for one more person."""
        rows = min(self.rows + 1, MOST_MEMBERS)
        return replace(self, texts={**self.texts, member_fields.ROWS: str(rows)})

    def compacted(self) -> "Writing":
        """Without rows in which nothing stands."""
        return replace(self, texts=member_fields.compact(self.texts, self.rows))

    def made_new(self) -> "Writing":
        """To be registered; what was looked for is typed already."""
        begun = any(name.startswith("m0_") for name in self.texts)
        looked_for = {} if begun else _guessed(self.texts.get(SEARCH.name, ""))
        return replace(self, making=True, texts={**self.texts, **looked_for})

    def keep(self, drafts: Drafts, now: datetime, *, seen: datetime | None = None) -> bool:
        """Keeps it; False where it was sent, or saved after `seen`, meanwhile."""
        typed: dict[str, Any] = {
            "making": self.making,
            "texts": dict(self.texts),
            "urgent": self.urgent,
            "step": self.step,
        }
        draft = Draft(self.id, self.account_id, self.household_id, typed, now)
        return drafts.save(draft, LIVES if self.is_begun else SEARCH_LIVES, seen=seen)

    def _names(self) -> set[str]:
        rows = {f.name for n in range(MOST_MEMBERS) for f in member_fields.row(n)}
        return {member_fields.ROWS, *(each.name for each in _PLAIN), *rows}


def _text(form: FormData, name: str) -> str:
    value = form.get(name, "")
    return value[:LONGEST] if isinstance(value, str) else ""


_TAX_CODE_LENGTH = 16


def _guessed(words: str) -> dict[str, str]:
    """What somebody looked for, in the field where it belongs: nobody types it twice."""
    parts = words.split()
    if not parts:
        return {}
    together = "".join(parts)
    if len(together) == _TAX_CODE_LENGTH and together.isalnum() and len(parts) == 1:
        return {"m0_id_type": IdType.CF.value, "m0_id_value": together.upper()}
    if any(sign.isdigit() for sign in together):
        return {"m0_phone": words} if together.lstrip("+").isdecimal() else {}
    return {"m0_given_name": parts[0], "m0_family_name": " ".join(parts[1:])}
