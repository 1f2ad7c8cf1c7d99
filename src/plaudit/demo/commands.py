"""The command `plaudit demo`: a database, the sandbox provider, the server and a crowd, all on this machine."""

import asyncio
import dataclasses
import signal
import socket
from pathlib import Path

import click

from plaudit.clock import SystemClock
from plaudit.demo.cast import read_cast
from plaudit.demo.children import Children
from plaudit.demo.keys import DemoKeys
from plaudit.demo.prepare import prepare, write_people
from plaudit.embedded import database_url
from plaudit.http.logs import configure_logging
from plaudit.http.server import listen
from plaudit.settings import Settings, SetupError

_HOST = "127.0.0.1"
_CROWD_MAX = 200
_PORT_MAX = 65_535


@click.command()
@click.option("--port", type=click.IntRange(0, _PORT_MAX), default=8000, show_default=True, help="0: any that is free.")
@click.option(
    "--data",
    type=click.Path(path_type=Path),
    default=Path(".plaudit/demo"),
    show_default=True,
    help="Folder of the world: a second start goes on where the first one stopped.",
)
@click.option("--crowd", type=click.IntRange(0, _CROWD_MAX), default=40, show_default=True, help="Viewers at once.")
@click.option("--seed", type=int, default=1, show_default=True, help="What the crowd's behaviour is drawn from.")
@click.option(
    "--auto-approve/--no-auto-approve",
    default=True,
    show_default=True,
    help="Whether small payouts are approved without a person.",
)
def demo(*, port: int, data: Path, crowd: int, seed: int, auto_approve: bool) -> None:
    """Run everything with believable people, on this machine."""
    configure_logging()
    for number in (signal.SIGINT, signal.SIGTERM):  # SIGINT is ignored at first in the background of a script
        signal.signal(number, _leave)
    data = data.absolute()
    try:
        with _listening(port) as listening:
            _run(listening, data, crowd=crowd, seed=seed, approve=auto_approve)
    except KeyboardInterrupt:
        click.echo("\nStopped. `plaudit demo` goes on from here.")


def _leave(*_: object) -> None:
    raise KeyboardInterrupt


def _listening(port: int) -> socket.socket:
    try:
        return listen(_HOST, port)
    except SetupError as error:
        raise SetupError(f"{error}; choose another with --port") from error


def _run(listening: socket.socket, data: Path, *, crowd: int, seed: int, approve: bool) -> None:
    """Start everything, then watch over it until interrupted; whatever happens, nothing is left running."""
    keys = DemoKeys.of(data)
    address = f"http://{_HOST}:{listening.getsockname()[1]}"
    settings = dataclasses.replace(Settings.from_environment(), data=data)
    click.echo(f"Starting the demo in {data} …")
    with database_url(settings) as database, Children(data / "logs") as children:
        try:
            environment = {
                "DATABASE_URL": database,
                "PLAUDIT_DATA": str(data),
                "PLAUDIT_PUBLIC_URL": address,
                "PLAUDIT_DEMO_PEOPLE": str(write_people(data, read_cast(), approve=approve)),
                "PLAUDIT_SANDBOX_URL": _start_sandbox(children, keys, data),
                "PLAUDIT_SANDBOX_API_KEY": keys.sandbox_api_key,
                "PLAUDIT_SANDBOX_WEBHOOK_SECRET": keys.sandbox_webhook_secret,
            }
            options = [f"--crowd={crowd}", f"--seed={seed}", "--approve" if approve else "--no-approve"]
            asyncio.run(prepare(database, data, SystemClock()))
            descriptor = listening.fileno()
            children.start("server", ["plaudit", "serve-worker", str(descriptor)], environment, pass_fds=[descriptor])
            children.start("crowd", ["plaudit.demo", address, data, *options], {}, quiet=False)
            children.watch()
        finally:
            signal.signal(signal.SIGINT, signal.SIG_IGN)  # a second Ctrl-C must not leave half of it running
            signal.signal(signal.SIGTERM, signal.SIG_IGN)


def _start_sandbox(children: Children, keys: DemoKeys, data: Path) -> str:
    """Start the provider, at the port it had before if that is free: checkouts keep their addresses. Its address."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((_HOST, keys.sandbox_port))
        except OSError:
            probe.bind((_HOST, 0))
        port = probe.getsockname()[1]
    if port != keys.sandbox_port:
        keys.sandbox_port = port
        keys.save(data)
    secrets = {
        "PLAUDIT_SANDBOX_API_KEY": keys.sandbox_api_key,
        "PLAUDIT_SANDBOX_WEBHOOK_SECRET": keys.sandbox_webhook_secret,
    }
    children.start(
        "sandbox", ["plaudit.sandbox", f"--host={_HOST}", f"--port={port}", "--data", data / "sandbox.sqlite"], secrets
    )
    return f"http://{_HOST}:{port}"
