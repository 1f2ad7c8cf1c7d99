"""The guide to upgrading, walked: two releases serve one database while gifts go on, then the old one alone again, then
on. They are this version and a next one that is made of it; with `FROM=v1.2`, those of before and this."""

import asyncio
import json
import os
import random
import shutil
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, ExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx2
import pytest
from joserfc import jwk

from plaudit.clock import SystemClock
from plaudit.ids import new_id
from plaudit.outgoing import tls_context
from plaudit.people.development import ISSUER, DevelopmentIssuer
from plaudit.people.model import Role
from tests.support.databases import EmptyDatabase
from tests.support.lots import GRANT_DECIDED
from tests.support.server import serving
from tests.support.waiting import WAIT_S, eventually

PROJECT = Path(__file__).parents[2]
pytestmark = pytest.mark.soak

COINS, VIEWERS, GIFTS_A_STEP = 1_000_000, 5, 40
_clock = SystemClock()


def releases(folder: Path) -> tuple[Path, Path]:
    """The sources of two, one after the other."""
    here = PROJECT / "src"
    if before := os.environ.get("FROM"):
        kept = subprocess.run(
            ["/usr/bin/env", "git", "archive", before, "src"], cwd=PROJECT, capture_output=True, check=True
        ).stdout
        folder.mkdir()
        subprocess.run(["/usr/bin/env", "tar", "-x", "-C", str(folder)], input=kept, check=True)
        return folder / "src", here
    shutil.copytree(here, folder)
    schema = folder / "plaudit" / "schema"
    (schema / "migrations" / "9998_pre_live_next.sql").write_text("alter table room add column of_next text;\n")
    (schema / "migrations" / "9999_post_live_next.sql").write_text("alter table room drop column of_next;\n")
    charge = folder / "plaudit" / "ledger" / "functions" / "10_charge.sql"
    charge.write_text(charge.read_text() + "\n-- of the next\n")
    return here, folder


@dataclass
class Machines:
    """Servers of one database, of either release, and the commands of each."""

    database: EmptyDatabase
    folder: Path
    old: Path
    new: Path
    alive: list[str] = field(default_factory=list)
    """Addresses that a proxy would lead to."""

    def _environment(self, *, old: bool) -> dict[str, str]:
        return {
            "PLAUDIT_VAULT_KEYS": "v" * 32, "PLAUDIT_DATA": str(self.folder / "data"),
            "PYTHONPATH": str(self.old if old else self.new),
        }  # fmt: skip

    async def type(self, *arguments: str, old: bool = False) -> str:
        """A command as the owner of the tables; what it says."""
        logins = {"DATABASE_URL": self.database.application_url, "PLAUDIT_OWNER_DATABASE_URL": self.database.url}
        typed = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "plaudit", *arguments, env=os.environ | logins | self._environment(old=old),
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )  # fmt: skip
        said = (await typed.communicate())[0].decode()
        assert typed.returncode == 0, said
        return said

    @asynccontextmanager
    async def serving(self, *, old: bool) -> AsyncIterator[None]:
        """One more server: it is led to until the block ends, then it answers what is open and ends by itself."""
        log = self.folder / f"log {len(list(self.folder.glob('log *')))}"
        server = serving(self.database.application_url, log, **self._environment(old=old))
        with ExitStack() as stack:
            address = (await asyncio.to_thread(stack.enter_context, server)).address
            self.alive.append(address)
            try:
                yield
            finally:
                self.alive.remove(address)
                await asyncio.to_thread(stack.close)


@dataclass
class Traffic:
    """Viewers who send gifts to whichever server lives, again under the same id until one answers."""

    machines: Machines
    clients: list[httpx2.AsyncClient]
    room_id: str
    acknowledged: set[str] = field(default_factory=set)
    refused: list[str] = field(default_factory=list)
    over: bool = False

    async def send(self) -> None:
        while not self.over:
            gift = {"id": str(new_id(_clock)), "room_id": self.room_id, "item_id": 1, "count": 1}
            client = random.choice(self.clients)
            while not await self._is_taken(client, gift):
                await asyncio.sleep(0)

    async def _is_taken(self, client: httpx2.AsyncClient, gift: dict[str, object]) -> bool:
        if not self.machines.alive:
            return self.over  # given up
        try:
            answer = await client.post(f"{random.choice(self.machines.alive)}/v1/gifts", json=gift)
        except httpx2.TransportError:
            return False  # that server has ended
        if answer.status_code in {200, 201}:
            self.acknowledged.add(str(gift["id"]))
        elif answer.status_code != 503:
            self.refused.append(answer.text)
        return answer.status_code != 503

    async def go_on(self) -> None:
        """Wait until some more were taken."""
        wanted = len(self.acknowledged) + GIFTS_A_STEP
        await eventually(lambda: len(self.acknowledged) >= wanted or bool(self.refused), "gifts are taken")
        assert self.refused == []


@asynccontextmanager
async def traffic(machines: Machines, issuer: DevelopmentIssuer) -> AsyncIterator[Traffic]:
    """On a server that runs: people, a room that is live, coins, and gifts from then on."""
    async with AsyncExitStack() as stack:

        async def client(subject: str, *roles: Role) -> httpx2.AsyncClient:
            headers = {"Authorization": f"Bearer {issuer.mint(subject, roles, _clock, claims={})}"}
            opened = httpx2.AsyncClient(verify=tls_context(), headers=headers, timeout=WAIT_S)
            return await stack.enter_async_context(opened)

        (address,) = machines.alive
        cleo = await client("cleo", Role.VIEWER, Role.CREATOR)
        room_id = (await cleo.post(f"{address}/v1/rooms", json={"title": "Tea"})).json()["id"]
        assert (await cleo.post(f"{address}/v1/rooms/{room_id}/start")).status_code == 200
        clients = [await client(f"viewer {number}", Role.VIEWER) for number in range(VIEWERS)]
        for one in clients:
            person_id = int((await one.get(f"{address}/v1/me")).json()["id"])
            given = person_id, new_id(_clock), COINS, _clock.now(), None
            await machines.database.connection.fetchval(GRANT_DECIDED, *given)
        sent = Traffic(machines, clients, room_id)
        sending = [asyncio.create_task(sent.send()) for _ in range(2)]
        try:
            yield sent
        finally:
            sent.over = True
            await asyncio.gather(*sending)


async def test_two_releases_serve_one_database_there_and_back(empty_database: EmptyDatabase, tmp_path: Path) -> None:
    issuer = DevelopmentIssuer.new()
    keys = tmp_path / "keys.json"
    keys.write_text(json.dumps(jwk.KeySet([issuer._key]).as_dict(private=False)))
    machines = Machines(empty_database, tmp_path, *releases(tmp_path / "release"))
    await machines.type("migrate", old=True)
    await machines.type("issuer", "add", ISSUER, "--jwks", str(keys), old=True)
    await machines.type("catalogue", "starter", old=True)
    async with AsyncExitStack() as stack:
        async with machines.serving(old=True):
            sent = await stack.enter_async_context(traffic(machines, issuer))
            await sent.go_on()
            await machines.type("migrate", "--before-deploy")
            await sent.go_on()
            new = await stack.enter_async_context(AsyncExitStack())
            await new.enter_async_context(machines.serving(old=False))
            await sent.go_on()
        await sent.go_on()  # the new one alone
        async with machines.serving(old=True):
            await new.aclose()
            await sent.go_on()  # and back
            assert "The books balance." in await machines.type("audit", old=True)
            await new.enter_async_context(machines.serving(old=False))
            await sent.go_on()
        await machines.type("migrate")
        await sent.go_on()
        sent.over = True
        await eventually(lambda: _is_delivered(empty_database), "all is delivered")
    assert "The books balance." in await machines.type("audit")
    kept = {str(row["id"]) for row in await empty_database.connection.fetch("select id from gift")}
    assert sent.acknowledged <= kept, "none is lost"
    left = await empty_database.connection.fetchval("select sum(coins)::integer from wallet")
    assert left == VIEWERS * COINS - len(kept), "each is charged once"


async def _is_delivered(database: EmptyDatabase) -> bool:
    return bool(await database.connection.fetchval("select not exists (select from gift_batch)"))
