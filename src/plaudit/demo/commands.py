"""The command `plaudit demo`: a database, the sandbox provider, the server and a crowd, all on this machine."""

import asyncio
import dataclasses
import os
import signal
import socket
from datetime import timedelta
from pathlib import Path

import click
import httpx2

from plaudit.clock import SystemClock
from plaudit.demo.cast import read_cast
from plaudit.demo.children import Children
from plaudit.demo.keys import DemoKeys
from plaudit.demo.past_house import SANDBOX_FILE
from plaudit.demo.past_plan import midnight, read_past
from plaudit.demo.prepare import prepare, write_people
from plaudit.embedded import database_url
from plaudit.http.logs import configure_logging
from plaudit.http.server import listen
from plaudit.settings import Secret, Settings, SetupError

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
    port = _sandbox_port(keys, data)
    settings = dataclasses.replace(
        Settings.from_environment(),
        data=data,
        public_url=address,
        sandbox_url=f"http://{_HOST}:{port}",
        sandbox_api_key=Secret(keys.sandbox_api_key),
        sandbox_webhook_secret=Secret(keys.sandbox_webhook_secret),
    )
    click.echo(f"Starting the demo in {data} …")
    with database_url(settings) as database, Children(data / "logs") as children:
        try:
            people = write_people(data, read_cast(), approve=approve)
            options = [f"--crowd={crowd}", f"--seed={seed}", "--approve" if approve else "--no-approve"]
            _start(children, listening, settings, _environment(settings, database, people), options)
            children.watch()
        finally:
            signal.signal(signal.SIGINT, signal.SIG_IGN)  # a second Ctrl-C must not leave half of it running
            signal.signal(signal.SIGTERM, signal.SIG_IGN)


def _start(
    children: Children, listening: socket.socket, settings: Settings, environment: dict[str, str], options: list[str]
) -> None:
    """Start the server, the provider and the people.

    The provider, and then the jobs of the server, begin when the people have written the past of a new world: when
    nobody holds the writing end of a pipe any more.
    """
    clock, plan, data = SystemClock(), read_past(), settings.data
    began_at = midnight(clock.now()) - timedelta(days=plan.days)
    is_new = asyncio.run(prepare(environment["DATABASE_URL"], data, plan, settings, began_at, clock))
    (provider_waits, begin_provider), (jobs_wait, begin_jobs) = os.pipe(), os.pipe()
    descriptor, sandbox = listening.fileno(), httpx2.URL(settings.sandbox_url)
    children.start(
        "server",
        ["plaudit", "serve-worker", str(descriptor), f"--jobs-after={jobs_wait}"],
        environment,
        pass_fds=[descriptor, jobs_wait],
    )
    provider = ["plaudit.sandbox", f"--host={sandbox.host}", f"--port={sandbox.port}", f"--after={provider_waits}"]
    children.start("sandbox", [*provider, "--data", data / SANDBOX_FILE], environment, pass_fds=[provider_waits])
    people: list[str | Path] = ["plaudit.demo", settings.public_url, data, *options]
    first = [f"--past={one}" for one in (begin_provider, begin_jobs) if is_new]
    fds = [begin_provider, begin_jobs]
    children.start("crowd", people, environment, first_time=first, first_fds=fds if is_new else [], quiet=False)
    for one in fds:
        os.close(one)


def _environment(settings: Settings, database: str, people: Path) -> dict[str, str]:
    """What the server and the sandbox are told."""
    return {
        "DATABASE_URL": database,
        "PLAUDIT_DATA": str(settings.data),
        "PLAUDIT_PUBLIC_URL": settings.public_url,
        "PLAUDIT_DEMO_PEOPLE": str(people),
        "PLAUDIT_SANDBOX_URL": settings.sandbox_url,
        "PLAUDIT_SANDBOX_API_KEY": settings.sandbox_api_key.reveal(),
        "PLAUDIT_SANDBOX_WEBHOOK_SECRET": settings.sandbox_webhook_secret.reveal(),
    }


def _sandbox_port(keys: DemoKeys, data: Path) -> int:
    """The port the provider had before, if that is free: checkouts keep their addresses."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((_HOST, keys.sandbox_port))
        except OSError:
            probe.bind((_HOST, 0))
        port: int = probe.getsockname()[1]
    if port != keys.sandbox_port:
        keys.sandbox_port = port
        keys.save(data)
    return port
