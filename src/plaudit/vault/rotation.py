"""What keeps the vault in order: what is in clear is sealed, data keys are wrapped anew, columns are sealed anew."""

from collections.abc import Callable, Sequence
from typing import Any

from plaudit.connections import Connection
from plaudit.db import Database
from plaudit.limits import VAULT_KEY_KEPT_HOURS, VAULT_ROWS_AT_ONCE
from plaudit.settings import Settings
from plaudit.statements import fetch_all
from plaudit.vault.masters import MasterKeys, texts_of_keys
from plaudit.vault.sealing import SQL, DataKey, SealedColumn, Vault

_LOCK = "select pg_advisory_xact_lock(hashtext('plaudit.vault'))"


async def open_vault(database: Database, settings: Settings, purposes: Sequence[str]) -> Vault:
    """The vault of a server that starts: its master key is made if nothing was ever sealed and the settings name none,
    and each purpose has a data key.

    Raises:
        KeyNotHere: a master key is missing, or a data key was altered.
        SetupError: the data folder cannot be used.
    """
    async with database.transaction() as connection:
        await connection.execute(_LOCK)  # one process at a time decides which keys there are
        known = await fetch_all(connection, SQL["keys"], DataKey)
        vault = Vault(MasterKeys(texts_of_keys(settings, may_make=not known)))
        for key in known:
            vault.masters.unwrap(key.master, key.purpose, key.wrapped)
        for purpose in set(purposes) - {key.purpose for key in known}:
            await vault.add_key(connection, purpose)
    return vault


async def wrap_again(connection: Connection, vault: Vault) -> int:
    """Wrap every data key with the first master key; answers how many were under another.

    Raises:
        KeyNotHere: that other is not here.
    """
    keys = await fetch_all(connection, SQL["keys_to_wrap_again"], DataKey, vault.masters.first)
    for key in keys:
        wrapped = vault.masters.wrap(key.purpose, vault.masters.unwrap(key.master, key.purpose, key.wrapped))
        await connection.execute(SQL["wrap_again"], key.key_id, vault.masters.first, wrapped)
    return len(keys)


async def renew(database: Database, vault: Vault, column: SealedColumn, tell: Callable[[int], None]) -> int:
    """Seal a column anew with a new data key, or go on where that was interrupted; answers how many rows there were.
    Servers may be at it meanwhile: what they read is under either key.

    Raises:
        KeyNotHere, NotReadable: a row cannot be opened.
    """
    async with database.transaction() as connection:
        await connection.execute(_LOCK)
        if await _is_done(connection, vault, column):
            await connection.execute(SQL["retire"], column.purpose)
            await vault.add_key(connection, column.purpose)
    sealed = await _seal_all(database, vault, column, _under_another_key(column), tell)
    async with database.transaction() as connection:
        await connection.execute(_LOCK)
        if await _is_done(connection, vault, column):
            for row in await connection.fetch(SQL["retired_keys"], column.purpose, VAULT_KEY_KEPT_HOURS):
                await connection.execute(SQL["forget_key"], row["key_id"])
    return sealed


async def seal_what_is_in_clear(database: Database, vault: Vault, column: SealedColumn) -> int:
    """Seal what servers of an earlier version wrote; answers how many rows there were. Raises as `renew`."""
    if not column.clear:
        return 0
    return await _seal_all(database, vault, column, f"$1::bigint > 0 and {column.clear} is not null", lambda _: None)


async def _seal_all(
    database: Database, vault: Vault, column: SealedColumn, which: str, tell: Callable[[int], None]
) -> int:
    """In the order of their names, some rows a transaction. What another process is at is left to it."""
    sealed = 0
    last: tuple[object, ...] = ()
    while True:
        async with database.transaction() as connection:
            rows = await connection.fetch(*await _rows(connection, vault, column, which, last))
            for row in rows:
                place = [row[name] for name in column.row]
                clear = row["in_clear"]
                text = await vault.open(connection, column, place, row["sealed"]) if clear is None else _bytes(clear)
                await connection.execute(_seal(column), await vault.seal(connection, column, place, text), *place)
                last = tuple(place)
        sealed += len(rows)
        if len(rows) < VAULT_ROWS_AT_ONCE:
            return sealed
        tell(sealed)


def _bytes(clear: str | bytes) -> bytes:
    return clear.encode() if isinstance(clear, str) else clear


async def _is_done(connection: Connection, vault: Vault, column: SealedColumn) -> bool:
    return not await connection.fetch(*await _rows(connection, vault, column, _under_another_key(column), ()))


def _under_another_key(column: SealedColumn) -> str:
    sealed = f"substring({column.column} from 2 for 8) <> int8send($1)"
    return f"({column.clear} is not null or {sealed})" if column.clear else sealed


async def _rows(
    connection: Connection, vault: Vault, column: SealedColumn, which: str, last: Sequence[object]
) -> tuple[Any, ...]:
    """A statement that finds rows after one, and its arguments. Names are those of a column in the code."""
    names = ", ".join(column.row)
    after = f" and ({names}) > ({', '.join(f'${number}' for number, _ in enumerate(last, 3))})" if last else ""
    return (
        f"select {names}, {column.column} as sealed, {column.clear or 'null'} as in_clear from {column.table}"  # noqa: S608 - names in the code
        f" where ({column.only}) and {which}{after} order by {names} limit $2 for no key update skip locked",
        await vault.current_id(connection, column),
        VAULT_ROWS_AT_ONCE,
        *last,
    )


def _seal(column: SealedColumn) -> str:
    clear = f", {column.clear} = null" if column.clear else ""
    where = " and ".join(f"{name} = ${number}" for number, name in enumerate(column.row, 2))
    return f"update {column.table} set {column.column} = $1{clear} where {where}"  # noqa: S608 - names in the code
