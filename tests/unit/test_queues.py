"""Items of a queue, each handled on its own; what is kept of a failure; pauses that grow."""

import asyncio

import pytest

from plaudit.limits import QUEUE_ERROR_LENGTH_MAX
from plaudit.problems import NotFound, TooBusy
from plaudit.providers import ProviderRefused
from plaudit.queues import Backoff, TryFailed, failure_of, handle_each


async def test_each_item_is_handled_alone() -> None:
    """One that breaks, and one of which that cannot be noted either, stop no other."""
    handled, noted = [], []

    async def handle(item: int) -> None:
        if item in {1, 2}:
            raise RuntimeError(f"item {item}")
        await asyncio.sleep(0)
        handled.append(item)

    async def failed(item: int, error: Exception) -> None:
        if item == 2:
            raise OSError("nowhere to note it")
        noted.append((item, str(error)))

    await handle_each(range(5), handle, failed, at_once=2)
    assert handled == [0, 3, 4]
    assert noted == [(1, "item 1")]


async def test_a_cancellation_from_within_is_a_failure() -> None:
    handled, noted = [], []

    async def handle(item: int) -> None:
        if item == 0:
            raise asyncio.CancelledError
        handled.append(item)

    async def failed(item: int, error: Exception) -> None:
        noted.append((item, str(error)))

    await handle_each(range(3), handle, failed, at_once=1)
    assert handled == [1, 2]
    assert noted == [(0, "cancelled from within")]


async def test_so_many_items_are_handled_at_once() -> None:
    under_way, most = 0, 0

    async def handle(_: int) -> None:
        nonlocal under_way, most
        under_way += 1
        most = max(most, under_way)
        await asyncio.sleep(0)
        under_way -= 1

    async def failed(_: int, error: Exception) -> None:
        raise error

    await handle_each(range(20), handle, failed, at_once=3)
    assert most == 3


async def test_nothing_goes_on_when_the_job_is_cancelled() -> None:
    begun, ended, noted = asyncio.Event(), [], []

    async def handle(item: int) -> None:
        begun.set()
        try:
            await asyncio.Event().wait()
        finally:
            ended.append(item)

    async def failed(item: int, error: Exception) -> None:
        noted.append((item, error))

    before = asyncio.all_tasks()
    job = asyncio.create_task(handle_each(range(5), handle, failed, at_once=2))
    await begun.wait()
    await asyncio.sleep(0)
    job.cancel()
    with pytest.raises(asyncio.CancelledError):
        await job
    assert sorted(ended) == [0, 1]
    assert noted == [], "to be stopped is no failure"
    assert asyncio.all_tasks() == before


def test_the_pause_doubles_up_to_a_limit() -> None:
    backoff = Backoff(10, 3_600)
    pauses = [backoff.pause(tries).total_seconds() for tries in (0, 1, 2, 3, 9, 10, 1_000_000)]
    assert pauses == [10, 10, 20, 40, 2_560, 3_600, 3_600]


def test_a_failure_is_a_code_and_words() -> None:
    assert failure_of(TooBusy()).code == "too_busy"
    assert failure_of(ProviderRefused("stripe", "no such payment")) == ("provider_refused", "no such payment")
    assert failure_of(NotFound("There is no such app store here.")).words == "There is no such app store here."
    assert failure_of(TryFailed("payment_open", "the payment is open")) == ("payment_open", "the payment is open")
    assert failure_of(KeyError("nobody thought of it")) == ("key_error", "KeyError: 'nobody thought of it'")


def test_a_providers_words_are_for_operators() -> None:
    refused = ProviderRefused("stripe", "no such payment: pi_1 of Ada")
    assert "Ada" in str(refused)
    assert "Ada" not in str(refused.as_dict())


def test_what_may_be_the_data_of_a_row_is_not_kept() -> None:
    said = RuntimeError("new row breaks a rule\nDETAIL: Failing row contains (DE89370400440532013000)")
    assert failure_of(said).words == "RuntimeError: new row breaks a rule"


def test_words_fit_into_a_row() -> None:
    words = failure_of(RuntimeError("\0\ud800" + "x" * 1_000)).words
    assert words.startswith("RuntimeError: ?x")
    assert len(words) == QUEUE_ERROR_LENGTH_MAX
