"""The command `plaudit vault`."""

import dataclasses
from pathlib import Path

import click

from plaudit.database_command import data_option, on_database
from plaudit.db import Database
from plaudit.rooms import rooms
from plaudit.settings import Settings
from plaudit.statements import fetch_all
from plaudit.vault.rotation import renew, wrap_again
from plaudit.vault.sealing import SQL, DataKey, SealedColumn, Vault, vault_of


@click.group()
def vault() -> None:
    """Look after the keys that lock secrets in the database."""


@vault.command("show")
@data_option
def show(data: Path | None) -> None:
    """List the data keys: what each seals, and the name of the master key that wraps it."""

    async def work(database: Database) -> list[DataKey]:
        async with database.read() as connection:
            return await fetch_all(connection, SQL["keys"], DataKey)

    for key in on_database(data, work):
        click.echo(f"{key.key_id}  {key.purpose}  wrapped by {key.master}")


@vault.command("rotate")
@click.option("--wrap-only", is_flag=True, help="Leave what is sealed as it is: enough when a master key is to go.")
@data_option
def rotate(data: Path | None, *, wrap_only: bool) -> None:
    """Wrap all data keys with the first of PLAUDIT_VAULT_KEYS, and seal everything anew with new data keys.

    While servers run, and again where it was interrupted, as the owner of the tables. The key before can go from the
    settings afterwards.
    """
    settings = _settings(data)
    on_database(
        data,
        lambda database: _rotate(database, vault_of(settings), wrap_only=wrap_only),
        settings=settings,
        owner=True,  # who serves makes data keys and destroys none
    )


async def _rotate(database: Database, vault: Vault, *, wrap_only: bool) -> None:
    async with database.transaction() as connection:
        wrapped = await wrap_again(connection, vault)
    click.echo(f"{wrapped} data keys wrapped anew, all by {vault.masters.first}")
    for column in [] if wrap_only else sealed_columns():
        sealed = await renew(database, vault, column, lambda so_far: click.echo(f"  {so_far} …"))
        click.echo(f"{column.purpose}: {sealed} sealed anew")


def _settings(data: Path | None) -> Settings:
    """With the folder of an option, where the key may lie too."""
    settings = Settings.from_environment()
    return dataclasses.replace(settings, data=data) if data else settings


def sealed_columns() -> list[SealedColumn]:
    """Those of all rooms."""
    return [column for room in rooms() if room.sealed for column in room.bring(room.sealed)]
