"""A platform to load: `plaudit serve` in a process of its own, rich viewers with tokens, and a live room."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from uuid import UUID

import httpx2

from plaudit.bench.world import COINS_EACH, scratch_database
from plaudit.clock import SystemClock
from plaudit.connections import connect
from plaudit.embedded import Logins
from plaudit.gifts.catalogue.folder import load_starter
from plaudit.ids import new_id
from plaudit.people.development import DevelopmentIssuer
from plaudit.people.model import Role
from plaudit.statements import statements

SQL = statements(__file__)
_clock = SystemClock()
_START_WAIT_S = 30
ROOMS_WATCHED_MAX = 1_000  # all rooms of a benchmark are one creator's


@dataclass(frozen=True)
class Served:
    """Where the platform is, and who may do what there."""

    host: str
    port: int
    pid: int
    logins: Logins
    room_id: str
    creator_token: str
    viewer_tokens: list[str]

    @property
    def url(self) -> str:
        return f"http://{self.host}:{self.port}"

    async def gifts_per_batch(self) -> float:
        """How many gifts the batch writer took at a time, on average."""
        connection = await connect(self.logins.application)
        try:
            gifts: float = await connection.fetchval(SQL["gifts_per_batch"])
        finally:
            await connection.close()
        return round(gifts, 1)


@asynccontextmanager
async def served_platform(server: Logins, *, viewers: int) -> AsyncIterator[Served]:
    """Start it on a scratch database, and end it."""
    issuer = DevelopmentIssuer.new()
    async with scratch_database(server) as logins:
        owner = await connect(logins.owner, statement_timeout_ms=0)
        try:
            await issuer.register(owner, _clock)
            await load_starter(owner, _clock)
            await owner.execute(SQL["allow_unsold_lots"])
            async with serving(logins.application) as (host, port, pid):
                creator_token = issuer.mint("creator", [Role.CREATOR], _clock)
                tokens = [issuer.mint(f"viewer-{number}", [Role.VIEWER], _clock) for number in range(viewers)]
                async with httpx2.AsyncClient(base_url=f"http://{host}:{port}") as client:
                    room_id = await live_room(client, creator_token)
                    for token in tokens:
                        person_id = int((await ask(client, "GET", "/v1/me", token))["id"])
                        await owner.fetchval(SQL["fund_viewer"], person_id, _lot(), COINS_EACH, _clock.now())
                yield Served(host, port, pid, logins, room_id, creator_token, tokens)
        finally:
            await owner.close()


def _lot() -> UUID:
    return new_id(_clock)


async def live_room(client: httpx2.AsyncClient, token: str) -> str:
    """A room of that creator, started; its id."""
    room = await ask(client, "POST", "/v1/rooms", token, {"title": "Benchmark"})
    await ask(client, "POST", f"/v1/rooms/{room['id']}/start", token)
    return str(room["id"])


async def ask(
    client: httpx2.AsyncClient, method: str, path: str, token: str, body: dict[str, str] | None = None
) -> dict[str, str]:
    """The answer to a request that must succeed."""
    answer = await client.request(method, path, json=body, headers={"Authorization": f"Bearer {token}"})
    if answer.status_code >= httpx2.codes.BAD_REQUEST:
        raise RuntimeError(f"{method} {path}: {answer.status_code} {answer.text}")
    found: dict[str, str] = answer.json()
    return found


@asynccontextmanager
async def serving(url: str, port: int = 0) -> AsyncIterator[tuple[str, int, int]]:
    """`plaudit serve` in a process of its own: its host, port and process id."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "plaudit", "serve", "--port", str(port)),
        env={**os.environ, "DATABASE_URL": url, "PLAUDIT_ROOMS_WATCHED_PER_CREATOR": str(ROOMS_WATCHED_MAX)},
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdout
    try:
        async with asyncio.timeout(_START_WAIT_S):
            line = (await process.stdout.readline()).decode()
        host, _, found = line.strip().rpartition("//")[2].rpartition(":")
        if not found.isdecimal():
            raise RuntimeError(f"the server did not start: {line!r}")
        yield host, int(found), process.pid
    finally:
        if process.returncode is None:
            process.terminate()
        await process.wait()
