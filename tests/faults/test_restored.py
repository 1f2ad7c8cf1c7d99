"""The guide to backups, typed as it stands: a base backup, a drill, and back to a moment, on Debian's PostgreSQL.

What happened after the moment is gone, providers are asked for what they know, and nothing from before is believed.
"""

import asyncio
import os
import re
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import unquote

import httpx2
import pytest

from plaudit.clock import SystemClock
from plaudit.connections import connect
from plaudit.embedded import EmbeddedPostgres
from plaudit.gifts.catalogue.folder import load_starter
from plaudit.ids import new_id
from plaudit.people.model import Role
from plaudit.sandbox.app import create_app
from plaudit.sandbox.shared import SandboxConfig
from plaudit.settings import Secret
from tests.support.clusters import Edition
from tests.support.databases import TEMPLATE, with_database
from tests.support.ports import LOOPBACK, held_port
from tests.support.serving import serving
from tests.support.shop import API_KEY, WEBHOOK_SECRET, Shop, open_shop

PROJECT = Path(__file__).parents[2]
GUIDE = PROJECT / "docs/guides/backup.md"
DEBIAN = Path("/usr/lib/postgresql/15")
IS_ROOT = os.geteuid() == 0
ROSE = {"item_id": 1, "count": 1}
_clock = SystemClock()


@dataclass
class Machine:
    """A machine with PostgreSQL; names of folders in the guide lead below `folder`."""

    folder: Path
    server: EmbeddedPostgres
    moment: str = ""
    sandbox_url: str = ""

    def type(self, block: str) -> str:
        """Run a block as one who types it; what systemd does with PostgreSQL, the test does."""
        for known, here in {
            "2026-12-01 14:05:00+00:00": self.moment, "-o postgres -g postgres ": "-o postgres " if IS_ROOT else "",
            "/var/lib/postgresql/15/main.before": f"{self.folder}/before/postgres",
            "/var/lib/postgresql/15/main": f"{self.folder}/main/postgres",
            "/opt/": f"{self.folder}/opt/", "/var/backups": f"{self.folder}/backups",
        }.items():  # fmt: skip
            block = block.replace(known, here)
        sockets = re.search(r"host=([^&]+)", self.server.url)
        environment = {
            "PATH": f"{self.folder}/programs:{os.environ['PATH']}", "LANG": "C.UTF-8", "PG": f"{DEBIAN}/bin",
            "PGHOST": unquote(sockets[1]) if sockets else "", "PGUSER": "plaudit",
            "PLAUDIT": f"{self.folder}/programs/plaudit", "DATABASE_URL": self.server.application_url,
            "PLAUDIT_DATA": str(self.folder), "TMPDIR": f"{self.folder}/scratch",
            "PLAUDIT_SANDBOX_URL": self.sandbox_url, "PLAUDIT_SANDBOX_API_KEY": API_KEY,
            "PLAUDIT_SANDBOX_WEBHOOK_SECRET": WEBHOOK_SECRET, "MOMENT": self.moment,
        }  # fmt: skip
        script = ["/bin/bash", "-euc", f"cd {PROJECT}\n{block}"]
        ended = subprocess.run(script, env=environment, capture_output=True, text=True, check=False)
        assert ended.returncode == 0, f"{block}\n{ended.stdout}{ended.stderr}"
        return ended.stdout

    def move_archive(self) -> None:
        """What was installed knows the archive by its name, also where PostgreSQL calls it."""
        for script in (self.folder / "opt/plaudit/share").iterdir():
            script.write_text(script.read_text().replace("/var/backups", f"{self.folder}/backups"))

    def stop(self) -> None:
        """PostgreSQL ends; what its folder lies in belongs to its user, as Debian's does."""
        owner = (self.server.data / "postgres").stat()
        self.server.stop()
        os.chown(self.server.data, owner.st_uid, owner.st_gid)
        (self.folder / "before").mkdir(exist_ok=True)


@pytest.fixture
def machine() -> Iterator[Machine]:
    with TemporaryDirectory(prefix="restored-") as folder:
        place = Path(folder)
        place.chmod(0o755)
        (place / "scratch").mkdir()
        (place / "scratch").chmod(0o1777)
        programs = place / "programs"
        programs.mkdir()
        as_postgres = "runuser -u postgres -- " if IS_ROOT else ""
        for name, does in {"systemctl": "", "su": f'exec {as_postgres}/bin/sh -c "$3"'}.items():
            (programs / name).write_text(f"#!/bin/sh\n{does}\n")
            (programs / name).chmod(0o755)
        (programs / "plaudit").symlink_to(Path(sys.executable).with_name("plaudit"))
        (place / "main").mkdir()
        kept = Edition.of(DEBIAN).kept_cluster() / "postgres"
        subprocess.run(["/bin/cp", "-a", kept, place / "main"], check=True)  # with its owners
        with EmbeddedPostgres(place / "main", installation=DEBIAN, options={"fsync": "off"}) as server:
            yield Machine(place, server)


@dataclass
class Before:
    """What was before the moment, and what people were told after it."""

    gift: dict[str, Any]
    cursor: str
    stranger: int


async def _prepare(url: str) -> None:
    elsewhere = await connect(with_database(url, "postgres"))
    await elsewhere.execute("drop database plaudit")
    await elsewhere.execute(f"create database plaudit template {TEMPLATE}")
    await elsewhere.close()
    owner = await connect(url)
    async with owner.transaction():
        await load_starter(owner, _clock)
    await owner.close()


async def _now(url: str) -> str:
    connection = await connect(url, writes=False)
    at: str = await connection.fetchval(
        "select to_char(clock_timestamp() at time zone 'UTC', 'YYYY-MM-DD HH24:MI:SS.US') || '+00:00'"
    )
    await connection.close()
    return at


async def _pay(shop: Shop, ada: httpx2.AsyncClient, order: dict[str, Any]) -> None:
    await shop.pay(order)
    assert (await ada.post(f"/v1/orders/{order['id']}/refresh")).json()["state"] == "paid"


async def _before(machine: Machine) -> Before:
    async with open_shop(machine.server.application_url, machine.folder) as shop:
        ada = await shop.desk.person("ada", locale="en-US")
        cleo = await shop.desk.person("cleo", Role.VIEWER, Role.CREATOR)
        await _pay(shop, ada, await shop.order(ada))
        room_id = (await cleo.post("/v1/rooms", json={"title": "Tea"})).json()["id"]
        await cleo.post(f"/v1/rooms/{room_id}/start")
        gift = ROSE | {"room_id": room_id}
        assert (await ada.post("/v1/gifts", json=gift | {"id": str(new_id(_clock))})).status_code == 201
        pending = await shop.order(ada)
        machine.moment = await _now(machine.server.application_url)
        gift["id"] = str(new_id(_clock))
        assert (await ada.post("/v1/gifts", json=gift)).status_code == 201
        await _pay(shop, ada, pending)
        await _pay(shop, ada, await shop.order(ada))
        assert await shop.coins(ada) == 3 * 70 - 2
        server = await shop.desk.client({"Authorization": f"Bearer {await shop.desk.server_key()}"})
        cursor = (await server.get("/v1/events")).json()["next"]
        return Before(gift, cursor, await shop.desk.person_id("zoe"))


@asynccontextmanager
async def _provider(folder: Path) -> AsyncIterator[str]:
    """The provider, which was not restored."""
    with held_port() as port:
        url = f"http://{LOOPBACK}:{port}"
        config = SandboxConfig(
            data=folder / "sandbox.sqlite", public_url=url, api_key=Secret(API_KEY),
            webhook_secret=Secret(WEBHOOK_SECRET), late_s=1,
        )  # fmt: skip
        async with serving(create_app(config), port):
            yield url


async def _tell(machine: Machine, block: str) -> str:
    async with _provider(machine.folder) as machine.sandbox_url:
        return await asyncio.to_thread(machine.type, block)


async def _after(machine: Machine, before: Before) -> None:
    async with open_shop(machine.server.application_url, machine.folder) as shop:
        ada = await shop.desk.person("ada", locale="en-US")
        assert await shop.coins(ada) == 2 * 70 - 1, "the order that was known is made up for, the gift is gone"
        assert (await ada.post("/v1/gifts", json=before.gift)).status_code == 201, "so it is charged, once"
        assert (await ada.post("/v1/gifts", json=before.gift)).status_code == 200
        server = await shop.desk.client({"Authorization": f"Bearer {await shop.desk.server_key()}"})
        void = await server.get("/v1/events", params={"after": before.cursor})
        assert (void.status_code, void.json()["code"]) == (410, "cursor_too_old")
        again = (await server.get("/v1/events", params={"after": void.json()["oldest"]})).json()["items"]
        (told,) = [one for one in again if one["type"] == "database.restored"]
        assert (told["epoch"], told["data"]["epoch"]) == (2, 2)
        assert datetime.fromisoformat(told["data"]["lost_since"]) == datetime.fromisoformat(machine.moment)
        olga = await shop.desk.person("olga", Role.OPERATOR)
        open_ = (await olga.get("/v1/operator/differences", params={"state": "open"})).json()["items"]
        assert [one["kind"] for one in open_] == ["payment_missing_here"]
        assert await shop.desk.person_id("zed") > before.stranger, "a number that somebody had is nobody else's"


def test_back_to_a_moment_by_the_guide(machine: Machine) -> None:
    archive, base_backup, drill, stop, rest, restore, tell, compared = re.findall(
        r"^```sh\n(.*?)^```$", GUIDE.read_text(), flags=re.DOTALL | re.MULTILINE
    )
    asyncio.run(_prepare(machine.server.url))
    machine.type(archive)
    machine.move_archive()
    machine.stop()
    machine.server.start()
    machine.type(base_backup)
    before = asyncio.run(_before(machine))
    machine.type("psql --quiet --command='select pg_switch_wal()' plaudit")
    said = machine.type(drill)
    assert "The books balance." in said
    machine.stop()
    machine.type(stop)
    machine.type(rest)
    machine.type(restore)
    machine.server.start()
    said = asyncio.run(_tell(machine, tell))
    assert "Epoch 2" in said
    assert "1 healed, 1 differ" in said
    assert "The books balance." in said
    asyncio.run(_after(machine, before))
    assert machine.type(compared) == "payouts leave again\n"
