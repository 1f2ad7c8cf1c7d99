"""The command `plaudit official`."""

import base64
import json
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import click
import httpx2
import msgspec

from plaudit.connections import Connection
from plaudit.database_command import CLOCK, data_option, in_transaction
from plaudit.limits import VERIFY_BYTES_MAX, VERIFY_WAIT_S
from plaudit.official.description import describe, sign
from plaudit.official.model import SignedDescription
from plaudit.official.public_api import OFFICIAL
from plaudit.official.verifying import NotProved, prove
from plaudit.settings import Settings, SetupError
from plaudit.trail.signing import key_id_of, signing_key


@click.group()
def official() -> None:
    """What this server says of itself to anybody, signed."""


@official.command("print")
@data_option
def print_command(data: Path | None) -> None:
    """Print what `/.well-known/plaudit.json` answers now."""
    settings = Settings.from_environment()
    key = signing_key(settings)
    if key is None:
        raise SetupError("there is no key that signs: run `plaudit trail key`")

    async def work(connection: Connection) -> SignedDescription:
        return sign(await describe(connection, settings, CLOCK.now()), key)

    click.echo(msgspec.json.format(msgspec.json.encode(in_transaction(data, work))).decode())


@official.command("verify")
@click.argument("source", metavar="FILE|URL")
@click.option("--key", "named", multiple=True, help="A public key you trust, base64. Without it, the one shown.")
def verify_command(source: str, named: tuple[str, ...]) -> int:
    """Prove what a server says of itself. Needs no database. Exit status 1, and why, when it does not hold."""
    try:
        keys = {key_id_of(one): one for one in (base64.b64decode(text, validate=True) for text in named)}
        published, host = _read(source)
        said = prove(published, keys, CLOCK.now(), host)
    except NotProved as error:
        click.echo(f"DOES NOT HOLD: {error}")
        return 1
    except (OSError, ValueError, httpx2.HTTPError) as error:
        raise click.ClickException(f"cannot be read: {error}") from error
    trusted = "a key you named" if named else "the key that was shown: compare it with the one you know"
    apps = [f"{one['store']}={one['id']}" for one in said["apps"]]
    click.echo(f"holds until {said['valid_until']}; {trusted}: {published['key_id']}")
    click.echo(f"domains: {' '.join(said['domains'])}; apps: {' '.join(apps) or 'none'}")
    click.echo(f"support: {said['support'] or 'none'}")
    for seller in said["sellers"]:
        click.echo(f"seller {seller['code']}: {seller['name']}")
    return 0


def _read(source: str) -> tuple[dict[str, Any], str | None]:
    if not source.startswith(("http://", "https://")):
        return _object(Path(source).read_bytes()), None
    parts = urlsplit(source)
    answer = httpx2.get(f"{parts.scheme}://{parts.netloc}{OFFICIAL}", timeout=VERIFY_WAIT_S)
    answer.raise_for_status()
    return _object(answer.content), parts.hostname


def _object(body: bytes) -> dict[str, Any]:
    found = json.loads(body[:VERIFY_BYTES_MAX])
    if not isinstance(found, dict):
        raise NotProved("it is no object")
    return found
