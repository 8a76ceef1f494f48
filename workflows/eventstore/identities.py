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


Tokens = HouseholdTokens | PayeeTokens


def add(database: Database, found: Tokens) -> None:
    """Writes them in the current transaction; the payee's in the place of an earlier one's."""
    match found:
        case HouseholdTokens(household_id, members):
            rows = [(n, *token) for n, tokens in enumerate(members) for token in sorted(tokens)]
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


def replace(database: Database, found: Tokens) -> None:
    """Writes them in the place of those that are there, in the current transaction."""
    if isinstance(found, HouseholdTokens):
        _run(database, "remove_household", {"id": found.household_id})
    add(database, found)


def remove_strangers(database: Database) -> None:
    """Removes what belongs to nothing in the register."""
    _run(database, "remove_strangers", {})


def _run(database: Database, name: str, values: dict[str, object]) -> None:
    database.statement(database.qualified(_SQL[name]), values)
