"""The command `plaudit config`: which settings hold and where they were found, and the reference of all of them."""

from typing import Any

import click
import msgspec

from plaudit.setting_kinds import Secret
from plaudit.settings import known_settings, read_settings

_REFERENCE_HEAD = """# Settings

Each is a variable of the environment, a credential of systemd (a file of that name in `$CREDENTIALS_DIRECTORY`), or a
line of the file `.env` in the working folder (`PLAUDIT_ENV_FILE` names another); the first found counts. A name that is
none of these, and a value that does not fit, keep every command from starting. `plaudit config` prints what holds, and
from where. This page is written by `plaudit config --reference`.
"""


class _Shown(msgspec.Struct, frozen=True):
    """One setting as it is printed; `source` is empty for a default."""

    variable: str
    value: str
    source: str


@click.command()
@click.option("--set", "only_set", is_flag=True, help="Without those that have their default.")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
@click.option("--reference", is_flag=True, help="What each setting is, as Markdown.")
def config(*, only_set: bool, as_json: bool, reference: bool) -> None:
    """Print which settings hold, and where each was found. Secrets are stars."""
    if reference:
        click.echo(_reference(), nl=False)
        return
    shown = [one for one in _what_holds() if one.source or not only_set]
    if as_json:
        click.echo(msgspec.json.format(msgspec.json.encode(shown)))
        return
    for one in shown:
        click.echo(f"{one.variable}={one.value}" + (f"  # {one.source}" if one.source else "  # default"))


def _what_holds() -> list[_Shown]:
    found = read_settings()
    shown = []
    for setting in known_settings():
        value, source = found.get(setting.name, (setting.default, None))
        shown.append(_Shown(setting.variable, _text(value), source.source if source else ""))
    return shown


def _text(value: Any) -> str:
    if isinstance(value, Secret):
        return "***" if value else ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)


def _reference() -> str:
    lines = []
    for setting in known_settings():
        default = _text(setting.default)
        lines.append(f"- `{setting.variable}`" + (f" (`{default}`)" if default else "") + f": {setting.words}")
    return _REFERENCE_HEAD + "\n" + "\n".join(lines) + "\n"
