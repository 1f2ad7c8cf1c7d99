"""The key that signs heads (Ed25519, RFC 8032): outside the database, so that who writes there cannot sign."""

import base64
import hashlib
import os
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from plaudit.settings import Settings, SetupError, variable_of

_KEY_FILE = "heads.key"
_VARIABLE = variable_of("head_signing_key")


class SigningKey:
    """Signs heads."""

    def __init__(self, private: bytes) -> None:
        self._key = Ed25519PrivateKey.from_private_bytes(private)

    @property
    def public(self) -> bytes:
        return self._key.public_key().public_bytes_raw()

    @property
    def key_id(self) -> str:
        return key_id_of(self.public)

    def sign(self, message: bytes) -> bytes:
        return self._key.sign(message)


def key_id_of(public: bytes) -> str:
    """What a public key is called."""
    return hashlib.sha256(public).hexdigest()[:16]


def signing_key(settings: Settings) -> SigningKey | None:
    """The key of the settings, else that in the data folder; None: there is none.

    Raises:
        SetupError: the file cannot be read, or is no key.
    """
    if settings.head_signing_key:
        return SigningKey(_bytes_of(settings.head_signing_key.reveal()))
    file = _file(settings)
    try:
        return SigningKey(_bytes_of(file.read_text(encoding="ascii").strip()))
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        raise SetupError(f"{file}, the key that signs heads, cannot be used ({error}): set {_VARIABLE}") from error


def make_key(settings: Settings) -> tuple[SigningKey, Path]:
    """A new key in the data folder, for its owner's eyes only.

    Raises:
        SetupError: there is one already, or the folder cannot be written to.
    """
    if signing_key(settings) is not None:
        raise SetupError(f"there is a key already: move {_file(settings)} away, or change {_VARIABLE}, for a new one")
    file, private = _file(settings), Ed25519PrivateKey.generate().private_bytes_raw()
    try:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as opened:
            opened.write(base64.b64encode(private).decode())
    except OSError as error:
        raise SetupError(f"the key that signs heads cannot be kept: {error}") from error
    return SigningKey(private), file


def _file(settings: Settings) -> Path:
    return settings.data / _KEY_FILE


def _bytes_of(text: str) -> bytes:
    return base64.b64decode(text, validate=True)
