"""Callers who hang up: nobody is told of an incident, and the database is not blamed."""

import logging

import pytest

from tests.support.desk import Desk


@pytest.mark.parametrize(("path", "role"), [("/v1/gifts", "hot"), ("/v1/quotes", "framework")])
@pytest.mark.parametrize("heard", [b"", b'{"id":'])
async def test_who_hangs_up_in_the_middle_is_no_incident(
    desk: Desk, caplog: pytest.LogCaptureFixture, path: str, role: str, heard: bytes
) -> None:
    told: list[dict[str, object]] = [
        {"type": "http.request", "body": heard, "more_body": True},
        {"type": "http.disconnect"},
    ]
    answers: list[dict[str, object]] = []

    async def receive() -> dict[str, object]:
        return told.pop(0)

    async def send(message: dict[str, object]) -> None:
        answers.append(message)

    token = desk.token("ada").encode()
    headers = [(b"authorization", b"Bearer " + token), (b"content-type", b"application/json"), (b"host", b"here")]
    scope = {
        "type": "http", "method": "POST", "path": path, "raw_path": path.encode(), "query_string": b"",
        "headers": headers, "http_version": "1.1", "scheme": "http", "client": ("127.0.0.1", 1), "root_path": "",
        "server": ("here", 80), "state": {},
    }  # fmt: skip
    with caplog.at_level(logging.INFO):
        await desk.app(scope, receive, send)
    assert answers[0]["status"] == 499, role
    assert [record.getMessage() for record in caplog.records if record.name.startswith("plaudit")] == []
