"""The command `plaudit video-totals`."""

import asyncio
from pathlib import Path

import click

from plaudit.database_command import one_line_if_not_prepared, witnessed
from plaudit.db import Database
from plaudit.embedded import database_url
from plaudit.ledger.following import rebuild_now
from plaudit.settings import Settings
from plaudit.videos.given.actions import FOLLOWER, add_entries, forget, videos_among


@click.group()
def video_totals() -> None:
    """What was given on videos: in all, at which moments, by whom."""


@video_totals.command(name="rebuild")
@click.option("--data", type=click.Path(path_type=Path, file_okay=False), help="The folder of the embedded database.")
def rebuild_command(data: Path | None) -> None:
    """Forget all of it, and sum all of the past again. Servers may go on meanwhile."""
    with database_url(Settings.from_environment(), data, share=True) as url, one_line_if_not_prepared():
        summed = asyncio.run(_rebuild(url))
    click.echo(f"Summed {summed:,} deliveries and reversals.")


async def _rebuild(url: str) -> int:
    async with Database(url) as database:
        return await rebuild_now(witnessed(database), FOLLOWER, add_entries, forget, videos_among)
