"""The command `plaudit bench`."""

import importlib
import tempfile
from pathlib import Path
from typing import Any

import click
import msgspec
import uvloop

from plaudit.embedded import database_logins
from plaudit.settings import Settings

BENCHMARKS = {
    "charge": "gifts charged and delivered in batches, to many creators and to one, against plain ways",
    "growth": "gifts charged and delivered with a million wallets and four million gifts, against empty books",
    "http": "single gifts over HTTP with keep-alive",
    "socket": "single gifts over room sockets",
    "videos": "2,000 gifts a second over 10,000 videos beside 2,000 in a room, against those in the room alone",
    "fanout": "frames to 1,000 and 5,000 sockets of one room",
}

_LOAD = "picows"


@click.command()
@click.argument("names", nargs=-1, type=click.Choice(sorted(BENCHMARKS)))
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object for each benchmark.")
def bench(names: tuple[str, ...], *, as_json: bool) -> None:
    """Measure this machine with the real engine; without a NAME, everything.

    Works in a scratch database: on DATABASE_URL's server if that is set, else on an embedded one.
    """
    with (
        tempfile.TemporaryDirectory(prefix="plaudit-bench-") as folder,
        database_logins(Settings.from_environment(), Path(folder) / "data") as logins,
    ):
        for name in names or tuple(BENCHMARKS):
            figures = uvloop.run(_benchmark(name).run(logins))
            click.echo(msgspec.json.encode({"benchmark": name} | figures) if as_json else _as_text(name, figures))


def _benchmark(name: str) -> Any:
    try:
        return importlib.import_module(f"plaudit.bench.{name}")
    except ModuleNotFoundError as missing:
        if missing.name != _LOAD:
            raise
        raise click.ClickException(f"`bench {name}` needs {_LOAD}: install plaudit[bench]") from None


def _as_text(name: str, figures: dict[str, Any]) -> str:
    lines = [f"{name}: {BENCHMARKS[name]}"]
    for figure, value in figures.items():
        lines.append(f"  {figure:<24} {value:,}" if isinstance(value, int | float) else f"  {figure:<24} {value}")
    return "\n".join(lines)
