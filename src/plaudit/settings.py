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
