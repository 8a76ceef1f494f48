"""Gives the fingerprints of earlier commands the key that those of today have."""

from uuid import UUID

from workflows.eventstore.blind_index import BlindIndex
from workflows.eventstore.database import Database
from workflows.eventstore.statements import statements

_SQL = statements("workflows.keys", "statements")
BATCH = 500


def key_fingerprints(database: Database, index: BlindIndex) -> int:
    """How many there were: SHA-256 of a body with names in it, which could be guessed at.

    `database`: as the register's owner.
    """
    count, after = 0, (UUID(int=0), "")
    while True:
        with database.transaction() as tx:
            values = {"account_id": after[0], "key": after[1], "limit": BATCH}
            rows = tx.execute(_SQL["plain_fingerprints"], values).fetchall()
            for row in rows:
                tx.execute(
                    _SQL["key_fingerprint"], {**row, "keyed": index.fingerprint(row["fingerprint"])}
                )
        if not rows:
            return count
        count += len(rows)
        after = rows[-1]["account_id"], rows[-1]["key"]
