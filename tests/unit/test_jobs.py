"""Periodic jobs: repetition, failures, waking, stopping."""

import asyncio
from random import Random

import pytest

from plaudit.clock import ManualClock
from plaudit.jobs import Job, JobRunner
from tests.support.waiting import WAIT_S, eventually


class Work:
    """A job's work that counts its runs and fails when it is told to."""

    def __init__(self, *, failing: bool = False) -> None:
        self.runs = 0
        self.failing = failing
        self.ran = asyncio.Event()

    async def __call__(self) -> None:
        self.runs += 1
        self.ran.set()
        if self.failing:
            raise RuntimeError("no")

    async def until(self, runs: int) -> None:
        while self.runs < runs:
            self.ran.clear()
            async with asyncio.timeout(WAIT_S):
                await self.ran.wait()


async def test_a_job_runs_again_and_again(clock: ManualClock) -> None:
    work = Work()
    runner = JobRunner([Job("work", 0.001, work)], clock)
    await runner.start()
    await work.until(5)
    await runner.stop()
    assert asyncio.all_tasks() == {asyncio.current_task()}, "somebody is left who could run it again"
    assert runner.states[0].ended_at == clock.now()
    assert runner.states[0].error is None


async def test_a_failing_job_is_tried_again_and_does_not_stop_the_others(clock: ManualClock) -> None:
    bad, good = Work(failing=True), Work()
    runner = JobRunner([Job("bad", 0.001, bad), Job("good", 0.001, good)], clock)
    await runner.start()
    await bad.until(3)
    await good.until(3)
    assert runner.states[0].failures_in_a_row >= 2
    assert runner.states[0].error == "RuntimeError: no"
    bad.failing = False
    await bad.until(bad.runs + 2)
    await runner.stop()
    assert runner.states[0].failures_in_a_row == 0
    assert runner.states[1].failures_in_a_row == 0


async def test_waking_ends_the_pause(clock: ManualClock) -> None:
    work = Work()
    runner = JobRunner([Job("work", 3600, work)], clock)
    await runner.start()
    await work.until(1)
    runner.wake("work")
    await work.until(2)
    await runner.stop()
    assert work.runs == 2


async def test_waking_a_job_under_way_runs_it_once_more(clock: ManualClock) -> None:
    may_end, work = asyncio.Event(), Work()

    async def slow() -> None:
        await work()
        await may_end.wait()

    runner = JobRunner([Job("slow", 3600, slow)], clock)
    await runner.start()
    await work.until(1)
    runner.wake("slow")
    may_end.set()
    await work.until(2)
    await runner.stop()
    assert work.runs == 2


async def test_stopping_ends_a_run_under_way(clock: ManualClock) -> None:
    work, ended = Work(), False

    async def endless() -> None:
        nonlocal ended
        try:
            await work()
            await asyncio.Event().wait()
        finally:
            ended = True

    runner = JobRunner([Job("endless", 1, endless)], clock)
    await runner.start()
    await work.until(1)
    await runner.stop()
    assert ended


async def test_a_run_without_end_is_a_failure(clock: ManualClock) -> None:
    runner = JobRunner([Job("endless", 0.001, asyncio.Event().wait, run_s_max=0.01)], clock)
    await runner.start()
    await eventually(lambda: runner.states[0].failures_in_a_row >= 2, "it has failed twice")
    await runner.stop()
    assert runner.states[0].error == "TimeoutError: "


def test_pauses_grow_with_failures_up_to_a_limit(clock: ManualClock) -> None:
    runner = JobRunner([Job("work", 10, Work()), Job("daily", 86_400, Work())], clock, Random(1))
    work, daily = runner._running.values()
    pauses = []
    for failures in range(40):
        work.state.failures_in_a_row = daily.state.failures_in_a_row = failures
        pauses.append(runner._pause_s(work))
        assert 86_400 * 0.9 <= runner._pause_s(daily) <= 86_400 * 1.1
    assert 9 <= pauses[0] <= 11
    assert 18 <= pauses[1] <= 22
    assert 270 <= min(pauses[6:]) <= max(pauses[6:]) <= 330


def test_two_jobs_of_one_name_are_refused(clock: ManualClock) -> None:
    with pytest.raises(ValueError, match="two jobs"):
        JobRunner([Job("work", 1, Work()), Job("work", 1, Work())], clock)


async def test_a_job_ends_whose_cancellation_became_another_error(clock: ManualClock) -> None:
    """As when what it holds cannot be given back any more."""
    begun = asyncio.Event()

    async def work() -> None:
        begun.set()
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            raise RuntimeError("not given back") from None

    runner = JobRunner([Job("work", 0.001, work)], clock)
    await runner.start()
    async with asyncio.timeout(WAIT_S):
        await begun.wait()
        await runner.stop()
    assert runner.states[0].runs == 1
