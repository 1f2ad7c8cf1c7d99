"""What creators received, summed, over HTTP."""

from datetime import UTC, date, timedelta
from typing import Annotated

import msgspec
from litestar import Router, get
from litestar.di import NamedDependency
from litestar.params import Parameter
from msgspec import Meta

from plaudit.creators.totals import actions
from plaudit.creators.totals.model import By, Period, Total
from plaudit.injected import Clock, Database
from plaudit.limits import PAGE_LENGTH_DEFAULT, TOTALS_DAYS_DEFAULT, TOTALS_DAYS_MAX
from plaudit.pages import Limit
from plaudit.people.access import Access
from plaudit.people.actions import card_of, people_by_ids
from plaudit.people.injected import Caller
from plaudit.people.model import HIDDEN, HIDDEN_CARD, PersonCard, Scope
from plaudit.problems import InvalidField
from plaudit.rules.memory import Rules
from plaudit.videos.reading import videos_by_ids


class TotalAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """What came in on a day, in a room, on a video, of an item or from a supporter; the others are null."""

    day: Annotated[date | None, Meta(description="By UTC.")] = None
    room_id: str | None = None
    video_id: str | None = None
    video_title: Annotated[
        str | None,
        Meta(
            description="What it is called; of another's that is private, or gone, as it was called when everybody"
            " could look at it last."
        ),
    ] = None
    item_id: int | None = None
    supporter: Annotated[PersonCard | None, Meta(description="All who hide are one, nobody, whose id is `0`.")] = None
    gifts: Annotated[int, Meta(description="All of them, those that were taken back included.")]
    coins_received: int
    coins_taken_back: Annotated[
        int, Meta(description="Of `coins_received`, those whose money went back to whoever paid. The rest stands.")
    ]


class TotalList(msgspec.Struct, frozen=True, kw_only=True):
    """Days in their order; anything else with most coins that stand first."""

    first_day: date
    last_day: date
    items: list[TotalAnswer]
    behind: Annotated[
        int,
        Meta(
            description="What arrived in the creator's shard and is not in the totals yet: little while gifts come,"
            " much while all of the past is summed anew."
        ),
    ]


def period_of(first: date | None, last: date | None, today: date) -> Period:
    """The days that are asked for; without any, the last TOTALS_DAYS_DEFAULT.

    Raises:
        InvalidField: it ends before it begins, or is longer than TOTALS_DAYS_MAX.
    """
    until = last or today
    since = first or until - timedelta(days=TOTALS_DAYS_DEFAULT - 1)
    if since > until:
        raise InvalidField(field="query.last_day", reason=f"must not be before {since}")
    if (until - since).days >= TOTALS_DAYS_MAX:
        raise InvalidField(field="query.first_day", reason=f"must be at most {TOTALS_DAYS_MAX} days before {until}")
    return Period(since, until)


@get(
    "/v1/creators/me/totals",
    access=Access.CREATOR,
    scope=Scope.MONEY_READ,
    operation_id="GetTotals",
    tags=["Creators"],
    summary="What I received, by day, room, video, item or supporter",
)
async def get_totals(
    caller: Caller,
    database: Database,
    clock: Clock,
    rules: NamedDependency[Rules],
    by: Annotated[By, Parameter(description="What is summed by.")] = "day",
    first_day: Annotated[date | None, Parameter(description="By UTC; without it, 30 days.")] = None,
    last_day: Annotated[date | None, Parameter(description="By UTC; without it, today.")] = None,
    limit: Limit = PAGE_LENGTH_DEFAULT,
) -> TotalList:
    """Gifts are counted on the day they were delivered. What was taken back is taken off that day, and put back with a
    dispute that was won. `limit` is for rooms, videos, items and supporters; of days all are told. Most coins
    first; of supporters, where money alone may rank nobody, most gifts."""
    period = period_of(first_day, last_day, clock.now().astimezone(UTC).date())
    by_gifts = by == "supporter" and bool(await rules.unranked({caller.person_id}))
    async with database.snapshot() as connection:
        if by == "day":
            found = await actions.totals_by_day(connection, caller.person_id, period)
        else:
            found = await actions.totals_by(connection, caller.person_id, by, period, limit, by_gifts=by_gifts)
        people = await people_by_ids(connection, [one.key for one in found] if by == "supporter" else [])
        videos = await videos_by_ids(connection, [one.key for one in found] if by == "video" else [])
        behind = await actions.behind(connection, caller.person_id)
    cards = {HIDDEN: HIDDEN_CARD} | {person_id: card_of(person) for person_id, person in people.items()}
    titles = {one.id: one.as_known_to(caller.person_id, clock.now()).title for one in videos}
    return TotalList(
        first_day=period.first,
        last_day=period.last,
        items=[_answer(by, one, cards, titles) for one in found],
        behind=behind,
    )


def _answer(by: By, total: Total, cards: dict[int, PersonCard], titles: dict[int, str]) -> TotalAnswer:
    return TotalAnswer(
        day=total.day,
        room_id=str(total.key) if by == "room" else None,
        video_id=str(total.key) if by == "video" else None,
        video_title=titles.get(total.key) or None,
        item_id=total.key if by == "item" else None,
        supporter=cards.get(total.key) if by == "supporter" else None,
        gifts=total.gifts,
        coins_received=total.coins_received,
        coins_taken_back=total.coins_taken_back,
    )


router = Router("/", route_handlers=[get_totals])
