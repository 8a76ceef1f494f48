"""A year of a small network's books: eight desks, three categories, doti at every step."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import cycle
from uuid import UUID

import pytest

from domain.actors import Role
from domain.events.base import Event, Stamp
from domain.programme import Programme
from tests.api.world import SINGLE_APPROVER_CENTS, Json, World, paper

BEGAN = datetime(2026, 1, 2, 9, tzinfo=UTC)
NOW = datetime(2026, 11, 22, 10, tzinfo=UTC)
"""When the year is looked at."""
MORE = {
    "CPARCO": "Casa nel Parco",
    "SQUATTRO": "Più SpazioQuattro",
    "BARRITO": "Barrito",
    "CECCHI": "Cecchi Point",
    "VALLETTE": "Vallette",
}
ITEMS = {"EMERGENZA": "AFFITTO", "SCUOLA": "LIBRI", "OCULISTICA": "OCCHIALI"}
ALLOCATED = {"EMERGENZA": 300_000, "SCUOLA": 160_000, "OCULISTICA": 150_000}
_AMOUNTS = (42_000, 19_500, 62_000, 22_050, 75_000, 12_500)
_STEPS = ("accounted", "paid", "accounted", "approved", "disallowed")


class Clock:
    """Shows what it is set to."""

    def __init__(self) -> None:
        self.now = BEGAN

    def __call__(self) -> datetime:
        return self.now


def keep_books(world: World, clock: Clock) -> None:
    """Fills a world that was opened by this clock; afterwards it is NOW."""
    for code, name in MORE.items():
        world.change(partial(_join, code, name))
        world.change(partial(_open_desk, code, name))
        world.tokens[code] = world.services.accounts.create_token(code, Role.OPERATOR, code)
    world.tokens |= {"ROCCA": world.tokens["operator"], "SSALV": world.tokens["operator_ssalv"]}
    clock.now += timedelta(hours=2)
    for partner in ("ROCCA", "SSALV", *MORE):
        for category, cents in ALLOCATED.items():
            _allocate(world, partner, category, cents)
    fates = zip(cycle(_STEPS), _moments(), cycle(_AMOUNTS), strict=False)
    for (step, at, cents), line in zip(fates, _lines(), strict=False):
        clock.now = at
        _dote(world, clock, line, cents, step)
    clock.now = datetime(2026, 11, 20, 9, tzinfo=UTC)
    transfer(world, "BARRITO", "VALLETTE", 50_000)
    clock.now = NOW
    world.settle()


@contextmanager
def small_lines() -> Iterator[None]:
    """Worlds that are opened meanwhile begin with less on their lines, as most networks do."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("tests.api.world.LINE_CENTS", 60_000)
        yield


def transfer(world: World, source: str, target: str, cents: int) -> None:
    """Money for emergencies goes from a desk to another."""
    body = {
        "from": {"partner": source, "category": "EMERGENZA"},
        "to": {"partner": target, "category": "EMERGENZA"},
        "amount_cents": cents,
        "reason": "Più richieste che altrove",
    }
    world.done("/programme/transfers", body, "coordinator")


def _moments() -> Iterator[datetime]:
    """Days through the year, at the hours of a desk."""
    for n in range(40):
        yield BEGAN + timedelta(days=8 * n + 4, hours=n % 5)


def _lines() -> Iterator[tuple[str, str]]:
    partners = cycle(("ROCCA", "SSALV", *MORE))
    return zip(partners, cycle(("EMERGENZA", "SCUOLA", "EMERGENZA", "OCULISTICA")), strict=False)


def _allocate(world: World, partner: str, category: str, cents: int) -> None:
    body = {"partner": partner, "category": category, "amount_cents": cents, "reason": "Avvio"}
    world.done("/programme/allocations", body, "coordinator")


def _dote(world: World, clock: Clock, line: tuple[str, str], cents: int, step: str) -> Json:
    """A dote of a desk, as far as a step; what follows comes some days later."""
    partner, category = line
    household = world.household(partner)
    more = {"partner": partner, "category": category, "item": ITEMS[category]}
    dote = world.done("/doti", world.request_body(household, cents, **more), partner)
    path = f"/doti/{dote['id']}"
    world.done(f"{path}/assessment", {"outcome": "favourable"}, "assessor")
    voters = ["approver"] if cents <= SINGLE_APPROVER_CENTS else ["approver", "approver2"]
    for voter in voters:
        world.done(f"{path}/approval", {"amount_cents": cents}, voter)
    if step == "approved":
        return dote
    clock.now += timedelta(days=3)
    payment = {**world.payment(cents), "value_date": f"{clock.now:%Y-%m-%d}"}
    world.done(f"{path}/disbursements", payment, "finance")
    if step == "paid":
        return dote
    clock.now += timedelta(days=2)
    form = {
        "kind": "invoice",
        "number": "1",
        "date": f"{clock.now:%Y-%m-%d}",
        "issuer": f"Emittente Segreto {dote['id']}",
        "amount_cents": str(cents),
    }
    files = {"file": ("fattura.pdf", paper(int(UUID(dote["id"])) % 100_000), "application/pdf")}
    sent = world.call("POST", f"{path}/receipts", partner, data=form, files=files)
    assert sent.status_code == 201, sent.text
    if step == "accounted":
        world.done(f"{path}/receipts/1/acceptance", {}, "finance")
    else:
        body = {"reason": "Non è tra le spese ammesse"}
        world.done(f"{path}/receipts/1/disallowance", body, "finance")
    return dote


def _join(code: str, name: str, known: Programme, stamp: Stamp) -> Event:
    return known.join(stamp, code, name, "desk", None)


def _open_desk(code: str, name: str, known: Programme, stamp: Stamp) -> Event:
    return known.open_desk(stamp, code, name)
