"""Videos as they are kept and told of, and what can go wrong."""

from datetime import datetime
from typing import Annotated, ClassVar, Literal, Self

import msgspec
from msgspec import Meta

from plaudit.countries import Country
from plaudit.limits import (
    PICTURE_ADDRESS_LENGTH_MAX,
    ROOM_STAGE_URL_LENGTH_MAX,
    SUBJECT_LENGTH_MAX,
    TERRITORIES_MAX,
    VIDEO_DURATION_MS_MAX,
    VIDEO_EXTERNAL_ID_LENGTH_MAX,
    VIDEO_TITLE_LENGTH_MAX,
    VIDEOS_PER_CALL_MAX,
)
from plaudit.moments import Moment
from plaudit.problems import Conflict, Forbidden, NotFound

VideoState = Literal["published", "unlisted", "private", "age_restricted", "deleted"]
SHOWN_TO_ALL: tuple[VideoState, ...] = ("published", "unlisted")
"""The states in which a video is shown to whoever knows where it is: of an unlisted one its key, too."""
HIDDEN: tuple[VideoState, ...] = ("private", "deleted")
"""Those in which nothing of it is shown, not even its cover."""

# In patterns: $ alone would let a line end follow.
EXTERNAL_ID = r"^[A-Za-z0-9_-][A-Za-z0-9._~:=@-]*$(?!\n)"
ExternalId = Annotated[
    str,
    Meta(
        pattern=EXTERNAL_ID,
        max_length=VIDEO_EXTERNAL_ID_LENGTH_MAX,
        description="The platform's own id of the video.",
        examples=["v-4711"],
    ),
]
Address = Annotated[str, Meta(pattern=r"^(https?:/)?/[^\s\\]+$(?!\n)")]
Territories = Annotated[list[Country], Meta(max_length=TERRITORIES_MAX)]


class Video(msgspec.Struct, frozen=True, kw_only=True):
    """A video as it is kept, with its owner and what the owner decided. All of it is read by one statement."""

    id: int
    shard: int
    """Of its frames: its first owner's, whoever owns it later."""
    issuer_id: int
    external_id: str
    key: str
    """What it is shown by while it is unlisted."""
    owner_id: int
    title: str
    public_title: str | None
    """What it was called when everybody could look at it; None: nobody ever could."""
    duration_ms: int
    cover_url: str | None
    hls_url: str | None
    state: VideoState
    published_at: datetime | None
    territories_allowed: list[str] | None
    """Where it may be watched; None: everywhere but in those that are blocked."""
    territories_blocked: list[str]
    music_restricted: bool
    told_at: datetime
    owner_subject: str
    owner_name: str
    owner_avatar: str
    owner_country: str | None
    issuer_active: bool
    """Its platform is still accepted."""
    owner_may_earn: bool
    """Still a creator, by the word of a platform that is still accepted."""
    owner_opted_in: bool
    """The owner takes gifts on videos at all."""
    gifts_enabled: bool
    """The owner has not taken this one out."""
    messages_enabled: bool
    """The owner takes words with gifts on videos."""

    def as_known_to(self, person_id: int, now: datetime) -> Self:
        """What somebody who gave on it, or had it, knows (in SQL `title_known_to`): of one that is hidden, what it was
        called before, empty if it never was shown, and no cover."""
        if person_id == self.owner_id or self.hidden_as(now) is None:
            return self
        return msgspec.structs.replace(self, title=self.public_title or "", cover_url=None)

    def hidden_as(self, now: datetime) -> Literal["deleted", "private"] | None:
        """As what it is kept from everybody (`no_longer_shown` says the same of many); None: it is shown, if only to
        some. It is private until it is published, and when its platform, which could take it away, is no longer
        heard."""
        if self.state == "deleted":
            return "deleted"
        is_to_come = self.published_at is not None and now < self.published_at
        return "private" if self.state == "private" or is_to_come or not self.issuer_active else None

    @property
    def page_path(self) -> str:
        """Where its page is: for those only who may know its key, while it is unlisted."""
        return f"/videos/{self.id}" + (f"?key={self.key}" if self.state == "unlisted" else "")


class VideoFacts(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """All there is to know of a video: what is left out is as its default says, whatever it was before."""

    owner_subject: Annotated[
        str,
        Meta(min_length=1, max_length=SUBJECT_LENGTH_MAX, description="Its creator, by the platform's own id: `sub`."),
    ]
    title: Annotated[
        str,
        Meta(
            min_length=1, max_length=VIDEO_TITLE_LENGTH_MAX, pattern=r"^\S(.*\S)?$(?!\n)", examples=["Sixty rooftops"]
        ),
    ]
    duration_ms: Annotated[int, Meta(ge=1, le=VIDEO_DURATION_MS_MAX, description="How long it plays.")]
    state: Annotated[VideoState, Meta(description="Gifts are given on published ones only.")] = "published"
    published_at: Annotated[Moment, Meta(description="Since when everybody can watch it.")] | None = None
    cover_url: (
        Annotated[
            Address,
            Meta(
                max_length=PICTURE_ADDRESS_LENGTH_MAX,
                description="Address of a picture, at an origin that PLAUDIT_MEDIA_ORIGINS names.",
                examples=["https://media.example/covers/v-4711.webp"],
            ),
        ]
        | None
    ) = None
    hls_url: (
        Annotated[
            Address,
            Meta(
                max_length=ROOM_STAGE_URL_LENGTH_MAX,
                description="Address of an HLS playlist, for our own page of it; null: it is watched at the platform.",
                examples=["https://media.example/hls/v-4711.m3u8"],
            ),
        ]
        | None
    ) = None
    territories_allowed: (
        Annotated[Territories, Meta(description="Where it may be watched and nowhere else; null: says nothing.")] | None
    ) = None
    territories_blocked: Annotated[Territories, Meta(description="Where it may not be watched.")] = []
    music_restricted: Annotated[
        bool, Meta(description="It has music whose owners let nobody earn with it, so no gifts are given on it.")
    ] = False
    told_at: (
        Annotated[
            Moment,
            Meta(
                description="When this was true; left out: now, after all that was said before. What is older than what"
                " is known changes nothing."
            ),
        ]
        | None
    ) = None


class VideoToTell(VideoFacts, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A video, and all there is to know of it."""

    external_id: ExternalId


class VideosToTell(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Videos to tell of, each with an answer of its own. Of one that is named twice the later word counts."""

    asks_moments_itself: ClassVar[bool] = True

    videos: Annotated[list[VideoToTell], Meta(min_length=1, max_length=VIDEOS_PER_CALL_MAX)]


class VideoUnknown(NotFound):
    code: ClassVar[str] = "video_unknown"
    title: ClassVar[str] = "There is no such video."


class VideoDeleted(Conflict):
    """Its platform took it away. What was given on it stays given."""

    code: ClassVar[str] = "video_deleted"
    status: ClassVar[int] = 410
    title: ClassVar[str] = "The video is gone."


class VideoPrivate(Forbidden):
    """Or unlisted, and asked for without its key."""

    code: ClassVar[str] = "video_private"
    title: ClassVar[str] = "The video is private."


class VideoForAdults(Forbidden):
    """It is age-restricted, and of whoever asks it is not known that they are of age."""

    code: ClassVar[str] = "video_for_adults"
    title: ClassVar[str] = "The video is for adults."


class NotYourVideo(Forbidden):
    code: ClassVar[str] = "not_your_video"
    title: ClassVar[str] = "This video is another creator's."
