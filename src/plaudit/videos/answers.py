"""Videos as they are answered over HTTP: the types, and what makes them of what is kept."""

from collections.abc import Sequence
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from plaudit.gifts.catalogue.offer_api import OfferedItem
from plaudit.gifts.model import moment
from plaudit.media import MediaNotEncrypted, MediaOriginNotAllowed
from plaudit.pages import Page
from plaudit.people.model import PersonCard
from plaudit.people.telling import NotACreator, PersonUnknown
from plaudit.problems import InvalidField, Problem
from plaudit.selling.wallet.model import PriceView
from plaudit.videos.eligibility import Refusal
from plaudit.videos.given.model import Given
from plaudit.videos.model import Video, VideoState

Reason = Annotated[Refusal | None, Meta(description="Why nothing may be given; null: something may.")]


PagePath = Annotated[
    str,
    Meta(
        description="Where our page of it is, on this server; with its key while it is unlisted.",
        examples=["/videos/12"],
    ),
]

NOT_KEPT = (InvalidField, MediaNotEncrypted, MediaOriginNotAllowed, NotACreator, PersonUnknown)
"""What can be wrong with one video that is told of."""

_PROBLEM_SCHEMAS = (*(problem.__name__ for problem in NOT_KEPT), "ProblemDocument")


class VideoView(msgspec.Struct, frozen=True, kw_only=True):
    """A video as everybody sees it."""

    id: Annotated[str, Meta(description="The video here.", examples=["12"])]
    title: str
    duration_ms: int
    cover_url: str | None
    state: VideoState
    published_at: str | None
    owner: PersonCard


class ShownVideo(VideoView, frozen=True, kw_only=True):
    """A video with what was given on it and stands."""

    coins: int
    gifts: int


class ToldVideo(VideoView, frozen=True, kw_only=True):
    """A video as its platform told of it."""

    external_id: str
    key: Annotated[
        str,
        Meta(
            description="While it is unlisted, it is shown by this alone: `key` in the query of its addresses. It never"
            " changes.",
            examples=["3f0c9a51d2b84e6f9d1705c2ab64e870"],
        ),
    ]
    page_path: PagePath
    owner_subject: str
    hls_url: str | None
    territories_allowed: list[str] | None
    territories_blocked: list[str]
    music_restricted: bool
    told_at: Annotated[str, Meta(description="When the platform last spoke of it: an older word changes nothing.")]


class ToldOutcome(msgspec.Struct, frozen=True, omit_defaults=True):
    """What became of one video of a batch; `video` or `problem` is present, never both."""

    external_id: str
    video: ToldVideo | None = None
    problem: (
        Annotated[
            dict[str, Any],
            Meta(
                description="As the video alone would have been answered.",
                extra_json_schema={"anyOf": [{"$ref": f"#/components/schemas/{name}"} for name in _PROBLEM_SCHEMAS]},
            ),
        ]
        | None
    ) = None


class ToldVideos(msgspec.Struct, frozen=True):
    """Outcomes in the order of the request."""

    items: list[ToldOutcome]


class MyVideo(VideoView, frozen=True, kw_only=True):
    """A video as its creator sees it."""

    page_path: PagePath
    gifts_enabled: Annotated[bool, Meta(description="Whether gifts are taken on it, as far as any are.")]
    reason: Reason


class MyVideoPage(Page[MyVideo], frozen=True):
    """A creator's videos, the newest first."""

    gifts_enabled: Annotated[bool, Meta(description="Whether gifts are taken on videos at all.")]
    messages_enabled: Annotated[bool, Meta(description="Whether words may come with them.")]


class VideoCatalogue(msgspec.Struct, frozen=True):
    """All that can be given on a video now, in the order to show it; with a `reason`, nothing. `per_coin` is exact:
    numerator / denominator minor units."""

    reason: Reason
    version: Annotated[int, Meta(description="Of the catalogue.")]
    per_coin: PriceView | None
    items: list[OfferedItem]
    messages_enabled: Annotated[bool, Meta(description="Whether words may go with a gift.")]
    next: Annotated[str | None, Meta(description="Always null: there is one page.")] = None


def _view(video: Video) -> dict[str, Any]:
    return {
        "id": str(video.id),
        "title": video.title,
        "duration_ms": video.duration_ms,
        "cover_url": video.cover_url,
        "state": video.state,
        "published_at": moment(video.published_at) if video.published_at else None,
        "owner": PersonCard(str(video.owner_id), video.owner_name, video.owner_avatar),
    }


def shown_video(video: Video, given: Given) -> ShownVideo:
    return ShownVideo(**_view(video), coins=given.coins, gifts=given.gifts)


_TOLD = (
    "external_id", "key", "page_path", "owner_subject", "hls_url", "territories_allowed", "territories_blocked",
    "music_restricted",
)  # fmt: skip


def told_video(video: Video) -> ToldVideo:
    facts = {field: getattr(video, field) for field in _TOLD}
    return ToldVideo(**_view(video), **facts, told_at=moment(video.told_at))


def my_video(video: Video, reason: Refusal | None) -> MyVideo:
    return MyVideo(**_view(video), page_path=video.page_path, gifts_enabled=video.gifts_enabled, reason=reason)


def told_videos(external_ids: Sequence[str], outcomes: Sequence[Video | Problem]) -> ToldVideos:
    pairs = zip(external_ids, outcomes, strict=True)
    return ToldVideos([_outcome(external_id, outcome) for external_id, outcome in pairs])


def _outcome(external_id: str, outcome: Video | Problem) -> ToldOutcome:
    if isinstance(outcome, Problem):
        return ToldOutcome(external_id, problem=outcome.as_dict())
    return ToldOutcome(external_id, video=told_video(outcome))
