"""What was given on videos over HTTP: the timeline, who gave most, and what was given last."""

from collections.abc import Collection, Sequence
from typing import Annotated

import msgspec
from litestar import Router, get
from litestar.di import NamedDependency
from litestar.params import Parameter
from msgspec import Meta

from plaudit.connections import Connection
from plaudit.gifts.model import moment
from plaudit.injected import Clock, Database
from plaudit.limits import (
    TIMELINE_MARKS_DEFAULT,
    TIMELINE_MARKS_MAX,
    TIMELINE_SENDERS_MAX,
    TOP_GIFTERS_LENGTH,
    VIDEO_GIVERS_MAX,
)
from plaudit.live.hub import Hub
from plaudit.live.message import cursor_of
from plaudit.people.access import Access
from plaudit.people.actions import card_of, people_by_ids
from plaudit.people.injected import CallerOrGuest
from plaudit.people.model import HIDDEN, HIDDEN_CARD, PersonCard
from plaudit.rules.memory import Rules
from plaudit.videos.creator_api import VideoId
from plaudit.videos.given import actions
from plaudit.videos.given.model import Giver, LastGift, Mark
from plaudit.videos.model import VideoDeleted, VideoForAdults, VideoPrivate, VideoUnknown
from plaudit.videos.showing import Key, Onlooker, require_shown

TAGS = ["Videos"]

Behind = Annotated[
    int,
    Meta(
        description="What was delivered and taken back near the video and is not summed yet: little while gifts come,"
        " much while all of the past is summed anew."
    ),
]


class TimelineMark(msgspec.Struct, frozen=True):
    """Gifts at a moment of the video; those of moments that are near are merged."""

    at_ms: Annotated[int, Meta(description="Where in the video; of merged ones, where most coins were given.")]
    count: Annotated[int, Meta(description="How many gifts.")]
    coins: int
    item_id: Annotated[int, Meta(description="The item of most coins at `at_ms`.")]
    senders: Annotated[
        list[PersonCard],
        Meta(description="A few who gave at `at_ms`, most coins first; who hides is not among them."),
    ]
    givers: Annotated[
        int | None,
        Meta(description="How many people gave, each once; null: more than `senders`, for some hide or they are many."),
    ]


class VideoTimeline(msgspec.Struct, frozen=True):
    """What was given at which moment and stands."""

    cursor: Annotated[
        str, Meta(description="Up to which frame of the video it goes: with it, the events bring what is missing.")
    ]
    marks: Annotated[list[TimelineMark], Meta(description="In the order of the video.")]
    behind: Behind


class VideoGiver(msgspec.Struct, frozen=True):
    """Somebody among the most generous of a video."""

    rank: int
    person: PersonCard
    coins: int
    gifts: int


class VideoGift(msgspec.Struct, frozen=True, kw_only=True):
    """A gift on a video."""

    id: str
    at: Annotated[str, Meta(description="When it was given: RFC 3339, UTC.")]
    sender: Annotated[PersonCard, Meta(description="Nobody, whose id is `0`, where it is not told.")]
    item_id: int
    count: int
    coins: Annotated[int, Meta(description="What was paid for all `count` of them.")]
    position_ms: Annotated[int | None, Meta(description="Where in the video.")]
    message: str | None


class VideoGivers(msgspec.Struct, frozen=True):
    """Who gave, of what was not taken back."""

    coins: Annotated[int, Meta(description="In all, of those who hide too.")]
    gifts: int
    top: Annotated[list[VideoGiver], Meta(description="Most coins first; who hides is not among them.")]
    ranked: Annotated[
        bool,
        Meta(description="Whether people are ranked by coins; else, by the rules of a place, nobody is in `top`."),
    ]
    last: Annotated[list[VideoGift], Meta(description="The newest first, as new as the frames.")]
    behind: Behind


@get(
    "/v1/videos/{video_id:str}/timeline",
    access=Access.PUBLIC,
    operation_id="GetVideoTimeline",
    tags=TAGS,
    summary="What was given at which moment of a video",
    problems=(VideoDeleted, VideoForAdults, VideoPrivate, VideoUnknown),
)
async def get_timeline(
    video_id: VideoId,
    caller: CallerOrGuest,
    database: Database,
    clock: Clock,
    hub: NamedDependency[Hub],
    marks: Annotated[
        int, Parameter(ge=1, le=TIMELINE_MARKS_MAX, description="How many marks at most: gifts are merged into these.")
    ] = TIMELINE_MARKS_DEFAULT,
    key: Key = None,
) -> VideoTimeline:
    """However much was given. Gifts are at the second in which they were given; one without a moment is at none."""
    async with database.snapshot() as connection:
        shown = await require_shown(connection, int(video_id), Onlooker(caller, key), clock.now())
        given = await actions.given_on(connection, shown.shard, shown.id)
        found = await actions.timeline(connection, shown.shard, shown.id, shown.duration_ms, marks)
        behind = await actions.behind(connection, shown.shard)
        cards = await _cards(connection, {one for mark in found for one in _senders(mark)})
    merged = [_mark(mark, cards) for mark in found]
    return VideoTimeline(cursor_of(hub.reader.epoch, given.seq), merged, behind)


def _senders(mark: Mark) -> list[int]:
    """Each once, the dearest first."""
    told = [giver_id for giver_id in dict.fromkeys(mark.giver_ids) if giver_id != HIDDEN]
    return told[:TIMELINE_SENDERS_MAX]


def _mark(mark: Mark, cards: dict[int, PersonCard]) -> TimelineMark:
    senders = [cards[person_id] for person_id in _senders(mark) if person_id in cards]
    return TimelineMark(mark.second * 1000, mark.gifts, mark.coins, mark.item_ids[0], senders, mark.givers)


@get(
    "/v1/videos/{video_id:str}/givers",
    access=Access.PUBLIC,
    operation_id="GetVideoGivers",
    tags=TAGS,
    summary="Who gave on a video",
    problems=(VideoDeleted, VideoForAdults, VideoPrivate, VideoUnknown),
)
async def get_givers(
    video_id: VideoId,
    caller: CallerOrGuest,
    database: Database,
    clock: Clock,
    rules: NamedDependency[Rules],
    limit: Annotated[
        int, Parameter(ge=1, le=VIDEO_GIVERS_MAX, description="How many of the most generous.")
    ] = TOP_GIFTERS_LENGTH,
    key: Key = None,
) -> VideoGivers:
    """Those who gave most, and the last gifts."""
    async with database.snapshot() as connection:
        shown = await require_shown(connection, int(video_id), Onlooker(caller, key), clock.now())
        given = await actions.given_on(connection, shown.shard, shown.id)
        top = await actions.top_givers(connection, shown.shard, shown.id, limit)
        last = await actions.last_gifts(connection, shown.shard, shown.id)
        behind = await actions.behind(connection, shown.shard)
        cards = await _cards(connection, {*(one.person_id for one in top), *(one.viewer_id for one in last)} - {HIDDEN})
    both = {shown.owner_id, caller.person_id if caller and caller.person_id else shown.owner_id}
    ranked = not await rules.unranked(both)
    newest = [_gift(gift, cards) for gift in last]
    return VideoGivers(given.coins, given.gifts, _top(top, cards) if ranked else [], ranked, newest, behind)


def _top(givers: Sequence[Giver], cards: dict[int, PersonCard]) -> list[VideoGiver]:
    known = [giver for giver in givers if giver.person_id in cards]
    return [VideoGiver(rank, cards[one.person_id], one.coins, one.gifts) for rank, one in enumerate(known, 1)]


def _gift(gift: LastGift, cards: dict[int, PersonCard]) -> VideoGift:
    return VideoGift(
        id=str(gift.gift_id),
        at=moment(gift.at),
        sender=cards.get(gift.viewer_id, HIDDEN_CARD),
        item_id=gift.item_id,
        count=gift.count,
        coins=gift.coins,
        position_ms=gift.position_ms,
        message=gift.message,
    )


async def _cards(connection: Connection, ids: Collection[int]) -> dict[int, PersonCard]:
    people = await people_by_ids(connection, ids)
    return {person_id: card_of(person) for person_id, person in people.items()}


router = Router("/", route_handlers=[get_timeline, get_givers])
