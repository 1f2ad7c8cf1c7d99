"""The catalogue: read from its file into the database, and held in memory by every process."""

import asyncio
import logging
import tomllib
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import Annotated, Literal

import msgspec

from plaudit.clock import Clock
from plaudit.db import Connection, Database, fetch_all, statements
from plaudit.gifts.model import Item
from plaudit.limits import CATALOGUE_ITEMS_MAX, CATALOGUE_POLL_MS, GIFT_COINS_MAX

SQL = statements(__file__)
CATALOGUE_FILE = Path(__file__).with_name("catalogue.toml")

log = logging.getLogger(__name__)


class CatalogueEntry(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One item as the catalogue file describes it."""

    id: Annotated[int, msgspec.Meta(ge=1)]
    sku: Annotated[str, msgspec.Meta(pattern="^[a-z0-9]+(-[a-z0-9]+)*$")]
    name: Annotated[str, msgspec.Meta(min_length=1, max_length=60)]
    coins: Annotated[int, msgspec.Meta(ge=1, le=GIFT_COINS_MAX)]
    category: str
    art: str
    size: Literal["small", "large"]
    combo: bool
    animation: str
    duration_ms: Annotated[int, msgspec.Meta(ge=1, le=60_000)]
    sort: int

    def is_same(self, item: Item) -> bool:
        return item.retired_at is None and all(
            getattr(self, field) == getattr(item, field) for field in self.__struct_fields__
        )


class _CatalogueFile(msgspec.Struct, forbid_unknown_fields=True):
    item: Annotated[list[CatalogueEntry], msgspec.Meta(min_length=1, max_length=CATALOGUE_ITEMS_MAX)]


def read_catalogue_file(path: Path = CATALOGUE_FILE) -> list[CatalogueEntry]:
    """The items of a catalogue file.

    Raises:
        ValueError: the file does not describe a catalogue; says where.
    """
    try:
        entries = msgspec.convert(tomllib.loads(path.read_text()), _CatalogueFile).item
    except (msgspec.ValidationError, tomllib.TOMLDecodeError) as error:
        raise ValueError(f"{path.name}: {error}") from error
    for field in ("id", "sku"):
        if len({getattr(entry, field) for entry in entries}) != len(entries):
            raise ValueError(f"{path.name}: two items have the same {field}")
    return entries


async def load(connection: Connection, entries: Iterable[CatalogueEntry], clock: Clock) -> int:
    """Make the catalogue what the entries say; how many items changed.

    A changed item gets its next version, a missing one is retired. Prices of versions that were offered stay.

    Raises:
        ValueError: an id or sku that was already given to another item.
    """
    await connection.fetchval(SQL["lock_catalogue"])
    present = {item.id: item for item in await fetch_all(connection, SQL["latest_items"], Item)}
    now = clock.now()
    changed = 0
    wanted = {entry.id: entry for entry in entries}
    skus = {item.sku: item.id for item in present.values()}
    for entry in wanted.values():
        known = present.get(entry.id)
        if skus.get(entry.sku, entry.id) != entry.id or (known and known.sku != entry.sku):
            raise ValueError(f"item {entry.id} {entry.sku!r}: an id keeps its sku for ever")
        if known and entry.is_same(known):
            continue
        await connection.execute(SQL["retire_item"], entry.id, now)
        await connection.execute(SQL["insert_item"], entry.id, entry.sku)
        await connection.execute(
            SQL["insert_item_version"], entry.id, known.version + 1 if known else 1, *_details(entry), now
        )
        changed += 1
    for item in present.values():
        if item.id not in wanted and item.retired_at is None:
            await connection.execute(SQL["retire_item"], item.id, now)
            changed += 1
    if changed:
        await connection.execute(SQL["move_catalogue_version"])
    return changed


def _details(entry: CatalogueEntry) -> tuple[object, ...]:
    return (
        entry.name,
        entry.coins,
        entry.category,
        entry.art,
        entry.size,
        entry.combo,
        entry.animation,
        entry.duration_ms,
        entry.sort,
    )


async def seed(connection: Connection, clock: Clock) -> int:
    """Load the catalogue that comes with Plaudit; how many items changed."""
    return await load(connection, read_catalogue_file(), clock)


class Catalogue:
    """The newest version of every item, in memory; read again when another version is announced."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._items: dict[int, Item] = {}
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
                items = await fetch_all(connection, SQL["latest_items"], Item)
                self._items = {item.id: item for item in items}
                self.version = version

    async def _watch(self) -> None:
        while True:
            await asyncio.sleep(CATALOGUE_POLL_MS / 1000)
            try:
                await self.refresh()
            except Exception as error:
                log.warning("the catalogue could not be read, the one at hand stays: %r", error)

    def item(self, item_id: int) -> Item | None:
        """The newest version of an item, retired or not; None: never heard of."""
        return self._items.get(item_id)

    def offered(self) -> list[Item]:
        """What can be given now, in the order to show it."""
        now = self._clock.now()
        return sorted(
            (item for item in self._items.values() if item.is_offered(now)),
            key=lambda item: (item.sort, item.coins, item.id),
        )
