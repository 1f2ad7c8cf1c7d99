"""How the queues stand, over HTTP, for operators."""

from datetime import datetime
from typing import Annotated

import msgspec
from litestar import Router, get
from msgspec import Meta

from plaudit.backlog.reading import QueueStanding, standings
from plaudit.injected import Clock, Database
from plaudit.limits import QUEUE_STUCK_TRIES
from plaudit.people.access import Access


class FailureCount(msgspec.Struct, frozen=True):
    """How many items of a queue failed with the same."""

    code: Annotated[str, Meta(description="Of a problem, or of what broke: stable, and without what is secret.")]
    items: int


class QueueAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """A queue of work nobody waits for, as it stands now."""

    name: Annotated[str, Meta(description="That of the job that works on it.", examples=["selling.inbox"])]
    what: Annotated[str, Meta(description="What is done with an item.")]
    waiting: Annotated[int, Meta(description="Items in it, due or not.")]
    overdue: Annotated[int, Meta(description="Items whose time has come, and nobody is at them.")]
    under_way: Annotated[int, Meta(description="Items some worker is at.")]
    failing: Annotated[int, Meta(description="Items whose last try failed. Each is tried again by itself.")]
    stuck: Annotated[int, Meta(description=f"Those of them that were tried {QUEUE_STUCK_TRIES} times at least.")]
    since: Annotated[datetime | None, Meta(description="Since when the oldest item is in it; null: it is empty.")]
    overdue_since: Annotated[datetime | None, Meta(description="Since when an item is overdue; null: none is.")]
    late: Annotated[int, Meta(description="Items whose time is over by which somebody outside wanted them done.")]
    wanted_by: Annotated[
        datetime | None, Meta(description="The earliest such time of an item; null: nobody outside sets one.")
    ]
    failed_with: Annotated[list[FailureCount], Meta(description="What they failed with, the most frequent first.")]


class QueueList(msgspec.Struct, frozen=True):
    """All queues."""

    items: list[QueueAnswer]


def queue_answer(one: QueueStanding) -> QueueAnswer:
    figures = msgspec.structs.asdict(one.standing)
    counted = sorted(figures.pop("failed_with").items(), key=lambda pair: (-pair[1], pair[0]))
    failed_with = [FailureCount(code, items) for code, items in counted]
    return QueueAnswer(name=one.name, what=one.what, failed_with=failed_with, **figures)


@get(
    "/v1/operator/queues",
    access=Access.OPERATOR,
    operation_id="ListQueues",
    tags=["Operator"],
    summary="How much waits in each queue",
)
async def list_queues(database: Database, clock: Clock) -> QueueList:
    """Work that is done after an answer was given: how much of it waits, since when, and what failed."""
    async with database.read() as connection:
        return QueueList([queue_answer(one) for one in await standings(connection, clock.now())])


router = Router("/", route_handlers=[list_queues])
