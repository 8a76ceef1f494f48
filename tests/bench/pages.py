"""page: what a page costs the server, from the request to its last byte, with many doti there."""

import base64
import random
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path

import httpx
from fastapi.testclient import TestClient
from pydantic import SecretStr

from api.app import create_app
from api.settings import Settings
from api.wiring import Services, build
from domain.actors import Role
from tests.bench.bulk import Bulk
from tests.bench.figures import Figure, percentile
from tests.bench.finance import add_finance
from tests.bench.stage import Stage
from tests.bench.templates import STEPS
from tests.quiet import quiet
from tests.register import MASTER_KEY, TestRegister

DOTI = 100_000
QUICK_DOTI = 20_000
LOOKS, QUICK_LOOKS = 100, 40
OPEN_LINES = 300
_PEOPLE = {
    "approver": (Role.APPROVER, None),
    "coordinator": (Role.COORDINATOR, None),
    "operator": (Role.OPERATOR, "P03"),
    "finance": (Role.FINANCE, None),
}
_FIRST = date(2025, 1, 1)
_SAMPLE = "SELECT id, number FROM doti ORDER BY md5(id::text) LIMIT 500"
_OPEN_LINES = "SELECT id FROM line_list WHERE open_cents <> 0 ORDER BY id"
_SPAN = "SELECT max(at)::date - min(at)::date AS days FROM ledger_entries"

_KEY = SecretStr(base64.b64encode(MASTER_KEY).decode())

Ask = Callable[[], httpx.Response]


def page(stage: Stage) -> list[Figure]:
    """Each page is asked for at random places, one request after the other."""
    quiet()
    count, looks = stage.size(DOTI, QUICK_DOTI), stage.size(LOOKS, QUICK_LOOKS)
    with stage.register() as register:
        bulk = Bulk(register, spread=200)
        # Most are over; of some the receipts are awaited or wait, or the money is still due.
        for part, steps in ((84, STEPS), (5, 5), (1, 6), (10, 4)):
            bulk.add(count * part // 100, steps)
        add_finance(register, OPEN_LINES)
        with _opened(stage, register) as services, TestClient(create_app(services)) as client:
            tokens = {
                name: services.accounts.create_token(name, role, partner)
                for name, (role, partner) in _PEOPLE.items()
            }
            return [
                _figure(name, _looks_ms(ask, looks), count)
                for name, ask in _asks(register, client, tokens).items()
            ]


def _figure(name: str, each_ms: list[float], count: int) -> Figure:
    more = {"goal": "p95 < 60 ms", "percentile": 95, "doti": count, "p50": percentile(each_ms, 50)}
    return Figure(f"page_{name}", percentile(each_ms, 95), "ms", more=more)


@contextmanager
def _opened(stage: Stage, register: TestRegister) -> Iterator[Services]:
    """The application on a register that was made up."""
    with tempfile.TemporaryDirectory(prefix="home-", dir=stage.folder) as home:
        settings = Settings(
            home=Path(home),
            db_schema=register.database.schema,
            master_key=_KEY,
            rate_per_minute=10_000_000,
            rate_per_minute_address=10_000_000,
        )
        with build(settings, stage.url) as services:
            yield services


def _asks(register: TestRegister, client: TestClient, tokens: dict[str, str]) -> dict[str, Ask]:
    chance = random.Random(1)  # the same places in every run
    with register.database.transaction() as tx:
        sample = tx.execute(_SAMPLE).fetchall()
        (span,) = tx.execute(_SPAN).fetchall()
        open_lines = [row["id"] for row in tx.execute(_OPEN_LINES)]

    def ask(who: str, path: Callable[[], str]) -> Ask:
        headers = {"Authorization": f"Bearer {tokens[who]}", "Accept-Language": "it"}
        return lambda: client.get(path(), headers=headers)

    def find() -> httpx.Response:
        headers = {"Authorization": f"Bearer {tokens['coordinator']}"}
        number = chance.choice(sample)["number"]
        found: httpx.Response = client.post("/cerca", headers=headers, data={"q": number[-4:]})
        return found

    def day() -> str:
        return f"{_FIRST + timedelta(days=chance.randint(0, span['days'])):%d/%m/%Y}"

    def line() -> tuple[str, str]:
        return f"P{chance.randrange(20):02}", f"C{chance.randrange(10):02}"

    return {
        "desk": ask("approver", lambda: "/"),
        "desk_of_operator": ask("operator", lambda: "/"),
        "doti": ask("coordinator", lambda: "/doti"),
        "dote": ask("coordinator", lambda: f"/doti/{chance.choice(sample)['id']}"),
        "search": find,
        "bilancio": ask("coordinator", lambda: "/bilancio"),
        "bilancio_of_operator": ask("operator", lambda: "/bilancio"),
        "bilancio_then": ask("coordinator", lambda: f"/bilancio?il={day()}"),
        "bilancio_compared": ask("coordinator", lambda: f"/bilancio?il={day()}&con={day()}"),
        "bilancio_line": ask("coordinator", lambda: "/bilancio/voci/{}/{}".format(*line())),
        "movements": ask("coordinator", lambda: "/bilancio/movimenti"),
        "movements_of_line": ask(
            "coordinator", lambda: "/bilancio/movimenti?partner={}&categoria={}".format(*line())
        ),
        "movements_of_kind": ask("coordinator", lambda: "/bilancio/movimenti?tipo=DoteDisbursed"),
        "due": ask("finance", lambda: "/da-pagare"),
        "due_of_partner": ask("finance", lambda: f"/da-pagare?metodo=altro&partner={line()[0]}"),
        "batches": ask("finance", lambda: "/distinte"),
        "statements": ask("finance", lambda: "/estratti-conto"),
        "reconciliation": ask("finance", lambda: "/riconciliazione"),
        "bank_line": ask("finance", lambda: f"/riconciliazione/righe/{chance.choice(open_lines)}"),
        "receipts": ask("finance", lambda: "/giustificativi"),
        "closings": ask("finance", lambda: "/chiusure"),
        "statistics": ask("coordinator", lambda: "/statistiche"),
        "movement": ask(
            "coordinator", lambda: f"/bilancio/movimenti/{_movement(register, chance)}"
        ),
    }


def _movement(register: TestRegister, chance: random.Random) -> int:
    """The place of some movement."""
    place = chance.randint(1, register.log.end())
    with register.database.transaction() as tx:
        row = tx.execute(
            "SELECT log_index FROM ledger_entries WHERE log_index <= %s"
            " ORDER BY log_index DESC LIMIT 1",
            (place,),
        ).fetchone()
    return 1 if row is None else int(row["log_index"])


def _looks_ms(ask: Ask, looks: int) -> list[float]:
    """How long each of so many took, once the first one has warmed up what it uses."""
    ask()
    return [_timed_ms(ask) for _ in range(looks)]


def _timed_ms(ask: Ask) -> float:
    began = time.perf_counter()
    answer = ask()
    passed_ms = (time.perf_counter() - began) * 1000
    if answer.status_code != 200:
        raise RuntimeError(f"a page answered {answer.status_code}: {answer.text[:300]}")
    return passed_ms
