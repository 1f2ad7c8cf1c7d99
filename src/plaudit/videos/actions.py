"""What changes videos: the word of their platform, by call or by token, and what creators decide of theirs."""

import secrets
from collections.abc import Callable, Collection, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

from plaudit.clock import Clock
from plaudit.connections import Connection
from plaudit.db import Database
from plaudit.limits import VIDEO_KEY_BITS, VIDEO_TOKEN_LIFETIME_S_MAX, VIDEO_TOLD_AHEAD_S_MAX
from plaudit.media import require_loadable
from plaudit.moments import OUT_OF_RANGE, out_of_range
from plaudit.people.doorkeeper import Doorkeeper
from plaudit.people.model import TokenNotValid
from plaudit.people.telling import KnownSubject, NotACreator, PersonUnknown, known_subjects
from plaudit.problems import InvalidField, Problem
from plaudit.settings import Settings
from plaudit.statements import statements
from plaudit.texts import require_readable
from plaudit.videos import reading
from plaudit.videos.model import (
    HIDDEN,
    SHOWN_TO_ALL,
    NotYourVideo,
    Video,
    VideoDeleted,
    VideoToTell,
)
from plaudit.wire import decode_body

SQL = statements(__file__)

_NEWER = timedelta(microseconds=1)
_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


async def tell(
    connection: Connection,
    issuer_id: int,
    videos: Mapping[str, VideoToTell],
    settings: Settings,
    clock: Clock,
    random_bits: Callable[[int], int] = secrets.randbits,
) -> list[Video | Problem]:
    """Keep what a platform says of its videos, each with its place in the request. Each is answered by itself, as it
    stands afterwards: a word that comes late changes nothing; one that says no time is newer than all before it, also
    than those of a clock that is ahead. A video that is new gets its key.

    A problem may be an InvalidField, PersonUnknown or NotACreator (of the owner), MediaOriginNotAllowed or
    MediaNotEncrypted.
    """
    now = clock.now()
    owners = await known_subjects(connection, issuer_id, {video.owner_subject for video in videos.values()})
    good: dict[str, tuple[int, VideoToTell, datetime]] = {}
    answers: list[str | Problem] = []
    for place, video in videos.items():
        try:
            owner_id = _check(place, video, owners, settings, now)
        except Problem as problem:
            answers.append(problem)
            continue
        answers.append(video.external_id)
        before = good[video.external_id][2] if video.external_id in good else _LONG_AGO
        at = video.told_at or max(now, before + _NEWER)
        if before <= at:
            good[video.external_id] = owner_id, video, at
    await connection.execute(SQL["lock_videos"], issuer_id, list(good))
    keys = [f"{random_bits(VIDEO_KEY_BITS):0{VIDEO_KEY_BITS // 4}x}" for _ in good]
    await connection.execute(SQL["tell_videos"], issuer_id, now, *_columns(good.values()), keys)
    kept = await reading.videos_told(connection, issuer_id, list(good))
    return [kept[one] if isinstance(one, str) else one for one in answers]


def _columns(videos: Collection[tuple[int, VideoToTell, datetime]]) -> tuple[list[Any], ...]:
    """Owner, facts and times of videos as arrays, in the order of the statement `tell_videos`; lists of territories are
    texts, because an array of arrays cannot hold lists of several lengths."""
    return (
        [video.external_id for _, video, _ in videos],
        [owner_id for owner_id, _, _ in videos],
        [video.title for _, video, _ in videos],
        [video.duration_ms for _, video, _ in videos],
        [video.cover_url for _, video, _ in videos],
        [video.hls_url for _, video, _ in videos],
        [video.state for _, video, _ in videos],
        [video.published_at for _, video, _ in videos],
        [None if video.territories_allowed is None else " ".join(video.territories_allowed) for _, video, _ in videos],
        [" ".join(video.territories_blocked) for _, video, _ in videos],
        [video.music_restricted for _, video, _ in videos],
        [at for _, _, at in videos],
        [video.told_at is not None for _, video, _ in videos],
    )


def _check(
    place: str, video: VideoToTell, owners: Mapping[str, KnownSubject], settings: Settings, now: datetime
) -> int:
    """The owner of a video, if it can be kept. What hides it asks no more than who has it: where its pictures lie is
    shown to nobody then, and nobody earns on it."""
    if where := out_of_range(video, VideoToTell, place):
        raise InvalidField(field=where, reason=OUT_OF_RANGE)
    require_readable(video.title, f"{place}.title")
    if video.state == "published" and video.published_at is None:
        raise InvalidField(field=f"{place}.published_at", reason="is needed of a video that is published")
    if video.territories_allowed is not None and video.territories_blocked:
        raise InvalidField(field=f"{place}.territories_blocked", reason="may not be given beside territories_allowed")
    _check_told_at(f"{place}.told_at", video.told_at, now)
    for field in ("cover_url", "hls_url"):
        if video.state not in HIDDEN and (address := getattr(video, field)):
            require_loadable(address, f"{place}.{field}", settings)
    owner = owners.get(video.owner_subject)
    if owner is None:
        raise PersonUnknown(field=f"{place}.owner_subject", subject=video.owner_subject)
    if video.state in SHOWN_TO_ALL and not owner.is_creator:
        raise NotACreator(field=f"{place}.owner_subject", subject=video.owner_subject)
    return owner.id


def _check_told_at(field: str, told_at: datetime | None, now: datetime) -> None:
    """A clock that is far ahead would keep out every later word."""
    if told_at is not None and told_at > now + timedelta(seconds=VIDEO_TOLD_AHEAD_S_MAX):
        raise InvalidField(field=field, reason="is to come")


async def forget(
    connection: Connection, issuer_id: int, external_id: str, told_at: datetime | None, clock: Clock
) -> Video:
    """A video is deleted, unless something newer is known of it. The row stays: what was given on it names it.

    Raises:
        InvalidField: `told_at` is to come.
        VideoUnknown: the platform has told of none that is called so.
    """
    now = clock.now()
    _check_told_at("query.told_at", told_at, now)
    await connection.execute(SQL["forget_video"], issuer_id, external_id, now, told_at)
    return await reading.require_told(connection, issuer_id, external_id)


async def by_token(database: Database, doorkeeper: Doorkeeper, token: str, settings: Settings, clock: Clock) -> Video:
    """The video that a platform vouches for in a token of its own, made or brought up to date when the token is newer
    than what is known. Not inside a transaction: the platform's keys may have to be fetched.

    The token is a JWT signed as those of people, with the audience `plaudit:video`, `iat`, `exp` at most a day later,
    no `sub`, and the claim `video`: an entry of POST /v1/videos:batch, without `told_at`, which is `iat`.

    Raises:
        TokenNotValid, IssuerUnreachable: the token is not good, or cannot be checked just now.
        InvalidField, PersonUnknown, NotACreator, MediaOriginNotAllowed, MediaNotEncrypted: what it says cannot be kept.
    """
    issuer, claims = await doorkeeper.statement(token, "video")
    said = _said_by(claims)
    async with database.read() as connection:
        known = (await reading.videos_told(connection, issuer.id, [said.external_id])).get(said.external_id)
    if known is not None and said.told_at is not None and known.told_at >= said.told_at:
        return known
    async with database.transaction() as connection:
        (told,) = await tell(connection, issuer.id, {"body.video_token.video": said}, settings, clock)
    if isinstance(told, Problem):
        raise told
    return told


def _said_by(claims: Mapping[str, Any]) -> VideoToTell:
    """What a verified token says of a video."""
    if claims["exp"] - claims["iat"] > VIDEO_TOKEN_LIFETIME_S_MAX:
        raise TokenNotValid("is good for more than a day")
    try:
        said = decode_body(msgspec.json.encode(claims.get("video")), VideoToTell)
    except Problem as problem:
        raise TokenNotValid(f"has a claim that does not fit: video: {problem}") from problem
    except (ValueError, OverflowError, RecursionError) as error:  # what JSON of Python can hold beyond that of others
        raise TokenNotValid(f"has a claim that does not fit: video: {error}") from error
    if said.told_at is not None:
        raise TokenNotValid("has a claim that does not fit: video: told_at is said by iat")
    return msgspec.structs.replace(said, told_at=datetime.fromtimestamp(claims["iat"], UTC))


async def takes_gifts(connection: Connection, creator_id: int) -> bool:
    """Whether a creator takes gifts on videos at all."""
    opted_in: bool = await connection.fetchval(SQL["is_opted_in"], creator_id)
    return opted_in


async def switch_all(connection: Connection, creator_id: int, clock: Clock, *, enabled: bool) -> bool:
    """A creator takes gifts on videos, or on none. What was said of single ones stays. False: it was so already."""
    if enabled:
        return bool(await connection.fetchval(SQL["opt_in"], creator_id, clock.now()))
    return bool(await connection.fetchval(SQL["opt_out"], creator_id))


async def takes_messages(connection: Connection, creator_id: int) -> bool:
    """Whether a creator takes words with gifts on videos."""
    opted_in: bool = await connection.fetchval(SQL["takes_messages"], creator_id)
    return opted_in


async def switch_messages(connection: Connection, creator_id: int, clock: Clock, *, enabled: bool) -> bool:
    """A creator takes words with gifts on videos, or only gifts. False: it was so already."""
    if enabled:
        return bool(await connection.fetchval(SQL["take_messages"], creator_id, clock.now()))
    return bool(await connection.fetchval(SQL["take_no_messages"], creator_id))


async def switch_one(connection: Connection, creator_id: int, video_id: int, clock: Clock, *, enabled: bool) -> Video:
    """A creator takes gifts on one of her videos, as far as she takes any, or not.

    Raises:
        VideoUnknown, VideoDeleted, NotYourVideo: she has no such video.
    """
    video = await reading.require_video(connection, video_id)
    if video.owner_id != creator_id:
        raise NotYourVideo
    if video.state == "deleted":
        raise VideoDeleted
    if enabled:
        await connection.execute(SQL["take_video_in"], creator_id, video_id)
    else:
        await connection.execute(SQL["take_video_out"], creator_id, video_id, clock.now())
    return msgspec.structs.replace(video, gifts_enabled=enabled)
