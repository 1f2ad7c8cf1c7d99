"""The command `plaudit`: the commands that rooms bring, and how an error reads in a terminal."""

from typing import NoReturn

import click

from plaudit import __version__
from plaudit.problems import Problem
from plaudit.rooms import rooms
from plaudit.settings import SetupError

COMMANDS = {command.name: (room, command) for room in rooms() for command in room.commands}
"""Every command with the room that brings it; imported when it is called."""


class _LazyGroup(click.Group):
    """Knows its commands by name and imports the one that is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        room, named = COMMANDS[cmd_name]
        command = room.bring(named.place)
        if not isinstance(command, click.Command):
            raise TypeError(f"{named.place} of {room.name} is not a command")
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            commands = [COMMANDS[name][1] for name in self.list_commands(ctx)]
            formatter.write_dl([(command.name, command.description) for command in commands if command.description])


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
