"""The commands `plaudit key`: API keys of servers, what they may do, from where, and until when."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import click

from plaudit.database_command import CLOCK, data_option, in_transaction
from plaudit.limits import KEY_NETWORKS_MAX, KEY_OVERLAP_DAYS_MAX
from plaudit.people import actions
from plaudit.people.model import USUAL_SCOPES, ApiKey, Scope

_USUAL = ", ".join(scope for scope in Scope if scope in USUAL_SCOPES)


class _Network(click.ParamType[str]):
    name = "network"

    def convert(self, value: Any, parameter: click.Parameter | None, context: click.Context | None) -> str:
        try:
            return str(ip_network(value))
        except ValueError as error:
            self.fail(f"{error}; such as 203.0.113.7 or 203.0.113.0/24", parameter, context)


class _Moment(click.ParamType[datetime]):
    name = "moment"

    def convert(self, value: Any, parameter: click.Parameter | None, context: click.Context | None) -> datetime:
        try:
            moment = datetime.fromisoformat(value)
        except ValueError:
            self.fail(f"{value} is no day or moment of ISO 8601, such as 2027-06-30", parameter, context)
        return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _limits(command: Callable[..., None]) -> Callable[..., None]:
    """The options of what a key may do."""
    for option in (
        click.option("--expires", "expires_at", type=_Moment(), help="When it ends, ISO 8601, UTC.  [default: never]"),
        click.option(
            "--from", "networks", type=_Network(), multiple=True,
            help="An address or network it may be used from; may be given several times.  [default: anywhere]",
        ),
        click.option(
            "--scope", "scopes", type=click.Choice(list(map(str, Scope))), multiple=True,
            help=f"What it may do; may be given several times.  [default: {_USUAL}]",
        ),
    ):  # fmt: skip
        command = option(command)
    return command


@click.group()
def key() -> None:
    """Make, list, rotate and revoke API keys of servers."""


@key.command("create")
@click.argument("name")
@click.option("--issuer", "owner", required=True, help="The issuer whose people the server may speak for.")
@_limits
@data_option
def create_key(
    name: str,
    owner: str,
    scopes: tuple[str, ...],
    networks: tuple[str, ...],
    expires_at: datetime | None,
    data: Path | None,
) -> None:
    """Make a key and print it: it cannot be shown again."""
    _require_few(networks)
    limits: dict[str, Any] = {"networks": networks, "expires_at": expires_at}
    limits |= {"scopes": set(map(Scope, scopes))} if scopes else {}
    _, secret = in_transaction(
        data, lambda connection: actions.create_api_key(connection, name, owner, CLOCK, **limits), owner=True
    )
    click.echo(secret)


@key.command("limit")
@click.argument("name")
@_limits
@data_option
def limit_key(
    name: str, scopes: tuple[str, ...], networks: tuple[str, ...], expires_at: datetime | None, data: Path | None
) -> None:
    """Say anew what a key may do, from where, or until when. What is not said stays."""
    _require_few(networks)
    limited = in_transaction(
        data,
        lambda connection: actions.limit_api_key(
            connection,
            name,
            scopes=set(map(Scope, scopes)) or None,
            networks=networks or None,
            expires_at=expires_at,
        ),
        owner=True,
    )
    click.echo(_line(limited))


@key.command("rotate")
@click.argument("name")
@click.option(
    "--overlap-hours",
    type=click.IntRange(0, KEY_OVERLAP_DAYS_MAX * 24),
    default=24,
    show_default=True,
    help="How long the secret before stays good.",
)
@data_option
def rotate_key(name: str, overlap_hours: int, data: Path | None) -> None:
    """Give a key another secret and print it: it cannot be shown again. One before the former is good no longer."""
    ends_at = CLOCK.now() + timedelta(hours=overlap_hours)
    rotated, secret = in_transaction(
        data, lambda connection: actions.rotate_api_key(connection, name, ends_at, CLOCK), owner=True
    )
    click.echo(secret)
    click.echo(f"the former secret of {rotated.name} is good until {_moment(ends_at)}", err=True)


@key.command("list")
@data_option
def list_keys(data: Path | None) -> None:
    """Show all keys, without their secrets."""
    for one in in_transaction(data, actions.list_api_keys, owner=True):
        click.echo(_line(one))


@key.command("revoke")
@click.argument("name")
@data_option
def revoke_key(name: str, data: Path | None) -> None:
    """Refuse a key from now on, and end what is open of it."""
    in_transaction(data, lambda connection: actions.revoke_api_key(connection, name, CLOCK), owner=True)
    click.echo(f"revoked: {name}")


def _line(one: ApiKey) -> str:
    state = f"revoked {_moment(one.revoked_at)}" if one.revoked_at else "in use"
    parts = [
        one.name,
        one.issuer,
        f"made {_moment(one.created_at)}",
        state,
        f"may {' '.join(one.scopes)}",
        f"from {' '.join(one.networks)}" if one.networks else "from anywhere",
        f"ends {_moment(one.expires_at)}" if one.expires_at else "never ends",
        f"last used {_moment(one.last_used_at)}" if one.last_used_at else "not used yet",
    ]
    if one.former_ends_at:
        parts.append(f"former secret ends {_moment(one.former_ends_at)}")
    parts.append(one.authority.said)
    return "  ".join(parts)


def _moment(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M} UTC"


def _require_few(networks: tuple[str, ...]) -> None:
    if len(networks) > KEY_NETWORKS_MAX:
        raise click.UsageError(f"A key may be used from {KEY_NETWORKS_MAX} networks at most.")
