"""Where variables come from: the environment, credentials of systemd, a file `.env`; the first of these counts."""

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from io import StringIO
from pathlib import Path

from dotenv.parser import parse_stream

from plaudit.limits import SETTING_BYTES_MAX

PREFIX = "PLAUDIT_"
ENV_FILE = "PLAUDIT_ENV_FILE"
"""Names another file than `.env` in the working folder."""
_CREDENTIALS = "CREDENTIALS_DIRECTORY"  # of systemd: LoadCredential=, SetCredentialEncrypted=


class SetupError(Exception):
    """Something outside the program keeps it from starting; the message is one line for whoever runs it."""


class SettingsError(SetupError):
    """A variable of the environment is missing or makes no sense; the message names it."""


@dataclass(frozen=True, slots=True)
class Found:
    """The text of a variable, and where it was found, in words."""

    text: str
    source: str


def gather(variables: Iterable[str], environment: Mapping[str, str] | None = None) -> dict[str, Found]:
    """What of these variables is set. Empty counts as not set.

    Raises:
        SettingsError: a variable that looks like one of ours and is none, or a file that cannot be read.
    """
    environment = os.environ if environment is None else environment
    known = frozenset(variables)
    found: dict[str, Found] = {}
    for source, texts in _sources(environment):
        _refuse_unknown(known, texts, source)
        for variable in known & texts.keys():
            if text := texts[variable].strip():
                found.setdefault(variable, Found(text, source))
    return found


def _sources(environment: Mapping[str, str]) -> Iterable[tuple[str, Mapping[str, str]]]:
    yield "the environment", environment
    if folder := environment.get(_CREDENTIALS):
        yield f"the credentials in {folder}", _credentials(Path(folder))
    named = environment.get(ENV_FILE)
    file = Path(named or ".env")
    if named or file.is_file():
        yield str(file.absolute()), _env_file(file)


def _credentials(folder: Path) -> dict[str, str]:
    """One file for each variable, named like it."""
    try:
        files = sorted(path for path in folder.iterdir() if path.is_file())
    except OSError as error:
        raise SettingsError(f"{_CREDENTIALS} names {folder}, which cannot be read: {error.strerror}") from None
    return {path.name: _read(path) for path in files}


def _env_file(file: Path) -> dict[str, str]:
    lines = [one for one in parse_stream(StringIO(_read(file))) if one.key or one.error]
    if wrong := next((one.original for one in lines if one.error or one.value is None), None):
        blank = wrong.string[: -len(wrong.string.lstrip())].count("\n")  # before the line itself
        raise SettingsError(f"{file}: line {wrong.line + blank} is not of the form NAME=value")
    return {one.key or "": one.value or "" for one in lines}


def _read(path: Path) -> str:
    try:
        with path.open("rb") as file:
            content = file.read(SETTING_BYTES_MAX + 1)
        if len(content) > SETTING_BYTES_MAX:
            raise SettingsError(f"{path} is longer than {SETTING_BYTES_MAX} bytes")
        return content.decode()
    except OSError as error:
        raise SettingsError(f"{path} cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise SettingsError(f"{path} is not UTF-8") from None


def _refuse_unknown(known: frozenset[str], texts: Mapping[str, str], source: str) -> None:
    """A name misspelt would leave its setting at the default without a word."""
    unprefixed = {name for name in known if not name.startswith(PREFIX)}
    for name in sorted(texts.keys() - known - {ENV_FILE}):
        if name.startswith(PREFIX):
            near = get_close_matches(name, known, n=1)
            raise SettingsError(f"{name} in {source} is no setting of Plaudit{f': is it {near[0]}?' if near else ''}")
        if (near := get_close_matches(name, unprefixed, n=1, cutoff=0.9)) and near[0] not in texts:
            raise SettingsError(f"{name} in {source} is no setting of Plaudit: is it {near[0]}?")
