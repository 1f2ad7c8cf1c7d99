"""Changes of the catalogue: versions are added and ended, and never altered once they have begun."""

from collections.abc import Sequence
from datetime import datetime
from typing import ClassVar

import msgspec

from plaudit.clock import Clock
from plaudit.connections import Connection
from plaudit.gifts.catalogue.entry import DETAILS, Details, Entry, ItemFinding, lint
from plaudit.gifts.catalogue.pictures import unknown_pictures
from plaudit.gifts.model import Item, ItemUnknown
from plaudit.problems import Conflict, Problem
from plaudit.settings import Settings
from plaudit.statements import fetch_all, statements

SQL = statements(__file__)


class SkuTaken(Conflict):
    """An id keeps its sku for ever, and a sku its id: `id` is the item's that has it."""

    code: ClassVar[str] = "sku_taken"
    title: ClassVar[str] = "Another item has this sku."

    class Fields(msgspec.Struct, frozen=True):
        id: int


class CatalogueRefused(Problem):
    """`findings` says what is wrong and where."""

    code: ClassVar[str] = "catalogue_refused"
    status: ClassVar[int] = 422
    title: ClassVar[str] = "The catalogue cannot be changed like this."

    class Fields(msgspec.Struct, frozen=True):
        findings: list[ItemFinding]

    def __init__(self, findings: Sequence[ItemFinding]) -> None:
        words = "; ".join(f"{one.place} {one.words}" for one in findings)
        super().__init__(words, findings=msgspec.to_builtins(findings))


class VersionGone(Conflict):
    """Somebody else changed the item since it was looked at: `version` is its newest."""

    code: ClassVar[str] = "version_gone"
    title: ClassVar[str] = "This item has changed meanwhile."

    class Fields(msgspec.Struct, frozen=True):
        id: int
        version: int


class Shelf:
    """All items as they are while the catalogue is locked: versions in the order in which they begin, skus, numbers."""

    def __init__(self, versions: dict[int, list[Item]], skus: dict[int, str], newest: dict[int, int]) -> None:
        self._versions = versions
        self.skus = skus
        self.newest = newest

    @property
    def ids(self) -> list[int]:
        return sorted(self.skus)

    def versions(self, item_id: int) -> list[Item]:
        """In the order in which they begin."""
        return self._versions.get(item_id, [])

    def current(self, item_id: int, now: datetime) -> Item | None:
        """The version that holds, retired or not; None: the item has not begun."""
        return at(self._versions.get(item_id, []), now)

    def pending(self, item_id: int, now: datetime) -> list[Item]:
        return [one for one in self._versions.get(item_id, []) if one.active_from > now]


def at(versions: Sequence[Item], moment: datetime) -> Item | None:
    """Of versions in the order in which they begin, the one that holds at a moment; None: it has not begun yet."""
    return next((one for one in reversed(versions) if one.active_from <= moment), None)


async def read_versions(connection: Connection) -> dict[int, list[Item]]:
    """All versions of each item, in the order in which they begin."""
    found: dict[int, list[Item]] = {}
    for version in await fetch_all(connection, SQL["item_versions"], Item):
        found.setdefault(version.id, []).append(version)
    return found


async def catalogue_version(connection: Connection) -> int:
    """Moves with every change."""
    version: int = await connection.fetchval(SQL["catalogue_version"])
    return version


async def _lock(connection: Connection) -> Shelf:
    """The items; nobody else changes them before the transaction ends."""
    await connection.fetchval(SQL["lock_catalogue"])
    return await read_shelf(connection)


async def read_shelf(connection: Connection) -> Shelf:
    """All items as they are."""
    versions = await read_versions(connection)
    known = await connection.fetch(SQL["items_known"])
    return Shelf(versions, {row["id"]: row["sku"] for row in known}, {row["id"]: row["newest"] for row in known})


async def load(
    connection: Connection, entries: Sequence[Entry], clock: Clock, *, by: int | None = None, keep_missing: bool = False
) -> int:
    """Make the catalogue what the entries say; how many items changed.

    A changed item gets its next version, a missing one is retired. What was offered stays as it was.

    Raises:
        SkuTaken: an id or sku that was already given to another item.
    """
    shelf, now = await _lock(connection), clock.now()
    changed = sum([await _apply(connection, shelf, entry, now, by) for entry in entries])
    if not keep_missing:
        gone = sorted(set(shelf.ids) - {entry.id for entry in entries})
        changed += sum([await _retire(connection, shelf, item_id, now, now) for item_id in gone])
    return await _moved(connection, changed)


async def put(
    connection: Connection, entry: Entry, clock: Clock, settings: Settings, *, by: int, seen_version: int
) -> bool:
    """Change or add one item; whether it changed. `seen_version`: the newest its editor has seen, 0 for a new item.

    Raises:
        VersionGone: it has another newest version.
        SkuTaken, CatalogueRefused: it cannot be.
    """
    shelf = await _lock(connection)
    if _is_there(shelf, entry, clock.now()):
        return False
    _require_seen(shelf, entry.id, seen_version)
    findings = [*lint(entry, "item"), *await unknown_pictures(connection, {"item": entry}, settings)]
    if errors := [one for one in findings if one.severity == "error"]:
        raise CatalogueRefused(errors)
    return bool(await _moved(connection, await _apply(connection, shelf, entry, clock.now(), by)))


async def retire(
    connection: Connection, item_id: int, moment: datetime | None, clock: Clock, *, seen_version: int
) -> bool:
    """End an item, now or at a later moment, and withdraw what was to begin; whether that changed anything.

    Raises:
        ItemUnknown, VersionGone: it is not what its editor saw.
    """
    shelf, now = await _lock(connection), clock.now()
    if item_id not in shelf.skus:
        raise ItemUnknown(item_id=item_id)
    _require_seen(shelf, item_id, seen_version)
    return bool(await _moved(connection, await _retire(connection, shelf, item_id, now, max(moment or now, now))))


async def arrange(connection: Connection, item_ids: Sequence[int], clock: Clock, *, by: int) -> int:
    """Give items their places in the tray, in this order; how many moved.

    Raises:
        ItemUnknown: one of them is not offered.
    """
    shelf, now, moved = await _lock(connection), clock.now(), 0
    for place, item_id in enumerate(item_ids):
        version = shelf.current(item_id, now)
        if version is None or shelf.pending(item_id, now):
            raise ItemUnknown(item_id=item_id)
        entry = msgspec.structs.replace(entry_of(version), sort=(place + 1) * 10)
        moved += await _apply(connection, shelf, entry, now, by)
    return await _moved(connection, moved)


def entry_of(version: Item) -> Entry:
    """The entry that would make this version, were it to begin now."""
    details = {field: getattr(version, field) for field in DETAILS}
    return Entry(id=version.id, sku=version.sku, ends=version.retired_at, **details)


async def _moved(connection: Connection, changed: int) -> int:
    """Tell all processes, if anything changed."""
    if changed:
        await connection.execute(SQL["move_catalogue_version"])
    return changed


def _require_seen(shelf: Shelf, item_id: int, seen_version: int) -> None:
    if (newest := shelf.newest.get(item_id, 0)) != seen_version:
        raise VersionGone(id=item_id, version=newest)


async def _apply(connection: Connection, shelf: Shelf, entry: Entry, now: datetime, by: int | None) -> bool:
    _require_sku(shelf, entry)
    current = shelf.current(entry.id, now)
    if _is_there(shelf, entry, now):
        return False
    begins = _begins(entry, now)
    await connection.execute(SQL["withdraw_versions"], entry.id, now)
    if not begins and current and _details(current) == _details(entry):
        await connection.execute(SQL["end_item_version"], entry.id, current.version, entry.ends)
        return True
    if not begins:
        begins = now
    await connection.execute(SQL["insert_item"], entry.id, entry.sku)
    number = shelf.newest.get(entry.id, 0) + 1
    values = (entry.id, number, begins, entry.ends, by, now, *_details(entry))
    await connection.execute(SQL["insert_item_version"], *values)
    return True


def _begins(entry: Entry, now: datetime) -> datetime | None:
    """When an entry is to begin; None: now."""
    return entry.begins if entry.begins and entry.begins > now else None


def _is_there(shelf: Shelf, entry: Entry, now: datetime) -> bool:
    """Whether the item is already what the entry says, and the sku is its own."""
    current, pending, begins = shelf.current(entry.id, now), shelf.pending(entry.id, now), _begins(entry, now)
    if shelf.skus.get(entry.id) != entry.sku:
        return False
    if begins:
        return [one.active_from for one in pending] == [begins] and _says(pending[0], entry)
    return current is not None and not pending and _says(current, entry)


def _says(version: Item, entry: Entry) -> bool:
    return version.retired_at == entry.ends and _details(version) == _details(entry)


def _details(one: Item | Details) -> tuple[object, ...]:
    return tuple(getattr(one, field) for field in DETAILS)


def _require_sku(shelf: Shelf, entry: Entry) -> None:
    if (own := shelf.skus.get(entry.id, entry.sku)) != entry.sku:
        raise SkuTaken(f"Item {entry.id} is {own}: an id keeps its sku for ever.", id=entry.id)
    owner = next((item_id for item_id, sku in shelf.skus.items() if sku == entry.sku), entry.id)
    if owner != entry.id:
        raise SkuTaken(f"{entry.sku} is item {owner}: a sku keeps its id for ever.", id=owner)
    shelf.skus[entry.id] = entry.sku


async def _retire(connection: Connection, shelf: Shelf, item_id: int, now: datetime, moment: datetime) -> bool:
    current = shelf.current(item_id, now)
    await connection.execute(SQL["withdraw_versions"], item_id, now)
    if current is None or (current.retired_at is not None and current.retired_at <= moment):
        return bool(shelf.pending(item_id, now))
    await connection.execute(SQL["end_item_version"], item_id, current.version, moment)
    return True
