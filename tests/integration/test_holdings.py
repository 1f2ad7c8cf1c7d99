"""Each column of each table is declared by the room that has the table: what it is, and whose."""

from collections.abc import Iterable, Mapping

import pytest

from plaudit.connections import OwnConnection
from plaudit.holdings import KINDS, Holding, Kind, by_table
from plaudit.rooms import rooms

pytestmark = pytest.mark.sql

SAYS_NOTHING = {
    "int2", "int4", "int8", "numeric", "bool", "uuid", "timestamptz", "date", "xid8",
    "_int2", "_int4", "_int8", "_uuid",
}  # fmt: skip
"""Types whose values name nobody by themselves."""
OWNERS = {"person_id", "viewer_id", "creator_id", "owner_id", "giver_id"}
"""What columns with the number of the person are called whose rows are theirs."""

COLUMNS = """
select c.relname as table, array_agg(a.attname::text) as names, array_agg(t.typname::text) as types
from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
join pg_type t on t.oid = a.atttypid
where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
group by c.relname order by c.relname
"""


def declared() -> dict[str, Holding]:
    return by_table(holding for room in rooms() if room.held for holding in room.bring(room.held))


async def columns(connection: OwnConnection) -> dict[str, dict[str, str]]:
    rows = await connection.fetch(COLUMNS)
    return {row["table"]: dict(zip(row["names"], row["types"], strict=True)) for row in rows}


def faults(tables: Mapping[str, Mapping[str, str]], holdings: Mapping[str, Holding]) -> Iterable[str]:
    """What is in a table and nobody has a word for, and words for what is in none."""
    yield from (f"{table}: there is no such table" for table in holdings.keys() - tables.keys())
    for table, found in tables.items():
        holding = holdings.get(table)
        if holding is None:
            yield f"{table}: no room says what it holds"
            continue
        yield from (f"{table}.{name}: there is no such column" for name in set(holding.named) - found.keys())
        yield from (f"{table}.{name}: is said twice" for name in set(holding.named) if holding.named.count(name) > 1)
        words = {name for name, kind in found.items() if kind not in SAYS_NOTHING}
        yield from (f"{table}.{name}: may hold words, of whom?" for name in sorted(words - set(holding.named)))
        if holding.kind is None and OWNERS & found.keys():
            yield f"{table}: is of people, and of no kind"
        if holding.kind is not None and OWNERS & found.keys() and not holding.is_exported:
            yield f"{table}: is of people, and in no export"


async def test_each_column_is_declared(prepared_on: OwnConnection) -> None:
    assert list(faults(await columns(prepared_on), declared())) == []


async def test_what_is_not_declared_is_told(prepared_on: OwnConnection) -> None:
    tables, holdings = await columns(prepared_on), declared()
    tables["person"] |= {"nickname": "text"}
    tables["shoe"] = {"person_id": "int8"}
    tables["session"].pop("device")
    holdings["gone"] = Holding(table="gone")
    assert sorted(faults(tables, holdings)) == [
        "gone: there is no such table",
        "person.nickname: may hold words, of whom?",
        "session.device: there is no such column",
        "shoe: no room says what it holds",
    ]
    assert list(faults({"shoe": {"person_id": "int8"}}, {"shoe": Holding(table="shoe")})) == [
        "shoe: is of people, and of no kind"
    ]


def test_rooms_declare_their_own_tables_only() -> None:
    for room in rooms():
        held = room.bring(room.held) if room.held else ()
        assert {holding.table for holding in held} <= set(room.tables.split()), room.name


async def test_what_is_found_of_a_person_can_be_asked(prepared_on: OwnConnection) -> None:
    for holding in declared().values():
        if holding.query:
            await prepared_on.prepare(holding.query)
        elif holding.is_exported:
            condition = holding.where or f"{holding.of} = $1"
            await prepared_on.prepare(f"select from {holding.table} where {condition}")


def test_each_kind_is_used_and_of_one_name() -> None:
    used: set[Kind] = {holding.kind for holding in declared().values() if holding.kind is not None}
    assert {kind.name for kind in KINDS} - {kind.name for kind in used} <= {"requests"}
    assert len({kind.name for kind in KINDS}) == len(KINDS)


def test_a_holding_of_people_has_a_kind() -> None:
    with pytest.raises(ValueError, match="of no kind"):
        Holding(table="shoe", of="person_id")
    with pytest.raises(ValueError, match="declared twice"):
        by_table([Holding(table="shoe"), Holding(table="shoe")])
