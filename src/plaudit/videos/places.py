"""Videos as gifts find them: in memory while gifts come to them, and what each refuses."""

import asyncio
import hashlib
import time
from collections import OrderedDict
from collections.abc import Iterable, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from typing import TypeAlias

import msgspec

from plaudit.clock import Clock
from plaudit.db import Database
from plaudit.gifts.model import Item
from plaudit.gifts.places import Giver
from plaudit.ledger.model import GiftOrder
from plaudit.limits import (
    CALLER_CACHE_S,
    VIDEO_FRESH_MS,
    VIDEO_TOKENS_KNOWN_MAX,
    VIDEOS_KNOWN_MAX,
    VIDEOS_READ_AT_ONCE_MAX,
)
from plaudit.people.doorkeeper import Doorkeeper
from plaudit.people.model import TokenNotValid
from plaudit.problems import Problem
from plaudit.settings import Settings
from plaudit.videos import actions, reading
from plaudit.videos.eligibility import Occasion, Refusal, Rule, asks_where, is_for_videos, refusal_for
from plaudit.videos.model import Video, VideoUnknown
from plaudit.videos.refusals import (
    BY_CODE,
    ItemNotForVideos,
    MessagesOff,
    PositionBeyondEnd,
    ReceiverNotTheOwner,
    VideoTokenNotValid,
    VideoTooNew,
)


class VideoPlace(msgspec.Struct, frozen=True):
    """A video that gifts are given on, and the rule for all of them, as `gifts.places` asks them."""

    video: Video
    rule: Rule

    @property
    def id(self) -> int:
        return self.video.id

    @property
    def creator_id(self) -> int:
        return self.video.owner_id

    @property
    def shard(self) -> int:
        return self.video.shard

    @property
    def asks_where(self) -> bool:
        return asks_where(self.video, self.rule)

    def refusal(self, gift: GiftOrder, item: Item, giver: Giver, now: datetime) -> Problem | None:
        """Why this may not be given on the video; None: it may."""
        video, rule = self.video, self.rule
        issuer_id = giver.issuer_id or 0  # who gives is no guest: of whom no platform is known, it is another one
        occasion = Occasion(
            person_id=giver.person_id, issuer_id=issuer_id, countries=giver.countries, rule=rule, now=now
        )
        if code := refusal_for(video, occasion):
            return self._problem(code)
        if gift.creator_id != video.owner_id:
            return ReceiverNotTheOwner(owner_id=str(video.owner_id))
        if not is_for_videos(item, rule):
            return ItemNotForVideos(item_id=item.id, coins_min=rule.coins_min, coins_max=rule.coins_max)
        if gift.position_ms is not None and gift.position_ms > video.duration_ms:
            return PositionBeyondEnd(field="body.position_ms", duration_ms=video.duration_ms)
        return MessagesOff() if gift.message and not video.messages_enabled else None

    def _problem(self, code: Refusal) -> Problem:
        if code is Refusal.TOO_NEW:
            assert self.video.published_at is not None  # or it would be refused for its state
            return VideoTooNew(opens_at=self.video.published_at + timedelta(seconds=self.rule.public_s_min))
        return BY_CODE[code]()


_Wanted: TypeAlias = asyncio.Future[VideoPlace | None]


class _Query(msgspec.Struct, frozen=True):
    """A query for videos that are looked for, and what changed since it began. Who waits for it gets what it reads,
    whatever changes then: it began after they asked."""

    wanted: dict[int, _Wanted]
    changed: set[int] = msgspec.field(default_factory=set)
    changed_of: set[int] = msgspec.field(default_factory=set)

    def answers(self, video_id: int) -> _Wanted | None:
        """What who looks for a video now may wait for; whose one is that is being read, nobody knows yet."""
        return None if self.changed_of or video_id in self.changed else self.wanted.get(video_id)

    def is_late_for(self, place: VideoPlace) -> bool:
        """Whether a video that was read may be other by now."""
        return place.id in self.changed or place.creator_id in self.changed_of


class VideoPlaces:
    """Videos at hand, each for VIDEO_FRESH_MS. All that are looked for while one query is under way are read by the
    next; one that nobody gives on costs nothing."""

    def __init__(self, database: Database, doorkeeper: Doorkeeper, settings: Settings, clock: Clock) -> None:
        self._database = database
        self._doorkeeper = doorkeeper
        self._settings = settings
        self._clock = clock
        self._rule = Rule.of(settings)
        self._known: OrderedDict[int, tuple[float, VideoPlace]] = OrderedDict()  # in the order of reading
        self._missing: dict[int, _Wanted] = {}  # for the next query
        self._under_way = _Query({})
        self._reader: asyncio.Task[None] | None = None
        self._tokens: OrderedDict[bytes, tuple[float, int]] = OrderedDict()

    async def start(self) -> None:
        """Nothing waits for the first gift."""

    async def stop(self) -> None:
        if self._reader:
            self._reader.cancel()
            with suppress(asyncio.CancelledError):
                await self._reader
        for wanted in (*self._under_way.wanted.values(), *self._missing.values()):
            wanted.cancel()

    def at_hand(self, video_id: int) -> VideoPlace | None:
        """The video, at most VIDEO_FRESH_MS old; None: not at hand."""
        known = self._known.get(video_id)
        return known[1] if known and _is_fresh(known[0]) else None

    async def find(self, video_id: int) -> VideoPlace:
        """The same, read when it is not at hand.

        Raises:
            VideoUnknown: there is none.
        """
        if found := self.at_hand(video_id):
            return found
        wanted = self._under_way.answers(video_id) or self._missing.get(video_id)
        if wanted is None:
            wanted = self._missing[video_id] = asyncio.get_running_loop().create_future()
        if self._reader is None:
            self._reader = asyncio.create_task(self._read_missing(), name="videos that gifts go to")
        place = await asyncio.shield(wanted)
        if place is None:
            raise VideoUnknown
        return place

    async def named_by(self, token: str) -> int:
        """The video that its platform vouches for in a token, made known by it. A token that was used once changes
        nothing more, so its video is remembered for CALLER_CACHE_S.

        Raises:
            VideoTokenNotValid: it is not good.
            IssuerUnreachable, InvalidField, PersonUnknown, NotACreator, MediaOriginNotAllowed, MediaNotEncrypted: as
                `actions.by_token`.
        """
        fingerprint, now = hashlib.sha256(token.encode("utf-8", "surrogateescape")).digest(), time.monotonic()
        known = self._tokens.get(fingerprint)
        if known and now - known[0] < CALLER_CACHE_S:
            return known[1]
        try:
            video = await actions.by_token(self._database, self._doorkeeper, token, self._settings, self._clock)
        except TokenNotValid as error:
            raise VideoTokenNotValid(error.detail, reason=error.fields["reason"]) from error
        self.changed([video])
        self._tokens[fingerprint] = now, video.id
        self._tokens.move_to_end(fingerprint)
        while len(self._tokens) > VIDEO_TOKENS_KNOWN_MAX:
            self._tokens.popitem(last=False)
        return video.id

    def changed(self, videos: Iterable[Video]) -> None:
        """Read these again, if they are not as they are at hand: whoever changes one says so after the commit."""
        for video in videos:
            known = self._known.get(video.id)
            if known and not _is_same(known[1].video, video):
                del self._known[video.id]
            self._under_way.changed.add(video.id)

    def changed_of(self, creator_id: int) -> None:
        """Read all of a creator's again."""
        for video_id in [one for one, (_, place) in self._known.items() if place.creator_id == creator_id]:
            del self._known[video_id]
        self._under_way.changed_of.add(creator_id)

    async def _read_missing(self) -> None:
        try:
            while self._missing:
                ids = list(self._missing)[:VIDEOS_READ_AT_ONCE_MAX]
                query = self._under_way = _Query({video_id: self._missing.pop(video_id) for video_id in ids})
                found = await self._read(ids)
                for video_id, wanted in query.wanted.items():
                    place = found.get(video_id)
                    wanted.set_result(place)
                    if place and not query.is_late_for(place):
                        self._keep(place)
                self._under_way = _Query({})
        except Exception as error:
            for wanted in (*self._under_way.wanted.values(), *self._missing.values()):
                wanted.set_exception(error)
                wanted.exception()  # whoever waits still gets it; nobody may be waiting any more
            self._under_way, self._missing = _Query({}), {}
        finally:
            self._reader = None

    async def _read(self, ids: Sequence[int]) -> dict[int, VideoPlace]:
        async with self._database.read() as connection:
            videos = await reading.videos_by_ids(connection, ids)
        return {video.id: VideoPlace(video, self._rule) for video in videos}

    def _keep(self, place: VideoPlace) -> None:
        while self._known and (
            len(self._known) >= VIDEOS_KNOWN_MAX or not _is_fresh(next(iter(self._known.values()))[0])
        ):
            self._known.popitem(last=False)
        self._known[place.id] = time.monotonic(), place
        self._known.move_to_end(place.id)


def _is_fresh(read_at: float) -> bool:
    return time.monotonic() - read_at < VIDEO_FRESH_MS / 1000


def _is_same(known: Video, told: Video) -> bool:
    """Whether a word said nothing new, but when."""
    return msgspec.structs.replace(known, told_at=told.told_at) == told
