"""The commands `plaudit token`, `plaudit issuer` and `plaudit key`."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path
from typing import IO, TypeVar

import asyncpg
import click
import msgspec

from plaudit.clock import SystemClock
from plaudit.db import Connection, Database
from plaudit.embedded import database_url
from plaudit.limits import TOKEN_LIFETIME_H
from plaudit.people import actions
from plaudit.people.development import DevelopmentIssuer
from plaudit.people.model import PERSON_ROLES, Role
from plaudit.settings import Settings, SetupError

T = TypeVar("T")

_CLOCK = SystemClock()
_HOURS_MAX = 24 * 365
_ROLES = click.Choice(sorted(role.value for role in PERSON_ROLES))
_DATA = click.option("--data", type=click.Path(path_type=Path), help="Folder of the embedded database and of keys.")


def _run(data: Path | None, work: Callable[[Connection], Awaitable[T]]) -> T:
    """Do something in one transaction, as the owner of the tables."""

    async def connected(url: str) -> T:
        async with Database(url, role=None, connections=1) as database, database.transaction() as connection:
            return await work(connection)

    with database_url(Settings.from_environment(), data, share=True) as url:
        try:
            return asyncio.run(connected(url))
        except asyncpg.UndefinedTableError as error:
            raise SetupError("the database is not prepared for Plaudit: run `plaudit migrate`") from error


@click.command()
@click.argument("user")
@click.option("--role", "roles", type=_ROLES, multiple=True, default=["viewer"], help="May be given several times.")
@click.option(
    "--ttl", "hours", type=click.IntRange(1, 24 * 365), default=TOKEN_LIFETIME_H, help="Hours it is good for."
)
@click.option("--name", help="The name to show.")
@click.option("--country", help="ISO 3166 alpha-2.")
@_DATA
def token(
    user: str, roles: tuple[str, ...], hours: int, name: str | None, country: str | None, data: Path | None
) -> None:
    """Mint a token for USER with this machine's own key, and accept that key from now on. For development."""
    actions.require_subject(user)
    minter = DevelopmentIssuer.of(data or Settings.from_environment().data)
    _run(data, lambda connection: minter.register(connection, _CLOCK))
    claims = {key: value for key, value in (("name", name), ("country", country)) if value}
    wanted = [Role(role) for role in roles]
    click.echo(minter.mint(user, wanted, _CLOCK, lifetime=timedelta(hours=hours), claims=claims))


@click.group()
def issuer() -> None:
    """Say whose tokens are accepted."""


@issuer.command("add")
@click.argument("name")
@click.option("--audience", default="plaudit", show_default=True, help="What the claim `aud` must contain.")
@click.option("--jwks-uri", help="Where the issuer publishes its keys.")
@click.option("--jwks", type=click.File("rb"), help="A file with its keys, when it publishes none.")
@click.option("--role", "roles", type=_ROLES, multiple=True, default=["viewer", "creator"], show_default=True)
@_DATA
def add_issuer(
    name: str,
    audience: str,
    jwks_uri: str | None,
    jwks: IO[bytes] | None,
    roles: tuple[str, ...],
    data: Path | None,
) -> None:
    """Accept tokens whose claim `iss` is NAME; of their claim `roles` only the ones given here count."""
    text = None
    if jwks is not None:
        try:
            text = actions.key_set_text(msgspec.json.decode(jwks.read()))
        except msgspec.DecodeError as error:
            raise click.BadParameter(f"is not JSON: {error}", param_hint="--jwks") from error
    added = _run(
        data,
        lambda connection: actions.add_issuer(
            connection,
            issuer=name,
            audience=audience,
            jwks_uri=jwks_uri,
            jwks=text,
            allowed_roles={Role(role) for role in roles},
            clock=_CLOCK,
        ),
    )
    click.echo(f"accepted: {added.issuer} ({', '.join(added.allowed_roles)})")


@issuer.command("list")
@_DATA
def list_issuers(data: Path | None) -> None:
    """Show all issuers."""
    for one in _run(data, actions.list_issuers):
        state = "accepted" if one.active else "no longer accepted"
        click.echo(f"{one.issuer}  {', '.join(one.allowed_roles)}  {one.jwks_uri or 'own key set'}  {state}")


@issuer.command("stop")
@click.argument("name")
@_DATA
def stop_issuer(name: str, data: Path | None) -> None:
    """Accept the tokens and keys of NAME no longer."""
    _run(data, lambda connection: actions.set_issuer_active(connection, name, active=False))
    click.echo(f"no longer accepted: {name}")


@issuer.command("resume")
@click.argument("name")
@_DATA
def resume_issuer(name: str, data: Path | None) -> None:
    """Accept the tokens and keys of NAME again."""
    _run(data, lambda connection: actions.set_issuer_active(connection, name, active=True))
    click.echo(f"accepted: {name}")


@click.group()
def key() -> None:
    """Make, list and revoke API keys of servers."""


@key.command("create")
@click.argument("name")
@click.option("--issuer", "owner", required=True, help="The issuer whose people the server may speak for.")
@_DATA
def create_key(name: str, owner: str, data: Path | None) -> None:
    """Make a key and print it: it cannot be shown again."""
    _, secret = _run(data, lambda connection: actions.create_api_key(connection, name, owner, _CLOCK))
    click.echo(secret)


@key.command("list")
@_DATA
def list_keys(data: Path | None) -> None:
    """Show all keys, without their secrets."""
    for one in _run(data, actions.list_api_keys):
        state = f"revoked {one.revoked_at:%Y-%m-%d %H:%M} UTC" if one.revoked_at else "in use"
        click.echo(f"{one.name}  {one.issuer}  made {one.created_at:%Y-%m-%d %H:%M} UTC  {state}")


@key.command("revoke")
@click.argument("name")
@_DATA
def revoke_key(name: str, data: Path | None) -> None:
    """Refuse a key from now on. Servers that run notice within a minute."""
    _run(data, lambda connection: actions.revoke_api_key(connection, name, _CLOCK))
    click.echo(f"revoked: {name}")
