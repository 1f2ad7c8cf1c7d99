"""The ground benchmarks run on: a scratch database with rich viewers, a description of the machine, and percentiles."""

import os
import platform
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit
from uuid import uuid4

from plaudit.connections import connect
from plaudit.embedded import Logins
from plaudit.schema.migrate import apply_to

MACHINE_CORES = os.cpu_count()
COINS_EACH = 10**12  # of each viewer, so that nobody runs short


def machine() -> str:
    """The processor, its cores, and the Python that runs."""
    model = platform.processor() or platform.machine()
    information = Path("/proc/cpuinfo")
    if information.exists():
        names = [
            line.partition(":")[2].strip() for line in information.read_text().splitlines() if "model name" in line
        ]
        model = names[0] if names else model
    return (
        f"{model}, {MACHINE_CORES} cores, {platform.system()} {platform.machine()}, Python {platform.python_version()}"
    )


def percentile_ms(seconds: Sequence[float], percent: int) -> float:
    """A percentile of durations, in milliseconds."""
    ordered = sorted(seconds)
    return round(ordered[min(len(ordered) - 1, len(ordered) * percent // 100)] * 1000, 3)


def middle(values: Sequence[float]) -> float:
    """The median of the rounds of one run."""
    return sorted(values)[len(values) // 2]


@asynccontextmanager
async def scratch_database(server: Logins) -> AsyncIterator[Logins]:
    """A migrated database of its own on that server, dropped afterwards."""
    name = f"plaudit_bench_{uuid4().hex[:12]}"
    application, to_owner = (
        urlunsplit(urlsplit(url)._replace(path=f"/{name}")) for url in (server.application, server.owner)
    )
    owner = await connect(server.owner, statement_timeout_ms=0)
    try:
        await owner.execute(f'create database "{name}"')
        try:
            await apply_to(to_owner)
            yield Logins(application, to_owner)
        finally:
            await owner.execute(f'drop database "{name}" with (force)')
    finally:
        await owner.close()
