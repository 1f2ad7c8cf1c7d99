"""The command `plaudit catalogue`: what can be given, as a folder of TOML and pictures."""

from collections.abc import Sequence
from pathlib import Path

import click

from plaudit.connections import Connection
from plaudit.database_command import CLOCK, data_option, in_transaction
from plaudit.gifts.catalogue import actions
from plaudit.gifts.catalogue.art import Art
from plaudit.gifts.catalogue.entry import Entry, ItemFinding
from plaudit.gifts.catalogue.folder import STARTER, CatalogueFileError, read_folder, read_offered, write_folder
from plaudit.gifts.catalogue.pictures import keep_art, unknown_pictures
from plaudit.settings import Settings

_PATH = click.argument("path", type=click.Path(exists=True, path_type=Path))
_KEEP = click.option("--keep-missing", is_flag=True, help="Keep offering what the folder does not name.")


class _Undone(Exception):
    """Ends the transaction of a dry run."""

    def __init__(self, changed: int) -> None:
        super().__init__()
        self.changed = changed


@click.group()
def catalogue() -> None:
    """Export, lint and import what can be given."""


@catalogue.command()
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@data_option
def export(folder: Path, data: Path | None) -> None:
    """Write the catalogue into a folder: catalogue.toml, and uploaded pictures below art/."""
    entries, files = in_transaction(data, lambda connection: read_offered(connection, CLOCK))
    try:
        write_folder(folder, entries, files)
    except CatalogueFileError as error:
        raise click.ClickException(str(error)) from None
    click.echo(f"{folder}: {_items(len(entries))}")


@catalogue.command("lint")
@_PATH
def lint_folder(path: Path) -> None:
    """Say what is wrong with a folder, without a database. Exit status 1 when it cannot be imported."""
    _, _, findings = _read(path)
    _say(findings)
    if any(one.severity == "error" for one in findings):
        raise SystemExit(1)
    click.echo(f"{path} can be imported.")


@catalogue.command("import")
@_PATH
@_KEEP
@click.option("--dry-run", is_flag=True, help="Say how many items would change, and change nothing.")
@data_option
def import_folder(path: Path, data: Path | None, *, keep_missing: bool, dry_run: bool) -> None:
    """Make the catalogue what a folder says: changed items get a new version, missing ones are retired."""
    changed = _import(path, data, keep_missing=keep_missing, dry_run=dry_run)
    click.echo(f"{_items(changed)} {'would change' if dry_run else 'changed'}")


@catalogue.command()
@data_option
def starter(data: Path | None) -> None:
    """Add the items that come with Plaudit; those that are there already become what they were at first."""
    click.echo(f"{_items(_import(STARTER, data, keep_missing=True, dry_run=False))} changed")


def _import(path: Path, data: Path | None, *, keep_missing: bool, dry_run: bool) -> int:
    entries, pictures, findings = _read(path)
    settings = Settings.from_environment()

    async def work(connection: Connection) -> int:
        for picture in pictures:
            await keep_art(connection, picture, CLOCK, by=None)
        named = {f"item[{number}]": entry for number, entry in enumerate(entries)}
        _refuse([*findings, *await unknown_pictures(connection, named, settings)])
        changed = await actions.load(connection, entries, CLOCK, keep_missing=keep_missing)
        if dry_run:
            raise _Undone(changed)
        return changed

    try:
        return in_transaction(data, work)
    except _Undone as undone:
        return undone.changed


def _read(path: Path) -> tuple[list[Entry], list[Art], list[ItemFinding]]:
    try:
        return read_folder(path)
    except CatalogueFileError as error:
        raise click.ClickException(str(error)) from None


def _refuse(findings: Sequence[ItemFinding]) -> None:
    _say(findings)
    if errors := sum(one.severity == "error" for one in findings):
        raise click.ClickException(f"the catalogue has {errors} error{'s' if errors > 1 else ''}; nothing was changed")


def _say(findings: Sequence[ItemFinding]) -> None:
    for one in findings:
        click.echo(f"{one.severity}: {one.place} {one.words}", err=True)


def _items(number: int) -> str:
    return f"{number} item{'' if number == 1 else 's'}"
