"""One connection to PostgreSQL: how it is made and verified, what it remembers, and how it ends."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, TypeAlias, cast

import asyncpg
import msgspec
from asyncpg.pool import PoolConnectionProxy

from plaudit.limits import (
    DATABASE_ANSWER_SLACK_S,
    DATABASE_CLIENT_CHECK_S,
    DATABASE_CONNECT_WAIT_S,
    DATABASE_FIXED_MAX,
    DATABASE_STATEMENT_TIMEOUT_MS,
    DATABASE_STATEMENTS_MAX,
)
from plaudit.settings import SetupError

# The driver's classes are generic to the type checker only.
if TYPE_CHECKING:
    OwnConnection: TypeAlias = asyncpg.Connection[asyncpg.Record]
    Connection: TypeAlias = OwnConnection | PoolConnectionProxy[asyncpg.Record]
else:
    OwnConnection = asyncpg.Connection
    Connection = asyncpg.Connection | PoolConnectionProxy

APPLICATION_ROLE = "plaudit_app"
"""Who may use the books through their functions only: the login of all that serves, or what that login is a member
of. Migrations run as the owner of the tables, by a login of its own."""

_JSONB_VERSION = b"\x01"  # goes before the text in the binary format

# How the driver says that the server, or the connection to it, is no more.
GONE = (
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


class DatabaseUnreachable(SetupError):
    """No connection can be made; the message says why, without the password."""


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
    with reaching():
        options = session_options(statement_timeout_ms) | ({} if writes else {"target_session_attrs": "any"})
        connection: OwnConnection = await asyncpg.connect(url, **options)
        try:
            await begin(connection, statement_timeout_ms)
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


def session_options(statement_timeout_ms: int) -> dict[str, Any]:
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


def end(connection: Connection) -> None:
    if not is_closed(connection):
        connection.terminate()


def is_closed(connection: Connection) -> bool:
    try:
        return connection.is_closed()
    except asyncpg.InterfaceError:  # the pool has already thrown it away
        return True


async def begin(connection: Connection, statement_timeout_ms: int) -> None:
    """What each new connection needs before it is used.

    Raises:
        DatabaseUnreachable: a pooler is in between.
    """
    await _prepare(connection)
    await _verify(connection, statement_timeout_ms)


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


async def keep(connection: Connection) -> None:
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
def reaching() -> Iterator[None]:
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
