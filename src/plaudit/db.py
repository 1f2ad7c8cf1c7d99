"""The way to PostgreSQL: a pool, transactions, statements out of `queries.sql`, and rows as typed structs."""

import asyncio
import copy
import importlib.util
import re
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager, suppress
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, Protocol, Self, TypeAlias, TypeVar, cast

import asyncpg
import msgspec
from asyncpg.pool import PoolConnectionProxy

from plaudit.limits import (
    DATABASE_ACQUIRE_WAIT_S,
    DATABASE_ANSWER_SLACK_S,
    DATABASE_CLIENT_CHECK_S,
    DATABASE_CLOSE_WAIT_S,
    DATABASE_CONNECT_WAIT_S,
    DATABASE_CONNECTIONS,
    DATABASE_FIXED_MAX,
    DATABASE_RELEASE_WAIT_S,
    DATABASE_STATEMENT_TIMEOUT_MS,
    DATABASE_STATEMENTS_MAX,
)
from plaudit.problems import IdempotencyConflict, Overdrawn, Problem, StandsStill, TooBusy, Unavailable
from plaudit.settings import SetupError

T = TypeVar("T")

# The driver's classes are generic to the type checker only.
if TYPE_CHECKING:
    OwnConnection: TypeAlias = asyncpg.Connection[asyncpg.Record]
    Connection: TypeAlias = OwnConnection | PoolConnectionProxy[asyncpg.Record]
    Pool: TypeAlias = asyncpg.Pool[asyncpg.Record]
else:
    OwnConnection = asyncpg.Connection
    Connection = asyncpg.Connection | PoolConnectionProxy
    Pool = asyncpg.Pool

APPLICATION_ROLE = "plaudit_app"
"""Who may use the books through their functions only: the login of all that serves, or what that login is a member
of. Migrations run as the owner of the tables, by a login of its own."""

_JSONB_VERSION = b"\x01"  # goes before the text in the binary format

# What a broken constraint means to the caller. One that is not here is a defect of ours.
CONSTRAINT_PROBLEMS: dict[str, Callable[[], Problem]] = {
    "wallet_not_overdrawn": Overdrawn,
    "gift_balance_not_overdrawn": Overdrawn,
    "account_not_overdrawn": Overdrawn,
    "transfer_pkey": IdempotencyConflict,
    "reversal_pkey": IdempotencyConflict,
    "lot_reversal_pkey": IdempotencyConflict,
    "lot_pkey": IdempotencyConflict,
    "hold_pkey": IdempotencyConflict,
    "not_frozen": StandsStill,
}


# How the driver says that the server, or the connection to it, is no more.
_GONE = (
    asyncpg.PostgresConnectionError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    asyncpg.CannotConnectNowError,
    asyncpg.InterfaceError,
)

_POOLER = (
    "what Plaudit asks for when it connects (statement_timeout) did not arrive: connect to PostgreSQL itself, not"
    " through PgBouncer or another pooler"
)


acting_key: ContextVar[int | None] = ContextVar("acting_key", default=None)
"""The key with which a server asks for what this request does. What its transactions write names the key, by a default
of the column (`acting_key()` in SQL), so that no statement can leave it out."""


class DatabaseUnreachable(SetupError):
    """No connection can be made; the message says why, without the password."""


# Statements


@dataclass(frozen=True)
class Statement:
    """One block of a `queries.sql`: `-- name: x`, or `-- name: x -> Struct` when its rows are that struct. `{y}` in it
    stands for the block `-- columns: y`: a `*` would be other columns as soon as the table has one more, and what the
    connections have prepared would be no good."""

    name: str
    sql: str
    struct: str | None


_HEAD = re.compile(
    r"^-- (?P<kind>name|columns): *(?P<name>[a-z][a-z0-9_]*)(?: *-> *(?P<struct>[A-Za-z_][\w.]*))? *$", re.MULTILINE
)

_COLUMNS = re.compile(r"\{([a-z][a-z0-9_]*)\}")

_HEADINGS = re.compile(r"(?:\s*\n--.*)+\Z")
"""What stands behind a statement is about those that follow."""


def read_statements(file: Path) -> list[Statement]:
    """The statements of one file, in its order.

    Raises:
        ValueError: a name occurs twice, or has nothing under it, or columns are not there.
    """
    text = file.read_text(encoding="utf-8")
    heads = list(_HEAD.finditer(text))
    ends = [head.start() for head in heads[1:]] + [len(text)]
    columns: dict[str, str] = {}
    found: dict[str, Statement] = {}
    for head, end in zip(heads, ends, strict=True):
        name, block = head["name"], text[head.end() : end].strip()
        sql = _HEADINGS.sub("", block).removesuffix(";")
        known = found if head["kind"] == "name" else columns
        if name in known or not sql:
            raise ValueError(f"{file}: {head['kind']} {name!r} is there twice or empty")
        if head["kind"] == "columns":
            columns[name] = sql
        elif missing := set(_COLUMNS.findall(sql)) - columns.keys():
            raise ValueError(f"{file}: statement {name!r} names columns that do not stand above it: {sorted(missing)}")
        else:
            found[name] = Statement(name, _COLUMNS.sub(lambda one: columns[one[1]], sql), head["struct"])
    return list(found.values())


@cache
def statements(module: str) -> Mapping[str, str]:
    """The SQL in the `queries.sql` beside a module, by name. `module` is its `__file__`, or a package's dotted name."""
    if module.endswith(".py"):
        folder = Path(module).parent
    else:
        spec = importlib.util.find_spec(module)
        if spec is None or spec.origin is None:
            raise ValueError(f"there is no module {module!r}")
        folder = Path(spec.origin).parent
    return {statement.name: statement.sql for statement in read_statements(folder / "queries.sql")}


async def fetch_one(connection: Connection, sql: str, struct: type[T], *arguments: Any) -> T | None:
    """The first row as a struct, by the names of its columns; None when there is none."""
    row = await connection.fetchrow(sql, *arguments)
    return None if row is None else msgspec.convert(dict(row), struct)


async def fetch_all(connection: Connection, sql: str, struct: type[T], *arguments: Any) -> list[T]:
    """All rows as structs, by the names of their columns."""
    return [msgspec.convert(dict(row), struct) for row in await connection.fetch(sql, *arguments)]


# Connections


_TYPES_OF_EVERY_SERVER = 10_000
"""PostgreSQL numbers its own types below this by hand: each is the same in every database of every version."""

_types: dict[int, asyncpg.Record] = {}
"""What is known of those."""

_NOTHING_ASKED = SimpleNamespace(name="none")
"""To the driver: the statement it was preparing is still there."""


class _Connection(OwnConnection):
    """The driver's, with a place for what is fixed as long as its database lives."""

    _config: Any  # the driver's

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self.fixed: dict[tuple[Any, ...], list[asyncpg.Record]] = {}
        self.notes: dict[str, Any] = {}
        self._usual: Any = None

    def wait_at_most(self, seconds: float | None) -> None:
        """For the answer to each statement, instead of what was said when it was made; None: without an end."""
        self._usual = self._usual or self._config
        self._config = self._config._replace(command_timeout=seconds)

    def wait_as_usual(self) -> None:
        if self._usual:
            self._config, self._usual = self._usual, None

    async def _introspect_types(self, oids: Iterable[int], wait_s: float | None) -> tuple[list[asyncpg.Record], Any]:
        """Of lists of numbers and the like the driver asks anew over each connection, which takes the server longer
        than all else when a connection is made; here, a process asks once."""
        asked = [oid for oid in oids if oid not in _types]
        known = [_types[oid] for oid in oids if oid in _types]
        if not asked:
            return known, _NOTHING_ASKED
        found, statement = await super()._introspect_types(asked, wait_s)  # type: ignore[misc]  # the driver's
        _types.update((row["oid"], row) for row in found if row["oid"] < _TYPES_OF_EVERY_SERVER)
        return [*known, *found], statement

    @property
    def is_read_only(self) -> bool:
        """Whether its server has said, with an answer, that it takes no writes any more, or is not the primary."""
        told = self.get_settings()
        return "on" in (getattr(told, "in_hot_standby", "off"), getattr(told, "default_transaction_read_only", "off"))


async def fixed(connection: Connection, sql: str, *arguments: Any) -> list[asyncpg.Record]:
    """What a statement answers of something that never changes, asked once by each connection; nothing is asked again
    as long as there is none. Not for what the same transaction has written: it may be given up."""
    known = cast("_Connection", connection).fixed
    if (asked := (sql, *arguments)) in known:
        return known[asked]
    rows = await connection.fetch(sql, *arguments)
    if rows:
        if len(known) >= DATABASE_FIXED_MAX:
            known.clear()
        known[asked] = rows
    return rows


async def connect(
    url: str,
    *,
    statement_timeout_ms: int = DATABASE_STATEMENT_TIMEOUT_MS,
    writes: bool = True,
) -> OwnConnection:
    """A connection of its own, outside any pool, as whoever the URL names: nobody becomes another over it. Unless it
    `writes`, a standby will do.

    Raises:
        DatabaseUnreachable: there is no database, it takes no writes, or it lets nobody in.
    """
    with _reaching():
        options = _options(statement_timeout_ms) | ({} if writes else {"target_session_attrs": "any"})
        connection: OwnConnection = await asyncpg.connect(url, **options)
        try:
            await _prepare(connection)
            await _verify(connection, statement_timeout_ms)
        except BaseException:
            connection.terminate()
            raise
        return connection


async def allow(connection: Connection, seconds: int | None) -> None:
    """Let each statement of this transaction take so long; None: as long as it needs."""
    await connection.execute("select set_config('statement_timeout', $1, true)", f"{seconds or 0}s")
    cast("_Connection", connection).wait_at_most(seconds and seconds + DATABASE_ANSWER_SLACK_S)


def is_read_only(connection: Connection) -> bool:
    """Whether the server of a connection has said that it takes no writes any more."""
    return cast("_Connection", connection).is_read_only


def notes(connection: Connection) -> dict[str, Any]:
    """What is said of the transaction under way, for whoever witnesses it; forgotten when the connection goes back."""
    return cast("_Connection", connection).notes


class Witness(Protocol):
    """Somebody who writes, at the end of a transaction, who did it."""

    async def write(self, connection: Connection) -> None:
        """In the transaction, as its last statement."""

    def committed(self) -> None:
        """What it wrote last stays."""


class Database:
    """The pool of one process. `open()` before use, `close()` after, or `async with`."""

    def __init__(
        self,
        url: str,
        *,
        connections: int = DATABASE_CONNECTIONS,
        statement_timeout_ms: int = DATABASE_STATEMENT_TIMEOUT_MS,
    ) -> None:
        self.url = url
        self._connections = connections
        self._statement_timeout_ms = statement_timeout_ms
        self._pool: Pool | None = None
        self._witness: Witness | None = None

    def witnessed(self, witness: Witness) -> Self:
        """The same pool, whose transactions end with what the witness writes."""
        other = copy.copy(self)
        other._witness = witness
        return other

    @property
    def pool(self) -> Pool:
        if self._pool is None:
            raise RuntimeError("the database is not open")
        return self._pool

    async def open(self) -> Self:
        """Make the first connection; the others follow when they are needed.

        Raises:
            DatabaseUnreachable: there is no database, or it lets nobody in.
        """
        with _reaching():
            self._pool = await asyncpg.create_pool(
                self.url,
                min_size=1,
                max_size=self._connections,
                max_inactive_connection_lifetime=0,
                init=self._begin,
                reset=_keep,
                **_options(self._statement_timeout_ms),
            )
        return self

    async def close(self) -> None:
        if self._pool is not None:
            pool, self._pool = self._pool, None
            try:
                async with asyncio.timeout(DATABASE_CLOSE_WAIT_S):
                    await pool.close()
            except TimeoutError:
                pool.terminate()

    async def __aenter__(self) -> Self:
        return await self.open()

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def _begin(self, connection: Connection) -> None:
        await _prepare(connection)
        await _verify(connection, self._statement_timeout_ms)

    async def connect(self) -> OwnConnection:
        """A connection of its own, for those who keep one: the gift writer, deliverers, listeners."""
        return await connect(self.url, statement_timeout_ms=self._statement_timeout_ms)

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Connection]:
        """A connection in a transaction, committed at the end, rolled back by an exception.

        Raises:
            Problem: what CONSTRAINT_PROBLEMS says of the constraint that was broken.
            TooBusy: no connection was free in time, or another transaction was in the way of this one and it of that.
        """
        async with self.read() as connection:
            try:
                async with _transaction(connection):
                    if (key_id := acting_key.get()) is not None:
                        await connection.execute("select set_config('plaudit.acting_key', $1, true)", str(key_id))
                    yield connection
                    if self._witness is not None:
                        await self._witness.write(connection)
                if self._witness is not None:
                    self._witness.committed()
            except asyncpg.IntegrityConstraintViolationError as error:
                factory = CONSTRAINT_PROBLEMS.get(error.constraint_name or "")
                if factory is None:
                    raise
                raise factory() from error
            except (asyncpg.DeadlockDetectedError, asyncpg.SerializationError) as error:
                raise TooBusy from error  # nothing was done; the next try finds the way free

    @asynccontextmanager
    async def read(self) -> AsyncIterator[Connection]:
        """A connection for reading: each statement sees what is committed when it begins.

        Raises:
            TooBusy: no connection was free in time, or the columns of an answer have changed.
            Unavailable: the database has no room for what was asked; or it went away, and whether a transaction under
                way was committed is unknown.
        """
        connection = await self._acquire()
        try:
            with _ended_by_silence(connection):
                yield connection
        except asyncpg.ReadOnlySQLTransactionError as error:  # another server is the primary now
            _end(connection)
            raise Unavailable from error
        except asyncpg.InvalidCachedStatementError as error:  # its columns are others now; the driver has forgotten it
            raise TooBusy from error
        except asyncpg.InsufficientResourcesError as error:  # such as room on its disk; nothing was done
            raise Unavailable from error
        except asyncpg.InternalClientError as error:  # the server's farewell came between two statements
            _end(connection)
            raise Unavailable from error
        except (ConnectionError, *_GONE) as error:
            if isinstance(error, asyncpg.PostgresError) or _is_closed(connection):
                raise Unavailable from error
            raise
        finally:
            with suppress(TimeoutError, *_GONE):  # it was ended instead
                await self.pool.release(connection, timeout=DATABASE_RELEASE_WAIT_S)

    async def _acquire(self) -> "PoolConnectionProxy[asyncpg.Record]":
        """A free connection to a server that takes writes; those to others are ended."""
        for _ in range(self._connections + 1):
            try:
                connection = await self.pool.acquire(timeout=DATABASE_ACQUIRE_WAIT_S)
            except TimeoutError:
                raise TooBusy from None
            except (OSError, DatabaseUnreachable, asyncpg.PostgresError, asyncpg.InternalClientError, *_GONE) as error:
                raise Unavailable from error
            if not is_read_only(connection):
                return connection
            connection.terminate()
            await self.pool.release(connection)
        raise Unavailable

    @asynccontextmanager
    async def snapshot(self) -> AsyncIterator[Connection]:
        """A connection for reading where all statements see the same moment.

        Raises:
            TooBusy: no connection was free in time.
        """
        async with self.read() as connection, snapshot_on(connection):
            yield connection


def snapshot_on(connection: Connection) -> AbstractAsyncContextManager[None]:
    """A transaction for reading over a connection that is in none: all its statements see the same moment."""
    return _transaction(connection, isolation="repeatable_read", readonly=True)


def _options(statement_timeout_ms: int) -> dict[str, Any]:
    session = {
        "application_name": "plaudit",
        "jit": "off",
        "TimeZone": "UTC",
        # Any login may set these for its own connections to come, as the application's must not.
        "search_path": "public",
        "default_transaction_isolation": "read committed",
        "statement_timeout": str(statement_timeout_ms),
        "client_connection_check_interval": f"{DATABASE_CLIENT_CHECK_S}s",
    }
    return {
        "server_settings": session,
        "connection_class": _Connection,
        "timeout": DATABASE_CONNECT_WAIT_S,
        "target_session_attrs": "read-write",
        "command_timeout": statement_timeout_ms / 1_000 + DATABASE_ANSWER_SLACK_S if statement_timeout_ms else None,
        "statement_cache_size": DATABASE_STATEMENTS_MAX,
        "max_cached_statement_lifetime": 0,
    }


def _end(connection: Connection) -> None:
    if not _is_closed(connection):
        connection.terminate()


def _is_closed(connection: Connection) -> bool:
    try:
        return connection.is_closed()
    except asyncpg.InterfaceError:  # the pool has already thrown it away
        return True


async def _verify(connection: Connection, statement_timeout_ms: int) -> None:
    """That the server has heard what was asked for: a pooler in between may keep it to itself.

    Raises:
        DatabaseUnreachable: it has not.
    """
    heard_ms = await connection.fetchval(
        "select (extract(epoch from current_setting('statement_timeout')::interval) * 1000)::integer"
    )
    if heard_ms != statement_timeout_ms:
        raise DatabaseUnreachable(_POOLER)


@asynccontextmanager
async def _transaction(connection: Connection, **how: Any) -> AsyncIterator[None]:
    """What is raised inside is what comes out: over a connection that was ended nothing is rolled back, and nothing
    that fails for it takes the place of a cancellation."""
    transaction = connection.transaction(**how)
    await transaction.start()
    try:
        with _ended_by_silence(connection):
            yield
    except BaseException:
        if not _is_closed(connection):
            try:
                await transaction.rollback()
            except (ConnectionError, asyncpg.InternalClientError, *_GONE):  # it was about to end
                _end(connection)
        raise
    await transaction.commit()


@contextmanager
def _ended_by_silence(connection: Connection) -> Iterator[None]:
    """A connection over which no answer came in time is ended, and one that is not waited for any more: whatever is
    asked next, even to roll back, would wait as long. The server notices within DATABASE_CLIENT_CHECK_S."""
    try:
        yield
    except asyncio.CancelledError:
        _end(connection)
        raise
    except TimeoutError as error:
        _end(connection)
        raise Unavailable from error


async def _prepare(connection: Connection) -> None:
    """JSON columns as Python values, both ways."""
    await connection.set_type_codec(
        "json", schema="pg_catalog", format="binary", encoder=msgspec.json.encode, decoder=msgspec.json.decode
    )
    await connection.set_type_codec(
        "jsonb", schema="pg_catalog", format="binary", encoder=_encode_jsonb, decoder=_decode_jsonb
    )


def _encode_jsonb(value: Any) -> bytes:
    return _JSONB_VERSION + msgspec.json.encode(value)


def _decode_jsonb(data: bytes) -> Any:
    return msgspec.json.decode(data[len(_JSONB_VERSION) :])


async def _keep(connection: Connection) -> None:
    """Nothing to reset: sessions change no settings, and an open transaction is rolled back before this is called.

    The driver's own reset is a round trip for each use of the pool, twice the price of a small statement.
    """
    known = cast("_Connection", connection)
    known.wait_as_usual()
    known.notes.clear()


def _nobody_let_in(error: asyncpg.InvalidAuthorizationSpecificationError) -> str:
    if f'role "{APPLICATION_ROLE}"' in str(error):  # is not there, or may not log in yet
        return f"the database is not prepared for Plaudit ({error}): run `plaudit migrate`"
    return f"the database cannot be reached: {error}"


@contextmanager
def _reaching() -> Iterator[None]:
    """Turns what keeps a connection from being made into DatabaseUnreachable."""
    try:
        yield
    except asyncpg.InvalidAuthorizationSpecificationError as error:
        raise DatabaseUnreachable(_nobody_let_in(error)) from error
    except asyncpg.TargetServerAttributeNotMatched as error:
        raise DatabaseUnreachable(
            "the database takes no writes: this is a standby, or a primary that was made read-only"
        ) from error
    except asyncpg.ProtocolViolationError as error:
        if "startup parameter" not in str(error):
            raise DatabaseUnreachable(f"the database cannot be reached: {error}") from error
        raise DatabaseUnreachable(f"{_POOLER} ({error})") from error
    except (OSError, ValueError, asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError) as error:
        raise DatabaseUnreachable(f"the database cannot be reached: {str(error) or type(error).__name__}") from error
