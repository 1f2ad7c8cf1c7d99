"""The first price book of shops: written as the product does it once in a process, and copied into later databases."""

from io import BytesIO

from plaudit.clock import Clock
from plaudit.db import OwnConnection, connect
from plaudit.selling.prices import seed
from plaudit.selling.prices.channels import channels
from plaudit.selling.prices.shelf import newest_version

_TABLES = ("price_book", "price", "package")
_COLUMNS = """select array_agg(attname::text order by attnum) from pg_attribute
    where attrelid = $1::text::regclass and attnum > 0 and not attisdropped and attname <> 'written_in'"""
"""All but what belongs to the transaction that writes them."""

_written: dict[tuple[str, ...], dict[str, bytes]] = {}
"""By the channels that are sold on: the rows of each table."""


async def put_on_shelf(database_url: str, clock: Clock) -> None:
    """Publish the first price book, if there is none, as of this moment; a copy is as of the first one's."""
    sold_on = tuple(channels())
    owner = await connect(database_url, role=None)
    try:
        async with owner.transaction():
            is_empty = not await newest_version(owner)
            if is_empty and sold_on in _written:
                await _copy(owner, _written[sold_on])
            await seed.seed(owner, clock)  # the tax rates, and the book if it was not copied
            if is_empty and sold_on not in _written:
                _written[sold_on] = {table: await _rows(owner, table) for table in _TABLES}
    finally:
        await owner.close()


async def _copy(owner: OwnConnection, written: dict[str, bytes]) -> None:
    await owner.execute("set local session_replication_role = replica")  # what refers to what was checked then
    for table, rows in written.items():
        columns = await owner.fetchval(_COLUMNS, table)
        await owner.copy_to_table(table, source=BytesIO(rows), columns=columns, format="binary")
    await owner.execute("set local session_replication_role = origin")


async def _rows(owner: OwnConnection, table: str) -> bytes:
    columns, rows = await owner.fetchval(_COLUMNS, table), BytesIO()
    await owner.copy_from_table(table, columns=columns, output=rows, format="binary")
    return rows.getvalue()
