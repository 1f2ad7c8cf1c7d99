"""The way to PostgreSQL: a pool of connections and their transactions."""

import asyncio
import copy
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager, suppress
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, Protocol, Self, TypeAlias

import asyncpg
from asyncpg.pool import PoolConnectionProxy

from plaudit.connections import (
    GONE,
    Connection,
    DatabaseUnreachable,
    OwnConnection,
    begin,
    connect,
    end,
    is_closed,
    is_read_only,
    keep,
    reaching,
    session_options,
)
from plaudit.limits import (
    DATABASE_ACQUIRE_WAIT_S,
    DATABASE_CLOSE_WAIT_S,
    DATABASE_CONNECTIONS,
    DATABASE_RELEASE_WAIT_S,
    DATABASE_STATEMENT_TIMEOUT_MS,
)
from plaudit.problems import IdempotencyConflict, Overdrawn, Problem, StandsStill, TooBusy, Unavailable

# The driver's class is generic to the type checker only.
if TYPE_CHECKING:
    Pool: TypeAlias = asyncpg.Pool[asyncpg.Record]
else:
    Pool = asyncpg.Pool

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


acting_key: ContextVar[int | None] = ContextVar("acting_key", default=None)
"""The key with which a server asks for what this request does. What its transactions write names the key, by a default
of the column (`acting_key()` in SQL), so that no statement can leave it out."""


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
        with reaching():
            self._pool = await asyncpg.create_pool(
                self.url,
                min_size=1,
                max_size=self._connections,
                max_inactive_connection_lifetime=0,
                init=self._begin,
                reset=keep,
                **session_options(self._statement_timeout_ms),
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
        await begin(connection, self._statement_timeout_ms)

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
            end(connection)
            raise Unavailable from error
        except asyncpg.InvalidCachedStatementError as error:  # its columns are others now; the driver has forgotten it
            raise TooBusy from error
        except asyncpg.InsufficientResourcesError as error:  # such as room on its disk; nothing was done
            raise Unavailable from error
        except asyncpg.InternalClientError as error:  # the server's farewell came between two statements
            end(connection)
            raise Unavailable from error
        except (ConnectionError, *GONE) as error:
            if isinstance(error, asyncpg.PostgresError) or is_closed(connection):
                raise Unavailable from error
            raise
        finally:
            with suppress(TimeoutError, *GONE):  # it was ended instead
                await self.pool.release(connection, timeout=DATABASE_RELEASE_WAIT_S)

    async def _acquire(self) -> "PoolConnectionProxy[asyncpg.Record]":
        """A free connection to a server that takes writes; those to others are ended."""
        for _ in range(self._connections + 1):
            try:
                connection = await self.pool.acquire(timeout=DATABASE_ACQUIRE_WAIT_S)
            except TimeoutError:
                raise TooBusy from None
            except (OSError, DatabaseUnreachable, asyncpg.PostgresError, asyncpg.InternalClientError, *GONE) as error:
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
        if not is_closed(connection):
            try:
                await transaction.rollback()
            except (ConnectionError, asyncpg.InternalClientError, *GONE):  # it was about to end
                end(connection)
        raise
    await transaction.commit()


@contextmanager
def _ended_by_silence(connection: Connection) -> Iterator[None]:
    """A connection over which no answer came in time is ended, and one that is not waited for any more: whatever is
    asked next, even to roll back, would wait as long. The server notices within DATABASE_CLIENT_CHECK_S."""
    try:
        yield
    except asyncio.CancelledError:
        end(connection)
        raise
    except TimeoutError as error:
        end(connection)
        raise Unavailable from error
