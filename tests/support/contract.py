"""What a release asks of its database: each of its statements, with the types that go in and come out. `make release`
records it; servers of that release must be able to run while the next one is rolled out."""

import asyncio
import gzip
import tempfile
from pathlib import Path

import asyncpg
import msgspec

from plaudit import __version__
from plaudit.connections import Connection, connect
from plaudit.embedded import EmbeddedPostgres
from plaudit.schema.migrate import apply, read_migrations
from tests.integration.test_queries import all_statements

FILE = Path(__file__).parents[1] / "released" / "contract.json.gz"


class Shape(msgspec.Struct, frozen=True):
    """Types of parameters, and names and types of columns."""

    parameters: list[str]
    columns: list[tuple[str, str]]


class Asked(msgspec.Struct, frozen=True):
    """One statement of a release."""

    sql: str
    shape: Shape


class Contract(msgspec.Struct, frozen=True):
    """All that a release asks, and the last migration it knew."""

    version: str
    migration: str
    columns: dict[str, list[str]]
    """Of each table that the application may insert into."""
    statements: dict[str, Asked]


async def shape_of(connection: Connection, sql: str) -> Shape:
    """How the database understands a statement.

    Raises:
        asyncpg.PostgresError: it does not.
    """
    prepared = await connection.prepare(sql)
    return Shape(
        [_name(one) for one in prepared.get_parameters()],
        [(one.name, _name(one.type)) for one in prepared.get_attributes()],
    )


def _name(kind: asyncpg.Type) -> str:
    return f"{kind.schema}.{kind.name}"


INSERTED_INTO = """
select table_name::text as table_name, array_agg(column_name::text order by column_name) as columns
from information_schema.column_privileges
where grantee = 'plaudit_app' and privilege_type = 'INSERT' and table_schema = 'public' group by 1 order by 1
"""


async def contract_of(connection: Connection) -> Contract:
    """What this version asks of a database that is migrated."""
    columns = {row["table_name"]: row["columns"] for row in await connection.fetch(INSERTED_INTO)}
    statements = {
        f"{room}.{one.name}": Asked(one.sql, await shape_of(connection, one.sql)) for room, one in all_statements()
    }
    return Contract(__version__, read_migrations()[-1].name, columns, statements)


def recorded() -> Contract:
    """That of the last release."""
    return msgspec.json.decode(gzip.decompress(FILE.read_bytes()), type=Contract)


async def _record(url: str) -> None:
    connection = await connect(url)
    await apply(connection)
    found = msgspec.json.encode(await contract_of(connection), order="sorted")
    await connection.close()
    FILE.write_bytes(gzip.compress(found, mtime=0))


if __name__ == "__main__":
    with (
        tempfile.TemporaryDirectory(prefix="plaudit-release-") as folder,
        EmbeddedPostgres(Path(folder), options={"fsync": "off"}) as server,
    ):
        asyncio.run(_record(server.url))
