"""The master keys: out of the settings, or out of a file in the data folder. They wrap data keys and nothing else."""

import base64
import os
import secrets
from collections.abc import Sequence
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from plaudit.settings import Settings, SetupError, variable_of

VARIABLE = variable_of("vault_keys")
_FILE, _FILE_OF_ACCOUNTS = "vault.key", "payout-accounts.key"
KEY_BYTES = 32
NONCE_BYTES = 12


class KeyNotHere(SetupError):
    """What is sealed in the database needs a master key that this process does not have; the message says which."""


class MasterKeys:
    """Wraps with the first of its keys, and unwraps with any."""

    def __init__(self, keys: Sequence[str]) -> None:
        self._ciphers = {_derived(key, "name", 8).hex(): AESGCM(_derived(key, "key", KEY_BYTES)) for key in keys}

    @property
    def names(self) -> list[str]:
        """What the database calls them, that of the first first."""
        return list(self._ciphers)

    @property
    def first(self) -> str:
        """The name of the one that wraps.

        Raises:
            KeyNotHere: there is none.
        """
        if not self._ciphers:
            raise KeyNotHere(f"the vault has no key here: set {VARIABLE}, or start `plaudit serve`, which makes one")
        return self.names[0]

    def wrap(self, purpose: str, key: bytes) -> bytes:
        """A data key, of no use without the first of these, and for no other purpose.

        Raises:
            KeyNotHere: there is none.
        """
        nonce = secrets.token_bytes(NONCE_BYTES)
        return nonce + self._ciphers[self.first].encrypt(nonce, key, purpose.encode())

    def unwrap(self, name: str, purpose: str, wrapped: bytes) -> bytes:
        """The data key again.

        Raises:
            KeyNotHere: it was wrapped with another, or was altered.
        """
        if name not in self._ciphers:
            raise KeyNotHere(f"the vault is locked with key {name}, which is not here: set {VARIABLE} to it")
        try:
            return self._ciphers[name].decrypt(wrapped[:NONCE_BYTES], wrapped[NONCE_BYTES:], purpose.encode())
        except InvalidTag as error:
            raise KeyNotHere(f"the data key of {purpose} was altered: restore the table vault_key") from error


def texts_of_keys(settings: Settings, *, may_make: bool = False) -> list[str]:
    """Master keys as they are written: those of the settings, else of the data folder; `may_make`: make one there if it
    has none. Those that earlier versions sealed bank accounts with are the last.

    Raises:
        SetupError: the data folder cannot be used.
    """
    if named := [*settings.vault_keys.reveal().split(), *settings.payout_account_keys.reveal().split()]:
        return list(dict.fromkeys(named))
    files = [settings.data / _FILE, settings.data / _FILE_OF_ACCOUNTS]
    try:
        if may_make and not any(file.exists() for file in files):
            _make(files[0])
        return [file.read_text(encoding="ascii").strip() for file in files if file.exists()]
    except (OSError, UnicodeDecodeError) as error:
        raise SetupError(f"the key of the vault in {settings.data} cannot be used ({error}): set {VARIABLE}") from error


def _make(file: Path) -> None:
    """Written whole, for its owner's eyes only, by whoever is first."""
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = file.with_suffix(f".{os.getpid()}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as opened:
        opened.write(base64.urlsafe_b64encode(secrets.token_bytes(KEY_BYTES)))
    try:
        file.hardlink_to(draft)
    except FileExistsError:
        pass
    finally:
        draft.unlink()


def _derived(key: str, purpose: str, length: int) -> bytes:
    info = f"plaudit vault {purpose}".encode()
    return HKDF(algorithm=SHA256(), length=length, salt=None, info=info).derive(key.encode())
