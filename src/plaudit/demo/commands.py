"""The command `plaudit demo`: a database, the sandbox provider, the server and a crowd, all on this machine."""

import asyncio
import dataclasses
import os
import shlex
import signal
import socket
from datetime import timedelta
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from threading import Thread

import click

from plaudit.clock import SystemClock
from plaudit.demo.children import Children
from plaudit.demo.keys import SANDBOX_FILE, DemoKeys
from plaudit.demo.past_plan import midnight, read_past
from plaudit.embedded import Logins, database_logins
from plaudit.http.logs import configure_logging
from plaudit.listening import listen, url_of
from plaudit.settings import Secret, Settings, SetupError

_HOST = "127.0.0.1"
_DATA = Path(".plaudit/demo")
_PREPARE = "plaudit.demo.prepare"
_CROWD_MAX = 200
_PORT_MAX = 65_535
_SELLER_NAME = "Plaudit Demo"
_MAIL_FROM = "coins@demo.example"
_SELLER_ADDRESS = "14 Sample Row, London EC1V 9HX, United Kingdom"
"""Where the price book names nobody."""


@click.command()
@click.option("--port", type=click.IntRange(0, _PORT_MAX), default=8000, show_default=True, help="0: any that is free.")
@click.option(
    "--data",
    type=click.Path(path_type=Path),
    default=_DATA,
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
    if find_spec("aiosmtpd") is None:
        raise SetupError("the demo brings its own mail server: install plaudit[embedded]")
    again = "plaudit demo" if data == _DATA else f"plaudit demo --data {shlex.quote(str(data))}"
    try:
        with listen(_HOST, port) as listening:
            _run(listening, data.absolute(), crowd=crowd, seed=seed, approve=auto_approve)
    except KeyboardInterrupt:
        click.echo(f"\nStopped. `{again}` goes on from here.")


def _leave(*_: object) -> None:
    raise KeyboardInterrupt


def _run(listening: socket.socket, data: Path, *, crowd: int, seed: int, approve: bool) -> None:
    """Start everything, then watch over it until interrupted; whatever happens, nothing is left running."""
    keys = DemoKeys.of(data)
    sandbox, mails = _sandbox_socket(keys, data), listen(_HOST, 0)
    settings = dataclasses.replace(
        Settings.from_environment(),
        data=data,
        public_url=url_of(listening),
        sandbox_url=url_of(sandbox),
        sandbox_api_key=Secret(keys.sandbox_api_key),
        sandbox_webhook_secret=Secret(keys.sandbox_webhook_secret),
        mail_by="smtp",
        mail_host=_HOST,
        mail_port=mails.getsockname()[1],
        mail_security="none",
        mail_user="",
        mail_password=Secret(""),
        mail_from=_MAIL_FROM,
        seller_name=_SELLER_NAME,
        seller_address=_SELLER_ADDRESS,
    )
    click.echo(f"Starting the demo in {data} …")
    Thread(target=import_module, args=[_PREPARE]).start()  # a second's work, done while the database starts
    with sandbox, mails, database_logins(settings) as logins, Children(data / "logs") as children:
        try:
            from plaudit.demo.cast import read_cast
            from plaudit.demo.prepare import write_people

            people = write_people(data, read_cast(), approve=approve)
            options = [f"--crowd={crowd}", f"--seed={seed}", "--approve" if approve else "--no-approve"]
            _start(children, (listening, sandbox, mails), settings, logins, people, options)
            children.watch()
        finally:
            signal.signal(signal.SIGINT, signal.SIG_IGN)  # a second Ctrl-C must not leave half of it running
            signal.signal(signal.SIGTERM, signal.SIG_IGN)


def _start(
    children: Children,
    sockets: tuple[socket.socket, socket.socket, socket.socket],
    settings: Settings,
    logins: Logins,
    cast: Path,
    options: list[str],
) -> None:
    """Start the server, the provider and the people.

    Who begins later than it is started waits until nobody holds the writing end of a pipe any more: the server for the
    database to be prepared; the provider, and then the jobs of the server, for the people to have written the past of
    a new world. The provider of the past answers on the same socket.
    """
    from plaudit.demo.prepare import prepare

    clock, plan, data = SystemClock(), read_past(), settings.data
    environment = _environment(settings, logins.application, cast)
    began_at = midnight(clock.now()) - timedelta(days=plan.days)
    (server_waits, begin_server), (provider_waits, begin_provider), (jobs_wait, begin_jobs) = (
        os.pipe(),
        os.pipe(),
        os.pipe(),
    )
    descriptor, provider, mails = (one.fileno() for one in sockets)
    children.start(
        "server",
        ["plaudit", "serve-worker", str(descriptor), f"--after={server_waits}", f"--jobs-after={jobs_wait}"],
        environment,
        pass_fds=[descriptor, server_waits, jobs_wait],
    )
    is_new = asyncio.run(prepare(logins.owner, data, plan, began_at, clock))
    os.close(begin_server)
    children.start(
        "sandbox",
        [
            "plaudit.sandbox",
            f"--descriptor={provider}",
            f"--mail-descriptor={mails}",
            f"--after={provider_waits}",
            "--data",
            data / SANDBOX_FILE,
        ],
        environment,
        pass_fds=[provider, mails, provider_waits],
    )
    people: list[str | Path] = ["plaudit.demo", settings.public_url, data, *options]
    past = [provider, begin_provider, begin_jobs] if is_new else []
    first = [f"--past={one}" for one in past]
    children.start("crowd", people, environment, first_time=first, first_fds=past, quiet=False)
    for one in (begin_provider, begin_jobs):
        os.close(one)


def _environment(settings: Settings, database: str, people: Path) -> dict[str, str]:
    """What the server and the sandbox are told."""
    return {
        "DATABASE_URL": database,
        "PLAUDIT_DATA": str(settings.data),
        "PLAUDIT_PUBLIC_URL": settings.public_url,
        "PLAUDIT_ONE_OPERATOR": "yes",
        "PLAUDIT_DEMO_PEOPLE": str(people),
        "PLAUDIT_SANDBOX_URL": settings.sandbox_url,
        "PLAUDIT_SANDBOX_API_KEY": settings.sandbox_api_key.reveal(),
        "PLAUDIT_SANDBOX_WEBHOOK_SECRET": settings.sandbox_webhook_secret.reveal(),
        "PLAUDIT_MAIL_BY": settings.mail_by,
        "PLAUDIT_MAIL_HOST": settings.mail_host,
        "PLAUDIT_MAIL_PORT": str(settings.mail_port),
        "PLAUDIT_MAIL_SECURITY": settings.mail_security,
        "PLAUDIT_MAIL_USER": settings.mail_user,
        "PLAUDIT_MAIL_PASSWORD": settings.mail_password.reveal(),
        "PLAUDIT_MAIL_FROM": settings.mail_from,
        "PLAUDIT_PAYOUT_METHOD_HOLD_HOURS": "0",  # who tries a payout tries it today
        "PLAUDIT_SELLER_NAME": settings.seller_name,
        "PLAUDIT_SELLER_ADDRESS": settings.seller_address,
    }


def _sandbox_socket(keys: DemoKeys, data: Path) -> socket.socket:
    """A socket on the port the provider had before, if that is free: checkouts keep their addresses."""
    try:
        listening = listen(_HOST, keys.sandbox_port)
    except SetupError:
        listening = listen(_HOST, 0)
    port: int = listening.getsockname()[1]
    if port != keys.sandbox_port:
        keys.sandbox_port = port
        keys.save(data)
    return listening
