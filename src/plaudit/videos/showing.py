"""Who may look at a video: one rule for all its addresses."""

import secrets
from datetime import datetime
from typing import Annotated, TypeAlias

import msgspec
from litestar.params import Parameter

from plaudit.connections import Connection
from plaudit.limits import ADULT_YEARS, VIDEO_KEY_LENGTH_MAX
from plaudit.people import model as people
from plaudit.rules.facts import facts_of_one
from plaudit.videos import reading
from plaudit.videos.given.actions import gave_on
from plaudit.videos.model import Video, VideoDeleted, VideoForAdults, VideoPrivate

Key: TypeAlias = Annotated[
    str | None,
    Parameter(
        max_length=VIDEO_KEY_LENGTH_MAX,
        description="Of an unlisted video, as its platform was told. Its owner, who gave on it, operators and servers"
        " of its platform need none.",
    ),
]


class Onlooker(msgspec.Struct, frozen=True):
    """Who would look at a video."""

    caller: people.Caller | None
    """None: a guest."""
    key: str | None
    """As they show it, in the address."""

    def has_key(self, video: Video) -> bool:
        """Whether it is the video's: how much of it is right shows in no time."""
        return secrets.compare_digest((self.key or "").encode(errors="replace"), video.key.encode())


async def require_shown(connection: Connection, video_id: int, onlooker: Onlooker, now: datetime) -> Video:
    """The video of that id, if somebody may look at it now. An unlisted one is private to whoever needs its key and
    has none; one that is age-restricted is for those who are known to be of age. Its owner and operators see both.

    Raises:
        VideoUnknown, VideoDeleted, VideoPrivate, VideoForAdults: they may not.
    """
    video = await reading.require_video(connection, video_id)
    if hidden := video.hidden_as(now):
        raise VideoDeleted if hidden == "deleted" else VideoPrivate
    if video.state == "unlisted" and not await _may_find(connection, video, onlooker):
        raise VideoPrivate
    if video.state == "age_restricted" and not await _is_of_age(connection, video, onlooker.caller, now):
        raise VideoForAdults
    return video


async def _may_find(connection: Connection, video: Video, onlooker: Onlooker) -> bool:
    """Whether somebody knows of an unlisted video."""
    if onlooker.has_key(video):
        return True
    caller = onlooker.caller
    if caller is None or _keeps(video, caller) or _is_of_its_platform(video, caller):
        return caller is not None
    return caller.person_id != 0 and await gave_on(connection, video.shard, video.id, caller.person_id)


async def _is_of_age(connection: Connection, video: Video, caller: people.Caller | None, now: datetime) -> bool:
    """Whether somebody may look at an age-restricted video. A server that speaks for somebody is as old as they are;
    of a guest nothing is known."""
    if caller is None or _keeps(video, caller):
        return caller is not None
    if not caller.person_id:
        return _is_of_its_platform(video, caller)
    age = (await facts_of_one(connection, caller.person_id, now)).age
    return age is not None and age.at_least >= ADULT_YEARS


def _keeps(video: Video, caller: people.Caller) -> bool:
    return caller.person_id == video.owner_id or people.Role.OPERATOR in caller.roles


def _is_of_its_platform(video: Video, caller: people.Caller) -> bool:
    """Whether somebody is a server of the video's platform, whoever it speaks for."""
    return caller.key_id is not None and caller.issuer_id == video.issuer_id
