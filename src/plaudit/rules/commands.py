"""The command `plaudit rules`."""

from collections.abc import Iterator
from pathlib import Path

import click

from plaudit.connections import Connection
from plaudit.database_command import CLOCK, data_option, in_transaction
from plaudit.rules.linter import PackFinding, read
from plaudit.rules.packs import shipped_texts
from plaudit.rules.trying import DryRun, try_pack

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


@rules.command("dry-run")
@_pack
@data_option
def dry_run_command(file: Path, data: Path | None) -> int:
    """Say what a pack would have changed of the gifts, orders, conversions and payouts of the last month.

    Exit status 1, when it has faults.
    """
    found = read(file.read_text(encoding="utf-8"))
    _say(file, found.findings)
    if found.pack is None:
        return 1
    pack = found.pack

    async def work(connection: Connection) -> DryRun:
        return await try_pack(connection, CLOCK, pack)

    for line in told(in_transaction(data, work)):
        click.echo(line)
    return 0


def told(tried: DryRun) -> Iterator[str]:
    """What a dry run found, as lines."""
    whole = "" if tried.is_whole else ", and there are more"
    yield f"{tried.country}: {tried.acts:,} acts since {tried.since:%Y-%m-%d} were looked at{whole}."
    if not tried.changes:
        yield "Nothing would have been decided otherwise."
    for one in tried.changes:
        yield f"{one.action}: {one.outcome_before} -> {one.outcome_after}, {one.times:,} times by {one.people:,} people"
        yield f"    {one.rule_before} -> {one.rule_after}; such as {', '.join(one.examples)}"


def _say(file: Path, findings: tuple[PackFinding, ...]) -> None:
    for one in findings:
        click.echo(f"{file}:{one.line}: {one.reason}", err=True)
