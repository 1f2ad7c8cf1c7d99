"""Brings a database to this version: ordered migrations once each, functions whenever they changed. `plaudit migrate`.

`migrations/NNNN_{pre|post}_what.sql`: `pre` goes before new code is rolled out, `post` after old code is gone. The
first are named after rooms, and each begins its room's tables. What rooms keep in `functions` is applied again, all of
it by its numbers, when a file has changed. `schema.sql` is the outcome.
"""

import asyncio
import hashlib
import re
import subprocess
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import asyncpg
import click
import msgspec

from plaudit.acts import changed
from plaudit.connections import APPLICATION_ROLE, Connection, connect
from plaudit.database_command import act_of_command
from plaudit.embedded import EmbeddedPostgres, database_logins
from plaudit.limits import DATABASE_MIGRATION_LOCK_WAIT_S, FORMER_FUNCTIONS_MAX, SHARDS_MAX
from plaudit.postgresql import wheel
from plaudit.schema.privileges import SCHEMA_FILE, repair_privileges
from plaudit.settings import Settings, SetupError
from plaudit.statements import fetch_all, statements

_HERE = Path(__file__).parent
PACKAGE = _HERE.parent

SQL = statements(__file__)
_FILE_NAME = re.compile(r"\d{4}_(?P<stage>pre|post)_[a-z0-9_]+\.sql")


class MigrationError(SetupError):
    """The database cannot be brought to this version; the message says what is in the way."""


@dataclass(frozen=True)
class ScriptFile:
    """A file of SQL, known by its name and contents."""

    name: str
    sql: str

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.sql.encode()).hexdigest()

    @property
    def is_post(self) -> bool:
        return may_wait(self.name)


class AppliedScript(msgspec.Struct, frozen=True):
    """What the database remembers of a file; `former`: what stood in it before, the newest last."""

    kind: str
    name: str
    sha256: str
    former: list[str]


class Migrated(msgspec.Struct, frozen=True):
    """What a migration did: the files it applied, and the statements that put privileges right."""

    applied: list[str]
    repaired: list[str] = []


def read_migrations(folder: Path = _HERE / "migrations") -> list[ScriptFile]:
    """The migrations in their order.

    Raises:
        MigrationError: a name that is not NNNN_{pre|post}_what.sql, or a number that two have.
    """
    files = _read(folder.glob("*.sql"))
    for before, file in zip([None, *files], files, strict=False):
        if not _FILE_NAME.fullmatch(file.name):
            raise MigrationError(f"migration {file.name} is not called NNNN_pre_what.sql or NNNN_post_what.sql")
        if before and before.name[:4] == file.name[:4]:
            raise MigrationError(f"migrations {before.name} and {file.name} have one number")
    return files


def read_functions(package: Path = PACKAGE) -> list[ScriptFile]:
    """The files of functions, views and privileges of all rooms, by their numbers."""
    return _read(path for path in package.rglob("*.sql") if path.parent.name == "functions")


def _read(paths: Iterable[Path]) -> list[ScriptFile]:
    return [
        ScriptFile(path.name, path.read_text(encoding="utf-8")) for path in sorted(paths, key=lambda path: path.name)
    ]


async def apply(
    connection: Connection,
    *,
    migrations: Sequence[ScriptFile] | None = None,
    functions: Sequence[ScriptFile] | None = None,
    before_deploy: bool = False,
    shards: int | None = None,
) -> list[str]:
    """Apply what is missing, as the owner of the tables, all of it in one transaction; names of what was applied.

    Functions go with the migrations they need, so that no server ever sees the one without the other.

    `before_deploy`: only what old code can live with; `post` migrations stay for later.
    `shards`: how many the books are to have; None: as many as they have, or two.

    Raises:
        MigrationError: a file was changed after it was applied, or is unknown here, or a statement failed; or the books
            have another number of shards.
    """
    migrations = read_migrations() if migrations is None else migrations
    functions = read_functions() if functions is None else functions
    await _take_lock(connection)
    try:
        await ensure_application_role(connection)
        await connection.execute(SQL["close_to_everybody"])
        await connection.execute(SQL["create_migration_table"])
        await connection.execute(SQL["add_former"])
        await connection.execute(SQL["grant_sight_of_migrations"])
        applied = await fetch_all(connection, SQL["applied_scripts"], AppliedScript)
        present = {script.name: script.sha256 for script in applied if script.kind == "migration"}
        pending = _pending(migrations, present, before_deploy=before_deploy)
        functions_present = {script.name: script for script in applied if script.kind == "function"}
        changed = {script.name: script.sha256 for script in functions_present.values()} != {
            file.name: file.sha256 for file in functions
        }
        await _choose_shards(connection, shards)
        async with connection.transaction():
            await _apply_all(connection, "migration", pending)
            if pending or changed:
                await connection.execute(SQL["forget_functions"])
                await _apply_all(connection, "function", functions, functions_present)
        return [file.name for file in [*pending, *(functions if changed else ())]]
    finally:
        await connection.execute(SQL["release_migration_lock"])


async def pending_migrations(connection: Connection) -> list[str]:
    """Names of migrations and functions that this version has and the database never had. A newer version may have
    replaced functions since: they do what servers of the version before ask for."""
    if not await connection.fetchval(SQL["has_migration_table"]):
        return [file.name for file in [*read_migrations(), *read_functions()]]
    scripts = await fetch_all(connection, SQL["applied_scripts"], AppliedScript)
    applied = {(script.name, sha256) for script in scripts for sha256 in (script.sha256, *script.former)}
    return [file.name for file in [*read_migrations(), *read_functions()] if (file.name, file.sha256) not in applied]


async def left_behind_by(connection: Connection) -> list[str]:
    """Names of `post` migrations that a newer version has applied: they took away what this one may need."""
    known = {file.name for file in read_migrations()}
    scripts = await fetch_all(connection, SQL["applied_scripts"], AppliedScript)
    return [
        script.name
        for script in scripts
        if script.kind == "migration" and script.name not in known and may_wait(script.name)
    ]


def may_wait(name: str) -> bool:
    """Whether a migration comes only when no server of the version before runs any more."""
    return "_post_" in name


async def ensure_application_role(connection: Connection) -> None:
    """Make the role the application logs in as, without a password, and let the owner give it what it makes.

    Raises:
        MigrationError: this user owns nothing, or may not make roles; says what to do.
    """
    if not await connection.fetchval(SQL["may_make_tables"]):
        user = await connection.fetchval(SQL["who_logged_in"])
        raise MigrationError(
            f"the user {user} does not own this database: set PLAUDIT_OWNER_DATABASE_URL to the login that does"
        )
    try:
        if not await connection.fetchval(SQL["has_role"], APPLICATION_ROLE):
            # Another database of this server may be quicker.
            with suppress(asyncpg.DuplicateObjectError, asyncpg.UniqueViolationError):
                await connection.execute(SQL["create_application_role"])
        if await connection.fetchval(SQL["may_let_application_log_in"], APPLICATION_ROLE):
            await connection.execute(SQL["let_application_log_in"])
        if not await connection.fetchval(SQL["may_take_role"], APPLICATION_ROLE):
            await connection.execute(SQL["grant_application_role"])
    except asyncpg.InsufficientPrivilegeError as error:
        user = await connection.fetchval(SQL["who_logged_in"])
        raise MigrationError(
            f"the user {user} may not prepare the role {APPLICATION_ROLE}; let a superuser run: "
            f"CREATE ROLE {APPLICATION_ROLE} LOGIN PASSWORD '…'; GRANT {APPLICATION_ROLE} TO {user};"
        ) from error


async def _take_lock(connection: Connection) -> None:
    """Wait for another migration of this database to end."""
    await connection.execute(SQL["lift_statement_timeout"])
    try:
        async with asyncio.timeout(DATABASE_MIGRATION_LOCK_WAIT_S):
            await connection.execute(SQL["take_migration_lock"])
    except TimeoutError:
        raise MigrationError("another migration of this database is still under way") from None


async def _choose_shards(connection: Connection, shards: int | None) -> None:
    """Let the first migration make so many; those that are there cannot be changed."""
    if shards is None:
        return
    if await connection.fetchval(SQL["has_books"]):
        present = await connection.fetchval(SQL["shards_of_books"])
        if present != shards:
            raise MigrationError(
                f"the books have {present} shards, not {shards}: their number is fixed when a database is made"
            )
    await connection.execute(SQL["choose_shards"], str(shards))


def _pending(migrations: Sequence[ScriptFile], present: Mapping[str, str], *, before_deploy: bool) -> list[ScriptFile]:
    """The migrations to apply now, after a look at those that were applied."""
    known = {file.name: file.sha256 for file in migrations}
    for name, sha256 in present.items():
        if name not in known:
            raise MigrationError(f"the database has migration {name}, which this version does not know: it is newer")
        if known[name] != sha256:
            raise MigrationError(f"migration {name} was changed after it was applied: write a new one instead")
    pending = [file for file in migrations if file.name not in present]
    if not before_deploy:
        return pending
    first_post = next((number for number, file in enumerate(pending) if file.is_post), len(pending))
    if late := [file.name for file in pending[first_post:] if not file.is_post]:
        first = pending[first_post].name
        raise MigrationError(f"{first} comes before {late[0]}: finish the earlier release with `plaudit migrate`")
    return pending[:first_post]


async def _apply_all(
    connection: Connection, kind: str, files: Sequence[ScriptFile], before: Mapping[str, AppliedScript] | None = None
) -> None:
    for file in files:
        known = (before or {}).get(file.name)
        former = [] if known is None else [one for one in (*known.former, known.sha256) if one != file.sha256]
        try:
            async with connection.transaction():
                await connection.execute(file.sql)
                await connection.execute(
                    SQL["record_script"], kind, file.name, file.sha256, former[-FORMER_FUNCTIONS_MAX:]
                )
        except asyncpg.PostgresError as error:
            raise MigrationError(f"{kind} {file.name}: {_place(file, error)}{error}") from error


def _place(file: ScriptFile, error: asyncpg.PostgresError) -> str:
    position = str(getattr(error, "position", None) or "")
    return f"line {file.sql[: int(position)].count(chr(10)) + 1}: " if position.isdecimal() else ""


# The recorded schema

_SCHEMA_HEAD = "-- The schema after all migrations and functions, as PostgreSQL 18 tells it. `make schema` writes it."
_NOISE = re.compile(r"^(--.*|SET .*|SELECT pg_catalog\.set_config.*|\\(un)?restrict .*)\n", re.MULTILINE)


def dump_schema(url: str) -> str:
    """The schema of a database as text that depends on nothing else; without the partitions that time adds.

    Raises:
        MigrationError: pg_dump failed.
    """
    command = [str(wheel() / "bin" / "pg_dump"), "--schema-only", "--no-owner", "--exclude-table=gift_2*", url]
    outcome = subprocess.run(command, capture_output=True, text=True, check=False)
    if outcome.returncode != 0:
        raise MigrationError(f"pg_dump: {outcome.stderr.strip()}")
    text = re.sub(r"\n{2,}", "\n\n", _NOISE.sub("", outcome.stdout)).strip()
    return f"{_SCHEMA_HEAD}\n\n{text}\n"


def schema_of_migrations() -> str:
    """The schema that the migrations lead to, tried on a database of its own."""
    with (
        tempfile.TemporaryDirectory(prefix="plaudit-schema-") as folder,
        EmbeddedPostgres(Path(folder), options={"fsync": "off"}) as server,
    ):
        asyncio.run(_apply_alone(server.url))
        return dump_schema(server.url)


async def _apply_alone(url: str) -> None:
    """Without repairs: they would take the schema recorded before this one for what is right."""
    connection = await connect(url, statement_timeout_ms=0)
    await apply(connection)
    await connection.close()


async def apply_to(url: str, *, before_deploy: bool = False, shards: int | None = None) -> Migrated:
    """`apply()` on a connection of its own to the database at `url`; then what the application may do there is put
    right, unless migrations are left for later.

    Raises:
        MigrationError: as `apply`; or the privileges are another user's to repair.
    """
    connection = await connect(url, statement_timeout_ms=0)
    try:
        applied = await apply(connection, before_deploy=before_deploy, shards=shards)
        if await pending_migrations(connection):
            return Migrated(applied)
        try:
            return Migrated(applied, await repair_privileges(connection))
        except asyncpg.InsufficientPrivilegeError as error:
            raise MigrationError(
                f"privileges cannot be repaired: {error}; migrate as the owner of the tables"
            ) from error
    finally:
        await connection.close()


async def _migrate(url: str, *, before_deploy: bool, shards: int | None) -> Migrated:
    migrated = await apply_to(url, before_deploy=before_deploy, shards=shards)
    if migrated.applied or migrated.repaired:
        connection = await connect(url)
        async with connection.transaction():
            changed(connection, applied=migrated.applied, repaired=migrated.repaired)
            await act_of_command().done(connection)
        await connection.close()
    return migrated


@click.command()
@click.option("--data", type=click.Path(path_type=Path), help="Folder of the embedded database.")
@click.option("--before-deploy", is_flag=True, help="Only what the version before this one can live with.")
@click.option(
    "--shards",
    type=click.IntRange(1, SHARDS_MAX),
    help="How many shards the books get. Chosen once, when a database is made; without it two.",
)
@click.option("--record", is_flag=True, hidden=True, help="Write the schema of the migrations into the sources.")
def migrate(data: Path | None, *, before_deploy: bool, shards: int | None, record: bool) -> None:
    """Bring a database to this version of Plaudit, and repair what its role may do. A second run has nothing to do."""
    if record:
        SCHEMA_FILE.write_text(schema_of_migrations(), encoding="utf-8")
        click.echo(f"recorded {SCHEMA_FILE}")
        return
    with database_logins(Settings.from_environment(), data, share=True) as logins:
        migrated = asyncio.run(_migrate(logins.owner, before_deploy=before_deploy, shards=shards))
    for name in migrated.applied:
        click.echo(f"applied {name}")
    if migrated.repaired:
        click.echo(f"repaired {len(migrated.repaired)} privileges of {APPLICATION_ROLE}")
    click.echo("The database is up to date.")
