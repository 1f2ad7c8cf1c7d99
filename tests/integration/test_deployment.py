"""The files of a deployment: systemd reads the units, nginx with its site stands before a server, a dump is taken."""

import json
import os
import socket
import subprocess
from pathlib import Path

import httpx2
import pytest
from websockets.sync.client import connect

from plaudit.postgresql import wheel
from tests.support.commands import plaudit
from tests.support.databases import owner_of
from tests.support.nginx import HOST, nginx
from tests.support.ports import LOOPBACK, held_port
from tests.support.server import serving
from tests.support.waiting import WAIT_S, until

FILES = Path(__file__).parents[2] / "examples" / "deploy"


@pytest.mark.parametrize("unit", sorted(file.name for file in FILES.glob("plaudit*.*") if file.suffix != ".env"))
def test_systemd_understands_the_units(unit: str) -> None:
    outcome = _systemd_analyze("verify", str(FILES / unit))
    wrong = [line for line in outcome.stderr.splitlines() if "/opt/plaudit" not in line and "plaudit" in line]
    assert wrong == []


@pytest.mark.parametrize("unit", sorted(file.name for file in FILES.glob("plaudit*.service")))
def test_a_service_can_do_little_to_its_machine(unit: str) -> None:
    """By systemd's own measure: 0 is nothing, 100 everything; without any of these lines it is 96."""
    outcome = _systemd_analyze("security", "--offline=true", "--no-pager", "--threshold=20", str(FILES / unit))
    assert outcome.returncode == 0, outcome.stdout.splitlines()[-1]


def _systemd_analyze(*asked: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["/usr/bin/systemd-analyze", *asked], capture_output=True, text=True, check=False)


def test_a_server_behind_nginx(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with held_port() as plain, held_port() as encrypted:
        public = f"https://{HOST}:{encrypted}"
        settings = {
            "PLAUDIT_DATA": str(tmp_path), "PLAUDIT_PUBLIC_URL": public, "PLAUDIT_TRUSTED_PROXIES": "127.0.0.0/8",
        }  # fmt: skip
        minted = plaudit(
            database_url, "token", "tove", "--role", "operator", "--role", "creator", PLAUDIT_DATA=str(tmp_path)
        )
        token = minted.stdout.strip()  # by who is alone with the machine: nobody may at a public address
        with (
            serving(database_url, tmp_path / "server.log", **settings) as server,
            nginx(
                tmp_path, (FILES / "nginx.conf").read_text(), int(server.address.rsplit(":", 1)[1]), plain, encrypted
            ) as trust,
        ):
            _at_loopback(monkeypatch)
            with httpx2.Client(verify=trust, timeout=WAIT_S, headers={"Authorization": f"Bearer {token}"}) as client:
                until(lambda: _answers(client, f"{public}/health"), "nginx answers")
                moved = client.get(f"http://{HOST}:{plain}/wallet?a=b")
                assert (moved.status_code, moved.headers["location"]) == (301, f"https://{HOST}/wallet?a=b")
                page = client.get(f"{public}/operator/setup", headers={"X-Forwarded-For": "203.0.113.9"})
                assert "this request came from 127.0.0.1" in page.text
                head = client.head(public, headers={"X-Request-Id": "of-the-client-itself"}).headers
                assert head.get_list("strict-transport-security") == ["max-age=31536000"]
                (known_by,) = head.get_list("x-request-id")
                assert known_by != "of-the-client-itself"
                client.get(f"{public}/overlay?token=secret-of-an-overlay")
                assert client.post(f"{public}/v1/rooms", content=bytes(3_200_000)).status_code == 413
                assert client.get(f"{public}/health", headers={"X-Long": "a" * 20_000}).status_code in {400, 431}
                room_id = client.post(f"{public}/v1/rooms", json={"title": "Tea"}).json()["id"]
                client.post(f"{public}/v1/rooms/{room_id}/start").raise_for_status()
                with client.stream("GET", f"{public}/v1/rooms/{room_id}/events") as events:
                    assert next(events.iter_lines()), "an event comes through while the stream goes on"
            address = f"wss://{HOST}:{encrypted}/v1/rooms/{room_id}/socket?token={token}"
            with connect(address, ssl=trust, open_timeout=WAIT_S) as screen:
                assert json.loads(screen.recv(timeout=WAIT_S))["type"] == "hello"
            trust.set_alpn_protocols(["h2"])
            raw = socket.create_connection((LOOPBACK, encrypted))
            with trust.wrap_socket(raw, server_hostname=HOST) as spoken:
                assert spoken.selected_alpn_protocol() == "h2"
    logs = "".join(file.read_text() for file in tmp_path.glob("*.log"))
    assert "/overlay" in logs
    assert known_by in logs
    assert "secret-of-an-overlay" not in logs
    assert token not in logs


def _at_loopback(monkeypatch: pytest.MonkeyPatch) -> None:
    """The name of the example leads to this machine."""
    known = socket.getaddrinfo

    def found(host: str | bytes | None, *arguments: object, **more: object) -> object:
        return known(LOOPBACK if host in {HOST, HOST.encode()} else host, *arguments, **more)  # type: ignore[arg-type]  # passed on as they came

    monkeypatch.setattr(socket, "getaddrinfo", found)


def _answers(client: httpx2.Client, address: str) -> bool:
    try:
        return client.get(address).status_code == 200
    except httpx2.TransportError:
        return False


OWNER = "PLAUDIT_OWNER_DATABASE_URL"


def test_a_dump_is_taken_and_noted(database_url: str, tmp_path: Path) -> None:
    plain = database_url.replace("postgresql:/p", "postgresql:///p")
    command = tmp_path / "plaudit"
    command.write_text(f'#!/bin/sh\necho "$@" > {tmp_path}/noted\n')
    command.chmod(0o755)
    programs = {"PG_DUMP": str(wheel() / "bin/pg_dump"), "PG_RESTORE": str(wheel() / "bin/pg_restore")}
    environment = os.environ | programs | {"BACKUP_FOLDER": str(tmp_path / "dumps"), "PLAUDIT": str(command)}
    subprocess.run([FILES / "backup.sh"], check=True, env=environment | {"DATABASE_URL": plain, OWNER: owner_of(plain)})
    (dump,) = (tmp_path / "dumps").iterdir()
    noted = (tmp_path / "noted").read_text().split()
    assert noted[:3] == ["backup", "taken", "--at"]
    assert noted[4:] == ["--note", str(dump)]
    assert plaudit(database_url, *noted).status == 0
    failed = subprocess.run([FILES / "backup.sh"], check=False, env=environment | {OWNER: owner_of(plain) + "x"})
    assert failed.returncode != 0
    assert [one.suffix for one in (tmp_path / "dumps").iterdir()] == [".dump"]
