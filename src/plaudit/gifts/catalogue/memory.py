"""The catalogue in the memory of a process: all versions, read again when another is announced."""

import asyncio
import logging
from contextlib import suppress
from datetime import datetime, timedelta

from plaudit.clock import Clock
from plaudit.db import Database
from plaudit.gifts.catalogue.actions import at, read_versions
from plaudit.gifts.model import Item
from plaudit.jobs import is_cancelled
from plaudit.limits import CATALOGUE_POLL_MS, PRICE_HONOURED_S
from plaudit.statements import statements

SQL = statements(__file__)

log = logging.getLogger(__name__)


class Catalogue:
    """What can be given, as it holds at each moment: a version that was scheduled begins by itself."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._versions: dict[int, list[Item]] = {}
        self._watcher: asyncio.Task[None] | None = None
        self.version = -1

    async def start(self) -> None:
        await self.refresh()
        self._watcher = asyncio.create_task(self._watch(), name="catalogue")

    async def stop(self) -> None:
        if self._watcher:
            self._watcher.cancel()
            with suppress(asyncio.CancelledError):
                await self._watcher

    async def refresh(self) -> None:
        """Read the catalogue again if it has changed."""
        async with self._database.read() as connection:
            version = await connection.fetchval(SQL["catalogue_version"])
            if version != self.version:
                self._versions = await read_versions(connection)
                self.version = version

    async def _watch(self) -> None:
        while not is_cancelled():
            await asyncio.sleep(CATALOGUE_POLL_MS / 1000)
            try:
                await self.refresh()
            except Exception as error:
                log.warning("the catalogue could not be read, the one at hand stays: %r", error)

    def item(self, item_id: int) -> Item | None:
        """The version of an item that holds, retired or not, or else its first; None: never heard of."""
        versions = self._versions.get(item_id)
        return (at(versions, self._clock.now()) or versions[0]) if versions else None

    def is_honoured(self, item: Item, unit_coins: int) -> bool:
        """Whether a price may be paid for one: that of the version, or the one just before it, a short while."""
        if unit_coins == item.coins:
            return True
        versions = self._versions[item.id]
        place = versions.index(item)
        recent = self._clock.now() - item.active_from < timedelta(seconds=PRICE_HONOURED_S)
        return recent and place > 0 and versions[place - 1].coins == unit_coins

    def shown(self, item_id: int, unit_coins: int, moment: datetime) -> Item | None:
        """The version a gift of the past was of; what it cost tells which, when two were honoured."""
        begun = [one for one in self._versions.get(item_id, []) if one.active_from <= moment]
        return next((one for one in reversed(begun) if one.coins == unit_coins), begun[-1] if begun else None)

    def until(self, item: Item) -> datetime | None:
        """When the next version of it began; None: it has not."""
        versions = self._versions[item.id]
        following = versions[versions.index(item) + 1 :]
        return following[0].active_from if following and following[0].active_from <= self._clock.now() else None

    def offered_to(self, region: str | None, creator_id: int | None) -> list[Item]:
        """What the tray of somebody in a region shows now of what a creator can be given; None: every creator."""
        return [item for item in self.offered() if item.is_for(region, creator_id)]

    def offered(self) -> list[Item]:
        """What the trays show now, in their order, wherever and to whomever it may be sent."""
        now = self._clock.now()
        current = (at(versions, now) for versions in self._versions.values())
        return sorted(
            (item for item in current if item and item.is_offered(now) and not item.hidden),
            key=lambda item: (item.sort, item.coins, item.id),
        )
