"""The command `plaudit rules`."""

from pathlib import Path

import click

from plaudit.rules.linter import PackFinding, read
from plaudit.rules.packs import shipped_texts

_pack = click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))


@click.group()
def rules() -> None:
    """Packs of rules: who may do what, in which country."""


@rules.command("lint")
@_pack
def lint_command(file: Path) -> int:
    """Say what is wrong with a pack, as FILE:LINE: reason. Exit status 1, when something is."""
    found = read(file.read_text(encoding="utf-8"))
    _say(file, found.findings)
    return 1 if found.findings else 0


@rules.command("shipped")
@click.argument("country", type=click.Choice(sorted(shipped_texts())))
def shipped_command(country: str) -> None:
    """Print the pack of a country that came with Plaudit, to begin with."""
    click.echo(shipped_texts()[country], nl=False)


def _say(file: Path, findings: tuple[PackFinding, ...]) -> None:
    for one in findings:
        click.echo(f"{file}:{one.line}: {one.reason}", err=True)
