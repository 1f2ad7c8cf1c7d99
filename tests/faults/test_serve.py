"""`plaudit serve`: workers on one port, a killed one replaced, signals that end everything in order."""

import os
import signal
import socket
from pathlib import Path

import httpx2
import pytest

from plaudit.clock import SystemClock
from plaudit.connections import connect
from plaudit.people.development import DevelopmentIssuer
from plaudit.people.model import Role
from plaudit.processes import processes_in
from tests.support.databases import application_of, owner_of, run_aside
from tests.support.server import serving, workers_on
from tests.support.waiting import WAIT_S, until


@pytest.mark.skipif(not Path("/proc").exists(), reason="looks for processes in /proc")
def test_a_killed_worker_is_replaced_while_the_others_answer(database_url: str, tmp_path: Path) -> None:
    with serving(database_url, tmp_path / "log", "--workers", "2") as server:
        address = server.address
        until(lambda: len(workers_on(database_url)) == 2, "two workers")
        until(lambda: httpx2.get(f"{address}/ready", timeout=WAIT_S).status_code == 200, "an answer")
        first = workers_on(database_url)
        os.kill(min(first), signal.SIGKILL)
        until(lambda: len(workers_on(database_url) - first) == 1, "another worker")
        for _ in range(20):  # each connection lands on either socket, and none is lost
            assert httpx2.get(f"{address}/ready", timeout=WAIT_S).status_code == 200
    assert workers_on(database_url) == set()
    assert "another takes its place" in (tmp_path / "log").read_text()


async def _accepted(database_url: str, issuer: DevelopmentIssuer) -> None:
    connection = await connect(owner_of(database_url))
    await issuer.register(connection, SystemClock())
    await connection.close()


def _refuses(address: tuple[str, int]) -> bool:
    try:
        socket.create_connection(address).close()
    except ConnectionRefusedError:
        return True
    return False


def test_a_request_under_way_is_answered_before_the_end(database_url: str, tmp_path: Path) -> None:
    issuer = DevelopmentIssuer.new()
    run_aside(_accepted(database_url, issuer))
    token = issuer.mint("ada", [Role.VIEWER], SystemClock())
    head = (
        "POST /v1/gifts HTTP/1.1\r\nHost: plaudit.test\r\nContent-Type: application/json\r\n"
        f"Content-Length: 2\r\nExpect: 100-continue\r\nAuthorization: Bearer {token}\r\n\r\n"
    )
    with serving(database_url, tmp_path / "log") as server:
        host, _, port = server.address.removeprefix("http://").rpartition(":")
        with socket.create_connection((host, int(port)), timeout=WAIT_S) as asking:
            asking.sendall(head.encode())
            assert b"100 Continue" in asking.recv(1_000)  # now the server waits for the body
            server.process.terminate()
            until(lambda: _refuses((host, int(port))), "an end of new connections")
            asking.sendall(b"{}")
            assert asking.recv(10_000).startswith(b"HTTP/1.1 400 ")


@pytest.mark.parametrize("workers", ["1", "2"])
def test_a_port_that_is_taken_is_said_in_one_line(database_url: str, tmp_path: Path, workers: str) -> None:
    with serving(database_url, tmp_path / "first", "--workers", workers) as server:
        port = server.address.rpartition(":")[2]
        with (
            pytest.raises(AssertionError, match="cannot listen on"),
            serving(database_url, tmp_path / "second", "--port", port, "--workers", workers),
        ):
            pass
    assert (tmp_path / "second").read_text().splitlines() == [
        f"plaudit: cannot listen on 127.0.0.1 port {port}: Address already in use; choose another with --port"
    ]


def test_a_database_that_is_not_there_is_said_by_the_name_of_its_setting(tmp_path: Path) -> None:
    nowhere = "postgresql:///x?host=/nonexistent"
    with (
        pytest.raises(AssertionError, match="DATABASE_URL: the database cannot be reached"),
        serving(nowhere, tmp_path / "log"),
    ):
        pass


def test_a_database_that_is_not_prepared_is_said_in_one_line(server_url: str, tmp_path: Path) -> None:
    with (
        pytest.raises(AssertionError, match="run `plaudit migrate`"),
        serving(application_of(server_url), tmp_path / "log"),
    ):
        pass
    assert "Traceback" not in (tmp_path / "log").read_text()


def test_the_embedded_database_is_started_prepared_and_stopped(tmp_path: Path) -> None:
    data = tmp_path / "data"
    with serving("", tmp_path / "log", "--data", str(data)) as server:
        assert httpx2.get(f"{server.address}/ready", timeout=WAIT_S).json() == {"status": "ready"}
        assert processes_in(data / "postgres", "postgres")
    until(lambda: not processes_in(data / "postgres", "postgres"), "no database")
