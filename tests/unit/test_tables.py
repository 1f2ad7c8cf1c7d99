"""Tables have owners: a room writes its own tables, and reads those of rooms it may import."""

import re
import tomllib
from pathlib import Path

import pytest

import plaudit
from plaudit.rooms import rooms
from plaudit.schema.privileges import SCHEMA_FILE

PACKAGE = Path(plaudit.__file__).parent
PROJECT = Path(__file__).parents[2]

EXCEPTIONS = {
    ("ledger", "writes", "clawback"): "taking coins back hands each creator's part over in the same transaction",
    ("ledger", "reads", "clawback"): "and calls it off when they are put back",
    ("schema", "reads", "ledger_setting"): "how many shards there are is chosen when a database is made",
    ("events", "reads", "ledger_setting"): "the log says which life of the database it is of",
    ("feeds.gifts", "writes", "event_log"): "says since when gifts are in the log, whose row it is",
    ("policy", "reads", "quote"): "decisions are kept as long as their quotes",
    ("selling.papers", "reads", "quote_tax"): "a receipt names the state or province whose tax was quoted",
    ("selling.wallet", "reads", "room"): "a viewer's history names the rooms",
    ("selling.wallet", "reads", "video"): "and the videos",
    ("creators", "reads", "stuck_work"): "its own part of the view over what is stuck",
    ("safety", "reads", "erasure"): "words of what is decided change only with the erasure of whom they are of",
    (
        "brakes",
        "reads",
        "erasure",
    ): "a pause outlives who is erased as long as another account of theirs is there, which it stops too",
}
"""What crosses all the same, and why."""


def tables() -> set[str]:
    found = re.findall(r"^CREATE (?:(?:UNLOGGED )?TABLE|VIEW) public\.(\w+)", SCHEMA_FILE.read_text(), re.MULTILINE)
    return {name for name in found if not name.startswith("gift_2")}


OWNER = {table: room.name for room in rooms() for table in room.tables.split()}


def floors() -> list[list[str]]:
    """The rooms from the top down, those of one floor together; those of a wing in its place."""
    contracts = tomllib.loads((PROJECT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    layers = {one["containers"][0]: one["layers"] for one in contracts if one["type"] == "layers"}
    found: list[list[str]] = []
    for layer in layers["plaudit"]:
        floor = re.findall(r"[\w.]+", layer)
        if floor == ["selling"]:
            found += [["selling." + room for room in re.findall(r"\w+", inner)] for inner in layers["plaudit.selling"]]
        else:
            found.append(floor)
    return found


def floor_of(room: str) -> int:
    """The lower the floor, the higher its number."""
    for number, floor in enumerate(floors()):
        if any(room == one or room.startswith(one + ".") for one in floor):
            return number
    raise LookupError(room)


def room_of(file: Path) -> str:
    parts = file.parent.relative_to(PACKAGE).parts
    return ".".join(parts[:-1] if parts[-1] == "functions" else parts)


def statements(file: Path) -> str:
    return re.sub(r"--.*", "", file.read_text())


def written(sql: str) -> set[str]:
    return set(re.findall(r"(?i)\b(?:insert into|update|delete from)\s+(?:only\s+)?(\w+)", sql)) & OWNER.keys()


def read(sql: str) -> set[str]:
    return set(re.findall(r"(?i)\b(?:from|join|using)\s+(\w+)", sql)) & OWNER.keys()


FILES = sorted(
    file
    for file in PACKAGE.rglob("*.sql")
    if (file.name == "queries.sql" or file.parent.name == "functions")
    and not {"bench", "sandbox"} & set(file.parts)  # a yardstick's own tables; a peer with a store of its own
)


def test_every_table_has_one_owner() -> None:
    assert sorted(table for room in rooms() for table in room.tables.split()) == sorted(tables())


def crossings(room: str, sql: str) -> set[tuple[str, str, str]]:
    of_others = {(room, "writes", table) for table in written(sql) if OWNER[table] != room}
    above = {(room, "reads", table) for table in read(sql) if floor_of(OWNER[table]) < floor_of(room)}
    return of_others | above


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(PACKAGE)))
def test_a_room_writes_its_own_tables_and_reads_those_below(file: Path) -> None:
    assert crossings(room_of(file), statements(file)) <= EXCEPTIONS.keys()


def test_each_exception_is_one() -> None:
    found = {crossing for file in FILES for crossing in crossings(room_of(file), statements(file))}
    assert found == EXCEPTIONS.keys()


def test_pages_ask_rooms_for_what_they_show() -> None:
    pages = PACKAGE / "web"
    asking = re.compile(r"\bstatements\(|\bfetch\w*\(|\.execute\w*\(")
    assert list(pages.rglob("*.sql")) == []
    assert [file for file in pages.rglob("*.py") if asking.search(file.read_text())] == []


def test_what_crosses_is_seen() -> None:
    assert crossings("live", "update person set id = 1") == {("live", "writes", "person")}
    assert crossings("people", "select from person join room r on true") == {("people", "reads", "room")}
