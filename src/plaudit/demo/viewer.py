"""A viewer of the demo: chooses a room, talks, gives, runs short and recharges, leaves, comes back."""

import asyncio
import contextlib
import logging

from plaudit.demo.behaviour import Spender
from plaudit.demo.cast import Viewer as Person
from plaudit.demo.client import Refused
from plaudit.demo.room_socket import HeardFrame, HeardGift, HeardMessage, RoomSocket
from plaudit.demo.talk import Phrases
from plaudit.demo.world import FAILURES, Item, RoomCard, World

log = logging.getLogger(__name__)

_OTHERS_WEIGHT = 6  # of a room that is not of the demo's cast, such as yours
_RECHARGES_IN_A_ROW_MAX = 3


class Viewer:
    """One person watching rooms, one after another."""

    def __init__(self, world: World, person: Person) -> None:
        self.person = person
        self._world = world
        self._random = world.random_of(person.subject)
        self._client = world.client(person)
        self._spender: Spender = world.behaviour.choose_spender(self._random)
        self._reactions: set[asyncio.Task[None]] = set()
        self._room: RoomCard | None = None
        self._socket: RoomSocket | None = None
        self._phrases: Phrases = world.talk[person.languages[0]]

    async def visit(self) -> None:
        """Stay in one room for a while, unless it ends."""
        room = self._choose_room()
        if room is None:
            await asyncio.sleep(self._world.behaviour.viewing.pause_s)
            return
        self._room = room
        self._phrases = self._world.talk[self._language_in(room)]
        world = self._world
        socket = RoomSocket(world.socket_address, room.id, self._client, world.clock, self._random, self._hear)
        async with socket:
            self._socket = socket
            stay_s = self._random.expovariate(1 / world.behaviour.viewing.stay_s)
            try:
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(stay_s):
                        await self._take_part(socket)
                if not socket.over.is_set() and self._random.random() < world.behaviour.viewing.bye_share:
                    await self._say(self._phrases.bye)
            finally:
                for reaction in self._reactions:
                    reaction.cancel()
                await asyncio.gather(*self._reactions, return_exceptions=True)

    def _choose_room(self) -> RoomCard | None:
        """By popularity, and rather where one's language is spoken."""
        rooms = self._world.rooms
        if not rooms:
            return None
        return self._random.choices(rooms, [self._liking(room) for room in rooms])[0]

    def _liking(self, room: RoomCard) -> float:
        creator = self._world.creator_of(room)
        if creator is None:
            return _OTHERS_WEIGHT
        return creator.weight * (3 if creator.language in self.person.languages else 1)

    def _language_in(self, room: RoomCard) -> str:
        creator = self._world.creator_of(room)
        spoken = creator.language if creator else "en"
        return spoken if spoken in self.person.languages else self.person.languages[0]

    async def _take_part(self, socket: RoomSocket) -> None:
        await socket.greeted.wait()
        viewing = self._world.behaviour.viewing
        if self._random.random() < viewing.hello_share:
            await asyncio.sleep(self._random.uniform(*viewing.answer_within_s))
            await self._say(self._phrases.hello)
        chat_in, gift_in = self._wait(viewing.chat_every_s), self._wait(viewing.gift_every_s)
        while not socket.over.is_set():
            pause = min(chat_in, gift_in)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(pause):
                    await socket.over.wait()
                return
            chat_in, gift_in = chat_in - pause, gift_in - pause
            if chat_in <= 0:
                await self._talk()
                chat_in = self._wait(viewing.chat_every_s)
            else:
                await self._give(socket)
                gift_in = self._wait(viewing.gift_every_s)

    def _wait(self, every_s: float) -> float:
        rest_share = self._world.behaviour.viewing.rest_share
        return every_s * (rest_share + (1 - rest_share) * self._random.expovariate(1))

    # Talking

    async def _talk(self) -> None:
        creator = self._world.creator_of(self._room) if self._room else None
        about = self._phrases.about(creator.topic) if creator else []
        questions = [exchange.ask for exchange in self._phrases.exchange]
        lines = self._random.choices(
            [self._phrases.small_talk, about or self._phrases.small_talk, questions], [4, 4, 1]
        )
        await self._say(lines[0])

    async def _say(self, lines: list[str], **names: str) -> None:
        """Say one of the lines, unless all were said lately."""
        room, socket = self._room, self._socket
        if room is None or socket is None:
            return
        memory = self._world.memories[room.id]
        host = room.creator.name.split()[0]
        line = memory.choose(self._random, lines, creator=host, **names)
        if line is None:
            return
        memory.heard(line)
        answer = await socket.say(line)
        if answer.problem is not None and answer.problem_code != "room_not_live":
            log.warning("%s could not say something: %s", self.person.name, answer.problem_code)

    def _hear(self, frame: HeardFrame) -> None:
        for message in frame.messages:
            self._hear_message(message)
        for gift in frame.gifts:
            self._see_gift(gift)

    def _hear_message(self, message: HeardMessage) -> None:
        """A question of somebody else may be answered, the less likely the more answers there are."""
        if self._room is None or self._is_me(message.sender.id):
            return
        answers = self._phrases.answers_to(message.text)
        if not answers:
            return
        given = self._world.memories[self._room.id].count_since(message.text, answers)
        if self._random.random() < self._world.behaviour.viewing.answer_share / (1 + given):
            self._react(answers)

    def _see_gift(self, gift: HeardGift) -> None:
        """A large gift, or a combo that goes on, is worth a word."""
        item = self._world.items.get(gift.item_id)
        if item is None or self._is_me(gift.sender.id):
            return
        share = self._world.behaviour.viewing.answer_share
        names = {"sender": gift.sender.name.split()[0], "gift": item.name}
        if item.size == "large" and self._random.random() < share:
            self._react(self._phrases.large, **names)
        elif gift.combo.count == self._world.behaviour.combo.reaction_at and self._random.random() < share / 3:
            self._react(self._phrases.combo, **names)

    def _is_me(self, person_id: str) -> bool:
        return self._socket is not None and self._socket.person_id == person_id

    def _react(self, lines: list[str], **names: str) -> None:
        """Say something in a moment, unless one thought is enough for now."""
        if self._reactions:
            return
        reaction = asyncio.create_task(self._say_soon(lines, **names))
        self._reactions.add(reaction)
        reaction.add_done_callback(self._reactions.discard)

    async def _say_soon(self, lines: list[str], **names: str) -> None:
        await asyncio.sleep(self._random.uniform(*self._world.behaviour.viewing.answer_within_s))
        with contextlib.suppress(*FAILURES):
            await self._say(lines, **names)

    # Giving

    async def _give(self, socket: RoomSocket) -> None:
        """A gift, or a combo of small ones; buys coins when there are too few."""
        item = self._choose_item()
        habit = self._world.behaviour.combo
        taps = 1
        if item.combo and item.size == "small" and self._random.random() < habit.share:
            taps = self._random.randint(*habit.taps)
        for tap in range(taps):
            if tap:
                await asyncio.sleep(self._random.uniform(*habit.pause_s))
            if not await self._give_one(socket, item):
                return

    async def _give_one(self, socket: RoomSocket, item: Item) -> bool:
        answer = await socket.give(item.id, 1, item.coins)
        if answer.problem_code == "insufficient_coins":
            await self._recharge()
            return False
        if answer.problem is not None:
            log.info("%s could not give: %s", self.person.name, answer.problem_code)
        return answer.problem is None

    def _choose_item(self) -> Item:
        """Mostly what costs little; what is in the wallet, or what a usual recharge brings."""
        spender = self._spender
        large = self._random.random() < spender.large_share
        dearest = spender.large_coins_max if large else spender.item_coins_max
        size = "large" if large else "small"
        items = [item for item in self._world.items.values() if item.size == size and item.coins <= dearest]
        items = items or list(self._world.items.values())
        return self._random.choices(items, [item.coins**-0.6 for item in items])[0]

    async def _recharge(self) -> None:
        """Buy a package; a card that is declined is followed by another."""
        for attempt in range(_RECHARGES_IN_A_ROW_MAX):
            card = self._world.behaviour.choose_card(self._random) if attempt == 0 else self._world.behaviour.good_card
            try:
                if (
                    await self._world.recharge(self._client, self._random.choice(self._spender.packages), card)
                    == "paid"
                ):
                    return
            except Refused as refused:
                log.warning("%s could not recharge: %s", self.person.name, refused)
                return
