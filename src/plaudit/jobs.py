"""Periodic work of a process: each job in a task of its own, again and again, until the process stops."""

import asyncio
import contextlib
import logging
import random
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime

from plaudit.clock import Clock
from plaudit.limits import JOB_PAUSE_JITTER_PERCENT, JOB_PAUSE_S_MAX, JOB_RUN_S_MAX
from plaudit.queues import Backoff
from plaudit.tracing import begin_run

log = logging.getLogger(__name__)


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


def is_cancelled() -> bool:
    """Whether the task that asks is to end. A loop that goes on after errors asks: what failed while it was cancelled,
    such as a connection on its way back, may have taken the place of the cancellation."""
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0


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
        while not is_cancelled():
            running.wake.clear()
            await self._run_once(running)
            if is_cancelled():
                return
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(self._pause_s(running)):
                    await running.wake.wait()

    async def _run_once(self, running: _Running) -> None:
        state = running.state
        begin_run(state.name)
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
        pause = Backoff(every_s, max(every_s, JOB_PAUSE_S_MAX)).pause(running.state.failures_in_a_row + 1)
        jitter = JOB_PAUSE_JITTER_PERCENT / 100
        return pause.total_seconds() * self._draw.uniform(1 - jitter, 1 + jitter)
