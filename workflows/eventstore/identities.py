"""The rows of the blind indexes: what a household and a dote's payee are found by."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from workflows.eventstore.blind_index import Token
from workflows.eventstore.database import Database
from workflows.eventstore.statements import statements

_SQL = statements("workflows.eventstore.sql", "identities")


@dataclass(frozen=True, slots=True)
class HouseholdTokens:
    """What the members of a household are found by, in their order."""

    household_id: UUID
    members: Sequence[frozenset[Token]]


@dataclass(frozen=True, slots=True)
class PayeeTokens:
    """What the payee of a dote is found by; nothing where the household itself is paid."""

    dote_id: UUID
    tokens: Iterable[Token]


@dataclass(frozen=True, slots=True)
class PayeeOfDote:
    """Who was voted as payee of a dote of a household. Those of void votes stay."""

    payee_id: UUID
    dote_id: UUID
    household_id: UUID


Tokens = HouseholdTokens | PayeeTokens | PayeeOfDote


def add(database: Database, found: Tokens) -> None:
    """Writes them in the current transaction: a household's and a payee's in the place of those
    that are there."""
    match found:
        case HouseholdTokens(household_id, members):
            rows = [(n, *token) for n, tokens in enumerate(members) for token in sorted(tokens)]
            # Members may have got another name or number.
            _run(database, "remove_household", {"id": household_id})
            values: dict[str, object] = {
                "id": household_id,
                "members": [row[0] for row in rows],
                "kinds": [row[1] for row in rows],
                "tokens": [row[2] for row in rows],
            }
            _run(database, "add_household", values)
        case PayeeTokens(dote_id, tokens):
            # Votes that an appeal made void may have been for somebody else.
            _run(database, "remove_payee", {"id": dote_id})
            pairs = sorted(tokens)
            values = {
                "id": dote_id,
                "kinds": [kind for kind, _ in pairs],
                "tokens": [token for _, token in pairs],
            }
            _run(database, "add_payee", values)
        case PayeeOfDote(payee_id, dote_id, household_id):
            values = {"payee_id": payee_id, "dote_id": dote_id, "household_id": household_id}
            _run(database, "add_payee_of_dote", values)


def remove_strangers(database: Database) -> None:
    """Removes what belongs to nothing in the register."""
    _run(database, "remove_strangers", {})


def _run(database: Database, name: str, values: dict[str, object]) -> None:
    database.statement(database.qualified(_SQL[name]), values)
