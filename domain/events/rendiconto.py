"""Events of a rendiconto: an account of money, frozen as it was handed in."""

from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import Field

from domain.events.base import Event
from domain.events.dote_values import Sha256
from domain.money import CentsOrZero
from domain.text import Code, Label, Sentence


class RendicontoFrozen(Event):
    """An account of the expenses between two days, as the log stood after `log_size` events.

    `funder`, `partner`: of these alone; None: of all. `rules_version`: of the funder's rules, None
    where it has none. `earlier`: the accounts that the same funder had before, whose expenses are
    not told again. `fingerprint`: the SHA-256 of its content, which can be made anew from the log.
    """

    number: Label
    first_day: date
    last_day: date
    partner: Code | None
    funder: Label | None
    rules_version: Annotated[int, Field(ge=1)] | None
    log_size: Annotated[int, Field(ge=1)]
    root: Sha256
    earlier: tuple[UUID, ...]
    fingerprint: Sha256
    rows: Annotated[int, Field(ge=0)]
    documented_cents: CentsOrZero
    admitted_cents: CentsOrZero


class RendicontoWithdrawn(Event):
    """An account was wrong: it stays as it was frozen, and what it told is told by later ones.

    `last_number`: of the newest account that there was. Those after it do not know this one.
    """

    reason: Sentence
    last_number: Label


RendicontoEvent = RendicontoFrozen | RendicontoWithdrawn
