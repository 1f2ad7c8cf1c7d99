"""`python -m plaudit.demo`: the process of the demo's people, started by `plaudit demo`."""

import asyncio
import os
import signal
from contextlib import suppress
from pathlib import Path

import click
import uvloop

from plaudit.demo.life import Life, live
from plaudit.http.logs import configure_logging

STDERR = 2


@click.command()
@click.argument("address")
@click.argument("data", type=click.Path(path_type=Path))
@click.option("--crowd", type=int, required=True)
@click.option("--seed", type=int, required=True)
@click.option("--approve/--no-approve", required=True)
@click.option("--past", type=int, multiple=True, help="Write it first: socket of the provider, pipes.")
def people(*, address: str, data: Path, crowd: int, seed: int, approve: bool, past: tuple[int, ...]) -> None:
    """Live until SIGTERM. What goes wrong is for the log; the terminal is for whoever tries the demo."""
    with (data / "logs" / "crowd.log").open("ab") as log:
        os.dup2(log.fileno(), STDERR)
    configure_logging()
    uvloop.run(_until_told(Life(address=address, data=data, crowd=crowd, seed=seed, approve=approve, past=past)))


async def _until_told(life: Life) -> None:
    living = asyncio.create_task(live(life, click.echo))
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, living.cancel)
    with suppress(asyncio.CancelledError):
        await living


people()
