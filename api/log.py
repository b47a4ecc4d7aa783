"""How this process logs: structured, with request ids, and never with what people wrote."""

import json
import logging
import sys
from collections.abc import MutableMapping
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any, Final, Literal

import orjson
import structlog

REQUEST_ID: Final[ContextVar[str]] = ContextVar("request_id", default="")
"""The request that is being answered: on each line written meanwhile, and by the tasks that it starts."""


def configure(style: Literal["console", "json"], *, level: str = "info") -> None:
    """Set up logging for the process: lines for people, or JSON for collectors."""
    threshold = logging.getLevelNamesMapping()[level.upper()]
    chain: list[Any] = [_json_line] if style == "json" else _console()
    structlog.configure(
        processors=chain,
        wrapper_class=structlog.make_filtering_bound_logger(threshold),
        # Standard output is for what a command answers: whoever reads only that must not stop us by reading no further.
        logger_factory=structlog.WriteLoggerFactory(file=sys.stderr),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler()
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *chain]
        )
    )
    logging.basicConfig(handlers=[handler], level=threshold, force=True)
    for noisy in ("alembic", "uvicorn.error"):
        logging.getLogger(noisy).setLevel(max(threshold, logging.WARNING))
    # uvicorn's own line a request would repeat ours, with the query string in it.
    logging.getLogger("uvicorn.access").disabled = True


def _console() -> list[Any]:
    return [
        _name_request,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        # Plain tracebacks: a rich one would print local variables, and with them what people wrote.
        structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback),
    ]


def _name_request(_: Any, __: str, line: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    if request_id := REQUEST_ID.get():
        line["request_id"] = request_id
    return line


def _json_line(logger: Any, method: str, line: MutableMapping[str, Any]) -> str:
    """One line of JSON, in one step: each request writes one, and the usual five steps take twice as long."""
    if "exc_info" in line:
        line = structlog.processors.format_exc_info(logger, method, line)
    line["level"] = "error" if method == "exception" else method
    line["timestamp"] = datetime.now(UTC)
    line = _name_request(logger, method, line)
    try:
        return orjson.dumps(line, default=str, option=orjson.OPT_UTC_Z).decode()
    except TypeError:
        # A number or a text that is too odd for it; a line in the log is never worth an error.
        return json.dumps(line, default=str)
