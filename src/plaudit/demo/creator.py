"""A creator of the demo: goes live, welcomes, thanks, answers, converts what was given and asks for payouts."""

import asyncio
import contextlib
import logging
from typing import Any

from plaudit.demo.cast import Creator as Person
from plaudit.demo.client import Refused
from plaudit.demo.room_socket import HeardFrame, HeardGift, HeardMessage, RoomSocket
from plaudit.demo.world import FAILURES, World
from plaudit.ids import new_id

log = logging.getLogger(__name__)

_THANKS_WAITING_MAX = 20


class Creator:
    """One person with a room."""

    def __init__(self, world: World, person: Person) -> None:
        self.person = person
        self._world = world
        self._random = world.random_of(person.subject)
        self._client = world.client(person)
        self._phrases = world.talk[person.language]
        self._habit = world.behaviour.creator
        self._gifts: asyncio.Queue[HeardGift] = asyncio.Queue(_THANKS_WAITING_MAX)
        self._arrivals: asyncio.Queue[str] = asyncio.Queue(_THANKS_WAITING_MAX)
        first_name = person.name.split()[0]
        self._hellos = {line.format(creator=first_name) for said in world.talk.values() for line in said.hello}
        self._me = ""

    async def go_live(self) -> str:
        """Be live, in the room there is or a new one; the room's id."""
        self._me = (await self._client.get("/v1/me"))["id"]
        rooms = await self._client.get("/v1/rooms", creator_id=self._me, limit=1)
        room = next((room for room in rooms["items"] if room["state"] != "ended"), None)
        if room is None:
            room = await self._client.post("/v1/rooms", {"title": self.person.title, "cover": self.person.cover})
        if room["state"] == "scheduled":
            await self._client.post(f"/v1/rooms/{room['id']}/start")
        return str(room["id"])

    async def make_overlay(self) -> str | None:
        """The address of a new overlay."""
        made = await self._client.post("/v1/overlay-tokens", {"id": str(new_id(self._world.clock)), "label": "Demo"})
        return made["url"] if made["url"] is None else str(made["url"])

    async def ensure_account(self) -> None:
        """Have a bank account to be paid at."""
        methods = await self._client.get("/v1/payout-methods")
        if methods["items"]:
            return
        account = self.person.account
        given = {field: value for field in account.__struct_fields__ if (value := getattr(account, field)) is not None}
        await self._client.post(
            "/v1/payout-methods",
            {
                "id": str(new_id(self._world.clock)),
                "holder_name": self.person.name,
                "country": self.person.country,
                **given,
            },
        )

    # In the room

    async def host(self) -> None:
        """Be in the own room until it ends; who ended it by hand has ended it for this evening."""
        room_id = await self.go_live()
        world = self._world
        socket = RoomSocket(world.socket_address, room_id, self._client, world.clock, self._random, self._hear)
        async with socket, asyncio.TaskGroup() as doing:
            tasks = [doing.create_task(work(socket)) for work in (self._talk, self._thank, self._welcome)]
            await socket.over.wait()
            for task in tasks:
                task.cancel()
        await asyncio.sleep(world.behaviour.viewing.stay_s)

    def _hear(self, frame: HeardFrame) -> None:
        for gift in frame.gifts:
            if not self._gifts.full():
                self._gifts.put_nowait(gift)
        for message in frame.messages:
            self._hear_message(message)

    def _hear_message(self, message: HeardMessage) -> None:
        if message.sender.id == self._me or self._arrivals.full():
            return
        if message.text in self._hellos:
            self._arrivals.put_nowait(message.sender.name)

    async def _talk(self, socket: RoomSocket) -> None:
        while True:
            await asyncio.sleep(self._random.expovariate(1 / self._habit.talk_every_s))
            await self._say(socket, self._phrases.working_on(self.person.topic))

    async def _welcome(self, socket: RoomSocket) -> None:
        """Welcome some of those who say hello."""
        while True:
            name = await self._arrivals.get()
            if self._random.random() < self._habit.answer_share:
                await asyncio.sleep(self._random.uniform(*self._world.behaviour.viewing.answer_within_s))
                await self._say(socket, self._phrases.welcome, name=name.split()[0])

    async def _thank(self, socket: RoomSocket) -> None:
        """Thank for gifts, for large ones always, and tick them off."""
        while True:
            gift = await self._gifts.get()
            item = self._world.items.get(gift.item_id)
            large = item is not None and item.size == "large"
            if item is None or (not large and self._random.random() >= self._habit.thank_share):
                continue
            await asyncio.sleep(self._random.uniform(*self._world.behaviour.viewing.answer_within_s))
            lines = self._phrases.thanks_large if large else self._phrases.thanks
            await self._say(socket, lines, name=gift.sender.name.split()[0], gift=item.name)
            if not self.person.left_to_you:
                thanked = {"viewer_id": gift.sender.id, "id": gift.id}
                with contextlib.suppress(*FAILURES):
                    await self._client.post("/v1/creators/me/gifts/thank", {"gifts": [thanked]})
            await asyncio.sleep(self._habit.thank_pause_s)

    async def _say(self, socket: RoomSocket, lines: list[str], **names: str) -> None:
        memory = self._world.memories[socket.room_id]
        line = memory.choose(self._random, lines, creator=self.person.name, **names)
        if line is not None:
            memory.heard(line)
            with contextlib.suppress(*FAILURES):
                await socket.say(line)

    # Money

    async def convert_sometimes(self) -> None:
        """Turn part of the gift balance into diamonds now and then."""
        await asyncio.sleep(self._random.expovariate(1 / self._habit.convert_every_s))
        balance = await self._client.get("/v1/creators/me/balance")
        coins = int(balance["gift_balance_coins"] * self._habit.convert_share)
        if coins > 0:
            await self._try("/v1/conversions", {"coins": coins})

    async def cash_out_sometimes(self) -> None:
        """Ask for a payout now and then, one at a time."""
        await asyncio.sleep(self._random.expovariate(1 / self._habit.payout_every_s))
        if (await self._client.get("/v1/payouts", state="requested", limit=1))["items"]:
            return
        methods = (await self._client.get("/v1/payout-methods"))["items"]
        balance = await self._client.get("/v1/creators/me/balance")
        wanted = int(balance["available"]["diamonds"] * self._habit.payout_share)
        diamonds = min(wanted, balance["payout_diamonds_left_today"])
        if not methods or diamonds < balance["payout_diamonds_min"]:
            return
        quote = await self._try("/v1/payout-quotes", {"method_id": methods[0]["id"], "diamonds": diamonds})
        if quote is not None:
            await self._try("/v1/payouts", {"quote_id": quote["id"]})

    async def _try(self, path: str, body: dict[str, Any]) -> Any:
        """The answer, or None when the rules say no: too little, too much, too soon."""
        try:
            return await self._client.post(path, {"id": str(new_id(self._world.clock)), **body})
        except Refused as refused:
            if refused.status >= 500:
                raise
            log.info("%s: %s %s", self.person.name, path, refused.code)
            return None
