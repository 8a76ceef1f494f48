"""The tables of a log that was signed, and the hand that alters them."""

from tests.register import TestRegister
from tests.workflows.audit import as_owner

SIZE = 700


def tamper(register: TestRegister, *statements: str) -> None:
    with as_owner(register.database) as hand:
        for statement in statements:
            hand.execute(statement.encode())


def fill_others(register: TestRegister, count: int) -> None:
    with register.database.transaction() as tx:
        tx.execute(
            "INSERT INTO events (stream_id, version, topic, at, state)"
            " SELECT gen_random_uuid(), 1, 'X', now(), 'x' FROM generate_series(1, %s)",
            (count,),
        )
    while register.sequencer.number_batch():
        pass


def contents(register: TestRegister) -> dict[str, list[str]]:
    """All rows of all tables of a register, and of its keys."""
    found = {}
    schemas = [register.database.schema, register.database.keys_schema]
    with register.database.transaction() as tx:
        tables = tx.execute(
            "SELECT table_schema || '.' || table_name AS name FROM information_schema.tables"
            " WHERE table_schema = ANY (%s)",
            (schemas,),
        ).fetchall()
        for name in (row["name"] for row in tables):
            rows = tx.execute(f"SELECT t::text AS row FROM {name} t ORDER BY 1".encode()).fetchall()
            found[name] = [row["row"] for row in rows]
    return found
