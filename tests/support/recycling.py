"""A copy of the template that one test has after another: what was written to it is seen, audited, and taken out."""

from collections.abc import Collection, Iterable, Set
from dataclasses import dataclass
from io import BytesIO

import asyncpg

from plaudit.connections import OwnConnection, connect
from plaudit.schema import audit
from tests.support.law_tables import LawTables

_USES_MAX = 100
"""How many tests one copy serves."""
_ROWS_MAX = 50_000
"""And rows taken out in all: what is deleted leaves room that nobody takes."""
_END_WAIT_MS = 10_000
_CATALOGUES = (
    "pg_attrdef", "pg_attribute", "pg_class", "pg_constraint", "pg_default_acl", "pg_extension", "pg_index",
    "pg_namespace", "pg_policy", "pg_proc", "pg_rewrite", "pg_trigger", "pg_type",
)  # fmt: skip
"""Where whatever changes the schema leaves a row, or takes one away."""
_AGE = "select age($1::text::xid)"
_FILLED = "select '{0}' as name where exists (select from {0})"
_COUNTED = "select '{0}' as name, count(*) as rows, count(*) filter (where age(xmin) < $1) as newer from {0}"
_SETTINGS = """select 'pg_db_role_setting', count(*), 0 from pg_db_role_setting s
    join pg_database d on d.oid = s.setdatabase where d.datname = current_database() and $1 >= 0"""
_TABLES = """select relname::text from pg_class
    where relkind = 'r' and relnamespace = 'public'::regnamespace order by relname"""
_COLUMNS = """select array_agg(attname::text order by attnum) from pg_attribute
    where attrelid = $1::text::regclass and attnum > 0 and not attisdropped and attgenerated = ''"""
_SEQUENCES = """select quote_ident(sequencename) as name, coalesce(last_value, start_value) as value,
    last_value is not null as is_called from pg_sequences where schemaname = 'public'"""
_END_OTHERS = """select count(pg_terminate_backend(pid, $1)) from pg_stat_activity
    where datname = current_database() and pid <> all ($2::integer[]) and backend_type = 'client backend'"""


async def keep_connected(owner_url: str) -> OwnConnection:
    """A connection for what is asked after each test: of many small tables, for which helpers would be started."""
    connection = await connect(owner_url, statement_timeout_ms=0)
    await connection.execute("set max_parallel_workers_per_gather = 0; set plan_cache_mode = force_generic_plan")
    return connection


@dataclass(frozen=True)
class Template:
    """What is in every copy from the beginning."""

    tables: tuple[str, ...]
    given: dict[str, tuple[int, list[str], bytes]]
    """Tables that have rows: how many, their columns, and the rows."""
    schema_rows: dict[str, int]
    """How many rows its catalogues have."""
    set_sequences: str
    law_tables: LawTables
    parents: dict[str, str]
    """The table of each partition."""

    @classmethod
    async def read(cls, connection: OwnConnection) -> "Template":
        """From a copy that nobody has written to."""
        tables = tuple(row[0] for row in await connection.fetch(_TABLES))
        rows = {row["name"]: row["rows"] for row in await connection.fetch(_counting(tables), 0)}
        given = {}
        for table in tables:
            if rows[table]:
                columns, kept = await connection.fetchval(_COLUMNS, table), BytesIO()
                await connection.copy_from_table(table, columns=columns, output=kept, format="binary")
                given[table] = rows[table], columns, kept.getvalue()
        setting = [
            f"setval('{row['name']}', {row['value']}, {str(row['is_called']).lower()})"
            for row in await connection.fetch(_SEQUENCES)
        ]
        parents = await connection.fetch("select inhrelid::regclass::text, inhparent::regclass::text from pg_inherits")
        return cls(
            tables,
            given,
            {name: rows[name] for name in rows.keys() - set(tables)},
            f"select {', '.join(setting)}",
            await LawTables.read(connection),
            dict(tuple(row) for row in parents),
        )


def _counting(tables: Iterable[str]) -> str:
    """The statement that says of catalogues and tables how many rows each has, and how many are younger than so many
    transactions."""
    return "\nunion all ".join([*(_COUNTED.format(table) for table in (*_CATALOGUES, *tables)), _SETTINGS])


async def rows_of_broken(connection: OwnConnection, names: Collection[str]) -> list[str]:
    """What the audit says of laws that are broken."""
    if not names:
        return []
    report = await audit.run(connection, sort_memory_mb=1)  # to prepare large tables is what takes time with few rows
    said = [f"{law.name}: {law.statement} {law.rows}" for law in report.laws if law.name in names and law.broken]
    return said or sorted(names)


class Recycled:
    """A copy, and two connections of its owner that are kept, so that laws are planned once, not for each test: one
    asks, one takes out what nothing may stand in the way of; who changes into the other forgets all plans."""

    def __init__(self, url: str, owner_url: str, template: Template, connection: OwnConnection) -> None:
        self.url = url
        self._owner_url = owner_url
        self._template = template
        self._connection = connection
        self._taking_out: OwnConnection | None = None
        self._uses = self._rows = 0
        self._since = ""
        empty = [table for table in template.tables if table not in template.given]
        self._filled = "\nunion all ".join(_FILLED.format(table) for table in empty)
        self._counting = _counting(template.given)

    async def begin(self) -> None:
        """From here on, what is written is what a test writes."""
        self._since = await self._connection.fetchval("select pg_current_xact_id()::text")

    async def broken_laws(self, but: Set[str]) -> list[str]:
        """What the audit says against the books, but for laws of these names; empty when they hold."""
        await self._be_connected()
        written, _ = await self._written()
        tables = frozenset(self._template.parents.get(table, table) for table in written)
        laws = [law for law in self._template.law_tables.that_could_be_broken(tables) if law.name not in but]
        asked = "select exists (\n{}\n)"
        broken = [law.name for law in laws if await self._connection.fetchval(asked.format(law.sql))]
        return await rows_of_broken(self._connection, broken)

    async def clear(self) -> bool:
        """Take out what was written; whether the copy is then as it was, for another test."""
        self._uses += 1
        try:
            await self._connection.fetchval(_END_OTHERS, _END_WAIT_MS, [one.get_server_pid() for one in self._own()])
            written, is_same_schema = await self._written()
            if not is_same_schema or self._uses >= _USES_MAX or self._rows >= _ROWS_MAX:
                return False
            await self._take_out(written)
            await self.begin()
        except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError):  # a test may do all it likes to its database
            return False
        return True

    def end(self) -> None:
        for connection in self._own():
            connection.terminate()

    def _own(self) -> list[OwnConnection]:
        return [one for one in (self._connection, self._taking_out) if one is not None]

    async def _be_connected(self) -> None:
        """A test may have ended all sessions."""
        if self._connection.is_closed():
            self._connection = await keep_connected(self._owner_url)

    async def _written(self) -> tuple[list[str], bool]:
        """Tables that have other rows than in the beginning, and whether the schema is as it was."""
        template, connection = self._template, self._connection
        async with connection.transaction():  # in one, ages are of one moment
            filled = await connection.fetch(self._filled)
            counted = await connection.fetch(self._counting, await connection.fetchval(_AGE, self._since))
        had = template.schema_rows | {table: rows for table, (rows, _, _) in template.given.items()}
        other = {row["name"] for row in counted if row["newer"] or row["rows"] != had[row["name"]]}
        written = [row["name"] for row in filled] + sorted(other & template.given.keys())
        return written, not other & template.schema_rows.keys()

    async def _take_out(self, written: list[str]) -> None:
        if self._taking_out is None:
            self._taking_out = await keep_connected(self._owner_url)
            await self._taking_out.execute("set session_replication_role = replica")  # no triggers, no references
        async with self._taking_out.transaction():
            for table in written:
                said = await self._taking_out.execute(f"delete from {table}")  # noqa: S608 - ours
                self._rows += int(said.rpartition(" ")[2])
            for table in set(written) & self._template.given.keys():
                _, columns, rows = self._template.given[table]
                await self._taking_out.copy_to_table(table, source=BytesIO(rows), columns=columns, format="binary")
            await self._taking_out.fetch(self._template.set_sequences)
