"""A platform of several processes on one database, each with a port, and screens that watch rooms over real sockets."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import httpx2
import msgspec
import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed
from websockets.typing import Subprotocol

from plaudit.clock import Clock
from plaudit.connections import connect as connect_to_database
from plaudit.gifts.catalogue.folder import load_starter
from plaudit.http.house import House, open_house
from plaudit.http.server import _config
from plaudit.ids import new_id
from plaudit.listening import listen
from plaudit.live.conversation import ServerMessage
from plaudit.outgoing import tls_context
from plaudit.people import actions
from plaudit.people.development import ISSUER, DevelopmentIssuer
from plaudit.people.model import Role
from plaudit.settings import Settings
from tests.support.databases import owner_of
from tests.support.lots import GRANT_DECIDED
from tests.support.ports import LOOPBACK
from tests.support.serving import running
from tests.support.waiting import WAIT_S

ROSE = 1
"""An item that costs one coin."""
TEDDY_SKU = "teddy-bear"


@dataclass
class Process:
    """One server with a port."""

    house: House
    port: int

    @property
    def origin(self) -> str:
        return f"http://{LOOPBACK}:{self.port}"


@dataclass
class Platform:
    """People, rooms and processes of one database."""

    database_url: str
    clock: Clock
    issuer: DevelopmentIssuer
    processes: list[Process]
    _stack: AsyncExitStack = field(repr=False)

    @property
    def house(self) -> House:
        return self.processes[0].house

    def id(self) -> UUID:
        return new_id(self.clock)

    def token(self, subject: str, *roles: Role) -> str:
        return self.issuer.mint(subject, roles or (Role.VIEWER,), self.clock, claims={})

    async def client(self, token: str | None = None, process: int = 0, **headers: str) -> httpx2.AsyncClient:
        """Somebody who speaks HTTP to a process."""
        if token:
            headers["Authorization"] = f"Bearer {token}"
        return await self._stack.enter_async_context(
            httpx2.AsyncClient(
                verify=tls_context(), base_url=self.processes[process].origin, headers=headers, timeout=WAIT_S
            )
        )

    async def viewer(self, subject: str, coins: int = 0) -> httpx2.AsyncClient:
        """A viewer with coins."""
        client = await self.client(self.token(subject))
        if coins:
            await self.fund(await self.person_id(client), coins)
        return client

    async def creator(self, subject: str) -> httpx2.AsyncClient:
        return await self.client(self.token(subject, Role.VIEWER, Role.CREATOR))

    async def server(self, name: str = "host") -> httpx2.AsyncClient:
        """A server of the platform, by a new key."""
        connection = await connect_to_database(owner_of(self.database_url))
        try:
            _, secret = await actions.create_api_key(connection, name, ISSUER, self.clock)
        finally:
            await connection.close()
        return await self.client(secret)

    async def person_id(self, client: httpx2.AsyncClient) -> int:
        return int((await client.get("/v1/me")).json()["id"])

    async def fund(self, person_id: int, coins: int) -> None:
        """Promotional coins."""
        owner = await connect_to_database(owner_of(self.database_url))
        try:
            await owner.fetchval(GRANT_DECIDED, person_id, self.id(), coins, self.clock.now(), None)
        finally:
            await owner.close()

    async def live_room(self, creator: httpx2.AsyncClient, title: str = "Tea and songs") -> str:
        """The id of a new room that is live."""
        made = await creator.post("/v1/rooms", json={"title": title})
        assert made.status_code == 201, made.text
        room_id: str = made.json()["id"]
        started = await creator.post(f"/v1/rooms/{room_id}/start")
        assert started.status_code == 200, started.text
        return room_id

    @asynccontextmanager
    async def screen(
        self,
        room_id: str,
        token: str = "",
        cursor: str = "",
        process: int = 0,
        headers: Mapping[str, str] | None = None,
    ) -> AsyncIterator["Screen"]:
        """A socket that watches a room."""
        origin = self.processes[process].origin.replace("http", "ws")
        address = f"{origin}/v1/rooms/{room_id}/socket?cursor={cursor}"
        protocols = [Subprotocol("plaudit"), *([Subprotocol(f"plaudit.token.{token}")] if token else [])]
        async with connect(
            address,
            subprotocols=protocols,
            compression=None,
            max_queue=None,
            ping_interval=None,
            additional_headers=headers,
        ) as socket:
            yield Screen(socket, self.clock)


def as_described(text: str | bytes) -> Any:
    """A message of the server as its description has it: what the description does not know is left out."""
    said = msgspec.json.decode(text, type=ServerMessage)
    return json.loads(msgspec.json.encode(said))


class Screen:
    """What a socket brought, and how to say something through it."""

    def __init__(self, socket: ClientConnection, clock: Clock) -> None:
        self.socket = socket
        self._clock = clock
        self.messages: list[dict[str, Any]] = []

    async def next(self, until: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        """The next message that fits; all before it are kept in `messages`."""
        async with asyncio.timeout(WAIT_S):
            while True:
                text = await self.socket.recv()
                message: dict[str, Any] = json.loads(text)
                assert as_described(text) == message
                self.messages.append(message)
                if until(message):
                    return message

    async def next_of(self, kind: str) -> dict[str, Any]:
        return await self.next(lambda message: message["type"] == kind)

    async def command(self, **command: Any) -> dict[str, Any]:
        """Send a command and wait for its answer."""
        await self.socket.send(json.dumps(command))
        return await self.next(lambda message: message["type"] == "answer" and message["id"] == str(command["id"]))

    async def gift(self, item_id: int = ROSE, count: int = 1, **more: Any) -> dict[str, Any]:
        return await self.command(type="gift", id=str(new_id(self._clock)), item_id=item_id, count=count, **more)

    async def see(self, gift_ids: Sequence[str]) -> None:
        """Wait until all these gifts were shown."""
        wanted = set(gift_ids)
        if not wanted <= set(self.gift_ids):
            await self.next(lambda _: wanted <= set(self.gift_ids))

    async def hear(self, text: str) -> None:
        """Wait until this was said."""
        if text not in self.texts:
            await self.next(lambda _: text in self.texts)

    async def have(self, coins: int) -> None:
        """Wait until the latest word is that the viewer has so many coins."""
        told = [message["coins"] for message in self.messages if message["type"] == "wallet"]
        if told[-1:] != [coins]:
            await self.next(lambda message: message["type"] == "wallet" and message["coins"] == coins)

    async def close_code(self) -> int:
        """With which code the other side closes."""
        with pytest.raises(ConnectionClosed) as closed:
            await self.next(lambda _: False)
        assert closed.value.rcvd is not None
        return closed.value.rcvd.code

    @property
    def frames(self) -> list[dict[str, Any]]:
        return [frame for message in self.messages if message["type"] == "frames" for frame in message["frames"]]

    @property
    def sequence(self) -> list[int]:
        return [frame["seq"] for frame in self.frames]

    @property
    def gift_ids(self) -> list[str]:
        return [gift["id"] for frame in self.frames if frame["kind"] == "gift" for gift in frame["gifts"]]

    @property
    def texts(self) -> list[str]:
        return [said["text"] for frame in self.frames if frame["kind"] == "chat" for said in frame["messages"]]

    @property
    def cursor(self) -> str:
        cursor: str = next(message["cursor"] for message in reversed(self.messages) if "cursor" in message)
        return cursor


@asynccontextmanager
async def open_platform(
    database_url: str, clock: Clock, processes: int = 1, settings: Settings | None = None
) -> AsyncIterator[Platform]:
    """So many processes on a migrated database, with the catalogue that comes with Plaudit."""
    issuer = DevelopmentIssuer.new()
    owner = await connect_to_database(owner_of(database_url))
    try:
        await issuer.register(owner, clock)
        async with owner.transaction():
            await load_starter(owner, clock)
    finally:
        await owner.close()
    async with AsyncExitStack() as stack:
        opened = [
            await stack.enter_async_context(serving(database_url, clock, settings=settings)) for _ in range(processes)
        ]
        async with AsyncExitStack() as clients:
            yield Platform(database_url, clock, issuer, opened, clients)


@asynccontextmanager
async def serving(
    database_url: str, clock: Clock, *, with_jobs: bool = True, settings: Settings | None = None
) -> AsyncIterator[Process]:
    """One more process on a database, with a port."""
    async with open_house(settings or Settings(), database_url, clock=clock, with_jobs=with_jobs) as house:
        listening = listen(LOOPBACK, 0)
        async with running(_config(house, log_requests=False), listening):
            try:
                yield Process(house, listening.getsockname()[1])
            finally:
                house.stopping.set()
