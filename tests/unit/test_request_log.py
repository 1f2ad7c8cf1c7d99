"""What a process writes down: of a request, of a job, and by which id their lines are found."""

import json
import logging
from datetime import UTC, datetime
from typing import Any

import pytest

from plaudit import tracing
from plaudit.clock import ManualClock
from plaudit.http.logs import JsonLines, logged
from plaudit.jobs import Job, JobRunner
from tests.support.waiting import eventually


async def test_the_log_has_the_path_of_a_request_and_not_its_query(caplog: pytest.LogCaptureFixture) -> None:
    """Keys of unlisted videos, tokens of overlays and codes of sign-ins stand there."""

    async def application(_scope: Any, _receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})

    async def nothing(_message: Any = None) -> None: ...

    scope: Any = {"type": "http", "method": "GET", "path": "/videos/12", "query_string": b"key=3f0c9a51"}
    with caplog.at_level(logging.INFO, "plaudit.requests"):
        await logged(application)(scope, nothing, nothing)  # type: ignore[arg-type]  # as much of ASGI as it asks for
    (record,) = caplog.records
    assert record.getMessage().startswith("GET /videos/12 200 ")
    assert "3f0c" not in record.getMessage()


def line(record: logging.LogRecord) -> dict[str, Any]:
    written: dict[str, Any] = json.loads(JsonLines().format(record))
    return written


def test_an_id_that_is_none_is_not_taken_over() -> None:
    assert tracing.begin_request("4f0c9a51-of-the-proxy") == "4f0c9a51-of-the-proxy"
    for strange in ("short", "with a space in it", "a" * 65, "line\nbreak", "café-and-more"):
        assert tracing.begin_request(strange) != strange
    assert tracing.begin_request() != tracing.begin_request()


async def test_lines_of_a_job_name_it_and_its_run(caplog: pytest.LogCaptureFixture) -> None:
    written: list[dict[str, Any]] = []
    log = logging.getLogger("plaudit.test")

    async def work() -> None:
        log.warning("at it")
        written.append(line(caplog.records[-1]))

    runner = JobRunner([Job("tests.work", 0.01, work)], ManualClock(datetime(2026, 1, 1, tzinfo=UTC)))
    await runner.start()
    await eventually(lambda: len(written) > 1, "the job ran twice")
    await runner.stop()
    assert {one["job"] for one in written} == {"tests.work"}
    assert written[0]["run"] != written[1]["run"]
    assert "request" not in written[0]
