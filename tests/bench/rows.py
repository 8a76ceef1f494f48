"""The rows, in the order in which they run."""

from collections.abc import Callable, Iterable

from tests.bench.append_emmett import append_vs_emmett
from tests.bench.append_library import append_vs_default
from tests.bench.append_pgbench import append_vs_pgbench
from tests.bench.figures import Figure
from tests.bench.history import as_of
from tests.bench.hot_line import hot_line
from tests.bench.http import http_vs_crud, memory
from tests.bench.lag import lag
from tests.bench.pages import page
from tests.bench.rebuilding import rebuild_vs_runner
from tests.bench.reconciling import bank_year, reconcile
from tests.bench.sequencing import sequence_rate
from tests.bench.stage import Stage
from tests.bench.verifying import verify_rate

Row = Callable[[Stage], Iterable[Figure]]

ROWS: dict[str, Row] = {
    row.__name__: row
    for row in (
        append_vs_default,
        append_vs_emmett,
        append_vs_pgbench,
        hot_line,
        sequence_rate,
        rebuild_vs_runner,
        lag,
        as_of,
        page,
        verify_rate,
        reconcile,
        http_vs_crud,
        memory,
        bank_year,
    )
}
