"""A thousand connections that say nothing to a real server: others are served, and the server ends as ever."""

import socket
from contextlib import ExitStack
from pathlib import Path

import httpx2

from tests.support.server import serving
from tests.support.waiting import WAIT_S

SILENT = 1_000


def test_a_thousand_silent_connections_harm_nobody(database_url: str, tmp_path: Path) -> None:
    with serving(database_url, tmp_path / "log", PLAUDIT_CONNECTIONS="300", PLAUDIT_REQUEST_HEAD_S="100000") as server:
        host, _, port = server.address.removeprefix("http://").rpartition(":")
        with ExitStack() as stack:
            for number in range(SILENT):
                silent = stack.enter_context(socket.create_connection((host, int(port)), timeout=WAIT_S))
                if number % 2:
                    silent.sendall(b"GET /ready HTTP/1.1\r\nHost: ")
                if number % 100 == 0:
                    assert httpx2.get(f"{server.address}/ready", timeout=WAIT_S).status_code == 200
            assert httpx2.get(f"{server.address}/ready", timeout=WAIT_S).status_code == 200
    assert "Traceback" not in (tmp_path / "log").read_text()
