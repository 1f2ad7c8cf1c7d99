"""Why a gift is not given on a video: a class of problem for each code."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, ClassVar

import msgspec
from msgspec import Meta

from plaudit.media import MediaNotEncrypted, MediaOriginNotAllowed
from plaudit.people.model import IssuerUnreachable
from plaudit.people.telling import NotACreator, PersonUnknown
from plaudit.problems import Conflict, Forbidden, Problem
from plaudit.videos.eligibility import Refusal
from plaudit.videos.model import VideoDeleted, VideoPrivate, VideoUnknown


class VideoForeign(Forbidden):
    code: ClassVar[str] = Refusal.FOREIGN.value
    title: ClassVar[str] = "This video is another platform's."


class VideoUnlisted(Conflict):
    code: ClassVar[str] = Refusal.UNLISTED.value
    title: ClassVar[str] = "The video is unlisted: gifts are for public videos."


class VideoAgeRestricted(Conflict):
    code: ClassVar[str] = Refusal.AGE_RESTRICTED.value
    title: ClassVar[str] = "The video is age-restricted: no gifts are given on it."


class VideoTooNew(Conflict):
    """`opens_at` is when gifts may be given on it, if nothing else changes."""

    code: ClassVar[str] = Refusal.TOO_NEW.value
    title: ClassVar[str] = "The video is too new for gifts."

    class Fields(msgspec.Struct, frozen=True):
        opens_at: Annotated[datetime, Meta(tz=True)]


class VideoMusicRestricted(Conflict):
    code: ClassVar[str] = Refusal.MUSIC_RESTRICTED.value
    title: ClassVar[str] = "The music of the video allows no gifts."


class OwnerNotACreator(Conflict):
    code: ClassVar[str] = Refusal.OWNER_NOT_A_CREATOR.value
    title: ClassVar[str] = "The owner of the video takes no gifts just now."


class OwnerCountryRefused(Conflict):
    code: ClassVar[str] = Refusal.OWNER_COUNTRY_REFUSED.value
    title: ClassVar[str] = "Gifts are not given to where the owner of the video is."


class VideoGiftsOff(Conflict):
    code: ClassVar[str] = Refusal.GIFTS_OFF.value
    title: ClassVar[str] = "The creator takes no gifts on this video."


class OwnVideo(Conflict):
    code: ClassVar[str] = Refusal.OWN_VIDEO.value
    title: ClassVar[str] = "Gifts to oneself are not possible."


class GiverCountryRefused(Forbidden):
    code: ClassVar[str] = Refusal.GIVER_COUNTRY_REFUSED.value
    title: ClassVar[str] = "Gifts are not given from where you are."


class TerritoryNotAllowed(Forbidden):
    code: ClassVar[str] = Refusal.TERRITORY_NOT_ALLOWED.value
    title: ClassVar[str] = "The video may not be watched where you are."


class ReceiverNotTheOwner(Conflict):
    """Whom the gift names as its receiver does not have the video, maybe no longer: `owner_id` has."""

    code: ClassVar[str] = "receiver_not_the_owner"
    title: ClassVar[str] = "This video is not that creator's."

    class Fields(msgspec.Struct, frozen=True):
        owner_id: str


class ItemNotForVideos(Conflict):
    """One of it costs less or more than what may be given on videos."""

    code: ClassVar[str] = "item_not_for_videos"
    title: ClassVar[str] = "This item is not given on videos."

    class Fields(msgspec.Struct, frozen=True):
        item_id: int
        coins_min: int
        coins_max: int


class PositionBeyondEnd(Problem):
    code: ClassVar[str] = "position_beyond_end"
    title: ClassVar[str] = "The video does not play that long."

    class Fields(msgspec.Struct, frozen=True):
        field: str
        duration_ms: Annotated[int, Meta(description="How long it plays; the last place in it.")]


class MessagesOff(Conflict):
    code: ClassVar[str] = "video_messages_off"
    title: ClassVar[str] = "The creator takes no words with gifts on videos."


class VideoTokenNotValid(Problem):
    """What stood for the video; the caller's own token is another matter."""

    code: ClassVar[str] = "video_token_not_valid"
    status: ClassVar[int] = 422
    title: ClassVar[str] = "The token of the video is not valid."

    class Fields(msgspec.Struct, frozen=True):
        reason: str


BY_CODE: Mapping[Refusal, type[Problem]] = {
    Refusal(problem.code): problem
    for problem in (
        VideoDeleted, VideoForeign, VideoPrivate, VideoUnlisted, VideoAgeRestricted, VideoTooNew, VideoMusicRestricted,
        OwnerNotACreator, OwnerCountryRefused, VideoGiftsOff, OwnVideo, GiverCountryRefused, TerritoryNotAllowed,
    )
}  # fmt: skip
"""What says each refusal of a gift. That no item fits is said of a catalogue, not of a gift."""

NOT_VOUCHED = (
    VideoTokenNotValid, IssuerUnreachable, PersonUnknown, NotACreator, MediaNotEncrypted, MediaOriginNotAllowed,
)  # fmt: skip
"""What can be wrong with a token of a video."""

REFUSALS = (
    VideoUnknown, *BY_CODE.values(), ReceiverNotTheOwner, ItemNotForVideos, PositionBeyondEnd, MessagesOff,
    *NOT_VOUCHED,
)  # fmt: skip
"""Why a gift to a video was not sent, beside what holds for all gifts."""
