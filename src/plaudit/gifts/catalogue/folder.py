"""A catalogue as a folder: `catalogue.toml`, and the pictures that are the operator's own beside it."""

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import msgspec
import tomlkit

from plaudit.clock import Clock
from plaudit.connections import Connection
from plaudit.gifts.catalogue.actions import at, entry_of, load, read_versions
from plaudit.gifts.catalogue.art import UPLOADED, Art, ArtNotUsable, read_art
from plaudit.gifts.catalogue.entry import Entry, ItemFinding, lint, lint_together
from plaudit.gifts.catalogue.pictures import SHIPPED, art_content
from plaudit.limits import ART_BYTES_MAX, CATALOGUE_ITEMS_MAX
from plaudit.moments import OUT_OF_RANGE, out_of_range

FILE = "catalogue.toml"
STARTER = Path(__file__).with_name("starter.toml")
"""The items an operator may begin with; their drawings ship with Plaudit."""
_HEAD = """\
A catalogue of Plaudit. `id` and `sku` are for ever. `art` and `still` name a picture in this folder, one that ships
with Plaudit (art/gifts/…), or an address of one's own. `plaudit catalogue import` retires what is not in here.\
"""


class CatalogueFileError(Exception):
    """A catalogue that cannot be read; the message says where."""


class _File(msgspec.Struct, forbid_unknown_fields=True):
    item: Annotated[list[Entry], msgspec.Meta(min_length=1, max_length=CATALOGUE_ITEMS_MAX)]


def read_folder(path: Path) -> tuple[list[Entry], list[Art], list[ItemFinding]]:
    """The items of a folder, or of a TOML file, the pictures they bring, and what is wrong with them by themselves.

    Raises:
        CatalogueFileError: it is no catalogue.
    """
    file = path / FILE if path.is_dir() else path
    try:
        read = msgspec.convert(tomllib.loads(file.read_text(encoding="utf-8")), _File)
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise CatalogueFileError(f"{file}: {error}") from error
    if where := out_of_range(read, _File, ""):
        raise CatalogueFileError(f"{file}: {where.lstrip('.')} {OUT_OF_RANGE}")
    entries = read.item
    findings = list(lint_together(entries))
    pictures: dict[str, Art] = {}
    for number, entry in enumerate(entries):
        place = f"item[{number}]"
        changes = {}
        for field in ("art", "still"):
            named = getattr(entry, field)
            if named and (own := _own_picture(file.parent, named)):
                try:
                    pictures[named] = pictures.get(named) or read_art(_read(own))
                    changes[field] = pictures[named].address
                except ArtNotUsable as error:
                    findings.append(ItemFinding(f"{place}.{field}", "error", f"{named} {error.fields['reason']}"))
        entries[number] = msgspec.structs.replace(entry, **changes)
        findings += lint(entries[number], place)
    return entries, list(pictures.values()), findings


async def load_starter(connection: Connection, clock: Clock, *, by: int | None = None) -> int:
    """Add the items that come with Plaudit; how many changed."""
    entries, _, _ = read_folder(STARTER)
    return await load(connection, entries, clock, by=by, keep_missing=True)


def _own_picture(folder: Path, named: str) -> Path | None:
    """The file in the folder that is meant, if any: never one outside of it."""
    if "://" in named or named.startswith("/") or ".." in Path(named).parts:
        return None
    own = folder / named
    return own if own.is_file() and not (folder / named).resolve().is_relative_to(SHIPPED) else None


def _read(file: Path) -> bytes:
    with file.open("rb") as opened:
        return opened.read(ART_BYTES_MAX + 1)


async def read_offered(connection: Connection, clock: Clock) -> tuple[list[Entry], dict[str, bytes]]:
    """What is offered and what is to come, as a folder has it: entries in the order of the tray, and files by name."""
    now, entries = clock.now(), []
    for versions in (await read_versions(connection)).values():
        newest, current = versions[-1], at(versions, now)
        if newest.active_from > now:
            entries.append(msgspec.structs.replace(entry_of(newest), begins=newest.active_from))
        elif current and current.is_offered(now):
            entries.append(entry_of(current))
    entries.sort(key=lambda entry: (entry.sort, entry.coins, entry.id))
    files: dict[str, bytes] = {}
    return [await _with_files(connection, entry, files) for entry in entries], files


async def _with_files(connection: Connection, entry: Entry, files: dict[str, bytes]) -> Entry:
    """The entry with its uploaded pictures as files of the folder."""
    changes = {}
    for field, ending in (("art", ""), ("still", "-still")):
        address = getattr(entry, field)
        if address.startswith(UPLOADED):
            content = await art_content(connection, address.removeprefix(UPLOADED))
            assert content is not None, "what an item names is kept"
            changes[field] = f"art/{entry.sku}{ending}{Path(address).suffix}"
            files[changes[field]] = content
    return msgspec.structs.replace(entry, **changes)


def write_folder(folder: Path, entries: Sequence[Entry], files: Mapping[str, bytes]) -> None:
    """Write what `read_folder` reads.

    Raises:
        CatalogueFileError: the folder cannot be written.
    """
    try:
        (folder / "art").mkdir(parents=True, exist_ok=True)
        for name, content in files.items():
            (folder / name).write_bytes(content)
        (folder / FILE).write_text(write_text(entries), encoding="utf-8")
    except OSError as error:
        raise CatalogueFileError(f"{folder}: {error.strerror}") from error


def write_text(entries: Sequence[Entry]) -> str:
    """The TOML of a catalogue."""
    document = tomlkit.document()
    for line in _HEAD.splitlines():
        document.add(tomlkit.comment(line))
    document.add(tomlkit.nl())
    tables = tomlkit.aot()
    for entry in entries:
        table = tomlkit.table()
        for field, value in _fields(entry):
            table.add(field, value)
        tables.append(table)
    document.add("item", tables)
    return tomlkit.dumps(document)


def _fields(entry: Entry) -> Iterable[tuple[str, Any]]:
    """What the file must say: not what goes without saying."""
    first = ("id", "sku", "name")
    plain = msgspec.to_builtins(entry, builtin_types=(datetime,))
    ordered = [*first, *(field for field in plain if field not in first)]
    for field in ordered:
        if field in plain and plain[field] is not None:
            yield field, plain[field]
