"""Pictures of items: what ships with Plaudit, what was uploaded and made safe, what the operator hosts."""

import asyncio
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

import msgspec

from plaudit.clock import Clock
from plaudit.connections import Connection
from plaudit.gifts.catalogue.art import UPLOADED, Art, ArtNotUsable, is_lottie, read_art
from plaudit.gifts.catalogue.entry import Details, ItemFinding
from plaudit.gifts.model import Item
from plaudit.media import MediaNotEncrypted, MediaOriginNotAllowed, require_loadable
from plaudit.settings import Settings
from plaudit.statements import statements

SQL = statements(__file__)

SHIPPED = Path(__file__).parents[2] / "web" / "static"
"""Drawings that come with Plaudit are named by their path below this folder."""


class Look(msgspec.Struct, frozen=True):
    """How an item looks, by the names of its pictures."""

    art: str
    """A picture, moving or not."""
    still: str
    """A picture that stands still: in lists, and for who wants no motion."""
    motion: str | None
    """What moves by itself: an animated picture, or a Lottie file (`.json`), which is none."""


def look_of(item: Item) -> Look:
    """An item with a still picture beside its art is one whose art moves."""
    still = item.still or item.art
    is_played = is_lottie(item.art)
    return Look(still if is_played else item.art, still, item.art if is_played or still != item.art else None)


def picture_address(named: str) -> str:
    """Where a picture is, by how an item names it."""
    return named if named.startswith("/") or "://" in named else f"/static/{named}"


async def keep_art(connection: Connection, art: Art, clock: Clock, *, by: int | None) -> None:
    """Keep a picture; once, however often it comes."""
    await connection.execute(SQL["add_art"], art.name, art.content, art.width, art.height, by, clock.now())


async def art_content(connection: Connection, name: str) -> bytes | None:
    content: bytes | None = await connection.fetchval(SQL["art_content"], name)
    return content


async def unknown_pictures(
    connection: Connection, entries: Mapping[str, Details], settings: Settings
) -> list[ItemFinding]:
    """What is wrong with the pictures of items: not there, at an address that pages may not show, moving or still where
    they should not be."""
    named = {
        f"{place}.{field}": getattr(entry, field) for place, entry in entries.items() for field in ("art", "still")
    }
    asked = {address.removeprefix(UPLOADED) for address in named.values() if address.startswith(UPLOADED)}
    kept = {row["name"] for row in await connection.fetch(SQL["art_known"], list(asked))}
    found = []
    for place, address in named.items():
        if address and (words := _why_not(address, kept, settings)):
            found.append(ItemFinding(place, "error", words))
    for place, entry in entries.items():
        found += await _moving_wrongly(connection, place, entry)
    return found


async def _moving_wrongly(connection: Connection, place: str, entry: Details) -> list[ItemFinding]:
    """Uploaded art is looked into where it matters whether it moves; that of other addresses is not ours to read."""
    found = []
    if entry.animation == "itself" or not entry.still:
        moves = await _moves(connection, entry.art)
        if moves is False and entry.animation == "itself":
            found.append(ItemFinding(f"{place}.animation", "error", "is `itself`, which needs art that moves"))
        if moves and not entry.still and not is_lottie(entry.art):  # that is said without looking
            found.append(ItemFinding(f"{place}.still", "error", "is needed, as the art moves: a picture that does not"))
    if entry.still and not is_lottie(entry.still) and await _moves(connection, entry.still):
        found.append(ItemFinding(f"{place}.still", "error", "must stand still"))
    return found


async def _moves(connection: Connection, address: str) -> bool | None:
    """Whether uploaded art moves; None: it is none, or not there."""
    if not address.startswith(UPLOADED):
        return None
    content = await art_content(connection, address.removeprefix(UPLOADED))
    try:
        return (await asyncio.to_thread(read_art, content)).moves if content else None
    except ArtNotUsable:
        return None  # kept when other rules held


def _why_not(address: str, kept: set[str], settings: Settings) -> str:
    if address.startswith(UPLOADED):
        return "" if address.removeprefix(UPLOADED) in kept else "names a picture that was not uploaded"
    if urlsplit(address).scheme:
        try:
            require_loadable(address, "", settings)
        except (MediaOriginNotAllowed, MediaNotEncrypted) as problem:
            return (problem.detail or "").strip()
        return ""
    if ".." in Path(address).parts or address.startswith("/") or not (SHIPPED / address).is_file():
        return "names no drawing that ships with Plaudit"
    return ""
