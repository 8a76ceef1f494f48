"""Logs as structured events, ours and those of the libraries: JSON, or pretty on a terminal."""

import logging
import sys
import traceback
from typing import Literal

import structlog
from structlog.typing import EventDict, ExcInfo, Processor, WrappedLogger

LogFormat = Literal["auto", "json", "pretty"]


def configure(log_format: LogFormat = "auto") -> None:
    """Sets logging up for the process; everything goes to standard error.

    Start uvicorn with `log_config=None` and `access_log=False`: its lines come out here, and
    `api.middleware` writes one for each request.
    """
    pretty = log_format == "pretty" or (log_format == "auto" and sys.stderr.isatty())
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.ExtraAdder(),
        _without_colours,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    renderer: Processor = (
        structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
        if pretty
        else structlog.processors.JSONRenderer(ensure_ascii=False)
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.ExceptionRenderer(_places),
                renderer,
            ],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.INFO)
    for name in ("uvicorn", "uvicorn.error", "uvicorn.access"):
        library = logging.getLogger(name)
        library.handlers.clear()
        library.propagate = True
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )


def _places(exc_info: ExcInfo) -> str:
    """Where an error came from: places in the code and types of errors.

    Not their words, nor the values of variables: those may hold what somebody typed.
    """
    lines: list[str] = []
    error: BaseException | None = exc_info[1]
    while error is not None:
        places = traceback.extract_tb(error.__traceback__)
        lines += [f"{place.filename}:{place.lineno} in {place.name}" for place in places]
        lines.append(f"{type(error).__module__}.{type(error).__qualname__}")
        error = error.__cause__ or error.__context__
    return "\n".join(lines)


def _without_colours(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """uvicorn says everything twice, the second time in colours."""
    event.pop("color_message", None)
    return event
