"""How a process logs: one JSON object a line, or plain lines on a terminal. No secrets, no query strings.

A line says which request it is about (`request`, as in the answer's X-Request-Id), or which run of which job.
"""

import logging
import sys
import time
import traceback
from datetime import UTC, datetime
from typing import Any

import msgspec
from litestar.types import ASGIApp

from plaudit.tracing import at


class JsonLines(logging.Formatter):
    """One JSON object a record."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "from": record.name,
            "process": record.process,
            "message": record.getMessage(),
            **at(),
        }
        if record.exc_info:
            line["trace"] = "".join(traceback.format_exception(*record.exc_info))
        return msgspec.json.encode(line).decode()


def configure_logging(log_format: str = "auto", level: int = logging.INFO) -> None:
    """Log to standard error, once for each process: as `json`, as `text`, or `auto`, as text on a terminal only."""
    handler = logging.StreamHandler(sys.stderr)
    as_text = sys.stderr.isatty() if log_format == "auto" else log_format == "text"
    handler.setFormatter(logging.Formatter("%(levelname).1s %(name)s: %(message)s") if as_text else JsonLines())
    logging.basicConfig(level=level, handlers=[handler], force=True)
    for chatty in ("httpx2", "httpcore2", "uvicorn.error"):
        logging.getLogger(chatty).setLevel(logging.WARNING)


def logged(application: ASGIApp) -> ASGIApp:
    """The same application with a line in the log for each request: method, path, status, milliseconds."""
    log = logging.getLogger("plaudit.requests")

    async def logging_application(scope: Any, receive: Any, send: Any) -> None:
        status = 0
        began = time.perf_counter_ns()

        async def observed(message: Any) -> None:
            nonlocal status
            status = message.get("status", status)
            await send(message)

        try:
            await application(scope, receive, observed)
        finally:
            if scope["type"] != "lifespan":
                took_ms = (time.perf_counter_ns() - began) // 1_000_000
                log.info("%s %s %d %d ms", scope.get("method", "socket"), scope["path"], status, took_ms)

    return logging_application
