"""What happened before the crowd arrives: people buy coins and send first gifts, each once, through the public API."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from random import Random

from plaudit.demo.behaviour import Opening, Spender
from plaudit.demo.cast import Viewer
from plaudit.demo.client import Client
from plaudit.demo.world import FAILURES, Item, RoomCard, World
from plaudit.ids import new_id

log = logging.getLogger(__name__)

_SAY_EVERY = 20  # buyers between two lines about them


async def make_history(world: World, say: Callable[[str], None]) -> None:
    """Let some viewers buy and give. Who has a wallet already has done so, so a start that was cut short goes on."""
    habit = world.behaviour.history
    random = world.random_of("history")
    first = random.sample(world.cast.viewers, habit.buyers)
    waiting = list(enumerate(first[len(habit.opening) :], start=1))
    done = 0

    async def note(viewer: Viewer, part: Awaitable[bool]) -> None:
        nonlocal done
        try:
            new = await part
        except FAILURES as failure:
            log.warning("%s has no history: %r", viewer.name, failure)
            return
        done += new
        if new and done % _SAY_EVERY == 0:
            say(f"{done} of {habit.buyers} first viewers have bought coins and sent gifts …")

    async def work() -> None:
        while waiting:
            number, viewer = waiting.pop(0)
            await note(viewer, _take_part(world, viewer, lavish=number % habit.lavish_every == 0))

    for viewer, opening in zip(first, habit.opening, strict=False):
        await note(viewer, _open(world, viewer, opening))
    await asyncio.gather(*(work() for _ in range(habit.at_once)))
    if done:
        say("The rooms have a history now; the crowd goes on by itself.")


async def _open(world: World, viewer: Viewer, opening: Opening) -> bool:
    """Fill a gift balance, so that there is something to cash out at once; False when this was done before."""
    client = world.client(viewer)
    host = next(creator.name for creator in world.cast.creators if creator.subject == opening.creator)
    room = next((room for room in world.rooms if room.creator.name == host), None)
    if room is None or await _has_wallet(client):
        return False
    await world.recharge(client, opening.package, world.behaviour.good_card)
    by_sku = {item.sku: item for item in world.items.values()}
    await _send(world, client, room, [by_sku[sku] for sku in opening.items])
    return True


async def _take_part(world: World, viewer: Viewer, *, lavish: bool) -> bool:
    """Buy once and send a few gifts; False when this was done before."""
    client = world.client(viewer)
    if await _has_wallet(client):
        return False
    random = world.random_of(f"history of {viewer.subject}")
    spender = max(world.behaviour.spender, key=lambda one: one.item_coins_max) if lavish else _modest(world, random)
    await world.recharge(client, random.choice(spender.packages), world.behaviour.good_card)
    room = random.choices(world.rooms, [_liking(world, viewer, room) for room in world.rooms])[0]
    await _send(world, client, room, _choose(world, spender, random))
    return True


async def _has_wallet(client: Client) -> bool:
    wallet = await client.get("/v1/wallet")
    return bool(wallet["coins"] or wallet["spent"])


def _modest(world: World, random: Random) -> Spender:
    return random.choice(sorted(world.behaviour.spender, key=lambda one: one.item_coins_max)[:-1])


def _liking(world: World, viewer: Viewer, room: RoomCard) -> int:
    creator = world.creator_of(room)
    if creator is None:
        return 1
    return creator.weight * (3 if creator.language in viewer.languages else 1)


def _choose(world: World, spender: Spender, random: Random) -> list[Item]:
    """Some small gifts, and at times a large one, as far as one package goes."""
    small = [item for item in world.items.values() if item.size == "small" and item.coins <= spender.item_coins_max]
    large = [item for item in world.items.values() if item.size == "large" and item.coins <= spender.large_coins_max]
    chosen = random.choices(
        small, [item.coins**-0.5 for item in small], k=random.randint(*world.behaviour.history.gifts)
    )
    return [*chosen, *(random.sample(large, 1) if large and random.random() < spender.large_share * 5 else [])]


async def _send(world: World, client: Client, room: RoomCard, items: Sequence[Item]) -> None:
    for item in items:
        gift = {"id": str(new_id(world.clock)), "room_id": room.id, "item_id": item.id, "count": 1, "coins": item.coins}
        try:
            await client.post("/v1/gifts", gift)
        except FAILURES as failure:
            log.debug("%s sends no more: %s", client.who.name, failure)
            return
