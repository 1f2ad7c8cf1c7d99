"""The command `plaudit queues`."""

from pathlib import Path

import click
import msgspec

from plaudit.backlog.api import QueueAnswer, queue_answer
from plaudit.backlog.reading import standings
from plaudit.connections import Connection
from plaudit.database_command import CLOCK, data_option, in_transaction


@click.command()
@click.option("--json", "as_json", is_flag=True, help="For programs.")
@data_option
def queues(data: Path | None, *, as_json: bool) -> int:
    """Say how much waits in each queue, since when, and what failed.

    Exit status 1 when something is stuck or late.
    """

    async def look(connection: Connection) -> list[QueueAnswer]:
        return [queue_answer(one) for one in await standings(connection, CLOCK.now())]

    found = in_transaction(data, look)
    if as_json:
        click.echo(msgspec.json.format(msgspec.json.encode(found)))
    else:
        click.echo(as_text(found))
    return 1 if any(one.stuck or one.late for one in found) else 0


def as_text(found: list[QueueAnswer]) -> str:
    """A line for each queue, and one under it for what failed."""
    width = max(len(one.name) for one in found)
    lines = [f"{'':{width}}  waiting  overdue  failing    stuck     late"]
    for one in found:
        since = f"  since {one.overdue_since:%Y-%m-%d %H:%M:%S} UTC" if one.overdue_since else ""
        lines.append(
            f"{one.name:{width}} {one.waiting:8} {one.overdue:8} {one.failing:8} {one.stuck:8} {one.late:8}{since}"
        )
        if one.failed_with:
            lines.append("    " + ", ".join(f"{failure.code} ({failure.items})" for failure in one.failed_with))
    return "\n".join(lines)
