"""The approvals' own SQL under pgbench: what the database alone could do.

The script is made from the very statements that the engine sends, in its order and with its
pipelines; only their values come from pgbench. See `workflows.approval.approve`.
"""

import re
import subprocess
import tempfile
from pathlib import Path

from psycopg.conninfo import conninfo_to_dict

from api import postgres_host
from tests.bench.peer_emmett import NotToBeHad
from tests.register import TestRegister
from workflows.eventstore.recorder import NEWEST
from workflows.eventstore.statements import statements

_DECISIONS = statements("workflows.eventstore.sql", "decisions")
_STREAMS = statements("workflows.eventstore.sql", "streams")
_BELONGINGS = statements("workflows.eventstore.sql", "erasure")
_TIMEOUT_S = 120

_DOTE = "md5('dote ' || :n)::uuid"
_HOUSEHOLD = "md5('household ' || :n)::uuid"
_LINE = {"partner": "'P' || lpad(:p, 2, '0')", "category": "'C' || lpad(:c, 2, '0')"}
# Variables of a client outlive its transactions, so that `i` counts.
_CHOOSE = r"""
\set n :first + :client_id * :share + :i
\set i :i + 1
\set line :n % (:partners * :categories)
\set p :line / :categories
\set c :line % :categories
\set lock1 hash_murmur2(:n, 1)
\set lock2 hash_murmur2(:n, 2)
\set lock3 hash_murmur2(:line, 3)
"""


class PgBench:
    """Approves doti of a register made by `Stage.register` with these numbers of codes."""

    def __init__(self, register: TestRegister, *, partners: int, categories: int) -> None:
        self._program = postgres_host.installed() / "bin" / "pgbench"
        if not self._program.exists():
            raise NotToBeHad("the PostgreSQL here comes without pgbench")
        self._words = conninfo_to_dict(register.database.url)
        self._script = _script(register)
        self._values = {
            "partners": partners,
            "categories": categories,
            "path": f'"{register.database.schema}", "{register.database.keys_schema}"',
            "state": "\\x" + _approval(register).hex(),
        }

    def rate(self, first: int, count: int, clients: int) -> float:
        """Approves the doti of the lives from `first` on; transactions a second."""
        share = count // clients
        values = {**self._values, "first": first, "share": share, "i": 0}
        with tempfile.NamedTemporaryFile("w", suffix=".sql", encoding="utf-8") as script:
            script.write(self._script)
            script.flush()
            done = subprocess.run(
                [
                    *(self._program, "--no-vacuum", "--protocol=prepared"),
                    *("--client", str(clients), "--jobs", "2", "--transactions", str(share)),
                    *("--file", script.name),
                    *(f"--define={name}={value}" for name, value in values.items()),
                    *("-h", str(self._words["host"]), "-p", str(self._words["port"])),
                    *("-U", str(self._words["user"]), str(self._words["dbname"])),
                ],
                capture_output=True,
                text=True,
                timeout=_TIMEOUT_S,
                check=False,
                cwd=Path("/"),
            )
        found = re.search(r"tps = ([\d.]+) \(without", done.stdout)
        if done.returncode or found is None:
            words = done.stderr.strip().splitlines() or ["it said nothing"]
            raise RuntimeError(f"pgbench failed: {words[-1]}")
        return float(found[1])


def _approval(register: TestRegister) -> bytes:
    """An approval as the engine stored it."""
    with register.database.transaction() as tx:
        row = tx.execute("SELECT state FROM events WHERE topic = 'DoteApproved' LIMIT 1").fetchone()
    if row is None:
        raise RuntimeError("nothing was approved yet")
    return bytes(row["state"])


_SETTINGS = """SELECT set_config('search_path', :path, true),
    set_config('lock_timeout', '5000', true), set_config('statement_timeout', '15000', true),
    set_config('idle_in_transaction_session_timeout', '15000', true);"""
"""As `workflows.eventstore.database` begins a transaction."""


def _script(register: TestRegister) -> str:
    dote = {"stream_id": _DOTE, "gt": "0", "lte": str(NEWEST)}
    standing = {
        **_LINE,
        "stream_id": _DOTE,
        "household_id": _HOUSEHOLD,
        # Another key of the same size, which the script need not work out.
        "notes_id": _HOUSEHOLD,
        "since": "now() - interval '365 days'",
    }
    event = {
        "stream_id": _DOTE,
        "version": "3",
        "topic": "'DoteApproved'",
        "at": "now()",
        "state": ":state::bytea",
    }
    moved = {"available": "-5000", "committed": "5000"}
    rest = dict.fromkeys(("disbursed", "documented", "disallowed"), "0")
    grant = {
        "dote_id": _DOTE,
        "household_id": _HOUSEHOLD,
        "category": _LINE["category"],
        "at": "now()",
        "cents": "5000",
    }
    parts = [
        _with(_STREAMS["select_stream"], dote),
        _with(_BELONGINGS["group"], {"id": _HOUSEHOLD}),
        r"\startpipeline",
        "BEGIN;",
        _SETTINGS,
        *(f"SELECT pg_advisory_xact_lock(:lock{n});" for n in (1, 2, 3)),
        r"\endpipeline",
        _with(_DECISIONS["standing"], standing),
        r"\startpipeline",
        _with(_STREAMS["append"], event),
        _with(_DECISIONS["change_line"], {**moved, **rest, **_LINE}),
        _with(_DECISIONS["grant_exposure"], grant),
        r"\endpipeline",
        "COMMIT;",
    ]
    return _CHOOSE + register.database.qualified("\n".join(parts)) + "\n"


def _with(statement: str, values: dict[str, str]) -> str:
    """The statement with pgbench's values in the places of psycopg's."""
    return re.sub(r"%\((\w+)\)s", lambda place: values[place[1]], statement.strip()) + ";"
