"""What a process writes down of a request."""

import logging
from typing import Any

import pytest

from plaudit.http.logs import logged


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
