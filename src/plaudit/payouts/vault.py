"""Bank accounts sealed at rest: read again only to send a payout, or for an export that is logged."""

import base64
import os
import secrets
from collections.abc import Sequence
from pathlib import Path
from uuid import UUID

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from plaudit.clock import Clock
from plaudit.db import Connection, Database, fetch_all, statements
from plaudit.limits import PAYOUT_METHODS_SEALED_AT_ONCE
from plaudit.settings import Settings, SetupError, variable_of

SQL = statements(__file__)
_KEY_FILE = "payout-accounts.key"
_KEY_BYTES = 32
_NONCE_BYTES = 12
_VARIABLE = variable_of("payout_account_keys")


class AccountNotReadable(Exception):
    """An account that was sealed with a key this process does not have, or altered where it is kept."""


class AccountNumbers(msgspec.Struct, frozen=True, kw_only=True):
    """What is secret of a bank account: an IBAN, or a bank code and an account number."""

    iban: str | None = None
    bank_code: str | None = None
    account_number: str | None = None

    @property
    def ending(self) -> str:
        """What of it may be shown: its last four characters."""
        return (self.iban or self.account_number or "")[-4:]


class SealedAccount(msgspec.Struct, frozen=True):
    """An account nobody reads without the key of this name."""

    account_key: str
    sealed_account: bytes


class AccountVault:
    """Seals with the first of its keys and opens with any. Without keys it does neither."""

    def __init__(self, keys: Sequence[str]) -> None:
        self._ciphers = {_derived(key, "name", 8).hex(): AESGCM(_derived(key, "key", _KEY_BYTES)) for key in keys}

    @property
    def key_ids(self) -> list[str]:
        """The names of the keys, that of the first first."""
        return list(self._ciphers)

    def seal(self, creator_id: int, method_id: UUID, numbers: AccountNumbers) -> SealedAccount:
        """An account bound to its creator and method: in another row it cannot be opened."""
        key_id = self.key_ids[0]
        nonce = secrets.token_bytes(_NONCE_BYTES)
        sealed = self._ciphers[key_id].encrypt(nonce, msgspec.json.encode(numbers), _place(creator_id, method_id))
        return SealedAccount(key_id, nonce + sealed)

    def open(self, creator_id: int, method_id: UUID, account_key: str | None, sealed: bytes | None) -> AccountNumbers:
        """The account again.

        Raises:
            AccountNotReadable: its key is not here, or it is not what was sealed for this method.
        """
        cipher = self._ciphers.get(account_key or "")
        if cipher is None or sealed is None:
            raise AccountNotReadable(f"the bank account needs key {account_key}, which is not in {_VARIABLE}")
        try:
            text = cipher.decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], _place(creator_id, method_id))
        except InvalidTag as error:
            raise AccountNotReadable(f"the bank account of method {method_id} was altered") from error
        return msgspec.json.decode(text, type=AccountNumbers)


def _derived(key: str, purpose: str, length: int) -> bytes:
    info = f"plaudit bank accounts {purpose}".encode()
    return HKDF(algorithm=SHA256(), length=length, salt=None, info=info).derive(key.encode())


def _place(creator_id: int, method_id: UUID) -> bytes:
    return f"{creator_id} {method_id}".encode()


class MethodToSeal(msgspec.Struct, frozen=True):
    """A method kept in clear by an earlier version, or sealed with a key that is to go."""

    id: UUID
    creator_id: int
    iban: str | None
    bank_code: str | None
    account_number: str | None
    account_key: str | None
    sealed_account: bytes | None


async def open_vault(database: Database, clock: Clock, settings: Settings, *, pays_out: bool) -> AccountVault:
    """The vault of this platform, with everything sealed under its first key. Without payouts it stays shut.

    Its keys are those of the settings, else one made once and kept in the data folder.

    Raises:
        SetupError: the key of accounts that are sealed is not here, or the data folder cannot be used.
    """
    if not pays_out:
        return AccountVault(())
    async with database.transaction() as connection:
        await connection.execute(SQL["lock_account_keys"])
        present = [row["key_id"] for row in await connection.fetch(SQL["account_keys"])]
        vault = AccountVault(_keys(settings, may_make=not present))
        if not settings.payout_account_keys and present and not set(vault.key_ids) & set(present):
            raise _lost(present[0])
        await connection.execute(SQL["add_account_key"], vault.key_ids[0], clock.now())
        if (unknown := await connection.fetchval(SQL["unknown_account_key"], vault.key_ids)) is not None:
            raise _lost(unknown)
    await seal_all(database, vault)
    return vault


def _lost(key_id: str) -> SetupError:
    return SetupError(f"bank accounts are sealed with key {key_id}, which is not here: set {_VARIABLE} to it")


async def seal_all(database: Database, vault: AccountVault) -> int:
    """Seal what an earlier version kept in clear, and what another key sealed; answers how many there were."""
    sealed = 0
    while True:
        async with database.transaction() as connection:
            found = await fetch_all(
                connection, SQL["methods_to_seal"], MethodToSeal, vault.key_ids[0], PAYOUT_METHODS_SEALED_AT_ONCE
            )
            for method in found:
                await _seal_again(connection, vault, method)
        sealed += len(found)
        if len(found) < PAYOUT_METHODS_SEALED_AT_ONCE:
            return sealed


async def _seal_again(connection: Connection, vault: AccountVault, method: MethodToSeal) -> None:
    if method.sealed_account is None:
        numbers = AccountNumbers(iban=method.iban, bank_code=method.bank_code, account_number=method.account_number)
    else:
        numbers = vault.open(method.creator_id, method.id, method.account_key, method.sealed_account)
    sealed = vault.seal(method.creator_id, method.id, numbers)
    await connection.execute(
        SQL["seal_method"], method.creator_id, method.id, numbers.ending, sealed.account_key, sealed.sealed_account
    )


def _keys(settings: Settings, *, may_make: bool) -> list[str]:
    if settings.payout_account_keys:
        return settings.payout_account_keys.reveal().split()
    file = settings.data / _KEY_FILE
    try:
        if may_make and not file.exists():
            _make_key(file)
        return [file.read_text(encoding="ascii").strip()]
    except FileNotFoundError:
        return []  # the caller says which key is missing
    except (OSError, UnicodeDecodeError) as error:
        raise SetupError(f"{file}, the key of bank accounts, cannot be used ({error}): set {_VARIABLE}") from error


def _make_key(file: Path) -> None:
    """Written whole, for its owner's eyes only, by whoever is first."""
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = file.with_suffix(f".{os.getpid()}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as opened:
        opened.write(base64.urlsafe_b64encode(secrets.token_bytes(_KEY_BYTES)))
    try:
        file.hardlink_to(draft)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
