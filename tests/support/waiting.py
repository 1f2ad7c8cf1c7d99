"""How tests wait for what happens by itself: so long that only what never happens fails them."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from random import Random
from typing import Any

from plaudit.connections import Connection

WAIT_S = 120
"""Ends what hangs; a busy machine takes several times what a quiet one does."""
_LOOK_PAUSE_S = 0.02


def until(condition: Callable[[], bool], what: str, wait_s: float = WAIT_S) -> None:
    """Wait until a condition holds; `what` says it in words."""
    deadline = time.monotonic() + wait_s
    while not condition():
        assert time.monotonic() < deadline, f"in vain: waited {wait_s} s until {what}"
        time.sleep(_LOOK_PAUSE_S)


async def eventually(condition: Callable[[], bool | Awaitable[bool]], what: str) -> None:
    """The same where others go on meanwhile."""
    deadline = time.monotonic() + WAIT_S
    while not (held if isinstance(held := condition(), bool) else await held):
        assert time.monotonic() < deadline, f"in vain: waited {WAIT_S} s until {what}"
        await asyncio.sleep(_LOOK_PAUSE_S)


async def until_waiting(connection: Connection, blocker: int, task: "asyncio.Task[Any]") -> None:
    """Wait until somebody waits for a lock that the session of a process id holds, or the task is done without."""
    waits = "select exists (select from pg_locks where not granted and $1 = any (pg_blocking_pids(pid)))"

    async def waiting() -> bool:
        return task.done() or bool(await connection.fetchval(waits, blocker))

    await eventually(waiting, f"somebody waits for the session of process {blocker}")


async def at_some_moment(chance: Random, within_s: float) -> None:
    """Let a little time pass, where the moment at which something happens is what a test explores.

    What must have happened before is waited for; nothing may depend on how long this takes.
    """
    await asyncio.sleep(chance.random() * within_s)


async def cancelled() -> None:
    """What a task sees whose process is stopped."""
    task = asyncio.current_task()
    assert task is not None
    task.cancel()
    await asyncio.sleep(0)
