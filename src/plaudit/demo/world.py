"""What everybody in the demo shares: the server's address, the catalogue, rooms that are live, what was said there."""

import asyncio
import logging
from collections import defaultdict, deque
from collections.abc import Awaitable, Callable
from random import Random

import httpx2
import msgspec

from plaudit.clock import Clock
from plaudit.demo.behaviour import read_behaviour
from plaudit.demo.cast import Character, Creator, read_cast
from plaudit.demo.client import Client, Refused, Server
from plaudit.demo.purchase import Purchase, buy
from plaudit.demo.talk import Memory, read_talk
from plaudit.limits import PAGE_LENGTH_MAX
from plaudit.people.development import DevelopmentIssuer

log = logging.getLogger(__name__)

_ROOMS_LOOK_S = 5.0
_FAILURE_PAUSE_S = 5.0
_PURCHASES_KEPT = 60
FAILURES = (Refused, httpx2.HTTPError, TimeoutError, OSError)
"""What may go wrong between somebody and the server; the demo goes on."""


class Item(msgspec.Struct, frozen=True):
    """A catalogue item, as far as somebody who chooses one looks."""

    id: int
    sku: str
    name: str
    coins: int
    size: str
    combo: bool


class RoomCard(msgspec.Struct, frozen=True):
    """A live room in the list."""

    class Host(msgspec.Struct, frozen=True):
        id: str
        name: str

    id: str
    creator: Host
    viewers: int = 0


class World:
    """The shared part. Nobody here knows anything that the public API does not say."""

    def __init__(
        self,
        *,
        address: str,
        http: httpx2.AsyncClient,
        browser: httpx2.AsyncClient,
        issuer: DevelopmentIssuer,
        clock: Clock,
        seed: int,
    ) -> None:
        self.address = address
        self.cast = read_cast()
        self.behaviour = read_behaviour()
        self.talk = read_talk()
        self.clock = clock
        self.items: dict[int, Item] = {}
        self.rooms: list[RoomCard] = []
        self.purchases: deque[tuple[Client, Purchase]] = deque(maxlen=_PURCHASES_KEPT)
        """The last paid ones of the crowd, and who made them."""
        self.memories: defaultdict[str, Memory] = defaultdict(Memory)
        self._http = http
        self.browser = browser
        self._issuer = issuer
        self._seed = seed
        self._creators = {creator.name: creator for creator in self.cast.creators}

    @property
    def socket_address(self) -> str:
        return "ws" + self.address.removeprefix("http")

    def random_of(self, who: str) -> Random:
        """Chance as it meets one person: the same for the same seed."""
        return Random(f"{self._seed}:{who}")  # noqa: S311 - behaviour, no secret

    def client(self, who: Character) -> Client:
        return Client(self._http, who, self._issuer, self.clock)

    def server(self, key: str) -> Server:
        """The platform's server."""
        return Server(self._http, key)

    def creator_of(self, room: RoomCard) -> Creator | None:
        """Who runs a room, when it is one of ours."""
        return self._creators.get(room.creator.name)

    async def look_at_catalogue(self) -> None:
        """Read what can be given."""
        answer = await self.client(self.cast.operator).get("/v1/catalogue")
        self.items = {item.id: item for item in msgspec.convert(answer["items"], list[Item])}

    async def look_at_rooms(self) -> None:
        """Read which rooms are live."""
        answer = await self.client(self.cast.operator).get("/v1/rooms", state="live", limit=PAGE_LENGTH_MAX)
        self.rooms = msgspec.convert(answer["items"], list[RoomCard])

    async def watch_rooms(self) -> None:
        """Keep looking which rooms are live."""
        while True:
            await asyncio.sleep(_ROOMS_LOOK_S)
            await self.look_at_rooms()

    async def recharge(self, client: Client, coins: int, card: str) -> str:
        """Buy a package; the state its order reached."""
        card = self.behaviour.card_at_home(client.who.country, card)
        bought = await buy(client, self.browser, coins, card, self.clock)
        log.info("%s bought %d coins: %s", client.who.name, coins, bought.state)
        if bought.state == "paid":
            self.purchases.append((client, bought))
        return bought.state


async def for_ever(name: str, live: Callable[[], Awaitable[None]]) -> None:
    """Live again and again; what goes wrong is noted, and life goes on after a pause."""
    while True:
        try:
            await live()
        except FAILURES as failure:
            log.warning("%s: %r", name, failure)
            await asyncio.sleep(_FAILURE_PAUSE_S)
