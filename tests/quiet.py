"""Log lines are made and thrown away; `capture_logs` still sees them."""

import structlog


def quiet() -> None:
    """From here on nothing is written."""
    structlog.configure(
        processors=[structlog.processors.KeyValueRenderer()],
        logger_factory=structlog.ReturnLoggerFactory(),
        cache_logger_on_first_use=False,
    )
