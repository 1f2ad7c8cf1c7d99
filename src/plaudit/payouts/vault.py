"""Bank accounts sealed at rest: read again only to send a payout, or for an export that is logged."""

import hmac
from collections.abc import Sequence
from contextlib import suppress
from uuid import UUID

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from plaudit.connections import Connection
from plaudit.db import Database
from plaudit.limits import PAYOUT_METHODS_SEALED_AT_ONCE
from plaudit.payouts.names import NAMES
from plaudit.statements import fetch_all, statements
from plaudit.vault.masters import VARIABLE, KeyNotHere, MasterKeys
from plaudit.vault.sealing import NotReadable, SealedColumn, Vault

SQL = statements(__file__)
FINGERPRINTS = "payout_method.fingerprint"  # what the key of fingerprints is for
ACCOUNTS = SealedColumn(
    "payout_method",
    "sealed_account",
    ("creator_id", "id"),
    only="account_key is null and sealed_account <> ''",  # of somebody who was erased nothing is left
)
COLUMNS = (ACCOUNTS, NAMES)
_KEY_BYTES = 32
_NONCE_BYTES = 12


class AccountNotReadable(Exception):
    """An account that was sealed with a key this process does not have, or altered where it is kept."""


class AccountNumbers(msgspec.Struct, frozen=True, kw_only=True):
    """What is secret of where somebody is paid: an IBAN, a bank code and a number, or who they are at PayPal."""

    iban: str | None = None
    bank_code: str | None = None
    account_number: str | None = None
    paypal: str | None = None

    @property
    def ending(self) -> str:
        """What of it may be shown: its last four characters; of a mail address its first letter and where it is."""
        if self.paypal and "@" in self.paypal:
            local, _, domain = self.paypal.rpartition("@")
            return f"{local[0]}…@{domain}"
        return (self.iban or self.account_number or self.paypal or "")[-4:]


class AccountVault:
    """Seals accounts by the vault, and opens also what earlier versions sealed with its master keys themselves."""

    def __init__(self, keys: Sequence[str]) -> None:
        self.vault = Vault(MasterKeys(keys))
        self._ciphers = {_derived(key, "name", 8).hex(): AESGCM(_derived(key, "key", _KEY_BYTES)) for key in keys}

    @property
    def key_ids(self) -> list[str]:
        """The names of the keys of earlier versions."""
        return list(self._ciphers)

    async def seal(self, connection: Connection, creator_id: int, method_id: UUID, numbers: AccountNumbers) -> bytes:
        """An account bound to its creator and method: in another row it cannot be opened."""
        return await self.vault.seal(connection, ACCOUNTS, (creator_id, method_id), msgspec.json.encode(numbers))

    async def fingerprint(self, connection: Connection, country: str, numbers: AccountNumbers) -> bytes:
        """The same for the same account, whoever names it; it tells nothing to who has not the vault's key."""
        key = await self.vault.key(connection, FINGERPRINTS)
        named = numbers.iban or f"{country} {numbers.bank_code} {numbers.account_number}"
        if numbers.paypal:
            named = f"paypal {numbers.paypal.casefold()}"
        return hmac.digest(key, named.encode(), "sha256")

    async def open(
        self, connection: Connection, creator_id: int, method_id: UUID, account_key: str | None, sealed: bytes | None
    ) -> AccountNumbers:
        """The account again.

        Raises:
            AccountNotReadable: its key is not here, or it is not what was sealed for this method.
        """
        if sealed is None:
            raise AccountNotReadable(f"the bank account of method {method_id} is not sealed")
        try:
            if account_key is None:
                text = await self.vault.open(connection, ACCOUNTS, (creator_id, method_id), sealed)
            else:
                text = self._open_old(account_key, creator_id, method_id, sealed)
        except (NotReadable, InvalidTag) as error:
            raise AccountNotReadable(f"the bank account of method {method_id} was altered") from error
        except KeyNotHere as error:
            raise AccountNotReadable(f"the bank account of method {method_id}: {error}") from error
        return msgspec.json.decode(text, type=AccountNumbers)

    def _open_old(self, account_key: str, creator_id: int, method_id: UUID, sealed: bytes) -> bytes:
        cipher = self._ciphers.get(account_key)
        if cipher is None:
            raise AccountNotReadable(f"the bank account needs key {account_key}, which is not in {VARIABLE}")
        return cipher.decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], f"{creator_id} {method_id}".encode())


def _derived(key: str, purpose: str, length: int) -> bytes:
    info = f"plaudit bank accounts {purpose}".encode()
    return HKDF(algorithm=SHA256(), length=length, salt=None, info=info).derive(key.encode())


class MethodToSeal(msgspec.Struct, frozen=True):
    """A method kept in clear by an earlier version, or sealed with a key that is to go."""

    id: UUID
    creator_id: int
    country: str
    iban: str | None
    bank_code: str | None
    account_number: str | None
    account_key: str | None
    sealed_account: bytes | None


async def seal_old_accounts(database: Database, vault: AccountVault) -> int:
    """Seal what an earlier version kept in clear, or sealed without the vault; answers how many there were.

    Raises:
        KeyNotHere: the key of accounts that are sealed is not here.
    """
    sealed = 0
    while True:
        async with database.transaction() as connection:
            unknown = await connection.fetchval(SQL["unknown_account_key"], vault.key_ids)
            if unknown is not None:
                raise KeyNotHere(
                    f"bank accounts are sealed with key {unknown}, which is not here: add it to {VARIABLE}"
                )
            found = await fetch_all(connection, SQL["methods_to_seal"], MethodToSeal, PAYOUT_METHODS_SEALED_AT_ONCE)
            for method in found:
                await _seal_again(connection, vault, method)
        sealed += len(found)
        if len(found) < PAYOUT_METHODS_SEALED_AT_ONCE:
            return sealed


async def _seal_again(connection: Connection, vault: AccountVault, method: MethodToSeal) -> None:
    if method.sealed_account is None:
        numbers = AccountNumbers(iban=method.iban, bank_code=method.bank_code, account_number=method.account_number)
    else:
        numbers = await vault.open(connection, method.creator_id, method.id, method.account_key, method.sealed_account)
    sealed = await vault.seal(connection, method.creator_id, method.id, numbers)
    await connection.execute(SQL["seal_method"], method.creator_id, method.id, numbers.ending, sealed)


async def fingerprint_old_accounts(database: Database, vault: AccountVault) -> int:
    """Give accounts that an earlier version kept their fingerprints, after they are sealed; answers how many were
    looked at. One that cannot be read has none."""
    made, last = 0, UUID(int=0)
    while True:
        async with database.transaction() as connection:
            found = await fetch_all(
                connection, SQL["methods_without_fingerprint"], MethodToSeal, PAYOUT_METHODS_SEALED_AT_ONCE, last
            )
            for one in found:
                last = one.id
                with suppress(AccountNotReadable):
                    await _fingerprint_kept(connection, vault, one)
        made += len(found)
        if len(found) < PAYOUT_METHODS_SEALED_AT_ONCE:
            return made


async def _fingerprint_kept(connection: Connection, vault: AccountVault, one: MethodToSeal) -> None:
    numbers = await vault.open(connection, one.creator_id, one.id, one.account_key, one.sealed_account)
    fingerprint = await vault.fingerprint(connection, one.country, numbers)
    await connection.execute(SQL["keep_fingerprint"], one.creator_id, one.id, fingerprint)
