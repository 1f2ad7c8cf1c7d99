"""Wishes on the command line."""

import click


@click.command()
def wishes() -> None:
    """Say what is wished for."""
    click.echo("tea")
