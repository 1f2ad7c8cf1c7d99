"""What one demo keeps between starts: secrets of its servers, and a port, in a file only its owner reads."""

import base64
import os
import secrets
from pathlib import Path
from shlex import quote
from typing import Self

import msgspec

from plaudit.settings import SetupError

SANDBOX_FILE = "sandbox.sqlite"
"""What the provider keeps, beside it."""
_FILE = "demo.json"
_MODE = 0o600


class DemoKeys(msgspec.Struct):
    """The sandbox's keys and port, and what the API shows only once: the overlay's address, the platform's key."""

    sandbox_api_key: str
    sandbox_webhook_secret: str
    sandbox_port: int = 0
    overlay_url: str | None = None
    server_key: str | None = None

    @classmethod
    def of(cls, data: Path) -> Self:
        """The keys of a data folder, made at the first start.

        Raises:
            SetupError: the folder cannot be used, or the file is not what was written.
        """
        file = data / _FILE
        try:
            if file.exists():
                return msgspec.json.decode(file.read_bytes(), type=cls)
            fresh = cls(
                sandbox_api_key=secrets.token_urlsafe(32),
                sandbox_webhook_secret="whsec_" + base64.b64encode(secrets.token_bytes(32)).decode(),
            )
            data.mkdir(mode=0o700, parents=True, exist_ok=True)
            fresh.save(data)
        except OSError as error:
            raise SetupError(f"cannot use the data folder {data}: {error.strerror}") from error
        except msgspec.DecodeError as error:
            raise SetupError(f"{file} cannot be read ({error}): remove {quote(str(data))} to begin anew") from error
        return fresh

    def save(self, data: Path) -> None:
        """Write the file: whole or not at all, for its owner's eyes only."""
        draft = data / f"{_FILE}.{os.getpid()}"
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, _MODE), "wb") as opened:
            opened.write(msgspec.json.format(msgspec.json.encode(self)))
        draft.replace(data / _FILE)
