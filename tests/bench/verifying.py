"""verify_rate: the offline verification of an export of the whole log; and the export's own."""

import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

from tests.bench.bulk import Bulk
from tests.bench.figures import Figure
from tests.bench.stage import Stage
from workflows.audit.export import export
from workflows.audit.notary import Notary
from workflows.audit.verify import verify


def verify_rate(stage: Stage) -> list[Figure]:
    """Every event against its leaf, the leaves against the signed checkpoints; one process."""
    events = stage.size(100_000, 10_000)
    rounds = stage.size(3, 1)
    with stage.register() as register, tempfile.TemporaryDirectory() as folder:
        bulk = Bulk(register)
        notary = Notary(register.database, register.vault)
        for size in (events // 2, events):
            bulk.grow_to(size)
            notary.checkpoint(datetime.now(UTC))
        path = Path(folder) / "dossier.zip"

        def write() -> None:
            with path.open("wb") as out:
                export(register.database, out, datetime.now(UTC))

        def read() -> None:
            result = verify(path)
            if result.findings or result.events != events:
                raise RuntimeError(f"the export does not verify: {result}")

        exported = [events / _seconds(write) for _ in range(rounds)]
        verified = [events / _seconds(read) for _ in range(rounds)]
        more = {"events": events, "bytes": path.stat().st_size}
    return [
        Figure(
            "verify_rate",
            median(verified),
            "events/s",
            more={"goal": 50_000, "rounds": verified, **more},
        ),
        Figure("export_rate", median(exported), "events/s", more={"rounds": exported, **more}),
    ]


def _seconds(act: Callable[[], None]) -> float:
    began = time.perf_counter()
    act()
    return time.perf_counter() - began
