"""Sealing and opening what a column holds, bound to its table, column and row."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from plaudit.connections import Connection, fixed
from plaudit.settings import Settings
from plaudit.statements import fetch_one, statements
from plaudit.vault.masters import KEY_BYTES, NONCE_BYTES, KeyNotHere, MasterKeys, texts_of_keys

SQL = statements(__file__)
_FORM = b"\x01"
_ID_BYTES = 8
_HEAD_BYTES = len(_FORM) + _ID_BYTES + NONCE_BYTES


class NotReadable(Exception):
    """It was altered where it is kept, or lies in another row than the one it was sealed for."""


@dataclass(frozen=True)
class SealedColumn:
    """A column of type bytea, and the columns that name its row. Its data keys are its own."""

    table: str
    column: str
    row: tuple[str, ...]
    clear: str = ""
    """A column that holds the same in clear where an earlier version wrote it; it is null when sealed."""
    only: str = "true"
    """A condition on rows: others are sealed in the way of an earlier version."""

    @property
    def purpose(self) -> str:
        return f"{self.table}.{self.column}"


class DataKey(msgspec.Struct, frozen=True):
    """A key as it lies in the database."""

    key_id: int
    purpose: str
    master: str
    wrapped: bytes


class Vault:
    """Seals with the newest data key of a column and opens with the one that sealed. Knows master keys only; data keys
    come over the connection."""

    def __init__(self, masters: MasterKeys) -> None:
        self.masters = masters
        self._unwrapped: dict[bytes, bytes] = {}

    async def key(self, connection: Connection, purpose: str) -> bytes:
        """The data key of a purpose that seals nothing and is never renewed: for signatures.

        Raises:
            KeyNotHere: it cannot be unwrapped here.
        """
        if known := await fixed(connection, SQL["current_key"], purpose):
            return self._unwrap(msgspec.convert(dict(known[0]), DataKey))
        return self._unwrap(await self._current(connection, purpose))

    async def seal(self, connection: Connection, column: SealedColumn, row: Sequence[object], text: bytes) -> bytes:
        """What can be opened in this row of this column only.

        Raises:
            KeyNotHere: the data key cannot be unwrapped here, or there is no master key.
        """
        key = await self._current(connection, column.purpose)
        head = _FORM + key.key_id.to_bytes(_ID_BYTES, "big") + secrets.token_bytes(NONCE_BYTES)
        return head + AESGCM(self._unwrap(key)).encrypt(head[-NONCE_BYTES:], text, _place(column, row))

    async def open(self, connection: Connection, column: SealedColumn, row: Sequence[object], sealed: bytes) -> bytes:
        """What was sealed.

        Raises:
            NotReadable: it was not sealed for this row, or was altered.
            KeyNotHere: the data key cannot be unwrapped here.
        """
        key_id = int.from_bytes(sealed[len(_FORM) : len(_FORM) + _ID_BYTES], "big")
        known = await fixed(connection, SQL["key"], key_id) if sealed.startswith(_FORM) and key_id < 2**63 else []
        if not known or known[0]["purpose"] != column.purpose:
            raise NotReadable(f"{column.purpose} of {row} is not what was sealed")
        nonce = sealed[_HEAD_BYTES - NONCE_BYTES : _HEAD_BYTES]
        try:
            cipher = AESGCM(self._unwrap(msgspec.convert(dict(known[0]), DataKey)))
            return cipher.decrypt(nonce, sealed[_HEAD_BYTES:], _place(column, row))
        except (InvalidTag, ValueError) as error:
            raise NotReadable(f"{column.purpose} of {row} was altered") from error

    def _unwrap(self, key: DataKey) -> bytes:
        if key.wrapped not in self._unwrapped:
            self._unwrapped[key.wrapped] = self.masters.unwrap(key.master, key.purpose, key.wrapped)
        return self._unwrapped[key.wrapped]

    async def _current(self, connection: Connection, purpose: str) -> DataKey:
        """The newest data key of a purpose; made if it is the first."""
        found = await fetch_one(connection, SQL["current_key"], DataKey, purpose)
        if found is None:
            await self.add_key(connection, purpose)
            found = await fetch_one(connection, SQL["current_key"], DataKey, purpose)
        assert found is not None
        return found

    async def current_id(self, connection: Connection, column: SealedColumn) -> int:
        """The number of the data key that seals a column now."""
        return (await self._current(connection, column.purpose)).key_id

    async def add_key(self, connection: Connection, purpose: str) -> None:
        """A new data key, unless there is one that was not retired."""
        wrapped = self.masters.wrap(purpose, secrets.token_bytes(KEY_BYTES))
        await connection.execute(SQL["add_key"], purpose, self.masters.first, wrapped)


def vault_of(settings: Settings) -> Vault:
    """The vault, with the master keys that are there; commands make none.

    Raises:
        SetupError: the data folder cannot be used.
    """
    return _vault(tuple(texts_of_keys(settings)))


@lru_cache(maxsize=8)  # derived once, not for each quote
def _vault(keys: tuple[str, ...]) -> Vault:
    return Vault(MasterKeys(keys))


def _place(column: SealedColumn, row: Sequence[object]) -> bytes:
    return f"{column.purpose} {' '.join(map(str, row))}".encode()


__all__ = ["DataKey", "KeyNotHere", "NotReadable", "SealedColumn", "Vault", "vault_of"]
