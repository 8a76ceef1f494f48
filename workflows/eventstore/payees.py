"""Payees by what they are found: one id for a name and an IBAN, at whatever desk."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from domain.events.payee import PayeeEvent
from workflows.eventstore.blind_index import BlindIndex, Token
from workflows.eventstore.database import Database, Row
from workflows.eventstore.statements import statements

_SQL = statements("workflows.eventstore.sql", "payees")
_TOPICS = [kind.__name__ for kind in PayeeEvent.__args__]


def columns(found_by: Iterable[Token]) -> dict[str, bytes | None]:
    """The tokens of a payee, as the table has them."""
    tokens = dict(found_by)
    return {"name_token": tokens.get("name"), "iban_token": tokens.get("iban")}


def payee_id(database: Database, found_by: Iterable[Token]) -> UUID | None:
    """Who is found by these tokens and no others; None if they were never paid."""
    rows = database.statement(database.qualified(_SQL["payee_by_tokens"]), columns(found_by))
    found: UUID | None = rows[0]["id"] if rows else None
    return found


def found(database: Database, index: BlindIndex, text: str) -> list[UUID]:
    """Who is called so, however it is spaced or spelt, or has this IBAN."""
    tokens = columns(index.of_payee({"name": text, "iban": text}))
    rows = database.statement(database.qualified(_SQL["payees_found"]), tokens)
    return [row["id"] for row in rows]


@dataclass(frozen=True, slots=True)
class Alike:
    """What is odd about a payee: their IBAN stands under another name too, or their name with
    another IBAN."""

    iban_of_another: bool
    another_iban: bool


def alike(database: Database, ids: Iterable[UUID]) -> dict[UUID, Alike]:
    """What is odd about some payees; nothing of those who are none."""
    statement = database.qualified(_SQL["payees_alike"])
    rows = database.statement(statement, {"ids": list(ids)})
    return {row.pop("id"): Alike(**row) for row in rows}


def of_iban(database: Database, found_by: Iterable[Token], but: UUID) -> tuple[UUID, ...]:
    """Who else is paid to the IBAN among these tokens; nobody where there is none."""
    token = columns(found_by)["iban_token"]
    if token is None:
        return ()
    statement = database.qualified(_SQL["payees_of_iban"])
    rows = database.statement(statement, {"iban_token": token, "but": but})
    return tuple(row["id"] for row in rows)


def named_on(database: Database, payee: UUID) -> dict[UUID, UUID]:
    """The doti that somebody was voted for, those of void votes too, each with its household."""
    rows = database.statement(database.qualified(_SQL["named_on"]), {"id": payee})
    return {row["dote_id"]: row["household_id"] for row in rows}


def told(database: Database, ids: Iterable[UUID]) -> list[Row]:
    """The stored events of some payees, each with the payee's key as it is kept (`wrapped`)."""
    statement = database.qualified(_SQL["payees_told"])
    return database.statement(statement, {"ids": list(ids), "topics": _TOPICS})


def put(database: Database, payee: UUID, found_by: Iterable[Token]) -> None:
    """Writes by what a payee is found, in the place of what was there."""
    values = {"id": payee, **columns(found_by)}
    database.statement(database.qualified(_SQL["put_payee"]), values)


def payees_of_only(database: Database, household_ids: Sequence[UUID]) -> tuple[UUID, ...]:
    """The payees that were voted for doti of these households and of no other one."""
    statement = database.qualified(_SQL["payees_of_only"])
    rows = database.statement(statement, {"household_ids": list(household_ids)})
    return tuple(row["payee_id"] for row in rows)
