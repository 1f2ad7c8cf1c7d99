"""The command `plaudit`: which subcommand lives where, and how an error reads in a terminal."""

import importlib
from typing import Any, NoReturn

import click

from plaudit import __version__
from plaudit.problems import Problem
from plaudit.settings import SetupError

# Each command lives in its own module and is imported when it is called. The text is its line in `plaudit --help`.
COMMANDS = {
    "accounting": ("plaudit.accounting.commands:accounting", "Roll-forward and unspent balances for accountants."),
    "asyncapi": ("plaudit.http.commands:asyncapi", "Print the description of the room socket."),
    "audit": ("plaudit.schema.commands:audit", "Prove that the books balance."),
    "backup": ("plaudit.readiness.commands:backup", "Say that a backup was taken."),
    "bench": ("plaudit.bench.commands:bench", "Measure charge, http, socket or fanout."),
    "catalogue": ("plaudit.gifts.catalogue.commands:catalogue", "Export, lint and import what can be given."),
    "check": ("plaudit.readiness.commands:check", "Say whether this installation can sell, and what mends it."),
    "config": ("plaudit.config:config", "Print which settings hold, and where each was found."),
    "demo": ("plaudit.demo.commands:demo", "Run everything with believable people, on this machine."),
    "issuer": ("plaudit.people.issuer_commands:issuer", "Say whose tokens are accepted, and how they are read."),
    "key": ("plaudit.people.commands:key", "Make, list and revoke API keys of servers."),
    "migrate": ("plaudit.schema.migrate:migrate", "Bring a database to this version of Plaudit."),
    "openapi": ("plaudit.http.commands:openapi", "Print the description of the API."),
    "operator": ("plaudit.people.commands:operator", "Say who may run the economy."),
    "prices": ("plaudit.selling.prices.commands:prices", "Export, import, lint, publish and list price books."),
    "reconcile": (
        "plaudit.selling.reconciliation.commands:reconcile",
        "Compare a day with what a payment provider lists.",
    ),
    "sandbox": ("plaudit.sandbox.app:sandbox", "Run the pretend payment and payout provider."),
    "serve": ("plaudit.http.commands:serve", "Run the API, the pages, the sockets and the deliverers."),
    "serve-worker": ("plaudit.http.commands:serve_worker", ""),  # started by `serve`, never by a person
    "setup": ("plaudit.readiness.setup_command:setup", "Walk through what an installation needs."),
    "token": ("plaudit.people.commands:token", "Mint a token for development."),
    "totals": ("plaudit.creators.totals.commands:totals", "Sum again what creators received."),
    "webhook": ("plaudit.feeds.webhooks.commands:webhook", "Say where events are told to, and try it."),
}


class _LazyGroup(click.Group):
    """Knows its commands by name and imports the one that is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module, _, name = COMMANDS[cmd_name][0].partition(":")
        command: Any = getattr(importlib.import_module(module), name)
        if not isinstance(command, click.Command):
            raise TypeError(f"{module}:{name} is not a command")
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, COMMANDS[name][1]) for name in self.list_commands(ctx) if COMMANDS[name][1]])


@click.group(cls=_LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="plaudit")
def group() -> None:
    """Plaudit: the coins-and-gifts economy of a live platform."""


def main() -> NoReturn:
    """Run the command line; what a person can put right is one line and exit status 1."""
    try:
        outcome = group.main(standalone_mode=False)
    except click.ClickException as error:
        error.show()
        raise SystemExit(error.exit_code) from None
    except (click.Abort, KeyboardInterrupt):
        raise SystemExit(130) from None
    except (SetupError, Problem) as error:
        click.echo(f"plaudit: {error}", err=True)
        raise SystemExit(1) from None
    raise SystemExit(outcome if isinstance(outcome, int) else 0)  # `ctx.exit(1)` arrives as a number
