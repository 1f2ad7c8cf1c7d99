"""What the operator decides about a process: read once from the environment, then frozen."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, Self

from plaudit.limits import DATABASE_CONNECTIONS, DATABASE_STATEMENT_TIMEOUT_MS


class SetupError(Exception):
    """Something outside the program keeps it from starting; the message is one line for whoever runs it."""


class SettingsError(SetupError):
    """A variable of the environment is missing or makes no sense; the message names it."""


class Secret:
    """A text that must not be shown: it is read with `reveal()` and prints as stars."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def reveal(self) -> str:
        return self._text

    def __bool__(self) -> bool:
        return bool(self._text)

    def __repr__(self) -> str:
        return "Secret('***')"


_NOT_SET = Secret("")


@dataclass(frozen=True, kw_only=True)
class Settings:
    """Settings of one process; that of `public_url` is the variable PLAUDIT_PUBLIC_URL, only DATABASE_URL is bare."""

    database_url: Secret = _NOT_SET
    """A PostgreSQL, 15 or later. Empty: the embedded one, in `data`."""

    data: Path = Path("data")
    """The folder of the embedded database and of keys made here."""

    public_url: str = "http://127.0.0.1:8000"
    """Where people reach this server, without a slash at the end."""

    database_connections: int = DATABASE_CONNECTIONS
    """Connections of the pool of one process."""

    statement_timeout_ms: int = DATABASE_STATEMENT_TIMEOUT_MS
    """After how long the database gives up on one statement."""

    demo_people: str = ""
    """A file of people anybody may choose to be on /people, for a demo. Empty: people come from their platforms."""

    media_origins: str = ""
    """Origins that pictures and streams of the pages may come from beside this server; separated by spaces."""

    default_region: str = "US"
    """The region whose prices hold for somebody of whom no country is known."""

    return_hosts: str = ""
    """Hosts, beside our own, that a checkout may return to; separated by spaces."""

    seller_code: str = "PLAUDIT"
    """Begins the number of each receipt; short and never changed."""

    seller_name: str = "Plaudit Demo"
    """The seller of record, as receipts show it."""

    seller_address: str = ""
    """The address of the seller of record, as receipts show it."""

    sandbox_url: str = ""
    """Where this server reaches the sandbox provider. Empty: it is not offered."""

    sandbox_api_key: Secret = _NOT_SET
    """The key the sandbox provider asks for."""

    sandbox_webhook_secret: Secret = _NOT_SET
    """What the sandbox provider signs its webhooks with (`whsec_` and base64)."""

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] | None = None) -> Self:
        """Settings from variables of the environment; what is not set keeps its default.

        Raises:
            SettingsError: a value that does not fit; names the variable.
        """
        environment = os.environ if environment is None else environment
        values: dict[str, Any] = {}
        for setting in fields(cls):
            variable = _variable(setting.name)
            text = environment.get(variable, "").strip()
            if text:
                values[setting.name] = _read(variable, text, type(setting.default))
        return cls(**values)


def _variable(setting: str) -> str:
    return "DATABASE_URL" if setting == "database_url" else f"PLAUDIT_{setting.upper()}"


def _read(variable: str, text: str, kind: type) -> Any:
    """The text of a variable as its setting's type.

    Raises:
        SettingsError: the text is not of that type.
    """
    if kind is bool:
        if text.lower() not in {"yes", "no", "true", "false", "1", "0"}:
            raise SettingsError(f"{variable} must be yes or no")
        return text.lower() in {"yes", "true", "1"}
    if kind is int and (not text.isdecimal() or int(text) < 1):
        raise SettingsError(f"{variable} must be a whole number above zero")
    if variable.endswith("_URL") and kind is str:
        return text.rstrip("/")
    return kind(text)
