"""The command `plaudit mail`."""

import asyncio

import click

from plaudit.clock import SystemClock
from plaudit.mail.trying import send_test
from plaudit.settings import Settings


@click.group()
def mail() -> None:
    """Try the mail server."""


@mail.command("test")
@click.argument("address")
def test(address: str) -> None:
    """Send a mail to ADDRESS now, by the server of the settings."""
    asyncio.run(send_test(address, Settings.from_environment(), SystemClock()))
    click.echo(f"the mail server took a mail to {address}")
