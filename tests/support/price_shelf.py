"""The first price book of shops, and the rates it is made with: written as the product does it once in a process for a
day, and copied into later databases."""

from datetime import date
from io import BytesIO

from plaudit.clock import Clock
from plaudit.connections import Connection, OwnConnection, connect
from plaudit.exchange.rates import record_shipped
from plaudit.selling.prices.channels import channels
from plaudit.selling.prices.seed import make_book, own_taxes
from plaudit.selling.prices.shelf import newest_version, write_book
from plaudit.selling.prices.taxes import record_published, taxes_at
from tests.support.databases import owner_of

_TABLES = ("tax_rate", "exchange_rate", "price_book", "price", "package")
_COLUMNS = """select array_agg(attname::text order by attnum) from pg_attribute
    where attrelid = $1::text::regclass and attnum > 0 and not attisdropped and attidentity = ''
    and attname <> 'written_in'"""
"""All but numbers that the table gives, and what belongs to the transaction that writes them."""
_IS_EMPTY = "select " + " and ".join(f"not exists (select from {table})" for table in _TABLES)  # noqa: S608 - ours

_written: dict[tuple[date, tuple[str, ...]], list[tuple[str, list[str], bytes]]] = {}
"""By the day of the clock and the channels that are sold on: tables with their columns and rows."""


async def put_on_shelf(database_url: str, clock: Clock) -> None:
    """Publish rates and the first price book, if there is none, as who owns the tables: as of this moment, or a copy as
    of that of the day's first one."""
    made_for = clock.now().date(), tuple(channels())
    owner = await connect(owner_of(database_url))
    try:
        async with owner.transaction():
            is_empty = await owner.fetchval(_IS_EMPTY)
            if is_empty and made_for in _written:
                await _copy(owner, _written[made_for])
                return
            await publish_first_book(owner, clock)
            if is_empty:
                _written[made_for] = [await _rows(owner, table) for table in _TABLES]
    finally:
        await owner.close()


async def publish_first_book(connection: Connection, clock: Clock) -> int:
    """Keep the published tax and exchange rates, and publish the first price book if there is none; the version of the
    newest. Over a connection of who owns the tables."""
    now = clock.now()
    await record_published(connection, now)
    await record_shipped(connection, now)
    newest = await newest_version(connection)
    if newest:
        return newest
    await write_book(connection, make_book(1, now, own_taxes(await taxes_at(connection, now))), published_at=now)
    return 1


async def _copy(owner: OwnConnection, written: list[tuple[str, list[str], bytes]]) -> None:
    await owner.execute("set local session_replication_role = replica")  # what refers to what was checked then
    for table, columns, rows in written:
        await owner.copy_to_table(table, source=BytesIO(rows), columns=columns, format="binary")


async def _rows(owner: OwnConnection, table: str) -> tuple[str, list[str], bytes]:
    columns, rows = await owner.fetchval(_COLUMNS, table), BytesIO()
    await owner.copy_from_table(table, columns=columns, output=rows, format="binary")
    return table, columns, rows.getvalue()
