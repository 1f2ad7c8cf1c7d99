"""Periodic work of a process: each job in a task of its own, again and again, until the process stops; and the items of
a queue, each handled on its own."""

import asyncio
import contextlib
import logging
import random
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TypeVar

from plaudit.clock import Clock
from plaudit.limits import JOB_PAUSE_JITTER_PERCENT, JOB_PAUSE_S_MAX, JOB_RUN_S_MAX, QUEUE_ERROR_LENGTH_MAX

log = logging.getLogger(__name__)
Item = TypeVar("Item")


@dataclass(frozen=True)
class Job:
    """Work that is done now and then. It may stop anywhere and be run by several processes at once."""

    name: str
    every_s: float
    """Pause between the end of one run and the beginning of the next, a little more or less."""
    run: Callable[[], Awaitable[object]]
    run_s_max: float = JOB_RUN_S_MAX
    """A run that takes longer is cancelled, and counts as failed."""


@dataclass
class JobState:
    """How a job fares in this process, for people who look after it."""

    name: str
    runs: int = 0
    failures_in_a_row: int = 0
    ended_at: datetime | None = None
    error: str | None = None


@dataclass
class _Running:
    job: Job
    state: JobState
    wake: asyncio.Event = field(default_factory=asyncio.Event)
    task: asyncio.Task[None] | None = None


class JobRunner:
    """Runs jobs from `start()` to `stop()`. One that fails is tried again, after longer and longer pauses."""

    def __init__(self, jobs: Iterable[Job], clock: Clock, draw: random.Random | None = None) -> None:
        """`draw` decides by how much pauses differ, so that many processes do not all work at the same moment.

        Raises:
            ValueError: two jobs have one name.
        """
        self._clock = clock
        self._draw = draw or random.Random()  # noqa: S311 - spreads load, keeps no secret
        self._running: dict[str, _Running] = {}
        self.add(jobs)

    def add(self, jobs: Iterable[Job]) -> None:
        """More of them, before the start.

        Raises:
            ValueError: two jobs have one name.
        """
        for job in jobs:
            if job.name in self._running:
                raise ValueError(f"two jobs are called {job.name!r}")
            self._running[job.name] = _Running(job, JobState(job.name))

    @property
    def states(self) -> list[JobState]:
        return [running.state for running in self._running.values()]

    async def start(self) -> None:
        """Each job runs at once for the first time."""
        for running in self._running.values():
            running.task = asyncio.create_task(self._repeat(running), name=f"job {running.job.name}")

    async def stop(self) -> None:
        """Cancel what is under way and wait for it to be gone."""
        tasks = [running.task for running in self._running.values() if running.task]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def wake(self, name: str) -> None:
        """There is work: run the job soon, without waiting for its pause to end. Once more if it is under way. A job
        that this process does not know is another's."""
        if name in self._running:
            self._running[name].wake.set()

    async def _repeat(self, running: _Running) -> None:
        while True:
            running.wake.clear()
            await self._run_once(running)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(self._pause_s(running)):
                    await running.wake.wait()

    async def _run_once(self, running: _Running) -> None:
        state = running.state
        try:
            async with asyncio.timeout(running.job.run_s_max):
                await running.job.run()
        except Exception as error:
            state.failures_in_a_row += 1
            state.error = f"{type(error).__name__}: {error}"
            log.exception("job %s failed, for the %s. time in a row", state.name, state.failures_in_a_row)
        else:
            state.failures_in_a_row = 0
            state.error = None
        state.runs += 1
        state.ended_at = self._clock.now()

    def _pause_s(self, running: _Running) -> float:
        every_s = running.job.every_s
        pause = growing_pause(every_s, running.state.failures_in_a_row + 1, max(every_s, JOB_PAUSE_S_MAX))
        jitter = JOB_PAUSE_JITTER_PERCENT / 100
        return pause.total_seconds() * self._draw.uniform(1 - jitter, 1 + jitter)


# Queues


def growing_pause(first_s: float, tries: int, max_s: float) -> timedelta:
    """How long to wait after so many tries: `first_s` after the first, twice as long after each, `max_s` at most."""
    return timedelta(seconds=min(first_s * 2.0 ** min(max(tries - 1, 0), 30), max_s))


async def handle_each(
    items: Iterable[Item],
    handle: Callable[[Item], Awaitable[object]],
    postpone: Callable[[Item, str], Awaitable[object]] | None,
    *,
    name: Callable[[Item], str],
    at_once: int,
) -> list[Exception]:
    """Handle items of a queue, so many at once and each alone: what breaks at one of them stops no other.

    It is logged under the item's name, and the item is postponed with what it failed with; None: whoever took the item
    has set its next time already. All have ended when this ends, and when it is cancelled.

    Returns what was raised, for queues that have no other place to show it.
    """
    turns = asyncio.Semaphore(at_once)
    failures: list[Exception] = []

    async def handle_one(item: Item) -> None:
        async with turns:
            try:
                await _unless_cancelled(handle, item)
            except Exception as error:  # whatever it is, it is about this item
                log.exception("%s failed", name(item))
                failures.append(error)
                if postpone is not None:
                    await _postpone(item, error, postpone, name)

    async with asyncio.TaskGroup() as group:
        for item in items:
            group.create_task(handle_one(item))
    return failures


async def _unless_cancelled(handle: Callable[[Item], Awaitable[object]], item: Item) -> None:
    """A cancellation that comes from within, such as a library's own timeout, is a failure like any other."""
    try:
        await handle(item)
    except asyncio.CancelledError as error:
        task = asyncio.current_task()
        if task is not None and task.cancelling():
            raise
        raise RuntimeError("cancelled from within") from error


async def _postpone(
    item: Item,
    error: Exception,
    postpone: Callable[[Item, str], Awaitable[object]],
    name: Callable[[Item], str],
) -> None:
    try:
        await postpone(item, _words_of(error))
    except Exception:  # it is tried again when its lease ends
        log.exception("%s could not be postponed", name(item))


def _words_of(error: Exception) -> str:
    """What a failure says, such that a row can keep it: a provider's words may hold what PostgreSQL's text cannot."""
    words = f"{type(error).__name__}: {error}".replace("\0", "")
    return words.encode(errors="replace").decode()[:QUEUE_ERROR_LENGTH_MAX]
