"""Log lines: one JSON object each, with the ids of the request and no words of an error."""

import json
import subprocess
import sys

SCRIPT = """
import logging, structlog
from api.logging import configure
configure("json")
log = structlog.get_logger("doti")
with structlog.contextvars.bound_contextvars(request_id="r1"):
    log.info("something", n=1)
    try:
        try:
            raise ValueError("a secret")
        except ValueError as error:
            raise RuntimeError("another secret") from error
    except RuntimeError:
        log.exception("failed")
        logging.getLogger("uvicorn.error").exception("of a library")
logging.getLogger("uvicorn.error").info("Started", extra={"color_message": "colours"})
logging.getLogger("noise").debug("not shown")
"""


def test_lines() -> None:
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT], check=True, capture_output=True, text=True, timeout=60
    )
    assert done.stdout == ""
    lines = [json.loads(line) for line in done.stderr.splitlines()]
    assert [line["event"] for line in lines] == ["something", "failed", "of a library", "Started"]
    first, failed, library, started = lines
    assert (first["request_id"], first["level"], first["n"]) == ("r1", "info", 1)
    assert first["timestamp"].endswith("Z")
    for line in (failed, library):
        assert "RuntimeError" in line["exception"]
        assert "ValueError" in line["exception"]
        assert "<string>" in line["exception"]
    assert "secret" not in done.stderr
    assert "color_message" not in started
